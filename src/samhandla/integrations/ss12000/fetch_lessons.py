"""Fetches lessons and attendance of a period, one week at a time, as tables of the attendance lake."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import pyarrow as pa

from samhandla.integrations.ss12000.client import Client
from samhandla.integrations.ss12000.fetch import BEFORE_LESSON
from samhandla.integrations.ss12000.lessons import LessonBuilder
from samhandla.integrations.ss12000.resources import RESOURCES, STOCKHOLM, period_params

CHUNK = timedelta(days=7)


@dataclass(frozen=True)
class FetchedLessons:
    """The lessons of some whole days, both included, to replace what is stored of them.

    `set_aside` counts attendance that was not used, by reason.
    """

    first: date
    last: date
    table: pa.Table
    set_aside: Counter[str]


def fetch_lessons(
    client: Client,
    builder: LessonBuilder,
    first: date,
    last: date,
    progress: Callable[[date], None] | None = None,
) -> Iterator[FetchedLessons]:
    """Fetch the lessons of a period, whose days replace what is stored of them.

    A source that sends attendance inside the lessons gives a table a week, so that a stopped
    fetch goes on with the week after the last. Other sources have no way to ask for the
    attendance of a week; they give one table for the whole period, at its end.

    Args:
        builder: with groups, subjects and activities already added.
        progress: is told the first day of each week.
    Raises: Ss12000Error of the kind that fits; weeks already given stay valid.
    """
    begins = start = first
    while start <= last:
        ends = min(start + CHUNK - timedelta(days=1), last)
        if progress:
            progress(start)
        params = period_params(RESOURCES["calendarEvents"], start, ends) | {"expand": "attendance"}
        for page in client.pages("calendarEvents", params):
            builder.add_events(page.data)
        if builder.attendance_inside:
            yield _finished(builder, begins, ends)
            begins = ends + timedelta(days=1)
        start = ends + timedelta(days=1)
    if begins <= last:
        _add_attendances(client, builder, begins)
        yield _finished(builder, begins, last)


def _add_attendances(client: Client, builder: LessonBuilder, first: date) -> None:
    client.deviations["expand_ignored"] += 1
    since = datetime.combine(first, datetime.min.time(), STOCKHOLM) - BEFORE_LESSON
    params = {"meta.modified.after": since.isoformat()}
    for page in client.pages("attendances", params):
        builder.add_attendances(page.data)


def _finished(builder: LessonBuilder, first: date, last: date) -> FetchedLessons:
    lessons = builder.finish()
    return FetchedLessons(first, last, lessons.table, lessons.set_aside)
