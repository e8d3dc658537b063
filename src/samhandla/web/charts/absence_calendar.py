"""The absence calendar: one square per school day, months beside each other, and the same as a table.

Valid absence is striped, invalid is solid and unregistered is a question mark, so that nothing rests
on colour. The square fills from below by the share of the day, so that half a day looks like half.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from django.utils.dates import WEEKDAYS_ABBR
from django.utils.translation import gettext, ngettext

from samhandla.web import formats

CELL = 36
WEEK_COLUMN = 30
HEADER = 20
BAR_TOP = 15
BAR_HEIGHT = CELL - BAR_TOP - 3
SCHOOL_WEEK = 5


@dataclass(frozen=True)
class Day:
    """One pupil's school day in minutes; `reported` is how much of `offered` teachers have registered."""

    date: date
    offered: int
    valid: int = 0
    invalid: int = 0
    reported: int | None = None
    late: int = 0

    @property
    def share(self) -> float | None:
        """Absence of the whole day, 0–1; None when nothing was offered or registered."""
        if self.offered <= 0 or self.reported == 0:
            return None
        return min(1.0, (self.valid + self.invalid) / self.offered)

    def part(self, minutes: int) -> float:
        return min(1.0, max(0, minutes) / self.offered) if self.offered > 0 else 0.0


@dataclass(frozen=True)
class Square:
    """Where a day is drawn, and how much of it is striped and solid."""

    date: date
    kind: str  # school, none, coming, unregistered
    x: int
    y: int
    valid_y: float = 0
    valid_height: float = 0
    invalid_y: float = 0
    invalid_height: float = 0
    late: bool = False

    @property
    def middle(self) -> float:
        return self.x + (CELL - 3) / 2

    @property
    def baseline(self) -> int:
        return self.y + 12

    @property
    def mark(self) -> int:
        return self.y + CELL - 8


@dataclass(frozen=True)
class Week:
    number: int
    y: int


@dataclass(frozen=True)
class Column:
    """The short name of a weekday, and the middle of its column."""

    name: str
    x: float


@dataclass(frozen=True)
class Month:
    name: str
    text: str
    width: int
    height: int
    columns: list[Column]
    weeks: list[Week]
    squares: list[Square]


@dataclass(frozen=True)
class AbsenceCalendar:
    """What the template draws: months, and the days with absence as rows for the table."""

    months: list[Month]
    rows: list[Day]
    unregistered: int


def absence_calendar(
    days: Iterable[Day], *, first: date, last: date, until: date | None = None
) -> AbsenceCalendar:
    """Lay out a period as months of school weeks.

    A weekday without a row is a day without school; after `until` it is a day to come.

    Args:
        days: one row per school day, in any order; rows outside the period are left out.
        first, last: both inclusive, such as a term.
        until: last day that there are data for; `last` when not given.
    """
    known = {d.date: d for d in days if first <= d.date <= last}
    until = min(until or last, last)
    rows = [known[day] for day in sorted(known) if known[day].valid + known[day].invalid > 0]
    unregistered = sum(1 for d in known.values() if d.share is None and d.date <= until)
    months = [_month(start, known, first, last, until) for start in _months(first, last)]
    return AbsenceCalendar(months, rows, unregistered)


def _months(first: date, last: date) -> Iterator[date]:
    month = first.replace(day=1)
    while month <= last:
        yield month
        month = (month + timedelta(days=32)).replace(day=1)


def _month(start: date, known: dict[date, Day], first: date, last: date, until: date) -> Month:
    end = (start + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    span = range(max(start, first).toordinal(), min(end, last).toordinal() + 1)
    shown = [day for day in map(date.fromordinal, span) if day.weekday() < SCHOOL_WEEK or day in known]
    columns = 1 + max([SCHOOL_WEEK - 1, *(day.weekday() for day in shown)])
    weeks: list[Week] = []
    squares: list[Square] = []
    for day in shown:
        number = day.isocalendar().week
        if not weeks or weeks[-1].number != number:
            weeks.append(Week(number, HEADER + len(weeks) * CELL))
        squares.append(_square(day, known.get(day), weeks[-1].y, until))
    return Month(
        name=formats.month(start),
        text=_sentence(start, [known[day] for day in shown if day in known]),
        width=WEEK_COLUMN + columns * CELL,
        height=HEADER + max(1, len(weeks)) * CELL,
        columns=[
            Column(str(WEEKDAYS_ABBR[i]), WEEK_COLUMN + i * CELL + (CELL - 3) / 2) for i in range(columns)
        ],
        weeks=weeks,
        squares=squares,
    )


def _square(day: date, row: Day | None, y: int, until: date) -> Square:
    x = WEEK_COLUMN + day.weekday() * CELL
    if day > until:
        return Square(day, "coming", x, y)
    if row is None or row.offered <= 0:
        return Square(day, "none", x, y)
    if row.share is None:
        return Square(day, "unregistered", x, y)
    valid = row.part(row.valid)
    invalid = min(1.0 - valid, row.part(row.invalid))
    bottom = y + BAR_TOP + BAR_HEIGHT
    return Square(
        day,
        "school",
        x,
        y,
        valid_y=round(bottom - valid * BAR_HEIGHT, 1),
        valid_height=round(valid * BAR_HEIGHT, 1),
        invalid_y=round(bottom - (valid + invalid) * BAR_HEIGHT, 1),
        invalid_height=round(invalid * BAR_HEIGHT, 1),
        late=row.late > 0,
    )


def _sentence(month: date, days: list[Day]) -> str:
    absent = [d for d in days if (d.share or 0) > 0]
    parts = [
        gettext("%(month)s: %(absent)s av %(days)s med frånvaro")
        % {"month": formats.month(month), "absent": len(absent), "days": formats.school_days(len(days))}
    ]
    invalid = sum(1 for d in absent if d.invalid > 0)
    if invalid:
        parts.append(
            ngettext("%(n)s dag med ogiltig frånvaro", "%(n)s dagar med ogiltig frånvaro", invalid)
            % {"n": invalid}
        )
    return ", ".join(parts) + "."
