"""Simulated years for benchmarks, made once per seed and size and kept."""

from __future__ import annotations

import json
import shutil
from hashlib import sha256
from pathlib import Path

import samhandla.analytics.derive as derived
import samhandla.integrations.simulator as simulator
from bench.registry import Options
from samhandla.analytics.derive import derive
from samhandla.integrations.simulator.settings import Settings
from samhandla.integrations.simulator.world import build_world
from samhandla.integrations.simulator.write import write_world

PUPILS_PER_SCHOOL = 333
MADE = "made.json"


def simulated_year(options: Options, seed: int, pupils: int, name: str = "year", **settings: object) -> Path:
    """Return a folder with one simulated year: lessons, derived sets, pupils, calendar and truth.

    The folder is made again when the simulator has changed since.
    """
    folder = options.data / f"{name}-{seed}-{pupils}"
    mark = {"settings": {key: str(value) for key, value in settings.items()}, "code": _code_stamp()}
    if (folder / MADE).is_file() and json.loads((folder / MADE).read_text("utf-8")) == mark:
        return folder
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    world = build_world(pupils=pupils, schools=max(1, pupils // PUPILS_PER_SCHOOL), seed=seed)
    write_world(world, folder, Settings(**settings), "parquet")  # type: ignore[arg-type]
    derive(folder / "lessons.parquet")
    (folder / MADE).write_text(json.dumps(mark), "utf-8")
    return folder


def _code_stamp() -> str:
    folder = Path(str(simulator.__file__)).parent
    stamp = sha256(Path(str(derived.__file__)).read_bytes())
    for path in sorted(folder.glob("*.py")):
        stamp.update(path.read_bytes())
    return stamp.hexdigest()
