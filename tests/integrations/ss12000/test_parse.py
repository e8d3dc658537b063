"""From rows to records: both versions of the standard and the traps of real servers."""

from __future__ import annotations

import re
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.integrations.ss12000.rows import (
    LESSON_1,
    MATHS,
    PUPILS,
    TEACHER,
    UNIT,
    activity,
    attendance,
    lesson,
    pupil,
    ref,
    small_resources,
)

from samhandla.integrations import ss12000
from samhandla.integrations.records import (
    Area,
    EmailKind,
    GuardianKind,
    PersonStatus,
    Protection,
    Refused,
    Sex,
)
from samhandla.integrations.ss12000 import values
from samhandla.integrations.ss12000.deviations import DEVIATIONS, SET_ASIDE
from samhandla.integrations.ss12000.parse import PARSERS, parse_deleted, parse_rows
from samhandla.integrations.ss12000.resources import RESOURCES, STOCKHOLM
from samhandla.integrations.ss12000.rows import MAX_DETAILS, Findings, ParseOptions

ADDRESS = {
    "type": "Folkbokföring",
    "streetAddress": "Provvägen 1",
    "locality": "Provstad",
    "postalCode": "123 45",
    "country": "SE",
    "municipalityCode": 180,
}


def one(resource: str, row: object, options: ParseOptions | None = None):
    findings = Findings()
    records = parse_rows(resource, [row], findings, options)
    return (records[0] if records else None), findings


@pytest.mark.parametrize("name", sorted(PARSERS.keys() & small_resources()))
def test_every_row_of_a_right_source_is_read(name):
    findings = Findings()
    rows = small_resources()[name]
    assert len(parse_rows(name, rows, findings)) == len(rows)
    assert findings.refused == []


def test_a_pupil_is_read():
    person, findings = one(
        "persons",
        pupil(
            1,
            civicNo={"value": "20130101-TF01"},
            emails=[{"value": "a@skola.example", "type": "Skola elev"}],
            eduPersonPrincipalNames=["a@skola.example", None],
            externalIdentifiers=[{"value": "17", "context": "urn:x", "globallyUnique": False}],
            personStatus="Utvandrad",
        ),
    )
    assert person.personnummer == "20130101TF01"
    assert person.birth_date == date(2013, 1, 1)
    assert person.sex is Sex.GIRL
    assert person.status is PersonStatus.EMIGRATED
    assert person.eppn == ("a@skola.example",)
    assert person.emails[0].kind is EmailKind.SCHOOL
    assert person.external_ids[0].context == "urn:x"
    assert person.enrolments[0].unit == UNIT
    assert person.enrolments[0].school_year == 7
    assert findings.deviations["civic_number_form"] == 1


def test_a_wrong_civic_number_is_left_out_and_the_person_kept():
    person, findings = one("persons", pupil(1, civicNo={"value": "201301011234"}))
    assert person.personnummer is None
    assert findings.refused[0].field == "civicNo"
    assert findings.refused[0].kept
    assert findings.rows_refused == 0
    assert "1234" not in findings.refused[0].reason


@pytest.mark.parametrize(
    ("sent", "expected"),
    [
        ("Ingen", Protection.NONE),
        ("Sekretessmarkering", Protection.MARKED),
        ("Skyddad folkbokföring", Protection.REGISTERED),
        ("Kvarskrivning", Protection.REGISTERED),
        (True, Protection.MARKED),
        (False, Protection.NONE),
        ("?", Protection.UNKNOWN),
        (None, Protection.UNKNOWN),
    ],
)
def test_marking(sent, expected):
    assert one("persons", pupil(1, securityMarking=sent))[0].protection is expected


def test_a_missing_marking_is_unknown_and_noted():
    row = pupil(1, addresses=[ADDRESS])
    del row["securityMarking"]
    person, findings = one("persons", row)
    assert person.protection is Protection.UNKNOWN
    assert person.home_area is None
    assert findings.deviations["marking_missing"] == 1
    with_area, _ = one("persons", row, ParseOptions(area_when_unknown=True))
    assert with_area.home_area == Area(municipality_code="0180", postal_code="12345")


