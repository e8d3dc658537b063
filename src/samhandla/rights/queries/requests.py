"""Requests as those who work with them see them, and as whoever has asked."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import QuerySet
from django.utils.translation import gettext, ngettext

from samhandla.people.models import Child, Guardian, Guardianship
from samhandla.people.queries import children_for, service_viewer, today
from samhandla.people.rules import is_masked
from samhandla.rights.models import Extract, RightsRequest
from samhandla.trust.shown import note_shown
from samhandla.trust.viewer import Viewer, acting_as


@dataclass(frozen=True)
class RequestRow:
    """A request with the pupil's name as lists show it, who asks, and how many days are left."""

    request: RightsRequest
    child: Child
    asker: str
    days_left: int

    @property
    def name(self) -> str:
        """The name in the lists; who asks for it is noted as having been shown the child."""
        return self.child.shown_name

    @property
    def late(self) -> bool:
        return self.days_left < 0


def requests_for(viewer: Viewer) -> QuerySet[RightsRequest]:
    """Return the requests that the viewer works with; the database holds the border."""
    rows = RightsRequest.objects.filter(domain__authority_id=viewer.authority_id)
    return rows.select_related("unit", "guardian", "answered_by", "registered_by", "limit")


def list_requests_for(viewer: Viewer, *, on: date) -> list[RequestRow]:
    """Return what waits, what is due first at the top, then the latest answered. Queries: six."""
    rows = requests_for(viewer)
    waiting = list(rows.filter(answered_on=None).order_by("due_on", "pk"))
    done = list(rows.filter(answered_on__isnull=False).order_by("-answered_on", "-pk")[:50])
    return _rows(viewer, [*waiting, *done], on)


def list_requests_of_child_for(viewer: Viewer, child: Child, *, on: date) -> list[RequestRow]:
    """Return one child's requests, the latest first. Queries: five."""
    return _rows(viewer, list(requests_for(viewer).filter(child=child).order_by("-received_on", "-pk")), on)


def get_request_for(viewer: Viewer, request_id: int, *, on: date) -> RequestRow | None:
    """Return one request; None alike when it is missing and when it is forbidden. Queries: five."""
    found = requests_for(viewer).filter(pk=request_id).first()
    return None if found is None else _rows(viewer, [found], on)[0]


def _rows(viewer: Viewer, requests: list[RightsRequest], on: date) -> list[RequestRow]:
    """Put names to requests: whoever handles one sees whom it is about, and no other row about it."""
    with acting_as(service_viewer(viewer.authority_id)):
        children = Child.objects.filter(pk__in={r.child_id for r in requests}).select_related("unit")
        known = {c.pk: c for c in children}
        adults = {g.pk: g for g in Guardian.objects.filter(pk__in={r.guardian_id for r in requests})}
    rows = []
    for request in requests:
        adult = adults.get(request.guardian_id) if request.guardian_id else None
        asker = gettext("eleven") if adult is None else adult.shown_name
        rows.append(RequestRow(request, known[request.child_id], asker, (request.due_on - on).days))
    return rows


def note_of_requests(viewer: Viewer) -> str:
    """Say how many requests wait for an answer; empty when none does. Queries: one."""
    rows = RightsRequest.objects.filter(domain__authority_id=viewer.authority_id, answered_on=None)
    count, late = rows.count(), rows.filter(due_on__lt=today()).count()
    if not count:
        return ""
    words = ngettext("%(n)s begäran väntar på svar.", "%(n)s begäranden väntar på svar.", count) % {
        "n": count
    }
    return words if not late else f"{words} {gettext('%(n)s är försenad.') % {'n': late}}"


@dataclass(frozen=True)
class OwnChild:
    """A child of the viewer's (or itself) with what the viewer has asked for about it."""

    child: Child
    requests: list[RightsRequest]


def own_children_for(viewer: Viewer) -> list[OwnChild]:
    """Return the children about whom the viewer may ask, with its own requests. Queries: one, one each."""
    found = []
    for child in children_for(viewer).order_by("birth_date", "pk"):
        mine = RightsRequest.objects.filter(child=child, asked_by_id=viewer.actor_id)
        rows = mine.select_related("extract", "limit").order_by("-received_on", "-pk")
        found.append(OwnChild(child, list(rows)))
    return found


def handed_out_ids(viewer: Viewer) -> set[int]:
    """Return the requests of the viewer's own whose extract has been handed out to its page. Queries: one."""
    rows = Extract.objects.filter(request__asked_by_id=viewer.actor_id, handed_at__isnull=False)
    return set(rows.filter(handed_how="page").values_list("request_id", flat=True))


def askers_of(child: Child) -> list[tuple[str, str]]:
    """Return whom a request can come from, as choices: the pupil, then its adults by the register.

    An adult with no right is there too, so that the answer can say why. Queries: one.
    """
    ties = Guardianship.objects.filter(child=child).select_related("guardian")
    note_shown((child.pk,))
    adults = {
        str(tie.guardian_id): f"{tie.guardian.shown_name} ({tie.get_kind_display()})"
        for tie in ties.order_by("valid_from", "pk")
    }
    return [("child", gettext("eleven själv")), *adults.items()]


def hides_places(request: RightsRequest, child: Child) -> bool:
    """Tell whether an extract says nothing of where the child is: protected, and somebody else asks."""
    masked = is_masked(child.protection) or is_masked(child.lifted_protection)
    return masked and request.who != RightsRequest.Who.CHILD
