"""Ordinary illness: pupils differ, and it comes in spells, in seasons and in waves of city, school and class.

That pupils differ for good is what makes early absence say something about the rest of the year (Baltimore's
September figures), and that spells are short and many is why their number says more than days alone (FFT).
Source: reference facts listed in docs/simulator.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from samhandla.integrations.simulator.chance import Bools, Floats, Ints, stream
from samhandla.integrations.simulator.records import School
from samhandla.integrations.simulator.settings import Settings

SPELLS_A_DAY = 0.0098  # mean spells per calendar day of an ordinary pupil, before season and waves
PRONENESS_SHAPE = 1.7  # gamma shape of how pupils differ; smaller means more unequal
LENGTHS = np.array([1, 2, 3, 4, 5, 7, 10, 14, 21])  # calendar days
LENGTH_SHARES = np.array([0.36, 0.27, 0.15, 0.08, 0.05, 0.05, 0.025, 0.01, 0.005])
# The youngest are ill most often, the middle years least, and it rises again in adolescence.
AGE_FACTOR = {
    6: 1.12, 7: 1.0, 8: 0.96, 9: 0.95, 10: 0.96, 11: 0.96, 12: 1.0, 13: 1.08, 14: 1.14, 15: 1.16, 16: 1.15,
    17: 1.18, 18: 1.2,
}  # fmt: skip
SEASON_PEAK = (2, 10)  # illness is most common about the tenth of February
SEASON_SWING = 0.3


@dataclass(frozen=True, slots=True)
class Wave:
    """Illness above the ordinary in the city, a school (class 0) or a class."""

    kind: str
    unit: int
    class_id: int
    first: date
    last: date
    strength: float


@dataclass(frozen=True)
class Illness:
    """Who is ill when. `days` and `first_day` are shaped (school day, pupil)."""

    days: Bools
    first_day: Bools
    waves: list[Wave]


def city_waves(seed: int, first: date, last: date, scale: float) -> list[Wave]:
    """Draw the two to four waves that pass through the whole municipality in a year."""
    chance = stream(seed, "city waves")
    count = int(chance.integers(2, 5)) if scale > 0 else 0
    span = (last - first).days
    waves = []
    for _ in range(count):
        middle = first + timedelta(days=int(chance.integers(20, max(21, span - 20))))
        half = timedelta(days=int(chance.integers(8, 16)))
        waves.append(
            Wave("city", 0, 0, middle - half, middle + half, round(float(chance.uniform(0.6, 1.6)), 2))
        )
    return sorted(waves, key=lambda wave: wave.first)


def draw_illness(school: School, class_of: Ints, settings: Settings, seed: int) -> Illness:
    """Draw every spell of illness in a school's year, weekends included, and return its school days."""
    chance = stream(seed, "illness", school.index)
    first, last = school.days[0].day, school.days[-1].day
    length = (last - first).days + 1
    waves = city_waves(seed, first, last, settings.waves)
    waves += _own_waves(chance, school, first, length, settings.waves)
    hazard, extra = _hazard(school, chance, first, length, waves, settings.waves)
    proneness = _proneness(chance, school)
    rate = SPELLS_A_DAY * settings.illness * hazard[:, None] * proneness + extra[:, class_of]
    ill = _spells(chance, rate.astype(np.float32))
    rows = np.array([(day.day - first).days for day in school.days])
    days = ill[rows]
    before = np.vstack([np.zeros((1, days.shape[1]), bool), days[:-1]])
    return Illness(days, days & ~before, waves)


def _proneness(chance: np.random.Generator, school: School) -> Floats:
    age = np.array([AGE_FACTOR[pupil.cohort] for pupil in school.pupils])
    own = chance.gamma(PRONENESS_SHAPE, 1 / PRONENESS_SHAPE, len(school.pupils))
    adapted_school = 1.8 if school.kind == "GRS" else 1.0
    return np.asarray(age * own * adapted_school, np.float32)


def _own_waves(
    chance: np.random.Generator, school: School, first: date, length: int, scale: float
) -> list[Wave]:
    """Draw waves of the school and outbreaks (stomach bugs and the like) of single classes."""
    if scale <= 0:
        return []
    waves = []
    for _ in range(int(chance.poisson(1.0))):
        start = first + timedelta(days=int(chance.integers(length)))
        days = timedelta(days=int(chance.integers(8, 18)))
        waves.append(
            Wave(
                "school", school.unit.number, 0, start, start + days, round(float(chance.uniform(0.7, 2)), 2)
            )
        )
    classes = [group.number for group in school.groups if group.kind == "Klass"]
    for class_id in classes:
        for _ in range(int(chance.poisson(0.8))):
            start = first + timedelta(days=int(chance.integers(length)))
            days = timedelta(days=int(chance.integers(3, 8)))
            # The part of the class that falls ill during the outbreak.
            part = round(float(chance.uniform(0.15, 0.5)), 2)
            waves.append(Wave("class", school.unit.number, class_id, start, start + days, part))
    return waves


def _hazard(
    school: School, chance: np.random.Generator, first: date, length: int, waves: list[Wave], scale: float
) -> tuple[Floats, Floats]:
    """Return the factor for everybody per calendar day and the added daily probability per day and class."""
    days = np.arange(length)
    peak = (
        date(school.days[-1].day.year, *SEASON_PEAK)
        if school.days[-1].day.month < 8
        else date(first.year + 1, 2, 10)
    )
    factor = 1 + SEASON_SWING * np.cos(2 * np.pi * (days - (peak - first).days) / 365)
    classes = [group.number for group in school.groups if group.kind == "Klass"]
    extra = np.zeros((length, len(classes)), np.float32)
    for wave in waves:
        start, end = (wave.first - first).days, (wave.last - first).days
        if wave.kind == "class":
            part = min(0.9, wave.strength * scale)
            extra[max(start, 0) : end + 1, classes.index(wave.class_id)] += 1 - (1 - part) ** (
                1 / (end - start + 1)
            )
            continue
        # A city's wave reaches each school some days earlier or later, and more or less strongly.
        shift = float(chance.normal(0, 4)) if wave.kind == "city" else 0.0
        local = float(chance.uniform(0.5, 1.5)) if wave.kind == "city" else 1.0
        middle, width = (start + end) / 2 + shift, max(1.0, (end - start) / 4)
        factor = factor + scale * local * wave.strength * np.exp(-0.5 * ((days - middle) / width) ** 2)
    return factor.astype(np.float32), extra


def _spells(chance: np.random.Generator, rate: Floats) -> Bools:
    """Start spells with the given daily probability and fill each for its length."""
    length = rate.shape[0]
    starts, pupils = np.nonzero(chance.random(rate.shape, dtype=np.float32) < rate)
    ends = np.minimum(starts + chance.choice(LENGTHS, size=len(starts), p=LENGTH_SHARES), length)
    change = np.zeros((length + 1, rate.shape[1]), np.int16)
    np.add.at(change, (starts, pupils), 1)
    np.add.at(change, (ends, pupils), -1)
    return np.asarray(np.cumsum(change, axis=0)[:length] > 0)
