"""How far data reaches: the latest school day with registered lessons, whatever else a file tells of.

A weekend event, a lesson on a holiday or one dated ahead is kept where it came in, and shown as a fault on
the data-quality page. It never makes a list look fresher than it is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import pyarrow as pa
import pyarrow.compute as pc

from samhandla.lib.schoolcalendar import is_free_anyway

KEPT = 15  # days per unit: more stray days in a row than this are no stray days
SPRING_ENDS = (5, 6)  # a spring term ends in May or June …
AUTUMN_BEGINS = 8  # … and the autumn term begins in August
DAYS_BACK = 120  # where totals end in a holiday, the day to tell is looked for so far back

Told = dict[str, list[str]]


def told_by(lessons: pa.Table, now: date) -> Told:
    """Return the latest days with registered lessons of each unit, none of them ahead of `now`.

    Args:
        lessons: rows of the declared lessons table.

    Returns: the unit's number → days as ISO dates, latest first; as JSON holds it.
    """
    past = pc.and_(lessons["reported"], pc.less_equal(lessons["date"], pa.scalar(now, pa.date32())))
    pairs = lessons.filter(past).select(["unit", "date"]).group_by(["unit", "date"]).aggregate([])
    found: dict[str, list[date]] = {}
    for unit, day in zip(pairs["unit"].to_pylist(), pairs["date"].to_pylist(), strict=True):
        found.setdefault(str(unit), []).append(day)
    return {unit: [d.isoformat() for d in sorted(days, reverse=True)[:KEPT]] for unit, days in found.items()}


@dataclass(frozen=True)
class Calendar:
    """The school days of one unit among those asked about, and from when until when it has any."""

    days: Collection[date]
    first: date
    last: date

    def has(self, day: date) -> bool | None:
        """Tell whether there is school that day; None where the calendar has not been set so far."""
        if self.first <= day <= self.last:
            return day in self.days
        # After a spring term comes the summer; after an autumn term one that nobody has set yet.
        autumn = date(self.last.year, AUTUMN_BEGINS, 1)
        return False if self.last.month in SPRING_ENDS and self.last < day < autumn else None


def is_school_day(day: date, calendar: Calendar | None) -> bool:
    """Tell whether a unit has school; where its calendar has not been set, by weekdays and holidays."""
    known = calendar.has(day) if calendar else None
    return not is_free_anyway(day, day) if known is None else known


def latest_school_day(
    told: Mapping[int, Iterable[date]], calendars: Mapping[int, Calendar], now: date
) -> date | None:
    """Return the latest day told of on which its unit has school, None when there is no such day."""
    days = (
        day
        for unit, some in told.items()
        for day in some
        if day <= now and is_school_day(day, calendars.get(unit))
    )
    return max(days, default=None)


def days_until(last: date, now: date) -> Iterator[date]:
    """Yield the days of a summed period from its end backwards, none ahead of `now`."""
    end = min(last, now)
    return (end - timedelta(days=back) for back in range(DAYS_BACK))
