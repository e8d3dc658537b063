"""A municipality's year of lessons imported month by month, then its last school day.

The register, which is the same for both, is made before the clocks start.
"""

from __future__ import annotations

import resource
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv

from bench.simulated import PUPILS_PER_SCHOOL
from samhandla.analytics.queries import data_up_to
from samhandla.detect.actions.runs import run_rules_of_authority
from samhandla.detect.models import Signal
from samhandla.detect.queries.lists import rows_of, signals_for
from samhandla.integrations.actions.batches import attach_file, start_batch
from samhandla.integrations.actions.running import run_batch
from samhandla.integrations.actions.sources import save_source
from samhandla.integrations.actions.staging import keep_file
from samhandla.integrations.files import load_preset, to_json
from samhandla.integrations.models import Source
from samhandla.integrations.simulator.attendance import simulate_school
from samhandla.integrations.simulator.settings import Settings
from samhandla.integrations.simulator.world import build_world
from samhandla.people import actions as people
from samhandla.people.queries import mentor_by_child, service_viewer
from samhandla.project.demo_build import Demo
from samhandla.trust.viewer import Viewer, acting_as

SEED = 11
SCHOOL_YEAR = 2025
PIECE = 2**22


@dataclass
class Clock:
    """Seconds by what was done, and processor seconds of this program, without the database's."""

    parts: dict[str, float] = field(default_factory=dict)
    processor: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def of(self, part: str) -> Iterator[None]:
        began, worked = time.perf_counter(), time.process_time()
        yield
        self.parts[part] = self.parts.get(part, 0.0) + time.perf_counter() - began
        self.processor[part] = self.processor.get(part, 0.0) + time.process_time() - worked

    @property
    def seconds(self) -> float:
        return sum(self.parts.values())


class Municipality(Demo):
    """The first organiser's register in the database, and its lessons as files."""

    def take_in_register(self) -> tuple[Viewer, Source]:
        owner = next(o for o in self.world.organisations if o.kind == "huvudman")
        authority = people.found_authority(by=None, name=owner.name, kind="board", branches=("school",))
        by = service_viewer(authority.pk)
        with self._school_system() as url:
            source = self._import_register(by, owner, url)
        self._calendar(by, owner)
        return by, source

    def write_lessons(self, folder: Path) -> dict[str, int]:
        """Write one file a month, and one for the last day on which every school has lessons.

        Returns: rows by file name; "day.csv" is the last day's.
        """
        schools = [s for s in self.world.schools() if s.unit.authority == self.world.organisations[0].number]
        last = max(set.intersection(*({day.day for day in school.days} for school in schools)))
        rows: dict[str, int] = {}
        for school in schools:
            lessons = simulate_school(self.world, school, Settings()).lessons.sort_by("date")
            lessons = lessons.filter(pc.less_equal(lessons["date"], pa.scalar(last)))
            names = ("day.csv" if d == last else f"{d:%Y-%m}.csv" for d in lessons["date"].to_pylist())
            start = 0
            for name, run in groupby(names):
                count = sum(1 for _ in run)
                self._append(folder / name, school.unit.code, lessons.slice(start, count))
                rows[name] = rows.get(name, 0) + count
                start += count
        return rows

    def _append(self, path: Path, unit: str, lessons: pa.Table) -> None:
        numbers = pc.dictionary_encode(lessons["pupil"]).combine_chunks()
        words = pa.array([self.ids.of("person", n) for n in numbers.dictionary.to_pylist()])
        table = lessons.set_column(0, "pupil", words.take(numbers.indices)).drop_columns(["group"])
        table = table.set_column(1, "unit", pa.array([unit] * len(table)))
        place = table.schema.get_field_index("subject")
        table = table.set_column(place, "subject", table["subject"].cast(pa.string()))
        new = not path.exists()
        with path.open("ab") as file:
            pa_csv.write_csv(table, file, pa_csv.WriteOptions(include_header=new))


def load_year_and_day(pupils: int, folder: Path) -> dict[str, Any]:
    """Make the register, then time the year and the day, each from its files to a mentor's list."""
    world = build_world(pupils, max(1, pupils // PUPILS_PER_SCHOOL), SEED, SCHOOL_YEAR)
    town = Municipality(world, date(SCHOOL_YEAR + 1, 6, 30))
    by, register = town.take_in_register()
    rows = town.write_lessons(folder)
    with acting_as(by):
        source = save_source(
            by=by, name="Närvaro", kind="file", preset_name="samhandla", register_source=register
        )
    months = sorted(name for name in rows if name != "day.csv")
    whole, day = Clock(), Clock()
    found = {}
    for clock, names in ((whole, months), (day, ["day.csv"])):
        for name in names:
            with clock.of("import"):
                _take_in(by, source, folder / name)
        data_to = _data_to(by)
        with clock.of("rules"):
            run_rules_of_authority(by=by, as_of=data_to + timedelta(days=1), data_to=data_to)
        children = _one_mentors_children(by, data_to)
        with clock.of("list"):
            listed = _list(by, children, data_to)
        found["year" if clock is whole else "day"] = {
            "seconds": clock.seconds,
            "parts": {part: round(seconds, 2) for part, seconds in clock.parts.items()},
            "processor": {part: round(seconds, 2) for part, seconds in clock.processor.items()},
            "rows": sum(rows[name] for name in names),
            "listed": listed,
        }
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return {**found, "pupils": pupils, "peak_mb": peak}


def _take_in(by: Viewer, source: Source, path: Path) -> None:
    with acting_as(by):
        batch = start_batch(by=by, source=source, wants_commit=True)
    with path.open("rb") as file:
        kept, digest = keep_file(batch.pk, path.name, iter(lambda: file.read(PIECE), b""))
    with acting_as(by):
        mapping = to_json(load_preset("samhandla")).decode()
        attach_file(by=by, batch=batch, name=kept.name, sha256=digest, mapping=mapping, unit=None)
    outcome = run_batch(by, batch.pk)
    if outcome.stops:
        raise RuntimeError(f"{path.name}: {outcome.stopped}")


def _data_to(by: Viewer) -> date:
    last = data_up_to(by.authority_id)
    assert last is not None
    return last


def _one_mentors_children(by: Viewer, on: date) -> list[int]:
    """Return the children of the mentor with the most open signals."""
    with acting_as(by):
        mentors = mentor_by_child(by, on=on)
        open_ = Signal.objects.filter(state="open", good_news=False).values_list("child_id", flat=True)
        counted = Counter(mentors[child] for child in open_ if child in mentors)
        busiest = counted.most_common(1)[0][0]
        return [child for child, mentor in mentors.items() if mentor == busiest]


def _list(by: Viewer, children: list[int], on: date) -> int:
    """Make the rows of a mentor's list, as the service: the invented year is over, and with it all duties."""
    with acting_as(by):
        living = signals_for(by).filter(child_id__in=children).exclude(state="closed")
        return len(rows_of(by, living, today=on))
