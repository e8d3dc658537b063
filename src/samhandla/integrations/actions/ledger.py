"""Writes of a batch, noted so that they can be taken back exactly."""

from __future__ import annotations

import base64
import hashlib
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from django.conf import settings
from django.db import models

from samhandla.integrations.models import Batch, BatchChange, ChildLink, Link
from samhandla.people.actions import bulk
from samhandla.people.models import Guardian
from samhandla.people.register import REGISTER
from samhandla.people.rules import MASKED
from samhandla.trust import crypto
from samhandla.trust.audit import action, record
from samhandla.trust.events import EventKind
from samhandla.trust.viewer import Viewer

OWN_TABLES: dict[str, type[models.Model]] = {"link": Link, "childlink": ChildLink}
TABLES = {**REGISTER, **OWN_TABLES}
ROWS_PER_CHANGE = 20_000
Changed = dict[Any, tuple[dict[str, Any], dict[str, Any]]]
Changes = dict[str, tuple[dict[Any, str], list[tuple[Any, dict[str, Any], dict[str, Any]]]]]
# Made with the row or by the database, never written by hand.
NOT_MARKED = frozenset({"actor_id", "ref", "lifted_protection"})
MARK_BYTES = 8


class Ledger:
    """One batch's writes. Insert and settle through it; `seal` keeps what the undo needs."""

    def __init__(self, by: Viewer, batch: Batch) -> None:
        self.by = by
        self.batch = batch
        self.inserted: dict[str, list[Any]] = defaultdict(list)
        self.changed: dict[str, Changed] = defaultdict(dict)
        self._own: dict[str, dict[Any, dict[str, Any]]] = defaultdict(dict)

    def insert(self, table: str, rows: Sequence[Mapping[str, Any]]) -> list[Any]:
        """Insert rows and return their keys in order."""
        if not rows:
            return []
        if table in OWN_TABLES:
            keys = bulk.add_rows(OWN_TABLES[table], rows)
        elif table == "staff":
            keys = list(bulk.hire_in_bulk(by=self.by, rows=rows))
        else:
            keys = bulk.insert_rows(by=self.by, table=table, rows=rows)
        self.inserted[table] += keys
        self._own[table].update(zip(keys, map(dict, rows), strict=True))
        return keys

    def settle(self, table: str, wanted: Mapping[Any, Mapping[str, Any]]) -> int:
        """Make rows be as wanted, writing only the columns that differ.

        Rows that are gone, or that the viewer may not see, are passed over.

        Returns: how many rows were changed.
        """
        columns: dict[tuple[str, ...], list[Any]] = defaultdict(list)
        for key, row in wanted.items():
            columns[tuple(sorted(row))].append(key)
        changes: dict[Any, dict[str, Any]] = {}
        for names, keys in columns.items():
            for key, now in bulk.read_rows(TABLES[table], names, keys).items():
                different = {n: wanted[key][n] for n in names if _as_stored(now[n]) != wanted[key][n]}
                if different:
                    changes[key] = different
        if not changes:
            return 0
        if table in OWN_TABLES:
            before = bulk.change_rows(OWN_TABLES[table], changes)
        else:
            before = bulk.update_rows(by=self.by, table=table, rows=changes)
        for key, was in before.items():
            if key in self._own[table]:
                self._own[table][key].update(changes[key])
                continue
            first = self.changed[table].get(key, (was, {}))
            self.changed[table][key] = ({**was, **first[0]}, {**first[1], **changes[key]})
        return len(changes)

    @property
    def empty(self) -> bool:
        return not any(self.inserted.values()) and not any(self.changed.values())

    def seal(self) -> int:
        """Store what was done, encrypted, in pieces. Returns: how many rows were touched."""
        made = {
            table: {key: row_mark(table, self._own[table][key]) for key in keys}
            for table, keys in self.inserted.items()
        }
        for table, columns in NOT_KEPT.items():
            for was, now in self.changed[table].values():
                if now.get("protection") in MASKED:
                    _blanked([None, was, now], columns)
        store_changes(by=self.by, batch=self.batch, inserted=made, changed=self.changed)
        return sum(map(len, self.inserted.values())) + sum(map(len, self.changed.values()))


def _as_stored(value: Any) -> Any:
    return bytes(value) if isinstance(value, memoryview) else value


