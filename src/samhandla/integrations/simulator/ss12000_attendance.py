"""Lessons as SS 12000 calendarEvents, attendances, absences and aggregatedAttendance."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from samhandla.integrations.simulator.records import Pupil
from samhandla.integrations.simulator.ss12000_ids import Ids, Json, moment
from samhandla.integrations.simulator.world import World

# What guardians write. Free text of this kind may be health data: a receiver must not keep it.
REASONS = ("Sjuk", "Feber och hosta", "Magsjuk", "Tandläkare", "Läkarbesök", "Ledig", "Hemma")
DAY_FROM, DAY_TO = 8 * 60, 16 * 60
REPORTED_AFTER = 5  # minutes into the lesson


@dataclass(frozen=True, slots=True)
class _Lesson:
    pupil: int
    unit: int
    group: int
    date: date
    start: int
    offered: int
    present: int
    valid: int
    invalid: int
    other: int
    reported: bool


class _Register:
    """What the lessons need to know about people, gathered once."""

    def __init__(self, ids: Ids, world: World) -> None:
        self.ids = ids
        self.pupils: dict[int, Pupil] = {}
        self.members: dict[int, tuple[int, ...]] = {}
        self.teacher: dict[int, int] = {}
        for school in world.schools():
            self.pupils.update({pupil.number: pupil for pupil in school.pupils if not pupil.moved})
            for group in school.groups:
                self.members[group.number] = group.members
                self.teacher[group.number] = group.teacher

    def student(self, number: int) -> Json:
        reference: Json = {"id": self.ids.of("person", number)}
        marking = self.pupils[number].marking
        if marking is not None:
            reference["securityMarking"] = marking
        return reference


class LessonDays:
    """Lessons as calendarEvents with their attendance inside, some days at a time."""

    def __init__(self, ids: Ids, world: World) -> None:
        self._register = _Register(ids, world)

    def events(self, lessons: pa.Table) -> list[Json]:
        """Return the events of lessons of this world; lessons of one day give that day's events."""
        rows = list(_inside(lessons, None))
        inside: dict[str, list[Json]] = defaultdict(list)
        for attendance in _attendances(self._register, rows):
            inside[attendance["calendarEvent"]["id"]].append(attendance)
        events = _calendar_events(self._register, rows)
        return [{**event, "_embedded": {"attendance": inside[event["id"]]}} for event in events]


def attendance_resources(
    ids: Ids, world: World, lessons: pa.Table, window: tuple[date, date] | None
) -> dict[str, list[Json]]:
    """Return the four attendance resources for the lessons inside the window."""
    register = _Register(ids, world)
    rows = list(_inside(lessons, window))
    return {
        "calendarEvents": _calendar_events(register, rows),
        "attendances": _attendances(register, rows),
        "absences": _absences(register, rows),
        "aggregatedAttendance": _totals(register, rows, window),
    }


def _inside(lessons: pa.Table, window: tuple[date, date] | None) -> Iterator[_Lesson]:
    if window is not None:
        first, last = (pa.scalar(day, pa.date32()) for day in window)
        day = lessons["date"]
        lessons = lessons.filter(pc.and_(pc.greater_equal(day, first), pc.less_equal(day, last)))
    columns = [lessons[name].to_pylist() for name in _Lesson.__slots__]
    for values in zip(*columns, strict=True):
        yield _Lesson(*values)


def _event_key(row: _Lesson) -> str:
    return f"{row.group} {row.date} {row.start}"


def _calendar_events(register: _Register, rows: list[_Lesson]) -> list[Json]:
    """Return one event per group, day and hour; a member who is not offered it stands as an exception."""
    attending: dict[str, set[int]] = defaultdict(set)
    first: dict[str, _Lesson] = {}
    for row in rows:
        attending[_event_key(row)].add(row.pupil)
        first.setdefault(_event_key(row), row)
    events = []
    for key, row in first.items():
        event: Json = {
            "id": register.ids.of("calendarEvent", key),
            "meta": register.ids.meta(),
            "activity": {"id": register.ids.of("activity", row.group)},
            "startTime": moment(row.date, row.start),
            "endTime": moment(row.date, row.start + row.offered),
            "cancelled": False,
            "teachingLengthStudent": row.offered,
            "teachingLengthTeacher": row.offered,
        }
        not_offered = _not_offered(register, row, attending[key])
        if not_offered:
            event["studentExceptions"] = not_offered
        events.append(event)
    return events


def _not_offered(register: _Register, row: _Lesson, attending: set[int]) -> list[Json]:
    """Return exceptions for pupils whose adapted timetable leaves the lesson out."""
    return [
        {"student": register.student(number), "participates": False}
        for number in register.members[row.group]
        if number not in attending
        and register.pupils[number].adapted
        and _enrolled(register.pupils[number], row)
    ]


def _enrolled(pupil: Pupil, row: _Lesson) -> bool:
    return any(
        own.unit == row.unit and own.started <= row.date and (own.ended is None or row.date <= own.ended)
        for own in pupil.enrolments
    )


