"""The invented municipality as a school system would hand it out: SS 12000 version 2.1 objects.

Source: the official API description, version 2.1.0 (August 2022).
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pyarrow as pa

from samhandla.integrations.simulator.names import DOMAIN, MUNICIPALITY_CODE
from samhandla.integrations.simulator.records import Group, Organisation, Pupil, School
from samhandla.integrations.simulator.ss12000_attendance import attendance_resources
from samhandla.integrations.simulator.ss12000_ids import Ids, Json
from samhandla.integrations.simulator.world import World

ORGANISATION_TYPE = {
    "huvudman": "Huvudman",
    "nämnd": "Övrigt",  # the standard has no type for a political board
    "förvaltning": "Förvaltning",
    "skola": "Skola",
    "skolenhet": "Skolenhet",
}
RELATION = {
    "vårdnadshavare": "Vårdnadshavare",
    "särskilt förordnad vårdnadshavare": "Vårdnadshavare",
    "god man": "God man",
    "familjehem": "Annan ansvarig",
    "umgängesförälder": "Annan ansvarig",
    "annan ansvarig": "Utsedd behörig",
}
DUTY_ROLE = {
    "rektor": "Rektor",
    "lärare": "Lärare",
    "kurator": "Kurator",
    "skolsköterska": "Skolsköterska",
    "skolpsykolog": "Skolpsykolog",
    "skolläkare": "Skolläkare",
    "specialpedagog": "Speciallärare/specialpedagog",
    "skoladministratör": "Skoladministratör",
    "studie- och yrkesvägledare": "Studie- och yrkesvägledare",
}
SEX = {"K": "Kvinna", "M": "Man", "O": "Okänt"}
SUBJECT_NAMES = {
    "BI": "Biologi", "BL": "Bild", "EN": "Engelska", "FY": "Fysik", "GE": "Geografi", "HI": "Historia",
    "HKK": "Hem- och konsumentkunskap", "IDH": "Idrott och hälsa", "KE": "Kemi", "M2FRA": "Franska",
    "M2SPA": "Spanska", "M2TYS": "Tyska", "MA": "Matematik", "MU": "Musik", "NO": "Naturorienterande ämnen",
    "PROG1": "Programgemensamt ämne", "PROG2": "Inriktning", "PROG3": "Programfördjupning",
    "RE": "Religionskunskap", "SH": "Samhällskunskap", "SL": "Slöjd", "SO": "Samhällsorienterande ämnen",
    "SV": "Svenska", "SVEN": "Svenska/engelska", "TK": "Teknik",
}  # fmt: skip


def ss12000_resources(
    world: World, lessons: pa.Table, *, window: tuple[date, date] | None = None
) -> dict[str, list[dict[str, Any]]]:
    """Return a world and its lessons as lists of SS 12000 objects, by resource name.

    Args:
        lessons: rows of the declared lessons table, of this world.
        window: first and last day, both included, of calendarEvents, attendances, absences and
            aggregatedAttendance; without it all days in `lessons`, which for a whole year and thousands of
            pupils is millions of objects.
    Returns: organisations, persons, groups, duties, syllabuses, activities, calendarEvents, attendances,
        absences and aggregatedAttendance. Ids are made from the seed, so the same world gives the same ids.
    """
    ids = Ids(world.seed, world.school_year)
    resources: dict[str, list[Json]] = {
        "organisations": [_organisation(ids, organisation) for organisation in world.organisations],
        "persons": [],
        "groups": [],
        "duties": _duties(ids, world),
        "syllabuses": _syllabuses(ids, world),
        "activities": [],
    }
    resources["persons"] += [_staff_person(ids, person) for person in world.central_staff]
    adults = _adults(ids, world)
    for school in world.schools():
        resources["persons"] += _persons(ids, school, adults)
        pupils = {pupil.number: pupil for pupil in school.pupils}
        lectures = _lecturer_duties(school)
        for group in school.groups:
            resources["groups"].append(_group(ids, group, pupils))
            if group.kind == "Undervisning":
                resources["activities"].append(_activity(ids, group, lectures))
    resources.update(attendance_resources(ids, world, lessons, window))
    return resources


def _organisation(ids: Ids, own: Organisation) -> Json:
    row: Json = {
        "id": ids.of("organisation", own.number),
        "meta": ids.meta(),
        "displayName": own.name,
        "organisationType": ORGANISATION_TYPE[own.kind],
    }
    if own.parent is not None:
        row["parentOrganisation"] = {"id": ids.of("organisation", own.parent)}
    if own.organisation_number:
        row["organisationNumber"] = own.organisation_number
    if own.kind in ("huvudman", "skolenhet"):
        row["municipalityCode"] = MUNICIPALITY_CODE
    if own.kind == "skolenhet":
        row["schoolUnitCode"] = own.code
        row["schoolTypes"] = list(own.forms)
        row["address"] = {
            "type": "Besöksadress",
            "streetAddress": f"Skolvägen {own.number}",
            "locality": own.area,
            "postalCode": "99999",
            "municipalityCode": int(MUNICIPALITY_CODE),
        }
        row["email"] = f"enhet{own.number}@{DOMAIN}"
    return row


def _adults(ids: Ids, world: World) -> dict[int, list[Json]]:
    """Return each child's responsibles; a pupil who moved has them in the old school's part of the world."""
    adults: dict[int, list[Json]] = {}
    for tie in world.guardianships:
        adults.setdefault(tie.child, []).append(
            {"person": {"id": ids.of("person", tie.guardian)}, "relationType": RELATION[tie.kind]}
        )
    return adults


def _persons(ids: Ids, school: School, adults: dict[int, list[Json]]) -> list[Json]:
    rows = [
        _pupil_person(ids, pupil, adults.get(pupil.number, [])) for pupil in school.pupils if not pupil.moved
    ]
    for guardian in school.guardians:
        row = _person(ids, guardian, guardian.marking)
        _add_address(row, guardian.area, guardian.number, guardian.marking)
        rows.append(row)
    return rows + [_staff_person(ids, person) for person in school.staff]


def _person(ids: Ids, own: Any, marking: str | None) -> Json:
    row: Json = {
        "id": ids.of("person", own.number),
        "meta": ids.meta(),
        "givenName": own.first_name,
        "familyName": own.last_name,
        "externalIdentifiers": [
            {"value": str(own.number), "context": f"https://{DOMAIN}/register", "globallyUnique": False}
        ],
        "birthDate": own.birth_date.isoformat(),
        "sex": SEX[own.sex],
        "personStatus": "Aktiv",
    }
    if own.personnummer:
        row["civicNo"] = {"value": own.personnummer, "nationality": "SE"}
    if marking is not None:
        row["securityMarking"] = marking
    return row


def _add_address(row: Json, area: str, number: int, marking: str | None) -> None:
    """Put in an invented address; a person with a marking, or whose marking is not known, has none."""
    if marking == "Ingen":
        row["addresses"] = [
            {
                "type": "Folkbokföring",
                "streetAddress": f"{area}svägen {number % 97 + 1}",
                "locality": area,
                "postalCode": "99999",
                "country": "SE",
                "municipalityCode": int(MUNICIPALITY_CODE),
            }
        ]


def _pupil_person(ids: Ids, pupil: Pupil, responsibles: list[Json]) -> Json:
    row = _person(ids, pupil, pupil.marking)
    _add_address(row, pupil.home_area, pupil.number, pupil.marking)
    row["eduPersonPrincipalNames"] = [f"e{pupil.number}@{DOMAIN}"]
    row["responsibles"] = responsibles
    row["enrolments"] = []
    for own in pupil.enrolments:
        enrolment: Json = {
            "enroledAt": {"id": ids.of("organisation", own.unit)},
            "schoolYear": own.grade,
            "schoolType": own.form,
            "startDate": own.started.isoformat(),
            "cancelled": False,  # a move ends a place on its day; it breaks nothing off
        }
        if own.ended is not None:
            enrolment["endDate"] = own.ended.isoformat()
        row["enrolments"].append(enrolment)
    return row


def _staff_person(ids: Ids, person: Any) -> Json:
    row = _person(ids, person, "Ingen")
    row["eduPersonPrincipalNames"] = [f"p{person.number}@{DOMAIN}"]
    row["emails"] = [{"value": f"p{person.number}@{DOMAIN}", "type": "Skola personal"}]
    return row


def _group(ids: Ids, group: Group, pupils: dict[int, Pupil]) -> Json:
    members = []
    for number in group.members:
        pupil = pupils[number]
        reference: Json = {"id": ids.of("person", number)}
        if pupil.marking is not None:
            reference["securityMarking"] = pupil.marking
        member: Json = {"person": reference, "startDate": pupil.started.isoformat()}
        if pupil.ended is not None:
            member["endDate"] = pupil.ended.isoformat()
        members.append(member)
    return {
        "id": ids.of("group", group.number),
        "meta": ids.meta(),
        "displayName": group.name,
        "groupType": group.kind,
        "schoolType": group.form,
        "organisation": {"id": ids.of("organisation", group.unit)},
        "startDate": ids.opened.isoformat(),
        "endDate": ids.closes.isoformat(),
        "groupMemberships": members,
    }


def _duties(ids: Ids, world: World) -> list[Json]:
    """Return duties; being a mentor is no duty of its own but an assignment on the teacher's duty."""
    rows = []
    mentors: dict[tuple[int, int], list[Json]] = {}
    duties = world.duties
    for duty in duties:
        if duty.role == "mentor" and duty.class_id is not None:
            assignment: Json = {
                "group": {"id": ids.of("group", duty.class_id)},
                "assignmentRoleType": "Mentor",
                "startDate": duty.started.isoformat(),
            }
            if duty.ended is not None:
                assignment["endDate"] = duty.ended.isoformat()
            mentors.setdefault((duty.staff, duty.organisation), []).append(assignment)
    for duty in duties:
        if duty.role == "mentor":
            continue
        row: Json = {
            "id": ids.of("duty", duty.number),
            "meta": ids.meta(),
            "person": {"id": ids.of("person", duty.staff), "securityMarking": "Ingen"},
            "dutyAt": {"id": ids.of("organisation", duty.organisation)},
            "dutyRole": DUTY_ROLE.get(duty.role, "Annan personal"),
            "description": duty.role.capitalize(),
            "dutyPercent": 100,
            "startDate": duty.started.isoformat(),
        }
        if duty.role == "lärare":
            row["assignmentRole"] = mentors.get((duty.staff, duty.organisation), [])
        rows.append(row)
    return rows


