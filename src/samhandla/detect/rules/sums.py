"""Pupils whom sources without lessons tell of, laid out so that a rule can be asked about them.

A period's minutes stand on the last school day of the period, when they can be known; a period that goes on
stands on the day that is asked about. So a rule that adds up what has been told until a day looks at the same
kind of matrices as one that adds up lessons.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from samhandla.analytics.calendar import number_days
from samhandla.detect.rules.panel import CELLS, Bools, Days, Ints, Panel, UnitDays, facts_of, unit_days
from samhandla.lib.schoolcalendar import is_free_anyway, school_year_start

MINUTES = ("offered", "valid", "invalid", "reported")
NUMBER = np.int32  # a year of one pupil's minutes is more than a day's


@dataclass(frozen=True)
class SumPanel(Panel):
    """Pupils and their sums: the minutes of each period stand on the school day on which it ended."""

    told_by: ClassVar[str] = "sums"

    covered: Ints  # days of the calendar in the period that ended that day
    told: Ints  # offered minutes of which it is told what is registered
    begins: Days  # first day of the pupil's first period
    reaches: Days  # last day of the latest period until each day; no day before the first
    latest: Bools  # days on which no lesson is later than what the sums tell of


def sum_panel(
    sums: pa.Table, lesson_days: pa.Table | None, pupils: pa.Table, calendar: pa.Table, as_of: date
) -> SumPanel | None:
    """Lay out the sums of the school year of a day; None when nobody has any that began until then.

    Args:
        sums: rows as declared in SUMS.
        lesson_days: `pupil` and `date` of days with lessons.
        pupils, calendar: rows as declared in PUPILS and CALENDAR. A unit without school days in the year
            gets its weekdays.
    """
    first = pa.scalar(school_year_start(as_of), pa.date32())
    begun = pc.less_equal(sums["first_date"], pa.scalar(as_of, pa.date32()))
    sums = sums.filter(pc.and_(begun, pc.greater_equal(sums["first_date"], first)))
    pupils = pupils.filter(pc.is_in(pupils["pupil"], value_set=pc.unique(sums["pupil"]))).sort_by("pupil")
    if not pupils.num_rows:
        return None
    sums = sums.filter(pc.is_in(sums["pupil"], value_set=pupils["pupil"].combine_chunks()))
    units = unit_days(with_weekdays(calendar, pc.unique(pupils["unit"]).to_pylist(), as_of), as_of)
    ids = pupils["pupil"].to_numpy().astype(np.int64)
    unit = np.searchsorted(units.ids, pupils["unit"].to_numpy().astype(np.int64))
    rows = _Rows(ids, unit, units)
    zeros = np.zeros((len(ids), units.dates.shape[1]), NUMBER)
    return SumPanel(
        units=units,
        asked=np.arange(units.dates.shape[1]),
        pupil=ids,
        unit=unit,
        **facts_of(pupils, units, unit),
        **(dict.fromkeys(CELLS, zeros) | _matrices(rows, sums, as_of)),
        wave=np.ones(zeros.shape),
        **_reach(rows, sums, lesson_days, as_of),
    )


@dataclass(frozen=True)
class _Rows:
    """Where pupils and days have their places."""

    ids: Ints
    unit: Ints
    units: UnitDays

    @property
    def shape(self) -> tuple[int, int]:
        return len(self.ids), self.units.dates.shape[1]

    def places(self, pupil: Ints, day: Days) -> tuple[Ints, Ints]:
        """Return row, and column of the last school day until each day, the first where there is none."""
        row = np.searchsorted(self.ids, pupil)
        column = np.zeros(len(row), np.int64)
        for number, dates in enumerate(self.units.dates):
            mine = self.unit[row] == number
            column[mine] = np.searchsorted(dates[~np.isnat(dates)], day[mine], side="right") - 1
        return row, np.maximum(column, 0)


def _days(column: pa.ChunkedArray) -> Days:
    found: Days = column.to_numpy().astype("datetime64[D]")
    return found


def _ends(sums: pa.Table, as_of: date) -> Days:
    return np.minimum(_days(sums["last_date"]), np.datetime64(as_of, "D"))


def _matrices(rows: _Rows, sums: pa.Table, as_of: date) -> dict[str, Any]:
    ends = _ends(sums, as_of)
    row, column = rows.places(sums["pupil"].to_numpy(), ends)
    values = {name: sums[name].to_numpy() for name in (*MINUTES, "told")}
    values["covered"] = (ends - _days(sums["first_date"])).astype(np.int64) + 1
    found = {name: np.zeros(rows.shape, NUMBER) for name in values}
    for name, matrix in found.items():
        np.add.at(matrix, (row, column), values[name])
    return found


def _reach(rows: _Rows, sums: pa.Table, lesson_days: pa.Table | None, as_of: date) -> dict[str, Any]:
    """Return from when and until when the sums tell of each pupil, and where no lesson is later."""
    row, column = rows.places(sums["pupil"].to_numpy(), _ends(sums, as_of))
    begins = np.full(len(rows.ids), np.iinfo(np.int64).max)
    np.minimum.at(begins, row, _days(sums["first_date"]).astype(np.int64))
    reaches = np.full(rows.shape, np.iinfo(np.int64).min)
    np.maximum.at(reaches, (row, column), _days(sums["last_date"]).astype(np.int64))
    reaches = np.maximum.accumulate(reaches, axis=1)  # the lowest number is how numpy keeps "no day"
    lesson = np.full(rows.shape, -1)
    if lesson_days is not None:
        theirs = lesson_days.filter(pc.is_in(lesson_days["pupil"], value_set=pa.array(rows.ids)))
        theirs = theirs.filter(pc.less_equal(theirs["date"], pa.scalar(as_of, pa.date32())))
        theirs = theirs.filter(pc.greater_equal(theirs["date"], pa.scalar(school_year_start(as_of))))
        at = rows.places(theirs["pupil"].to_numpy(), _days(theirs["date"]))
        lesson[at] = at[1]
    told = np.full(rows.shape, -1)
    told[row, column] = column
    lesson, told = (np.maximum.accumulate(matrix, axis=1) for matrix in (lesson, told))
    return {
        "begins": begins.astype("datetime64[D]"),
        "reaches": reaches.astype("datetime64[D]"),
        "latest": (told >= 0) & (told >= lesson),
    }


def with_weekdays(calendar: pa.Table, units: Iterable[int], as_of: date) -> pa.Table:
    """Return the school days of some units; one without any so far in the school year gets its weekdays.

    Returns: rows as declared in CALENDAR, of these units alone.
    """
    first = school_year_start(as_of)
    wanted = sorted(units)
    known = calendar.filter(pc.is_in(calendar["unit"], value_set=pa.array(wanted, pa.int32())))
    inside = pc.and_(
        pc.greater_equal(known["date"], pa.scalar(first)), pc.less_equal(known["date"], pa.scalar(as_of))
    )
    without = sorted(set(wanted) - set(pc.unique(known.filter(inside)["unit"]).to_pylist()))
    if not without:
        return known
    known = known.filter(pc.invert(pc.is_in(known["unit"], value_set=pa.array(without, pa.int32()))))
    each = (first + timedelta(days=n) for n in range((as_of - first).days + 1))
    days = [day for day in each if not is_free_anyway(day, day)] or [as_of]
    dates = np.tile(np.array(days, "datetime64[D]"), len(without))
    return pa.concat_tables([known, number_days(np.repeat(np.array(without, np.int64), len(days)), dates)])
