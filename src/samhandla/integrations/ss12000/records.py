"""Records that only SS 12000 has: activities, lessons, attendance, notified absence, deletions."""

from __future__ import annotations

from datetime import date, datetime

from samhandla.integrations.records import Record

# The activity types in which attendance must be taken; exams, teachers' work and lunch are not offered time.
OFFERED_TYPES = ("Undervisning", "Elevaktivitet")


class SyllabusRecord(Record, frozen=True, kw_only=True):
    """A subject or course. `subject` is the short designation (MA), else the code (GRGRMAT01)."""

    id: str
    subject: str
    name: str | None = None


class TeacherRecord(Record, frozen=True, kw_only=True):
    """Who leads an activity: a duty, or a person where the source sends that instead."""

    duty: str | None = None
    person: str | None = None
    start: date | None = None
    end: date | None = None


class ActivityRecord(Record, frozen=True, kw_only=True):
    """What groups do together over time; its lessons are calendar events."""

    id: str
    name: str
    kind: str | None
    organisation: str | None
    groups: tuple[str, ...] = ()
    teachers: tuple[TeacherRecord, ...] = ()
    syllabus: str | None = None
    subject: str | None = None
    start: date | None = None
    end: date | None = None
    modified: datetime | None = None

    @property
    def offered(self) -> bool:
        """Whether its lessons count as offered time; a type that is not sent counts as teaching."""
        return self.kind is None or self.kind in OFFERED_TYPES


class StudentException(Record, frozen=True, kw_only=True):
    """A pupil who takes part although not a member, or does not although one, or for another time."""

    student: str
    participates: bool
    minutes: int | None = None


class CalendarEventRecord(Record, frozen=True, kw_only=True):
    """A lesson. Times are in Stockholm; `minutes` is the teaching length when the source gives it."""

    id: str
    activity: str
    start: datetime
    end: datetime
    cancelled: bool = False
    minutes: int | None = None
    exceptions: tuple[StudentException, ...] = ()


class AttendanceRecord(Record, frozen=True, kw_only=True):
    """One pupil and one lesson, minutes; None where the source gives nothing.

    `reason` is a code of the caller's own mapping; free text never comes this far.
    """

    id: str
    event: str
    student: str
    is_reported: bool
    present: int | None = None
    valid: int = 0
    invalid: int = 0
    other: int = 0
    reason: str | None = None
    reported_at: datetime | None = None


class AbsenceRecord(Record, frozen=True, kw_only=True):
    """Absence that somebody has notified, or leave that the school has granted; times are in Stockholm.

    `kind` is the source's own word (Anmäld frånvaro, Beviljad ledighet). Why, and by whom, is not kept.
    """

    id: str
    student: str
    start: datetime
    end: datetime
    kind: str | None = None
    modified: datetime | None = None


class DeletedRecord(Record, frozen=True, kw_only=True):
    """A row that the source has deleted; `resource` is an endpoint's name, "" when not told."""

    resource: str
    id: str
