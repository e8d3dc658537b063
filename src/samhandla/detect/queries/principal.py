"""The principal's page: what waits for a decision, how old the signals are, what the ladder solves."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext

from samhandla.detect.models import GroupSignal, Inquiry, Notice, Signal, SignalState, StepTaken, UnitTally
from samhandla.detect.queries.lists import SignalRow, rows_of, signals_for
from samhandla.detect.queries.reporting import UNKNOWN, Reporting, group_reporting_of
from samhandla.detect.queries.units import PRINCIPALS, unit_ids_for
from samhandla.detect.rules.catalogue import BY_CODE
from samhandla.detect.rules.run import sentence
from samhandla.lib.schoolcalendar import school_year_start
from samhandla.people.models import Organisation
from samhandla.people.queries import mentor_by_child, restricted_children, school_days_of
from samhandla.trust.models import Actor
from samhandla.trust.viewer import Viewer

AGES = ((0, 5), (6, 10), (11, 20), (21, None))  # school days since shown
FEWEST = 10  # smaller numbers are not published


@dataclass(frozen=True)
class GroupRow:
    """A signal about a class, a slot or the unit, in words; no teacher is named."""

    signal: GroupSignal
    title: str
    text: str
    reporting: Reporting = UNKNOWN


@dataclass(frozen=True)
class AgeBand:
    """How many open signals have waited so many school days."""

    low: int
    high: int | None
    count: int


@dataclass(frozen=True)
class StepResult:
    """How many signals a ladder step took up, finished and solved; per step, never per person."""

    number: int
    name: str
    taken: int
    done: int
    solved: int

    @property
    def publishable(self) -> bool:
        """Whether neither the solved nor the others are so few that they must not be published."""
        return self.solved >= FEWEST and (self.taken == self.solved or self.taken - self.solved >= FEWEST)


@dataclass(frozen=True)
class PrincipalPage:
    """What one unit's principal needs on a Monday."""

    unit: Organisation
    groups: list[GroupRow]
    groups_acted: list[GroupRow]
    lifted: list[SignalRow]
    without_mentor: list[SignalRow]
    to_decide: list[StepTaken]
    asked: list[Inquiry]
    inquiries: list[Inquiry]
    notices: list[Notice]
    ages: list[AgeBand]
    queue: list[SignalRow]
    steps: list[StepResult]
    tally: UnitTally | None

    @property
    def decisions(self) -> int:
        """How many formal decisions and signatures wait."""
        return len(self.to_decide) + len(self.asked) + len(self.notices)

    @property
    def pupils(self) -> int:
        """How many signals about pupils wait for the principal."""
        return len(self.lifted) + len(self.without_mentor)

    @property
    def waiting(self) -> int:
        """How many things wait for the principal in all."""
        return len(self.groups) + self.pupils + self.decisions

    @property
    def queued(self) -> int:
        """How many pupils wait for a place on their mentor's list: more are new in a week than it takes."""
        return len(self.queue)

    @property
    def open_signals(self) -> int:
        return sum(band.count for band in self.ages)


def group_rows_for(
    viewer: Viewer, unit_id: int, *, states: Sequence[str] = (SignalState.OPEN,), signal_id: int | None = None
) -> list[GroupRow]:
    """Return the unit's group signals, class and slot first, in words, and how sure their figures are.

    What a signal says of a class is greyed by the class's own reporting, else by the unit's.
    Queries: one, and six more when there is any signal.
    """
    rows = GroupSignal.objects.filter(authority_id=viewer.authority_id, unit_id=unit_id, state__in=states)
    if signal_id is not None:
        rows = rows.filter(pk=signal_id)
    order = {"class": 0, "slot": 1, "unit": 2}
    found = sorted(
        rows.select_related("group", "unit"), key=lambda r: (order[r.level], r.due_on or date.max, r.pk)
    )
    if not found:
        return []
    unit, groups = group_reporting_of(viewer, unit_id, {row.group_id for row in found if row.group_id})
    return [_group_row(row, groups.get(row.group_id or 0, unit)) for row in found]


def _group_row(row: GroupSignal, reporting: Reporting) -> GroupRow:
    rule = BY_CODE[row.rule]
    return GroupRow(row, gettext(rule.title), sentence(rule, row.numbers, gettext), reporting)


def get_group_row_for(viewer: Viewer, signal_id: int) -> GroupRow | None:
    """Return a group signal of a unit that the viewer leads; None alike when missing and forbidden."""
    row = GroupSignal.objects.filter(pk=signal_id, authority_id=viewer.authority_id).first()
    if row is None or row.unit_id not in unit_ids_for(viewer, *PRINCIPALS):
        return None
    return group_rows_for(viewer, row.unit_id, states=[row.state], signal_id=signal_id)[0]


