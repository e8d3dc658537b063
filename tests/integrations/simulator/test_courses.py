"""Each way in which a problem starts does what its name says, on the day that the truth says."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest

from samhandla.integrations.simulator.attendance import whole_year
from samhandla.integrations.simulator.chance import stream
from samhandla.integrations.simulator.courses import Course, Problems, chain, draw_problems
from samhandla.integrations.simulator.records import School
from samhandla.integrations.simulator.settings import SHAPES, Settings
from samhandla.integrations.simulator.world import build_world


@pytest.fixture(scope="module")
def school() -> School:
    return build_world(700, 2, 21).school(0)


def problems_of(school: School, shape: str) -> Problems:
    """Give about a quarter of a school's pupils a problem of one shape, and nobody a standing one."""
    return draw_problems(school, Settings(shapes=(shape,), new_problems=10, standing_problems=0), seed=21)


def lasting(problems: Problems, least: int = 60) -> list[Course]:
    """Return the courses that go on for at least so many days to the end of the year."""
    days = problems.signs.away.shape[0]
    found = [course for course in problems.courses if course.end is None and days - course.onset >= least]
    assert len(found) >= 5
    return found


@pytest.mark.parametrize("shape", SHAPES)
def test_nothing_before_onset_or_after_the_end(school, shape) -> None:
    problems = problems_of(school, shape)
    assert problems.courses
    assert any(course.end is not None for course in problems.courses)
    signs = problems.signs
    for course in problems.courses:
        assert course.shape == shape
        quiet = np.ones(len(school.days), bool)
        quiet[course.onset : course.end if course.end is not None else len(school.days)] = False
        for sign in (signs.away, signs.skip, signs.late, signs.passive):
            assert not sign[quiet, course.pupil].any()


def test_step_goes_to_its_level_at_once(school) -> None:
    problems = problems_of(school, "step")
    first = [problems.signs.away[c.onset : c.onset + 20, c.pupil].mean() for c in lasting(problems)]
    later = [problems.signs.away[c.onset + 40 : c.onset + 60, c.pupil].mean() for c in lasting(problems)]
    assert 0.2 < np.mean(first) < 0.5
    assert abs(np.mean(first) - np.mean(later)) < 0.12


def test_slide_grows(school) -> None:
    problems = problems_of(school, "slide")
    first = np.mean([problems.signs.away[c.onset : c.onset + 15, c.pupil].mean() for c in lasting(problems)])
    later = np.mean(
        [problems.signs.away[c.onset + 45 : c.onset + 60, c.pupil].mean() for c in lasting(problems)]
    )
    assert later > first + 0.2


def test_spells_are_short_and_come_again(school) -> None:
    problems = problems_of(school, "spells")
    for course in lasting(problems):
        away = problems.signs.away[course.onset :, course.pupil].astype(int)
        edges = np.flatnonzero(np.diff(np.concatenate([[0], away, [0]])))
        lengths = edges[1::2] - edges[::2]
        assert lengths.max() <= 3
        assert len(lengths) >= 4


def test_weekday_is_one_day_of_the_week(school) -> None:
    problems = problems_of(school, "weekday")
    weekday = np.array([day.day.weekday() for day in school.days])
    for course in lasting(problems):
        assert len(set(weekday[problems.signs.away[:, course.pupil]])) == 1


def test_lessons_come_before_days(school) -> None:
    problems = problems_of(school, "lessons_then_days")
    for course in lasting(problems):
        own = slice(course.onset, course.onset + 10)
        assert not problems.signs.away[own, course.pupil].any()
        assert (problems.signs.skip[own, course.pupil] >= 0.3).all()
        assert 0 < problems.signs.skipped[course.pupil].mean() < 0.5
    assert np.mean([problems.signs.away[c.onset + 50 :, c.pupil].mean() for c in lasting(problems)]) > 0.1


def test_after_holiday_starts_when_school_opens_again(school) -> None:
    problems = problems_of(school, "after_holiday")
    for course in problems.courses:
        gap = school.days[course.onset].day - school.days[course.onset - 1].day
        assert gap.days >= 4
        assert problems.signs.away[course.onset : course.onset + 3, course.pupil].all()


