"""Notified absence: read at the edge, and what it explains of lessons that nobody registered."""

from __future__ import annotations

import json
from datetime import date, datetime

import pytest
from tests.integrations.ss12000.rows import LESSON_1, LESSON_2, META, PUPILS, attendance, lesson, own_id, ref
from tests.integrations.ss12000.test_lessons import BEGIN, END, Case, of

from samhandla.integrations.ss12000.fake_source import FakeSource
from samhandla.integrations.ss12000.notified import spans_of
from samhandla.integrations.ss12000.parse import parse_rows
from samhandla.integrations.ss12000.records import AbsenceRecord
from samhandla.integrations.ss12000.resources import RESOURCES, STOCKHOLM, period_params
from samhandla.integrations.ss12000.rows import Findings


def absence(number: int, pupil: int, start: str = BEGIN, end: str = END, **more) -> dict:
    row = {
        "id": own_id(9, number), "meta": META, "student": ref(PUPILS[pupil - 1]), "startTime": start,
        "endTime": end, "type": "Anmäld frånvaro",
    }  # fmt: skip
    return row | more


def read(*rows: dict) -> tuple[list[AbsenceRecord], Findings]:
    findings = Findings()
    return parse_rows("absences", rows, findings), findings  # type: ignore[return-value]


def run(absences: list[dict], attendances: list[dict], events: list[dict] | None = None) -> tuple[Case, list]:
    case = Case()
    case.builder.add_absences(read(*absences)[0])
    return case, case.run(events or [lesson(LESSON_1, BEGIN, END)], attendances)


def test_only_whose_when_and_which_kind_is_read():
    free_text = {"absenceReason": "Magsjuk", "comment": "feber", "registeredBy": ref(PUPILS[1])}
    (found,), findings = read(absence(1, 1, **free_text))
    assert not findings.refused
    assert found.student == PUPILS[0]
    assert (found.kind, found.start) == ("Anmäld frånvaro", datetime(2025, 9, 1, 8, tzinfo=STOCKHOLM))
    assert "Magsjuk" not in repr(found)
    assert PUPILS[1] not in repr(found), "who notified is not kept"


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"endTime": "2025-09-01T07:00:00+02:00"}, "endTime"),
        ({"endTime": "2027-09-01T07:00:00+02:00"}, "endTime"),
        ({"startTime": None}, "startTime"),
        ({"startTime": "i går"}, "startTime"),
        ({"student": None}, "student"),
    ],
)
def test_a_row_that_cannot_be_used_is_refused_with_its_reason(wrong, field):
    found, findings = read(absence(1, 1, **wrong), absence(2, 2))
    assert [one.student for one in found] == [PUPILS[1]]
    assert [(one.row, one.field, one.kept) for one in findings.refused] == [(own_id(9, 1), field, False)]


def test_a_type_off_the_list_is_kept_and_noted():
    (found,), findings = read(absence(1, 1, type="Studiedag"))
    assert found.kind == "Studiedag"
    assert findings.deviations["off_list_value"] == 1


def test_an_unregistered_lesson_gets_valid_absence_and_stays_unregistered():
    _case, rows = run([absence(1, 1)], [attendance(1, LESSON_1, 2)])
    (mine,), (other,) = of(rows, 1), of(rows, 2)
    assert (mine["valid"], mine["present"], mine["reported"]) == (60, 0, False)
    assert (other["valid"], other["present"]) == (0, 60)
    (third,) = of(rows, 3)
    assert (third["valid"], third["reported"]) == (0, False), "nothing was notified of the third"


def test_what_is_registered_stands():
    there = attendance(1, LESSON_1, 1)
    away = attendance(2, LESSON_1, 2, attendanceMinutes=0, invalidAbsenceMinutes=60)
    part = attendance(3, LESSON_1, 3, attendanceMinutes=40, validAbsenceMinutes=20)
    _case, rows = run([absence(n, n) for n in (1, 2, 3)], [there, away, part])
    told = [(r["present"], r["valid"], r["invalid"]) for n in (1, 2, 3) for r in of(rows, n)]
    assert told == [(60, 0, 0), (0, 0, 60), (40, 20, 0)]


