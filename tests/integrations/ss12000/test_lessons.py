"""From lessons and attendance to the columns of the attendance lake."""

from __future__ import annotations

import json
from datetime import date

import pytest
from tests.integrations.ss12000.rows import (
    LESSON_1,
    LESSON_2,
    LUNCH,
    MATHS,
    MATHS_GROUP,
    PUPILS,
    UNIT,
    activity,
    attendance,
    lesson,
    own_id,
    ref,
    small_resources,
)

from samhandla.analytics.tables.attendance import LESSONS
from samhandla.integrations.ss12000.errors import Truncated
from samhandla.integrations.ss12000.lessons import LessonBuilder
from samhandla.integrations.ss12000.parse import parse_rows
from samhandla.integrations.ss12000.rows import Findings
from samhandla.integrations.ss12000.timetable import Ids

IDS = Ids({own: 100 + at for at, own in enumerate(PUPILS)}, {UNIT: 7}, {MATHS_GROUP: 31})
BEGIN, END = "2025-09-01T08:00:00+02:00", "2025-09-01T09:00:00+02:00"


class Case:
    """A builder with the small school's groups and activities; `run` gives rows as dicts."""

    def __init__(self, ids: Ids = IDS) -> None:
        self.findings = Findings()
        self.builder = LessonBuilder(ids, self.findings)
        rows = small_resources()
        self.builder.timetable.add_groups(parse_rows("groups", rows["groups"], self.findings))
        self.builder.timetable.add_syllabuses(parse_rows("syllabuses", rows["syllabuses"], self.findings))
        self.builder.timetable.add_activities(parse_rows("activities", rows["activities"], self.findings))

    def run(self, events: list[dict], attendances: list[dict]) -> list[dict]:
        self.builder.add_events(json.dumps(events).encode())
        self.builder.add_attendances(json.dumps(attendances).encode())
        lessons = self.builder.finish()
        self.set_aside = dict(lessons.set_aside)
        assert lessons.table.schema == LESSONS.schema
        return lessons.table.to_pylist()


def of(rows: list[dict], pupil: int) -> list[dict]:
    return [row for row in rows if row["pupil"] == 99 + pupil]


def test_the_small_school():
    case, source = Case(), small_resources()
    rows = case.run(source["calendarEvents"], source["attendances"])
    assert len(rows) == 6  # three pupils, two lessons; lunch does not count
    assert of(rows, 1)[0] == {
        "pupil": 100,
        "unit": 7,
        "group": 31,
        "date": date(2025, 9, 1),
        "start": 480,
        "slot": 1,
        "subject": "MA",
        "offered": 60,
        "present": 60,
        "valid": 0,
        "invalid": 0,
        "other": 0,
        "reported": True,
        "participating": None,
    }
    assert [row["slot"] for row in of(rows, 2)] == [1, 2]
    assert (of(rows, 2)[0]["present"], of(rows, 2)[0]["invalid"]) == (40, 20)
    assert [row["reported"] for row in of(rows, 2)] == [True, False]
    assert not of(rows, 3)[1]["reported"]  # a member without attendance is kept as not reported
    assert case.set_aside == {"not_teaching": 1}
    assert case.findings.refused == []


def test_attendance_inside_lessons_gives_the_same():
    case, source = Case(), small_resources()
    apart = case.run(source["calendarEvents"], source["attendances"])
    for event in source["calendarEvents"]:
        own = [row for row in source["attendances"] if row["calendarEvent"]["id"] == event["id"]]
        event["_embedded"] = {"attendance": own}
    other = Case()
    assert other.run(source["calendarEvents"], []) == apart
    assert other.builder.attendance_inside
    source["calendarEvents"][0]["_embedded"]["attendance"][0]["attendanceMinutes"] = "60"
    careful = Case()
    assert careful.run(source["calendarEvents"], []) == apart
    assert careful.builder.attendance_inside


def test_cancelled_lessons_are_set_aside():
    case = Case()
    assert case.run([lesson(LESSON_1, BEGIN, END, cancelled=True)], [attendance(1, LESSON_1, 1)]) == []
    assert case.set_aside == {"cancelled": 1}


