"""What row-level security costs a mentor: the worklist, the pupil page and the search among 30,000 pupils.

The peer is the same functions with the same narrowing on the same rows, as a role that row-level security
does not hold.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from typing import Any

from bench.access_world import ROOT, Size, made
from bench.registry import Options, Result, Skip, benchmark
from samhandla.lib.postgres import EmbeddedPostgres, PostgresError

BOUND = 1.5
ROUNDS = 80


@benchmark("rls.worklist_ratio", "rls.child_ratio", "rls.search_ratio")
def access(options: Options) -> list[Result]:
    """Measure the pages in a process of its own, so that nothing else is loaded in it."""
    os.environ.setdefault("SAMHANDLA_SECRET", "only for the benchmark")
    size = Size.of(options.size)
    try:
        with EmbeddedPostgres(options.data / "access", durable=False) as server:
            found = _measure(server, made(server, size))
    except PostgresError as error:
        raise Skip(str(error)) from error
    for page in ("worklist", "child", "child_as_principal", "search"):
        assert len(found[page]["queries"]) == 1, f"the number of queries differs: {found[page]['queries']}"
    facts = {"pupils": size.pupils, "staff": size.staff, "day_rows": size.pupils * size.school_days}
    return [
        Result(
            1, "rls.worklist_ratio", found["worklist"]["ratio"], "times", BOUND, "lower",
            facts | found["worklist"],
        ),
        Result(
            1, "rls.child_ratio", found["child"]["ratio"], "times", BOUND, "lower",
            facts | found["child"] | {"as_principal": found["child_as_principal"]},
        ),
        Result(
            2, "rls.search_ratio", found["search"]["ratio"], "times", BOUND, "lower", facts | found["search"]
        ),
    ]  # fmt: skip


def _measure(server: EmbeddedPostgres, database: str) -> dict[str, Any]:
    environment = {
        **os.environ,
        "SAMHANDLA_LOUD": "0",
        "SAMHANDLA_DB_ROLE": "app",
        "DATABASE_URL": server.url("app", database),
        "DATABASE_MAINT_URL": server.url("maint", database),
    }
    command = [sys.executable, "-m", "bench.access_timing", str(ROUNDS)]
    done = subprocess.run(command, env=environment, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, Any] = json.loads(done.stdout)
    return found
