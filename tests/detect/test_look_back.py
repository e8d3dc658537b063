"""Who has not been in school at all this year is counted from the earlier years, where they are known."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.detect.conftest import found

from samhandla.analytics.models import AttendanceDay
from samhandla.analytics.queries import absent_before
from samhandla.detect.actions.runs import looked_back
from samhandla.detect.rules.run import describe
from samhandla.people.models import SchoolDay
from samhandla.people.queries import domain_of
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db
YEAR = date(2026, 7, 1)
MONDAY = date(2026, 5, 4)
NEVER = {"present_share": 0.0, "window": 20, "since_last": 40, "attended": 0}


def earlier(cast, name, absent, *, offered=300, first=MONDAY):
    """Give a child days of last spring, one a day: minutes of absence each."""
    child, by = cast.child[name], cast.service()
    with acting_as(by):
        SchoolDay.objects.filter(date__lt=YEAR).delete()
        AttendanceDay.objects.bulk_create(
            AttendanceDay(
                child=child, domain=domain_of(by.authority_id, "school"), unit=child.unit,
                date=first + timedelta(days=n), lessons=5, absent_lessons=5, offered=offered,
                present=offered - minutes, valid=minutes, invalid=0, other=0, reported=offered, batch_id=1,
            )
            for n, minutes in enumerate(absent)
        )  # fmt: skip


def backwards(cast, *items):
    return looked_back(cast.service(), list(items), YEAR)


def near_zero(cast, name, **numbers):
    return found(cast.child[name], "near_zero", numbers={**NEVER, **numbers})


def test_days_of_last_year_are_added_since_the_last_in_school(cast):
    earlier(cast, "alma", [300, 0, 300, 300])  # Monday to Thursday; in school on the Tuesday
    (item,) = backwards(cast, near_zero(cast, "alma"))
    assert (item.numbers["since_last"], item.numbers["attended"]) == (42, 1)
    assert "42 skoldagar sedan senaste dagen i skolan." in describe(item)
    assert "Minst" not in describe(item)


def test_where_no_day_in_school_is_known_at_least_is_said(cast):
    earlier(cast, "alma", [300, 300, 300])
    (item,) = backwards(cast, near_zero(cast, "alma"))
    assert (item.numbers["since_last"], item.numbers["attended"]) == (43, 0)
    assert "Minst 43 skoldagar" in describe(item)
    assert "längre tillbaka går inte uppgifterna" in describe(item)


def test_without_earlier_data_nothing_changes(cast):
    item = near_zero(cast, "alma")
    assert backwards(cast, item) == [item]


def test_weekends_and_days_without_lessons_do_not_count(cast):
    earlier(cast, "alma", [0, 300, 300, 300, 300, 300, 300])  # Saturday and Sunday are the last two
    earlier(cast, "alma", [0], offered=0, first=MONDAY + timedelta(days=7))
    (item,) = backwards(cast, near_zero(cast, "alma"))
    assert item.numbers["since_last"] == 44


def test_where_the_unit_has_a_calendar_of_then_it_decides(cast):
    earlier(cast, "alma", [0, 300, 300])
    with acting_as(cast.service()):
        unit = cast.child["alma"].unit
        days = [MONDAY, MONDAY + timedelta(days=2)]
        SchoolDay.objects.bulk_create(
            SchoolDay(unit=unit, date=day, day_no=-n, term="VT2026", after_break=False)
            for n, day in enumerate(days, start=1)
        )
    (item,) = backwards(cast, near_zero(cast, "alma"))
    assert item.numbers["since_last"] == 41


def test_only_those_for_whom_the_rule_holds_and_who_never_came_are_looked_up(cast):
    earlier(cast, "alma", [0, 300])
    came = near_zero(cast, "alma", attended=1)
    other = found(cast.child["alma"], "level_year")
    by = cast.service()
    with CaptureQueriesContext(connection) as asked:
        assert looked_back(by, [came, other], YEAR) == [came, other]
    assert len(asked) == 0


def test_the_queries_do_not_grow_with_the_pupils(cast):
    by = cast.service()
    names = ["alma", *[name for name in cast.child if name != "alma"][:2]]

    def cost(some):
        with acting_as(by), CaptureQueriesContext(connection) as asked:
            absent_before(by, {cast.child[name].pk for name in some}, YEAR)
        return len(asked)

    for name in names:
        earlier(cast, name, [0, 300])
    assert cost(names) == cost(names[:1])
