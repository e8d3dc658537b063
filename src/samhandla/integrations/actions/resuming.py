"""Runs that were broken off, by a killed process or a dead machine, are taken up again by themselves.

A run that is under way holds its source's lock in the database, and the lock goes with the process. So a run
that is noted as running, has no job waiting for it and whose source nobody holds has been broken off. It is
taken up under the same lock, so that there are never two, and at most `MOST_ATTEMPTS` times.
"""

from __future__ import annotations

from django.db.models import Q, QuerySet
from procrastinate.contrib.django.models import ProcrastinateJob

from samhandla.integrations.actions import batches
from samhandla.integrations.actions.lock import is_running, only_import_of
from samhandla.integrations.actions.running import carry_on
from samhandla.integrations.actions.undo import undo_batch
from samhandla.integrations.errors import ImportBusy, ImportRefused
from samhandla.integrations.models import Batch
from samhandla.integrations.queries import batches_for, get_batch_for
from samhandla.integrations.words import BROKEN_OFF, BROKEN_UNDO
from samhandla.lib.i18n import say
from samhandla.trust.crypto import CryptoError
from samhandla.trust.viewer import Viewer, acting_as

MOST_ATTEMPTS = 3
TASKS = ("integrations.run_import", "integrations.undo_import", "integrations.take_up")
UNDOING = "undo"


def broken_off(by: Viewer) -> list[int]:
    """Return the batches that were begun and that no process works on and no job waits for.

    Queries: two, and one for each batch that is noted as running.
    """
    with acting_as(by):
        found = list(_begun(by).order_by("pk").values_list("pk", "source_id"))
    jobs = ProcrastinateJob.objects.filter(task_name__in=TASKS, status="todo")
    waited_for = set(jobs.values_list("args__batch_id", flat=True)) if found else set()
    return [pk for pk, source in found if pk not in waited_for and not is_running(source)]


def _begun(by: Viewer) -> QuerySet[Batch]:
    running = Q(state=Batch.State.RUNNING) & ~Q(stage="columns")
    return batches_for(by).filter(running | Q(state=Batch.State.COMMITTED, stage=UNDOING))


def take_up(by: Viewer, batch_id: int) -> bool:
    """Go on with a batch that was broken off, or say that it was broken off too often.

    A fault stands on the batch. Returns: whether anything was done; it is not when another process has
    the source or the batch has come further meanwhile.
    """
    with acting_as(by):
        batch = get_batch_for(by, batch_id)
    if batch is None:
        return False
    try:
        with only_import_of(batch.source_id, batch.source.name):
            return _take_up(by, batch_id)
    except ImportBusy:
        return False


def _take_up(by: Viewer, batch_id: int) -> bool:
    with acting_as(by):
        batch = _begun(by).filter(pk=batch_id).select_related("source", "scope", "same_as").first()
    if batch is None:
        return False
    undoing = batch.stage == UNDOING
    if batch.attempts >= MOST_ATTEMPTS:
        reason = say(BROKEN_UNDO if undoing else BROKEN_OFF, times=batch.attempts + 1)
        if undoing:
            batches.note_refused_undo(by=by, batch=batch, reason=reason)
        else:
            batches.fail_batch(by=by, batch=batch, reason=reason)
        return True
    batches.note_attempt(by=by, batch=batch)
    if undoing:
        try:
            undo_batch(by=by, batch=batch)
        except (ImportRefused, CryptoError) as refused:
            batches.note_refused_undo(by=by, batch=batch, reason=str(refused))
        return True
    carry_on(by, batch, take_in=batch.wants_commit or batch.take_in)
    return True
