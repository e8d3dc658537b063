"""What a list finds in a simulated year whose truth is known."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from samhandla.detect.rules.panel import Bools, Ints, Panel, build_panel, share, sums
from samhandla.detect.rules.periods import new_entries
from samhandla.detect.rules.waves import with_waves

SCHOOL_WEEK = 5
AFTERWARDS = 20  # school days after a course has ended in which a signal still belongs to it
SOON = 20
MISSED = -10_000.0  # a miss counts as later than anything


@dataclass(frozen=True)
class World:
    """One simulated year laid out for rules, with the courses that really began in it.

    `case` is the panel row, `onset` and `end` columns (end: first column after the course).
    `troubled` marks the days on which a signal about a pupil is right.
    """

    panel: Panel
    case: Ints
    onset: Ints
    end: Ints
    shape: NDArray[np.str_]
    troubled: Bools
    mentors: int


def lay_out(
    days: pa.Table, pupils: pa.Table, calendar: pa.Table, truth: pa.Table, standing: pa.Table
) -> World:
    """Build the panel of a whole year and place the truth in it."""
    last = calendar["date"].to_pandas().max()
    panel = build_panel(days, pupils, calendar, last)
    kept = ~panel.adapted
    panel = with_waves(panel)
    row_of = {int(pupil): row for row, pupil in enumerate(panel.pupil)}
    cases = [case for case in truth.to_pylist() if case["pupil"] in row_of and kept[row_of[case["pupil"]]]]
    case = np.array([row_of[c["pupil"]] for c in cases], np.int64)
    onset = np.array([c["onset_day_no"] - 1 for c in cases], np.int64)
    end = np.array([(c["end_day_no"] or panel.shape[1] + 1) - 1 for c in cases], np.int64)
    troubled = np.zeros(panel.shape, bool)
    for row, first, after in zip(case, onset, end, strict=True):
        troubled[row, first : after + AFTERWARDS] = True
    for pupil in standing["pupil"].to_pylist():
        if pupil in row_of:
            troubled[row_of[pupil]] = True
    mentors = len(np.unique(panel.mentor[kept]))
    return World(panel, case, onset, end, np.array([c["shape"] for c in cases]), troubled, mentors)


def without_codes(days: pa.Table) -> pa.Table:
    """Return the days as a source without absence codes gives them: all absence is valid."""
    valid = pa.array(days["valid"].to_numpy() + days["invalid"].to_numpy(), days["valid"].type)
    none = pa.array(np.zeros(days.num_rows, np.int16), days["invalid"].type)
    days = days.set_column(days.column_names.index("valid"), "valid", valid)
    return days.set_column(days.column_names.index("invalid"), "invalid", none)


def peer_list(panel: Panel, threshold: float = 0.15, from_day: int = 20) -> Bools:
    """The list that schools use: more than 15 per cent absence of the year so far, from school day 20."""
    level = share(sums(panel.absent)[:, 1:], sums(panel.offered)[:, 1:])
    late_enough = np.arange(panel.shape[1]) + 1 >= from_day
    return (level > threshold) & late_enough & (panel.offered > 0) & ~panel.adapted[:, None]


@dataclass(frozen=True)
class Found:
    """What a list found: per case the day of its first new entry (MISSED when none), and its signals."""

    day: NDArray[np.float64]
    signals: int
    false: int
    per_mentor_week: float
    false_per_mentor_week: float

    @property
    def ever(self) -> NDArray[np.bool_]:
        return self.day != MISSED


def evaluate(world: World, on: Bools) -> Found:
    """Count the new entries of a list and tell when each course was found."""
    entries = new_entries(on)
    day = np.full(len(world.case), MISSED)
    for number, (row, first, end) in enumerate(zip(world.case, world.onset, world.end, strict=True)):
        hits = np.nonzero(entries[row, first : end + AFTERWARDS])[0]
        if len(hits):
            day[number] = first + hits[0]
    signals, false = int(entries.sum()), int((entries & ~world.troubled).sum())
    weeks = world.mentors * world.panel.shape[1] / SCHOOL_WEEK
    return Found(day, signals, false, signals / weeks, false / weeks)


def listed_day(world: World, on: Bools) -> NDArray[np.float64]:
    """Return per case the first day from onset on which the pupil stands on the list, MISSED when never."""
    day = np.full(len(world.case), MISSED)
    for number, (row, first, end) in enumerate(zip(world.case, world.onset, world.end, strict=True)):
        hits = np.nonzero(on[row, first : end + AFTERWARDS])[0]
        if len(hits):
            day[number] = first + hits[0]
    return day


def leads(ours: Found, peer: Found) -> NDArray[np.float64]:
    """Return the lead in school days over the cases that the peer finds; our misses are the latest of all."""
    lead = np.where(ours.ever, peer.day - ours.day, MISSED)
    return lead[peer.ever]


def found_within(world: World, found: Found, days: int = SOON) -> float:
    """Return the share of all courses found within some days of onset."""
    return float((found.ever & (found.day - world.onset <= days)).mean())


def pooled(parts: list[Found]) -> Found:
    """Put the results of several worlds together."""
    return Found(
        np.concatenate([part.day for part in parts]),
        sum(part.signals for part in parts),
        sum(part.false for part in parts),
        float(np.mean([part.per_mentor_week for part in parts])),
        float(np.mean([part.false_per_mentor_week for part in parts])),
    )


def low_bound(lead: NDArray[np.float64], *, draws: int = 2000, seed: int = 0) -> float:
    """Return the lower end of the 95 % bootstrap interval of the median."""
    chance = np.random.default_rng(seed)
    medians = [np.median(chance.choice(lead, len(lead))) for _ in range(draws)]
    return float(np.quantile(medians, 0.025))
