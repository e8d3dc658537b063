"""Writes one batch of lessons to the lake: whole or not at all."""

from __future__ import annotations

import hashlib
import os
import shutil
import tempfile
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from samhandla.analytics.derive import DAYS_FILE, SUBJECTS_FILE, derive
from samhandla.analytics.errors import BadColumns, EmptyFile
from samhandla.analytics.tables.attendance import LESSONS
from samhandla.analytics.tables.declare import Column, Table

LESSONS_FILE = "lessons.parquet"
DRAFT_MARK = ".draft-"  # a folder that begins so was left by a killed import


@dataclass(frozen=True)
class Written:
    """One file of a batch as it lies in the lake; `path` is relative to the lake's root."""

    dataset: str
    path: str
    rows: int
    sha256: str
    first_date: date
    last_date: date


def batch_folder(source_id: int, batch_id: int) -> str:
    """Return where a batch lies, relative to the lake's root."""
    return f"{source_id}/{batch_id}"


def write_lessons(root: Path, source_id: int, batch_id: int, lessons: pa.Table) -> list[Written]:
    """Write the lessons of a batch and its two derived sets.

    The files are made in a draft folder, flushed to disk, and moved to their place in one step, so
    that a killed import leaves either nothing or a whole batch. A batch of the same number that was
    never made live is replaced.

    Args:
        root: the lake.
        lessons: rows with the columns of LESSONS, in any order.

    Raises:
        BadColumns: columns are missing, of another type, or empty where they may not be.
        EmptyFile: there is no lesson.
    """
    lessons = as_declared(lessons, LESSONS)
    with _draft(root, source_id, batch_id) as draft:
        pq.write_table(lessons, draft.folder / LESSONS_FILE, compression="zstd")
        derive(draft.folder / LESSONS_FILE)
        return draft.publish({"lessons": LESSONS_FILE, "days": DAYS_FILE, "subjects": SUBJECTS_FILE}, lessons)


def write_totals(root: Path, source_id: int, batch_id: int, totals: pa.Table, table: Table) -> list[Written]:
    """Write the totals per window of a batch, in the same way."""
    totals = as_declared(totals, table)
    with _draft(root, source_id, batch_id) as draft:
        pq.write_table(totals, draft.folder / "totals.parquet", compression="zstd")
        return draft.publish({"totals": "totals.parquet"}, totals)


def as_declared(rows: pa.Table, table: Table) -> pa.Table:
    """Return the rows with exactly the declared columns and types.

    Raises:
        BadColumns, EmptyFile: as `write_lessons`.
    """
    missing = [name for name in table.names if name not in rows.column_names]
    if missing:
        raise BadColumns(f"Importen saknar kolumnerna {', '.join(missing)}. Inget sparades.")
    if rows.num_rows == 0:
        raise EmptyFile("Importen har inga rader om närvaro. Kontrollera källan; inget sparades.")
    try:
        rows = rows.select(table.names).cast(table.schema)
    except (pa.ArrowInvalid, ValueError) as error:
        raise BadColumns(f"Importens värden har fel form ({error}). Inget sparades.") from error
    for column in table.columns:
        _refuse_outside(column, rows[column.name])
    return rows


def _refuse_outside(column: Column, values: pa.ChunkedArray) -> None:
    if not column.nullable and values.null_count:
        raise BadColumns(f"Kolumnen {column.name} har tomma värden. Inget sparades.")
    if column.low is None or values.null_count == len(values):
        return
    bounds = pc.min_max(values).as_py()
    high = bounds["max"] if column.high is None else column.high
    if bounds["min"] < column.low or bounds["max"] > high:
        raise BadColumns(
            f"Kolumnen {column.name} har värden från {bounds['min']} till {bounds['max']}, "
            f"utanför det möjliga ({column.low}–{column.high or 'ingen gräns'}). Inget sparades."
        )


def file_hash(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


class _draft:  # noqa: N801 - used as a context manager, like a function
    def __init__(self, root: Path, source_id: int, batch_id: int) -> None:
        self.root = root
        self.place = batch_folder(source_id, batch_id)

    def __enter__(self) -> _draft:
        parent = (self.root / self.place).parent
        parent.mkdir(parents=True, exist_ok=True)
        self.folder = Path(tempfile.mkdtemp(prefix=DRAFT_MARK, dir=parent))
        return self

    def __exit__(self, *error: object) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)

    def publish(self, names: dict[str, str], rows: pa.Table) -> list[Written]:
        """Flush the files and move the folder to its place in one step."""
        day = "date" if "date" in rows.column_names else "first_date"
        last = "date" if "date" in rows.column_names else "last_date"
        first_date, last_date = pc.min(rows[day]).as_py(), pc.max(rows[last]).as_py()
        written = []
        for dataset, name in names.items():
            path = self.folder / name
            _flush(path)
            count = pq.read_metadata(path).num_rows
            written.append(
                Written(dataset, f"{self.place}/{name}", count, file_hash(path), first_date, last_date)
            )
        _flush(self.folder)
        target = self.root / self.place
        if target.exists():
            shutil.rmtree(target)
        os.replace(self.folder, target)
        _flush(target.parent)
        return written


def _flush(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
