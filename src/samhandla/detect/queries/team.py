"""The pupil-health team's list: high absence, nothing started; organised by what waits."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date

from django.utils.translation import gettext

from samhandla.detect.models import Answer, Inquiry, Signal, SignalState, StepTaken
from samhandla.detect.queries.lists import SignalRow, one_row_each, rows_of, signals_for
from samhandla.detect.queries.principal import GroupRow, group_rows_for
from samhandla.detect.queries.proposals import proposed_steps_for
from samhandla.detect.queries.steps import NextStep, whom_to_ask
from samhandla.people.models import Organisation
from samhandla.trust.roles import ROLES
from samhandla.trust.viewer import Viewer

NO_STEP = NextStep(None)
LEVEL_RULES = ("level_year", "level_term", "level_rolling", "level_totals", "long", "near_zero")


@dataclass(frozen=True)
class TeamRow:
    """One pupil on the team's list: who meets the pupil and when next, without what is said.

    Args:
        following: the next step of the närvarotrappa; `ask` names whose it is when it is another's.
    """

    row: SignalRow
    who: str = ""
    next_on: date | None = None
    following: NextStep = NO_STEP
    ask: str = ""


@dataclass(frozen=True)
class TeamPage:
    """The meeting's list: the promotive part first, then what waits, each pupil once."""

    unit: Organisation
    promotive: list[GroupRow]
    worked_on: list[GroupRow]
    good_news: list[TeamRow]
    nothing_started: list[TeamRow]
    waiting: list[TeamRow]
    inquiry: list[TeamRow]
    under_way: list[TeamRow]

    @property
    def pupils(self) -> int:
        """How many pupils stand on the list, good news left out."""
        return sum(len(part) for part in (self.nothing_started, self.waiting, self.inquiry, self.under_way))


def team_page_for(viewer: Viewer, unit: Organisation, *, today: date) -> TeamPage:
    """Gather a unit's list for the team; every pupil stands in one place, where something waits.

    "Nothing started" means: high absence, and no ställningstagande, step or inquiry exists. The
    number of queries does not grow with the number of pupils.
    """
    living = signals_for(viewer).filter(unit=unit).exclude(state=SignalState.CLOSED)
    rows = one_row_each(rows_of(viewer, living.order_by("opened_on", "pk"), today=today))
    latest, started = _latest_answers([r.signal for r in rows])
    following = proposed_steps_for(viewer, rows, today=today)
    ask = whom_to_ask(viewer, rows, following, today=today)
    inquiries = {i.child_id: i for i in Inquiry.objects.filter(unit=unit, state=Inquiry.State.DRAFT)}
    parts: dict[str, list[TeamRow]] = {
        name: [] for name in ("good_news", "nothing_started", "waiting", "inquiry", "under_way")
    }
    for row in rows:
        inquiry = inquiries.get(row.child.pk)
        item = replace(
            _team_row(row, latest, inquiry),
            following=following[row.signal.pk],
            ask=ask.get(row.signal.pk, ""),
        )
        parts[_part(row, inquiry is not None, started)].append(item)
    groups = group_rows_for(viewer, unit.pk, states=(SignalState.OPEN, SignalState.ACTED))
    return TeamPage(
        unit=unit,
        promotive=[one for one in groups if one.signal.state == SignalState.OPEN],
        worked_on=[one for one in groups if one.signal.state == SignalState.ACTED],
        **parts,
    )


def _part(row: SignalRow, has_inquiry: bool, started: set[int]) -> str:
    if row.signal.good_news:
        return "good_news"
    if has_inquiry:
        return "inquiry"
    if row.child.pk not in started and any(line.rule in LEVEL_RULES for line in row.holding):
        return "nothing_started"
    waits = row.signal.state in (SignalState.OPEN, SignalState.QUEUED)
    return "waiting" if waits else "under_way"


def _team_row(row: SignalRow, latest: dict[int, Answer], inquiry: Inquiry | None) -> TeamRow:
    """Say who meets the pupil next and when: the open step, else whoever answered last."""
    if row.step is not None:
        return TeamRow(row, gettext(ROLES[row.step.step.role].name), row.step.due_on)
    answer = latest.get(row.signal.pk)
    who = answer.by.name if answer else ""
    next_on = row.signal.return_on
    if inquiry is not None and inquiry.follow_up_on is not None:
        next_on = inquiry.follow_up_on
    return TeamRow(row, who, next_on)


def _latest_answers(signals: list[Signal]) -> tuple[dict[int, Answer], set[int]]:
    """Return the latest answer per signal, and the pupils for whom anything has been started."""
    ids = [s.pk for s in signals]
    answers = (
        Answer.objects.filter(signal_id__in=ids, replaced_by=None).select_related("by").order_by("at", "pk")
    )
    steps = StepTaken.objects.filter(signal_id__in=ids).values_list("child_id", flat=True)
    found = list(answers)
    started = {a.child_id for a in found if a.kind != "data_error"} | set(steps)
    return {a.signal_id: a for a in found}, started