def test_registered_minutes_without_any_code_are_explained_and_no_more():
    gone = attendance(1, LESSON_1, 1, attendanceMinutes=0)
    half = attendance(2, LESSON_1, 2, attendanceMinutes=30, invalidAbsenceMinutes=20)
    _case, rows = run([absence(1, 1), absence(2, 2)], [gone, half])
    told = [(r["present"], r["valid"], r["invalid"], r["reported"]) for n in (1, 2) for r in of(rows, n)]
    assert told == [(0, 60, 0, True), (30, 10, 20, True)]


def test_a_part_of_a_lesson_is_explained_for_the_minutes_that_it_covers():
    late = absence(1, 1, end="2025-09-01T08:25:00+02:00")
    _case, rows = run([late], [])
    assert [row["valid"] for row in of(rows, 1)] == [25]
    touching = absence(1, 1, start=END, end="2025-09-01T12:00:00+02:00")
    _case, rows = run([touching], [])
    assert [row["valid"] for row in of(rows, 1)] == [0]


def test_the_same_hour_notified_twice_counts_once():
    parts = [
        absence(1, 1, end="2025-09-01T08:40:00+02:00"),
        absence(2, 1, start="2025-09-01T08:30:00+02:00"),
        absence(3, 1, type="Beviljad ledighet", start="2025-08-30T00:00:00+02:00"),
    ]
    _case, rows = run(parts, [])
    assert [row["valid"] for row in of(rows, 1)] == [60]


def test_whole_days_explain_every_lesson_in_them_and_none_outside():
    events = [
        lesson(LESSON_1, BEGIN, END),
        lesson(LESSON_2, "2025-09-03T08:00:00+02:00", "2025-09-03T09:00:00+02:00"),
    ]
    days = absence(1, 1, start="2025-09-01T00:00:00+02:00", end="2025-09-02T23:59:59+02:00")
    _case, rows = run([days], [], events)
    assert [(row["date"], row["valid"]) for row in of(rows, 1)] == [
        (date(2025, 9, 1), 60),
        (date(2025, 9, 3), 0),
    ]


def test_a_shorter_teaching_length_is_never_exceeded():
    event = lesson(LESSON_1, BEGIN, END, teachingLengthStudent=45)
    _case, rows = run([absence(1, 1)], [], [event])
    assert [(row["offered"], row["valid"]) for row in of(rows, 1)] == [(45, 45)]


def test_pupils_outside_the_register_are_counted_and_change_nothing():
    stranger = absence(1, 1, student=ref(own_id(2, 77)))
    case, rows = run([stranger], [])
    assert case.set_aside["notified_unknown"] == 1
    assert sum(row["valid"] for row in rows) == 0


def test_what_was_done_is_counted():
    case = Case()
    case.builder.add_absences(read(*(absence(n, n) for n in (1, 2, 3)))[0])
    gone = attendance(1, LESSON_1, 1, attendanceMinutes=0)
    skipped = attendance(2, LESSON_1, 2, attendanceMinutes=0, invalidAbsenceMinutes=60)
    case.builder.add_events(json.dumps([lesson(LESSON_1, BEGIN, END)]).encode())
    case.builder.add_attendances(json.dumps([gone, skipped]).encode())
    assert dict(case.builder.finish().explained) == {"without_code": 1, "kept_invalid": 1, "unreported": 1}


def test_spans_of_several_pupils_do_not_run_together():
    records = read(absence(1, 2), absence(2, 1, end="2025-09-05T08:00:00+02:00"), absence(3, 1))[0]
    spans = spans_of(records, {PUPILS[0]: 0, PUPILS[1]: 1})
    assert len(spans.start) == 2
    assert (spans.end > spans.start).all()


def test_a_period_is_asked_for_by_what_touches_it():
    params = period_params(RESOURCES["absences"], date(2025, 9, 1), date(2025, 9, 2))
    rows = [
        absence(1, 1, start="2025-08-20T08:00:00+02:00", end="2025-08-31T23:00:00+02:00"),
        absence(2, 1, start="2025-08-20T08:00:00+02:00", end="2025-09-01T12:00:00+02:00"),
        absence(3, 1, start="2025-09-02T20:00:00+02:00", end="2025-09-09T12:00:00+02:00"),
        absence(4, 1, start="2025-09-03T00:00:00+02:00", end="2025-09-09T12:00:00+02:00"),
    ]
    source = FakeSource({"absences": rows})
    answer = source.page("absences", {key: [value] for key, value in params.items()})
    assert [row["id"] for row in answer["data"]] == [own_id(9, 2), own_id(9, 3)]
