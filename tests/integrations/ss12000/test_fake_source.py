"""The filters of our own server, so that tests which lean on them stand firm."""

from __future__ import annotations

import pytest
from tests.integrations.ss12000.rows import LESSON_1, MATHS, PUPILS, SCHOOL, small_resources

from samhandla.integrations.ss12000.fake_source import BadQuery, FakeSource

DAY = {
    "startTime.onOrAfter": ["2025-09-01T00:00:00+02:00"],
    "startTime.onOrBefore": ["2025-09-01T09:30:00+02:00"],
}


@pytest.mark.parametrize(
    ("name", "query", "rows"),
    [
        ("attendances", {"student": [PUPILS[0]]}, 3),
        ("attendances", {"calendarEvent": [LESSON_1]}, 3),
        ("organisations", {"parent": [SCHOOL]}, 1),
        ("groups", {"groupType": ["Klass"]}, 1),
        ("groups", {"startDate.onOrAfter": ["2025-08-19"]}, 0),
        ("groups", {"startDate.onOrBefore": ["2025-08-18"]}, 2),
        ("groups", {"endDate.onOrAfter": ["2026-01-01"]}, 2),
        ("calendarEvents", DAY, 1),
        ("calendarEvents", DAY | {"activity": [MATHS]}, 1),
        ("persons", {"meta.modified.after": ["2025-08-20T04:00:00Z"]}, 0),
        ("persons", {"meta.modified.before": ["2025-08-20T04:00:00Z"]}, 7),
        ("persons", {"okänt": ["x"]}, 7),
        ("aggregatedAttendance", {"startDate": ["2025-09-01"], "endDate": ["2025-09-05"]}, 1),
        ("aggregatedAttendance", {"startDate": ["2025-09-02"], "endDate": ["2025-09-05"]}, 0),
    ],
)
def test_filters(name, query, rows):
    assert len(FakeSource(small_resources()).page(name, query)["data"]) == rows


@pytest.mark.parametrize(
    ("name", "query"),
    [
        ("calendarEvents", {}),
        ("persons", {"limit": ["0"]}),
        ("persons", {"pageToken": ["x"]}),
        ("persons", {"meta.modified.after": ["igår"]}),
    ],
)
def test_bad_questions(name, query):
    with pytest.raises(BadQuery):
        FakeSource(small_resources()).page(name, query)