@pytest.mark.parametrize("marking", ["Sekretessmarkering", "Skyddad folkbokföring"])
def test_nothing_of_where_a_protected_person_is_remains(marking):
    emails = [
        {"value": "hem@example.com", "type": "Privat"},
        {"value": "e@skola.example", "type": "Skola elev"},
    ]
    row = pupil(
        1, securityMarking=marking, addresses=[ADDRESS], emails=emails, phoneNumbers=[{"value": "070"}]
    )
    person, _ = one("persons", row, ParseOptions(area_when_unknown=True))
    assert person.home_area is None
    assert [email.value for email in person.emails] == ["e@skola.example"]


def test_of_an_address_only_the_area_remains():
    person, _ = one("persons", pupil(1, addresses=[ADDRESS | {"type": "Postadress"}, ADDRESS]))
    assert person.home_area == Area(municipality_code="0180", postal_code="12345")
    assert "Provvägen" not in repr(person)


@pytest.mark.parametrize(
    ("sent", "kind"),
    [
        ("Vårdnadshavare", GuardianKind.VARDNADSHAVARE),
        ("God man", GuardianKind.GOD_MAN),
        ("Annan ansvarig", GuardianKind.OTHER),
        ("Annan behörig", GuardianKind.OTHER),
        ("Förälder", GuardianKind.UNKNOWN),
        ("Något", GuardianKind.UNKNOWN),
        (None, GuardianKind.UNKNOWN),
    ],
)
def test_the_kind_of_guardian_is_kept_with_the_word_sent(sent, kind):
    person, _ = one("persons", pupil(1, responsibles=[{"person": ref("v"), "relationType": sent}, None]))
    assert person.guardians[0].kind is kind
    assert person.guardians[0].kind_as_sent == sent


def test_a_protected_person_without_a_name_is_kept():
    person, _ = one(
        "persons", pupil(1, givenName=None, familyName="", securityMarking="Skyddad folkbokföring")
    )
    assert (person.given_name, person.family_name) == ("", "")


@pytest.mark.parametrize(
    ("form", "year", "expected"),
    [
        ("GR", 7, "GR 7"),
        ("GRAN", "3", "GRS 3"),
        ("gyan", 1, "GYS 1"),
        ("TR", 5, "GRS 5"),
        ("TRX", 5, "TRX 5"),
        ("GY", 7, "GY None"),
        ("FKLASS", 0, "FKLASS 0"),
    ],
)
def test_school_form_and_year(form, year, expected):
    enrolment = {"enrolledAt": ref(UNIT), "schoolType": form, "schoolYear": year, "startDate": "2025-08-18"}
    found = one("persons", pupil(1, enrolments=[enrolment]))[0].enrolments[0]
    assert f"{found.form} {found.school_year}" == expected


def test_a_unit_with_the_training_school_track_has_one_form():
    row = {"id": UNIT, "displayName": "Prov", "organisationType": "Skolenhet", "schoolTypes": ["GRS", "TR"]}
    assert one("organisations", row)[0].forms == ("GRS",)


def test_a_year_without_a_form_waits_for_the_units():
    enrolment = {"enroledAt": ref(UNIT), "schoolYear": 2, "startDate": "2025-08-18"}
    person, findings = one("persons", pupil(1, enrolments=[enrolment, {"schoolYear": 2}]))
    assert [(one.form, one.school_year) for one in person.enrolments] == [("", 2)]
    assert {refused.field for refused in findings.refused} == {"enrolments.enroledAt"}


@pytest.mark.parametrize(("sent", "expected"), [("0180", "0180"), (180, "0180"), ("x", None), (True, None)])
def test_municipality_code(sent, expected):
    row = {
        "id": "o",
        "displayName": "A",
        "organisationType": "Stadsdel",
        "municipalityCode": sent,
        "meta": None,
    }
    assert one("organisations", row)[0].municipality_code == expected


def test_organisation_values_that_are_off():
    row = {
        "id": "o",
        "displayName": "A",
        "organisationType": "Enhet",
        "schoolUnitCode": 1234567,
        "schoolTypes": "GR",
    }
    found, findings = one("organisations", row)
    assert (found.kind, found.skolenhetskod, found.forms) == ("Enhet", "01234567", ("GR",))
    assert findings.deviations["off_list_value"] == 1


def test_duties_keep_off_list_roles():
    row = {
        "id": "d",
        "dutyAt": {"displayName": "utan id"},
        "dutyRole": "Trivselledare",
        "startDate": "2025-08-18",
        "assignmentRole": [None, {"group": "g1", "assignmentRoleType": "Coach"}, {"group": ref("g2")}],
    }
    duty, findings = one("duties", row)
    assert (duty.person, duty.organisation, duty.role) == (None, None, "Trivselledare")
    assert [(task.group, task.role) for task in duty.assignments] == [("g1", "Coach")]
    assert findings.deviations == {
        "reference_without_id": 1,
        "off_list_value": 2,
        "null_in_list": 1,
        "reference_as_text": 1,
    }


