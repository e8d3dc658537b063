"""Activities, lessons and attendance: from a row to a record."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from samhandla.integrations.records import TotalsRow
from samhandla.integrations.ss12000 import valuelists, values
from samhandla.integrations.ss12000.records import (
    AbsenceRecord,
    ActivityRecord,
    AttendanceRecord,
    CalendarEventRecord,
    StudentException,
    SyllabusRecord,
    TeacherRecord,
)
from samhandla.integrations.ss12000.rows import ParseOptions, Row, RowRefused
from samhandla.lib.i18n import N_

LONGEST_ABSENCE = timedelta(days=366)  # a longer one is a slip of the year, and would explain everything


def read_syllabus(row: Row, options: ParseOptions) -> SyllabusRecord:
    subject = row.text("subjectDesignation") or row.text("subjectCode") or row.text("courseCode") or ""
    return SyllabusRecord(
        id=row.own_id(), subject=subject, name=row.text("subjectName") or row.text("courseName")
    )


def read_activity(row: Row, options: ParseOptions) -> ActivityRecord:
    groups = [Row({"group": one}, row.findings, row.name).reference("group") for one in _list(row, "groups")]
    return ActivityRecord(
        id=row.own_id(),
        name=row.text("displayName") or "",
        kind=row.listed("activityType", valuelists.ACTIVITY_TYPES),
        organisation=row.reference("organisation"),
        groups=tuple(one for one in groups if one),
        teachers=tuple(_teachers(row)),
        syllabus=row.reference("syllabus"),
        subject=_embedded_subject(row, options),
        start=row.day("startDate"),
        end=row.day("endDate"),
        modified=row.modified(),
    )


def _list(row: Row, name: str) -> list[Any]:
    sent = row.data.get(name)
    return sent if isinstance(sent, list) else []


def _teachers(row: Row) -> list[TeacherRecord]:
    found = []
    for one in row.rows("teachers"):
        duty, person = one.reference("duty"), one.reference("person")
        if duty is None and person is None:
            continue
        if duty is None:
            row.findings.deviate("teacher_as_person")
        found.append(
            TeacherRecord(duty=duty, person=person, start=one.day("startDate"), end=one.day("endDate"))
        )
    return found


def _embedded_subject(row: Row, options: ParseOptions) -> str | None:
    embedded = row.data.get("_embedded")
    syllabus = embedded.get("syllabus") if isinstance(embedded, dict) else None
    if not isinstance(syllabus, dict) or not syllabus.get("id"):
        return None
    return read_syllabus(Row(syllabus, row.findings, row.name), options).subject or None


def read_calendar_event(row: Row, options: ParseOptions) -> CalendarEventRecord:
    start, end = row.need_moment("startTime"), row.need_moment("endTime")
    if end < start:
        raise RowRefused("endTime", N_("lektionen slutar innan den börjar"))
    return CalendarEventRecord(
        id=row.own_id(),
        activity=row.need_reference("activity"),
        start=start,
        end=end,
        cancelled=row.truth("cancelled", default=False),
        minutes=row.minutes("teachingLengthStudent"),
        exceptions=tuple(_exceptions(row)),
    )


def _exceptions(row: Row) -> list[StudentException]:
    found = []
    for one in row.rows("studentExceptions"):
        student = one.reference("student")
        if student is None:
            one.note("studentExceptions.student", N_("undantaget saknar elev och är utelämnat"))
            continue
        minutes = one.minutes("teachingLength")
        if minutes is None:
            start, end = one.moment("startTime"), one.moment("endTime")
            minutes = round((end - start).total_seconds() / 60) if start and end and end >= start else None
        participates = one.truth("participates", default=True)
        found.append(StudentException(student=student, participates=participates, minutes=minutes))
    return found


def read_attendance(row: Row, options: ParseOptions) -> AttendanceRecord:
    present = row.data.get("attendanceMinutes")
    return AttendanceRecord(
        id=row.own_id(),
        event=row.need_reference("calendarEvent"),
        student=row.need_reference("student"),
        is_reported=row.truth("isReported", default=False),
        present=None if present is None else row.need("attendanceMinutes", values.read_minutes),
        valid=_sum(row, "validAbsenceMinutes"),
        invalid=_sum(row, "invalidAbsenceMinutes"),
        other=_sum(row, "otherAttendanceMinutes"),
        reason=_reason(row, options),
        reported_at=row.moment("reportedTimestamp"),
    )


def read_absence(row: Row, options: ParseOptions) -> AbsenceRecord:
    """Read a notified absence: whose, from when until when, and of which kind. Nothing else is kept."""
    start, end = row.need_moment("startTime"), row.need_moment("endTime")
    if end < start:
        raise RowRefused("endTime", N_("frånvaron slutar innan den börjar"))
    if end - start > LONGEST_ABSENCE:
        raise RowRefused("endTime", N_("frånvaron är längre än ett år"))
    return AbsenceRecord(
        id=row.own_id(),
        student=row.need_reference("student"),
        start=start,
        end=end,
        kind=row.listed("type", valuelists.ABSENCE_TYPES),
        modified=row.modified(),
    )


def _reason(row: Row, options: ParseOptions) -> str | None:
    sent = row.data.get("absenceReason")
    return options.reasons.get(sent.strip().lower()) if isinstance(sent, str) else None


def _sum(row: Row, name: str) -> int:
    """Read minutes that count as none when they are not sent, but refuse the row when they are wrong."""
    return 0 if row.data.get(name) is None else row.need(name, values.read_minutes)


def read_aggregated(row: Row, options: ParseOptions) -> TotalsRow:
    start, end = row.need("startDate", values.read_day), row.need("endDate", values.read_day)
    if end < start:
        raise RowRefused("endDate", N_("perioden slutar innan den börjar"))
    present, valid = _sum(row, "attendanceSum"), _sum(row, "validAbsenceSum")
    invalid, other = _sum(row, "invalidAbsenceSum"), _sum(row, "otherAttendanceSum")
    offered = _sum(row, "offeredSum")
    reported = None if row.data.get("reportedSum") is None else _sum(row, "reportedSum")
    if row.data.get("offeredSum") is None:
        row.findings.deviate("offered_missing")
        offered = reported if reported is not None else present + valid + invalid + other
    return TotalsRow(
        pupil=row.need_reference("student"),
        activity=row.need_reference("activity"),
        start=start,
        end=end,
        offered=offered,
        reported=reported,
        present=present,
        valid=valid,
        invalid=invalid,
        other=other,
    )
