"""From one batch of lessons to its two derived sets, pupil-day and pupil-subject."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

import ibis
import pyarrow.parquet as pq

from samhandla.analytics.engine import MEMORY_LIMIT_MB, THREADS, connect, read
from samhandla.analytics.tables.declare import Table
from samhandla.analytics.tables.derived import DAYS, LATE_MAX_MINUTES, SUBJECTS

DAYS_FILE = "days.parquet"
SUBJECTS_FILE = "subjects.parquet"
SPRING_ENDS = 6  # months 1–6 belong to the spring term (VT)


@dataclass(frozen=True)
class Derived:
    """Where the two sets of a batch lie, and how many rows each has."""

    days: Path
    subjects: Path
    day_rows: int
    subject_rows: int


def absent_minutes(lessons: ibis.Table) -> ibis.Column:
    """Return valid and invalid absence together, in minutes."""
    return lessons.valid + lessons.invalid


def is_missed(lessons: ibis.Table) -> ibis.Column:
    """Tell whether at least half of the lesson was missed."""
    return (absent_minutes(lessons) > 0) & (absent_minutes(lessons) * 2 >= lessons.offered)


def is_late(lessons: ibis.Table) -> ibis.Column:
    """Tell whether the pupil came, but missed a smaller part: at most LATE_MAX_MINUTES."""
    missed = absent_minutes(lessons)
    return (lessons.present > 0) & missed.between(1, LATE_MAX_MINUTES) & (missed * 2 < lessons.offered)


def term_of(day: ibis.Column) -> ibis.Column:
    """Return the term of a date as HT or VT and the year, e.g. HT2025."""
    season = (day.month() > SPRING_ENDS).ifelse("HT", "VT")
    return season.concat(day.year().cast("string"))


def day_rows(lessons: ibis.Table) -> ibis.Table:
    """Sum lessons to one row per pupil, unit and day.

    The bits keep which lessons were offered and missed, so that first lesson, last lesson and
    time slot can be told from the day rows alone.

    Args:
        lessons: rows as declared in LESSONS.

    Returns: rows as declared in DAYS, in no particular order.
    """
    bit = ibis.literal(1, "int32") << (lessons.slot.cast("int32") - 1)
    late = is_late(lessons)
    sums = lessons.group_by("pupil", "unit", "date").agg(
        lessons=lessons.count(),
        offered=lessons.offered.sum(),
        present=lessons.present.sum(),
        valid=lessons.valid.sum(),
        invalid=lessons.invalid.sum(),
        other=lessons.other.sum(),
        reported=lessons.reported.ifelse(lessons.offered, 0).sum(),
        late=late.ifelse(1, 0).sum(),
        late_minutes=late.ifelse(absent_minutes(lessons), 0).sum(),
        apart=(lessons.participating.fill_null(True)).ifelse(0, 1).sum(),
        lesson_bits=bit.bit_or(),
        absent_bits=is_missed(lessons).ifelse(bit, 0).bit_or(),
    )
    return as_declared(sums, DAYS)


def subject_rows(lessons: ibis.Table) -> ibis.Table:
    """Sum lessons to one row per pupil, unit, term and subject, as declared in SUBJECTS."""
    rows = lessons.mutate(term=term_of(lessons.date), subject=lessons.subject.cast("string"))
    sums = rows.group_by("pupil", "unit", "term", "subject").agg(
        lessons=rows.count(),
        offered=rows.offered.sum(),
        valid=rows.valid.sum(),
        invalid=rows.invalid.sum(),
        reported=rows.reported.ifelse(rows.offered, 0).sum(),
        missed=is_missed(rows).ifelse(1, 0).sum(),
    )
    return as_declared(sums, SUBJECTS)


def as_declared(rows: ibis.Table, table: Table) -> ibis.Table:
    """Give a relation exactly the columns, order and types of its declaration."""
    types = {column.name: ibis.dtype(column.type) for column in table.columns}
    return rows.select(**{name: rows[name].cast(kind) for name, kind in types.items()})


def derive(
    lessons: Path,
    folder: Path | None = None,
    *,
    memory_limit_mb: int = MEMORY_LIMIT_MB,
    threads: int = THREADS,
) -> Derived:
    """Write the derived sets of one batch beside its lessons.

    Each file is written under another name and renamed when whole, so that a killed run leaves
    either the old set or the new one.

    Args:
        lessons: Parquet file with rows as declared in LESSONS.
        folder: where the sets are written; the folder of the lessons when not given.

    Returns: the two paths and their row counts.
    """
    folder = lessons.parent if folder is None else folder
    with connect(memory_limit_mb=memory_limit_mb, threads=threads) as engine:
        rows = read(engine, lessons)
        days = _write(day_rows(rows).order_by(list(DAYS.key)), folder / DAYS_FILE)
        subjects = _write(subject_rows(rows).order_by(list(SUBJECTS.key)), folder / SUBJECTS_FILE)
    return Derived(folder / DAYS_FILE, folder / SUBJECTS_FILE, days, subjects)


def _write(rows: ibis.Table, target: Path) -> int:
    part = target.with_suffix(".part")
    rows.to_parquet(part, compression="zstd")
    written: int = pq.read_metadata(part).num_rows
    os.replace(part, target)
    return written
