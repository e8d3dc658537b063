"""From activities, lessons and attendance to the columns of the attendance lake (`LESSONS`).

What counts as offered: lessons that were not cancelled, of an activity whose attendance must
be taken (Undervisning, Elevaktivitet), for pupils who belong to one of its groups that day or
are named as taking part, and not for those named as not taking part. How long: the pupil's
own length, else the teaching length for pupils, else the clock. A lesson without attendance
for a pupil is kept as not reported, with the valid absence that was notified (`notified`).
Everything else is set aside and counted by reason.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from samhandla.analytics.tables.attendance import LESSONS, MAX_LESSON_MINUTES
from samhandla.integrations.ss12000.notified import MINUTES_PER_DAY, spans_of
from samhandla.integrations.ss12000.pages import Marks, read_attendances, read_events
from samhandla.integrations.ss12000.records import AbsenceRecord
from samhandla.integrations.ss12000.rows import Findings
from samhandla.integrations.ss12000.timetable import (
    ACTIVITY_UNKNOWN,
    CANCELLED,
    COUNTED,
    NOT_TEACHING,
    Ids,
    Ints,
    Timetable,
)
from samhandla.lib.i18n import N_, say

Flags = npt.NDArray[np.bool_]
NOT_GIVEN = -2_000_000  # outside what a page may hold, so that a sent -1 is still seen as negative
NOT_GIVEN_PACKED = -1  # once negative minutes are refused
MAX_SLOT = 20
WHY_ASIDE = {CANCELLED: "cancelled", NOT_TEACHING: "not_teaching", ACTIVITY_UNKNOWN: "activity_unknown"}


@dataclass(frozen=True)
class Lessons:
    """The finished table with the columns of LESSONS, sorted by pupil and time.

    `set_aside` counts attendance that was not used, by reason; none of it is a fault of a row.
    `explained` counts lessons by what a notified absence did to them.
    """

    table: pa.Table
    set_aside: Counter[str]
    explained: Counter[str] = field(default_factory=Counter)


@dataclass
class Part:
    """Attendance as arrays of equal length: lesson, pupil (inner number), minutes."""

    event: Ints
    pupil: Ints
    present: Ints
    valid: Ints
    invalid: Ints
    other: Ints
    reported: Flags
    offered: Ints

    @staticmethod
    def empty() -> Part:
        nothing = np.empty(0, np.int64)
        flags = np.empty(0, np.bool_)
        return Part(nothing, nothing, nothing, nothing, nothing, nothing, flags, nothing)

    @staticmethod
    def join(parts: Sequence[Part]) -> Part:
        """Put parts after each other."""
        parts = parts or [Part.empty()]
        return Part(*(np.concatenate([getattr(part, name) for part in parts]) for name in PART_COLUMNS))

    def packed(self) -> Part:
        """Return the same in a fifth of the memory, for parts that wait until all pages have come."""
        packed = replace(self, present=np.maximum(self.present, NOT_GIVEN_PACKED))
        for name in ("present", "valid", "invalid", "other", "offered"):
            setattr(packed, name, getattr(packed, name).astype(np.int16))
        packed.event, packed.pupil = packed.event.astype(np.int32), packed.pupil.astype(np.int32)
        return packed

    def only(self, keep: Flags | Ints) -> Part:
        return Part(*(getattr(self, name)[keep] for name in PART_COLUMNS))


PART_COLUMNS = tuple(column.name for column in fields(Part))


class LessonBuilder:
    """Makes lesson rows for a window of days from the pages of a source.

    Add groups, syllabuses and activities to `timetable` first, then the pages of lessons,
    then those of attendance, and finish. One window at a time bounds the memory.
    """

    def __init__(self, ids: Ids, findings: Findings) -> None:
        self.timetable = Timetable(ids)
        self.findings = findings
        self.set_aside: Counter[str] = Counter()
        self.attendance_inside = False
        self._parts: list[Part] = []
        self._absences: dict[str, AbsenceRecord] = {}
        self.explained: Counter[str] = Counter()

    def add_events(self, data: bytes) -> None:
        """Take a page of calendarEvents, with attendance when it was expanded."""
        events, marks, inside = read_events(data, self.findings)
        self.attendance_inside |= inside
        self.timetable.add_events(events, self.findings)
        self._add(marks)

    def add_attendances(self, data: bytes) -> None:
        """Take a page of attendances; its lessons must have been added before."""
        self._add(read_attendances(data, self.findings))

    def add_absences(self, absences: Iterable[AbsenceRecord]) -> None:
        """Take notified absence; one sent again replaces the former."""
        self._absences.update((one.id, one) for one in absences)

    def _add(self, marks: Marks) -> None:
        if not marks.ids:
            return
        part = Part(
            event=_places(marks.events, self.timetable.events),
            pupil=_places(marks.students, self.timetable.pupils),
            present=_minutes(marks.present, NOT_GIVEN),
            valid=_minutes(marks.valid, 0),
            invalid=_minutes(marks.invalid, 0),
            other=_minutes(marks.other, 0),
            reported=np.array(marks.reported, np.bool_),
            offered=np.zeros(len(marks.ids), np.int64),
        )
        self._parts.append(part.only(self._usable(part, marks)).packed())

    def _usable(self, part: Part, marks: Marks) -> Flags:
        known = part.event >= 0
        self.set_aside["lesson_not_in_window"] += int(np.count_nonzero(~known))
        stranger = known & (part.pupil < 0)
        low = np.minimum.reduce((part.valid, part.invalid, part.other)) < 0
        low |= (part.present < 0) & (part.present != NOT_GIVEN)
        high = np.maximum.reduce((part.present, part.valid, part.invalid, part.other)) > MAX_LESSON_MINUTES
        self._refuse(stranger, marks.ids, "student", N_("eleven finns inte i registret"))
        self._refuse(known & low, marks.ids, "minutes", N_("minuterna är negativa"))
        self._refuse(
            known & high & ~low,
            marks.ids,
            "minutes",
            say(N_("minuterna är fler än {max_lesson_minutes}"), max_lesson_minutes=MAX_LESSON_MINUTES),
        )
        usable: Flags = known & ~stranger & ~low & ~high
        return usable

    def _refuse(self, which: Flags, ids: Sequence[str], field: str, reason: str) -> None:
        for place in np.flatnonzero(which).tolist():
            self.findings.refuse(ids[place], field, reason)

    def finish(self) -> Lessons:
        """Return the rows of the window and forget its lessons and attendance."""
        window = Window(self.timetable)
        part = Part.join(self._parts)
        self._parts = []
        part = self._newest(part, window)
        part = self._counted(part, window)
        part = self._within_lesson(part, window)
        part = Part.join([part, window.missing(part)])
        part = self._without_clashes(part, window)
        self._explain(part, window)
        lessons = Lessons(as_lessons(part, window), +self.set_aside, +self.explained)
        self.timetable.forget_events()
        self.set_aside, self.explained = Counter(), Counter()
        return lessons

    def _newest(self, part: Part, window: Window) -> Part:
        """Keep the last that was sent of each pupil and lesson."""
        key = window.key(part)
        order = np.argsort(key, kind="stable")
        key = key[order]
        last = np.ones(len(key), np.bool_)
        last[:-1] = key[1:] != key[:-1]
        self.set_aside["sent_again"] += int(len(key) - np.count_nonzero(last))
        return part.only(order[last])

    def _counted(self, part: Part, window: Window) -> Part:
        status = window.events.status[part.event]
        for code, why in WHY_ASIDE.items():
            self.set_aside[why] += int(np.count_nonzero(status == code))
        away = window.away(window.key(part)) & (status == COUNTED)
        self.set_aside["not_participating"] += int(np.count_nonzero(away))
        return part.only((status == COUNTED) & ~away)

    def _within_lesson(self, part: Part, window: Window) -> Part:
        """Set what was offered; refuse minutes that neither the lesson's length nor the clock can hold."""
        offered = window.length(part.event, window.key(part))
        absent = part.valid.astype(np.int64) + part.invalid + part.other
        total = absent + np.maximum(part.present, 0)
        fits = total <= np.maximum(offered, window.events.clock[part.event])
        ids = list(self.timetable.events)
        self._refuse(
            ~fits, [ids[place] for place in part.event], "minutes", N_("minuterna är fler än lektionens")
        )
        part.offered = np.maximum(offered, total)
        left = np.where(part.reported, part.offered - absent, 0)
        part.present = np.where(part.present == NOT_GIVEN_PACKED, left, part.present)
        return part.only(fits)

    def _without_clashes(self, part: Part, window: Window) -> Part:
        """Sort by pupil and time; of lessons at the same time keep a reported one, else the first."""
        when = window.when(part)
        order = np.argsort(when, kind="stable")
        sorted_when = when[order]
        first = np.ones(len(order), np.bool_)
        first[1:] = sorted_when[1:] != sorted_when[:-1]
        if first.all():
            return part.only(order)
        self.set_aside["same_time"] += int(np.count_nonzero(~first))
        order = np.lexsort((part.event, ~part.reported, when))
        return part.only(order[first])

    def _explain(self, part: Part, window: Window) -> None:
        """Put notified absence in the minutes that nobody has registered; registered ones stand."""
        notified = spans_of(self._absences.values(), self.timetable.pupils)
        self.set_aside["notified_unknown"] += notified.unknown
        if not len(notified.start):
            return
        start = window.events.day[part.event] * MINUTES_PER_DAY + window.events.start[part.event]
        clock = window.events.clock[part.event]
        minutes = notified.minutes(part.pupil, start, clock)
        minutes = np.where(minutes >= clock, part.offered, minutes)  # a lesson may be longer than its clock
        told = part.present.astype(np.int64) + part.valid + part.invalid + part.other
        free = np.minimum(minutes, part.offered - told)
        part.valid = part.valid + np.maximum(free, 0)
        self.explained["unreported"] += int(np.count_nonzero((free > 0) & ~part.reported))
        self.explained["without_code"] += int(np.count_nonzero((free > 0) & part.reported))
        self.explained["kept_invalid"] += int(np.count_nonzero((minutes > 0) & (part.invalid > 0)))


