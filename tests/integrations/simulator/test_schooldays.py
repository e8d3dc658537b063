from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest

from samhandla.integrations.simulator.schooldays import public_holidays, school_days


@pytest.mark.parametrize("school_year", [2023, 2025, 2027, 2031])
def test_days_are_school_days(school_year) -> None:
    days, closures = school_days(101, 0, 1, school_year, 178)
    holidays = public_holidays(school_year)
    closed = {c.first + timedelta(days=i) for c in closures for i in range((c.last - c.first).days + 1)}
    assert [day.number for day in days] == list(range(1, 179))
    for day in days:
        assert day.day.weekday() < 5
        assert day.day not in holidays
        assert day.day not in closed


def test_year_has_two_terms_within_its_bounds() -> None:
    days, _ = school_days(101, 0, 1, 2025, 178)
    assert {day.term for day in days} == {"HT2025", "VT2026"}
    assert date(2025, 8, 15) < days[0].day < date(2025, 8, 25)
    assert date(2026, 6, 1) < days[-1].day < date(2026, 6, 20)


def test_breaks_are_marked_on_both_sides() -> None:
    days, _ = school_days(101, 0, 1, 2025, 178)
    for before, after in pairwise(days):
        gap = after.day - before.day > timedelta(days=1)
        assert before.before_break == gap
        assert after.after_break == gap
    assert days[0].after_break
    assert days[-1].before_break


def test_units_have_days_off_of_their_own() -> None:
    own = [
        {c.first for c in school_days(101 + i, i, 1, 2025, 178)[1] if c.name == "studiedag"} for i in range(6)
    ]
    assert all(len(days) == 2 for days in own)
    assert len({frozenset(days) for days in own}) > 1


def test_all_breaks_are_named() -> None:
    _, closures = school_days(101, 0, 1, 2025, 178)
    assert {"höstlov", "jullov", "sportlov", "påsklov", "studiedag", "klämdag"} <= {c.name for c in closures}