def test_group_members_without_a_reference_are_left_out():
    row = {"id": "g", "groupMemberships": [{"person": None}, {"person": ref("p"), "endDate": "2025-12-20"}]}
    group, findings = one("groups", row)
    assert [(member.person, member.end) for member in group.memberships] == [("p", date(2025, 12, 20))]
    assert findings.refused[0].field == "groupMemberships.person"


def test_teachers_as_duty_or_person():
    row = activity(
        MATHS, "MA", "Undervisning", teachers=[{"person": ref(TEACHER)}, {"duty": ref("d")}, {}, None]
    )
    found, findings = one("activities", row)
    assert [(teacher.duty, teacher.person) for teacher in found.teachers] == [(None, TEACHER), ("d", None)]
    assert findings.deviations["teacher_as_person"] == 1


@pytest.mark.parametrize(
    ("kind", "offered"),
    [
        ("Undervisning", True),
        ("Elevaktivitet", True),
        ("Provaktivitet", False),
        ("Övrigt", False),
        (None, True),
    ],
)
def test_what_counts_as_offered(kind, offered):
    assert one("activities", activity(MATHS, "x", kind))[0].offered is offered


def test_the_subject_of_an_expanded_activity():
    row = activity(
        MATHS, "x", "Undervisning", _embedded={"syllabus": {"id": "s", "subjectCode": "GRGRMAT01"}}
    )
    assert one("activities", row)[0].subject == "GRGRMAT01"
    assert (
        one("activities", activity(MATHS, "x", "Undervisning", _embedded={"syllabus": None}))[0].subject
        is None
    )


@pytest.mark.parametrize(
    "sent",
    [
        "2025-09-01T08:00:00+02:00",
        "2025-09-01T06:00:00Z",
        "2025-09-01T08:00:00",
        "2025-09-01 08:00",
        "2025-09-01T08:00:00.000+0200",
        "20250901T080000",
    ],
)
def test_moments(sent):
    assert values.read_moment(sent) == datetime(2025, 9, 1, 8, 0, tzinfo=STOCKHOLM)
    assert values.read_moment(sent).hour == 8


@pytest.mark.parametrize("sent", ["1 september", "", 1756706400, None, "2025-13-01T08:00:00"])
def test_moments_that_are_none(sent):
    with pytest.raises(ValueError, match="tidpunkt"):
        values.read_moment(sent)


def test_lessons_with_times_without_an_offset_are_noted():
    found, findings = one("calendarEvents", lesson(LESSON_1, "2025-09-01T08:00:00", "2025-09-01T09:00:00"))
    assert found.start.utcoffset().total_seconds() == 7200
    assert findings.deviations["time_without_offset"] == 2


@pytest.mark.parametrize(
    ("change", "field", "reason"),
    [
        ({"startTime": None}, "startTime", "saknas"),
        ({"startTime": "i morgon"}, "startTime", "är inte en tidpunkt i formen ÅÅÅÅ-MM-DDTHH:MM:SS"),
        ({"endTime": "2025-09-01T07:00:00+02:00"}, "endTime", "lektionen slutar innan den börjar"),
        ({"activity": {"id": None}}, "activity", "saknar hänvisning (id)"),
        ({"id": ""}, "id", "saknas"),
    ],
)
def test_a_lesson_that_cannot_be_used_is_refused_with_its_row(change, field, reason):
    row = lesson(LESSON_1, "2025-09-01T08:00:00+02:00", "2025-09-01T09:00:00+02:00") | change
    found, findings = one("calendarEvents", row)
    assert found is None
    assert findings.refused == [Refused(row=row["id"] or 1, field=field, reason=reason)]


def test_student_exceptions():
    exceptions = [
        {"student": ref("a"), "participates": False},
        {"student": ref("b"), "participates": True, "teachingLength": 20},
        {
            "student": ref("c"),
            "participates": "true",
            "startTime": "2025-09-01T08:00:00+02:00",
            "endTime": "2025-09-01T08:30:00+02:00",
        },
        {"participates": True},
    ]
    row = lesson(
        LESSON_1, "2025-09-01T08:00:00+02:00", "2025-09-01T09:00:00+02:00", studentExceptions=exceptions
    )
    found, findings = one("calendarEvents", row)
    assert [(e.student, e.participates, e.minutes) for e in found.exceptions] == [
        ("a", False, None),
        ("b", True, 20),
        ("c", True, 30),
    ]
    assert findings.refused[0].field == "studentExceptions.student"


