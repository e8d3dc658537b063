from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from samhandla.analytics.tables.attendance import CALENDAR, LESSONS, PUPILS
from samhandla.integrations.simulator.attendance import simulate, simulate_school, whole_year
from samhandla.integrations.simulator.settings import Settings
from samhandla.integrations.simulator.world import build_world


@pytest.mark.parametrize(
    ("name", "declared"), [("lessons", LESSONS), ("pupils", PUPILS), ("calendar", CALENDAR)]
)
def test_tables_are_the_declared_ones(clean_year, name, declared) -> None:
    table = getattr(clean_year, name)
    assert table.schema.equals(declared.schema)
    keys = table.group_by(list(declared.key)).aggregate([])
    assert keys.num_rows == table.num_rows > 0
    for column in declared.columns:
        values = table[column.name]
        assert column.nullable or values.null_count == 0
        if column.low is not None:
            assert pc.min(values).as_py() >= column.low
        if column.high is not None:
            assert pc.max(values).as_py() <= column.high


def test_minutes_add_up(clean_year) -> None:
    lessons = clean_year.lessons
    parts = [lessons[name].to_numpy().astype(int) for name in ("present", "valid", "invalid", "other")]
    assert (sum(parts) == lessons["offered"].to_numpy()).all()
    assert pc.all(lessons["reported"]).as_py()


def test_lessons_fall_on_school_days_of_their_unit(clean_year) -> None:
    calendar = clean_year.calendar.select(["unit", "date"])
    outside = clean_year.lessons.select(["unit", "date"]).join(
        calendar, ["unit", "date"], join_type="left anti"
    )
    assert outside.num_rows == 0


def test_about_six_lessons_a_day(clean_year) -> None:
    days = clean_year.lessons.group_by(["pupil", "date"]).aggregate([("slot", "max"), ("slot", "count")])
    assert (days["slot_max"].to_numpy() == days["slot_count"].to_numpy()).all()
    assert 5.5 < days["slot_count"].to_numpy().mean() < 6.3


def test_lessons_of_a_day_do_not_overlap(clean_year) -> None:
    lessons = clean_year.lessons
    pupil, day, start, offered = (lessons[n].to_numpy() for n in ("pupil", "date", "start", "offered"))
    same = (pupil[1:] == pupil[:-1]) & (day[1:] == day[:-1])
    assert (start[1:][same] >= (start + offered)[:-1][same]).all()


def test_groups_in_lessons_are_the_pupils_own(world, clean_year) -> None:
    members = {(group.number, pupil) for group in world.groups for pupil in group.members}
    pairs = clean_year.lessons.group_by(["group", "pupil"]).aggregate([]).to_pylist()
    assert {(row["group"], row["pupil"]) for row in pairs} <= members


def test_a_year_language_groups_meet_at_the_same_time(clean_year) -> None:
    lessons = clean_year.lessons.filter(
        pc.is_in(clean_year.lessons["subject"].cast(pa.string()), pa.array(["M2SPA", "M2TYS"]))
    )
    assert lessons.num_rows > 0
    unit = lessons.filter(pc.equal(lessons["unit"], lessons["unit"][0]))
    times = {tuple(row.values()) for row in unit.select(["date", "start"]).to_pylist()}
    assert len(times) < unit.num_rows / 5


def test_same_seed_gives_the_same_year_in_any_order(numbers_file, clean_year) -> None:
    again = build_world(1500, 8, 7, personnummer=numbers_file)
    year = simulate_school(again, again.school(6), Settings(faults=()))
    unit = again.plans[6].unit.number
    before = clean_year.lessons.filter(pc.equal(clean_year.lessons["unit"], unit))
    assert year.lessons.combine_chunks().equals(before.combine_chunks())


def test_another_seed_gives_another_year(clean_year) -> None:
    other = whole_year(build_world(1500, 8, 8), Settings(faults=()))
    assert not other.lessons["valid"].combine_chunks().equals(clean_year.lessons["valid"].combine_chunks())


