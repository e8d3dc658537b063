"""The principal's page: what waits for a decision, how old the signals are, what the ladder solves."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext

from samhandla.detect.models import GroupSignal, Inquiry, Notice, Signal, SignalState, StepTaken
from samhandla.detect.queries.lists import SignalRow, rows_of, signals_for
from samhandla.detect.rules.catalogue import BY_CODE
from samhandla.detect.rules.run import sentence
from samhandla.people.models import Organisation
from samhandla.people.queries import school_days_of
from samhandla.trust.viewer import Viewer

AGES = ((0, 5), (6, 10), (11, 20), (21, None))  # school days since shown


@dataclass(frozen=True)
class GroupRow:
    """A signal about a class, a slot or the unit, in words; no teacher is named."""

    signal: GroupSignal
    title: str
    text: str


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


@dataclass(frozen=True)
class PrincipalPage:
    """What one unit's principal needs on a Monday."""

    unit: Organisation
    groups: list[GroupRow]
    lifted: list[SignalRow]
    without_mentor: list[SignalRow]
    inquiries: list[Inquiry]
    to_decide: list[StepTaken]
    notices: list[Notice]
    ages: list[AgeBand]
    queued: int
    steps: list[StepResult]

    @property
    def waiting(self) -> int:
        """How many things wait for the principal's own decision or answer."""
        return (
            len(self.groups)
            + len(self.lifted)
            + len(self.without_mentor)
            + len(self.to_decide)
            + len(self.notices)
        )


def group_rows_for(viewer: Viewer, unit_id: int) -> list[GroupRow]:
    """Return the unit's open group signals, class and slot first, in words."""
    rows = GroupSignal.objects.filter(
        authority_id=viewer.authority_id, unit_id=unit_id, state=SignalState.OPEN
    ).select_related("group", "unit")
    order = {"class": 0, "slot": 1, "unit": 2}
    return [
        GroupRow(row, gettext(BY_CODE[row.rule].title), sentence(BY_CODE[row.rule], row.numbers, gettext))
        for row in sorted(rows, key=lambda r: (order[r.level], r.due_on or date.max, r.pk))
    ]


def principal_page_for(viewer: Viewer, unit: Organisation, *, today: date) -> PrincipalPage:
    """Gather one unit's page; the number of queries does not grow with the number of signals."""
    living = signals_for(viewer).filter(unit=unit, good_news=False).exclude(state=SignalState.CLOSED)
    rows = rows_of(viewer, living.order_by("due_on", "pk"), today=today)
    opened = [r for r in rows if r.signal.state == SignalState.OPEN]
    steps = StepTaken.objects.filter(unit=unit).select_related("step", "child", "signal")
    return PrincipalPage(
        unit=unit,
        groups=group_rows_for(viewer, unit.pk),
        lifted=[r for r in opened if r.signal.escalated_on],
        without_mentor=[
            r for r in opened if r.signal.owner_role == "principal" and not r.signal.escalated_on
        ],
        inquiries=list(
            Inquiry.objects.filter(unit=unit, state=Inquiry.State.DRAFT)
            .select_related("child")
            .order_by("decided_on")
        ),
        to_decide=[s for s in steps if s.step.is_inquiry and s.done_on is None],
        notices=list(
            Notice.objects.filter(unit=unit, signed_on=None).select_related("child", "inquiry").order_by("pk")
        ),
        ages=_ages([r.signal for r in opened], unit.pk, today),
        queued=sum(1 for r in rows if r.signal.state == SignalState.QUEUED),
        steps=_step_results(list(steps)),
    )


def _ages(signals: list[Signal], unit_id: int, today: date) -> list[AgeBand]:
    days = school_days_of(unit_id, first=date.fromordinal(today.toordinal() - 400), last=today)
    waited = [sum(1 for d in days if s.shown_on and s.shown_on < d) for s in signals]
    return [
        AgeBand(low, high, sum(1 for w in waited if w >= low and (high is None or w <= high)))
        for low, high in AGES
    ]


def _step_results(steps: list[StepTaken]) -> list[StepResult]:
    taken, done, solved = Counter(), Counter(), Counter()
    names: dict[int, str] = {}
    for row in steps:
        number = row.step.number
        names[number] = row.step.name
        taken[number] += 1
        done[number] += row.done_on is not None
        solved[number] += row.solved is True
    return [StepResult(n, names[n], taken[n], done[n], solved[n]) for n in sorted(names)]
