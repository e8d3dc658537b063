"""School days: weekends, holidays and breaks pause every count."""

from __future__ import annotations

import doctest
from datetime import date, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from samhandla.lib import schoolcalendar
from samhandla.lib.schoolcalendar import (
    DayOff,
    TermDates,
    add_school_days,
    is_public_holiday,
    school_days,
    school_days_between,
)

FIXED = settings(deadline=None, derandomize=True, database=None)
AUTUMN = TermDates("HT26", date(2026, 8, 17), date(2026, 12, 18))
DAYS = st.dates(date(2024, 1, 1), date(2029, 12, 31))


@st.composite
def periods(draw, longest=200):
    first = draw(DAYS)
    return first, first + timedelta(days=draw(st.integers(0, longest)))


def test_autumn_2026_by_hand():
    autumn_break = DayOff(date(2026, 10, 26), date(2026, 10, 30))
    days = school_days([AUTUMN], [autumn_break])
    assert len(days) == 90 - 5
    assert date(2026, 10, 28) not in {d.date for d in days}
    assert next(d for d in days if d.date == date(2026, 11, 2)).after_break
    assert not next(d for d in days if d.date == date(2026, 11, 3)).after_break


def test_a_holiday_on_a_weekday_is_no_school_day():
    spring = TermDates("VT27", date(2027, 1, 5), date(2027, 6, 11))
    days = {d.date for d in school_days([spring], [])}
    assert is_public_holiday(date(2027, 1, 6))
    assert date(2027, 1, 6) not in days
    assert date(2027, 1, 7) in days


@FIXED
@given(periods(), st.lists(periods(20), max_size=4))
def test_days_are_in_order_and_never_off(term, off):
    days = school_days([TermDates("T", *term)], [DayOff(*one) for one in off])
    dates = [d.date for d in days]
    assert dates == sorted(set(dates))
    for day in dates:
        assert day.weekday() < 5
        assert not is_public_holiday(day)
        assert not any(first <= day <= last for first, last in off)


@FIXED
@given(periods(), periods())
def test_overlapping_terms_give_each_day_once(one, other):
    days = [d.date for d in school_days([TermDates("A", *one), TermDates("B", *other)], [])]
    assert len(days) == len(set(days))
    assert set(days) >= {d.date for d in school_days([TermDates("A", *one)], [])}


@FIXED
@given(periods(), st.lists(periods(20), max_size=3), DAYS, st.integers(1, 30))
def test_adding_and_counting_are_one_another_back(term, off, start, count):
    dates = [d.date for d in school_days([TermDates("T", *term)], [DayOff(*one) for one in off])]
    due = add_school_days(dates, start, count)
    if due is None:
        assert school_days_between(dates, start, date.max) < count
    else:
        assert school_days_between(dates, start, due) == count
        assert due in dates


@FIXED
@given(st.dates(date(2026, 8, 17), date(2026, 11, 1)), st.integers(1, 20), periods(14))
def test_a_break_only_ever_moves_a_due_day_on(start, count, off):
    plain = [d.date for d in school_days([AUTUMN], [])]
    paused = [d.date for d in school_days([AUTUMN], [DayOff(*off)])]
    before, after = add_school_days(plain, start, count), add_school_days(paused, start, count)
    assert after is None or before is None or after >= before
    if before is not None and (off[1] <= start or off[0] > before):
        assert after == before


def test_no_days_or_no_count_is_no_day():
    assert add_school_days([], date(2026, 9, 1), 1) is None
    assert add_school_days([date(2026, 9, 2)], date(2026, 9, 1), 0) is None


def test_examples():
    assert doctest.testmod(schoolcalendar).failed == 0