def test_a_source_without_codes_has_the_same_absence_all_valid(world, clean_year) -> None:
    coded = clean_year.lessons
    plain = whole_year(world, Settings(faults=(), codes=False)).lessons
    assert pc.sum(plain["invalid"]).as_py() == 0
    total = pc.add(coded["valid"], coded["invalid"])
    assert plain["valid"].to_pylist() == total.to_pylist()
    assert pc.sum(coded["invalid"]).as_py() > 0


def test_pupils_have_lessons_only_while_enrolled(world, clean_year) -> None:
    span = clean_year.lessons.group_by(["pupil", "unit"]).aggregate([("date", "min"), ("date", "max")])
    enrolled = {(p.number, e.unit): e for p in world.pupils for e in p.enrolments}
    for row in span.to_pylist():
        own = enrolled[row["pupil"], row["unit"]]
        assert own.started <= row["date_min"]
        assert own.ended is None or row["date_max"] <= own.ended


def test_late_arrival_is_part_of_the_first_lesson(clean_year) -> None:
    lessons = clean_year.lessons
    late = lessons.filter(
        pc.and_(pc.greater(lessons["invalid"], 0), pc.less(lessons["invalid"], lessons["offered"]))
    )
    assert 0.001 < late.num_rows / lessons.num_rows < 0.01
    assert pc.max(late["slot"]).as_py() == 1


def test_adapted_timetables_offer_less(world, clean_year) -> None:
    adapted = [p.number for p in world.pupils if p.adapted and p.form == "GR"]
    assert adapted
    sums = clean_year.lessons.group_by("pupil").aggregate([("offered", "sum")])
    offered = dict(zip(sums["pupil"].to_pylist(), sums["offered_sum"].to_pylist(), strict=True))
    ordinary = np.median([offered[p.number] for p in world.pupils if not p.adapted and p.number in offered])
    assert np.mean([offered[n] for n in adapted if n in offered]) < 0.85 * ordinary


def test_nothing_but_presence_when_everything_is_turned_off() -> None:
    off = Settings(
        faults=(),
        new_problems=0,
        standing_problems=0,
        illness=0,
        waves=0,
        skipping=0,
        lateness=0,
        weekday_effects=0,
    )
    lessons = whole_year(build_world(300, 2, 4), off).lessons
    absent = pc.sum(pc.add(lessons["valid"], lessons["invalid"])).as_py()
    # Leave remains: it is a decision, not a matter of any of these.
    assert absent < 0.003 * pc.sum(lessons["offered"]).as_py()


def test_a_short_year_works() -> None:
    world = build_world(100, 2, 1, days=5)
    year = whole_year(world)
    assert set(year.calendar["day_no"].to_pylist()) == {1, 2, 3, 4, 5}
    assert year.truth.num_rows == 0


def test_many_schools_stream_one_at_a_time() -> None:
    world = build_world(1_200_000, 3_600, 1)
    first = next(simulate(world, Settings(faults=())))
    assert world.pupil_count == 1_200_000
    assert first.pupils.num_rows < 5_000
    assert len(world._open) == 1


def test_weekdays_differ_only_with_weekday_effects() -> None:
    world = build_world(2000, 6, 5)
    base = Settings(
        faults=(), new_problems=0, standing_problems=0, illness=0, waves=0, skipping=0, lateness=0
    )
    edge = _share_by_edge(whole_year(world, base))
    assert edge[True] > 3 * edge[False]


def _share_by_edge(year) -> dict[bool, float]:
    """Absence share on Mondays and Fridays against the other days."""
    days = year.lessons.group_by("date").aggregate([("valid", "sum"), ("invalid", "sum"), ("offered", "sum")])
    sums = {True: [0, 0], False: [0, 0]}
    for row in days.to_pylist():
        edge = row["date"].weekday() in (0, 4)
        sums[edge][0] += row["valid_sum"] + row["invalid_sum"]
        sums[edge][1] += row["offered_sum"]
    return {edge: absent / offered for edge, (absent, offered) in sums.items()}


def test_dates_are_real_dates(clean_year) -> None:
    first = pc.min(clean_year.lessons["date"]).as_py()
    assert date(2025, 8, 18) <= first <= date(2025, 8, 20)
    assert pc.max(clean_year.lessons["date"]).as_py() - first > timedelta(days=280)
