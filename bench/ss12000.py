"""Import of SS 12000 attendance: from the bytes of the pages to a Parquet file of lesson rows.

The peer is what any import must at least do: parse the same bytes with a fast JSON library.
Both ways in which sources send attendance are measured; the slower one counts.
"""

from __future__ import annotations

import gc
import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import Any

import orjson
import pyarrow.parquet as pq

from bench.registry import Options, Result, benchmark
from samhandla.integrations.simulator.attendance import whole_year
from samhandla.integrations.simulator.ss12000 import ss12000_resources
from samhandla.integrations.simulator.world import build_world
from samhandla.integrations.ss12000.lessons import LessonBuilder
from samhandla.integrations.ss12000.parse import parse_rows
from samhandla.integrations.ss12000.rows import Findings
from samhandla.integrations.ss12000.timetable import Ids

Json = dict[str, Any]
BOUND = 4.0
ROUNDS = 7
PAGE = 1000  # attendances in a page; a lesson holds about twenty-five of them
EXPANDED_PAGE = 40
SEED = 12
SMALL = (800, 3, date(2025, 9, 26))
FULL = (2000, 6, date(2025, 9, 26))
FIRST = date(2025, 9, 1)


@dataclass(frozen=True)
class Pages:
    """The bytes of one way of sending: pages of lessons, then pages of attendances."""

    events: list[bytes]
    attendances: list[bytes]

    def all(self) -> list[bytes]:
        return self.events + self.attendances


@benchmark("import.time_vs_json_parse")
def time_vs_json_parse(options: Options) -> list[Result]:
    """Measure both ways of sending; the slower one is the figure."""
    resources = _resources(options.size >= 1)
    ways = {"apart": _apart(resources), "inside": _inside(resources)}
    with tempfile.TemporaryDirectory() as folder:
        measured = {
            name: _measure(resources, pages, Path(folder) / f"{name}.parquet") for name, pages in ways.items()
        }
    facts = {f"{way}_{key}": round(value, 4) for way, one in measured.items() for key, value in one.items()}
    facts["attendances"] = len(resources["attendances"])
    slowest = max(one["ratio"] for one in measured.values())
    peer = {"library": f"orjson {orjson.__version__}", **facts}
    return [Result(1, "import.time_vs_json_parse", slowest, "times", BOUND, "lower", peer)]


def _resources(full: bool) -> dict[str, list[Json]]:
    pupils, schools, last = FULL if full else SMALL
    world = build_world(pupils=pupils, schools=schools, seed=SEED)
    return ss12000_resources(world, whole_year(world).lessons, window=(FIRST, last))


def _apart(resources: dict[str, list[Json]]) -> Pages:
    return Pages(_paged(resources["calendarEvents"], PAGE), _paged(resources["attendances"], PAGE))


def _inside(resources: dict[str, list[Json]]) -> Pages:
    by_event: dict[str, list[Json]] = {}
    for row in resources["attendances"]:
        by_event.setdefault(row["calendarEvent"]["id"], []).append(row)
    events = [
        {**event, "_embedded": {"attendance": by_event.get(event["id"], [])}}
        for event in resources["calendarEvents"]
    ]
    return Pages(_paged(events, EXPANDED_PAGE), [])


def _paged(rows: Sequence[Json], size: int) -> list[bytes]:
    return [orjson.dumps(rows[at : at + size]) for at in range(0, len(rows), size)]


def _measure(resources: dict[str, list[Json]], pages: Pages, path: Path) -> dict[str, float]:
    """Time both in turn, so that a busy moment of the machine hits both."""
    ours, peers = [], []
    for _ in range(ROUNDS):
        peers.append(_timed(lambda: _only_parse(pages)))
        builder = _builder(resources)
        ours.append(_timed(partial(_import, builder, pages, path)))
    return {
        "ratio": statistics.median(mine / peer for mine, peer in zip(ours, peers, strict=True)),
        "seconds": statistics.median(ours),
        "json_seconds": statistics.median(peers),
    }


def _only_parse(pages: Pages) -> None:
    """Parse each page and let it go, which is kinder to the peer than to keep them all."""
    for page in pages.all():
        orjson.loads(page)


def _timed(work: Callable[[], None]) -> float:
    gc.collect()
    begin = time.perf_counter()
    work()
    return time.perf_counter() - begin


def _builder(resources: dict[str, list[Json]]) -> LessonBuilder:
    findings = Findings()
    ids = Ids(
        {row["id"]: number for number, row in enumerate(resources["persons"], start=1)},
        {row["id"]: number for number, row in enumerate(resources["organisations"], start=1)},
        {row["id"]: number for number, row in enumerate(resources["groups"], start=1)},
    )
    builder = LessonBuilder(ids, findings)
    builder.timetable.add_groups(parse_rows("groups", resources["groups"], findings))
    builder.timetable.add_syllabuses(parse_rows("syllabuses", resources["syllabuses"], findings))
    builder.timetable.add_activities(parse_rows("activities", resources["activities"], findings))
    return builder


def _import(builder: LessonBuilder, pages: Pages, path: Path) -> None:
    for page in pages.events:
        builder.add_events(page)
    for page in pages.attendances:
        builder.add_attendances(page)
    pq.write_table(builder.finish().table, path)