class Window:
    """The lessons of a window as arrays, with what single lessons say of single pupils."""

    def __init__(self, timetable: Timetable) -> None:
        self.timetable = timetable
        self.width = max(1, len(timetable.pupils))
        self.events = timetable.columns()
        self.exceptions = timetable.exceptions()

    def key(self, part: Part) -> Ints:
        return part.event.astype(np.int64) * self.width + part.pupil

    def when(self, part: Part) -> Ints:
        """One number that sorts by pupil, day and start."""
        first = int(self.events.day.min()) if len(self.events.day) else 0
        day = self.events.day[part.event] - first
        return (part.pupil.astype(np.int64) << 32) | (day << 11) | self.events.start[part.event]

    def away(self, key: Ints) -> Flags:
        """Tell for which keys a lesson says that the pupil does not take part."""
        named, place = self._named(key)
        return named & ~self.exceptions.participates[place] if len(place) else named

    def length(self, event: Ints, key: Ints) -> Ints:
        """Return the minutes offered: the pupil's own length where given, else the lesson's."""
        length = self.events.length[event]
        named, place = self._named(key)
        if len(place):
            own = self.exceptions.minutes[place]
            length = np.where(named & (own >= 0), own, length)
        return length

    def _named(self, key: Ints) -> tuple[Flags, Ints]:
        known = self.exceptions.key
        if not len(known):
            return np.zeros(len(key), np.bool_), np.empty(0, np.int64)
        place = np.minimum(np.searchsorted(known, key), len(known) - 1)
        return known[place] == key, place

    def missing(self, part: Part) -> Part:
        """Return the pupils who were expected at lessons but have no attendance, as not reported."""
        named = self.exceptions.key[self.exceptions.participates]
        named = named[self.events.status[named // self.width] == COUNTED]
        expected = np.union1d(self.timetable.expected(self.events), named)
        expected = expected[~self.away(expected)]
        key = np.setdiff1d(expected, self.key(part), assume_unique=True)
        event = key // self.width
        nothing = np.zeros(len(key), np.int64)
        unreported = np.zeros(len(key), np.bool_)
        length = self.length(event, key)
        return Part(event, key % self.width, nothing, nothing, nothing, nothing, unreported, length)


def as_lessons(part: Part, window: Window) -> pa.Table:
    """Turn attendance that is sorted by pupil and time into the columns of LESSONS."""
    events, timetable = window.events, window.timetable
    pupil = timetable.pupil_numbers[part.pupil]
    day = events.day[part.event]
    unit = events.unit[part.event]
    if timetable.ids.home_units and (unit == 0).any():
        home = np.array([timetable.ids.home_units.get(one, 0) for one in timetable.pupil_numbers.tolist()])
        unit = np.where(unit == 0, home[part.pupil], unit)
    subject = pa.DictionaryArray.from_arrays(
        pa.array(events.subject[part.event].astype(np.int16)), pa.array(list(timetable.subjects), pa.string())
    )
    columns = {
        "pupil": pupil,
        "unit": unit.astype(np.int32),
        "group": events.group[part.event].astype(np.int32),
        "date": pa.array(day.astype(np.int32)).cast(pa.date32()),
        "start": events.start[part.event].astype(np.int16),
        "slot": _slots(part.pupil, day),
        "subject": subject,
        "offered": part.offered.astype(np.int16),
        "present": part.present.astype(np.int16),
        "valid": part.valid.astype(np.int16),
        "invalid": part.invalid.astype(np.int16),
        "other": part.other.astype(np.int16),
        "reported": part.reported,
        "participating": pa.nulls(len(pupil), pa.bool_()),
    }
    return pa.table([pa.array(columns[name]) for name in LESSONS.names], schema=LESSONS.schema)


def _slots(pupil: Ints, day: Ints) -> npt.NDArray[np.int8]:
    """Number each pupil's lessons of a day from 1; rows are sorted by pupil and time."""
    new = np.ones(len(pupil), np.bool_)
    new[1:] = (pupil[1:] != pupil[:-1]) | (day[1:] != day[:-1])
    begins = np.flatnonzero(new)
    place = np.arange(len(pupil)) - np.repeat(begins, np.diff(np.append(begins, len(pupil))))
    return np.minimum(place + 1, MAX_SLOT).astype(np.int8)


def _places(ids: Sequence[str], known: Mapping[str, int]) -> Ints:
    find = known.get
    return np.array([find(one, -1) for one in ids], np.int64)


def _minutes(values: Sequence[int | None], otherwise: int) -> Ints:
    column = pa.array(values, pa.int64())
    if column.null_count:
        column = column.fill_null(otherwise)
    numbers: Ints = column.to_numpy(zero_copy_only=False)
    return numbers
