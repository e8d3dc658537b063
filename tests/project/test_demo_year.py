"""The year before the shown one, and the lesson that part of a class leaves: made from the same people."""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from samhandla.analytics.tables.attendance import LESSONS
from samhandla.integrations.simulator.attendance import simulate_school
from samhandla.integrations.simulator.settings import Settings
from samhandla.integrations.simulator.ss12000 import ss12000_resources
from samhandla.integrations.simulator.ss12000_ids import Ids
from samhandla.project.demo_last_year import LastYear
from samhandla.project.demo_school import Municipality
from samhandla.project.demo_slots import FIRST_GRADE, WEEKDAYS, with_left_lessons

YEAR = 2025


@pytest.fixture(scope="module")
def world():
    return Municipality(pupils=500, schools=4, seed=4, school_year=YEAR).build()


@pytest.fixture(scope="module")
def last_year(world):
    return LastYear(world, Ids(world.seed, world.school_year))


@pytest.fixture(scope="module")
def older(world):
    """A school with classes that have mentors, and its lessons."""
    school = next(s for s in world.schools() if classes_of(s))
    return school, simulate_school(world, school, Settings(faults=())).lessons


def classes_of(school):
    return [g for g in school.groups if g.kind == "Klass" and g.form == "GR" and g.grade >= FIRST_GRADE]


def test_last_years_pupils_are_those_who_were_there(last_year):
    for school in last_year.schools():
        there = last_year.there(school)
        youngest = min(pupil.grade for pupil in school.pupils)
        assert there
        assert all(pupil.grade > youngest and not pupil.moved for pupil in there)
        assert {day.day.year for day in school.days} <= {YEAR - 1, YEAR}
        assert max(day.day for day in school.days) <= last_year.last


def test_last_years_lessons_are_of_that_year_and_those_pupils(last_year):
    school = next(last_year.schools())
    lessons = last_year.lessons(school)
    assert lessons.num_rows > 0
    assert lessons.schema == LESSONS.schema
    assert set(pc.unique(lessons["pupil"]).to_pylist()) <= {p.number for p in last_year.there(school)}
    assert last_year.first <= pc.min(lessons["date"]).as_py()
    assert pc.max(lessons["date"]).as_py() <= last_year.last


def test_the_register_gets_last_years_places_classes_and_mentors(world, last_year):
    resources = ss12000_resources(world, LESSONS.schema.empty_table())
    before = {group["id"] for group in resources["groups"]}
    last_year.into_register(resources)
    added = [group for group in resources["groups"] if group["id"] not in before]
    assert added
    assert {group["endDate"] for group in added} == {date(YEAR, 6, 30).isoformat()}
    school = next(s for s in last_year.schools() if classes_of(s))
    named = {group["displayName"] for group in added}
    assert {g.name.replace(str(g.grade), str(g.grade - 1), 1) for g in classes_of(school)} <= named
    pupil = last_year.there(school)[0]
    person = next(p for p in resources["persons"] if p["id"] == last_year.ids.of("person", pupil.number))
    years = [(e["schoolYear"], e["startDate"]) for e in person["enrolments"]]
    assert years[0] == (pupil.grade - 1, last_year.first.isoformat())
    roles = [a for duty in resources["duties"] for a in duty.get("assignmentRole", ())]
    assert any(role["group"]["id"] in {group["id"] for group in added} for role in roles)


def test_part_of_a_class_leaves_its_last_lesson_of_one_weekday(older):
    school, lessons = older
    left = with_left_lessons(school, lessons)
    changed = np.nonzero(left["present"].to_numpy() != lessons["present"].to_numpy())[0]
    assert len(changed) > 10
    rows = left.take(pa.array(changed)).to_pylist()
    members = {
        pupil: day for g, day in zip(classes_of(school), WEEKDAYS, strict=False) for pupil in g.members
    }
    for row in rows:
        assert row["date"].weekday() == members[row["pupil"]]
        assert (row["present"], row["invalid"]) == (0, row["offered"])
        later = [r for r in _of(left, row["pupil"], row["date"]) if r["start"] > row["start"]]
        assert later == []
    assert left.schema == lessons.schema
    assert with_left_lessons(school, lessons).equals(left)


def _of(lessons, pupil, day):
    mine = pc.and_(pc.equal(lessons["pupil"], pupil), pc.equal(lessons["date"], pa.scalar(day)))
    return lessons.filter(mine).to_pylist()


def test_a_school_without_such_classes_is_left_alone(world):
    school = next(s for s in world.schools() if not classes_of(s))
    lessons = simulate_school(world, school, Settings(faults=())).lessons
    assert with_left_lessons(school, lessons).equals(lessons)
