"""Lessons of days before a place was ended early are still the authority's when they are fetched again."""

from __future__ import annotations

import time
from datetime import date, timedelta

import pytest

from samhandla.analytics.models import AttendanceDay
from samhandla.integrations.actions import sources
from samhandla.integrations.actions.batches import start_batch
from samhandla.integrations.actions.running import run_batch
from samhandla.integrations.models import Batch
from samhandla.integrations.ss12000.fake import FakeServer
from samhandla.integrations.ss12000.fake_source import FakeSource
from samhandla.people.models import Child
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db
WIDE = {"persons": {"max_missing_share": 1.0, "max_changed_share": 1.0}}


@pytest.fixture(autouse=True)
def patient(monkeypatch):
    monkeypatch.setattr(time, "sleep", lambda seconds: None)


@pytest.fixture
def server(world):
    with FakeServer(FakeSource(world.resources)) as fake:
        yield fake


@pytest.fixture
def source(desk, server):
    kept = {"base_url": server.base_url, "huvudman": desk.world.huvudman, "page_limit": 50}
    kept["window"] = ["2025-08-01", "2025-09-30"]
    fields = {"name": "Server", "kind": "ss12000", "settings": kept, "limits": WIDE}
    return sources.save_source(by=desk.by, credentials={"token": "prov"}, **fields)


@pytest.fixture
def place(server) -> int:
    """Where among the persons a pupil with one place stands, called Prov."""
    persons = server.source.resources["persons"]
    found = next(
        n
        for n, p in enumerate(persons)
        if len(p.get("enrolments") or ()) == 1
        and p["securityMarking"] == "Ingen"
        and "endDate" not in p["enrolments"][0]
    )
    persons[found] = {**persons[found], "givenName": "Prov"}
    return found


def run(desk, source):
    batch = start_batch(by=desk.by, source=source, wants_commit=True)
    outcome = run_batch(desk.by, batch.pk)
    with acting_as(desk.by):
        return Batch.objects.get(pk=batch.pk), outcome.counts["attendances"]


def end_early(server, place, **ends):
    persons = server.source.resources["persons"]
    enrolment = {**persons[place]["enrolments"][0], "cancelled": True, **ends}
    persons[place] = {**persons[place], "enrolments": [enrolment]}


def lessons_of(desk, first=date.min) -> dict[date, int]:
    with acting_as(desk.by):
        rows = AttendanceDay.objects.filter(child__given_name="Prov", date__gte=first)
        return dict(rows.order_by("date").values_list("date", "lessons"))


def test_days_before_the_end_come_in_again_and_later_ones_stay_outside(desk, source, server, place):
    run(desk, source)
    known = lessons_of(desk)
    last = list(known)[len(known) // 2]
    end_early(server, place, endDate=last.isoformat())
    batch, counts = run(desk, source)
    assert batch.state == "committed", batch.reason
    later = sum(lessons for day, lessons in known.items() if day > last)
    assert later > 0
    assert (counts["outside"], counts["refused"], counts["changed"]) == (later, 0, 0)
    assert list(lessons_of(desk)) == list(known), "what has been told of is kept"


def test_a_correction_of_a_day_before_the_end_is_taken(desk, source, server, place):
    run(desk, source)
    end_early(server, place, endDate=max(lessons_of(desk)).isoformat())
    who = server.source.resources["persons"][place]["id"]
    marks = server.source.resources["attendances"]
    nothing = {"attendanceMinutes": 0, "validAbsenceMinutes": 0, "otherAttendanceMinutes": 0}
    for n, one in enumerate(marks):
        if one["student"]["id"] == who and one["isReported"]:
            marks[n] = {**one, **nothing, "invalidAbsenceMinutes": 7}
    server.source._attendance = None  # it keeps what it has once put together
    batch, counts = run(desk, source)
    assert batch.state == "committed", batch.reason
    assert counts["outside"] == 0
    assert counts["changed"] > 0
    with acting_as(desk.by):
        assert AttendanceDay.objects.filter(child__given_name="Prov", invalid__gt=0).exists()


def test_a_pupil_who_was_never_here_stays_outside(desk, source, server, place):
    end_early(server, place, endDate=(date(2025, 9, 30) + timedelta(days=1)).isoformat())
    batch, counts = run(desk, source)
    assert batch.state == "committed", batch.reason
    assert counts["outside"] > 0
    assert counts["refused"] == 0
    with acting_as(desk.by):
        assert not Child.objects.filter(given_name="Prov").exists()
