"""Runs the benchmarks and writes build/bench.json.

python -m bench [--only NAME …] [--size 1.0] [--data build/bench-data]
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import pkgutil
import platform
import subprocess
import sys
import time
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import bench
from bench.registry import BENCHMARKS, Options, Result, Skip

ROOT = Path(__file__).resolve().parents[1]
OUT = ROOT / "build" / "bench.json"
VERSIONS = ("duckdb", "ibis-framework", "pyarrow", "polars", "pandas", "numpy", "django", "psycopg", "orjson")


def main() -> int:
    """Run what was asked for; figures of earlier runs of other benchmarks stay in the file."""
    parser = argparse.ArgumentParser(prog="python -m bench")
    parser.add_argument("--only", nargs="*", default=[], metavar="NAME", help="starts of names of figures")
    parser.add_argument("--size", type=float, default=1.0, help="share of the full size, for development")
    parser.add_argument("--data", type=Path, default=ROOT / "build" / "bench-data")
    args = parser.parse_args()
    for module in pkgutil.iter_modules(bench.__path__):
        if not module.ispkg and module.name != "__main__":
            importlib.import_module(f"bench.{module.name}")
    args.data.mkdir(parents=True, exist_ok=True)
    found = _run(Options(args.data, args.size), args.only)
    report = _merge(found, keep_earlier=bool(args.only))
    OUT.parent.mkdir(parents=True, exist_ok=True)
    OUT.write_text(json.dumps(report, ensure_ascii=False, indent=2, default=str) + "\n", "utf-8")
    return 0


def _run(options: Options, only: list[str]) -> dict[str, Any]:
    results: list[dict[str, Any]] = []
    skipped: list[dict[str, str]] = []
    for entry in BENCHMARKS:
        if only and not any(name.startswith(tuple(only)) for name in entry.names):
            continue
        started = time.perf_counter()
        try:
            figures = entry.run(options)
        except Skip as reason:
            skipped += [{"name": name, "reason": str(reason)} for name in entry.names]
            continue
        for figure in figures:
            results.append({**vars(figure), "met": is_met(figure), "size": options.size})
            met = "met" if is_met(figure) else "NOT met"
            print(f"{figure.name:40s} {figure.value:12.4g} {figure.unit:24s} bound {figure.bound} {met}")
        print(f"  ({time.perf_counter() - started:.0f} s)", file=sys.stderr)
    return {"results": results, "skipped": skipped}


def is_met(figure: Result) -> bool:
    """Tell whether a figure is inside its bound."""
    if isinstance(figure.bound, tuple):
        return figure.bound[0] <= figure.value <= figure.bound[1]
    return figure.value >= figure.bound if figure.better == "higher" else figure.value <= figure.bound


def _merge(found: dict[str, Any], *, keep_earlier: bool) -> dict[str, Any]:
    fresh = {item["name"] for kind in ("results", "skipped") for item in found[kind]}
    earlier: dict[str, Any] = {}
    if keep_earlier and OUT.is_file():
        earlier = json.loads(OUT.read_text("utf-8"))
    kept = {
        kind: [item for item in earlier.get(kind, []) if item["name"] not in fresh]
        for kind in ("results", "skipped")
    }
    return {
        "machine": machine(),
        "commit": _git("rev-parse", "HEAD"),
        "changed": bool(_git("status", "--porcelain", "--", "src", "bench")),
        "when": datetime.now(UTC).isoformat(timespec="seconds"),
        "versions": {name: version(name) for name in VERSIONS},
        "results": sorted(kept["results"] + found["results"], key=lambda item: (item["part"], item["name"])),
        "skipped": kept["skipped"] + found["skipped"],
    }


def machine() -> dict[str, Any]:
    """Describe the machine: processors, memory, system, load while the benchmarks ran."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20
    return {
        "processors": os.cpu_count(),
        "memory_mb": memory,
        "system": platform.platform(),
        "python": platform.python_version(),
        "load": [round(load, 1) for load in os.getloadavg()],
    }


def _git(*words: str) -> str:
    ran = subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=False)
    return ran.stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
