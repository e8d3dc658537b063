"""The day rows of a span of days as one relation, for counting in jobs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import ibis
import pyarrow as pa

from samhandla.analytics.engine import connect
from samhandla.analytics.models import AttendanceWindow, LakeFile
from samhandla.analytics.queries import as_batch_file, live_files
from samhandla.analytics.winners import winning_days

MINUTES = ("offered", "valid", "invalid", "reported")
SCHEMA = pa.schema([("pupil", pa.int64()), ("date", pa.date32()), *((name, pa.int64()) for name in MINUTES)])


def first_day(authority_id: int) -> date | None:
    """Return the first day that live batches tell of, None before the first import."""
    live = LakeFile.objects.filter(authority_id=authority_id, live=True)
    return live.order_by("first_date").values_list("first_date", flat=True).first()


@contextmanager
def counted_days(authority_id: int, first: date, last: date) -> Iterator[ibis.Table]:
    """Open the day rows that count between two days, both included, as one relation.

    Pupils without day rows in the span get their totals per window (those that lie within it), as
    one row on the window's first day. A source that does not tell what is registered counts as
    nothing registered, so that its figures are greyed rather than trusted.

    Yields: pupil, date, offered, valid, invalid, reported (minutes); without rows when nothing counts.
    """
    files = [
        as_batch_file(file)
        for file in live_files(authority_id, LakeFile.Dataset.DAYS)
        if file.first_date <= last and file.last_date >= first
    ]
    windows = _windows(first, last)
    with connect() as engine:
        totals = ibis.memtable(windows)
        if not files:
            yield totals
            return
        rows = winning_days(engine, files)
        rows = rows.filter(rows.date.between(ibis.date(first.isoformat()), ibis.date(last.isoformat())))
        days = rows.select("pupil", "date", **{name: rows[name].cast("int64") for name in MINUTES})
        yield days.union(totals.anti_join(days, "pupil")) if windows.num_rows else days


def _windows(first: date, last: date) -> pa.Table:
    rows = AttendanceWindow.objects.filter(first_date__gte=first, last_date__lte=last)
    columns = zip(*rows.values_list("child_id", "first_date", *MINUTES), strict=True)
    arrays = [
        pa.array([0 if value is None else value for value in values], field.type)
        for values, field in zip(columns, SCHEMA, strict=False)
    ]
    return pa.Table.from_arrays(arrays, schema=SCHEMA) if arrays else SCHEMA.empty_table()
