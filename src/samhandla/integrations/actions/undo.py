"""Takes a batch back: rows it made go, rows it changed become as they were, attendance likewise."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from samhandla.analytics.actions import NoBatch, set_batch_live
from samhandla.integrations.actions.ledger import (
    OWN_TABLES,
    TABLES,
    Changes,
    marked_columns,
    read_changes,
    row_mark,
    same_as_stored,
    typed,
)
from samhandla.integrations.errors import NotReady, UndoRefused
from samhandla.integrations.models import Batch
from samhandla.integrations.queries import later_batches
from samhandla.integrations.words import EDITED, listed
from samhandla.lib.i18n import N_, Said, moment, say
from samhandla.people.actions import bulk, derive_access
from samhandla.people.register import register_rows
from samhandla.trust.audit import action, record
from samhandla.trust.events import EventKind
from samhandla.trust.viewer import Viewer

NEWER = N_(
    "Importen kan inte ångras. Det har kommit nyare uppgifter om elever som kom med den här importen: "
    "närvaro, signaler eller anteckningar. Ångra den nyare importen först. Finns det anteckningar går "
    "importen inte att ångra."
)

# Whose rows are named when they stop an undo; a child never is.
NAMES = {"organisation": ("name",), "group": ("name",), "staff": ("given_name", "family_name")}
NAMED_AT_MOST = 5


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
        raise NotReady(say(N_("Bara en import som är intagen kan ångras.")))
    changes: Changes = read_changes(locked)
    _refuse_touched_later(locked, changes)
    _refuse_changed_since(by, changes)
    try:
        with transaction.atomic():
            _take_back_attendance(by, locked)
            _take_back_rows(by, changes)
            with connection.cursor() as cursor:
                cursor.execute("set constraints all immediate")
    except (IntegrityError, bulk.BulkRefused) as error:
        raise UndoRefused(say(NEWER)) from error
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
            raise UndoRefused(
                say(
                    N_(
                        "Importen kan inte ångras, eftersom en senare import ({when}, från {source}) "
                        "har ändrat {shared} av samma uppgifter. Ångra den senare importen först."
                    ),
                    when=moment(timezone.localtime(later.committed_at)),
                    source=later.source.name,
                    shared=shared,
                )
            )


def _touched(changes: Changes) -> Iterable[tuple[str, Any]]:
    for table, (inserted, changed) in changes.items():
        yield from ((table, key) for key in inserted)
        yield from ((table, row[0]) for row in changed)


def _refuse_changed_since(by: Viewer, changes: Changes) -> None:
    """Refuse when somebody has changed a row after the batch: taking it back would lose that."""
    edited = {table: _edited(table, *rows) for table, rows in changes.items() if table not in OWN_TABLES}
    edited = {table: keys for table, keys in edited.items() if keys}
    if edited:
        raise UndoRefused(
            say(
                N_(
                    "Importen kan inte ångras, eftersom uppgifter som kom med den har ändrats efteråt: "
                    "{which}. De får vara kvar som de är. Rätta i stället i källan och importera igen."
                ),
                which=listed([_named(by, table, keys) for table, keys in edited.items()]),
            )
        )


def _edited(table: str, inserted: dict[str, str], changed: list[Any]) -> list[Any]:
    """Return the keys of rows that are gone, or not as the batch left them."""
    found = []
    by_columns: dict[tuple[str, ...], dict[Any, dict[str, Any]]] = {}
    for key, _before, after in changed:
        by_columns.setdefault(tuple(sorted(after)), {})[key] = after
    for columns, rows in by_columns.items():
        now = _read(table, columns, rows)
        found += [
            key for key, row in rows.items() if key not in now or not same_as_stored(table, now[key], row)
        ]
    now = _read(table, marked_columns(table), inserted)
    return found + [
        key for key, mark in inserted.items() if key not in now or row_mark(table, now[key]) != mark
    ]


def _read(table: str, columns: Sequence[str], keys: Iterable[Any]) -> dict[Any, dict[str, Any]]:
    """Return columns of rows by their keys as the account of the batch writes them."""
    wanted = {_key(table, key): key for key in keys}
    rows = bulk.read_rows(TABLES[table], columns, list(wanted))
    return {wanted[key]: row for key, row in rows.items()}


def _key(table: str, key: Any) -> Any:
    return TABLES[table]._meta.pk.to_python(key)


def _named(by: Viewer, table: str, keys: Sequence[Any]) -> Said:
    """Say how many rows of a table, and of units, groups and staff which; never which child."""
    kind = say(EDITED[table], n=len(keys))
    columns = NAMES.get(table)
    if columns is None:
        return kind
    rows = register_rows(by, table, columns, pk__in=[_key(table, key) for key in keys[:NAMED_AT_MOST]])
    names = ", ".join(" ".join(row) for row in rows)
    return say("{kind} ({names})", kind=kind, names=names) if names else kind


def _take_back_rows(by: Viewer, changes: Changes) -> None:
    actors = _actors(by, changes)
    for table in TABLES:
        changed = changes[table][1] if table in changes else []
        rows = {_key(table, key): typed(table, before) for key, before, _ in changed}
        if rows and table in OWN_TABLES:
            bulk.change_rows(OWN_TABLES[table], rows)
        elif rows:
            bulk.update_rows(by=by, table=table, rows=rows)
    for table in reversed(TABLES):
        inserted = _inserted(changes, table)
        if inserted and table in OWN_TABLES:
            bulk.drop_rows(OWN_TABLES[table], inserted)
        elif inserted:
            _drop(by, table, inserted, changes)
    derive_access(by.authority_id)
    if actors:
        bulk.remove_actors(by=by, keys=actors)


def _inserted(changes: Changes, table: str) -> list[Any]:
    """Return the keys of the rows of a table that the batch made."""
    return [_key(table, key) for key in changes[table][0]] if table in changes else []


def _drop(by: Viewer, table: str, keys: list[Any], changes: Changes) -> None:
    if table == "guardianship" and _inserted(changes, "guardian"):
        # A guardian is seen only through a guardianship, so it goes first; keys are checked at the end.
        bulk.remove_rows(by=by, table="guardian", keys=_inserted(changes, "guardian"))
    if table != "guardian" or not _inserted(changes, "guardianship"):
        bulk.remove_rows(by=by, table=table, keys=keys)


def _actors(by: Viewer, changes: Changes) -> list[int]:
    staff = _inserted(changes, "staff")
    return [row[0] for row in register_rows(by, "staff", ("actor_id",), pk__in=staff)] if staff else []
