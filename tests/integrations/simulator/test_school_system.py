"""The invented school system: what it tells, a page at a time, and what has not happened yet."""

from __future__ import annotations

from datetime import date, timedelta

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from samhandla.integrations.simulator.attendance import whole_year
from samhandla.integrations.simulator.school_system import SchoolSystem
from samhandla.integrations.simulator.settings import Settings
from samhandla.integrations.simulator.world import build_world
from samhandla.integrations.ss12000.fake_source import BadQuery

WINDOW = {
    "startTime.onOrAfter": ["2025-08-01T00:00:00+02:00"],
    "startTime.onOrBefore": ["2026-06-30T23:59:59+02:00"],
}


@pytest.fixture(scope="module")
def lessons() -> pa.Table:
    return whole_year(build_world(60, 2, 5, 2025, 8), Settings(faults=())).lessons


@pytest.fixture
def system(lessons, tmp_path):
    path = tmp_path / "lessons.parquet"
    pq.write_table(lessons, path)
    days = sorted(set(lessons["date"].to_pylist()))
    return SchoolSystem(build_world(60, 2, 5, 2025, 8), path, lambda: days[3]), days


def all_pages(system, query, limit):
    rows, pages, query = [], 0, {**query, "limit": [str(limit)]}
    while True:
        answer = system.page("calendarEvents", query)
        rows += answer["data"]
        pages += 1
        if "pageToken" not in answer:
            return rows, pages
        query = {**query, "pageToken": [answer["pageToken"]]}


def test_every_lesson_until_yesterday_is_told_once(system, lessons):
    system, days = system
    rows, pages = all_pages(system, {**WINDOW, "expand": ["attendance"]}, limit=7)
    told = lessons.filter(pc.less(lessons["date"], pa.scalar(days[3])))
    attendance = [one for row in rows for one in row["_embedded"]["attendance"]]
    assert len(attendance) == told.num_rows
    assert len({row["id"] for row in rows}) == len(rows)
    assert pages > 3
    assert max(row["startTime"][:10] for row in rows) < days[3].isoformat()


def test_the_page_size_does_not_change_what_is_told(system):
    system, _days = system
    small, _ = all_pages(system, WINDOW, limit=3)
    large, pages = all_pages(system, WINDOW, limit=10_000)
    assert [row["id"] for row in small] == [row["id"] for row in large]
    assert pages == 1
    assert all("_embedded" not in row for row in small)


def test_days_after_today_are_empty(system):
    system, days = system
    later = {"startTime.onOrAfter": [f"{days[3] + timedelta(days=1)}T00:00:00+02:00"]}
    assert system.page("calendarEvents", {**WINDOW, **later}) == {"data": []}


def test_the_register_is_told_as_it_is(system):
    system, _days = system
    people = system.page("persons", {"limit": ["5"]})
    assert len(people["data"]) == 5
    assert "pageToken" in people
    assert system.look_up("persons", [people["data"][0]["id"]]) == people["data"][:1]


@pytest.mark.parametrize(
    "query", [{}, {"pageToken": ["skräp"]}, {**WINDOW, "startTime.onOrAfter": ["i går"]}]
)
def test_a_question_that_cannot_be_read_is_refused(system, query):
    with pytest.raises(BadQuery):
        system[0].page("calendarEvents", query)


def test_dates_are_days(system):
    assert all(isinstance(day, date) for day in system[1])
