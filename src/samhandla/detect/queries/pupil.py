"""One pupil's page: attendance, what the signals say, what has been done, who can see it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from django.utils.translation import gettext

from samhandla.analytics.models import AttendanceDay
from samhandla.analytics.queries import days_of_child_for
from samhandla.detect.models import (
    Answer,
    ContactNote,
    Inquiry,
    ParticipationMark,
    Signal,
    SignalState,
    StepTaken,
)
from samhandla.detect.models.answers import CHIPS
from samhandla.detect.queries.lists import (
    SignalRow,
    in_order,
    one_row_each,
    reason_line,
    rows_of,
    signals_for,
)
from samhandla.detect.words import in_readers_words
from samhandla.people.models import Child, Enrolment
from samhandla.people.queries import (
    AccessRow,
    class_names,
    list_access_of_child_for,
    on_day,
    school_days_of,
)
from samhandla.people.rules import is_adult, speaks_for_self
from samhandla.trust.viewer import Viewer

EARLIEST = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Done:
    """One thing that was done: when, what, by whom, in words.

    Args:
        about: what a contact was about, in the words that were chosen.
        at: when it was written; what is older than the keeping of times has none.
        place: where it stands within its day when the time does not tell; higher is later.
    """

    on: date
    what: str
    by: str
    words: str = ""
    until: date | None = None
    signal_id: int | None = None
    about: str = ""
    at: datetime | None = None
    place: tuple[int, int] = (0, 0)

    @property
    def order(self) -> tuple[date, bool, datetime, tuple[int, int]]:
        """By day, then by time; what has no time comes before what has, as the rules run at night."""
        return self.on, self.at is not None, self.at or EARLIEST, self.place


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
    """All that a viewer may read about one pupil here."""

    child: Child
    class_name: str
    form: str
    school_year: int | None
    rows: list[SignalRow]
    days: list[AttendanceDay]
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
    """Gather a pupil's page. Sixteen queries at most, whatever the pupil's history."""
    start = date(today.year if today.month >= 7 else today.year - 1, 7, 1)
    days = list(days_of_child_for(viewer, child.pk, start, today))
    living = signals_for(viewer).filter(child=child).exclude(state=SignalState.CLOSED)
    enrolment = Enrolment.objects.filter(on_day(today), child=child).order_by("-main").first()
    return PupilPage(
        child=child,
        class_name=class_names(viewer, [child.pk], on=today).get(child.pk, ""),
        form=enrolment.form if enrolment else "",
        school_year=enrolment.school_year if enrolment else None,
        rows=one_row_each(rows_of(viewer, living.order_by("good_news", "pk"), today=today)),
        days=days,
        year=shares_of(days),
        recent=shares_of([d for d in days if d.date > today - timedelta(days=28)]),
        history=_history(child),
        access=list_access_of_child_for(viewer, child.pk, on=today),
        inquiries=list(Inquiry.objects.filter(child=child).order_by("-pk")),
        adult=is_adult(child.birth_date, today),
        own_voice=speaks_for_self(child.birth_date, today),
        has_school=has_school(child.unit_id, today),
    )


def _history(child: Child) -> list[Done]:
    """Return what has been done, latest first also within a day; a signal says why, an answer which."""
    answers = Answer.objects.filter(child=child).select_related("by")
    contacts = ContactNote.objects.filter(child=child).select_related("by")
    steps = StepTaken.objects.filter(child=child, done_on__isnull=False).select_related("done_by", "step")
    marks = ParticipationMark.objects.filter(child=child).select_related("by").order_by("-on")[:20]
    signals = Signal.objects.filter(child=child).prefetch_related("reasons")
    answered = gettext("Ställningstagande: %s")
    done = [
        *(
            Done(
                a.on,
                answered % a.get_kind_display(),
                a.by.name,
                in_readers_words(a.reason),
                a.until,
                a.signal_id,
                at=a.at,
                place=(1, a.pk),
            )
            for a in answers
        ),
        *(
            Done(
                c.on,
                c.get_kind_display(),
                c.by.name,
                c.words,
                about=chips_in_words(c.chips),
                at=c.at,
                place=(2, c.pk),
            )
            for c in contacts
        ),
        *(
            Done(
                s.done_on,
                gettext(s.step.name),
                s.done_by.name,
                in_readers_words(s.note),
                at=s.done_at,
                place=(3, s.pk),
            )
            for s in steps
            if s.done_on and s.done_by
        ),
        *(
            Done(
                m.on,
                gettext("På plats men inte med i undervisningen"),
                m.by.name,
                at=m.at,
                place=(2, m.pk),
            )
            for m in marks
        ),
        *(Done(s.opened_on, _why(s), "", signal_id=s.pk) for s in signals),
        *(
            Done(
                s.closed_on,
                gettext("Signalen avslutad: %s") % s.get_closed_why_display(),
                "",
                place=(4, s.pk),
            )
            for s in signals
            if s.closed_on and s.closed_why
        ),
    ]
    # Where no time was kept, a signal comes before its answer, and that before what was done.
    return sorted(done, key=lambda d: d.order, reverse=True)


def chips_in_words(chips: Iterable[str]) -> str:
    """Return what a contact was about, as it was chosen; a choice that is no longer offered is left out."""
    return ", ".join(str(CHIPS[chip]) for chip in chips if chip in CHIPS)


def _why(signal: Signal) -> str:
    """Return in one line what a signal was about when it came: its first reasons by name."""
    if signal.good_news:
        return gettext("Det går åt rätt håll")
    first = [r for r in signal.reasons.all() if r.first_seen <= signal.opened_on]
    titles = [line.title for line in in_order(reason_line(r) for r in first or signal.reasons.all())]
    return gettext("Signal: %s") % ", ".join([titles[0], *(t[0].lower() + t[1:] for t in titles[1:])])
