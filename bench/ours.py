"""All indicators of a municipality-year with the product's own engine.

python -m bench.ours raw LESSONS CALENDAR RECENT_FROM OUT
python -m bench.ours stored FOLDER CALENDAR RECENT_FROM OUT
"""

from __future__ import annotations

import sys
import time
from datetime import date
from pathlib import Path

import ibis.formats.pandas  # noqa: F401 - the engine loads it at its first answer; the peers have theirs loaded too
import pyarrow.parquet as pq

from samhandla.analytics.derive import DAYS_FILE, SUBJECTS_FILE
from samhandla.analytics.engine import connect, read
from samhandla.analytics.indicators import from_lessons, from_sets


def run(way: str, source: Path, calendar: Path, recent_from: date, out: Path) -> float:
    """Compute the indicators, write them, and return the seconds without the writing."""
    with connect() as engine:
        started = time.perf_counter()
        days = read(engine, calendar)
        if way == "raw":
            table = from_lessons(engine, read(engine, source), days, recent_from)
        else:
            sets = read(engine, source / DAYS_FILE), read(engine, source / SUBJECTS_FILE)
            table = from_sets(engine, *sets, days, recent_from)
        seconds = time.perf_counter() - started
    pq.write_table(table, out)
    return seconds


if __name__ == "__main__":
    way, source, calendar, recent_from, out = sys.argv[1:]
    print(run(way, Path(source), Path(calendar), date.fromisoformat(recent_from), Path(out)))
