"""Scheduled and deferred runs, each as the service of its authority. Arguments are numbers only."""

from __future__ import annotations

import time
from contextlib import suppress

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from samhandla.analytics.actions import sweep_lake
from samhandla.integrations import uploads
from samhandla.integrations.actions.abandoned import clear_abandoned, clear_orphans
from samhandla.integrations.actions.batches import note_refused_undo, start_batch
from samhandla.integrations.actions.lock import only_import_of
from samhandla.integrations.actions.resuming import broken_off, take_up
from samhandla.integrations.actions.running import FAULTS, run_batch
from samhandla.integrations.actions.sources import check_source
from samhandla.integrations.actions.undo import undo_batch
from samhandla.integrations.errors import ImportRefused
from samhandla.integrations.inbox import waiting_files
from samhandla.integrations.models import Batch, Schedule, Source, SourceKind
from samhandla.integrations.queries import batches_for, get_batch_for, get_source_for
from samhandla.people.queries import service_viewer
from samhandla.trust.crypto import CryptoError
from samhandla.trust.models import Authority
from samhandla.trust.viewer import Viewer, acting_as

FIRST_HOUR, LAST_HOUR = 6, 18
WEEKEND = 5


@app.task(name="integrations.run_import", queue="import")
def run_import(authority_id: int, batch_id: int, take_in: bool = False) -> None:
    """Rehearse a batch, or take it in. A fault stands on the batch, where people see it."""
    try:
        run_batch(service_viewer(authority_id), batch_id, take_in=take_in or None)
    except FAULTS:
        return


@app.task(name="integrations.undo_import", queue="import")
def undo_import(authority_id: int, batch_id: int) -> None:
    """Take a batch back; a refusal is noted on it."""
    by = service_viewer(authority_id)
    with acting_as(by):
        batch = get_batch_for(by, batch_id)
    if batch is None:
        return
    try:
        with only_import_of(batch.source_id, batch.source.name):
            undo_batch(by=by, batch=batch)
    except (ImportRefused, CryptoError) as refused:
        note_refused_undo(by=by, batch=batch, reason=str(refused))


@app.periodic(cron="*/2 * * * *")
@app.task(name="integrations.resume", queue="import", queueing_lock="integrations.resume")
def resume_broken_off(timestamp: int) -> None:
    """Put a job in the queue for each run whose process is gone."""
    for authority_id in Authority.objects.order_by("pk").values_list("pk", flat=True):
        for batch_id in broken_off(service_viewer(authority_id)):
            lock = f"integrations.take_up.{batch_id}"
            with suppress(AlreadyEnqueued), transaction.atomic():
                take_up_import.configure(queueing_lock=lock).defer(
                    authority_id=authority_id, batch_id=batch_id
                )


@app.task(name="integrations.take_up", queue="import")
def take_up_import(authority_id: int, batch_id: int) -> None:
    """Go on with a run that was broken off."""
    take_up(service_viewer(authority_id), batch_id)


@app.task(name="integrations.check_source", queue="import")
def check_connection(authority_id: int, source_id: int) -> None:
    """Try a source; what was found stands on its page."""
    by = service_viewer(authority_id)
    with acting_as(by):
        source = get_source_for(by, source_id)
    if source is not None:
        check_source(by=by, source=source)


@app.periodic(cron="10 2 * * *")
@app.task(name="integrations.nightly", queue="import", queueing_lock="integrations.nightly")
def fetch_nightly(timestamp: int) -> None:
    """Fetch every source, and every file in a watched folder, that is due at night."""
    _fetch_due(Schedule.NIGHTLY)


@app.periodic(cron="5 * * * 1-5")
@app.task(name="integrations.hourly", queue="import", queueing_lock="integrations.hourly")
def fetch_hourly(timestamp: int) -> None:
    """Fetch every source that is due each hour of a working day."""
    now = timezone.localtime()
    if now.weekday() < WEEKEND and FIRST_HOUR <= now.hour <= LAST_HOUR:
        _fetch_due(Schedule.HOURLY)


def _fetch_due(schedule: str) -> None:
    """Put a job of its own in the queue for each source that is due: one that fails stops no other."""
    for authority_id in Authority.objects.order_by("pk").values_list("pk", flat=True):
        with acting_as(service_viewer(authority_id)):
            due = Source.objects.filter(active=True, schedule=schedule).order_by("pk")
            sources = list(due.values_list("pk", flat=True))
        for source_id in sources:
            lock = f"integrations.fetch_source.{source_id}"
            # One that already waits is enough; a savepoint, as the refusal must not break the transaction.
            with suppress(AlreadyEnqueued), transaction.atomic():
                fetch_source.configure(queueing_lock=lock).defer(
                    authority_id=authority_id, source_id=source_id
                )


@app.task(name="integrations.fetch_source", queue="import")
def fetch_source(authority_id: int, source_id: int) -> None:
    """Fetch a source and take it in, or the files in its folder. A fault stands on the batch."""
    by = service_viewer(authority_id)
    with acting_as(by):
        source = get_source_for(by, source_id)
    if source is None or not source.active:
        return
    if source.kind == SourceKind.FILE:
        take_in_waiting(by, source)
    else:
        batch = start_batch(by=by, source=source, wants_commit=True)
        run_import(authority_id, batch.pk)


def take_in_waiting(by: Viewer, source: Source) -> list[int]:
    """Take in the files that lie in a source's folder, and remove them from it. Returns: their batches."""
    if not source.settings.get("inbox"):
        return []
    done = []
    for path in waiting_files(source):
        with acting_as(by), path.open("rb") as file:
            chunks = iter(lambda: file.read(1 << 20), b"")
            batch = uploads.receive(
                by, source, path.name, chunks, source.preset_name, None, wants_commit=True
            )
        path.unlink()  # the batch has its own copy
        if batch.state != Batch.State.FAILED:
            run_import(by.authority_id, batch.pk)
        done.append(batch.pk)
    return done


@app.periodic(cron="40 3 * * *")
@app.task(name="integrations.sweep", queue="import", queueing_lock="integrations.sweep")
def sweep(timestamp: int) -> None:
    """Remove files of batches that do not count, and what was kept of runs that nobody finished."""
    known: set[int] = set()
    for authority_id in Authority.objects.order_by("pk").values_list("pk", flat=True):
        by = service_viewer(authority_id)
        sweep_lake(by=by, authority_id=authority_id)
        clear_abandoned(by=by)
        with acting_as(by):
            known.update(batches_for(by).values_list("pk", flat=True))
    clear_orphans(known, time.time())
