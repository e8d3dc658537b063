"""Nödåtkomst: what holds in the authority, what was opened about whom, and who is told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import ngettext

from samhandla.people.models import Assignment, Child, Duty, Membership, Organisation, Staff, Substitution
from samhandla.people.queries import in_force, on_day
from samhandla.secrecy.models import Emergency, EmergencySetting
from samhandla.secrecy.rules.emergency import REVIEWERS
from samhandla.trust.roles import GROUP_ROLES
from samhandla.trust.viewer import Viewer

SHOWN_DAYS = 30
NOTED_DAYS = 14
HEADS = ("principal", "deputy_principal")


@dataclass(frozen=True)
class EmergencyRow:
    """One nödåtkomst as a page shows it; `child` is None for somebody who cannot read the child now."""

    row: Emergency
    child: Child | None
    own: bool
    now: datetime

    @property
    def is_open(self) -> bool:
        return self.row.ended_at is None and self.row.ends_at > self.now


def setting_for(viewer: Viewer) -> EmergencySetting | None:
    """Return how nödåtkomst is set in the viewer's authority; None when nobody has decided. Queries: one."""
    rows = EmergencySetting.objects.filter(authority_id=viewer.authority_id)
    return rows.select_related("reviewer").order_by("-pk").first()


def list_emergencies_for(viewer: Viewer) -> list[EmergencyRow]:
    """Return the latest about pupils of the viewer's, and those it has opened itself, newest first.

    A reviewer's own list is `list_to_review`. Queries: two.
    """
    since = timezone.now() - timedelta(days=SHOWN_DAYS)
    rows = _rows(Emergency.objects.filter(opened_at__gte=since), viewer)
    return [one for one in rows if one.own or one.child is not None]


def list_to_review(viewer: Viewer) -> list[EmergencyRow]:
    """Return what the viewer is appointed to review: unsigned first, then the signed of the last year.

    Queries: three.
    """
    with connection.cursor() as cursor:
        cursor.execute("select secrecy_reviewed_domains()")
        (domains,) = cursor.fetchone()
    since = timezone.now() - timedelta(days=366)
    rows = _rows(Emergency.objects.filter(domain_id__in=domains, opened_at__gte=since), viewer)
    return sorted(rows, key=lambda one: one.row.reviewed_at is not None)


def _rows(found: QuerySet[Emergency], viewer: Viewer) -> list[EmergencyRow]:
    rows = list(found.select_related("unit", "reviewed_by").order_by("-opened_at", "-pk"))
    children = {c.pk: c for c in Child.objects.filter(pk__in={row.child_id for row in rows})}
    now = timezone.now()
    return [
        EmergencyRow(row, children.get(row.child_id), row.opened_by_id == viewer.actor_id, now)
        for row in rows
    ]


def emergencies_note(viewer: Viewer) -> str:
    """Return how many others have opened pupils of the viewer's lately, for the start page. Queries: one."""
    since = timezone.now() - timedelta(days=NOTED_DAYS)
    rows = Emergency.objects.filter(opened_at__gte=since).exclude(opened_by_id=viewer.actor_id)
    count = rows.filter(child__in=Child.objects.all()).count()
    return note_of(count)


def note_of(count: int) -> str:
    if not count:
        return ""
    text = ngettext(
        "%(count)s gång de senaste två veckorna har någon öppnat en elev som du ansvarar för.",
        "%(count)s gånger de senaste två veckorna har någon öppnat en elev som du ansvarar för.",
        count,
    )
    return text % {"count": count}


def review_note(viewer: Viewer) -> str:
    """Return how many wait for the viewer's review, for the start page. Queries: two."""
    waiting = sum(1 for one in list_to_review(viewer) if one.row.reviewed_at is None)
    if not waiting:
        return ""
    return ngettext(
        "%(count)s nödåtkomst väntar på din granskning.",
        "%(count)s nödåtkomster väntar på din granskning.",
        waiting,
    ) % {"count": waiting}


def reviewer_choices_for(viewer: Viewer, *, on: date) -> QuerySet[Staff]:
    """Return whom the viewer's authority can appoint to review."""
    held = Duty.objects.filter(in_force(on), role__in=REVIEWERS)
    rows = Staff.objects.filter(authority_id=viewer.authority_id, duties__in=held).distinct()
    return rows.order_by("family_name", "given_name", "pk")


def units_to_open_for(viewer: Viewer) -> QuerySet[Organisation]:
    """Return the school units of the viewer's own authority: nothing further can be opened."""
    rows = Organisation.objects.filter(authority_id=viewer.authority_id)
    return rows.filter(kind=Organisation.Kind.SCHOOL_UNIT).order_by("name", "pk")


def owners_of(by: Viewer, emergency_id: int, *, today: date) -> list[Staff]:
    """Return whoever answers for the pupil and has an address: mentors, and the heads of the unit.

    Asked as the service of the authority. Whoever is away is replaced by the stand-in, and whoever opened it
    is not told about it.
    """
    row = Emergency.objects.get(pk=emergency_id)
    groups = Membership.objects.filter(on_day(today), child_id=row.child_id).values("group_id")
    led = Assignment.objects.filter(in_force(today), group_id__in=groups, role__in=GROUP_ROLES)
    over = _above(by, row.unit_id)
    heads = Duty.objects.filter(in_force(today), role__in=HEADS, unit_id__in=over)
    wanted = {*led.values_list("staff_id", flat=True), *heads.values_list("staff_id", flat=True)}
    away = dict(
        Substitution.objects.filter(in_force(today), absent_id__in=wanted).values_list(
            "absent_id", "stand_in_id"
        )
    )
    present = {away.get(one, one) for one in wanted}
    rows = Staff.objects.filter(pk__in=present, authority_id=by.authority_id).exclude(email="")
    return list(rows.exclude(actor_id=row.opened_by_id).order_by("pk"))


def _above(by: Viewer, unit_id: int) -> Iterable[int]:
    parents = dict(Organisation.objects.filter(authority_id=by.authority_id).values_list("pk", "parent_id"))
    place: int | None = unit_id
    found = []
    while place is not None:
        found.append(place)
        place = parents.get(place)
    return found
