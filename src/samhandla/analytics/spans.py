"""The day rows of a span of days as one relation, and the sums where there are none, for counting in jobs."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

import ibis
import pyarrow as pa
from django.db.models import Case, Value, When

from samhandla.analytics.engine import connect
from samhandla.analytics.models import AttendanceWindow, LakeFile
from samhandla.analytics.queries import as_batch_file, live_files
from samhandla.analytics.sums import WINDOWS, counting_sums
from samhandla.analytics.winners import winning_days

MINUTES = ("offered", "valid", "invalid", "reported")
COUNTED = (*MINUTES, "told", "summed")
SCHEMA = pa.schema([("pupil", pa.int64()), ("date", pa.date32()), *((name, pa.int64()) for name in COUNTED)])


def first_day(authority_id: int) -> date | None:
    """Return the first day that live batches tell of, None before the first import."""
    live = LakeFile.objects.filter(authority_id=authority_id, live=True)
    return live.order_by("first_date").values_list("first_date", flat=True).first()


@contextmanager
def counted_days(
    authority_id: int, first: date, last: date, *, sums_until: date | None = None
) -> Iterator[ibis.Table]:
    """Open the day rows that count between two days, both included, as one relation.

    Sources that tell of absence alone are left out: what was offered is not known.
    Sums of sources without lessons (`counting_sums`) are added, each period as one row on its first day:
    those that lie within the span and have no day that lessons tell of.

    Args:
        sums_until: how far a sum's period may reach; a term's sum so far may name the whole term.

    Yields: pupil, date, offered, valid, invalid, reported (minutes), told (offered where it is told what is
        registered) and summed (1 for a sum, else 0); without rows when nothing counts.
    """
    files = [
        as_batch_file(file)
        for file in live_files(authority_id, LakeFile.Dataset.DAYS, absence_only=False)
        if file.first_date <= last and file.last_date >= first
    ]
    windows = stored_windows(first, sums_until or last)
    with connect() as engine:
        if not files:
            yield ibis.memtable(_as_days(counting_sums(windows)))
            return
        rows = winning_days(engine, files)
        rows = rows.filter(rows.date.between(ibis.date(first.isoformat()), ibis.date(last.isoformat())))
        minutes = {name: rows[name].cast("int64") for name in MINUTES}
        days = rows.select(
            "pupil", "date", **minutes, told=minutes["offered"], summed=ibis.literal(0, "int64")
        )
        if windows.num_rows:
            theirs = days.semi_join(ibis.memtable(windows.select(["pupil"])), "pupil")
            sums = counting_sums(windows, engine.to_pyarrow(theirs.select("pupil", "date")))
            days = days.union(ibis.memtable(_as_days(sums)))
        yield days


def stored_windows(first: date, last: date, *, absence_only: bool = False) -> pa.Table:
    """Return the stored sums whose periods lie between two days, as the viewer may see them.

    Args:
        absence_only: those of sources that tell of absence alone, which never count, instead of the others.

    Returns: rows as in `sums.WINDOWS`. Queries: one.
    """
    rows = AttendanceWindow.objects.filter(
        first_date__gte=first, last_date__lte=last, absence_only=absence_only
    )
    whole = Case(When(activity="", subject="", then=Value(True)), default=Value(False))
    found = rows.annotate(whole=whole).values_list(
        "child_id", "source_id", "batch_id", "whole", "first_date", "last_date",
        "offered", "reported", "valid", "invalid",
    )  # fmt: skip
    columns = list(zip(*found, strict=True)) or [()] * len(WINDOWS)
    arrays = [pa.array(values, field.type) for values, field in zip(columns, WINDOWS, strict=True)]
    return pa.Table.from_arrays(arrays, schema=WINDOWS)


def pupils_with_sums_across(first: date, last: date) -> int:
    """Count the pupils who have a sum of days both between two days and outside them. Queries: one."""
    rows = AttendanceWindow.objects.filter(first_date__lte=last, last_date__gte=first, absence_only=False)
    across = rows.exclude(first_date__gte=first, last_date__lte=last)
    return across.values("child_id").distinct().count()


def _as_days(sums: pa.Table) -> pa.Table:
    columns = {name: sums[name] for name in ("pupil", *MINUTES, "told")}
    columns |= {"date": sums["first_date"], "summed": pa.array([1] * sums.num_rows, pa.int64())}
    return pa.table({name: columns[name] for name in SCHEMA.names}).cast(SCHEMA)


def sums_for_rules(first: date, last: date, lesson_days: pa.Table | None) -> pa.Table:
    """Return the sums that count in a school year, for the rules.

    Args:
        lesson_days: the year's day rows (DAYS); a period with one of a pupil's days does not count. None
            where no source tells of lessons.

    Returns: rows as declared in SUMS. Queries: one.
    """
    known = None if lesson_days is None else lesson_days.select(["pupil", "date"])
    return counting_sums(stored_windows(first, last), known)
