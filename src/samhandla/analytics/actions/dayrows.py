"""Moves rows between the lake's files and PostgreSQL, in the running transaction as the viewer.

COPY into a protected table is refused under row-level security, so rows are copied into a
temporary table and inserted from there; the policy checks each of them.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq
from django.db import connection

from samhandla.trust.rls import KEY_FACTOR

ROWS_AT_A_TIME = 200_000

DAY_COLUMNS = {
    "pupil": "bigint",
    "unit": "bigint",
    "date": "date",
    "lessons": "smallint",
    "offered": "smallint",
    "present": "smallint",
    "valid": "smallint",
    "invalid": "smallint",
    "other": "smallint",
    "reported": "smallint",
    "late": "smallint",
    "late_minutes": "smallint",
    "apart": "smallint",
    "absent_bits": "integer",
}
WINDOW_COLUMNS = {
    "pupil": "bigint",
    "unit": "bigint",
    "activity": "text",
    "subject": "text",
    "first_date": "date",
    "last_date": "date",
    "offered": "integer",
    "reported": "integer",
    "present": "integer",
    "valid": "integer",
    "invalid": "integer",
    "other": "integer",
    "absence_only": "boolean",
}

INSERT_DAYS = """
    insert into analytics_attendanceday (child_id, domain_id, unit_id, date, lessons, absent_lessons, offered,
        present, valid, invalid, other, reported, late_lessons, late_minutes, not_participating, batch_id,
        absence_only)
    select pupil, %(domain)s, unit, date, lessons, bit_count(absent_bits::bit(32)), offered,
        present, valid, invalid, other, reported, late, late_minutes, apart, {batch},
        exists (select 1 from analytics_lakefile f where f.batch_id = {batch} and f.absence_only)
    from incoming
"""
INSERT_WINDOWS = """
    insert into analytics_attendancewindow (child_id, domain_id, unit_id, source_id, batch_id, activity,
        subject, first_date, last_date, offered, reported, present, valid, invalid, other, absence_only)
    select pupil, %(domain)s, unit, %(source)s, {batch}, coalesce(activity, ''), coalesce(subject, ''),
        first_date, last_date, offered, reported, present, valid, invalid, other,
        coalesce(absence_only, false)
    from incoming
"""


def run(sql: str, **values: Any) -> int:
    """Run one statement and return how many rows it touched."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return int(cursor.rowcount)


def value(sql: str, **values: Any) -> Any:
    """Return the first column of the first row, None when there is no row."""
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        row = cursor.fetchone()
    return row[0] if row else None


def one_at_a_time(authority_id: int) -> None:
    """Wait until no other import of the authority changes what counts; held to the end of the transaction."""
    run("select pg_advisory_xact_lock(hashtext('samhandla.lake'), %(authority)s)", authority=authority_id)


def copy_in(columns: dict[str, str], rows: Path | pa.Table, *, extra: dict[str, str] | None = None) -> int:
    """Copy rows of a file or a table into the temporary table `incoming`.

    Args:
        columns: names and SQL types of the columns to take.
        extra: further columns that only a table has, e.g. the batch of each row.

    Returns: how many rows.
    """
    wanted = {**columns, **(extra or {})}
    shape = ", ".join(f"{name} {kind}" for name, kind in wanted.items())
    run("drop table if exists incoming")
    run(f"create temporary table incoming ({shape}) on commit drop")
    count = 0
    with connection.cursor() as cursor, cursor.copy("copy incoming from stdin (format csv)") as copy:
        for batch in _pieces(rows, list(wanted)):
            buffer = io.BytesIO()
            pacsv.write_csv(batch, buffer, pacsv.WriteOptions(include_header=False))
            copy.write(buffer.getbuffer())
            count += batch.num_rows
    run("analyze incoming")
    return count


def _pieces(rows: Path | pa.Table, names: list[str]) -> Iterable[pa.RecordBatch]:
    if isinstance(rows, pa.Table):
        yield from rows.select(names).to_batches(max_chunksize=ROWS_AT_A_TIME)
        return
    with pq.ParquetFile(rows) as file:
        known = [name for name in names if name in file.schema_arrow.names]
        for batch in file.iter_batches(ROWS_AT_A_TIME, columns=known):
            for name in names:
                if name not in known:  # a file that was written before the column was declared
                    batch = batch.append_column(name, pa.nulls(batch.num_rows, pa.bool_()))
            yield batch.select(names)


def unknown_persons(authority_id: int) -> int:
    """Count pupils of `incoming` that the viewer's register does not have, and units that are not its own."""
    return int(
        value(
            """
            select count(*) from (
                (select distinct pupil from incoming except select id from people_child
                 where authority_id = %(authority)s)
                union all
                (select distinct unit from incoming except select id from people_organisation
                 where authority_id = %(authority)s)
            ) unknown
            """,
            authority=authority_id,
        )
    )


def drop_settled(domain_id: int, batch_id: int) -> int:
    """Leave out of `incoming` the pupil-days that a later batch has settled."""
    return run(
        f"""
        delete from incoming i using analytics_attendanceday d
        where d.child_key = i.pupil * {KEY_FACTOR} + %(domain)s and d.date = i.date and d.batch_id > %(batch)s
        """,
        domain=domain_id,
        batch=batch_id,
    )


def drop_replaced(domain_id: int, batch_id: int) -> int:
    """Remove the day rows of earlier batches whose pupil-days are in `incoming`."""
    return run(
        f"""
        delete from analytics_attendanceday d
        using (select distinct pupil, date from incoming) i
        where d.child_key = i.pupil * {KEY_FACTOR} + %(domain)s and d.date = i.date and d.batch_id < %(batch)s
        """,
        domain=domain_id,
        batch=batch_id,
    )


def insert(statement: str, *, batch: int | None, **values: Any) -> int:
    """Insert `incoming` with constraints checked at once.

    Deferred checks would queue one trigger event per row and key.

    Args:
        batch: the batch of every row; None when `incoming` has a column that says it.
    """
    run("set constraints all immediate")
    which = "incoming.batch_id" if batch is None else "%(batch)s"
    return run(statement.format(batch=which), batch=batch, **values)