@action
def store_changes(
    *, by: Viewer, batch: Batch, inserted: Mapping[str, Mapping[Any, str]], changed: Mapping[str, Changed]
) -> int:
    """Write the sealed account of a batch's changes.

    Args:
        inserted: table → key of a new row → its mark, see `row_mark`.
    Returns: how many pieces.
    """
    pieces = []
    for table in TABLES:
        keys = [(_plain(key), mark) for key, mark in inserted.get(table, {}).items()]
        rows = [(_plain(key), _plain(was), _plain(now)) for key, (was, now) in changed.get(table, {}).items()]
        for at in range(0, max(len(keys), len(rows)), ROWS_PER_CHANGE):
            some, others = keys[at : at + ROWS_PER_CHANGE], rows[at : at + ROWS_PER_CHANGE]
            text = msgspec.json.encode({"inserted": some, "changed": others}).decode()
            pieces.append(
                BatchChange(
                    batch=batch,
                    authority_id=batch.authority_id,
                    table=table,
                    rows=len(some) + len(others),
                    sealed=crypto.encrypt(settings.SAMHANDLA_SECRET, text, bound_to=_bound(batch, table)),
                )
            )
    BatchChange.objects.bulk_create(pieces)
    record(EventKind.REGISTER_CHANGED, by=by, about=batch, details={"pieces": len(pieces)})
    return len(pieces)


def read_changes(batch: Batch) -> Changes:
    """Return what a batch did: table → key and mark of new rows, and (key, before, after) of changed ones."""
    found: Changes = {}
    for piece in BatchChange.objects.filter(batch=batch).order_by("pk"):
        text = crypto.decrypt(
            settings.SAMHANDLA_SECRET, bytes(piece.sealed), bound_to=_bound(batch, piece.table)
        )
        content = msgspec.json.decode(text)
        inserted, changed = found.setdefault(piece.table, ({}, []))
        inserted.update(content["inserted"])
        changed += [tuple(row) for row in content["changed"]]
    return found


# What an undo must never bring back of somebody with protected identity.
NOT_KEPT = {"child": ("lives_in_id",), "guardian": ("email", "phone")}


def purge_changes(by: Viewer, children: Sequence[int]) -> dict[str, int]:
    """Take away, from what undos have kept, where protected children live and how to reach marked adults.

    Returns: how many kept rows lost something.
    """
    marked = set(children)
    adults = {str(a) for a in Guardian.objects.filter(protection__in=MASKED).values_list("pk", flat=True)}
    gone = 0
    for piece in BatchChange.objects.filter(authority_id=by.authority_id, table__in=NOT_KEPT):
        bound = _bound(piece.batch, piece.table)
        text = crypto.decrypt(settings.SAMHANDLA_SECRET, bytes(piece.sealed), bound_to=bound)
        content = msgspec.json.decode(text)
        of = marked if piece.table == "child" else adults
        lost = sum(_blanked(row, NOT_KEPT[piece.table]) for row in content["changed"] if row[0] in of)
        if lost:
            text = msgspec.json.encode(content).decode()
            piece.sealed = crypto.encrypt(settings.SAMHANDLA_SECRET, text, bound_to=bound)
            piece.save(update_fields=["sealed"])
            gone += lost
    return {"kept_changes": gone}


def _blanked(row: list[Any], columns: Sequence[str]) -> bool:
    """Take some columns out of a changed row as it was and as it became; tell whether there were any."""
    _key, was, now = row
    found = [name for name in columns if name in was or name in now]
    for name in found:
        was.pop(name, None)
        now.pop(name, None)
    return bool(found)


def _bound(batch: Batch, table: str) -> str:
    return f"batch {batch.pk} {table}"


def _plain(value: Any) -> Any:
    """Return a value as JSON can hold it; `typed` brings it back."""
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, bytes | memoryview):
        return base64.b64encode(bytes(value)).decode()
    if value is None or isinstance(value, bool | int | str | list):
        return value
    return str(value)


def typed(table: str, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a stored row with the types of its columns."""
    fields = {f.attname: f for f in TABLES[table]._meta.concrete_fields}
    found = {}
    for name, value in row.items():
        field = fields[name]
        if value is not None and isinstance(field, models.BinaryField):
            found[name] = base64.b64decode(value)
        else:
            found[name] = field.to_python(value)
    return found


def marked_columns(table: str) -> list[str]:
    """Return the columns that a row's mark is made of: all that somebody could have written in."""
    fields = TABLES[table]._meta.concrete_fields
    free = [field.attname for field in fields if not field.generated and not field.primary_key]
    return [name for name in free if name not in NOT_MARKED]


def row_mark(table: str, row: Mapping[str, Any]) -> str:
    """Return a short hash of a row; what a new row was not given is as the table makes it."""
    fields = {field.attname: field for field in TABLES[table]._meta.concrete_fields}
    whole = [
        _plain(_as_stored(row[name]) if name in row else fields[name].get_default())
        for name in marked_columns(table)
    ]
    return hashlib.blake2b(msgspec.json.encode(whole), digest_size=MARK_BYTES).hexdigest()


def same_as_stored(table: str, now: Mapping[str, Any], stored: Mapping[str, Any]) -> bool:
    """Tell whether a row still is as a batch left it."""
    return all(_plain(now[name]) == value for name, value in stored.items())