def test_lessons_of_an_unknown_activity_are_set_aside():
    case = Case()
    assert case.run([lesson(LESSON_1, BEGIN, END, own_id(6, 99))], [attendance(1, LESSON_1, 1)]) == []
    assert case.set_aside == {"activity_unknown": 1}


def test_attendance_of_other_days_is_set_aside():
    case = Case()
    assert case.run([], [attendance(1, LESSON_1, 1)]) == []
    assert case.set_aside == {"lesson_not_in_window": 1}


@pytest.mark.parametrize(
    ("more", "minutes"),
    [
        ({}, 60),
        ({"teachingLengthStudent": 50}, 50),
        ({"teachingLengthStudent": 50, "studentExceptions": [(1, True, 30)]}, 30),
        ({"studentExceptions": [(1, True, None)]}, 60),
    ],
)
def test_how_long_a_lesson_is_for_a_pupil(more, minutes):
    more = dict(more)
    if "studentExceptions" in more:
        more["studentExceptions"] = [
            {"student": ref(PUPILS[at - 1]), "participates": joins, "teachingLength": length}
            for at, joins, length in more["studentExceptions"]
        ]
    rows = Case().run([lesson(LESSON_1, BEGIN, END, **more)], [])
    assert of(rows, 1)[0]["offered"] == minutes


def test_exceptions_decide_who_was_offered_the_lesson():
    exceptions = [
        {"student": ref(PUPILS[0]), "participates": False},
        {"student": ref(PUPILS[4]), "participates": True},
        {"student": ref("någon annan"), "participates": True},
    ]
    case = Case()
    rows = case.run(
        [lesson(LESSON_1, BEGIN, END, studentExceptions=exceptions)], [attendance(1, LESSON_1, 1)]
    )
    assert [row["pupil"] for row in rows] == [101, 102, 104]
    assert case.set_aside == {"not_participating": 1}


def test_membership_is_that_of_the_day():
    case = Case()
    rows = case.run([lesson(LESSON_1, "2025-08-11T08:00:00+02:00", "2025-08-11T09:00:00+02:00")], [])
    assert rows == []  # memberships begin on 18 August


@pytest.mark.parametrize(
    ("minutes", "reason"),
    [
        ({"invalidAbsenceMinutes": -5}, "minuterna är negativa"),
        ({"attendanceMinutes": -1}, "minuterna är negativa"),
        ({"attendanceMinutes": 300}, "minuterna är fler än 240"),
        ({"attendanceMinutes": 60, "validAbsenceMinutes": 30}, "minuterna är fler än lektionens"),
        ({"attendanceMinutes": "många"}, "är inte ett antal minuter"),
        ({"attendanceMinutes": 10**30}, "är inte ett antal minuter"),
        ({"student": None}, "saknar hänvisning (id)"),
        ({"calendarEvent": None}, "saknar hänvisning (id)"),
        ({"student": ref("okänd")}, "eleven finns inte i registret"),
    ],
)
def test_impossible_attendance_is_refused_and_the_rest_kept(minutes, reason):
    case = Case()
    rows = case.run(
        [lesson(LESSON_1, BEGIN, END)], [attendance(1, LESSON_1, 1, **minutes), attendance(2, LESSON_1, 2)]
    )
    assert [refused.reason for refused in case.findings.refused] == [reason]
    assert case.findings.refused[0].row in (own_id(8, 1), LESSON_1)
    assert [row["reported"] for row in rows] == [False, True, False]


@pytest.mark.parametrize("end", ["2025-09-01T13:00:00+02:00", "2025-09-01T07:00:00+02:00"])
def test_impossible_lessons_are_refused(end):
    case = Case()
    assert case.run([lesson(LESSON_1, BEGIN, end)], [attendance(1, LESSON_1, 1)]) == []
    assert case.findings.refused[0].row == LESSON_1
    assert case.set_aside == {"lesson_not_in_window": 1}


def test_present_is_what_is_left_when_it_is_not_sent():
    marks = [
        attendance(1, LESSON_1, 1, attendanceMinutes=None, invalidAbsenceMinutes=25),
        attendance(2, LESSON_1, 2, attendanceMinutes=None, isReported=False),
    ]
    rows = Case().run([lesson(LESSON_1, BEGIN, END)], marks)
    assert [row["present"] for row in rows] == [35, 0, 0]


