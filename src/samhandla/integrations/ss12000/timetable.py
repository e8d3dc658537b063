"""The lessons of a window and who was expected at them, as arrays."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from samhandla.analytics.tables.attendance import MAX_LESSON_MINUTES
from samhandla.integrations.records import GroupRecord, Record
from samhandla.integrations.ss12000.records import ActivityRecord, CalendarEventRecord, SyllabusRecord
from samhandla.integrations.ss12000.rows import Findings
from samhandla.lib.i18n import N_, say

Ints = npt.NDArray[np.integer[Any]]

EPOCH = date(1970, 1, 1).toordinal()
FIRST_DAY, LAST_DAY = -1_000_000, 1_000_000  # days from 1970, beyond every membership

COUNTED, CANCELLED, NOT_TEACHING, ACTIVITY_UNKNOWN = range(4)


@dataclass(frozen=True)
class Ids:
    """The source's ids as the register's numbers.

    `home_units` gives the unit of a pupil's main enrolment, for activities that the source
    hangs on something that is no known unit (some hang them on the school, not its units).
    """

    pupils: Mapping[str, int]
    units: Mapping[str, int] = field(default_factory=dict)
    groups: Mapping[str, int] = field(default_factory=dict)
    home_units: Mapping[int, int] = field(default_factory=dict)


@dataclass(frozen=True)
class EventColumns:
    """The lessons as arrays, in the order in which they came. Minutes; `day` from 1970."""

    day: Ints
    start: Ints
    length: Ints
    clock: Ints
    status: Ints
    unit: Ints
    group: Ints
    subject: Ints


@dataclass(frozen=True)
class Exceptions:
    """Pupils named by single lessons, sorted by key (lesson × pupils + pupil). `minutes` -1: not given."""

    key: Ints
    participates: npt.NDArray[np.bool_]
    minutes: Ints


class Timetable:
    """Collects groups, subjects, activities and lessons. Pupils are numbered 0, 1, … inside."""

    def __init__(self, ids: Ids) -> None:
        self.ids = ids
        self.pupils = {source: place for place, source in enumerate(ids.pupils)}
        self.pupil_numbers = np.fromiter(ids.pupils.values(), np.int64, len(ids.pupils))
        self.events: dict[str, int] = {}
        self.subjects: dict[str, int] = {"": 0}
        self.unknown_members: set[str] = set()
        self._subject_of: dict[str, str] = {}
        self._activities: dict[str, ActivityRecord] = {}
        self._members: dict[str, tuple[Ints, Ints, Ints]] = {}
        self._expected: dict[tuple[str, int], Ints] = {}
        self._rows: list[tuple[int, int, int, int, int, int, int, int]] = []
        self._activity_of: list[str] = []
        self._exceptions: list[tuple[int, str, bool, int]] = []

    def add_groups(self, groups: Iterable[Record]) -> None:
        """Take groups with their memberships; records of other kinds are passed over."""
        for group in groups:
            if not isinstance(group, GroupRecord):
                continue
            known = []
            for one in group.memberships:
                place = self.pupils.get(one.person)
                if place is None:
                    self.unknown_members.add(one.person)
                else:
                    known.append((place, _day(one.start, FIRST_DAY), _day(one.end, LAST_DAY)))
            columns = np.array(known, np.int64).reshape(-1, 3)
            self._members[group.id] = (columns[:, 0], columns[:, 1], columns[:, 2])

    def add_syllabuses(self, syllabuses: Iterable[Record]) -> None:
        """Take subjects; records of other kinds are passed over."""
        found = (one for one in syllabuses if isinstance(one, SyllabusRecord))
        self._subject_of.update((one.id, one.subject) for one in found)

    def add_activities(self, activities: Iterable[Record]) -> None:
        """Take activities; records of other kinds are passed over."""
        found = (one for one in activities if isinstance(one, ActivityRecord))
        self._activities.update((one.id, one) for one in found)

    def add_events(self, events: Iterable[CalendarEventRecord], findings: Findings) -> None:
        """Take lessons, refusing those of an impossible length; one sent again replaces the former."""
        for event in events:
            clock = round((event.end - event.start).total_seconds() / 60)
            length = clock if event.minutes is None else event.minutes
            if max(clock, length) > MAX_LESSON_MINUTES:
                findings.refuse(
                    event.id,
                    "endTime",
                    say(
                        N_("lektionen är längre än {max_lesson_minutes} minuter"),
                        max_lesson_minutes=MAX_LESSON_MINUTES,
                    ),
                )
                continue
            place = self.events.setdefault(event.id, len(self._rows))
            row = self._row(event, clock, length)
            if place == len(self._rows):
                self._rows.append(row)
                self._activity_of.append(event.activity)
            else:
                self._rows[place], self._activity_of[place] = row, event.activity
                self._exceptions = [one for one in self._exceptions if one[0] != place]
            for one in event.exceptions:
                minutes = -1 if one.minutes is None else min(one.minutes, MAX_LESSON_MINUTES)
                self._exceptions.append((place, one.student, one.participates, minutes))

    def forget_events(self) -> None:
        """Forget the lessons, so that another window can begin; groups and activities stay."""
        self.events.clear()
        self._rows.clear()
        self._activity_of.clear()
        self._exceptions.clear()
        self._expected.clear()

    def columns(self) -> EventColumns:
        """Return the lessons as arrays."""
        table = np.array(self._rows, np.int64).reshape(-1, 8)
        return EventColumns(*(table[:, at] for at in range(8)))

    def exceptions(self) -> Exceptions:
        """Return the pupils that single lessons name, of those who are in the register."""
        width = len(self.pupils)
        found = {
            place * width + self.pupils[student]: (participates, minutes)
            for place, student, participates, minutes in self._exceptions
            if student in self.pupils
        }
        keys = sorted(found)
        return Exceptions(
            key=np.array(keys, np.int64),
            participates=np.array([found[key][0] for key in keys], np.bool_),
            minutes=np.array([found[key][1] for key in keys], np.int64),
        )

    def expected(self, columns: EventColumns) -> Ints:
        """Return the keys (lesson × pupils + pupil) of all who were expected by group membership."""
        width = len(self.pupils)
        parts: list[Ints] = [np.empty(0, np.int64)]
        for place in np.flatnonzero(columns.status == COUNTED):
            pupils = self._expected_at(self._activity_of[place], int(columns.day[place]))
            if len(pupils):
                parts.append(pupils + int(place) * width)
        return np.unique(np.concatenate(parts))

    def _expected_at(self, activity: str, day: int) -> Ints:
        found = self._expected.get((activity, day))
        if found is None:
            parts: list[Ints] = [np.empty(0, np.int64)]
            for group in self._activities[activity].groups:
                if group in self._members:
                    pupils, start, end = self._members[group]
                    parts.append(pupils[(start <= day) & (day <= end)])
            found = self._expected[activity, day] = np.concatenate(parts)
        return found

    def _row(
        self, event: CalendarEventRecord, clock: int, length: int
    ) -> tuple[int, int, int, int, int, int, int, int]:
        activity = self._activities.get(event.activity)
        begins, status = event.start, _status(event, activity)
        if activity is None:
            activity = ActivityRecord(id=event.activity, name="", kind=None, organisation=None)
        groups = [self.ids.groups[one] for one in activity.groups if one in self.ids.groups]
        return (
            _day(begins, 0),
            begins.hour * 60 + begins.minute,
            length,
            clock,
            status,
            self.ids.units.get(activity.organisation or "", 0),
            groups[0] if groups else 0,
            self._subject(activity),
        )

    def _subject(self, activity: ActivityRecord) -> int:
        word = activity.subject or self._subject_of.get(activity.syllabus or "", "")
        return self.subjects.setdefault(word, len(self.subjects))


def _status(event: CalendarEventRecord, activity: ActivityRecord | None) -> int:
    if event.cancelled:
        return CANCELLED
    if activity is None:
        return ACTIVITY_UNKNOWN
    return COUNTED if activity.offered else NOT_TEACHING


def _day(moment: date | datetime | None, otherwise: int) -> int:
    return otherwise if moment is None else moment.toordinal() - EPOCH
