"""Runs against a server: whole, broken, resumed; two at once; a killed one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from datetime import date

import psycopg
import pytest
from django.db import connection

from samhandla.analytics.models import AttendanceDay
from samhandla.integrations.actions import running, sources
from samhandla.integrations.actions.batches import start_batch
from samhandla.integrations.actions.lock import LOCK_SPACE
from samhandla.integrations.actions.running import run_batch
from samhandla.integrations.errors import ImportBusy
from samhandla.integrations.models import Batch
from samhandla.integrations.ss12000.errors import CredentialsRefused
from samhandla.integrations.ss12000.fake import FakeServer
from samhandla.integrations.ss12000.fake_source import FakeSource
from samhandla.people.models import Child
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db


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
    fields = {"name": "Server", "kind": "ss12000", "settings": kept}
    return sources.save_source(by=desk.by, credentials={"token": "prov"}, **fields)


def run(desk, source, **options):
    batch = start_batch(by=desk.by, source=source, wants_commit=True)
    outcome = run_batch(desk.by, batch.pk, **options)
    with acting_as(desk.by):
        return Batch.objects.get(pk=batch.pk), outcome


def counts(desk):
    with acting_as(desk.by):
        return Child.objects.count(), AttendanceDay.objects.count()


def test_register_and_lessons_in_one_run_then_unchanged(desk, source):
    batch, outcome = run(desk, source)
    assert outcome.stops == [], outcome.stopped
    children, day_rows = counts(desk)
    assert children > 40
    assert day_rows > 400
    assert batch.data_to == date(2025, 9, 3)
    _again, outcome = run(desk, source)
    assert all(c["new"] == c["changed"] == c["missing"] == 0 for c in outcome.counts.values()), outcome.counts
    assert counts(desk) == (children, day_rows)


def test_pupils_of_another_organiser_are_outside_and_not_refused(desk, source, server):
    organisations, persons = (server.source.resources[name] for name in ("organisations", "persons"))
    root = next(o for o in organisations if o["organisationType"] == "Huvudman")
    unit = next(o for o in organisations if o["organisationType"] == "Skolenhet")
    other = {**root, "id": "11111111-1111-4111-8111-111111111111", "organisationNumber": "5560000000"}
    theirs = {**unit, "id": "22222222-2222-4222-8222-222222222222", "schoolUnitCode": "99999999"}
    organisations += [other, {**theirs, "parentOrganisation": {"id": other["id"]}}]
    place = next(n for n, p in enumerate(persons) if p.get("enrolments") and p["securityMarking"] == "Ingen")
    elsewhere = {**persons[place]["enrolments"][0], "enroledAt": {"id": theirs["id"]}}
    persons[place] = {**persons[place], "enrolments": [elsewhere]}
    batch, outcome = run(desk, source)
    assert batch.state == "committed", batch.reason
    counts = outcome.counts["attendances"]
    assert counts["outside"] > 0
    assert counts["refused"] == 0
    parts = ("new", "changed", "unchanged", "refused", "outside", "protected")
    assert counts["read"] == sum(counts[name] for name in parts)


def test_rehearsal_of_the_first_run_counts_lessons_too(desk, source):
    batch = start_batch(by=desk.by, source=source)
    outcome = run_batch(desk.by, batch.pk)
    assert outcome.counts["attendances"]["new"] > 1000
    assert counts(desk) == (0, 0)
    run_batch(desk.by, batch.pk, take_in=True)
    assert counts(desk)[1] > 400


@pytest.mark.parametrize("fault", ["status", "html", "cut", "endless"])
def test_broken_server_stops_and_changes_nothing(desk, source, server, fault):
    if fault == "status":
        server.faults.status["persons"] = 500
    else:
        getattr(server.faults, fault).add("persons")
    batch, outcome = run(desk, source)
    assert "incomplete" in {s.code for s in outcome.stops}
    assert batch.state == "stopped"
    assert batch.remarks
    assert counts(desk) == (0, 0)


def test_refused_login_fails_with_words(desk, source, server):
    server.faults.status.update(dict.fromkeys(server.source.resources, 401))
    with pytest.raises(CredentialsRefused):
        run(desk, source)
    with acting_as(desk.by):
        batch = Batch.objects.latest("pk")
    assert batch.state == "failed"
    assert "inloggningen" in batch.reason


def test_a_resource_that_is_not_offered_is_no_fault(desk, source, server):
    server.faults.status.update({"calendarEvents": 404, "attendances": 404, "aggregatedAttendance": 404})
    _batch, outcome = run(desk, source)
    assert outcome.stops == []
    assert counts(desk)[0] > 40


def test_a_broken_fetch_goes_on_where_it_was(desk, source, server, monkeypatch):
    batch = start_batch(by=desk.by, source=source, wants_commit=True)
    real = running.stage_page

    def stop_in_groups(batch_id, page):
        if page.resource == "groups":
            raise CredentialsRefused("Inloggningen gick ut.")
        real(batch_id, page)

    monkeypatch.setattr(running, "stage_page", stop_in_groups)
    with pytest.raises(CredentialsRefused):
        run_batch(desk.by, batch.pk)
    monkeypatch.setattr(running, "stage_page", real)
    asked = server.counts["/v2/persons"]
    run_batch(desk.by, batch.pk)
    assert server.counts["/v2/persons"] == asked
    assert counts(desk)[0] > 40


@pytest.mark.django_db(transaction=True)
def test_two_at_once_the_second_is_told(desk, source, postgres):
    batch = start_batch(by=desk.by, source=source)
    name = connection.settings_dict["NAME"]
    with psycopg.connect(postgres.url("app", name)) as other:
        other.execute("select pg_advisory_lock(%s, %s)", [LOCK_SPACE, source.pk])
        with pytest.raises(ImportBusy, match="pågår redan"):
            run_batch(desk.by, batch.pk)
    assert counts(desk) == (0, 0)


KILLED = """
import os, signal, sys
import django; django.setup()
from samhandla.integrations.actions import batches, running
from samhandla.people.queries import service_viewer
def die(*args, **kwargs):
    os.kill(os.getpid(), signal.SIGKILL)
batches.{where} = die
running.run_batch(service_viewer({authority}), {batch})
"""


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("where", ["commit_attendance", "_store_outcome"])
def test_a_killed_import_leaves_nothing_and_the_rerun_completes(desk, source, postgres, settings, where):
    batch = start_batch(by=desk.by, source=source, wants_commit=True)
    environment = {
        **os.environ,
        "DATABASE_URL": postgres.url("app", connection.settings_dict["NAME"]),
        "PYTHONPATH": "src:.",
    }
    script = KILLED.format(where=where, authority=desk.authority_id, batch=batch.pk)
    setup = f"from django.conf import settings\nsettings.LAKE_DIR={str(settings.LAKE_DIR)!r}\n"
    setup += f"settings.UPLOAD_DIR={str(settings.UPLOAD_DIR)!r}\n"
    done = subprocess.run([sys.executable, "-c", setup + script], env=environment, capture_output=True)
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    assert counts(desk) == (0, 0)
    with acting_as(desk.by):
        assert Batch.objects.get(pk=batch.pk).state == "running"
    run_batch(desk.by, batch.pk)
    assert counts(desk)[1] > 400
