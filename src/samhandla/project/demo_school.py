"""The demonstration's school system: the project's own SS 12000 server, so that there is something to fetch.

    python -m samhandla.project.demo_school --port 18080 --data var/demo

It starts with the demonstration, reads nothing until it is asked, and forgets what it made when it has not
been asked for some minutes. It answers on this machine only and holds nothing but invented people.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np

from samhandla.integrations.ss12000.fake import FakeServer
from samhandla.integrations.ss12000.fake_source import FakeSource, Query

if TYPE_CHECKING:
    import pyarrow as pa

    from samhandla.integrations.simulator.world import World

TOKEN = "demo"  # noqa: S105 - of a server that holds nothing but invented people
DESCRIBED, LESSONS = "school.json", "school-lessons.parquet"
IDLE_SECONDS = 300.0


@dataclass(frozen=True)
class Municipality:
    """From what the invented municipality is built: the same gives the same people."""

    pupils: int
    schools: int
    seed: int
    school_year: int

    def build(self) -> World:
        # Only here: the simulator weighs three times as much as a server that nobody asks.
        from samhandla.integrations.simulator.world import build_world

        numbers = test_numbers()
        return build_world(self.pupils, self.schools, self.seed, self.school_year, personnummer=numbers)

    def describe(self, folder: Path) -> None:
        """Write it down beside the demonstration."""
        (folder / DESCRIBED).write_text(json.dumps(asdict(self)))

    @classmethod
    def described(cls, folder: Path) -> Municipality | None:
        """Read what was written down; None in a folder without a school system."""
        try:
            return cls(**json.loads((folder / DESCRIBED).read_text()))
        except (OSError, ValueError, TypeError):
            return None


def test_numbers() -> Path | None:
    """Return the file of test personal numbers, when there is one; without it nobody has a number."""
    named = os.environ.get("SAMHANDLA_TESTNUMBERS")
    path = Path(named) if named else Path.cwd().parent / "shared/data/testpersonnummer/testpersonnummer.txt"
    return path if path.exists() else None


class WhenAsked:
    """A source that is made at the first question and forgotten after a while without any."""

    def __init__(self, make: Callable[[], Any], idle: float = IDLE_SECONDS) -> None:
        self._make = make
        self._idle = idle
        self._made: Any = None
        self._asked = 0.0
        self._lock = threading.Lock()

    def page(self, name: str, query: Query) -> dict[str, Any]:
        with self._lock:
            answer: dict[str, Any] = self._source().page(name, query)
            return answer

    def look_up(self, name: str, ids: Iterable[str]) -> list[dict[str, Any]]:
        with self._lock:
            rows: list[dict[str, Any]] = self._source().look_up(name, ids)
            return rows

    def _source(self) -> Any:
        self._asked = time.monotonic()
        if self._made is None:
            self._made = self._make()
        return self._made

    def forget_when_idle(self) -> bool:
        """Let go of what was made, when nobody has asked for a while. Returns: whether it did."""
        with self._lock:
            idle = self._made is not None and time.monotonic() - self._asked >= self._idle
            if idle:
                self._made = None
            return idle


def school_of(folder: Path) -> Any:
    """Return the school system of a demonstration; one without people in a folder that has none."""
    found = Municipality.described(folder)
    if found is None or not (folder / LESSONS).exists():
        return FakeSource({})
    from samhandla.integrations.simulator.school_system import SchoolSystem
    from samhandla.integrations.simulator.ss12000_ids import Ids
    from samhandla.project.demo_last_year import LastYear

    world = found.build()
    last_year = LastYear(world, Ids(world.seed, world.school_year))
    return SchoolSystem(world, folder / LESSONS, _today, last_year.into_register)


def on_school_days(lessons: pa.Table) -> pa.Table:
    """Return lessons without those of weekends and those told twice.

    Such faults are among what was taken in before; what is left to fetch is to show a fetch that goes well,
    and how far the data reaches is then the last school day.
    """
    columns = lessons["pupil"].to_numpy(), lessons["date"].to_numpy().astype("datetime64[D]")
    keys = np.rec.fromarrays([*columns, lessons["start"].to_numpy()])
    _, first = np.unique(keys, return_index=True)
    return lessons.take(np.sort(first[np.is_busday(columns[1][first])]))


def _today() -> date:
    return datetime.now(ZoneInfo("Europe/Stockholm")).date()


def main(argv: list[str] | None = None) -> int:
    """Serve until interrupted."""
    parser = argparse.ArgumentParser(prog="python -m samhandla.project.demo_school", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--data", type=Path, required=True)
    args = parser.parse_args(argv)
    source = WhenAsked(lambda: school_of(args.data))
    with FakeServer(source, port=args.port, token=TOKEN):
        try:
            while True:
                time.sleep(IDLE_SECONDS / 5)
                source.forget_when_idle()
        except KeyboardInterrupt:
            return 0


if __name__ == "__main__":
    sys.exit(main())
