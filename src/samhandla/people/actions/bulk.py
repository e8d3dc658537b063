"""Many rows of the register at once: what an import writes, and what takes it back.

Everything is set-based, so that tens of thousands of people take seconds. Nothing is ever deleted
here except rows that the same import had just made (`remove_rows`, the undo of a batch).
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.db import connection, models

from samhandla.people.models import Staff
from samhandla.people.register import REGISTER
from samhandla.trust.audit import action, record
from samhandla.trust.events import EventKind
from samhandla.trust.models import Actor
from samhandla.trust.viewer import Viewer

CHUNK = 5_000
Row = Mapping[str, Any]


class BulkRefused(Exception):
    """The database took fewer rows than were sent: somebody else's rows were among them."""


@action
def insert_rows(*, by: Viewer, table: str, rows: Sequence[Row]) -> list[Any]:
    """Insert rows of one table of the register.

    Args:
        table: a name in REGISTER.
        rows: column (as in the database, e.g. `unit_id`) → value; all with the same columns.
    Returns: the new rows' keys, in the order given.
    """
    keys = add_rows(REGISTER[table], rows)
    record(EventKind.REGISTER_CHANGED, by=by, details={"table": table, "inserted": len(keys)})
    return keys


@action
def hire_in_bulk(*, by: Viewer, rows: Sequence[Row]) -> list[int]:
    """Register people who work in the viewer's authority, each with an actor to act as.

    Returns: the keys of the staff rows, in the order given.
    """
    actors = Actor.objects.bulk_create(
        [
            Actor(
                kind=Actor.Kind.STAFF,
                authority_id=by.authority_id,
                name=f"{row['given_name']} {row['family_name']}".strip(),
            )
            for row in rows
        ],
        batch_size=CHUNK,
    )
    with_actors = [{**row, "actor_id": actor.pk} for row, actor in zip(rows, actors, strict=True)]
    return insert_rows(by=by, table="staff", rows=with_actors)


@action
def update_rows(*, by: Viewer, table: str, rows: Mapping[Any, Row]) -> dict[Any, dict[str, Any]]:
    """Change some columns of some rows.

    Args:
        rows: key → the columns to change and their new values.
    Returns: key → the same columns as they were.
    Raises:
        BulkRefused: a row is not the viewer's to change; nothing is changed then.
    """
    before = change_rows(REGISTER[table], rows)
    record(EventKind.REGISTER_CHANGED, by=by, details={"table": table, "changed": len(rows)})
    return before


@action
def remove_rows(*, by: Viewer, table: str, keys: Sequence[Any]) -> int:
    """Take back rows that an import made. Not for anything else: the register keeps its history.

    The keys between tables are checked when the transaction ends (or by SET CONSTRAINTS), so that rows
    with something new hanging on them are refused by the database.

    Raises:
        BulkRefused: some of the rows are gone or not the viewer's.
    """
    actors = _actors_of(table, keys)
    removed = drop_rows(REGISTER[table], keys)
    details = {"table": table, "taken_back": removed, "actors": actors}
    record(EventKind.REGISTER_CHANGED, by=by, details=details)
    return removed


@action
def remove_actors(*, by: Viewer, keys: Sequence[int]) -> int:
    """Take back the actors of staff that an import made; to be called after access is derived anew."""
    removed = drop_rows(Actor, keys)
    record(EventKind.REGISTER_CHANGED, by=by, details={"actors_taken_back": removed})
    return removed


def add_rows(model: type[models.Model], rows: Sequence[Row]) -> list[Any]:
    """Insert rows into any table, in the caller's action. Returns: their keys in the order given.

    COPY is refused under row-level security, so rows are copied to a temporary table and inserted
    from there, where the policy sees each of them; a third of the time that the object layer takes.
    """
    if not rows:
        return []
    given = set(rows[0])
    fields = [f for f in model._meta.concrete_fields if not f.generated and not f.primary_key]
    key = model._meta.pk
    assert key is not None
    keys = _new_keys(model, key, len(rows))
    columns = ", ".join(f'"{field.column}"' for field in (key, *fields))
    table = f'"{model._meta.db_table}"'
    with connection.cursor() as cursor:
        cursor.execute("drop table if exists new_rows")
        cursor.execute(
            f"create temporary table new_rows on commit drop as select {columns} from {table} with no data"
        )
        with cursor.copy(f"copy new_rows ({columns}) from stdin") as copy:
            for number, row in zip(keys, rows, strict=True):
                values = (row[f.attname] if f.attname in given else f.get_default() for f in fields)
                copy.write_row((number, *map(_plain, fields, values)))
        cursor.execute(f"insert into {table} ({columns}) select {columns} from new_rows")
        if cursor.rowcount != len(rows):
            raise BulkRefused(f"{model._meta.label}: {cursor.rowcount} of {len(rows)} rows could be added.")
    return keys


