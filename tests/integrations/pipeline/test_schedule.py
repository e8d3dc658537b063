"""Sources are fetched by themselves, each in a job of its own, and a fault stands on the batch."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob

from samhandla.analytics.queries import data_up_to
from samhandla.integrations import jobs
from samhandla.integrations.actions import sources
from samhandla.integrations.models import Batch
from samhandla.integrations.ss12000.fake import FakeServer
from samhandla.integrations.ss12000.fake_source import FakeSource
from samhandla.people.models import Child
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db
STOCKHOLM = ZoneInfo("Europe/Stockholm")
TUESDAY, SATURDAY = datetime(2025, 9, 2, 10, 5), datetime(2025, 9, 6, 10, 5)
NIGHT = datetime(2025, 9, 2, 22, 5)


@pytest.fixture
def server(world):
    resources = {name: list(rows) for name, rows in world.resources.items()}
    with FakeServer(FakeSource(resources)) as fake:
        yield fake


@pytest.fixture
def source(desk, server):
    window = ["2025-08-01", "2025-08-22"]
    kept = {"base_url": server.base_url, "huvudman": desk.world.huvudman, "window": window}
    return sources.save_source(
        by=desk.by, name="Server", kind="ss12000", settings=kept, credentials={"token": "prov"},
        schedule="nightly",
    )  # fmt: skip


def queued() -> list[int]:
    rows = ProcrastinateJob.objects.filter(task_name="integrations.fetch_source").order_by("pk")
    return [args["source_id"] for args in rows.values_list("args", flat=True)]


def batches(desk) -> list[tuple[int, str]]:
    with acting_as(desk.by):
        return list(Batch.objects.order_by("pk").values_list("source_id", "state"))


def test_every_source_that_is_due_gets_one_job_of_its_own(desk, source):
    other = sources.save_source(by=desk.by, name="Inkorg", kind="file", schedule="nightly")
    sources.save_source(by=desk.by, name="För hand", kind="file", schedule="manual")
    hourly = sources.save_source(by=desk.by, name="Varje timme", kind="file", schedule="hourly")
    jobs.fetch_nightly(timestamp=0)
    jobs.fetch_nightly(timestamp=0)
    assert queued() == sorted([source.pk, other.pk])
    assert hourly.pk not in queued()


@pytest.mark.parametrize(("now", "due"), [(TUESDAY, True), (SATURDAY, False), (NIGHT, False)])
def test_hourly_sources_are_fetched_in_working_hours_only(desk, monkeypatch, now, due):
    hourly = sources.save_source(by=desk.by, name="Varje timme", kind="file", schedule="hourly")
    monkeypatch.setattr(jobs.timezone, "localtime", lambda: now.replace(tzinfo=STOCKHOLM))
    jobs.fetch_hourly(timestamp=0)
    assert queued() == ([hourly.pk] if due else [])


def test_the_night_takes_in_register_and_lessons_and_lists_know_the_day(desk, source):
    jobs.fetch_source(authority_id=desk.by.authority_id, source_id=source.pk)
    assert batches(desk) == [(source.pk, "committed")]
    with acting_as(desk.by):
        assert Child.objects.exists()
        assert data_up_to(desk.by.authority_id) is not None


def test_a_fault_stands_on_the_batch_and_the_job_ends(desk, source, server):
    server.faults.status["persons"] = 500
    jobs.fetch_source(authority_id=desk.by.authority_id, source_id=source.pk)
    ((source_id, state),) = batches(desk)
    assert (source_id, state in ("stopped", "failed")) == (source.pk, True)
    with acting_as(desk.by):
        assert not Child.objects.exists()


def test_a_source_that_was_closed_meanwhile_is_not_fetched(desk, source):
    with acting_as(desk.by):
        type(source).objects.filter(pk=source.pk).update(active=False)
    jobs.fetch_source(authority_id=desk.by.authority_id, source_id=source.pk)
    assert batches(desk) == []


def test_the_worker_knows_the_times():
    times = {p.task.name: p.cron for p in app.periodic_registry.periodic_tasks.values()}
    assert times["integrations.nightly"] == "10 2 * * *"
    assert times["integrations.hourly"] == "5 * * * 1-5"
    assert "integrations.fetch_source" in app.tasks