def test_near_zero_is_hardly_ever_in_school(school) -> None:
    problems = problems_of(school, "near_zero")
    assert np.mean([problems.signs.away[c.onset + 15 :, c.pupil].mean() for c in lasting(problems)]) > 0.85


def test_late_grows_in_number_and_minutes(school) -> None:
    problems = problems_of(school, "late")
    for course in lasting(problems):
        late = problems.signs.late[course.onset :, course.pupil]
        assert late[0] < 0.25 < late[-1]
        assert (
            problems.signs.late_minutes[-1, course.pupil]
            > problems.signs.late_minutes[course.onset, course.pupil]
        )


def test_not_taking_part_is_marked_while_present(school) -> None:
    world = build_world(700, 2, 21)
    year = whole_year(world, Settings(faults=(), shapes=("not_taking_part",), new_problems=10))
    marked = year.lessons.filter(pc.is_valid(year.lessons["participating"]))
    assert not pc.any(marked["participating"]).as_py()
    assert pc.min(marked["present"]).as_py() > 0
    planted = set(year.truth["pupil"].to_pylist())
    own = sum(pupil in planted for pupil in marked["pupil"].to_pylist())
    assert own > 0.8 * marked.num_rows > 0


def test_truth_is_seen_in_the_lessons(clean_year) -> None:
    """Planted pupils lose more after the onset than before, on the whole."""
    onset = {row["pupil"]: row["onset_date"] for row in clean_year.truth.to_pylist()}
    assert len(onset) >= 20
    lessons = clean_year.lessons
    planted = lessons.filter(pc.is_in(lessons["pupil"], pa.array(list(onset))))
    absent = pc.add(planted["valid"], planted["invalid"]).to_numpy()
    days, pupils = planted["date"].to_pylist(), planted["pupil"].to_pylist()
    after = np.array([day >= onset[pupil] for pupil, day in zip(pupils, days, strict=True)])
    assert absent[after].mean() > 2 * absent[~after].mean()


def test_truth_says_when_in_both_ways(clean_year) -> None:
    number = {(r["unit"], r["date"]): r["day_no"] for r in clean_year.calendar.to_pylist()}
    ends = 0
    for row in clean_year.truth.to_pylist():
        assert number[row["unit"], row["onset_date"]] == row["onset_day_no"]
        assert (row["end_day_no"] is None) == (row["end_date"] is None)
        if row["end_date"] is not None:
            ends += 1
            assert number[row["unit"], row["end_date"]] == row["end_day_no"] > row["onset_day_no"]
    assert ends > 0


def test_no_truth_when_no_problems_start(world) -> None:
    year = whole_year(world, Settings(faults=(), new_problems=0))
    assert year.truth.num_rows == 0
    assert year.standing.num_rows > 0


def test_planted_pupils_have_no_standing_problem(clean_year) -> None:
    assert not set(clean_year.truth["pupil"].to_pylist()) & set(clean_year.standing["pupil"].to_pylist())


@pytest.mark.parametrize(("level", "mean"), [(0.1, 2.0), (0.4, 3.0), (0.9, 5.0), (0.995, 5.0)])
def test_chain_keeps_its_level(level, mean) -> None:
    days = chain(stream(1, "chain"), np.full(40_000, level), mean)
    assert abs(days.mean() - level) < 0.03


def test_chain_without_level_is_never_away() -> None:
    assert not chain(stream(1, "chain"), np.zeros(1000), 2.0).any()


def test_more_invalid_when_asked_for(world) -> None:
    quiet = Settings(faults=(), invalid_problem=0, invalid_illness=0, invalid_lesson=0)
    loud = Settings(faults=(), invalid_problem=0.9, invalid_illness=0.5, invalid_lesson=1)
    low, high = (pc.sum(whole_year(world, s).lessons["invalid"]).as_py() for s in (quiet, loud))
    assert high > 5 * low
