"""The process leader's page: sums per unit, small ones left out, nothing per person."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from statistics import median

from samhandla.detect.models import AnswerEffort, UnitTally
from samhandla.detect.queries.units import list_all_units_for
from samhandla.detect.rules.hide import FEWEST, at_least
from samhandla.detect.rules.loop import monday_of
from samhandla.detect.rules.process import PERIOD, why_not_used
from samhandla.people.models import Organisation
from samhandla.trust.viewer import Viewer


@dataclass(frozen=True)
class Effort:
    """The median of at least ten answers: minutes and clicks."""

    answers: int
    minutes: float
    clicks: float


@dataclass(frozen=True)
class ProcessRow:
    """One unit. None stands for a number too small to be shown."""

    unit: Organisation
    effort: Effort | None
    in_time_share: float | None
    due: int | None
    late: int | None
    counted: bool
    reasons: list[str]

    @property
    def in_use(self) -> bool:
        return self.counted and not self.reasons


@dataclass(frozen=True)
class ProcessPage:
    """All units of an authority, those where the way of working is not in use first."""

    rows: list[ProcessRow]
    effort: Effort | None
    counted_on: date | None

    @property
    def not_in_use(self) -> list[ProcessRow]:
        return [row for row in self.rows if not row.in_use]


def process_page_for(viewer: Viewer, *, today: date) -> ProcessPage:
    """Gather the page. Queries: three, whatever the number of units."""
    units = list_all_units_for(viewer)
    latest: dict[int, UnitTally] = {}
    rows = UnitTally.objects.filter(authority_id=viewer.authority_id, week__gte=monday_of(today - PERIOD))
    for tally in rows.order_by("week"):
        latest[tally.unit_id] = tally
    efforts: dict[int, list[tuple[int, int]]] = {unit.pk: [] for unit in units}
    kept = AnswerEffort.objects.filter(unit_id__in=efforts, week__gte=monday_of(today - PERIOD))
    for unit_id, seconds, clicks in kept.values_list("unit_id", "seconds", "clicks"):
        efforts[unit_id].append((seconds, clicks))
    every = [pair for pairs in efforts.values() for pair in pairs]
    return ProcessPage(
        rows=[_row(unit, latest.get(unit.pk), efforts[unit.pk], today) for unit in units],
        effort=_effort(every),
        counted_on=max((t.counted_on for t in latest.values()), default=None),
    )


def _effort(pairs: list[tuple[int, int]]) -> Effort | None:
    if len(pairs) < FEWEST:
        return None
    minutes = round(median(seconds for seconds, _clicks in pairs) / 60, 1)
    return Effort(len(pairs), minutes, median(clicks for _seconds, clicks in pairs))


def _row(
    unit: Organisation, tally: UnitTally | None, pairs: list[tuple[int, int]], today: date
) -> ProcessRow:
    if tally is None:
        return ProcessRow(unit, _effort(pairs), None, None, None, False, [])
    counts = tally.counts
    small = counts["pupils"] < FEWEST
    enough = counts["due"] >= FEWEST and not small
    return ProcessRow(
        unit=unit,
        effort=_effort(pairs),
        in_time_share=round(counts["in_time"] / counts["due"], 4) if enough else None,
        due=counts["due"] if enough else None,
        late=None if small else at_least(counts["late"]),
        counted=True,
        reasons=why_not_used(counts, today=today),
    )
