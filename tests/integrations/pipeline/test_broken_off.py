"""A run whose process has died is taken up again by itself, one at a time, and not for ever."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import psycopg
import pytest
from django.db import connection
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from samhandla.integrations import jobs
from samhandla.integrations.actions import batches, resuming
from samhandla.integrations.actions.lock import LOCK_SPACE
from samhandla.integrations.actions.running import run_batch
from samhandla.integrations.models import Batch
from samhandla.people.models import Child
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db
PUPILS = (
    "id;förnamn;efternamn;skolform;årskurs;skolenhet;klass;skyddad\n"
    "e1;Alma;Provsson;GR;7;12345678;7A;0\ne2;Nils;Provsson;GR;7;12345678;7A;0\n"
)
KILLED = """
import os, signal
from django.conf import settings
settings.LAKE_DIR, settings.UPLOAD_DIR = {lake!r}, {uploads!r}
import django; django.setup()
from samhandla.integrations.actions import batches, running, undo
from samhandla.people.queries import service_viewer
def die(*args, **kwargs):
    os.kill(os.getpid(), signal.SIGKILL)
{where} = die
{call}
"""
RUN = "running.run_batch(service_viewer({authority}), {batch})"


@pytest.fixture
def batch(desk, tmp_path):
    desk.make_unit()
    path = tmp_path / "elever.csv"
    path.write_text(PUPILS)
    return desk.upload(path, "elever", wants_commit=True)


def now(desk, batch):
    with acting_as(desk.by):
        return Batch.objects.get(pk=batch.pk), Child.objects.count()


def waiting():
    return ProcrastinateJob.objects.filter(task_name="integrations.take_up", status="todo")


def resume(desk, batch):
    """What the worker does every other minute, and the job that it puts in the queue."""
    jobs.resume_broken_off(timestamp=0)
    for job in waiting().filter(args__batch_id=batch.pk):
        jobs.take_up_import(**job.args)
    return now(desk, batch)


def left_running(desk, batch, **values):
    with acting_as(desk.by):
        Batch.objects.filter(pk=batch.pk).update(stage="compare", **values)


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("where", ["batches._carry_out", "batches._store_outcome"])
def test_a_killed_run_is_taken_up_by_itself_and_completes(desk, batch, postgres, settings, where):
    environment = {**os.environ, "PYTHONPATH": "src:."}
    environment["DATABASE_URL"] = postgres.url("app", connection.settings_dict["NAME"])
    call = RUN.format(authority=desk.authority_id, batch=batch.pk)
    folders = {"lake": str(settings.LAKE_DIR), "uploads": str(settings.UPLOAD_DIR)}
    script = KILLED.format(where=where, call=call, **folders)
    done = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True)
    assert done.returncode == -signal.SIGKILL, done.stderr.decode()
    left, children = now(desk, batch)
    assert (left.state, children) == ("running", 0)
    found, children = resume(desk, batch)
    assert (found.state, found.attempts, children) == ("committed", 1, 2)
    before = waiting().count()
    jobs.resume_broken_off(timestamp=0)
    assert waiting().count() == before


def test_a_run_that_somebody_asked_to_take_in_is_taken_in(desk, batch):
    with acting_as(desk.by):
        Batch.objects.filter(pk=batch.pk).update(wants_commit=False)
    run_batch(desk.by, batch.pk)
    rehearsed, _ = now(desk, batch)
    assert rehearsed.state == "rehearsed"
    batches.ask_for(by=desk.by, batch=rehearsed, what="write")
    assert resume(desk, batch)[0].state == "committed"


def test_a_rehearsal_is_only_rehearsed_again(desk, batch):
    left_running(desk, batch, wants_commit=False)
    found, children = resume(desk, batch)
    assert (found.state, children) == ("rehearsed", 0)


def test_an_undo_that_was_broken_off_is_done(desk, batch):
    run_batch(desk.by, batch.pk)
    batches.ask_for(by=desk.by, batch=now(desk, batch)[0], what="undo")
    found, children = resume(desk, batch)
    assert (found.state, children) == ("undone", 0)


def test_after_three_times_it_fails_and_says_why(desk, batch):
    left_running(desk, batch, attempts=resuming.MOST_ATTEMPTS)
    found, children = resume(desk, batch)
    assert (found.state, children) == ("failed", 0)
    assert "bröts 4 gånger" in found.reason
    assert "Fortsätt där den var" in found.reason
    batches.ask_for(by=desk.by, batch=found, what="waiting")
    assert now(desk, batch)[0].attempts == 0


def test_a_fault_in_the_new_attempt_stands_on_the_batch(desk, batch):
    left_running(desk, batch, cursor={"mapping": "{", "unit": None})
    found, _ = resume(desk, batch)
    assert found.state == "failed"
    assert "kopplingen" in found.reason


def test_what_lives_waits_or_asks_for_columns_is_left_alone(desk, batch, postgres):
    assert resuming.broken_off(desk.by) == [batch.pk]
    jobs.run_import.defer(authority_id=desk.authority_id, batch_id=batch.pk)
    assert resuming.broken_off(desk.by) == []
    other = desk.start(desk.register)
    with psycopg.connect(postgres.url("app", connection.settings_dict["NAME"])) as elsewhere:
        elsewhere.execute("select pg_advisory_lock(%s, %s)", [LOCK_SPACE, desk.register.pk])
        assert resuming.broken_off(desk.by) == []
        assert resuming.take_up(desk.by, other.pk) is False
    assert resuming.broken_off(desk.by) == [other.pk]
    left_running(desk, other)
    with acting_as(desk.by):
        Batch.objects.filter(pk=other.pk).update(stage="columns")
    assert resuming.broken_off(desk.by) == []


def test_a_batch_that_is_done_meanwhile_is_not_done_twice(desk, batch):
    run_batch(desk.by, batch.pk)
    assert resuming.take_up(desk.by, batch.pk) is False
    assert resuming.take_up(desk.by, 10**9) is False


def test_the_page_says_that_it_was_broken_off(client, cast):
    source = cast_batch(cast)
    page = cast.login(client, "data_administrator").get(reverse("batch", args=[source.pk])).text
    assert "Den tas upp igen av sig själv inom några minuter." in page
    assert "försök 2 av 3" in page
    assert "Fortsätt där den var" in page


def cast_batch(cast):
    from samhandla.integrations.actions import sources

    by = cast.service()
    source = sources.save_source(by=by, name="Bruten", kind="file")
    batch = batches.start_batch(by=by, source=source)
    with acting_as(by):
        Batch.objects.filter(pk=batch.pk).update(stage="compare", attempts=2)
    return batch
