"""What is published about illness and early absence is found in the simulated year."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest

from samhandla.integrations.simulator.attendance import simulate
from samhandla.integrations.simulator.illness import draw_illness
from samhandla.integrations.simulator.settings import Settings
from samhandla.integrations.simulator.timetable import build_week
from samhandla.integrations.simulator.world import build_world


@pytest.fixture(scope="module")
def days_away() -> np.ndarray:
    """Rows are pupils, columns school days 1–178: share of the day's minutes lost; -1 when not in school."""
    rows = []
    for year in simulate(build_world(4000, 12, 12), Settings(faults=())):
        calendar = {r["date"]: r["day_no"] - 1 for r in year.calendar.to_pylist()}
        table = year.lessons.group_by(["pupil", "date"]).aggregate(
            [("valid", "sum"), ("invalid", "sum"), ("offered", "sum")]
        )
        place = {pupil: i for i, pupil in enumerate(sorted(set(table["pupil"].to_pylist())))}
        away = np.full((len(place), 178), -1.0)
        for row in table.to_pylist():
            lost = (row["valid_sum"] + row["invalid_sum"]) / row["offered_sum"]
            away[place[row["pupil"]], calendar[row["date"]]] = lost
        rows.append(away)
    whole = np.vstack(rows)
    return whole[(whole >= 0).all(axis=1)]


def test_first_weeks_tell_much_about_the_year(days_away) -> None:
    """Baltimore: under two days away in the first month meant low odds, over four days high odds."""
    first = days_away[:, :20].sum(axis=1)
    chronic = days_away.mean(axis=1) >= 0.1

    def odds(rows: np.ndarray) -> float:
        part = chronic[rows].mean()
        return part / (1 - part)

    low, middle, high = first < 2, (first >= 2) & (first <= 4), first > 4
    assert odds(middle) > 3 * odds(low)
    assert odds(high) > 12 * odds(low)
    assert chronic[high].mean() > 0.5


def test_the_first_week_is_no_better_than_any_other(days_away) -> None:
    """FFT: absence in week one predicts the year, but no better than absence in another week."""
    chronic = days_away.mean(axis=1) >= 0.1
    weeks = [days_away[:, i * 5 : i * 5 + 5].sum(axis=1) >= 1 for i in range(35)]
    found = [float(chronic[week].mean()) for week in weeks]
    assert abs(found[0] - np.mean(found)) < 0.08
    assert np.std(found) < 0.2


def test_the_number_of_spells_adds_to_the_rate(days_away) -> None:
    """FFT: of pupils with as many days away in autumn, those with more spells lose more in spring."""
    autumn, spring = days_away[:, :89] > 0.5, days_away[:, 89:].mean(axis=1)
    days = autumn.sum(axis=1)
    spells = autumn[:, 0].astype(int) + ((~autumn[:, :-1]) & autumn[:, 1:]).sum(axis=1)
    ordinary = (days >= 3) & (days <= 12)
    columns = np.column_stack([np.ones(ordinary.sum()), days[ordinary], spells[ordinary]])
    slope = np.linalg.lstsq(columns, spring[ordinary], rcond=None)[0]
    assert slope[2] > 0


def test_pupils_differ_more_than_chance(days_away) -> None:
    halves = days_away[:, ::2].mean(axis=1), days_away[:, 1::2].mean(axis=1)
    ends = days_away[:, :60].mean(axis=1), days_away[:, 118:].mean(axis=1)
    assert np.corrcoef(*halves)[0, 1] > 0.7
    assert np.corrcoef(*ends)[0, 1] > 0.3


def test_spells_are_short_and_many(days_away) -> None:
    away = np.hstack([np.zeros((len(days_away), 1)), days_away > 0.5, np.zeros((len(days_away), 1))])
    rows, starts = np.nonzero((away[:, 1:] == 1) & (away[:, :-1] == 0))
    _, ends = np.nonzero((away[:, 1:] == 0) & (away[:, :-1] == 1))
    lengths = ends - starts
    assert np.median(lengths) <= 2
    assert (lengths <= 5).mean() > 0.9
    assert 1.5 < len(rows) / len(days_away) < 5


def test_a_class_wave_is_seen_in_that_class() -> None:
    world = build_world(1500, 5, 9)
    ratios = []
    for school in world.schools():
        week = build_week(school, world.seed)
        ill = draw_illness(school, week.class_of, Settings(), world.seed)
        classes = np.array([pupil.class_id for pupil in school.pupils])
        for wave in ill.waves:
            rows = [i for i, day in enumerate(school.days) if wave.first <= day.day <= wave.last]
            if wave.kind == "class" and len(rows) >= 2:
                own = ill.days[np.ix_(rows, classes == wave.class_id)].mean()
                ratios.append(own / ill.days[:, classes == wave.class_id].mean())
    assert len(ratios) > 15
    assert np.median(ratios) > 2


def test_without_waves_and_illness_nobody_is_ill() -> None:
    school = build_world(300, 1, 9).school(0)
    week = build_week(school, 9)
    none = draw_illness(school, week.class_of, Settings(illness=0, waves=0), 9)
    assert not none.days.any()
    assert none.waves == []


def test_city_waves_reach_all_schools() -> None:
    seen = defaultdict(set)
    world = build_world(1500, 5, 9)
    for school in world.schools():
        week = build_week(school, world.seed)
        for wave in draw_illness(school, week.class_of, Settings(), world.seed).waves:
            if wave.kind == "city":
                seen[school.index].add((wave.strength, wave.last - wave.first))
    assert len(seen) == 5
    assert len({frozenset(waves) for waves in seen.values()}) == 1
