"""School days: numbered per unit and year, with terms and first days after a break."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from samhandla.analytics.tables.attendance import CALENDAR

USUAL_SHARE = 0.1  # a day on which fewer of the unit's usual pupils have lessons is no school day
YEAR_TURNS = 7  # the school year and its day numbers begin on 1 July
SATURDAY = 5


@dataclass(frozen=True)
class StrayDays:
    """Days with a few lessons that were not taken for school days."""

    unit: NDArray[np.int64]
    date: NDArray[np.datetime64]
    pupils: NDArray[np.int64]


def calendar_from_days(unit: NDArray[np.int64], date: NDArray[np.datetime64]) -> tuple[pa.Table, StrayDays]:
    """Tell each unit's school days from the days on which its pupils had lessons.

    A day counts when at least a tenth of the unit's usual number of pupils had lessons; so a stray
    event on a Saturday or a holiday becomes no school day.

    Args:
        unit, date: one entry per pupil and day.

    Returns: rows as declared in CALENDAR, and the days left out.
    """
    keys, pupils = np.unique(_key(unit, date), return_counts=True)
    units, days = _unkey(keys)
    usual = {number: np.median(pupils[units == number]) for number in np.unique(units)}
    enough = pupils >= USUAL_SHARE * np.array([usual[number] for number in units])
    school = enough & ~((_weekday(days) >= SATURDAY) & (pupils < np.array([usual[n] for n in units]) * 0.5))
    left = ~school
    return number_days(units[school], days[school]), StrayDays(units[left], days[left], pupils[left])


def number_days(unit: NDArray[np.int64], date: NDArray[np.datetime64]) -> pa.Table:
    """Number the school days of each unit and school year, and mark terms and days after a break.

    Returns: rows as declared in CALENDAR, ordered by unit and date, doubles removed.
    """
    units, days = _unkey(np.unique(_key(unit, date)))
    months = days.astype("datetime64[M]").astype(int) % 12 + 1
    years = days.astype("datetime64[Y]").astype(int) + 1970
    autumn = months >= YEAR_TURNS
    school_year = years - np.where(autumn, 0, 1)
    first = np.ones(len(days), bool)
    first[1:] = (units[1:] != units[:-1]) | (school_year[1:] != school_year[:-1])
    position = np.arange(len(days))
    day_no = position - np.maximum.accumulate(np.where(first, position, 0)) + 1
    after = first.copy()
    after[1:] |= np.diff(days.astype("datetime64[D]").astype(int)) > 1
    terms = [f"{'HT' if fall else 'VT'}{year}" for fall, year in zip(autumn, years, strict=True)]
    return pa.table([units, days.astype("datetime64[D]"), day_no, terms, after], names=CALENDAR.names).cast(
        CALENDAR.schema
    )


def _key(unit: NDArray[np.int64], date: NDArray[np.datetime64]) -> NDArray[np.int64]:
    return unit.astype(np.int64) * 100_000 + date.astype("datetime64[D]").astype(np.int64)


def _unkey(keys: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.datetime64]]:
    return keys // 100_000, (keys % 100_000).astype("datetime64[D]")


def _weekday(days: NDArray[np.datetime64]) -> NDArray[np.int64]:
    """Return Monday as 0."""
    return (days.astype("datetime64[D]").astype(np.int64) + 3) % 7
