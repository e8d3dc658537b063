"""Writes a simulated municipality to a folder, school by school, so that memory does not grow with size."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

from samhandla.integrations.simulator.attendance import SchoolYear, simulate
from samhandla.integrations.simulator.register import (
    REGISTER,
    duties_table,
    organisations_table,
    register_tables,
    staff_table,
)
from samhandla.integrations.simulator.settings import Settings
from samhandla.integrations.simulator.world import World

FORMATS = ("parquet", "csv")
ROWS_AT_A_TIME = 200_000
YEAR_TABLES = tuple(SchoolYear.__dataclass_fields__)


class FolderUnusable(Exception):
    """The folder cannot be written to; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Written:
    """A file that was written: which table, where and how many rows."""

    table: str
    path: Path
    rows: int


class TableWriter:
    """One table's file, written in pieces; it gets its name when whole, so half a file is never read."""

    def __init__(self, path: Path) -> None:
        self.path, self.rows = path, 0
        self._part = path.with_name(path.name + ".part")
        self._waiting: list[pa.Table] = []
        self._waiting_rows = 0
        self._writer: pq.ParquetWriter | pa_csv.CSVWriter | None = None

    def add(self, table: pa.Table) -> None:
        """Take in rows; small pieces wait until they are worth a row group."""
        self._waiting.append(_without_dictionaries(table) if self.path.suffix == ".csv" else table)
        self._waiting_rows += table.num_rows
        self.rows += table.num_rows
        if self._waiting_rows >= ROWS_AT_A_TIME:
            self._flush()

    def _flush(self) -> None:
        if not self._waiting:
            return
        table = pa.concat_tables(self._waiting)
        self._waiting, self._waiting_rows = [], 0
        if self._writer is None:
            self._writer = self._open(table.schema)
        if table.num_rows:
            self._writer.write_table(table)

    def _open(self, schema: pa.Schema) -> pq.ParquetWriter | pa_csv.CSVWriter:
        if self.path.suffix == ".csv":
            return pa_csv.CSVWriter(self._part, schema)
        return pq.ParquetWriter(self._part, schema, compression="zstd", compression_level=1)

    def finish(self) -> None:
        """Write what waits, close the file and give it its name; a table without rows still has columns."""
        self._flush()
        if self._writer is not None:
            self._writer.close()
            self._writer = None
            self._part.replace(self.path)

    def abandon(self) -> None:
        """Remove what was written so far, if the file was not finished."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None
        self._part.unlink(missing_ok=True)


def write_world(
    world: World, out: Path, settings: Settings | None = None, file_format: str = "parquet"
) -> list[Written]:
    """Write every table of a world and its year into a folder, replacing files of the same names.

    Returns: one entry per file, in the order of the tables.
    Raises: FolderUnusable when the folder cannot be made or written to, also when the disk fills up; no
        half-written file is left.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        return _write(world, out, settings or Settings(), file_format)
    except OSError as error:
        raise FolderUnusable(
            f"Det gick inte att skriva till {out}: {error.strerror or error}. "
            "Välj en mapp som du får skriva i och som har plats."
        ) from error


def _write(world: World, out: Path, settings: Settings, file_format: str) -> list[Written]:
    names = (*YEAR_TABLES, *REGISTER)
    with ExitStack() as stack:
        writers = {name: TableWriter(out / f"{name}.{file_format}") for name in names}
        for writer in writers.values():
            stack.callback(writer.abandon)
        writers["organisations"].add(organisations_table(world.organisations))
        writers["staff"].add(staff_table(world.central_staff))
        writers["duties"].add(duties_table(world.central_duties))
        for school, year in zip(world.schools(), simulate(world, settings), strict=True):
            for name in YEAR_TABLES:
                writers[name].add(getattr(year, name))
            for name, table in register_tables(school).items():
                writers[name].add(table)
        for writer in writers.values():
            writer.finish()
        return [Written(name, writers[name].path, writers[name].rows) for name in names]


def _without_dictionaries(table: pa.Table) -> pa.Table:
    for i, column in enumerate(table.schema):
        if pa.types.is_dictionary(column.type):
            table = table.set_column(i, column.name, pc.cast(table.column(i), column.type.value_type))
    return table
