"""Bad input, end to end: a clear message with row and reason, nothing lost, nothing half done."""

from __future__ import annotations

import copy
import time
from contextlib import suppress

import pytest

from samhandla.analytics.models import AttendanceDay, LakeFile
from samhandla.integrations.actions import sources
from samhandla.integrations.actions.batches import start_batch
from samhandla.integrations.actions.running import run_batch
from samhandla.integrations.models import Batch, BatchRefusal
from samhandla.integrations.queries import in_words
from samhandla.integrations.ss12000.errors import Ss12000Error
from samhandla.integrations.ss12000.fake import FakeServer
from samhandla.integrations.ss12000.fake_source import FakeSource
from samhandla.people.models import Child, Membership
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db
WINDOW = ["2025-08-01", "2025-08-22"]


@pytest.fixture(autouse=True)
def patient(monkeypatch):
    monkeypatch.setattr(time, "sleep", lambda seconds: None)


@pytest.fixture
def server(world):
    resources = {name: list(rows) for name, rows in world.resources.items()}
    with FakeServer(FakeSource(resources)) as fake:
        yield fake


@pytest.fixture
def source(desk, server):
    kept = {"base_url": server.base_url, "huvudman": desk.world.huvudman, "window": WINDOW}
    return sources.save_source(
        by=desk.by, name="Server", kind="ss12000", settings=kept, credentials={"token": "prov"}
    )


def run(desk, source) -> Batch:
    batch = start_batch(by=desk.by, source=source, wants_commit=True)
    run_batch(desk.by, batch.pk)
    with acting_as(desk.by):
        return Batch.objects.get(pk=batch.pk)


def said(batch) -> str:
    return " ".join([batch.reason, *(in_words(remark["text"]) for remark in batch.remarks)])


def state(desk):
    with acting_as(desk.by):
        return (
            list(Child.objects.order_by("pk").values()),
            Membership.objects.count(),
            list(AttendanceDay.objects.order_by("pk").values()),
            list(LakeFile.objects.order_by("pk").values_list("batch_id", "live")),
        )


FAULTS = [
    ("500", "eget fel för personer (svar 500)"),
    ("429", "överbelastad eller vill inte ha fler frågor just nu (personer, svar 429)"),
    ("html", "webbsida i stället för data för personer"),
    ("cut", "Svaret för personer är avhugget eller trasigt"),
    ("endless", "slutar inte att ge sidor för personer"),
]


@pytest.mark.parametrize(("fault", "words"), FAULTS)
def test_a_server_that_does_wrong_is_told_and_nothing_is_half_live(desk, source, server, fault, words):
    run(desk, source)
    before = state(desk)
    assert before[2]
    if fault.isdigit():
        server.faults.status["persons"] = int(fault)
    else:
        getattr(server.faults, fault).add("persons")
    with suppress(Ss12000Error):  # a fault that ends the run is told on the batch too
        run(desk, source)
    with acting_as(desk.by):
        batch = Batch.objects.latest("pk")
    assert batch.state in ("stopped", "failed")
    assert words in said(batch)
    assert state(desk) == before


def test_a_resource_that_is_gone_is_told_and_nobody_is_missing(desk, source, server):
    run(desk, source)
    before = state(desk)
    server.faults.status.update(
        {"persons": 404, "calendarEvents": 404, "attendances": 404, "aggregatedAttendance": 404}
    )
    batch = run(desk, source)
    assert "erbjuder inte personer (svar 404)" in said(batch)
    assert batch.counts.get("persons", {}).get("missing", 0) == 0
    assert state(desk) == before


@pytest.mark.parametrize("times", ["naive", "utc"])
def test_other_time_formats_give_the_same_days(desk, source, server, times):
    run(desk, source)
    before = state(desk)
    server.faults.times = times
    batch = run(desk, source)
    assert batch.state == "committed", batch.reason
    counts = batch.counts["attendances"]
    assert (counts["new"], counts["changed"], counts["missing"]) == (0, 0, 0)
    assert state(desk) == before


def test_impossible_minutes_and_lessons_are_refused_one_by_one(desk, source, server):
    attendances = server.source.resources["attendances"]
    negative, long_row = copy.deepcopy(attendances[0]), copy.deepcopy(attendances[1])
    negative["invalidAbsenceMinutes"], long_row["validAbsenceMinutes"] = -5, 300
    attendances[:2] = [negative, long_row]
    events = server.source.resources["calendarEvents"]
    used = {negative["calendarEvent"]["id"], long_row["calendarEvent"]["id"]}
    place = next(n for n, event in enumerate(events) if event["id"] not in used)
    event = copy.deepcopy(events[place])
    event["endTime"] = event["startTime"][:11] + "23:30:00" + event["startTime"][19:]
    events[place] = event
    batch = run(desk, source)
    assert batch.state == "committed", batch.reason
    with acting_as(desk.by):
        rows = dict(
            BatchRefusal.objects.filter(batch=batch, resource="attendances").values_list("row", "reason")
        )
        assert AttendanceDay.objects.exists()
    assert rows[negative["id"]] == "minuterna är negativa"
    assert "minuterna är fler än" in rows[long_row["id"]]
    assert "lektionen är längre än" in rows[event["id"]]


def pupils(rows):
    return [p for p in rows["persons"] if p.get("enrolments")]


STOPS = [
    ("short", "Bara ", "kom. Kontrollera att filen eller hämtningen är hel"),
    ("gone", "procent) som fanns förut kom inte", "ändra källans stoppgräns"),
    ("one", "Bara en skolenhet kom, men källan brukar ge ", "välj den som enhet för importen"),
    ("none", "Inga personer kom, men ", "Kontrollera källan"),
    ("shifted", "har ändrats sedan förra gången", "kontrollera att kolumnerna är rätt"),
]


@pytest.mark.parametrize(("what", "begins", "words"), STOPS)
def test_a_delivery_that_looks_wrong_is_stopped_with_words(desk, what, begins, words):
    desk.take_in()
    before = state(desk)
    unit = desk.world.unit_ids()[0]

    def change(rows):
        if what in ("short", "gone"):
            rows["persons"] = rows["persons"][: int(len(rows["persons"]) * 0.8)]
        elif what == "one":
            away = {p["id"] for p in pupils(rows) if p["enrolments"][-1]["enroledAt"]["id"] != unit}
            rows["persons"] = [p for p in rows["persons"] if p["id"] not in away]
        elif what == "none":
            rows["persons"] = []
        else:
            for person in pupils(rows):
                person["familyName"] = person["givenName"]

    batch, _outcome = desk.take_in(desk.world.delivery(change=change))
    assert batch.state == "stopped"
    assert begins in batch.reason
    assert words in batch.reason
    assert batch.reason.endswith("Inget togs in.")
    assert batch.said["with"]
    assert state(desk) == before


def test_two_batches_of_the_same_days_never_count_twice(desk, source):
    run(desk, source)
    days = state(desk)[2]
    source.settings["window"] = ["2025-08-10", "2025-08-25"]
    sources.save_source(by=desk.by, source=source, settings=source.settings)
    overlapping = run(desk, source)
    assert overlapping.counts["attendances"]["changed"] == 0
    with acting_as(desk.by):
        keys = list(AttendanceDay.objects.values_list("child_id", "date", "unit_id"))
    assert len(keys) == len(set(keys)) >= len(days)
