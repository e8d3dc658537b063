"""How far data reaches: a stray day never makes a list look fresher than it is."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from tests.analytics.django.lessons import lesson, table

from samhandla.analytics import actions
from samhandla.analytics.models import LakeFile
from samhandla.analytics.queries import data_up_to, data_up_to_by_source
from samhandla.analytics.reach import KEPT, Calendar, is_school_day, told_by
from samhandla.people import actions as register
from samhandla.people.models import SchoolDay
from samhandla.people.queries import today
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)
THURSDAY, FRIDAY, SATURDAY = date(2025, 9, 4), date(2025, 9, 5), date(2025, 9, 6)


@pytest.fixture
def tell(cast):
    """Take in a batch with one lesson for Alma on each of some days."""

    def told(batch: int, *days: date, source: int = 1, **values) -> date | None:
        by = cast.service()
        rows = [lesson(cast.child["alma"].pk, cast.unit["berga"].pk, day, 1, **values) for day in days]
        about = {"authority_id": by.authority_id, "source_id": source, "batch_id": batch}
        actions.store_lessons(by=by, table=table(rows), **about)
        actions.set_batch_live(by=by, batch_id=batch, live=True)
        return data_up_to(by.authority_id)

    return told


def next_school_day(cast) -> date:
    later = SchoolDay.objects.filter(unit=cast.unit["berga"], date__gt=today()).order_by("date")
    return later.values_list("date", flat=True)[0]


def test_a_weekend_event_does_not_move_it(tell):
    assert tell(1, FRIDAY, SATURDAY) == FRIDAY
    assert tell(2, SATURDAY + DAY) == FRIDAY


def test_a_day_without_registered_lessons_does_not_move_it(tell):
    assert tell(1, THURSDAY) == THURSDAY
    assert tell(2, FRIDAY, reported=False, present=0) == THURSDAY
    assert tell(3, FRIDAY) == FRIDAY


def test_a_day_to_come_does_not_move_it(tell, cast):
    assert tell(1, FRIDAY, next_school_day(cast)) == FRIDAY


def test_a_day_off_of_the_unit_does_not_move_it_once_it_is_set(tell, cast):
    by, unit = cast.service(), cast.unit["berga"]
    latest = SchoolDay.objects.filter(unit=unit, date__lt=today()).order_by("-date")
    last, before = latest.values_list("date", flat=True)[:2]
    assert tell(1, before, last) == last
    with acting_as(by):
        register.add_break(by=by, organisation=unit, name="Lov", kind="local", first=last, last=last)
        register.number_school_days(by=by, unit=unit)
    assert data_up_to(by.authority_id) == before


def test_each_source_has_its_own_and_nothing_is_told_before_the_first(tell, cast):
    board = cast.authority["board"].pk
    assert data_up_to(board) is None
    tell(1, THURSDAY, source=7)
    tell(2, FRIDAY, SATURDAY, source=8)
    assert data_up_to_by_source(board) == {7: THURSDAY, 8: FRIDAY}
    actions.set_batch_live(by=cast.service(), batch_id=2, live=False)
    assert data_up_to(board) == THURSDAY
    assert data_up_to(cast.authority["independent"].pk) is None


def test_a_file_from_before_days_were_told_reaches_to_its_last_school_day(tell, cast):
    tell(1, FRIDAY, SATURDAY)
    LakeFile.objects.update(told=None)
    assert data_up_to(cast.authority["board"].pk) == FRIDAY


def test_the_latest_days_of_each_unit_are_kept():
    monday = date(2025, 8, 18)
    days = [monday + DAY * n for n in range(KEPT + 5)]
    rows = table([lesson(1, 3, day, 1) for day in days] + [lesson(2, 4, monday, 1)])
    told = told_by(rows, days[-2])
    assert told["4"] == [monday.isoformat()]
    assert told["3"] == [day.isoformat() for day in days[-2 : -2 - KEPT : -1]]


@pytest.mark.parametrize(
    ("last", "day", "school"),
    [
        (date(2026, 6, 11), date(2026, 6, 16), False),  # the summer after a spring term
        (date(2025, 12, 19), date(2026, 1, 13), True),  # a spring term that nobody has set yet
        (date(2025, 12, 19), date(2026, 1, 6), False),  # trettondedag jul
        (date(2026, 6, 11), date(2026, 8, 24), True),  # the next school year
        (date(2026, 6, 11), date(2025, 8, 12), True),  # before what has been set
        (date(2026, 6, 11), date(2025, 11, 4), False),  # within it, and not one of its days
    ],
)
def test_outside_the_calendar_weekdays_count_but_not_the_summer(last, day, school):
    calendar = Calendar(days=frozenset({last}), first=date(2025, 8, 18), last=last)
    assert is_school_day(day, calendar) is school
