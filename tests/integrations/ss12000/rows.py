"""A school with two classes and five pupils, as SS 12000 objects."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]
META = {"created": "2025-08-01T06:00:00+02:00", "modified": "2025-08-20T06:00:00+02:00"}


def own_id(kind: int, number: int) -> str:
    """A stable id in the form of a UUID."""
    return f"0000000{kind}-0000-4000-8000-{number:012}"


UNIT, SCHOOL = own_id(1, 2), own_id(1, 1)
PUPILS = [own_id(2, number) for number in range(1, 6)]
GUARDIAN, TEACHER = own_id(2, 50), own_id(2, 60)
CLASS_7A, MATHS_GROUP = own_id(3, 1), own_id(3, 2)
DUTY, SYLLABUS = own_id(4, 1), own_id(5, 1)
MATHS, LUNCH = own_id(6, 1), own_id(6, 2)
LESSON_1, LESSON_2, LUNCH_1 = own_id(7, 1), own_id(7, 2), own_id(7, 3)


def ref(own: str) -> Json:
    return {"id": own}


def pupil(number: int, **more: Any) -> Json:
    """A pupil of year 7 in the unit."""
    row: Json = {
        "id": PUPILS[number - 1],
        "meta": META,
        "givenName": f"Elev{number}",
        "familyName": "Prov",
        "securityMarking": "Ingen",
        "sex": "Kvinna" if number % 2 else "Man",
        "enrolments": [
            {
                "enroledAt": ref(UNIT),
                "schoolYear": 7,
                "schoolType": "GR",
                "startDate": "2025-08-18",
                "cancelled": False,
            }
        ],
    }
    return row | more


def attendance(number: int, lesson: str, pupil_number: int, **minutes: Any) -> Json:
    """A reported attendance of 60 minutes, changed by what is given."""
    row: Json = {
        "id": own_id(8, number),
        "meta": META,
        "calendarEvent": ref(lesson),
        "student": ref(PUPILS[pupil_number - 1]),
        "isReported": True,
        "attendanceMinutes": 60,
        "validAbsenceMinutes": 0,
        "invalidAbsenceMinutes": 0,
        "otherAttendanceMinutes": 0,
    }
    return row | minutes


def lesson(own: str, start: str, end: str, activity: str = MATHS, **more: Any) -> Json:
    row: Json = {"id": own, "meta": META, "activity": ref(activity), "startTime": start, "endTime": end}
    return row | more


def activity(own: str, name: str, kind: str, **more: Any) -> Json:
    row: Json = {
        "id": own,
        "meta": META,
        "displayName": name,
        "calendarEventsRequired": True,
        "activityType": kind,
        "startDate": "2025-08-18",
        "groups": [ref(MATHS_GROUP)],
        "teachers": [{"duty": ref(DUTY), "grader": True}],
        "syllabus": ref(SYLLABUS),
        "organisation": ref(UNIT),
    }
    return row | more


def group(own: str, name: str, kind: str, members: list[str]) -> Json:
    return {
        "id": own,
        "meta": META,
        "displayName": name,
        "groupType": kind,
        "schoolType": "GR",
        "organisation": ref(UNIT),
        "startDate": "2025-08-18",
        "groupMemberships": [{"person": ref(member), "startDate": "2025-08-18"} for member in members],
    }


def organisations() -> list[Json]:
    base = {"meta": META}
    return [
        base | {"id": SCHOOL, "displayName": "Provskolan", "organisationType": "Skola"},
        base
        | {
            "id": UNIT,
            "displayName": "Provskolan 7–9",
            "organisationType": "Skolenhet",
            "parentOrganisation": ref(SCHOOL),
            "schoolUnitCode": "99999901",
            "schoolTypes": ["GR"],
            "municipalityCode": "0180",
        },
    ]


def persons() -> list[Json]:
    guardian = {"person": ref(GUARDIAN), "relationType": "Vårdnadshavare"}
    staff = {"id": TEACHER, "meta": META, "givenName": "Lärare", "familyName": "Prov"}
    adult = {"id": GUARDIAN, "meta": META, "givenName": "Vuxen", "familyName": "Prov"}
    return [pupil(1, responsibles=[guardian]), *(pupil(number) for number in range(2, 6)), adult, staff]


def duties() -> list[Json]:
    mentor = {"group": ref(CLASS_7A), "assignmentRoleType": "Mentor", "startDate": "2025-08-18"}
    return [
        {
            "id": DUTY,
            "meta": META,
            "person": ref(TEACHER),
            "dutyAt": ref(UNIT),
            "dutyRole": "Lärare",
            "startDate": "2025-08-18",
            "assignmentRole": [mentor],
        }
    ]


def syllabuses() -> list[Json]:
    return [
        {
            "id": SYLLABUS,
            "meta": META,
            "schoolType": "GR",
            "subjectName": "Matematik",
            "subjectDesignation": "MA",
            "official": True,
        }
    ]


def attendances() -> list[Json]:
    fever = {"attendanceMinutes": 0, "validAbsenceMinutes": 60, "absenceReason": "Feber och hosta"}
    return [
        attendance(1, LESSON_1, 1),
        attendance(2, LESSON_1, 2, attendanceMinutes=40, invalidAbsenceMinutes=20),
        attendance(3, LESSON_1, 3, **fever),
        attendance(4, LESSON_2, 1),
        attendance(5, LESSON_2, 2, isReported=False, attendanceMinutes=0),
        attendance(6, LUNCH_1, 1, attendanceMinutes=40),
    ]


def absences() -> list[Json]:
    return [
        {
            "id": own_id(9, 1),
            "meta": META,
            "startTime": "2025-09-01T08:00:00+02:00",
            "endTime": "2025-09-01T16:00:00+02:00",
            "type": "Anmäld frånvaro",
            "student": ref(PUPILS[2]),
        }
    ]


def totals() -> list[Json]:
    return [
        {
            "activity": ref(MATHS),
            "student": ref(PUPILS[0]),
            "startDate": "2025-09-01",
            "endDate": "2025-09-05",
            "attendanceSum": 120,
            "validAbsenceSum": 0,
            "invalidAbsenceSum": 0,
            "otherAttendanceSum": 0,
            "reportedSum": 120,
            "offeredSum": 120,
        }
    ]


def small_resources() -> dict[str, list[Json]]:
    """All resources; of lesson 2 one pupil's attendance is missing."""
    lessons = [
        lesson(LESSON_1, "2025-09-01T08:00:00+02:00", "2025-09-01T09:00:00+02:00"),
        lesson(LESSON_2, "2025-09-01T10:00:00+02:00", "2025-09-01T11:00:00+02:00"),
        lesson(LUNCH_1, "2025-09-01T11:00:00+02:00", "2025-09-01T11:40:00+02:00", LUNCH),
    ]
    return {
        "organisations": organisations(),
        "persons": persons(),
        "groups": [
            group(CLASS_7A, "7A", "Klass", PUPILS),
            group(MATHS_GROUP, "7A MA", "Undervisning", PUPILS[:3]),
        ],
        "duties": duties(),
        "syllabuses": syllabuses(),
        "activities": [activity(MATHS, "7A MA", "Undervisning"), activity(LUNCH, "Lunch", "Övrigt")],
        "calendarEvents": lessons,
        "attendances": attendances(),
        "absences": absences(),
        "aggregatedAttendance": totals(),
    }
