"""When the latest import of a source is older than its schedule promises."""

from __future__ import annotations

from datetime import date, timedelta

# So many working days may pass after the day of the latest import. A source that is started by hand promises
# nothing. Weekends are left out: no school system has anything new then.
WORKING_DAYS = {"nightly": 2, "hourly": 1}
SATURDAY = 5


def working_days_after(last: date, today: date) -> int:
    """Count Monday to Friday after a day, today included.

    >>> working_days_after(date(2026, 9, 4), date(2026, 9, 7))
    1
    """
    days = (last + timedelta(days=n) for n in range(1, (today - last).days + 1))
    return sum(day.weekday() < SATURDAY for day in days)


def is_overdue(schedule: str, last: date, today: date) -> bool:
    """Tell whether an import should have come since.

    >>> is_overdue("hourly", date(2026, 9, 4), date(2026, 9, 7)), is_overdue("manual", date.min, date.max)
    (False, False)
    """
    allowed = WORKING_DAYS.get(schedule)
    return allowed is not None and working_days_after(last, today) > allowed
