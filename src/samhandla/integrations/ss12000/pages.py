"""The fast way from the bytes of a page to columns: typed decoding, with a careful way as fall-back.

Attendance is by far the most data of a source. A typed decoder reads only the fields that
are used, so free text on absence is never even made into a string. When one row of a page
does not fit the types, the whole page is read row by row instead, and that row is refused.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Annotated, Any

import msgspec

from samhandla.integrations.ss12000.answers import rows_of, truncated
from samhandla.integrations.ss12000.parse import parse_rows
from samhandla.integrations.ss12000.records import AttendanceRecord, CalendarEventRecord
from samhandla.integrations.ss12000.rows import Findings
from samhandla.lib.i18n import N_, say

ATTENDANCES = say(N_("närvaro per lektion"))
EVENTS = say(N_("lektioner"))


# Bounds that keep a damaged number from overflowing a column; whether it is sensible is judged later.
Minutes = Annotated[int, msgspec.Meta(ge=-1_000_000, le=1_000_000)]


class RefIn(msgspec.Struct, gc=False):
    """A reference as sent; only its id is read."""

    id: str


class AttendanceIn(msgspec.Struct, gc=False):
    """The fields of an attendance that are used, named as sent."""

    id: str
    student: RefIn
    calendarEvent: RefIn | None = None  # noqa: N815 - the standard's name
    isReported: bool = False  # noqa: N815
    attendanceMinutes: Minutes | None = None  # noqa: N815
    validAbsenceMinutes: Minutes | None = None  # noqa: N815
    invalidAbsenceMinutes: Minutes | None = None  # noqa: N815
    otherAttendanceMinutes: Minutes | None = None  # noqa: N815


class EmbeddedIn(msgspec.Struct, gc=False):
    """What expand=attendance adds to a lesson."""

    attendance: list[AttendanceIn] | None = None


class EventIn(msgspec.Struct, gc=False):
    """A lesson as sent: its own fields are checked by the careful reader, its attendance here."""

    id: Any = None
    activity: Any = None
    startTime: Any = None  # noqa: N815
    endTime: Any = None  # noqa: N815
    cancelled: Any = None
    teachingLengthStudent: Any = None  # noqa: N815
    studentExceptions: Any = None  # noqa: N815
    embedded: EmbeddedIn | None = msgspec.field(name="_embedded", default=None)

    def own_fields(self) -> dict[str, Any]:
        """Return the lesson without its attendance, as the careful reader wants it."""
        return {name: getattr(self, name) for name in OWN_FIELDS}


OWN_FIELDS = tuple(name for name in EventIn.__struct_fields__ if name != "embedded")
_ATTENDANCES = msgspec.json.Decoder(list[AttendanceIn])
_EVENTS = msgspec.json.Decoder(list[EventIn])


@dataclass
class Marks:
    """Attendance as columns of equal length; minutes are None where the source gives nothing.

    `present` None is not the same as 0: it is then what the other minutes leave of the lesson.
    """

    ids: list[str] = field(default_factory=list)
    events: list[str] = field(default_factory=list)
    students: list[str] = field(default_factory=list)
    reported: list[bool] = field(default_factory=list)
    present: list[int | None] = field(default_factory=list)
    valid: list[int | None] = field(default_factory=list)
    invalid: list[int | None] = field(default_factory=list)
    other: list[int | None] = field(default_factory=list)


def read_attendances(data: bytes, findings: Findings) -> Marks:
    """Read a page of attendances into columns.

    Raises: Truncated when the JSON is not whole.
    """
    try:
        rows = _ATTENDANCES.decode(data)
        events = [row.calendarEvent.id for row in rows]  # type: ignore[union-attr]  # None is caught below
    except (msgspec.ValidationError, AttributeError):
        return _carefully(rows_of(data, ATTENDANCES), findings)
    except msgspec.DecodeError as error:
        raise truncated(ATTENDANCES) from error
    return _columns(rows, events)


def read_events(data: bytes, findings: Findings) -> tuple[list[CalendarEventRecord], Marks, bool]:
    """Read a page of lessons, with the attendance that comes inside them when the source expands.

    Returns: the lessons, the attendance, and whether any lesson had a list of attendance inside.
    Raises: Truncated when the JSON is not whole.
    """
    try:
        rows = _EVENTS.decode(data)
    except msgspec.ValidationError:
        return _events_carefully(rows_of(data, EVENTS), findings)
    except msgspec.DecodeError as error:
        raise truncated(EVENTS) from error
    records = parse_rows("calendarEvents", [row.own_fields() for row in rows], findings)
    inside = [row for row in rows if row.embedded is not None and row.embedded.attendance is not None]
    marks: list[AttendanceIn] = []
    events: list[str] = []
    for row in inside:
        attendance = row.embedded.attendance if row.embedded and row.embedded.attendance else []
        marks += attendance
        events += [str(row.id)] * len(attendance)
    return _events_only(records), _columns(marks, events), bool(inside)


def _columns(rows: list[AttendanceIn], events: list[str]) -> Marks:
    return Marks(
        ids=[row.id for row in rows],
        events=events,
        students=[row.student.id for row in rows],
        reported=[row.isReported for row in rows],
        present=[row.attendanceMinutes for row in rows],
        valid=[row.validAbsenceMinutes for row in rows],
        invalid=[row.invalidAbsenceMinutes for row in rows],
        other=[row.otherAttendanceMinutes for row in rows],
    )


def _carefully(rows: list[Any], findings: Findings) -> Marks:
    marks = Marks()
    for record in parse_rows("attendances", rows, findings):
        if isinstance(record, AttendanceRecord):
            marks.ids.append(record.id)
            marks.events.append(record.event)
            marks.students.append(record.student)
            marks.reported.append(record.is_reported)
            marks.present.append(record.present)
            marks.valid.append(record.valid)
            marks.invalid.append(record.invalid)
            marks.other.append(record.other)
    return marks


def _events_carefully(rows: list[Any], findings: Findings) -> tuple[list[CalendarEventRecord], Marks, bool]:
    records = parse_rows("calendarEvents", rows, findings)
    attendances: list[Any] = []
    inside = False
    for row in rows:
        embedded = row.get("_embedded") if isinstance(row, dict) else None
        attendance = embedded.get("attendance") if isinstance(embedded, dict) else None
        if isinstance(attendance, list):
            inside = True
            here = {"calendarEvent": {"id": row.get("id")}}
            attendances += [{**one, **here} if isinstance(one, dict) else one for one in attendance]
    return _events_only(records), _carefully(attendances, findings), inside


def _events_only(records: Iterable[object]) -> list[CalendarEventRecord]:
    return [record for record in records if isinstance(record, CalendarEventRecord)]
