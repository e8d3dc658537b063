"""A small invented school year for tests of rules: day rows straight away, no lessons."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from samhandla.analytics.calendar import number_days
from samhandla.analytics.load import register
from samhandla.analytics.tables.derived import DAYS
from samhandla.detect.rules.panel import Panel, build_panel
from samhandla.detect.rules.waves import with_waves

MONDAY = np.datetime64("2025-08-18")
LESSONS = 6


@dataclass
class Year:
    """Marks of (pupils × days), LESSONS lessons a day of sixty minutes; missed lessons as bits."""

    missed: np.ndarray
    invalid: np.ndarray
    late: np.ndarray
    apart: np.ndarray
    register: dict[str, list[object]]

    @property
    def dates(self) -> np.ndarray:
        """Weekdays from 18 August 2025, without breaks."""
        days = np.arange(self.missed.shape[1])
        return MONDAY + (days // 5 * 7 + days % 5)

    def away(self, pupil: int, *days: int | range, invalid: bool = False) -> Year:
        """Let a pupil (row) be away whole days."""
        for part in days:
            columns = list(part) if isinstance(part, range) else [part]
            self.missed[pupil, columns] = (1 << LESSONS) - 1
            self.invalid[pupil, columns] = invalid
        return self

    def miss(self, pupil: int, day: int, *slots: int) -> Year:
        """Let a pupil miss single lessons, counted from 1."""
        for slot in slots:
            self.missed[pupil, day] |= 1 << (slot - 1)
        return self

    def days(self) -> pa.Table:
        """Return the rows as declared in DAYS; pupils are numbered from 1."""
        pupils, days = self.missed.shape
        missed = np.bitwise_count(self.missed).astype(np.int64) * 60
        columns = {
            "pupil": np.repeat(np.arange(1, pupils + 1), days),
            "unit": np.repeat(np.array(self.register.get("unit", [1] * pupils)), days),
            "date": np.tile(self.dates, pupils),
            "lessons": np.full(pupils * days, LESSONS),
            "offered": np.full(pupils * days, LESSONS * 60),
            "present": (LESSONS * 60 - missed).reshape(-1),
            "valid": np.where(self.invalid, 0, missed).reshape(-1),
            "invalid": np.where(self.invalid, missed, 0).reshape(-1),
            "other": np.zeros(pupils * days, int),
            "reported": np.full(pupils * days, LESSONS * 60),
            "late": self.late.reshape(-1),
            "late_minutes": self.late.reshape(-1) * 10,
            "apart": self.apart.reshape(-1),
            "lesson_bits": np.full(pupils * days, (1 << LESSONS) - 1),
            "absent_bits": self.missed.reshape(-1),
        }
        return pa.Table.from_arrays(
            [pa.array(columns[field.name]).cast(field.type) for field in DAYS.schema], schema=DAYS.schema
        )

    def pupils(self) -> pa.Table:
        """Return the register of the pupils."""
        count = self.missed.shape[0]
        given = {"unit": [1] * count, **self.register}
        return register({"pupil": np.arange(1, count + 1), **{k: pa.array(v) for k, v in given.items()}})

    def calendar(self) -> pa.Table:
        """Return every weekday of the year as a school day of every unit."""
        units = sorted({int(unit) for unit in self.register.get("unit", [1])})
        dates = self.dates
        return number_days(np.repeat(units, len(dates)), np.tile(dates, len(units)))

    def last(self) -> date:
        return self.dates[-1].astype(object)

    def day(self, number: int) -> date:
        return self.dates[number].astype(object)

    def panel(self, until: int | None = None) -> Panel:
        """Return the panel of the year, or of its first days."""
        last = self.last() if until is None else self.day(until)
        return with_waves(build_panel(self.days(), self.pupils(), self.calendar(), last))


def year(pupils: int = 1, days: int = 60, **columns: list[object]) -> Year:
    """Return a year in which everybody attends everything."""
    empty = np.zeros((pupils, days), np.int64)
    return Year(empty, empty.astype(bool), empty.copy(), empty.copy(), dict(columns))


def ordinary(pupils: int = 300, days: int = 120, seed: int = 1, **columns: list[object]) -> Year:
    """Return a year of ordinary illness: spells of one to five days at random, single lessons, lateness."""
    chance = np.random.default_rng(seed)
    made = year(pupils, days, **columns)
    rate = chance.gamma(2, 0.008, pupils)
    for pupil in range(pupils):
        day = 0
        while day < days:
            if chance.random() < rate[pupil]:
                length = int(chance.integers(1, 6))
                made.away(pupil, range(day, min(day + length, days)))
                day += length
            elif chance.random() < 0.02:
                made.miss(pupil, day, int(chance.integers(1, LESSONS + 1)))
            day += 1
    made.late[:] = chance.random((pupils, days)) < 0.02
    made.late[made.missed > 0] = 0
    return made
