"""The pupil-health team's list: high absence, nothing started; organised by what waits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from samhandla.detect.models import Answer, Inquiry, Signal, SignalState, StepTaken
from samhandla.detect.queries.lists import SignalRow, rows_of, signals_for
from samhandla.detect.queries.principal import GroupRow, group_rows_for
from samhandla.people.models import Organisation
from samhandla.trust.viewer import Viewer

LEVEL_RULES = ("level_year", "level_term", "level_rolling", "long", "near_zero")


@dataclass(frozen=True)
class TeamPage:
    """The meeting's list: the promotive part first, then what waits, each pupil once."""

    unit: Organisation
    promotive: list[GroupRow]
    good_news: list[SignalRow]
    nothing_started: list[SignalRow]
    late: list[SignalRow]
    inquiry: list[SignalRow]
    under_way: list[SignalRow]


def team_page_for(viewer: Viewer, unit: Organisation, *, today: date) -> TeamPage:
    """Gather a unit's list for the team; every pupil stands in one place, where something waits.

    "Nothing started" means: high absence, and no ställningstagande, step or inquiry exists.
    """
    living = signals_for(viewer).filter(unit=unit).exclude(state=SignalState.CLOSED)
    rows = rows_of(viewer, living.order_by("opened_on", "pk"), today=today)
    started = _started([r.signal for r in rows])
    inquiry = set(Inquiry.objects.filter(unit=unit, state="draft").values_list("child_id", flat=True))
    problems = [r for r in rows if not r.signal.good_news]
    return TeamPage(
        unit=unit,
        promotive=group_rows_for(viewer, unit.pk),
        good_news=[r for r in rows if r.signal.good_news],
        inquiry=[r for r in problems if r.child.pk in inquiry],
        nothing_started=[r for r in problems if r.child.pk not in started | inquiry and _is_high(r)],
        late=[
            r
            for r in problems
            if r.child.pk not in inquiry and (r.child.pk in started or not _is_high(r)) and _waits(r)
        ],
        under_way=[
            r
            for r in problems
            if r.child.pk not in inquiry and (r.child.pk in started or not _is_high(r)) and not _waits(r)
        ],
    )


def _is_high(row: SignalRow) -> bool:
    return any(line.rule in LEVEL_RULES for line in row.reasons)


def _waits(row: SignalRow) -> bool:
    return row.signal.state in (SignalState.OPEN, SignalState.QUEUED)


def _started(signals: list[Signal]) -> set[int]:
    """Return the pupils for whom anything has been started on a living signal."""
    ids = [s.pk for s in signals]
    answered = Answer.objects.filter(signal_id__in=ids).exclude(kind="data_error")
    steps = StepTaken.objects.filter(signal_id__in=ids)
    return set(answered.values_list("child_id", flat=True)) | set(steps.values_list("child_id", flat=True))
