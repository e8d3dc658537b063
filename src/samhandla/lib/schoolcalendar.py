"""School days from terms and days off, and arithmetic in school days."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

import holidays

ONE_DAY = timedelta(days=1)
SATURDAY = 5
SCHOOL_YEAR_TURNS = 7  # 1 July


@dataclass(frozen=True)
class TermDates:
    """A term with first and last day, both included."""

    name: str
    first: date
    last: date


@dataclass(frozen=True)
class DayOff:
    """Days without school, first and last included."""

    first: date
    last: date


@dataclass(frozen=True)
class Day:
    """One school day; `after_break` is true after a weekend, a holiday or a break."""

    date: date
    term: str
    after_break: bool


def school_year_start(day: date) -> date:
    """Return the first day of the school year that a day is in.

    >>> school_year_start(date(2026, 3, 1))
    datetime.date(2025, 7, 1)
    """
    return date(day.year if day.month >= SCHOOL_YEAR_TURNS else day.year - 1, SCHOOL_YEAR_TURNS, 1)


def school_year_end(day: date) -> date:
    """Return the last day of the school year that a day is in.

    >>> school_year_end(date(2026, 3, 1))
    datetime.date(2026, 6, 30)
    """
    first = school_year_start(day)
    return first.replace(year=first.year + 1) - ONE_DAY


@lru_cache(maxsize=64)
def _public_holidays(year: int, language: str = "sv") -> dict[date, str]:
    # Sundays are in the Swedish list as holidays; they are weekend anyway.
    found = holidays.country_holidays("SE", years=year, include_sundays=False, language=language)
    return dict(found.items())


def is_public_holiday(day: date) -> bool:
    """Tell whether a day is a Swedish public holiday; the eves lie outside the terms.

    >>> is_public_holiday(date(2026, 6, 6))
    True
    """
    return day in _public_holidays(day.year)


def weekday_holidays(first: date, last: date, language: str = "sv") -> list[tuple[date, str]]:
    """Return the public holidays on weekdays among some days, both ends included, with their names.

    Args:
        language: "sv", or "en" for names in English.

    >>> weekday_holidays(date(2027, 5, 1), date(2027, 5, 31))
    [(datetime.date(2027, 5, 6), 'Kristi himmelsfärdsdag')]
    """
    return [
        (day, _public_holidays(day.year, "en_US" if language == "en" else "sv")[day])
        for day in _each(first, last)
        if day.weekday() < SATURDAY and is_public_holiday(day)
    ]


def is_free_anyway(first: date, last: date) -> bool:
    """Tell whether every one of some days is a public holiday or lies in a weekend.

    >>> is_free_anyway(date(2026, 12, 25), date(2026, 12, 27))
    True
    """
    return all(day.weekday() >= SATURDAY or is_public_holiday(day) for day in _each(first, last))


def school_days(terms: Iterable[TermDates], days_off: Iterable[DayOff]) -> list[Day]:
    """Return the school days of the terms, in order: weekdays that are no holiday and no day off.

    A day that two terms both hold is one school day, of the earlier term.
    """
    off = {day for period in days_off for day in _each(period.first, period.last)}
    result: list[Day] = []
    for term in sorted(terms, key=lambda t: t.first):
        for day in _each(term.first, term.last):
            if day.weekday() >= SATURDAY or day in off or is_public_holiday(day):
                continue
            if result and day <= result[-1].date:
                continue
            after = not result or day - result[-1].date > ONE_DAY
            result.append(Day(day, term.name, after))
    return result


def _each(first: date, last: date) -> Iterable[date]:
    for offset in range((last - first).days + 1):
        yield first + timedelta(days=offset)


def add_school_days(days: Sequence[date], start: date, count: int) -> date | None:
    """Return the day `count` school days after `start`; a start outside school counts from the next day.

    Args:
        days: the unit's school days in order.
    Returns: None when the calendar ends before.

    >>> week = [date(2026, 9, 4), date(2026, 9, 7), date(2026, 9, 8)]
    >>> add_school_days(week, date(2026, 9, 5), 1)
    datetime.date(2026, 9, 7)
    """
    later = [day for day in days if day > start]
    return later[count - 1] if 0 < count <= len(later) else None


def school_days_between(days: Sequence[date], first: date, last: date) -> int:
    """Return how many school days lie after `first` up to and including `last`; breaks count nothing."""
    return sum(1 for day in days if first < day <= last)
