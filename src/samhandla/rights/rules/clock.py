"""The clock of a request: one month, which can be made three. No Django, no clock of its own."""

from __future__ import annotations

from calendar import monthrange
from datetime import date

MONTHS = 1
MOST_MONTHS = 3


def months_after(day: date, months: int) -> date:
    """Return the same day some months later; the last of the month where there is no such day.

    Source: regulation (EEC, Euratom) 1182/71 article 3.2 c.

    >>> months_after(date(2026, 1, 31), 1)
    datetime.date(2026, 2, 28)
    """
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def first_due(received: date) -> date:
    """Return the last day to answer: one month. Source: data protection regulation, article 12.3.

    >>> first_due(date(2026, 11, 30))
    datetime.date(2026, 12, 30)
    """
    return months_after(received, MONTHS)


def extended_due(received: date) -> date:
    """Return the last day when the time is extended by the two months that are allowed.

    The person is told of it, with the reason, within the first month.
    """
    return months_after(received, MOST_MONTHS)


def extension_problem(*, received: date, today: date, extended: bool, why: str) -> str:
    """Return the code of what is wrong with extending the time; empty when nothing is.

    >>> extension_problem(received=date(2026, 1, 1), today=date(2026, 2, 2), extended=False, why="många")
    'too_late'
    """
    if extended:
        return "extended"
    if today > first_due(received):
        return "too_late"
    return "" if why.strip() else "extended_why"
