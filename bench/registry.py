"""The list of benchmarks. A module in this folder registers its own with `@benchmark`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any


@dataclass(frozen=True)
class Result:
    """One figure: its name and bound as design.md section 10 states them, and the peers' figures.

    `better` is "lower", "higher" or "between"; `bound` is one number, or two for "between".
    """

    part: int
    name: str
    value: float
    unit: str
    bound: float | tuple[float, float]
    better: str
    peer: dict[str, Any] = field(default_factory=dict)


class Skip(Exception):
    """This machine cannot run the benchmark; the message says why."""


@dataclass(frozen=True)
class Options:
    """What a run may use: a folder for data that is kept between runs, and a share of the full size."""

    data: Path
    size: float = 1.0


Benchmark = Callable[[Options], list[Result]]


@dataclass(frozen=True)
class Entry:
    """A registered benchmark and the names of the figures that it gives."""

    run: Benchmark
    names: tuple[str, ...]


BENCHMARKS: list[Entry] = []


def benchmark(*names: str) -> Callable[[Benchmark], Benchmark]:
    """Register a function that gives the named figures."""

    def register(run: Benchmark) -> Benchmark:
        BENCHMARKS.append(Entry(run, names))
        return run

    return register
