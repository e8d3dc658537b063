"""Fetches all that a source has to give, page by page, so that a stopped fetch can go on."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import cached_property

import msgspec

from samhandla.integrations.records import PersonRecord, Record
from samhandla.integrations.ss12000.client import Client, Page
from samhandla.integrations.ss12000.cursor import Cursor
from samhandla.integrations.ss12000.errors import (
    BadAnswer,
    Forbidden,
    NotOffered,
    RedirectRefused,
    RequestRefused,
    ServerFailed,
    Ss12000Error,
)
from samhandla.integrations.ss12000.parse import parse_deleted, parse_rows
from samhandla.integrations.ss12000.resources import NEEDED, RESOURCES, Resource, Window, period_params
from samhandla.integrations.ss12000.rows import Findings, ParseOptions

WITHIN_WINDOW = ("calendarEvents", "attendances", "absences", "aggregatedAttendance")
# Small, and what hangs on them cannot be told from the changed ones alone (whose tasks are whose).
ALWAYS_WHOLE = ("organisations", "duties")
# Without all of these it cannot be told who was expected at a lesson.
WHOLE_FOR_LESSONS = ("groups", "syllabuses", "activities")
OVERLAP = timedelta(hours=1)  # clocks differ, and a change may be stored after its own time stamp
BEFORE_LESSON = timedelta(days=30)  # how long before a lesson its attendance may last have been changed
ATTENDANCE_INSIDE = re.compile(rb'"attendance"\s*:\s*\[')
Days = tuple[date, date]


class State(StrEnum):
    """How it went with a resource. Only a complete one may make anything count as missing."""

    COMPLETE = "complete"
    NOT_OFFERED = "not_offered"
    FORBIDDEN = "forbidden"
    FAILED = "failed"


@dataclass(frozen=True)
class Progress:
    """What a progress line shows. `rows` counts what has come of this resource so far."""

    resource: str
    swedish: str
    page: int
    rows: int


@dataclass
class FetchedPage:
    """One page. `cursor` is to be stored once the page is; `data` is the JSON of its rows."""

    resource: str
    number: int
    data: bytes
    cursor: Cursor
    findings: Findings
    options: ParseOptions

    @cached_property
    def records(self) -> list[Record]:
        """The rows as records, read at the first use; what could not be read is in `findings`."""
        if self.resource == "deletedEntities":
            return [*parse_deleted(msgspec.json.decode(self.data), self.findings)]
        rows = Page(self.resource, self.number, self.data).rows()
        return parse_rows(self.resource, rows, self.findings, self.options)


@dataclass(frozen=True)
class ResourceDone:
    """The end of a resource: its state, and in Swedish why it is not complete."""

    resource: str
    state: State
    reason: str | None
    findings: Findings
    cursor: Cursor


Fetched = FetchedPage | ResourceDone


@dataclass
class Plan:
    """What is to be fetched, and how it is told."""

    resources: Sequence[str] = NEEDED
    options: ParseOptions = field(default_factory=ParseOptions)
    progress: Callable[[Progress], None] | None = None


def fetch_all(
    client: Client,
    since: datetime | None = None,
    window: Days | None = None,
    *,
    cursor: Cursor | None = None,
    plan: Plan | None = None,
) -> Iterator[Fetched]:
    """Fetch every resource of a plan: pages, and after each resource how it went.

    A fault that concerns one resource ends that resource only. A fault of the connection or
    the credentials is raised; the cursor of the last page then takes up the fetch again.

    Args:
        since: ask only for what has changed since then (the `started` of an earlier cursor).
        window: days whose lessons, notified absence and totals are fetched whole; without it they are
            left out.
        cursor: where a stopped fetch goes on; it decides since and window.
    """
    plan = plan or Plan()
    if cursor is None:
        now = datetime.now(UTC)
        cursor = Cursor(source=client.settings.base_url, started=now, since=since, window=window)
    for name in plan.resources:
        if name in cursor.done or not _wanted(RESOURCES[name], cursor):
            continue
        fetch = _ResourceFetch(client, RESOURCES[name], cursor, plan)
        yield from fetch.run()
        cursor = fetch.cursor


def _wanted(resource: Resource, cursor: Cursor) -> bool:
    if resource.name == "deletedEntities":
        return cursor.since is not None
    if resource.name == "attendances" and cursor.attendance_inside:
        return False
    return cursor.window is not None or resource.name not in WITHIN_WINDOW


def is_whole(name: str, cursor: Cursor) -> bool:
    """Tell whether a fetch asks for all of a resource, so that what does not come is missing."""
    if cursor.since is None or name in ALWAYS_WHOLE:
        return True
    return cursor.window is not None and name in (*WHOLE_FOR_LESSONS, *WITHIN_WINDOW)


def params_for(resource: Resource, cursor: Cursor) -> dict[str, str]:
    """Return the filters of a resource: its window, or what has changed since.

    Lessons, notified absence and totals of a window are fetched whole, as they replace what was there.
    """
    if resource.window is not Window.NONE and cursor.window:
        params = period_params(resource, *cursor.window)
        return params | ({"expand": "attendance"} if resource.expand else {})
    since = cursor.since - OVERLAP if cursor.since else None
    if resource.name == "attendances" and cursor.window:
        first = datetime.combine(cursor.window[0], datetime.min.time(), UTC) - BEFORE_LESSON
        return {"meta.modified.after": first.isoformat(timespec="seconds")}
    if since is None:
        return {}
    moment = since.astimezone(UTC).isoformat(timespec="seconds")
    if resource.name == "deletedEntities":
        return {"after": moment}
    return {"meta.modified.after": moment} if resource.delta and not is_whole(resource.name, cursor) else {}


class _ResourceFetch:
    """The fetch of one resource; `cursor` follows it."""

    def __init__(self, client: Client, resource: Resource, cursor: Cursor, plan: Plan) -> None:
        self.cursor = cursor
        self._client = client
        self._resource = resource
        self._plan = plan
        self._findings = Findings()
        self._rows = 0

    def run(self) -> Iterator[Fetched]:
        state, reason = State.COMPLETE, None
        try:
            yield from self._pages()
        except NotOffered as error:
            state, reason = State.NOT_OFFERED, str(error)
        except Forbidden as error:
            state, reason = State.FORBIDDEN, str(error)
        except (BadAnswer, RequestRefused, RedirectRefused, ServerFailed) as error:
            state, reason = State.FAILED, str(error)
        done = (*self.cursor.done, self._resource.name)
        self.cursor = msgspec.structs.replace(self.cursor, done=done, resource=None, token=None, page=0)
        yield ResourceDone(self._resource.name, state, reason, self._findings, self.cursor)

    def _pages(self) -> Iterator[FetchedPage]:
        guardians: set[str] = set()
        seen: set[str] = set()
        for page in self._from_cursor():
            fetched = self._fetched(page)
            if self._resource.name == "persons" and self.cursor.since is None:
                for record in fetched.records:
                    if isinstance(record, PersonRecord):
                        seen.add(record.id)
                        guardians.update(tie.guardian for tie in record.guardians)
            yield fetched
        yield from self._look_up(sorted(guardians - seen))

    def _from_cursor(self) -> Iterator[Page]:
        """Go on where the cursor stands; a page token that is no longer good begins the resource anew."""
        params = params_for(self._resource, self.cursor)
        token = self.cursor.token if self.cursor.resource == self._resource.name else None
        if token is not None:
            try:
                first = self._client.page(self._resource, params, token)
            except (RequestRefused, NotOffered):
                token = None
            else:
                yield Page(self._resource.name, 1, first.data, first.token)
                if first.token is None:
                    return
                token = first.token
        yield from self._client.pages(self._resource.name, params, token=token)

    def _look_up(self, missing: Sequence[str]) -> Iterator[FetchedPage]:
        """Ask for guardians that children point to but that the list did not hold."""
        try:
            for page in self._client.lookup("persons", missing):
                yield self._fetched(page)
        except Ss12000Error:
            self._findings.deviate("lookup_missing")

    def _fetched(self, page: Page) -> FetchedPage:
        cursor = self.cursor
        number = cursor.page + 1 if cursor.resource == self._resource.name else 1
        inside = self._resource.name == "calendarEvents" and ATTENDANCE_INSIDE.search(page.data) is not None
        self.cursor = msgspec.structs.replace(
            cursor,
            resource=self._resource.name,
            token=page.next_token,
            page=number,
            started=self._started(),
            attendance_inside=cursor.attendance_inside or inside,
        )
        self._tell(page, number)
        return FetchedPage(
            self._resource.name, number, page.data, self.cursor, self._findings, self._plan.options
        )

    def _started(self) -> datetime:
        """Return the source's own time of the first answer, since its clock stamps the changes."""
        first = not self.cursor.done and self.cursor.page == 0
        return (first and self._client.connection.server_time) or self.cursor.started

    def _tell(self, page: Page, number: int) -> None:
        if self._plan.progress:
            self._rows += page.count()
            self._plan.progress(Progress(page.resource, self._resource.swedish, number, self._rows))
