"""The clock of a request: promptly (skyndsamt), counted in working days.

Source: tryckfrihetsförordningen 2 kap. 16 § ("skyndsamt"). That an answer is owed the same day, and that
a few working days are the most when nothing hinders, is practice of the ombudsman (mark P).
"""

from __future__ import annotations

from datetime import date, timedelta

LATE_AFTER = 2  # working days
SATURDAY = 5


def working_days(first: date, last: date) -> int:
    """Return the working days after `first`, up to and with `last`; weekends do not count.

    >>> working_days(date(2026, 11, 20), date(2026, 11, 23))
    1
    """
    days = (first + timedelta(days=n) for n in range(1, (last - first).days + 1))
    return sum(1 for day in days if day.weekday() < SATURDAY)


def pace(asked_on: date, today: date) -> str:
    """Return "today", "soon" or "late"."""
    waited = working_days(asked_on, today)
    if waited == 0:
        return "today"
    return "late" if waited > LATE_AFTER else "soon"
