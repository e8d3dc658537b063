"""The judge of the signals benchmark is judged itself, on a year small enough to count by hand."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from bench.__main__ import is_met
from bench.detection_world import (
    MISSED,
    World,
    evaluate,
    found_within,
    lay_out,
    leads,
    listed_day,
    peer_list,
    without_codes,
)
from bench.registry import Result
from bench.signals import Comparison
from tests.detect.rules.invented import year


@pytest.fixture
def world() -> World:
    made = year(4, 100).away(0, range(40, 60)).away(1, 3, 7)
    truth = pa.table(
        {
            "pupil": [1, 2],
            "shape": ["step", "slide"],
            "onset_day_no": [41, 31],
            "end_day_no": pa.array([None, 51], pa.int16()),
        }
    )
    standing = pa.table({"pupil": pa.array([3], pa.int64())})
    return lay_out(made.days(), made.pupils(), made.calendar(), truth, standing)


def on(world: World, **rows: list[int]) -> np.ndarray:
    out = np.zeros(world.panel.shape, bool)
    for name, columns in rows.items():
        out[int(name[1:]), columns] = True
    return out


def test_truth_is_placed_from_onset_until_after_the_end(world):
    assert world.onset.tolist() == [40, 30]
    assert world.end.tolist() == [100, 50]
    assert world.troubled[1].sum() == 40
    assert world.troubled[2].all()
    assert not world.troubled[3].any()


def test_peer_is_above_fifteen_per_cent_of_the_year_from_day_twenty(world):
    peer = peer_list(world.panel)
    assert np.nonzero(peer[0])[0].tolist() == list(range(47, 100))
    assert not peer[1].any()


def test_entries_are_counted_and_false_ones_told_apart(world):
    found = evaluate(world, on(world, r0=[45, 46], r1=[10, 55], r2=[5], r3=[9, 60]))
    assert found.day.tolist() == [45, 55]
    assert (found.signals, found.false) == (6, 3)
    assert found_within(world, found) == 0.5


def test_leads_are_over_the_peers_cases_and_misses_are_last(world):
    peer = evaluate(world, on(world, r0=[50], r1=[40]))
    ours = evaluate(world, on(world, r0=[45]))
    assert leads(ours, peer).tolist() == [5, MISSED]
    assert leads(peer, ours).tolist() == [-5]


def test_standing_on_the_list_at_onset_is_found_that_day(world):
    assert listed_day(world, on(world, r0=list(range(30, 60)))).tolist() == [40, MISSED]


def test_without_codes_all_absence_is_valid():
    made = year(1, 5).away(0, 1, invalid=True)
    bare = without_codes(made.days())
    assert bare["invalid"].to_pylist() == [0] * 5
    assert bare["valid"].to_pylist() == [0, 360, 0, 0, 0]


def test_bounds():
    assert is_met(Result(1, "a", 10, "", 10, "higher"))
    assert not is_met(Result(1, "a", 9.9, "", 10, "higher"))
    assert not is_met(Result(1, "a", 1.41, "", 1.4, "lower"))
    assert is_met(Result(1, "a", 0.95, "", (0.93, 0.98), "between"))


def test_twice_as_many_found_soon_is_two_and_a_peer_without_any_counts_as_one(world):
    both = evaluate(world, on(world, p0=[45], p1=[35]))
    one, none = evaluate(world, on(world, p0=[45])), evaluate(world, on(world))
    assert Comparison([both], [one], [world]).found_ratio() == pytest.approx(2)
    assert Comparison([one], [both], [world]).found_ratio() == pytest.approx(0.5)
    assert Comparison([both], [none], [world]).found_ratio() == pytest.approx(2)
    assert Comparison([none], [one], [world]).found_ratio() == 0