def principal_page_for(viewer: Viewer, unit: Organisation, *, today: date) -> PrincipalPage:
    """Gather one unit's page; the number of queries does not grow with the number of signals."""
    living = signals_for(viewer).filter(unit=unit, good_news=False).exclude(state=SignalState.CLOSED)
    rows = rows_of(viewer, living.order_by("due_on", "pk"), today=today)
    opened = [r for r in rows if r.signal.state == SignalState.OPEN]
    mentored = mentor_by_child(viewer, on=today)
    formal = formal_waiting_for(viewer, {unit.pk})
    groups = group_rows_for(viewer, unit.pk, states=(SignalState.OPEN, SignalState.ACTED))
    drafts = Inquiry.objects.filter(unit=unit, state=Inquiry.State.DRAFT)
    drafts = drafts.exclude(child_id__in=restricted_children())
    return PrincipalPage(
        unit=unit,
        groups=[row for row in groups if row.signal.state == SignalState.OPEN],
        groups_acted=[row for row in groups if row.signal.state == SignalState.ACTED],
        lifted=[r for r in opened if r.signal.escalated_on],
        without_mentor=[r for r in opened if r.child.pk not in mentored and not r.signal.escalated_on],
        to_decide=list(formal.steps.select_related("step", "child", "signal").order_by("due_on", "pk")),
        asked=list(formal.asked.select_related("child", "asked_by").order_by("asked_on", "pk")),
        inquiries=list(drafts.select_related("child").order_by("decided_on", "pk")),
        notices=list(formal.notices.select_related("child", "inquiry").order_by("pk")),
        ages=_ages([r.signal for r in opened], unit.pk, today),
        queue=[r for r in rows if r.signal.state == SignalState.QUEUED],
        steps=_step_results(unit, today),
        tally=UnitTally.objects.filter(unit=unit).order_by("-week").first(),
    )


@dataclass(frozen=True)
class FormalWaiting:
    """Formal decisions and signatures that wait, of the children whom the viewer sees."""

    steps: QuerySet[StepTaken]
    asked: QuerySet[Inquiry]
    notices: QuerySet[Notice]


def formal_waiting_for(viewer: Viewer, units: set[int]) -> FormalWaiting:
    """Return what waits for a formal decision or a signature at some units."""
    # Through the child: of a pupil who has moved away the old unit's principal sees nothing more.
    here = {"unit__in": units, "child__authority_id": viewer.authority_id}
    kept = restricted_children()
    return FormalWaiting(
        StepTaken.objects.filter(**here, step__is_inquiry=True, done_on=None).exclude(child_id__in=kept),
        Inquiry.objects.filter(**here, state=Inquiry.State.ASKED).exclude(child_id__in=kept),
        Notice.objects.filter(**here, signed_on=None).exclude(child_id__in=kept),
    )


def count_waiting_for(viewer: Viewer, units: set[int], *, today: date) -> int:
    """Count what `principal_page_for` and the steps beside it show as waiting. Queries: eight."""
    mentored = mentor_by_child(viewer, on=today)
    opened = Signal.objects.filter(
        child__authority_id=viewer.authority_id, unit__in=units, state=SignalState.OPEN, good_news=False
    )
    pupils = opened.values_list("child_id", "escalated_on")
    formal = formal_waiting_for(viewer, units)
    groups = GroupSignal.objects.filter(
        authority_id=viewer.authority_id, unit__in=units, state=SignalState.OPEN
    )
    steps = StepTaken.objects.filter(
        child__authority_id=viewer.authority_id, unit__in=units, step__role__in=PRINCIPALS, done_on=None
    )
    waiting = (
        groups, formal.steps, formal.asked, formal.notices, steps.exclude(step__is_inquiry=True)
    )  # fmt: skip
    return sum(rows.count() for rows in waiting) + sum(
        1 for child, lifted in pupils if lifted or child not in mentored
    )


def _ages(signals: list[Signal], unit_id: int, today: date) -> list[AgeBand]:
    days = school_days_of(unit_id, first=date.fromordinal(today.toordinal() - 400), last=today)
    waited = [sum(1 for d in days if s.shown_on and s.shown_on < d) for s in signals]
    return [
        AgeBand(low, high, sum(1 for w in waited if w >= low and (high is None or w <= high)))
        for low, high in AGES
    ]


def _step_results(unit: Organisation, today: date) -> list[StepResult]:
    """Count this school year's steps; a step that has changed its name counts under the latest one."""
    taken = StepTaken.objects.filter(unit=unit, started_on__gte=school_year_start(today))
    rows = taken.values("step__number", "step__name").annotate(
        taken=Count("pk"),
        # What ended because the pupil moved was ended by the service, and done by nobody.
        done=Count("pk", filter=Q(done_by__kind=Actor.Kind.STAFF)),
        solved=Count("pk", filter=Q(solved=True)),
    )
    found: dict[int, StepResult] = {}
    for row in rows.order_by("step__number", "step__valid_from"):
        number = row["step__number"]
        before = found.get(number, StepResult(number, "", 0, 0, 0))
        found[number] = StepResult(
            number,
            row["step__name"],
            before.taken + row["taken"],
            before.done + row["done"],
            before.solved + row["solved"],
        )
    return list(found.values())
