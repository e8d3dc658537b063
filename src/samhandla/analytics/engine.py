"""The engine of the attendance lake: Ibis on DuckDB, in memory, bounded."""

from __future__ import annotations

import secrets
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import ibis
from ibis.backends import BaseBackend

MEMORY_LIMIT_MB = 1000  # a municipality-year fits; the web server keeps the rest of a small machine
THREADS = 2


@contextmanager
def connect(
    *, memory_limit_mb: int = MEMORY_LIMIT_MB, threads: int = THREADS, spill: Path | None = None
) -> Iterator[BaseBackend]:
    """Open an engine in memory, and close it with all its temporary files.

    Args:
        memory_limit_mb: what the engine may hold before it spills to disk, in megabytes.
        threads: processor threads it may use.
        spill: directory for what does not fit; a temporary one when not given.

    Source: DuckDB configuration, "memory_limit", "threads", "temp_directory", checked 2026-11-22.
    """
    with tempfile.TemporaryDirectory(prefix="samhandla-", dir=spill) as scratch:
        engine = ibis.duckdb.connect(
            memory_limit=f"{memory_limit_mb}MB",
            threads=threads,
            temp_directory=scratch,
            preserve_insertion_order=False,
        )
        engine.con.execute("SET enable_progress_bar = false")  # it would mix with --json on a terminal
        try:
            yield engine
        finally:
            engine.disconnect()


def read(engine: BaseBackend, *paths: Path) -> ibis.Table:
    """Return Parquet files as one relation, without reading their rows yet."""
    return engine.read_parquet([str(path) for path in paths])


def keep(engine: BaseBackend, rows: ibis.Table) -> ibis.Table:
    """Compute a relation once and return it as a table of the engine, for use more than once.

    It lives as long as the engine. (`cache()` would drop it by a statement that the pinned SQL
    generator writes without the table's name.)
    """
    return engine.create_table(f"kept_{secrets.token_hex(8)}", rows, temp=True)
