"""What nobody finished: uploads that were never mapped, runs that were never taken in."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.utils import timezone

from samhandla.integrations.actions.batches import fail_batch
from samhandla.integrations.actions.lock import is_running
from samhandla.integrations.actions.staging import forget, kept_batches, seal_open_file
from samhandla.integrations.models import Batch
from samhandla.integrations.queries import batches_for
from samhandla.integrations.words import NEVER_REHEARSED, NEVER_TAKEN_IN
from samhandla.lib.i18n import say
from samhandla.trust.audit import action, record
from samhandla.trust.events import EventKind
from samhandla.trust.viewer import Viewer

ABANDONED_DAYS = 7
ORPHAN_SECONDS = 24 * 3600
OPEN = (Batch.State.RUNNING, Batch.State.REHEARSED, Batch.State.STOPPED, Batch.State.FAILED)


@action
def clear_abandoned(*, by: Viewer) -> list[int]:
    """Remove what was kept of runs that nobody has gone on with, and say so on them.

    What was fetched is about children, so it is not kept longer than somebody may need to go on. A run
    that is under way is left alone. Returns: the batches whose files were removed.
    """
    before = timezone.now() - timedelta(days=ABANDONED_DAYS)
    cleared = []
    for batch in batches_for(by).filter(state__in=OPEN, started_at__lt=before).order_by("pk"):
        if not (Path(settings.UPLOAD_DIR) / str(batch.pk)).exists() or is_running(batch.source_id):
            continue
        forget(batch.pk)
        # What was fetched is gone, so a run that is taken up again begins from the beginning.
        kept = {name: value for name, value in batch.cursor.items() if name not in ("fetch", "states")}
        Batch.objects.filter(pk=batch.pk).update(cursor=kept)
        if batch.state in (Batch.State.RUNNING, Batch.State.REHEARSED):
            words = NEVER_REHEARSED if batch.stage == "columns" else NEVER_TAKEN_IN
            fail_batch(by=by, batch=batch, reason=say(words, days=ABANDONED_DAYS))
        cleared.append(batch.pk)
    done = batches_for(by).exclude(state__in=OPEN).filter(finished_at__lt=before)
    for batch_id in {pk for pk, _changed in kept_batches()} & set(done.values_list("pk", flat=True)):
        forget(batch_id)  # refused rows that nobody has mended
        cleared.append(batch_id)
    record(EventKind.BATCH_FAILED, by=by, details={"cleared": cleared})
    return cleared


def clear_orphans(known: Collection[int], now: float) -> list[int]:
    """Remove what is kept of no batch at all, and seal what an earlier version kept as it came.

    A process that is killed while it receives a file leaves a folder, but no batch.

    Args:
        known: the batches of every authority.
        now: seconds since 1970; a folder of the latest day may belong to a batch that is not stored yet.
    Returns: the numbers whose folders were removed.
    """
    cleared = []
    for batch_id, changed in kept_batches():
        if batch_id in known:
            seal_open_file(batch_id)
        elif changed < now - ORPHAN_SECONDS:
            forget(batch_id)
            cleared.append(batch_id)
    return cleared