def _new_keys(model: type[models.Model], key: Any, count: int) -> list[Any]:
    """Return keys for new rows: made here where the model makes them, else drawn from the table's own."""
    if key.has_default():
        return [key.get_default() for _ in range(count)]
    with connection.cursor() as cursor:
        cursor.execute(
            "select nextval(pg_get_serial_sequence(%s, %s)) from generate_series(1, %s)",
            [model._meta.db_table, key.column, count],
        )
        return [row[0] for row in cursor.fetchall()]


def drop_rows(model: type[models.Model], keys: Sequence[Any]) -> int:
    """Remove rows of any table, in the caller's action, without looking for what hangs on them.

    Raises:
        BulkRefused: some of the rows are gone or not the viewer's.
    """
    removed = 0
    for chunk in _chunks(keys):
        rows = model._default_manager.filter(pk__in=chunk)
        removed += rows._raw_delete(connection.alias)
    if removed != len(keys):
        raise BulkRefused(f"{model._meta.label}: {removed} of {len(keys)} rows could be taken back.")
    return removed


def change_rows(model: type[models.Model], rows: Mapping[Any, Row]) -> dict[Any, dict[str, Any]]:
    """Write columns of rows of any table, in the caller's action: thousands of rows in one statement.

    Returns: key → the same columns as they were.
    Raises:
        BulkRefused: a row is not the viewer's to change.
    """
    before: dict[Any, dict[str, Any]] = {}
    for columns, keys in _by_columns(rows).items():
        for chunk in _chunks(keys):
            before.update(read_rows(model, columns, chunk))
            _update(model, columns, {key: rows[key] for key in chunk})
    return before


def read_rows(
    model: type[models.Model], columns: Sequence[str], keys: Sequence[Any]
) -> dict[Any, dict[str, Any]]:
    """Return columns of rows by their keys; rows that the viewer may not see are left out."""
    found: dict[Any, dict[str, Any]] = {}
    for chunk in _chunks(keys):
        for key, *values in model._default_manager.filter(pk__in=chunk).values_list("pk", *columns):
            found[key] = dict(zip(columns, values, strict=True))
    return found


def _actors_of(table: str, keys: Sequence[Any]) -> list[int]:
    if table != "staff":
        return []
    return list(Staff.objects.filter(pk__in=keys).values_list("actor_id", flat=True))


def _by_columns(rows: Mapping[Any, Row]) -> dict[tuple[str, ...], list[Any]]:
    found: dict[tuple[str, ...], list[Any]] = defaultdict(list)
    for key, row in rows.items():
        if row:
            found[tuple(sorted(row))].append(key)
    return found


def _chunks(keys: Sequence[Any]) -> Iterable[Sequence[Any]]:
    for at in range(0, len(keys), CHUNK):
        yield keys[at : at + CHUNK]


def _update(model: type[models.Model], columns: tuple[str, ...], rows: Mapping[Any, Row]) -> None:
    """One UPDATE joined with arrays: thousands of rows in one statement."""
    fields = [_field(model, column) for column in columns]
    key = model._meta.pk
    assert key is not None
    types = [_array_type(key), *(_array_type(field) for field in fields)]
    names = [f"c{place}" for place in range(len(columns))]
    assignments = ", ".join(
        f'"{field.column}" = v.{name}{"::jsonb" if isinstance(field, models.JSONField) else ""}'
        for field, name in zip(fields, names, strict=True)
    )
    sql = (
        f'update "{model._meta.db_table}" t set {assignments} '
        f"from unnest({', '.join(f'%s::{kind}' for kind in types)}) as v(pk, {', '.join(names)}) "
        f'where t."{key.column}" = v.pk'
    )
    pairs = list(zip(fields, columns, strict=True))
    values = [[_plain(field, row[column]) for row in rows.values()] for field, column in pairs]
    with connection.cursor() as cursor:
        cursor.execute(sql, [list(rows), *values])
        if cursor.rowcount != len(rows):
            raise BulkRefused(f"{model._meta.label}: {cursor.rowcount} of {len(rows)} rows could be changed.")


def _field(model: type[models.Model], column: str) -> Any:
    return next(field for field in model._meta.concrete_fields if field.attname == column)


def _array_type(field: Any) -> str:
    if isinstance(field, models.JSONField):
        return "text[]"
    if isinstance(field, models.ForeignKey):
        field = field.target_field
    return f"{field.rel_db_type(connection) if field.primary_key else field.db_type(connection)}[]"


def _plain(field: Any, value: Any) -> Any:
    if value is not None and isinstance(field, models.JSONField):
        return json.dumps(value)
    return value
