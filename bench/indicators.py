"""Time and memory of all indicators of a municipality-year, against pandas and polars."""

from __future__ import annotations

import statistics
import subprocess
import sys
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from bench.registry import Options, Result, benchmark
from bench.simulated import simulated_year
from samhandla.analytics.indicators import INDICATORS

SEED, PUPILS, RECENT_DAYS = 11, 30_000, 20
ROUNDS = {"raw": 3, "stored": 5, "polars": 3, "pandas": 1}


@benchmark(
    "detect.speedup_vs_pandas",
    "detect.time_vs_polars",
    "detect.stored_time_vs_polars",
    "detect.peak_mb",
)
def indicators(options: Options) -> list[Result]:
    """Run each program in its own process, in turns, and compare every value of the results."""
    folder = simulated_year(options, SEED, int(PUPILS * options.size), "indicators")
    seconds: dict[str, list[float]] = {name: [] for name in ROUNDS}
    peak: dict[str, float] = dict.fromkeys(ROUNDS, 0.0)
    cpu: dict[str, float] = {}
    for turn in range(max(ROUNDS.values())):
        for name, rounds in ROUNDS.items():
            if turn < rounds:
                took, processor, memory = _run(name, folder)
                seconds[name].append(took)
                cpu[name] = min(cpu.get(name, processor), processor)
                peak[name] = max(peak[name], memory)
    tables = {name: _result(folder, name) for name in ROUNDS}
    for name in ("stored", "polars", "pandas"):
        check_equal(tables["raw"], tables[name], name)
    time = {name: statistics.median(values) for name, values in seconds.items()}
    records = pq.read_metadata(folder / "lessons.parquet").num_rows
    peer = {
        "records": records,
        "pupils": tables["raw"].num_rows,
        "seconds": {name: round(value, 2) for name, value in time.items()},
        "all_seconds": {name: [round(v, 2) for v in values] for name, values in seconds.items()},
        "processor_seconds_with_start": {name: round(value, 2) for name, value in cpu.items()},
        "peak_mb": {name: round(value) for name, value in peak.items()},
        "equal": True,
    }
    pandas, polars, unit = time["pandas"], time["polars"], "share of the time"
    return [
        Result(1, "detect.speedup_vs_pandas", pandas / time["raw"], "times", 12, "higher", peer),
        Result(1, "detect.time_vs_polars", time["raw"] / polars, unit, 0.7, "lower", peer),
        Result(1, "detect.stored_time_vs_polars", time["stored"] / polars, unit, 0.2, "lower", peer),
        Result(1, "detect.peak_mb", max(peak["raw"], peak["stored"]), "MB", 1500, "lower", peer),
    ]


def check_equal(ours: pa.Table, theirs: pa.Table, name: str) -> None:
    """Compare every value of two results.

    Raises:
        AssertionError: naming the first column that differs.
    """
    assert ours.num_rows == theirs.num_rows, f"{name}: {theirs.num_rows} rows, ours {ours.num_rows}"
    for column in INDICATORS.columns:
        left, right = ours[column.name], theirs[column.name]
        if pa.types.is_string(column.type):
            same = left.to_pylist() == right.cast(pa.string()).to_pylist()
        else:
            same = bool(np.allclose(left.to_numpy(), right.to_numpy(), rtol=0, atol=1e-12))
        assert same, f"{name}: {column.name} differs"


def _run(name: str, folder: Path) -> tuple[float, float, float]:
    """Return the seconds that the program itself measured, its processor seconds and peak memory in MB.

    The peak is the kernel's own mark of the program's memory; `ru_maxrss` would also remember ours.
    """
    source = folder if name == "stored" else folder / "lessons.parquet"
    module = ["bench.ours", name] if name in ("raw", "stored") else [f"bench.peers.indicators_{name}"]
    recent = _recent_from(folder / "calendar.parquet")
    words = [str(source), str(folder / "calendar.parquet"), recent.isoformat(), str(folder / f"{name}.out")]
    code = (
        "import re, runpy, sys, time; sys.argv = sys.argv[1:];"
        "runpy.run_module(sys.argv[0], run_name='__main__');"
        "print(time.process_time());"
        "print(int(re.search(r'VmHWM:\\s+(\\d+)', open('/proc/self/status').read())[1]) / 1024)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", code, *module, *words], capture_output=True, text=True, check=True
    )
    took, processor, memory = (float(word) for word in ran.stdout.split()[-3:])
    return took, processor, memory


def _recent_from(calendar: Path) -> date:
    days = sorted(set(pq.read_table(calendar, columns=["date"])["date"].to_pylist()))
    first: date = days[-RECENT_DAYS]
    return first


def _result(folder: Path, name: str) -> pa.Table:
    return pq.read_table(folder / f"{name}.out").sort_by("pupil")
