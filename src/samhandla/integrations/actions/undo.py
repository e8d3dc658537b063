"""Takes a batch back: rows it made go, rows it changed become as they were, attendance likewise."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from samhandla.analytics.actions import NoBatch, set_batch_live
from samhandla.integrations.actions.ledger import (
    OWN_TABLES,
    TABLES,
    read_changes,
    same_as_stored,
    typed,
)
from samhandla.integrations.errors import NotReady, UndoRefused
from samhandla.integrations.models import Batch
from samhandla.integrations.queries import later_batches
from samhandla.people.actions import bulk, derive_access
from samhandla.people.register import register_rows
from samhandla.trust.audit import action, record
from samhandla.trust.events import EventKind
from samhandla.trust.viewer import Viewer

Changes = dict[str, tuple[list[Any], list[tuple[Any, dict[str, Any], dict[str, Any]]]]]
NEWER = (
    "Det har kommit nyare uppgifter om elever som kom med den här importen: närvaro, signaler eller "
    "anteckningar. Ångra den nyare importen först. Finns det anteckningar går importen inte att ångra."
)


@action
def undo_batch(*, by: Viewer, batch: Batch) -> Batch:
    """Take back everything that a batch did, in one transaction.

    A batch that is not the last can be taken back when nothing later touched the same rows.

    Raises:
        NotReady: the batch is not taken in.
        UndoRefused: a later import, or somebody by hand, has changed the same rows, or something new
            hangs on them; nothing was changed.
    """
    locked = Batch.objects.select_for_update().select_related("source").get(pk=batch.pk)
    if locked.state != Batch.State.COMMITTED:
        raise NotReady("Bara en import som är intagen kan ångras.")
    changes: Changes = read_changes(locked)
    _refuse_touched_later(locked, changes)
    _refuse_changed_since(changes)
    try:
        with transaction.atomic():
            _take_back_attendance(by, locked)
            _take_back_rows(by, changes)
            with connection.cursor() as cursor:
                cursor.execute("set constraints all immediate")
    except (IntegrityError, bulk.BulkRefused) as error:
        raise UndoRefused(f"Importen kan inte ångras. {NEWER}") from error
    with connection.cursor() as cursor:
        cursor.execute("set constraints all deferred")
    now = timezone.now()
    Batch.objects.filter(pk=locked.pk).update(state=Batch.State.UNDONE, undone_at=now, stage="")
    record(EventKind.BATCH_UNDONE, by=by, about=locked)
    locked.state, locked.undone_at = Batch.State.UNDONE, now
    return locked


def _take_back_attendance(by: Viewer, batch: Batch) -> None:
    try:
        set_batch_live(by=by, batch_id=batch.pk, live=False)
    except NoBatch:
        return  # the batch brought no attendance


def _refuse_touched_later(batch: Batch, changes: Changes) -> None:
    mine = {(table, str(key)) for table, key in _touched(changes)}
    for later in later_batches(batch):
        shared = sum((table, str(key)) in mine for table, key in _touched(read_changes(later)))
        if shared:
            when = timezone.localtime(later.committed_at).strftime("%Y-%m-%d %H:%M")
            raise UndoRefused(
                f"Importen kan inte ångras, eftersom en senare import ({when}, {later.source_id}/{later.pk}) "
                f"har ändrat {shared} av samma uppgifter. Ångra den senare importen först."
            )


def _touched(changes: Changes) -> Iterable[tuple[str, Any]]:
    for table, (inserted, changed) in changes.items():
        yield from ((table, key) for key in inserted)
        yield from ((table, row[0]) for row in changed)


def _refuse_changed_since(changes: Changes) -> None:
    """Refuse when somebody has changed a row after the batch: taking it back would lose that."""
    for table, (_inserted, changed) in changes.items():
        by_columns: dict[tuple[str, ...], list[tuple[Any, dict[str, Any]]]] = {}
        for key, _before, after in changed:
            by_columns.setdefault(tuple(sorted(after)), []).append((key, after))
        for columns, rows in by_columns.items():
            now = {
                str(k): row for k, row in bulk.read_rows(TABLES[table], columns, [k for k, _ in rows]).items()
            }
            different = sum(
                str(key) not in now or not same_as_stored(table, now[str(key)], after) for key, after in rows
            )
            if different:
                raise UndoRefused(
                    f"Importen kan inte ångras, eftersom {different} av uppgifterna har ändrats efteråt. "
                    "Rätta i stället i källan och importera igen."
                )


def _take_back_rows(by: Viewer, changes: Changes) -> None:
    actors = _actors(by, changes)
    for table in TABLES:
        _inserted, changed = changes.get(table, ([], []))
        rows = {TABLES[table]._meta.pk.to_python(key): typed(table, before) for key, before, _ in changed}  # type: ignore[union-attr]
        if rows and table in OWN_TABLES:
            bulk.change_rows(OWN_TABLES[table], rows)
        elif rows:
            bulk.update_rows(by=by, table=table, rows=rows)
    for table in reversed(TABLES):
        inserted = changes.get(table, ([], []))[0]
        if inserted and table in OWN_TABLES:
            bulk.drop_rows(OWN_TABLES[table], inserted)
        elif inserted:
            _drop(by, table, inserted, changes)
    derive_access(by.authority_id)
    if actors:
        bulk.remove_actors(by=by, keys=actors)


def _drop(by: Viewer, table: str, keys: list[Any], changes: Changes) -> None:
    if table == "guardianship" and changes.get("guardian", ([], []))[0]:
        # A guardian is seen only through a guardianship, so it goes first; keys are checked at the end.
        bulk.remove_rows(by=by, table="guardian", keys=changes["guardian"][0])
    if table != "guardian" or not changes.get("guardianship", ([], []))[0]:
        bulk.remove_rows(by=by, table=table, keys=keys)


def _actors(by: Viewer, changes: Changes) -> list[int]:
    staff = changes.get("staff", ([], []))[0]
    return [row[0] for row in register_rows(by, "staff", ("actor_id",), pk__in=staff)] if staff else []
