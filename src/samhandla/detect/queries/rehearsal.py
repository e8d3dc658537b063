"""What can be rehearsed, and what came out of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Max, Min, Q, QuerySet

from samhandla.analytics.models import LakeFile
from samhandla.detect.models import Rehearsal
from samhandla.detect.queries.units import list_all_units_for, list_units_for, unit_ids_for
from samhandla.lib.schoolcalendar import school_year_start
from samhandla.people.models import Organisation
from samhandla.trust.viewer import Viewer

REHEARSING = ("principal", "deputy_principal", "attendance_officer")


@dataclass(frozen=True)
class Year:
    """A school year with data: its last day with data is where the rehearsal ends."""

    first: date
    until: date

    @property
    def label(self) -> str:
        return f"{self.first.year}/{self.first.year + 1}"


def list_years_for(viewer: Viewer) -> list[Year]:
    """Return the school years that the live data touches, latest first. Queries: one."""
    live = LakeFile.objects.filter(authority_id=viewer.authority_id, live=True)
    ends = live.aggregate(first=Min("first_date"), last=Max("last_date"))
    years: list[Year] = []
    day = ends["last"]
    while day is not None and ends["first"] is not None and day >= ends["first"]:
        first = school_year_start(day)
        years.append(Year(first, day))
        day = first - timedelta(days=1)
    return years


def sees_all_units(viewer: Viewer) -> bool:
    """Tell whether the viewer works with the whole authority's limits."""
    return viewer.may_any("process_leader")


def list_rehearsal_units_for(viewer: Viewer) -> list[Organisation]:
    """Return the units that the viewer may rehearse alone."""
    return list_all_units_for(viewer) if sees_all_units(viewer) else list_units_for(viewer, *REHEARSING)


def rehearsals_for(viewer: Viewer) -> QuerySet[Rehearsal]:
    """Return the rehearsals that the viewer may read, latest first: own units', or all of the authority."""
    rows = Rehearsal.objects.filter(authority_id=viewer.authority_id).select_related("unit", "asked_by")
    if not sees_all_units(viewer):
        rows = rows.filter(Q(unit_id__in=unit_ids_for(viewer, *REHEARSING)) | Q(asked_by_id=viewer.actor_id))
    return rows.order_by("-asked_at", "-pk")


def get_rehearsal_for(viewer: Viewer, rehearsal_id: int) -> Rehearsal | None:
    """Return a rehearsal; None alike when it is missing and when it is forbidden."""
    return rehearsals_for(viewer).filter(pk=rehearsal_id).first()


def get_rehearsal_of(authority_id: int, rehearsal_id: int) -> Rehearsal | None:
    """Return a rehearsal of an authority, for its job."""
    return Rehearsal.objects.filter(pk=rehearsal_id, authority_id=authority_id).first()