def test_a_lesson_is_at_least_as_long_as_what_was_registered():
    rows = Case().run(
        [lesson(LESSON_1, BEGIN, END, teachingLengthStudent=50)],
        [attendance(1, LESSON_1, 1, attendanceMinutes=60)],
    )
    assert (of(rows, 1)[0]["offered"], of(rows, 1)[0]["present"]) == (60, 60)


def test_the_last_sent_of_the_same_lesson_holds():
    marks = [
        attendance(1, LESSON_1, 1),
        attendance(2, LESSON_1, 1, attendanceMinutes=0, validAbsenceMinutes=60),
    ]
    case = Case()
    rows = case.run([lesson(LESSON_1, BEGIN, END)], marks)
    assert of(rows, 1)[0]["valid"] == 60
    assert case.set_aside == {"sent_again": 1}


def test_a_lesson_sent_again_replaces_the_former():
    again = lesson(LESSON_1, BEGIN, "2025-09-01T08:40:00+02:00")
    before = lesson(
        LESSON_1, BEGIN, END, studentExceptions=[{"student": ref(PUPILS[0]), "participates": False}]
    )
    rows = Case().run([before, again], [])
    assert [row["offered"] for row in rows] == [40, 40, 40]


def test_of_two_lessons_at_the_same_time_the_reported_one_holds():
    case = Case()
    rows = case.run(
        [lesson(LESSON_1, BEGIN, END), lesson(LESSON_2, BEGIN, "2025-09-01T08:40:00+02:00")],
        [attendance(1, LESSON_2, 1, attendanceMinutes=40)],
    )
    assert of(rows, 1)[0]["offered"] == 40
    assert of(rows, 2)[0]["offered"] == 60
    assert case.set_aside == {"same_time": 3}


def test_a_unit_that_is_not_known_is_the_pupils_own():
    case = Case(Ids(IDS.pupils, {}, {}, home_units={100: 12}))
    rows = case.run([lesson(LESSON_1, BEGIN, END)], [])
    assert [(row["unit"], row["group"]) for row in rows] == [(12, 0), (0, 0), (0, 0)]


def test_the_clock_is_swedish_winter_and_summer():
    case = Case()
    rows = case.run(
        [
            lesson(LESSON_1, "2025-09-01T06:00:00Z", "2025-09-01T07:00:00Z"),
            lesson(LESSON_2, "2025-12-01T07:00:00Z", "2025-12-01T08:00:00Z"),
        ],
        [],
    )
    assert {row["start"] for row in rows} == {480}


def test_a_builder_goes_on_with_the_next_week():
    case, source = Case(), small_resources()
    first = case.run(source["calendarEvents"], source["attendances"])
    assert case.run(source["calendarEvents"], source["attendances"]) == first
    assert case.run([], []) == []


def test_half_a_page_is_an_error():
    case = Case()
    with pytest.raises(Truncated):
        case.builder.add_attendances(b'[{"id":"1"')
    with pytest.raises(Truncated):
        case.builder.add_events(b'[{"id":')


def test_lunch_and_unknown_members_do_not_count():
    case = Case(Ids({PUPILS[0]: 1}))
    rows = case.run([lesson(LESSON_1, BEGIN, END), lesson(LESSON_2, BEGIN, END, LUNCH)], [])
    assert [row["pupil"] for row in rows] == [1]
    assert len(case.builder.timetable.unknown_members) == 4


def test_an_activity_may_have_several_groups_or_none():
    case = Case()
    more = [
        activity(MATHS, "MA", "Undervisning", groups=[ref("okänd"), ref(MATHS_GROUP), None, ref(MATHS_GROUP)])
    ]
    case.builder.timetable.add_activities(parse_rows("activities", more, case.findings))
    assert len(case.run([lesson(LESSON_1, BEGIN, END)], [])) == 3
    none = [activity(MATHS, "MA", "Undervisning", groups=[])]
    case.builder.timetable.add_activities(parse_rows("activities", none, case.findings))
    assert case.run([lesson(LESSON_1, BEGIN, END)], []) == []
