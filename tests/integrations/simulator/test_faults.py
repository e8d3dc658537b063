"""Each fault is in the data where the truth says, and nowhere when it was not asked for."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from samhandla.integrations.simulator.attendance import SchoolYear, whole_year
from samhandla.integrations.simulator.settings import FAULTS, Settings
from samhandla.integrations.simulator.world import World, build_world


@pytest.fixture(scope="module")
def big() -> World:
    return build_world(2700, 18, 6)


def year_with(world: World, *faults: str) -> SchoolYear:
    return whole_year(world, Settings(faults=faults))


def rows_of(year: SchoolYear, kind: str) -> list[dict]:
    return [row for row in year.faults.to_pylist() if row["kind"] == kind]


def test_all_kinds_occur(big) -> None:
    kinds = {row["kind"] for row in whole_year(big).faults.to_pylist()}
    assert kinds == set(FAULTS)


def test_clean_data_has_none(clean_year) -> None:
    assert clean_year.faults.num_rows == clean_year.corrections.num_rows == 0


def test_unreported_lessons_hold_no_minutes(faulty_year) -> None:
    silent = faulty_year.lessons.filter(pc.invert(faulty_year.lessons["reported"]))
    assert silent.num_rows > 0
    for name in ("present", "valid", "invalid", "other"):
        assert pc.sum(silent[name]).as_py() == 0
    assert silent["participating"].null_count == silent.num_rows


def test_a_forgetful_teacher_leaves_much_unreported(world) -> None:
    year = year_with(world, "unreported_teacher")
    teacher = {group.number: group.teacher for group in world.groups}
    numbers = year.lessons["group"].to_numpy()
    own = np.vectorize(teacher.get)(numbers)
    reported = year.lessons["reported"].to_numpy()
    rows = rows_of(year, "unreported_teacher")
    assert rows
    for row in rows:
        silent = 1 - reported[own == row["teacher"]].mean()
        assert abs(silent - float(row["detail"])) < 0.12
    others = ~np.isin(own, [row["teacher"] for row in rows])
    assert reported[others].mean() > 0.98


def test_a_lesson_is_forgotten_for_its_whole_group(world) -> None:
    lessons = year_with(world, "unreported_teacher").lessons
    mixed = lessons.group_by(["group", "date", "start"]).aggregate([("reported", "min"), ("reported", "max")])
    assert mixed["reported_min"].equals(mixed["reported_max"])


def test_a_careless_school_reports_less(big) -> None:
    year = year_with(big, "unreported_school")
    shares = year.lessons.group_by("unit").aggregate([("reported", "mean")]).to_pylist()
    careless = {row["unit"]: float(row["detail"]) for row in rows_of(year, "unreported_school")}
    assert careless
    for row in shares:
        assert abs(row["reported_mean"] - (1 - careless.get(row["unit"], 0))) < 0.03


def test_one_code_classes_use_one_code(big) -> None:
    year = year_with(big, "one_code")
    rows = rows_of(year, "one_code")
    assert {row["detail"] for row in rows} == {"valid", "invalid"}
    own = np.array(
        [p.class_id if len(p.enrolments) == 1 else 0 for p in sorted(big.pupils, key=lambda p: p.number)]
    )
    own = own[year.lessons["pupil"].to_numpy() - 1]
    for row in rows:
        other = "valid" if row["detail"] == "invalid" else "invalid"
        mine = pa.array(own == row["class_id"])
        assert pc.sum(year.lessons[other].filter(mine)).as_py() == 0
        assert pc.sum(year.lessons[row["detail"]].filter(mine)).as_py() > 0


def test_a_school_that_never_uses_a_code(big) -> None:
    year = year_with(big, "code_never_used")
    units = {row["unit"] for row in rows_of(year, "code_never_used")}
    sums = year.lessons.group_by("unit").aggregate([("invalid", "sum")]).to_pylist()
    assert {row["unit"] for row in sums if row["invalid_sum"] == 0} == units
    assert 0 < len(units) < 18


def test_weekend_events_fall_on_weekends(world) -> None:
    year = year_with(world, "weekend_events")
    weekend = pc.sum(pc.greater_equal(pc.day_of_week(year.lessons["date"]), 5)).as_py()
    assert weekend == sum(row["rows"] for row in rows_of(year, "weekend_events")) > 20


def test_duplicates_repeat_a_key(world, clean_year) -> None:
    year = year_with(world, "duplicates")
    keys = year.lessons.group_by(["pupil", "date", "start"]).aggregate([])
    extra = year.lessons.num_rows - keys.num_rows
    assert extra == sum(row["rows"] for row in rows_of(year, "duplicates")) > 50
    assert keys.num_rows == clean_year.lessons.num_rows


def test_late_corrections_say_what_stood_before(big) -> None:
    year = year_with(big, "late_corrections")
    rows = year.corrections.to_pylist()
    assert len(rows) == sum(row["rows"] for row in rows_of(year, "late_corrections")) > 100
    for row in rows[:500]:
        assert (row["corrected"] - row["date"]).days >= 10
        assert row["invalid_before"] > 0 == row["valid_before"]
    joined = year.corrections.join(
        year.lessons.select(["pupil", "date", "start", "valid"]), ["pupil", "date", "start"]
    )
    assert joined["valid"].equals(joined["invalid_before"])


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_comes_alone(world, fault) -> None:
    kinds = Counter(row["kind"] for row in year_with(world, fault).faults.to_pylist())
    assert set(kinds) <= {fault}