def _attendances(register: _Register, rows: list[_Lesson]) -> list[Json]:
    """Return one attendance per pupil and lesson; a lesson registered twice gives two objects."""
    ids = register.ids
    seen: dict[str, int] = {}
    found = []
    for row in rows:
        key = f"{row.pupil} {_event_key(row)}"
        seen[key] = seen.get(key, 0) + 1
        attendance: Json = {
            "id": ids.once("attendance", key if seen[key] == 1 else f"{key} {seen[key]}"),
            "meta": ids.meta(moment(row.date, row.start + REPORTED_AFTER)),
            "calendarEvent": {"id": ids.of("calendarEvent", _event_key(row))},
            "student": register.student(row.pupil),
            "isReported": row.reported,
            "attendanceMinutes": row.present,
            "validAbsenceMinutes": row.valid,
            "invalidAbsenceMinutes": row.invalid,
            "otherAttendanceMinutes": row.other,
        }
        if row.reported:
            attendance["reporter"] = {"id": ids.of("person", register.teacher[row.group])}
            attendance["reportedTimestamp"] = moment(row.date, row.start + REPORTED_AFTER)
        if row.valid:
            attendance["absenceReason"] = REASONS[(row.pupil * 7 + row.date.toordinal()) % len(REASONS)]
        found.append(attendance)
    return found


def _absences(register: _Register, rows: list[_Lesson]) -> list[Json]:
    """Return one notified absence per unbroken run of days that were wholly valid absence.

    A lesson that nobody registered does not break a run: it is what a notified absence explains.
    """
    whole: dict[int, dict[date, bool]] = defaultdict(dict)
    unit: dict[int, int] = {}
    known = {(row.pupil, row.date) for row in rows if row.reported and row.valid}
    for row in rows:
        days = whole[row.pupil]
        away = row.valid == row.offered or not row.reported
        days[row.date] = days.get(row.date, (row.pupil, row.date) in known) and away
        unit[row.pupil] = row.unit
    return [
        _absence(register, pupil, unit[pupil], first, last)
        for pupil, days in sorted(whole.items())
        for first, last in _runs(days)
    ]


def _runs(days: dict[date, bool]) -> Iterator[tuple[date, date]]:
    """Yield the first and last day of every run of days with True, in the order of the days given.

    >>> list(_runs({date(2025, 9, 1): True, date(2025, 9, 2): True, date(2025, 9, 3): False}))
    [(datetime.date(2025, 9, 1), datetime.date(2025, 9, 2))]
    """
    first: date | None = None
    last: date | None = None
    for day in sorted(days):
        if days[day]:
            first, last = first or day, day
        elif first is not None and last is not None:
            yield first, last
            first = None
    if first is not None and last is not None:
        yield first, last


def _absence(register: _Register, pupil: int, unit: int, first: date, last: date) -> Json:
    ids = register.ids
    planned = (pupil + first.toordinal()) % 12 == 0
    return {
        "id": ids.once("absence", f"{pupil} {first}"),
        "meta": ids.meta(moment(first, 7 * 60)),
        "startTime": moment(first, DAY_FROM),
        "endTime": moment(last, DAY_TO),
        "type": "Beviljad ledighet" if planned else "Anmäld frånvaro",
        "student": register.student(pupil),
        "organisation": {"id": ids.of("organisation", unit)},
    }


def _totals(register: _Register, rows: list[_Lesson], window: tuple[date, date] | None) -> list[Json]:
    """Return minutes per pupil and activity, one row per term inside the window."""
    sums: dict[tuple[int, int, int], list[int]] = {}
    span: dict[int, tuple[date, date]] = {}
    for row in rows:
        term = row.date.year * 2 + (row.date.month >= 7)
        first, last = span.get(term, (row.date, row.date))
        span[term] = min(first, row.date), max(last, row.date)
        total = sums.setdefault((row.pupil, row.group, term), [0, 0, 0, 0, 0, 0])
        reported = row.offered if row.reported else 0
        values = (row.present, row.valid, row.invalid, row.other, reported, row.offered)
        for i, value in enumerate(values):
            total[i] += value
    if window is not None and len(span) == 1:
        span = dict.fromkeys(span, window)
    return [_total(register, key, total, span[key[2]]) for key, total in sums.items()]


def _total(register: _Register, key: tuple[int, int, int], total: list[int], span: tuple[date, date]) -> Json:
    pupil, group, _ = key
    names = (
        "attendanceSum", "validAbsenceSum", "invalidAbsenceSum", "otherAttendanceSum", "reportedSum",
        "offeredSum",
    )  # fmt: skip
    return {
        "activity": {"id": register.ids.of("activity", group)},
        "student": register.student(pupil),
        "startDate": span[0].isoformat(),
        "endDate": span[1].isoformat(),
        **dict(zip(names, total, strict=True)),
    }
