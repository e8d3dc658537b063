"""Row-level security against the rules in plain Python, in thousands of random registers.

Not how fast but how right: the figure is the number of worlds in which the database gave somebody another row
than the reference says. The worlds are those of tests/worlds, one seed each, so that one that differs can be
made again: `python -m bench.random_worlds FIRST NUMBER`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from random import Random
from typing import Any

from bench.access_world import ROOT, migrate
from bench.registry import Options, Result, Skip, benchmark
from samhandla.lib.postgres import EmbeddedPostgres, PostgresError

WORLDS = 10_000
FEWEST = 100
DATABASE = "random_worlds"


@benchmark("trust.random_world_differences")
def random_worlds(options: Options) -> list[Result]:
    """Run the worlds in a process of its own, as the running role."""
    os.environ.setdefault("SAMHANDLA_SECRET", "only for the benchmark")
    number = max(FEWEST, int(WORLDS * options.size))
    try:
        with EmbeddedPostgres(options.data / "worlds", durable=False) as server:
            server.drop_database(DATABASE)
            server.create_database(DATABASE)
            migrate(server, DATABASE)
            found = _run(server, number)
    except PostgresError as error:
        raise Skip(str(error)) from error
    facts = {name: found[name] for name in ("worlds", "seconds", "questions", "seeds")}
    return [Result(2, "trust.random_world_differences", len(found["seeds"]), "worlds", 0, "lower", facts)]


def _run(server: EmbeddedPostgres, number: int) -> dict[str, Any]:
    environment = {
        **os.environ,
        "SAMHANDLA_LOUD": "0",
        "SAMHANDLA_DB_ROLE": "app",
        "DATABASE_URL": server.url("app", DATABASE),
        "DJANGO_SETTINGS_MODULE": "samhandla.project.settings",
    }
    command = [sys.executable, "-m", "bench.random_worlds", "0", str(number)]
    done = subprocess.run(command, env=environment, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True)
    found: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return found


def main(first: int, number: int) -> dict[str, Any]:
    """Return the seeds of the worlds in which database and reference differ."""
    import django

    django.setup()
    from tests.worlds.generator import differences_in_world, make_stage, questions_of

    stage = make_stage()
    began = time.perf_counter()
    wrong = [seed for seed in range(first, first + number) if differences_in_world(stage, Random(seed))]
    return {
        "worlds": number,
        "seconds": time.perf_counter() - began,
        "questions": number * questions_of(stage),
        "seeds": wrong,
    }


if __name__ == "__main__":
    print(json.dumps(main(int(sys.argv[1]), int(sys.argv[2]))))