def _lecturer_duties(school: School) -> dict[int, int]:
    return {duty.staff: duty.number for duty in school.duties if duty.role == "lärare"}


def _syllabuses(ids: Ids, world: World) -> list[Json]:
    found = sorted({(group.form, group.subject) for group in world.groups if group.subject})
    return [
        {
            "id": ids.of("syllabus", f"{form} {subject}"),
            "meta": ids.meta(),
            "schoolType": form,
            "subjectName": SUBJECT_NAMES[subject],
            "subjectDesignation": subject,
            "official": not subject.startswith("PROG"),
        }
        for form, subject in found
    ]


def _activity(ids: Ids, group: Group, duties: dict[int, int]) -> Json:
    return {
        "id": ids.of("activity", group.number),
        "meta": ids.meta(),
        "displayName": group.name,
        "calendarEventsRequired": True,
        "activityType": "Undervisning",
        "startDate": ids.opened.isoformat(),
        "endDate": ids.closes.isoformat(),
        "groups": [{"id": ids.of("group", group.number)}],
        "teachers": [{"duty": {"id": ids.of("duty", duties[group.teacher])}, "grader": True}],
        "syllabus": {"id": ids.of("syllabus", f"{group.form} {group.subject}")},
        "organisation": {"id": ids.of("organisation", group.unit)},
    }
