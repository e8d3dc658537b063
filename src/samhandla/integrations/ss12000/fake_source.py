"""The data behind the project's own SS 12000 server: filters, paging, expansion, look-ups."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from samhandla.integrations.ss12000.resources import RESOURCES, Window
from samhandla.integrations.ss12000.values import read_moment

Json = dict[str, Any]
Query = Mapping[str, Sequence[str]]
Test = Callable[[Json], bool]

DEFAULT_LIMIT = 500
NO_FILTERS = ("limit", "pageToken", "expand", "expandReferenceNames", "sortkey")
REFERENCES = {"parent": "parentOrganisation", "calendarEvent": "calendarEvent"} | {
    name: name for name in ("student", "organisation", "activity", "person", "registeredBy")
}
WORDS = {"type": "type", "groupType": "groupType", "dutyRole": "dutyRole", "schoolUnitCode": "schoolUnitCode"}
REQUIRED = {
    Window.TIMES: ("startTime.onOrAfter", "startTime.onOrBefore"),
    Window.DATES: ("startDate", "endDate"),
    Window.NONE: (),
    Window.TOUCHING: (),
}


class BadQuery(Exception):
    """The question does not follow the standard; it is answered with 400."""


@dataclass(frozen=True)
class _Result:
    rows: list[Json]
    expand: tuple[str, ...]


class FakeSource:
    """Resources as lists of objects; answers plain objects, without HTTP.

    Args:
        resources: lists by resource name, as the simulator makes them.
        deleted: ids by key of deletedEntities, with the standard's own spelling.
    """

    def __init__(
        self, resources: Mapping[str, Sequence[Json]], deleted: Mapping[str, Sequence[str]] | None = None
    ) -> None:
        self.resources = {name: list(resources.get(name, ())) for name in RESOURCES}
        self.deleted = {key: list(ids) for key, ids in (deleted or {}).items()}
        self._results: list[_Result] = []
        self._attendance: dict[str, list[Json]] | None = None

    def page(self, name: str, query: Query) -> Json:
        """Answer a list request. Raises: BadQuery."""
        limit = _whole(query, "limit", DEFAULT_LIMIT)
        if name == "deletedEntities":
            return {"data": self.deleted}
        number, offset = self._start(name, query)
        result = self._results[number]
        rows = result.rows[offset : offset + limit]
        answer: Json = {"data": [self._expanded(row, name, result.expand) for row in rows]}
        if offset + limit < len(result.rows):
            answer["pageToken"] = f"{number}-{offset + limit}"
        return answer

    def look_up(self, name: str, ids: Iterable[str]) -> list[Json]:
        """Return the rows of those ids that exist."""
        wanted = set(ids)
        return [row for row in self.resources[name] if row.get("id") in wanted]

    def _start(self, name: str, query: Query) -> tuple[int, int]:
        """Find the result that a page token points into, or make a new one."""
        if "pageToken" in query:
            number, _, offset = query["pageToken"][0].partition("-")
            if not number.isdigit() or not offset.isdigit() or int(number) >= len(self._results):
                raise BadQuery("pageToken is unknown")
            return int(number), int(offset)
        for required in REQUIRED[RESOURCES[name].window]:
            if required not in query:
                raise BadQuery(f"{required} is required")
        tests = [_test(key, values) for key, values in query.items() if key not in NO_FILTERS]
        rows = [row for row in self.resources[name] if all(test(row) for test in tests)]
        self._results.append(_Result(rows, tuple(query.get("expand", ()))))
        return len(self._results) - 1, 0

    def _expanded(self, row: Json, name: str, expand: Sequence[str]) -> Json:
        if name == "calendarEvents" and "attendance" in expand:
            return {**row, "_embedded": {"attendance": self._attendance_of(row["id"])}}
        return row

    def _attendance_of(self, event: str) -> list[Json]:
        if self._attendance is None:
            found: dict[str, list[Json]] = defaultdict(list)
            for row in self.resources["attendances"]:
                found[row["calendarEvent"]["id"]].append(row)
            self._attendance = dict(found)
        return self._attendance.get(event, [])


def _whole(query: Query, name: str, otherwise: int) -> int:
    text = query.get(name, [str(otherwise)])[0]
    if not text.isdigit() or int(text) < 1:
        raise BadQuery(f"{name} must be a whole number from 1")
    return int(text)


def _test(key: str, values: Sequence[str]) -> Test:
    """Return the test of one filter; a filter that is not known is ignored, as real servers do."""
    field, _, word = key.rpartition(".")
    if key in REFERENCES:
        return lambda row: (row.get(REFERENCES[key]) or {}).get("id") in values
    if key in WORDS:
        return lambda row: row.get(WORDS[key]) in values
    if key == "startDate":
        return lambda row: row["startDate"] >= values[0]
    if key == "endDate":
        return lambda row: row["endDate"] <= values[0]
    if word in ("onOrBefore", "onOrAfter", "before", "after"):
        return _time_test(field, word, values[0])
    return lambda row: True


def _time_test(field: str, word: str, text: str) -> Test:
    """Compare moments or dates; `after` excludes its moment, and an open end passes always."""
    try:
        bound = read_moment(text)
    except ValueError as error:
        raise BadQuery(f"{field}.{word} is not a time") from error
    day = len(text) <= len("2025-01-01")

    def test(row: Json) -> bool:
        value = row.get("meta", {}).get(field.removeprefix("meta."), "") if "." in field else row.get(field)
        if not value:
            return True
        return _compare(read_moment(value[:10] if day else value), word, bound)

    return test


def _compare(moment: datetime, word: str, bound: datetime) -> bool:
    if word == "after":
        return moment > bound
    return moment >= bound if word == "onOrAfter" else moment <= bound
