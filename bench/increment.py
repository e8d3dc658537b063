"""One more school day, from file to worklist, as a share of loading and computing the whole year.

Both go the product's own way: the file importer's pipeline (dry run, limits, commit), day rows in PostgreSQL,
the rules over the year, and the list of one mentor.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from bench.access_world import migrate
from bench.registry import Options, Result, Skip, benchmark
from samhandla.lib.postgres import EmbeddedPostgres, PostgresError

ROOT = Path(__file__).resolve().parents[1]
PUPILS = 30_000
BOUND = 0.05


@benchmark("detect.increment_share")
def increment(options: Options) -> list[Result]:
    """Load a year month by month, then one day, in a process and a database of their own."""
    os.environ.setdefault("SAMHANDLA_SECRET", "only for the benchmark")
    folder = options.data / "increment"
    shutil.rmtree(folder, ignore_errors=True)
    try:
        with EmbeddedPostgres(folder / "postgres", durable=False) as server:
            found = _run(server, folder, int(PUPILS * options.size))
    except PostgresError as error:
        raise Skip(str(error)) from error
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    day, year = found["day"]["seconds"], found["year"]["seconds"]
    return [Result(1, "detect.increment_share", day / year, "share of the year", BOUND, "lower", found)]


def _run(server: EmbeddedPostgres, folder: Path, pupils: int) -> dict[str, Any]:
    server.create_database("increment")
    migrate(server, "increment")
    environment = {
        **os.environ,
        "SAMHANDLA_VAR": str(folder),
        "SAMHANDLA_DB_ROLE": "app",
        "SAMHANDLA_LOUD": "0",
        "DATABASE_URL": server.url("app", "increment"),
        "DATABASE_MAINT_URL": server.url("maint", "increment"),
    }
    command = [sys.executable, "-m", "bench.yearload", str(pupils), str(folder)]
    done = subprocess.run(command, env=environment, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found
