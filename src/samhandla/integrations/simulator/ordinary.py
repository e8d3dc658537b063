"""Ordinary absence that is not illness: leave, appointments, late mornings, skipped lessons, class trips."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from samhandla.integrations.simulator.chance import Bools, Floats, Ints
from samhandla.integrations.simulator.records import School
from samhandla.integrations.simulator.settings import Settings

APPOINTMENT = 0.006  # a day; dentist, health care, meetings: one to three lessons
LEAVE = 0.05  # of pupils a year, a few days beside a break
LEAVE_INVALID = 0.25  # of them without permission
SINGLE_DAY = 0.0012  # a day and pupil: stays home a Monday, a Friday or beside a break
SKIPPERS = ((11, 0.0), (12, 0.04), (15, 0.16), (18, 0.3))  # share of pupils who ever skip a lesson
SKIP_RATE = 0.008  # of a skipper's lessons
LATE = ((9, 0.010), (12, 0.014), (15, 0.03), (18, 0.045))  # of first lessons
TRIPS_A_YEAR = 2.0


@dataclass(frozen=True)
class Ordinary:
    """Axes are (school day, pupil) unless said otherwise.

    Args:
        leave, leave_invalid: whole days of leave, with and without permission.
        single: single whole days at the edge of weekends and breaks.
        from_slot, to_slot: an appointment takes the lessons from one slot up to another (0, 0: none).
        skip, late: probability per lesson and per day.
        trip: days when the class is somewhere else with its teacher.
    """

    leave: Bools
    leave_invalid: Bools
    single: Bools
    from_slot: Ints
    to_slot: Ints
    skip: Floats
    late: Floats
    trip: Bools


def draw_ordinary(
    chance: np.random.Generator, school: School, class_of: Ints, settings: Settings
) -> Ordinary:
    """Draw a year of ordinary absence for one school."""
    shape = (len(school.days), len(school.pupils))
    ages = np.array([pupil.cohort for pupil in school.pupils])
    leave, without = _leave(chance, school)
    some = chance.random(shape, dtype=np.float32) < APPOINTMENT * settings.illness
    from_slot = np.where(some, chance.integers(0, 5, shape), 0)
    to_slot = np.where(some, from_slot + chance.integers(1, 4, shape), 0)
    return Ordinary(
        leave=leave,
        leave_invalid=without,
        single=_single_days(chance, school, shape, settings.weekday_effects),
        from_slot=from_slot,
        to_slot=to_slot,
        skip=(_skip(chance, ages) * settings.skipping).astype(np.float32),
        late=(_by_age(LATE, ages) * chance.gamma(0.6, 1 / 0.6, len(ages)) * settings.lateness).astype(
            np.float32
        ),
        trip=_trips(chance, len(school.days), class_of),
    )


def _by_age(table: tuple[tuple[int, float], ...], ages: Ints) -> Floats:
    limits = np.array([limit for limit, _ in table])
    return np.array([share for _, share in table], np.float32)[np.searchsorted(limits, ages)]


def _skip(chance: np.random.Generator, ages: Ints) -> Floats:
    skips = chance.random(len(ages)) < _by_age(SKIPPERS, ages)
    return np.asarray(skips * chance.gamma(1.0, SKIP_RATE, len(ages)), np.float32)


def _leave(chance: np.random.Generator, school: School) -> tuple[Bools, Bools]:
    """Give a few pupils one to five days of leave just before or after a break of at least four days."""
    days, pupils = len(school.days), len(school.pupils)
    leave, without = np.zeros((days, pupils), bool), np.zeros((days, pupils), bool)
    gaps = [i for i in range(1, days) if (school.days[i].day - school.days[i - 1].day).days >= 4]
    if not gaps:
        return leave, without
    for pupil in np.flatnonzero(chance.random(pupils) < LEAVE):
        gap, length = int(chance.choice(gaps)), int(chance.integers(1, 6))
        rows = slice(max(0, gap - length), gap) if chance.random() < 0.5 else slice(gap, gap + length)
        (without if chance.random() < LEAVE_INVALID else leave)[rows, pupil] = True
    return leave, without


def _single_days(chance: np.random.Generator, school: School, shape: tuple[int, int], scale: float) -> Bools:
    edge = np.array(
        [(1.0 if day.after_break else 0.0) + (1.2 if day.before_break else 0.0) for day in school.days]
    )
    own = chance.gamma(0.7, 1 / 0.7, shape[1])
    return np.asarray(chance.random(shape, dtype=np.float32) < scale * SINGLE_DAY * 2.3 * edge[:, None] * own)


def _trips(chance: np.random.Generator, days: int, class_of: Ints) -> Bools:
    classes = int(class_of.max()) + 1 if len(class_of) else 0
    trip = chance.random((days, classes)) < TRIPS_A_YEAR / 178
    return np.asarray(trip[:, class_of])
