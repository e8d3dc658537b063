"""What the medical pupil health (EMI) sees of its own."""

from __future__ import annotations

from django.db.models import Q
from django.utils.translation import ngettext

from samhandla.people.models import Child
from samhandla.people.queries import children_for
from samhandla.people.rules import MASKED
from samhandla.secrecy.models import EmiNote
from samhandla.trust.shown import note_shown
from samhandla.trust.viewer import Viewer

LATEST = 20


def list_waiting_for(viewer: Viewer) -> list[EmiNote]:
    """Return the questions that nobody in EMI has taken care of, the oldest first. Queries: one."""
    rows = EmiNote.objects.filter(kind=EmiNote.Kind.REQUEST, done_at=None)
    return _shown(list(rows.select_related("child").order_by("at", "pk")))


def list_latest_for(viewer: Viewer) -> list[EmiNote]:
    """Return the viewer's own latest notes. Queries: one."""
    rows = EmiNote.objects.filter(by_id=viewer.actor_id).select_related("child")
    return _shown(list(rows.order_by("-at", "-pk")[:LATEST]))


def list_notes_of(viewer: Viewer, child: Child) -> list[EmiNote]:
    """Return EMI's notes about one child, the latest first. Queries: one."""
    return list(EmiNote.objects.filter(child=child).order_by("-at", "-pk"))


def list_named_to(viewer: Viewer) -> list[Child]:
    """Return the children with protected identity for whom the viewer is named. Queries: one."""
    marked = Q(protection__in=MASKED) | Q(lifted_protection__in=MASKED)
    return list(children_for(viewer).filter(marked).order_by("pk"))


def note_of_emi(viewer: Viewer) -> str:
    """Say how many questions wait; empty when none does. Queries: one."""
    count = EmiNote.objects.filter(kind=EmiNote.Kind.REQUEST, done_at=None).count()
    return ngettext("%(n)s fråga väntar.", "%(n)s frågor väntar.", count) % {"n": count} if count else ""


def _shown(rows: list[EmiNote]) -> list[EmiNote]:
    note_shown(row.child_id for row in rows)
    return rows
