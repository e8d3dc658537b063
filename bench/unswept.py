"""Paths of the URL configuration that the sweep of every role and every kind of child leaves out.

The sweep (tests/sweeps/test_children.py) makes its table from the URL configuration: a path without
parameters is asked by every role, one whose parameters are declared for every kind of child. What is left is
a path whose parameter nobody has declared, or one that names no permission.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from bench.registry import Options, Result, benchmark

ROOT = Path(__file__).resolve().parents[1]
COUNT = """
import json, django
django.setup()
from tests.sweeps.test_children import unswept
from tests.sweeps.test_urls import _patterns
print(json.dumps({"left": unswept(), "paths": len(_patterns())}))
"""


@benchmark("trust.unswept_routes")
def unswept_routes(options: Options) -> list[Result]:
    """Compare the URL configuration with the sweep's table, in a process of its own."""
    environment = {
        **os.environ,
        "DJANGO_SETTINGS_MODULE": "samhandla.project.settings",
        "DATABASE_URL": "postgresql:///nothing-is-asked-of-it",
        "SAMHANDLA_SECRET": "only for the benchmark",
        "SAMHANDLA_VAR": str(options.data),
        "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src"), os.environ.get("PYTHONPATH", "")]),
    }
    done = subprocess.run(
        [sys.executable, "-c", COUNT],
        env=environment,
        cwd=ROOT,
        check=True,
        stdout=subprocess.PIPE,
        text=True,
    )
    found = json.loads(done.stdout.splitlines()[-1])
    return [Result(2, "trust.unswept_routes", len(found["left"]), "paths", 0, "lower", found)]
