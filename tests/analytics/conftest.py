"""One engine per test, and the drawn tables put into it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from ibis.backends import BaseBackend

from samhandla.analytics.derive import derive
from samhandla.analytics.engine import connect, read


@pytest.fixture
def engine() -> Iterator[BaseBackend]:
    with connect(memory_limit_mb=300, threads=1) as opened:
        yield opened


@pytest.fixture
def relation(engine: BaseBackend, tmp_path: Path) -> Callable[[pa.Table], ibis.Table]:
    """Return a function that puts an Arrow table into the engine."""
    count = iter(range(1000))

    def put(table: pa.Table) -> ibis.Table:
        path = tmp_path / f"relation{next(count)}.parquet"
        pq.write_table(table, path)
        return read(engine, path)

    return put


@pytest.fixture
def sets(engine: BaseBackend, tmp_path: Path) -> Callable[[pa.Table], tuple[ibis.Table, ibis.Table]]:
    """Return a function that derives days and subjects from lessons."""
    count = iter(range(1000))

    def make(lessons: pa.Table) -> tuple[ibis.Table, ibis.Table]:
        folder = tmp_path / f"batch{next(count)}"
        folder.mkdir()
        pq.write_table(lessons, folder / "lessons.parquet")
        made = derive(folder / "lessons.parquet", memory_limit_mb=300, threads=1)
        return read(engine, made.days), read(engine, made.subjects)

    return make
