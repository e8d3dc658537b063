"""The invented municipality's school system: answers SS 12000 questions, and makes each answer when asked.

Lessons and attendance are turned into objects a day at a time, so that a whole school year can be offered
without ever being held. What has not happened yet is not told.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from functools import cached_property
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from samhandla.integrations.simulator.ss12000 import ss12000_resources
from samhandla.integrations.simulator.ss12000_attendance import LessonDays
from samhandla.integrations.simulator.ss12000_ids import Ids, Json
from samhandla.integrations.simulator.world import World
from samhandla.integrations.ss12000.fake_source import DEFAULT_LIMIT, BadQuery, FakeSource, Query
from samhandla.integrations.ss12000.values import read_moment

LESSONS = "calendarEvents"


class SchoolSystem:
    """Answers as `FakeSource` does, for `FakeServer`.

    Args:
        world: the municipality whose register is told.
        lessons: Parquet file with rows of the declared lessons table; days before it are not offered.
        today: the present day; lessons of earlier days are told.
        more: adds to the register's resources before anybody sees them.
    """

    def __init__(
        self,
        world: World,
        lessons: Path,
        today: Callable[[], date],
        more: Callable[[dict[str, list[Json]]], None] = lambda resources: None,
    ) -> None:
        self._world = world
        self._lessons = lessons
        self._today = today
        self._more = more
        self._day: tuple[date, list[Json]] | None = None

    @cached_property
    def _register(self) -> FakeSource:
        nothing = pq.read_schema(self._lessons).empty_table()
        resources = ss12000_resources(self._world, nothing)
        self._more(resources)
        return FakeSource(resources)

    @cached_property
    def _days(self) -> LessonDays:
        return LessonDays(Ids(self._world.seed, self._world.school_year), self._world)

    def page(self, name: str, query: Query) -> Json:
        """Answer a list request. Raises: BadQuery."""
        if name != LESSONS:
            return self._register.page(name, query)
        limit = int(query.get("limit", [str(DEFAULT_LIMIT)])[0])
        day, offset, last = self._place(query)
        rows: list[Json] = []
        while day <= last and len(rows) < limit:
            events = self._events_of(day)
            some = events[offset : offset + limit - len(rows)]
            rows += some
            offset += len(some)
            if offset == len(events):
                day, offset = day + timedelta(days=1), 0
        answer: Json = {"data": rows if "expand" in query else [_plain(row) for row in rows]}
        if day <= last:
            answer["pageToken"] = f"{day}/{offset}/{last}"
        return answer

    def look_up(self, name: str, ids: Iterable[str]) -> list[Json]:
        """Return the rows of those ids that exist; lessons are not looked up."""
        return [] if name == LESSONS else self._register.look_up(name, ids)

    def _place(self, query: Query) -> tuple[date, int, date]:
        """Return the day and offset to go on from, and the last day."""
        try:
            if "pageToken" in query:
                day, offset, end = query["pageToken"][0].split("/")
                return date.fromisoformat(day), int(offset), date.fromisoformat(end)
            first = read_moment(query["startTime.onOrAfter"][0]).date()
            last = read_moment(query["startTime.onOrBefore"][0]).date()
        except (KeyError, ValueError) as error:
            raise BadQuery("startTime or pageToken cannot be read") from error
        return first, 0, min(last, self._today() - timedelta(days=1))

    def _events_of(self, day: date) -> list[Json]:
        if self._day is None or self._day[0] != day:
            rows = pq.read_table(self._lessons, filters=pc.field("date") == pa.scalar(day, pa.date32()))
            self._day = day, self._days.events(rows)
        return self._day[1]


def _plain(row: Json) -> Json:
    return {name: value for name, value in row.items() if name != "_embedded"}
