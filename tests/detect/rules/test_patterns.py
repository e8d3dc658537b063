"""Patterns: found when planted, at most as often as promised when there are none."""

from __future__ import annotations

import numpy as np
import pytest
from tests.detect.rules.invented import Year, ordinary

from samhandla.detect.rules.catalogue import BY_CODE
from samhandla.detect.rules.chance import looks_for, rejected
from samhandla.detect.rules.periods import new_entries

PATTERNS = ("weekday", "after_break", "first_lesson", "last_lesson", "slot", "late_rising")


def on(code: str, made: Year) -> np.ndarray:
    rule = BY_CODE[code]
    return rule.test(made.panel(), rule.defaults()).on


@pytest.mark.parametrize("code", PATTERNS)
def test_without_pattern_at_most_the_nominal_rate(code: str):
    families = found = 0
    for seed in range(6):
        made = on(code, ordinary(300, 120, seed))
        families += len(looks_for(np.arange(made.shape[1])))
        found += int(new_entries(made).sum())
    # Each of the 36 looks may find something with 5 per cent; more than 4 would be a one-in-thirty chance.
    assert families == 36
    assert found <= 4


def test_planted_weekday_is_found_and_named():
    made = ordinary(300, 120, seed=2)
    chance = np.random.default_rng(9)
    for pupil in range(10):
        made.away(pupil, *[day for day in range(4, 120, 5) if chance.random() < 0.7])
    rule = BY_CODE["weekday"]
    state = rule.test(made.panel(), rule.defaults())
    assert state.on[:10].any(axis=1).sum() >= 8
    assert state.on[:10, -1].sum() >= 6
    row = int(np.nonzero(state.on[:10, -1])[0][0])
    assert state.numbers(row, 119)["weekday"] == 4


def test_planted_last_lesson_and_slot_are_found():
    made = ordinary(300, 120, seed=3)
    for pupil in range(8):
        for day in range(60, 120, 5):
            made.miss(pupil, day + 1, 6)
    assert on("last_lesson", made)[:8, -1].sum() >= 6
    slots = BY_CODE["slot"].test(made.panel(), BY_CODE["slot"].defaults())
    assert slots.on[:8, -1].sum() >= 6
    row = int(np.nonzero(slots.on[:8, -1])[0][0])
    numbers = slots.numbers(row, 119)
    assert (numbers["weekday"], numbers["slot"]) == (1, 6)


def test_planted_first_lesson_is_found_and_not_told_of_those_away_the_whole_day():
    made = ordinary(300, 120, seed=7)
    for pupil in range(8):
        for day in range(62, 120, 4):
            made.miss(pupil, day, 1)
            made.away(pupil + 8, day)
    held = on("first_lesson", made)[:, -1]
    assert held[:8].sum() >= 6
    assert not held[8:16].any()


def test_planted_absence_after_weekends_is_found():
    made = ordinary(300, 120, seed=8)
    for pupil in range(8):
        made.away(pupil, *range(60, 120, 5))
        made.away(pupil + 8, *range(62, 120, 5))
    held = on("after_break", made)[:, -1]
    assert held[:8].sum() >= 6
    assert not held[8:16].any(), "Wednesdays do not follow a break"


def test_growing_lateness_is_found():
    made = ordinary(300, 120, seed=4)
    made.late[:6, 100:120] = 1
    assert on("late_rising", made)[:6, -1].all()


def test_a_weekday_that_everybody_is_away_is_no_pattern_of_a_pupil():
    made = ordinary(300, 120, seed=5)
    for pupil in range(300):
        made.away(pupil, *range(4 + 5 * (pupil % 3), 120, 15))
    assert on("weekday", made)[:, -1].mean() <= 0.05


def test_control_is_by_unit_and_leaves_untested_out():
    p = np.array([0.004, 1.0, 1.0, 0.03, 0.5, 0.6])
    family = np.array([0, 0, 0, 1, 1, 1])
    assert rejected(p, family, 0.05).tolist() == [True, False, False, False, False, False]


def test_patterns_are_looked_for_on_set_days_only():
    assert looks_for(np.arange(60)) == [19, 39, 59]
    made = on("weekday", ordinary(100, 119, seed=6))
    assert np.array_equal(made[:, 99] & made[:, 118], made[:, 118] & made[:, 99])
    assert not made[:, :19].any()
