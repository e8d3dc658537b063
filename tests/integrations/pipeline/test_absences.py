"""Notified absence through the pipeline: it explains what nobody registered, and goes when withdrawn."""

from __future__ import annotations

import time
from collections import Counter

import orjson
import pytest

from samhandla.analytics.models import AttendanceDay
from samhandla.integrations.actions import sources
from samhandla.integrations.actions.batches import start_batch
from samhandla.integrations.actions.running import run_batch
from samhandla.integrations.actions.undo import undo_batch
from samhandla.integrations.delivery import capabilities_of
from samhandla.integrations.gather import EXPLAINED, NOTIFIED, StagedPage, from_pages
from samhandla.integrations.models import Batch, BatchRefusal
from samhandla.integrations.ss12000.fake import FakeServer
from samhandla.integrations.ss12000.fake_source import FakeSource
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db
UNREPORTED = EXPLAINED["unreported"]


@pytest.fixture(autouse=True)
def patient(monkeypatch):
    monkeypatch.setattr(time, "sleep", lambda seconds: None)


@pytest.fixture
def gone(world) -> tuple[str, str]:
    """A pupil with lessons and a day, on which the teachers will have registered nothing of the pupil."""
    rows = world.resources["attendances"]
    starts = {event["id"]: event["startTime"][:10] for event in world.resources["calendarEvents"]}
    plain = {p["id"] for p in world.resources["persons"] if p.get("securityMarking") == "Ingen"}
    lessons = Counter((r["student"]["id"], starts[r["calendarEvent"]["id"]]) for r in rows)
    return max((n, key) for key, n in sorted(lessons.items()) if key[0] in plain)[1]


def notified(gone: tuple[str, str], **more) -> dict:
    pupil, day = gone
    stamp = "2025-08-20T06:00:00+02:00"
    row = {
        "id": "99999999-0000-4000-8000-000000000001", "meta": {"created": stamp, "modified": stamp},
        "student": {"id": pupil}, "type": "Anmäld frånvaro", "startTime": f"{day}T00:00:00+02:00",
        "endTime": f"{day}T23:59:59+02:00", "comment": "Magsjuk sedan i natt",
    }  # fmt: skip
    return row | more


@pytest.fixture
def server(world, gone):
    pupil, day = gone
    starts = {event["id"]: event["startTime"][:10] for event in world.resources["calendarEvents"]}
    kept = [
        row
        for row in world.resources["attendances"]
        if row["student"]["id"] != pupil or starts[row["calendarEvent"]["id"]] != day
    ]
    with FakeServer(FakeSource({**world.resources, "attendances": kept, "absences": []})) as fake:
        yield fake


@pytest.fixture
def source(desk, server):
    kept = {"base_url": server.base_url, "huvudman": desk.world.huvudman}
    kept["window"] = ["2025-08-01", "2025-09-30"]
    return sources.save_source(
        by=desk.by, credentials={"token": "prov"}, name="Server", kind="ss12000", settings=kept
    )


def run(desk, source):
    batch = start_batch(by=desk.by, source=source, wants_commit=True)
    outcome = run_batch(desk.by, batch.pk)
    assert outcome.stops == [], outcome.stopped
    with acting_as(desk.by):
        return Batch.objects.get(pk=batch.pk), outcome


def sums(desk) -> dict[tuple[int, object], tuple[int, int, int, int]]:
    with acting_as(desk.by):
        rows = AttendanceDay.objects.values_list(
            "child_id", "date", "offered", "valid", "invalid", "reported"
        )
        return {(child, day): tuple(minutes) for child, day, *minutes in rows}


