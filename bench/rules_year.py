"""Time and memory of the rules on a large municipality's year; by hand, not one of the bounded figures.

    python -m bench.rules_year [--pupils 30000] [--data build/bench-data]

A year of a tenth of the pupils is simulated and laid out ten times under new numbers: the rules compare
pupils within a unit only, so ten times the units cost what ten different tenths would. Each part runs in
a program of its own, so that its peak of memory is its own.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from bench.registry import Options
from bench.simulated import simulated_year
from samhandla.detect.rules.rehearsal import rehearse
from samhandla.detect.rules.ruleset import RuleSet, parse_rules
from samhandla.detect.rules.run import run_rules

COPIES = 10
SEED = 1
STEP = 10_000_000  # far above every number of a pupil, unit or class in one tenth
NAMES = ("days", "subjects", "pupils", "calendar")
OFFSETS = {"pupil": STEP, "unit": 1000, "class_id": 100_000, "mentor": 100_000}
PROPOSED = {"rules": [{"rule": "level_year", "threshold": 0.1}]}


def lay_out(source: Path, folder: Path) -> None:
    """Write the tables of one tenth ten times, each copy with numbers of its own."""
    folder.mkdir(parents=True, exist_ok=True)
    for name in NAMES:
        table = pq.read_table(source / f"{name}.parquet")
        copies = [_renumbered(table, copy) for copy in range(COPIES)]
        pq.write_table(pa.concat_tables(copies), folder / f"{name}.parquet")


def _renumbered(table: pa.Table, copy: int) -> pa.Table:
    for column, step in OFFSETS.items():
        if column in table.column_names:
            place = table.schema.get_field_index(column)
            field = table.schema.field(place)
            moved = pc.add(table[column], pa.scalar(copy * step, field.type))
            keep = pc.equal(table[column], pa.scalar(0, field.type))  # 0 is nobody: no class, no mentor
            table = table.set_column(place, field, pc.if_else(keep, table[column], moved))
    return table


def measure(part: str, folder: Path) -> dict[str, float]:
    """Run one part in this program and return what it took and found."""
    started = time.perf_counter()
    days, subjects, pupils, calendar = (pq.read_table(folder / f"{name}.parquet") for name in NAMES)
    read = time.perf_counter()
    last = pc.max(days["date"]).as_py()
    if part == "rules":
        found = len(run_rules(days, subjects, pupils, calendar, as_of=last))
    else:
        del subjects
        sets = (RuleSet(), parse_rules(PROPOSED))
        found = sum(rehearse(days, pupils, calendar, until=last, rules=r)["entries"] for r in sets)
    peak = re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text("utf-8"))
    return {
        "pupils": pupils.num_rows,
        "day_rows": days.num_rows,
        "read_seconds": round(read - started, 1),
        "seconds": round(time.perf_counter() - read, 1),
        "peak_mb": round(int(peak[1]) / 1024) if peak else -1,
        "found": found,
    }


def main() -> int:
    """Make the year when it is not there, measure each part, and print one line of JSON per part."""
    parser = argparse.ArgumentParser(prog="python -m bench.rules_year")
    parser.add_argument("--pupils", type=int, default=30_000)
    parser.add_argument("--data", type=Path, default=Path("build/bench-data"))
    parser.add_argument("--part", choices=("rules", "rehearsal"))
    args = parser.parse_args()
    folder = args.data / f"rules-{args.pupils}"
    if args.part:
        sys.stdout.write(json.dumps({args.part: measure(args.part, folder)}) + "\n")
        return 0
    args.data.mkdir(parents=True, exist_ok=True)
    lay_out(simulated_year(Options(args.data), SEED, args.pupils // COPIES), folder)
    for part in ("rules", "rehearsal"):
        command = [sys.executable, "-m", "bench.rules_year", "--part", part, "--pupils", str(args.pupils)]
        subprocess.run([*command, "--data", str(args.data)], check=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
