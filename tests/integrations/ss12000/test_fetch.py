"""Fetching everything: order, delta, windows, resuming, what is left out and why."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pyarrow as pa
import pytest
from tests.integrations.ss12000.rows import GUARDIAN, PUPILS, UNIT, small_resources

from samhandla.integrations.ss12000.cursor import Cursor
from samhandla.integrations.ss12000.errors import BadSettings, CredentialsRefused
from samhandla.integrations.ss12000.fake import FakeServer, FakeSource
from samhandla.integrations.ss12000.fetch import FetchedPage, Plan, ResourceDone, State, fetch_all
from samhandla.integrations.ss12000.lessons import LessonBuilder
from samhandla.integrations.ss12000.parse import parse_rows
from samhandla.integrations.ss12000.resources import NEEDED, REGISTER
from samhandla.integrations.ss12000.rows import Findings
from samhandla.integrations.ss12000.timetable import Ids

WEEK = (date(2025, 9, 1), date(2025, 9, 7))
SINCE = datetime(2025, 9, 1, 12, 0, tzinfo=UTC)


def run(client, **how):
    """Fetch, and return records by resource and outcomes by resource."""
    records: dict[str, list] = {}
    outcomes: dict[str, ResourceDone] = {}
    for fetched in fetch_all(client, **how):
        if isinstance(fetched, FetchedPage):
            records.setdefault(fetched.resource, []).extend(fetched.records)
        else:
            outcomes[fetched.resource] = fetched
    return records, outcomes


def test_fetches_all_that_is_needed(fake, client_for):
    client = client_for(fake.base_url)
    records, outcomes = run(client, window=WEEK)
    assert {name: len(rows) for name, rows in records.items()} == {
        name: len(rows) for name, rows in small_resources().items() if name != "attendances"
    }
    assert all(done.state is State.COMPLETE for done in outcomes.values())
    assert list(outcomes) == [name for name in NEEDED if name not in ("attendances", "deletedEntities")]


def test_without_a_window_only_what_has_none(fake, client_for):
    _, outcomes = run(client_for(fake.base_url))
    assert set(outcomes) == {*REGISTER, "syllabuses", "activities"}


def test_attendance_is_fetched_apart_when_lessons_come_without(fake, client_for):
    fake.faults.no_expand = True
    records, outcomes = run(client_for(fake.base_url), window=WEEK)
    assert len(records["attendances"]) == 6
    assert outcomes["attendances"].state is State.COMPLETE
    asked = next(query for path, query in fake.queries if path.endswith("/attendances"))
    assert asked["meta.modified.after"][0].startswith("2025-08-02")


def test_asks_for_changes_with_an_overlap(fake, client_for):
    fake.source.deleted = {"activitites": ["a"], "persons": [PUPILS[4]]}
    fake.source.resources["persons"][0]["meta"] = {
        "created": "2025-08-01T06:00:00Z",
        "modified": "2025-09-01T11:30:00Z",
    }
    records, _ = run(client_for(fake.base_url), since=SINCE)
    assert [person.id for person in records["persons"]] == [PUPILS[0]]
    assert {(gone.resource, gone.id) for gone in records["deletedEntities"]} == {
        ("activities", "a"),
        ("persons", PUPILS[4]),
    }
    asked = next(query for path, query in fake.queries if path.endswith("/persons"))
    assert asked["meta.modified.after"] == ["2025-09-01T11:00:00+00:00"]


def test_the_next_since_is_the_servers_own_time(fake, client_for):
    _, outcomes = run(client_for(fake.base_url))
    cursor = outcomes["activities"].cursor
    assert abs((datetime.now(UTC) - cursor.started).total_seconds()) < 60
    assert cursor.done[0] == "organisations"


def test_a_fault_of_one_resource_ends_that_one_only(fake, client_for):
    fake.faults.status = {"groups": 404, "duties": 403, "syllabuses": 500}
    fake.faults.endless = {"activities"}
    records, outcomes = run(client_for(fake.base_url))
    states = {name: done.state for name, done in outcomes.items()}
    assert states == {
        "organisations": State.COMPLETE,
        "persons": State.COMPLETE,
        "groups": State.NOT_OFFERED,
        "duties": State.FORBIDDEN,
        "syllabuses": State.FAILED,
        "activities": State.FAILED,
    }
    assert "slutar inte" in outcomes["activities"].reason
    assert len(records["persons"]) == 7


def test_a_fault_of_the_credentials_ends_all(fake, client_for):
    client = client_for(fake.base_url, credentials=None)
    with pytest.raises(CredentialsRefused):
        run(client)


def test_a_stopped_fetch_goes_on_where_it_was(fake, client_for):
    fetching = fetch_all(client_for(fake.base_url))
    seen: list[str] = []
    for fetched in fetching:
        if isinstance(fetched, FetchedPage) and fetched.resource == "persons":
            seen += [record.id for record in fetched.records]
            if fetched.number == 2:
                break
    stored = fetched.cursor.to_json()
    fetching.close()
    cursor = Cursor.from_json(stored, fake.base_url)
    records, outcomes = run(client_for(fake.base_url), cursor=cursor)
    seen += [record.id for record in records["persons"]]
    assert sorted(set(seen)) == sorted(row["id"] for row in small_resources()["persons"])
    assert "organisations" not in outcomes
    assert list(outcomes)[-1] == "activities"


def test_a_token_that_is_no_longer_good_begins_the_resource_anew(fake, client_for):
    cursor = Cursor(
        source=fake.base_url,
        started=SINCE,
        done=("organisations",),
        resource="persons",
        token="99-1",
        page=3,
    )
    records, _ = run(client_for(fake.base_url), cursor=cursor)
    assert len(records["persons"]) == 7


@pytest.mark.parametrize("text", ["{}", "[", '{"source":"x","started":"2025-09-01T00:00:00Z","version":99}'])
def test_a_useless_cursor_is_refused(text):
    with pytest.raises(BadSettings, match="Börja om"):
        Cursor.from_json(text, "x")


def test_guardians_that_the_list_lacks_are_looked_up(fake, client_for):
    everyone = fake.source.resources["persons"]
    listed = FakeSource(small_resources())
    listed.resources["persons"] = [row for row in everyone if row["id"] != GUARDIAN]
    listed.look_up = fake.source.look_up
    with FakeServer(listed) as server:
        records, outcomes = run(client_for(server.base_url))
        assert GUARDIAN in [person.id for person in records["persons"]]
        assert outcomes["persons"].findings.deviations["lookup_missing"] == 0


def test_a_source_without_look_ups_is_noted(fake, client_for):
    fake.source.resources["persons"] = [
        row for row in fake.source.resources["persons"] if row["id"] != GUARDIAN
    ]
    fake.faults.largest_lookup = 0
    _, outcomes = run(client_for(fake.base_url))
    assert outcomes["persons"].state is State.COMPLETE
    assert outcomes["persons"].findings.deviations["lookup_missing"] == 1


def test_tells_how_far_it_has_come(fake, client_for):
    told = []
    run(client_for(fake.base_url), plan=Plan(resources=("persons",), progress=told.append))
    assert [(step.page, step.rows, step.swedish) for step in told] == [
        (1, 2, "personer"),
        (2, 4, "personer"),
        (3, 6, "personer"),
        (4, 7, "personer"),
    ]


def lessons_of(pages: list[FetchedPage], source: FakeSource) -> pa.Table:
    """Return the lessons of fetched pages, as an import makes them."""
    findings = Findings()
    builder = LessonBuilder(Ids({own: at + 1 for at, own in enumerate(PUPILS)}, {UNIT: 7}), findings)
    builder.timetable.add_groups(parse_rows("groups", source.resources["groups"], findings))
    builder.timetable.add_activities(parse_rows("activities", source.resources["activities"], findings))
    for page in pages:
        if page.resource == "calendarEvents":
            builder.add_events(page.data)
    for page in pages:
        if page.resource == "attendances":
            builder.add_attendances(page.data)
    return builder.finish().table


def lesson_pages(client) -> list[FetchedPage]:
    plan = Plan(resources=("calendarEvents", "attendances"))
    return [one for one in fetch_all(client, window=WEEK, plan=plan) if isinstance(one, FetchedPage)]


@pytest.mark.parametrize("no_expand", [False, True])
def test_lessons_come_with_their_attendance_inside_or_apart(fake, client_for, no_expand):
    fake.faults.no_expand = no_expand
    pages = lesson_pages(client_for(fake.base_url))
    assert ("attendances" in {page.resource for page in pages}) is no_expand
    table = lessons_of(pages, fake.source)
    assert table.num_rows == 6
    assert sum(table["valid"].to_pylist()) == 60


@pytest.mark.parametrize("times", ["naive", "utc"])
def test_other_time_formats_give_the_same_lessons(fake, client_for, times):
    expected = lessons_of(lesson_pages(client_for(fake.base_url)), fake.source)
    fake.faults.times = times
    assert lessons_of(lesson_pages(client_for(fake.base_url)), fake.source).equals(expected)
    assert expected.num_rows == 6


def test_a_source_that_leaves_out_rows_is_fetched_as_it_is(fake, client_for):
    fake.faults.dropped = {"persons"}
    records, outcomes = run(client_for(fake.base_url, limit=5))
    assert len(records["persons"]) == 5
    assert outcomes["persons"].state is State.COMPLETE