def test_free_text_reasons_are_dropped_unless_mapped():
    row = attendance(1, LESSON_1, 1, absenceReason="Magsjuk igen")
    found, _ = one("attendances", row)
    assert found.reason is None
    assert "Magsjuk" not in repr(found)
    coded, _ = one("attendances", row | {"absenceReason": " LOV1 "}, ParseOptions(reasons={"lov1": "leave"}))
    assert coded.reason == "leave"


@pytest.mark.parametrize(
    ("minutes", "ok"), [(None, True), ("40", True), (40.0, True), (-5, False), ("x", False)]
)
def test_minutes(minutes, ok):
    found, findings = one("attendances", attendance(1, LESSON_1, 1, attendanceMinutes=minutes))
    assert (found is not None) is ok
    assert len(findings.refused) == (0 if ok else 1)


def test_totals():
    totals = small_resources()["aggregatedAttendance"][0]
    found, _ = one("aggregatedAttendance", totals)
    assert (found.pupil, found.offered, found.reported, found.present) == (PUPILS[0], 120, 120, 120)
    found, findings = one("aggregatedAttendance", totals | {"offeredSum": None, "reportedSum": None})
    assert (found.offered, found.reported) == (120, None)
    assert findings.deviations["offered_missing"] == 1
    assert one("aggregatedAttendance", totals | {"invalidAbsenceSum": -1})[0] is None
    assert one("aggregatedAttendance", totals | {"endDate": "2025-08-01"})[0] is None


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ({"activitites": ["a"], "persons": ["p", None]}, [("activities", "a"), ("persons", "p")]),
        ({"activities": ["a"], "studyPlans": ["s"]}, [("activities", "a"), ("studyplans", "s")]),
        (
            [{"persons": ["p"]}, {"id": "d", "entityType": "Duty"}, "x"],
            [("persons", "p"), ("duties", "d"), ("", "x")],
        ),
        ([{"id": "p", "type": "persons"}, {"id": "g", "type": "Group"}], [("persons", "p"), ("groups", "g")]),
        (None, []),
    ],
)
def test_deleted_entities_in_all_shapes(data, expected):
    assert [(gone.resource, gone.id) for gone in parse_deleted(data, Findings())] == expected


def test_rows_that_are_no_objects():
    findings = Findings()
    assert len(parse_rows("persons", [None, "x", pupil(1)], findings)) == 1
    assert findings.refused == [Refused(row=2, field="", reason="raden är inte ett objekt")]
    assert findings.deviations["null_in_list"] == 2


def test_refusals_are_all_counted_but_not_all_kept():
    findings = Findings()
    parse_rows("persons", [{}] * (MAX_DETAILS + 5), findings)
    assert findings.rows_refused == findings.reasons["id: saknas"] == MAX_DETAILS + 5
    assert len(findings.refused) == MAX_DETAILS


JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=8),
    st.lists(st.none() | st.text(max_size=3) | st.dictionaries(st.just("id"), st.none()), max_size=2),
    st.dictionaries(st.sampled_from(["id", "value", "syllabus"]), st.none() | st.integers(), max_size=2),
)
EXTRA = ("civicNo", "addresses", "emails", "studentExceptions", "securityMarking", "_embedded")


@given(name=st.sampled_from(sorted(PARSERS)), place=st.integers(0, 30), junk=JUNK)
def test_no_value_of_any_field_can_stop_the_reading(name, place, junk):
    row = dict(small_resources()[name][0])
    fields = sorted({*row, *EXTRA})
    row[fields[place % len(fields)]] = junk
    findings = Findings()
    records = parse_rows(name, [row], findings)
    assert len(records) + findings.rows_refused == 1


def test_every_deviation_has_words():
    sources = [path.read_text() for path in Path(ss12000.__file__).parent.glob("*.py")]
    used = {code for text in sources for code in re.findall(r'(?:deviate\(|deviations\[)"(\w+)"', text)}
    assert used == set(DEVIATIONS)
    assert all(text.endswith(".") for text in (*DEVIATIONS.values(), *SET_ASIDE.values()))
    assert set(PARSERS) <= set(RESOURCES)
