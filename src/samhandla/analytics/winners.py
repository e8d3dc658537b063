"""Which batch counts for a pupil-day that several batches have: the latest that is live."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import reduce
from pathlib import Path

import ibis
from ibis.backends import BaseBackend

from samhandla.analytics.derive import subject_rows, term_of
from samhandla.analytics.engine import read
from samhandla.analytics.tables.derived import DAYS, SUBJECTS

BATCH = "batch_id"
SUMMED = ("lessons", "offered", "valid", "invalid", "reported", "missed")


@dataclass(frozen=True)
class BatchFile:
    """One file of a live batch; days are inclusive."""

    batch_id: int
    path: Path
    first: date
    last: date


def shared_days(files: Sequence[BatchFile]) -> list[date]:
    """Return the days that more than one of the batches may have rows for, in order."""
    seen: dict[date, int] = {}
    for file in files:
        for step in range((file.last - file.first).days + 1):
            day = file.first + timedelta(days=step)
            seen[day] = seen.get(day, 0) + 1
    return sorted(day for day, count in seen.items() if count > 1)


def winning_days(engine: BaseBackend, files: Sequence[BatchFile]) -> ibis.Table:
    """Return the day rows that count: for each pupil and day, those of the latest batch that has it.

    Only days that several batches share are compared; the rest is read straight through.

    Returns: columns of DAYS and `batch_id`.
    """
    rows = with_batch(engine, files, DAYS.names)
    shared = shared_days(files)
    if not shared:
        return rows
    disputed = rows.filter(rows.date.isin(shared))
    latest = disputed.group_by("pupil", "date").agg(winner=disputed[BATCH].max())
    kept = disputed.join(latest, ["pupil", "date"])
    kept = kept.filter(kept[BATCH] == kept.winner).select(*DAYS.names, BATCH)
    return rows.filter(~rows.date.isin(shared)).union(kept)


def winning_subjects(
    engine: BaseBackend,
    subjects: Sequence[BatchFile],
    lessons: Sequence[BatchFile],
    *,
    term_of_day: date | None = None,
) -> ibis.Table:
    """Return the sums per pupil, unit, term and subject, without lessons that a later batch replaced.

    The sets of the batches are added, and what the replaced pupil-days had put in is taken away
    again, so that only the lessons of shared days are read.

    Args:
        term_of_day: only the term of this day; all terms when not given.

    Returns: columns of SUBJECTS.
    """
    added = read(engine, *[file.path for file in subjects]).select(*SUBJECTS.names)
    parts = [added.mutate(**{name: added[name].cast("int64") for name in SUMMED})]
    shared = shared_days(lessons)
    if shared:
        rows = with_batch(engine, lessons, None)
        rows = rows.filter(rows.date.isin(shared))
        latest = rows.group_by("pupil", "date").agg(winner=rows[BATCH].max())
        lost = rows.join(latest, ["pupil", "date"])
        lost = subject_rows(lost.filter(lost[BATCH] < lost.winner))
        parts.append(lost.mutate(**{name: -lost[name].cast("int64") for name in SUMMED}))
    if term_of_day is not None:
        term = term_of(ibis.date(term_of_day.isoformat()))
        parts = [part.filter(part.term == term) for part in parts]
    every = reduce(lambda one, other: one.union(other), parts)
    sums = every.group_by(*SUBJECTS.key).agg(**{name: every[name].sum() for name in SUMMED})
    types = {column.name: ibis.dtype(column.type) for column in SUBJECTS.columns}
    left = sums.filter(sums.lessons > 0)
    return left.select(**{name: left[name].cast(kind) for name, kind in types.items()})


def with_batch(engine: BaseBackend, files: Sequence[BatchFile], names: list[str] | None) -> ibis.Table:
    """Read many files as one relation that says of which batch each row is."""
    rows = engine.read_parquet([str(file.path) for file in files], filename=True)
    batches = ibis.memtable({"filename": [str(f.path) for f in files], BATCH: [f.batch_id for f in files]})
    batches = batches.mutate(**{BATCH: batches[BATCH].cast("int64")})
    named = rows.join(batches, "filename")
    return named.select(*(names or [n for n in rows.columns if n != "filename"]), BATCH)
