"""One pupil's page: attendance, what the signals say, what has been done, who can see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from samhandla.analytics.models import AttendanceDay, AttendanceWindow
from samhandla.analytics.queries import days_of_child_for, windows_of_child_for
from samhandla.detect.models import Inquiry, SignalState
from samhandla.detect.queries.history import Done, history_of
from samhandla.detect.queries.lists import SignalRow, one_row_each, rows_of, signals_for
from samhandla.lib.schoolcalendar import school_year_start
from samhandla.people.models import Child, Enrolment
from samhandla.people.queries import (
    AccessRow,
    class_names,
    list_access_of_child_for,
    on_day,
    school_days_of,
)
from samhandla.people.rules import is_adult, speaks_for_self
from samhandla.trust.permissions import Permission
from samhandla.trust.viewer import Viewer


@dataclass(frozen=True)
class Shares:
    """Minutes of a window and the shares that follow. None where nothing was offered."""

    days: int
    offered: int
    valid: int
    invalid: int
    reported: int
    late: int

    @property
    def absence_share(self) -> float | None:
        return (self.valid + self.invalid) / self.offered if self.offered else None

    @property
    def valid_share(self) -> float | None:
        return self.valid / self.offered if self.offered else None

    @property
    def invalid_share(self) -> float | None:
        return self.invalid / self.offered if self.offered else None

    @property
    def reporting_rate(self) -> float | None:
        return self.reported / self.offered if self.offered else None


@dataclass(frozen=True)
class PupilPage:
    """All that a viewer may read about one pupil here.

    `missed`: days of which a source tells what was missed alone; no share is computed from them.
    """

    child: Child
    class_name: str
    form: str
    school_year: int | None
    rows: list[SignalRow]
    days: list[AttendanceDay]
    missed: list[AttendanceDay]
    totals: list[AttendanceWindow]
    year: Shares
    recent: Shares
    history: list[Done]
    access: list[AccessRow]
    inquiries: list[Inquiry]
    adult: bool
    own_voice: bool
    has_school: bool


def shares_of(days: list[AttendanceDay]) -> Shares:
    """Add up days; minutes in, minutes out."""
    return Shares(
        days=len(days),
        offered=sum(d.offered for d in days),
        valid=sum(d.valid for d in days),
        invalid=sum(d.invalid for d in days),
        reported=sum(d.reported for d in days),
        late=sum(d.late_lessons for d in days),
    )


NEAR = timedelta(days=90)  # longer than any break: a calendar without days this near has not been set


def has_school(unit_id: int, day: date) -> bool:
    """Tell whether a unit has school on a day; where no calendar has been set, every day may be one."""
    near = school_days_of(unit_id, first=day - NEAR, last=day + NEAR)
    return not near or day in near


def pupil_page_for(viewer: Viewer, child: Child, *, today: date) -> PupilPage:
    """Gather a pupil's page. Queries: twenty-four at most, whatever the pupil's history."""
    start = school_year_start(today)
    told = list(days_of_child_for(viewer, child.pk, start, today))
    days = [day for day in told if not day.absence_only]
    living = signals_for(viewer).filter(child=child).exclude(state=SignalState.CLOSED)
    enrolment = Enrolment.objects.filter(on_day(today), child=child).order_by("-main").first()
    # Inner need-to-know: who keeps the register reads attendance, not what was said and why.
    works = viewer.may(Permission.SIGNAL_ANSWER)
    return PupilPage(
        child=child,
        class_name=class_names(viewer, [child.pk], on=today).get(child.pk, ""),
        form=enrolment.form if enrolment else "",
        school_year=enrolment.school_year if enrolment else None,
        rows=one_row_each(rows_of(viewer, living.order_by("good_news", "pk"), today=today)) if works else [],
        days=days,
        missed=[day for day in told if day.absence_only],
        totals=list(windows_of_child_for(viewer, child.pk, start, today)),
        year=shares_of(days),
        recent=shares_of([d for d in days if d.date > today - timedelta(days=28)]),
        history=history_of(child) if works else [],
        access=list_access_of_child_for(viewer, child.pk, on=today),
        inquiries=list(Inquiry.objects.filter(child=child).order_by("-pk")) if works else [],
        adult=is_adult(child.birth_date, today),
        own_voice=speaks_for_self(child.birth_date, today),
        has_school=has_school(child.unit_id, today),
    )
