"""Which sums of a source without lessons count: no day twice, and none that lessons tell of."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pytest

from samhandla.analytics.sums import WINDOWS, counting_sums, most_days

AUG, SEP, OCT = ((date(2026, 8, 1), date(2026, 8, 31)), (date(2026, 9, 1), date(2026, 9, 30)),
                 (date(2026, 10, 1), date(2026, 10, 31)))  # fmt: skip


def windows(*rows: dict[str, object]) -> pa.Table:
    usual = {
        "pupil": 1, "source": 1, "batch": 1, "whole": True, "offered": 1000, "reported": 1000, "valid": 100,
        "invalid": 0,
    }  # fmt: skip
    made = [{**usual, **row} for row in rows]
    return pa.Table.from_pylist(made, schema=WINDOWS)


def period(days, **values):
    return {"first_date": days[0], "last_date": days[1], **values}


def told(found: pa.Table) -> list[tuple[int, date, date, int]]:
    return [(r["pupil"], r["first_date"], r["last_date"], r["offered"]) for r in found.to_pylist()]


def test_activities_of_a_period_are_added_up():
    found = counting_sums(
        windows(
            period(AUG, whole=False, offered=600, valid=60, reported=600),
            period(AUG, whole=False, offered=400, valid=0, invalid=40, reported=None),
        )
    ).to_pylist()
    assert [(r["offered"], r["valid"], r["invalid"]) for r in found] == [(1000, 60, 40)]
    assert (found[0]["reported"], found[0]["told"]) == (600, 600), "what is not told is not counted as told"


def test_a_sum_of_all_teaching_is_not_added_to_those_of_its_activities():
    found = counting_sums(windows(period(AUG), period(AUG, whole=False, offered=600)))
    assert told(found) == [(1, *AUG, 1000)]


def test_two_sources_of_the_same_period_count_once_and_the_later_import_wins():
    found = counting_sums(windows(period(AUG), period(AUG, source=2, batch=7, offered=900)))
    assert told(found) == [(1, *AUG, 900)]


def test_a_term_so_far_and_its_months_count_once():
    so_far = (AUG[0], OCT[1])
    rows = [period(AUG, batch=1), period(SEP, batch=2), period(so_far, batch=3, offered=2900)]
    assert told(counting_sums(windows(*rows))) == [(1, *so_far, 2900)]
    shorter = (AUG[0], date(2026, 9, 15))
    assert told(counting_sums(windows(*rows[:2], period(shorter, batch=9)))) == [
        (1, *AUG, 1000),
        (1, *SEP, 1000),
    ], "the choice that tells of more days"


def test_each_pupil_is_chosen_for_alone():
    rows = [period(AUG, pupil=2), period(AUG), period((AUG[0], SEP[1]), offered=2000), period(SEP, pupil=2)]
    assert told(counting_sums(windows(*rows))) == [
        (1, AUG[0], SEP[1], 2000),
        (2, *AUG, 1000),
        (2, *SEP, 1000),
    ]


@pytest.mark.parametrize(("day", "kept"), [(date(2026, 9, 30), 1), (date(2026, 10, 1), 2)])
def test_a_period_with_a_day_of_lessons_does_not_count(day, kept):
    lessons = pa.table({"pupil": [1, 3], "date": [day, AUG[0]]})
    found = counting_sums(windows(period(AUG), period(SEP)), lessons)
    assert found.num_rows == kept


def test_no_windows_and_windows_without_teaching_give_nothing():
    assert counting_sums(windows()).num_rows == 0
    assert counting_sums(windows(period(AUG, offered=0))).num_rows == 0
    overlapping = pa.table({"pupil": [1], "date": [AUG[0]]})
    assert counting_sums(windows(period(AUG)), overlapping).num_rows == 0


def test_of_as_many_days_the_newest_are_chosen():
    assert most_days([(1, 60, 5), (1, 30, 1), (31, 60, 2)]) == [0]
    assert most_days([(1, 60, 1), (1, 30, 2), (31, 60, 3)]) == [1, 2]
    assert most_days([]) == []
