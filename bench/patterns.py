"""Pattern rules on years without pattern, and on years where problems are weekdays and nothing else."""

from __future__ import annotations

import numpy as np
import pyarrow.parquet as pq

from bench.detection_world import World, lay_out
from bench.registry import Options, Result, benchmark
from bench.simulated import simulated_year
from samhandla.detect.rules.catalogue import BY_CODE
from samhandla.detect.rules.chance import looks_for
from samhandla.detect.rules.panel import Bools
from samhandla.detect.rules.periods import new_entries

SEEDS = (201, 202, 203)
PUPILS = 12_000
PATTERNS = ("weekday", "after_break", "first_lesson", "last_lesson", "slot", "late_rising")
NOMINAL = 0.05
NOTHING = {"new_problems": 0.0, "standing_problems": 0.0, "skipping": 0.0, "weekday_effects": 0.0}
WEEKDAYS_ONLY = {"standing_problems": 0.0, "shapes": ("weekday",)}


@benchmark("signals.pattern_rate_without_pattern")
def patterns(options: Options) -> list[Result]:
    """Count the looks that find something where there is nothing, and who is found where there is."""
    quiet = [_world(options, seed, "plain", **NOTHING) for seed in SEEDS]
    rates = {code: float(np.mean([_looks_that_find(world, code) for world in quiet])) for code in PATTERNS}
    planted = [_world(options, seed, "weekdays", **WEEKDAYS_ONLY) for seed in SEEDS]
    found = np.concatenate([_cases_found(world) for world in planted])
    facts = {
        "rates": {code: round(rate, 4) for code, rate in rates.items()},
        "planted_weekday_cases": len(found),
        "planted_weekday_found": round(float(found.mean()), 3) if len(found) else None,
    }
    name, unit = "signals.pattern_rate_without_pattern", "share of looks at a unit, worst rule"
    return [Result(1, name, max(rates.values()), unit, NOMINAL, "lower", facts)]


def _on(world: World, code: str) -> Bools:
    rule = BY_CODE[code]
    return rule.test(world.panel, rule.defaults()).on & ~world.panel.adapted[:, None]  # type: ignore[no-any-return]


def _looks_that_find(world: World, code: str) -> float:
    """Return the share of looks at a unit in which somebody comes new."""
    new = new_entries(_on(world, code), 0)
    looks = looks_for(np.arange(new.shape[1]))
    ends = [*looks[1:], new.shape[1]]
    units = range(len(world.panel.units.ids))
    finds = [
        new[world.panel.unit == unit, start:end].any()
        for start, end in zip(looks, ends, strict=True)
        for unit in units
    ]
    return float(np.mean(finds))


def _cases_found(world: World) -> Bools:
    """Tell of each planted weekday whether the rule finds the pupil after it began."""
    on = _on(world, "weekday")
    return np.array([on[row, first:].any() for row, first in zip(world.case, world.onset, strict=True)], bool)


def _world(options: Options, seed: int, name: str, **settings: object) -> World:
    folder = simulated_year(options, seed, int(PUPILS * options.size), name, **settings)
    names = ("days", "pupils", "calendar", "truth", "standing")
    return lay_out(*(pq.read_table(folder / f"{part}.parquet") for part in names))