def test_it_explains_the_day_is_withdrawn_and_undone(desk, source, server, gone):
    run(desk, source)
    before = sums(desk)
    server.source.resources["absences"] = [notified(gone)]
    batch, outcome = run(desk, source)
    after = sums(desk)
    changed = {key for key in after if after[key] != before[key]}
    assert len(changed) == 1, "one pupil and one day"
    (key,) = changed
    offered, valid, invalid, reported = after[key]
    assert before[key] == (offered, 0, 0, 0)
    assert (valid, invalid, reported) == (offered, 0, 0), "explained, and still not registered"
    told = dict(outcome.remarks) | {str(r["text"]): r["rows"] for r in batch.remarks}
    assert told[NOTIFIED] == 1
    assert told[UNREPORTED] >= 1
    _again, outcome = run(desk, source)
    assert all(c["new"] == c["changed"] == 0 for c in outcome.counts.values()), "the same a second time"
    server.source.resources["absences"] = []
    withdrawn, _outcome = run(desk, source)
    assert sums(desk) == before
    for one in (withdrawn, batch):
        undo_batch(by=desk.by, batch=one)
    assert sums(desk) == before


def test_an_undone_batch_takes_the_explanation_with_it(desk, source, server, gone):
    run(desk, source)
    before = sums(desk)
    server.source.resources["absences"] = [notified(gone)]
    batch, _outcome = run(desk, source)
    assert sums(desk) != before
    undo_batch(by=desk.by, batch=batch)
    assert sums(desk) == before


@pytest.mark.parametrize("status", [404, 403, 500])
def test_a_source_without_them_or_with_a_fault_in_them_goes_on(desk, source, server, gone, status):
    server.source.resources["absences"] = [notified(gone)]
    server.faults.status["absences"] = status
    batch, _outcome = run(desk, source)
    known = capabilities_of(batch.cursor["states"])
    assert known["absences"] == {404: "not_offered", 403: "forbidden", 500: "failed"}[status]
    assert known["calendarEvents"] == "supported"
    assert UNREPORTED not in [remark["text"] for remark in batch.remarks]
    assert "absences" in [remark.get("resource") for remark in batch.remarks], "why is said"


def test_a_wrong_row_is_refused_with_its_reason_and_the_rest_is_used(desk, source, server, gone):
    backwards = notified(gone, id="bakvand", endTime="2025-08-15T08:00:00+02:00")
    server.source.resources["absences"] = [backwards, notified(gone)]
    batch, _outcome = run(desk, source)
    with acting_as(desk.by):
        refused = list(BatchRefusal.objects.filter(batch=batch, resource="absences"))
    assert [(r.row, r.field) for r in refused] == [("bakvand", "endTime")]
    assert UNREPORTED in [remark["text"] for remark in batch.remarks]


def test_what_the_source_has_deleted_meanwhile_explains_nothing(world, gone):
    names = ("organisations", "persons", "groups", "syllabuses", "activities", "calendarEvents")
    pages = [StagedPage(name, 1, orjson.dumps(world.resources[name])) for name in names]
    pages.append(StagedPage("absences", 1, orjson.dumps([notified(gone)])))
    deleted = StagedPage("deletedEntities", 1, orjson.dumps({"absences": [notified(gone)["id"]]}))
    states = dict.fromkeys((*names, "absences"), ("complete", None))
    kept, dropped = from_pages(pages, states), from_pages([*pages, deleted], states)
    assert UNREPORTED in dict(kept.remarks)
    assert not {UNREPORTED, NOTIFIED} & set(dict(dropped.remarks))


def test_free_text_about_it_is_nowhere_after_the_import(desk, source, server, gone):
    server.source.resources["absences"] = [notified(gone)]
    batch, outcome = run(desk, source)
    assert "Magsjuk" not in str(batch.remarks) + str(batch.cursor) + str(outcome)
    kept = [path.read_bytes() for path in desk.folder.rglob("*") if path.is_file()]
    assert not any(b"Magsjuk sedan" in data for data in kept)


def test_only_a_period_s_absences_are_asked_for(desk, source, server):
    run(desk, source)
    asked = [query for path, query in server.queries if path.endswith("/absences")]
    assert asked[0]["endTime.onOrAfter"] == ["2025-08-01T00:00:00+02:00"]
    assert asked[0]["startTime.onOrBefore"] == ["2025-09-30T23:59:59+02:00"]
