"""Which days are school days: terms, holidays, breaks and each unit's own days off."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache

import holidays
from holidays.constants import PUBLIC

from samhandla.integrations.simulator.chance import stream
from samhandla.integrations.simulator.records import Closure, SchoolDay

MOST_DAYS = (
    178  # the smallest number of school days that the law allows in a year; the calendar holds as many
)
ONE_DAY = timedelta(days=1)


def week_start(year: int, week: int) -> date:
    return date.fromisocalendar(year, week, 1)


@lru_cache(maxsize=8)
def public_holidays(school_year: int) -> dict[date, str]:
    """Return the Swedish public holidays of a school year by date, Sundays not counted."""
    found = holidays.country_holidays(
        "SE", years=(school_year, school_year + 1), categories=(PUBLIC,), include_sundays=False, language="sv"
    )
    return dict(found.items())


def common_closures(school_year: int) -> list[tuple[str, date, date]]:
    """Return the breaks that all schools share: autumn, Christmas, winter, Easter and bridge days."""
    spring = school_year + 1
    easter_monday = next(
        day
        for day, name in public_holidays(school_year).items()
        if day.year == spring and name == "Annandag påsk"
    )
    ascension = easter_monday + timedelta(days=38)
    return [
        ("höstlov", week_start(school_year, 44), week_start(school_year, 44) + timedelta(days=4)),
        ("jullov", date(school_year, 12, 20), date(spring, 1, 7)),
        ("sportlov", week_start(spring, 9), week_start(spring, 9) + timedelta(days=4)),
        ("påsklov", easter_monday - timedelta(days=7), easter_monday - timedelta(days=4)),
        ("klämdag", ascension + ONE_DAY, ascension + ONE_DAY),
    ]


def school_days(
    unit: int, index: int, seed: int, school_year: int, days: int
) -> tuple[tuple[SchoolDay, ...], tuple[Closure, ...]]:
    """Return a unit's school days, numbered from 1, and the closures between them.

    Every unit has days off of its own (study days for staff), so day 40 is not the same date everywhere.
    """
    closures = [Closure(unit, *common) for common in common_closures(school_year)]
    closures += [Closure(unit, name, day, day) for day, name in public_holidays(school_year).items()]
    closures += _own_days_off(unit, index, seed, school_year)
    closed = {day for closure in closures for day in _span(closure.first, closure.last)}
    first = week_start(school_year, 34) + ONE_DAY
    open_days = [
        day for day in _span(first, date(school_year + 1, 6, 30)) if day.weekday() < 5 and day not in closed
    ][:days]
    rows = tuple(
        SchoolDay(
            day=day,
            number=i + 1,
            term=f"HT{day.year}" if day.month >= 7 else f"VT{day.year}",
            after_break=i == 0 or day - open_days[i - 1] > ONE_DAY,
            before_break=i + 1 == len(open_days) or open_days[i + 1] - day > ONE_DAY,
        )
        for i, day in enumerate(open_days)
    )
    inside = [c for c in closures if rows and c.last >= rows[0].day and c.first <= rows[-1].day]
    return rows, tuple(sorted(inside, key=lambda c: (c.first, c.name)))


def _own_days_off(unit: int, index: int, seed: int, school_year: int) -> list[Closure]:
    chance = stream(seed, "days off", index)
    autumn = week_start(school_year, 36 + int(chance.integers(0, 12))) + timedelta(
        days=int(chance.integers(0, 5))
    )
    spring = week_start(school_year + 1, 11) + timedelta(days=7 * int(chance.integers(0, 2)))
    spring += timedelta(days=int(chance.integers(0, 5)))
    return [Closure(unit, "studiedag", day, day) for day in (autumn, spring)]


def _span(first: date, last: date) -> list[date]:
    return [first + timedelta(days=i) for i in range((last - first).days + 1)]
