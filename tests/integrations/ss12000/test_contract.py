"""The client against the official description, served by Prism; our own server behind its proxy."""

from __future__ import annotations

import subprocess
import sys
from datetime import date

import httpx
import pytest
from tests.integrations.ss12000.conftest import prism

from samhandla.integrations.ss12000.errors import CredentialsRefused, EndlessPages, RequestRefused
from samhandla.integrations.ss12000.fake import FakeServer, simulated
from samhandla.integrations.ss12000.fetch import FetchedPage, fetch_all
from samhandla.integrations.ss12000.lessons import LessonBuilder
from samhandla.integrations.ss12000.parse import PARSERS, parse_deleted, parse_rows
from samhandla.integrations.ss12000.resources import NEEDED, RESOURCES, period_params
from samhandla.integrations.ss12000.rows import Findings
from samhandla.integrations.ss12000.timetable import Ids

FIRST, LAST = date(2025, 9, 1), date(2025, 9, 5)
WINDOW = (FIRST, LAST)


def params_of(name: str) -> dict[str, str]:
    return period_params(RESOURCES[name], FIRST, LAST)


@pytest.mark.parametrize("name", sorted(RESOURCES))
def test_endless_pages_of_every_list_end(prism_static, client_for, name):
    pages = client_for(prism_static).pages(name, params_of(name))
    assert next(pages).next_token == "pageToken"
    with pytest.raises(EndlessPages):
        next(pages)


def test_every_list_is_asked_for_as_the_standard_says(prism_static, client_for):
    client = client_for(prism_static)
    for name, resource in RESOURCES.items():
        assert client.page(resource, params_of(name), None).data


def test_what_the_standard_requires_is_required(prism_static, client_for):
    with pytest.raises(RequestRefused):
        next(client_for(prism_static, tries=1).pages("calendarEvents"))
    with pytest.raises(CredentialsRefused):
        next(client_for(prism_static, credentials=None).pages("persons"))


def test_look_ups_are_asked_as_the_standard_says(prism_static, client_for):
    ids = ["046b6c7f-0b8a-43b9-b35d-6489e6daee91"]
    client = client_for(prism_static)
    for name, resource in RESOURCES.items():
        if resource.lookup:
            assert [page.rows() for page in client.lookup(name, ids)] != []


@pytest.mark.parametrize("name", sorted(PARSERS))
def test_noise_of_the_right_form_is_read_or_refused(prism_dynamic, client_for, name):
    findings = Findings()
    page = next(client_for(prism_dynamic).pages(name, params_of(name)), None)
    rows = page.rows() if page else []
    records = parse_rows(name, rows, findings)
    assert len(records) + findings.rows_refused == len([row for row in rows if row is not None])
    assert all(refused.reason and refused.row for refused in findings.refused)


def test_noise_of_deleted_entities_is_read(prism_dynamic, client_for):
    page = next(client_for(prism_dynamic).pages("deletedEntities"))
    envelope = httpx.Response(200, content=page.data).json()
    found = parse_deleted(envelope, Findings())
    assert len(found) == sum(len(ids) for ids in envelope.values())
    gone = [one for one in found if one.resource == "activities"]
    assert len(gone) == len(envelope.get("activitites", []))


def test_a_fetch_of_noise_ends_without_a_crash(prism_dynamic, client_for):
    done = [
        fetched.resource
        for fetched in fetch_all(client_for(prism_dynamic, tries=1), window=WINDOW)
        if not isinstance(fetched, FetchedPage)
    ]
    assert done[0] == "organisations"
    assert "aggregatedAttendance" in done


@pytest.fixture(scope="module")
def town():
    """A simulated municipality served by our own server."""
    with FakeServer(simulated(60, 1, 3, WINDOW)) as server:
        yield server


@pytest.fixture(scope="module")
def proxy(town):
    with prism("proxy", upstream=town.base_url) as address:
        yield address


@pytest.mark.parametrize("name", NEEDED)
def test_our_own_server_violates_nothing(proxy, town, name):
    expand = {"expand": "attendance"} if name == "calendarEvents" else {}
    answer = httpx.get(
        f"{proxy}/{name}",
        params={**params_of(name), **expand, "limit": 500},
        headers={"Authorization": f"Bearer {town.token}"},
        timeout=60,
    )
    assert answer.status_code == 200
    assert "sl-violations" not in answer.headers
    assert answer.json()["data"] or name == "deletedEntities"


def test_the_proxy_does_tell_of_violations(proxy, town):
    kept = town.source.resources["duties"]
    town.source.resources["duties"] = [{**kept[0], "dutyRole": "Trivselledare"}]
    answer = httpx.get(f"{proxy}/duties", headers={"Authorization": f"Bearer {town.token}"}, timeout=60)
    town.source.resources["duties"] = kept
    assert "dutyRole" in answer.headers["sl-violations"]


def test_a_whole_fetch_through_the_proxy_gives_what_the_simulator_made(proxy, town, client_for):
    client = client_for(proxy, limit=200)
    records: dict[str, list] = {}
    lessons = []
    for fetched in fetch_all(client, window=WINDOW):
        if isinstance(fetched, FetchedPage):
            records.setdefault(fetched.resource, []).extend(fetched.records)
            assert fetched.findings.refused == []
            lessons += [fetched.data] if fetched.resource == "calendarEvents" else []
    pupils = {person.id: at for at, person in enumerate(records["persons"], start=1)}
    attendances = town.source.resources["attendances"]
    builder = LessonBuilder(Ids(pupils), Findings())
    builder.timetable.add_groups(records["groups"])
    builder.timetable.add_activities(records["activities"])
    for data in lessons:
        builder.add_events(data)
    built = builder.finish()
    made = {(row["calendarEvent"]["id"], row["student"]["id"]): row for row in attendances}
    rows = built.table.to_pylist()
    assert builder.findings.refused == []
    assert set(built.set_aside) <= {"sent_again"}
    assert sum(row["valid"] for row in rows) == sum(row["validAbsenceMinutes"] for row in made.values()) > 0
    assert sum(row["present"] for row in rows) == sum(row["attendanceMinutes"] for row in made.values()) > 0
    unknown = [row for row in rows if not row["reported"]]
    assert len(rows) - len(made) == len(unknown) - sum(not row["isReported"] for row in made.values()) >= 0


def test_the_server_can_be_started_by_hand():
    command = [sys.executable, "-m", "samhandla.integrations.ss12000.fake"]
    few = ["--port", "0", "--pupils", "40", "--schools", "1", "--days", "1"]
    with subprocess.Popen([*command, *few], stdout=subprocess.PIPE, text=True) as process:
        told = process.stdout.readline()
        process.terminate()
        process.stdout.close()
    assert "Källan finns på http://127.0.0.1:" in told
