"""Pupils who come to the year with high absence, and pupils whose problem starts on a known day."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from samhandla.integrations.simulator.chance import Bools, Floats, Ints, stream
from samhandla.integrations.simulator.records import School
from samhandla.integrations.simulator.settings import Settings
from samhandla.integrations.simulator.timetable import SUBJECTS

# Share of pupils per stage (up to that age) whose problem starts during the year, and who have one already.
NEW = ((9, 0.016), (12, 0.024), (15, 0.048), (18, 0.055))
STANDING = ((9, 0.013), (12, 0.015), (15, 0.045), (18, 0.055))
STANDING_ADAPTED_SCHOOL = 0.12
SEVERE = ((9, 0.16), (12, 0.18), (15, 0.23), (18, 0.31))  # of those, who are hardly ever in school
ONSET_FROM, ONSET_TO = 15, 140  # school days, of 178
RECOVERS = 0.3
SHAPE_WEIGHT = {
    "step": 1.2, "slide": 1.6, "spells": 1.5, "weekday": 0.9, "lessons_then_days": 1.5, "after_holiday": 0.9,
    "near_zero": 0.5, "late": 0.9, "not_taking_part": 0.8,
}  # fmt: skip
# Shapes that are rarer among the youngest, who do not choose their own mornings.
OLDER_ONLY = ("lessons_then_days",)


@dataclass(frozen=True, slots=True)
class Course:
    """A problem that starts in the year. Rows are school days counted from 0; `end` is the first good day."""

    pupil: int
    onset: int
    end: int | None
    shape: str


@dataclass
class Signs:
    """What the problems do. Axes are (school day, pupil); probabilities are per day or per lesson.

    Args:
        away: whole days lost.
        skip: probability of skipping a lesson, and `skipped` which subjects (pupil, subject) that concerns.
        late: probability of coming late to the day's first lesson, and `late_minutes` by how much on average.
        passive: probability, per lesson, of being in the room without taking part.
        invalid: per pupil, probability that a lost day lacks an accepted reason.
    """

    away: Bools
    skip: Floats
    skipped: Bools
    late: Floats
    late_minutes: Floats
    passive: Floats
    invalid: Floats


@dataclass(frozen=True)
class Problems:
    """The courses of one school, the pupils with standing absence (row, level 0–1) and the signs of both."""

    courses: list[Course]
    standing: list[tuple[int, float]]
    signs: Signs


def draw_problems(school: School, settings: Settings, seed: int) -> Problems:
    """Draw who has a problem and what it does, day by day."""
    chance = stream(seed, "problems", school.index)
    days, pupils = len(school.days), len(school.pupils)
    signs = _no_signs(days, pupils, chance, settings)
    standing = _draw_standing(chance, school, settings, signs)
    taken = {row for row, _ in standing}
    courses = _draw_courses(chance, school, settings, taken)
    for course in courses:
        _ACT[course.shape](_Scene(chance, school, signs, course))
    return Problems(courses, standing, signs)


def _no_signs(days: int, pupils: int, chance: np.random.Generator, settings: Settings) -> Signs:
    mean = min(max(settings.invalid_problem, 0.001), 0.999)
    return Signs(
        away=np.zeros((days, pupils), bool),
        skip=np.zeros((days, pupils), np.float32),
        skipped=np.ones((pupils, len(SUBJECTS)), bool),
        late=np.zeros((days, pupils), np.float32),
        late_minutes=np.full((days, pupils), 7, np.float32),
        passive=np.zeros((days, pupils), np.float32),
        invalid=chance.beta(2 * mean, 2 * (1 - mean), pupils).astype(np.float32),
    )


def share_at(table: tuple[tuple[int, float], ...], age: int) -> float:
    """Return the share that a table gives for an age.

    >>> share_at(((9, 0.1), (12, 0.2)), 10)
    0.2
    """
    return next(share for until, share in table if age <= until)


def _draw_standing(
    chance: np.random.Generator, school: School, settings: Settings, signs: Signs
) -> list[tuple[int, float]]:
    found: list[tuple[int, float]] = []
    days = len(school.days)
    for row, pupil in enumerate(school.pupils):
        share = STANDING_ADAPTED_SCHOOL if school.kind == "GRS" else share_at(STANDING, pupil.cohort)
        share *= settings.standing_problems * (1.08 if pupil.sex == "M" else 0.92)
        if chance.random() >= share:
            continue
        severe = chance.random() < share_at(SEVERE, pupil.cohort)
        level = float(chance.beta(5, 1.4) if severe else chance.beta(1.6, 6.5))
        found.append((row, round(level, 3)))
        drift = np.clip(level * (1 + chance.uniform(-0.25, 0.25) * np.linspace(-1, 1, days)), 0, 0.995)
        signs.away[:, row] = chain(chance, drift, 2 + 5 * level)
        signs.skip[:, row] = 0.08 * level if pupil.cohort >= 12 else 0
        signs.late[:, row] = 0.15 * level
    return found


def _draw_courses(
    chance: np.random.Generator, school: School, settings: Settings, taken: set[int]
) -> list[Course]:
    days = len(school.days)
    courses = []
    for row, pupil in enumerate(school.pupils):
        share = share_at(NEW, pupil.cohort) * settings.new_problems
        if chance.random() >= share or row in taken or days < 20 or not settings.shapes:
            continue
        if pupil.ended is not None or pupil.started > school.days[0].day:
            continue
        shape = _draw_shape(chance, settings.shapes, pupil.cohort)
        low, high = round(ONSET_FROM * days / 178), round(ONSET_TO * days / 178)
        onset = int(chance.integers(low, high + 1)) - 1
        if shape == "after_holiday":
            onset = _next_return(school, onset)
        end = None
        if chance.random() < RECOVERS:
            end = onset + int(chance.integers(25, 80))
        courses.append(Course(row, onset, end if end is not None and end < days else None, shape))
    return courses


def _draw_shape(chance: np.random.Generator, shapes: tuple[str, ...], age: int) -> str:
    open_to = [s for s in shapes if age >= 10 or s not in OLDER_ONLY] or list(shapes)
    weights = np.array([SHAPE_WEIGHT[s] for s in open_to])
    return str(chance.choice(open_to, p=weights / weights.sum()))


def _next_return(school: School, onset: int) -> int:
    """Return the first school day, at or after onset, after a break of four days or more; else onset."""
    for i in range(max(onset, 1), len(school.days)):
        if (school.days[i].day - school.days[i - 1].day).days >= 4:
            return i
    return onset


def chain(
    chance: np.random.Generator,
    level: Floats | np.ndarray[tuple[int, ...], np.dtype[np.float64]],
    mean: float,
) -> Bools:
    """Draw days away that come in spells: on average `level` of the days, in spells of `mean` days."""
    away = np.zeros(len(level), bool)
    rolls = chance.random(len(level))
    state = False
    for i, share in enumerate(level):
        share = min(float(share), 0.995)
        stay = max(1 - 1 / mean, 1 - (1 - share) / max(share, 1e-9))
        enter = min(1.0, share * (1 - stay) / (1 - share))
        state = bool(rolls[i] < (stay if state else enter))
        away[i] = state
    return away


class _Scene:
    """One course and what it needs to act: days since onset, and ways to write into the signs."""

    def __init__(self, chance: np.random.Generator, school: School, signs: Signs, course: Course) -> None:
        self.chance, self.school, self.signs, self.course = chance, school, signs, course
        self.end = course.end if course.end is not None else len(school.days)
        self.rows: Ints = np.arange(course.onset, self.end)
        self.since: Ints = self.rows - course.onset

    def away(self, days: Bools) -> None:
        self.signs.away[self.rows, self.course.pupil] |= days

    def put(self, which: Floats, values: Floats | float) -> None:
        which[self.rows, self.course.pupil] = values

    def ramp(self, low: float, high: float, over: float) -> Floats:
        """Return a probability that grows from low to high over that many school days, then stays."""
        return np.asarray(low + (high - low) * np.clip(self.since / over, 0, 1), np.float32)

    def flat(self, value: float) -> Floats:
        return np.full(len(self.rows), value, np.float32)


def _step(scene: _Scene) -> None:
    level = scene.chance.uniform(0.22, 0.5)
    scene.away(chain(scene.chance, scene.flat(level), 2.0))


def _slide(scene: _Scene) -> None:
    curve = scene.ramp(0.03, scene.chance.uniform(0.35, 0.7), scene.chance.uniform(20, 65))
    scene.away(chain(scene.chance, curve, 2.0))


def _spells(scene: _Scene) -> None:
    """One to three days away, then six to twelve in school, again and again."""
    days = np.zeros(len(scene.rows), bool)
    at = 0
    while at < len(days):
        length = int(scene.chance.integers(1, 4))
        days[at : at + length] = True
        at += length + int(scene.chance.integers(5, 12))
    scene.away(days)


def _weekday(scene: _Scene) -> None:
    wanted = int(scene.chance.choice(5, p=(0.3, 0.15, 0.15, 0.15, 0.25)))
    weekday = np.array([scene.school.days[int(row)].day.weekday() for row in scene.rows])
    scene.away((weekday == wanted) & (scene.chance.random(len(weekday)) < scene.chance.uniform(0.55, 0.9)))


def _lessons_then_days(scene: _Scene) -> None:
    """Two or three subjects are skipped; three to eight weeks later whole days follow."""
    subjects = scene.chance.choice(len(SUBJECTS), size=len(SUBJECTS) // 3, replace=False)
    scene.signs.skipped[scene.course.pupil] = False
    scene.signs.skipped[scene.course.pupil, subjects] = True
    scene.put(scene.signs.skip, scene.ramp(0.3, 0.7, 30))
    wait = scene.chance.uniform(15, 40)
    curve = np.where(
        scene.since < wait, 0.0, np.clip((scene.since - wait) / 40, 0, 1) * scene.chance.uniform(0.3, 0.55)
    )
    scene.away(chain(scene.chance, curve, 2.0))


def _after_holiday(scene: _Scene) -> None:
    """Does not come back when school opens; afterwards away after weekends and breaks and at times else."""
    first = scene.since < int(scene.chance.integers(3, 13))
    returns = np.array([scene.school.days[int(row)].after_break for row in scene.rows])
    days = first | (returns & (scene.chance.random(len(returns)) < 0.5))
    scene.away(days | chain(scene.chance, scene.flat(0.15), 2.0))


def _near_zero(scene: _Scene) -> None:
    scene.away(chain(scene.chance, scene.ramp(0.4, 0.97, 10), 5.0))


def _late(scene: _Scene) -> None:
    scene.put(scene.signs.late, scene.ramp(0.2, 0.75, 50))
    scene.put(scene.signs.late_minutes, scene.ramp(6, 28, 60))
    scene.away(chain(scene.chance, scene.ramp(0.0, 0.18, 80), 1.5))


def _not_taking_part(scene: _Scene) -> None:
    scene.put(scene.signs.passive, scene.ramp(0.15, 0.55, 40))
    scene.away(chain(scene.chance, scene.ramp(0.0, 0.15, 80), 1.5))


_ACT: dict[str, Callable[[_Scene], None]] = {
    "step": _step,
    "slide": _slide,
    "spells": _spells,
    "weekday": _weekday,
    "lessons_then_days": _lessons_then_days,
    "after_holiday": _after_holiday,
    "near_zero": _near_zero,
    "late": _late,
    "not_taking_part": _not_taking_part,
}
