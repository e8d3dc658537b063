"""The SS 12000 objects follow the official description and hang together."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, datetime
from typing import Any

import jsonschema
import pyarrow as pa
import pyarrow.compute as pc
import pytest
import yaml

from samhandla.integrations.simulator.ss12000 import ss12000_resources

WINDOW = (date(2025, 9, 15), date(2025, 9, 21))
SCHEMAS = {
    "organisations": "Organisation",
    "persons": "Person",
    "groups": "Group",
    "duties": "Duty",
    "syllabuses": "Syllabus",
    "activities": "Activity",
    "calendarEvents": "CalendarEvent",
    "attendances": "Attendance",
    "absences": "Absence",
    "aggregatedAttendance": "AggregatedAttendance",
}
ENOUGH = 400  # objects of each kind that are checked against the description


@pytest.fixture(scope="module")
def resources(world, faulty_year) -> dict[str, list[dict[str, Any]]]:
    return ss12000_resources(world, faulty_year.lessons, window=WINDOW)


@pytest.fixture(scope="module")
def contract(shared_data) -> dict[str, Any]:
    path = shared_data / "ss12000" / "openapi_ss12000_version2_1_0.yaml"
    return yaml.load(path.read_text(encoding="utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))


@pytest.mark.parametrize("name", SCHEMAS)
def test_follows_the_official_description(resources, contract, name) -> None:
    schema = {"$ref": f"#/components/schemas/{SCHEMAS[name]}", "components": contract["components"]}
    checker = jsonschema.FormatChecker()
    checker.checks("date-time", raises=ValueError)(
        lambda text: datetime.fromisoformat(text).tzinfo is not None
    )
    validator = jsonschema.Draft4Validator(schema, format_checker=checker)
    rows = resources[name]
    assert rows
    for row in rows[:: max(1, len(rows) // ENOUGH)]:
        assert [error.message for error in validator.iter_errors(row)] == []
        assert set(row) <= _known_fields(contract, SCHEMAS[name])


def _known_fields(contract: dict[str, Any], name: str) -> set[str]:
    schema = contract["components"]["schemas"][name]
    fields = set(schema.get("properties", {}))
    for part in schema.get("allOf", []):
        own = part["$ref"].split("/")[-1] if "$ref" in part else None
        fields |= _known_fields(contract, own) if own else set(part.get("properties", {}))
    return fields


def test_the_description_does_refuse(contract, resources) -> None:
    schema = {"$ref": "#/components/schemas/Person", "components": contract["components"]}
    wrong = {**resources["persons"][0], "sex": "K"}
    del wrong["familyName"]
    assert len(list(jsonschema.Draft4Validator(schema).iter_errors(wrong))) == 2


def test_ids_are_unique_and_stable(world, faulty_year, resources) -> None:
    again = ss12000_resources(world, faulty_year.lessons, window=WINDOW)
    assert again == resources
    for name, rows in resources.items():
        if name != "aggregatedAttendance":
            assert len({row["id"] for row in rows}) == len(rows)


def test_every_reference_leads_somewhere(resources) -> None:
    ids = {row["id"] for rows in resources.values() for row in rows if "id" in row}
    missing = Counter(
        key for rows in resources.values() for row in rows for key, to in _references(row) if to not in ids
    )
    assert missing == Counter()


def _references(value: Any, key: str = "") -> list[tuple[str, str]]:
    """Return every id inside an object, except the object's own."""
    found = []
    if isinstance(value, dict):
        if key and "id" in value:
            found.append((key, value["id"]))
        for name, inner in value.items():
            if name not in ("id", "meta"):
                found += _references(inner, name)
    if isinstance(value, list):
        for inner in value:
            found += _references(inner, key)
    return found


def test_window_holds(resources) -> None:
    for event in resources["calendarEvents"]:
        assert WINDOW[0] <= datetime.fromisoformat(event["startTime"]).date() <= WINDOW[1]
    events = {event["id"] for event in resources["calendarEvents"]}
    assert {row["calendarEvent"]["id"] for row in resources["attendances"]} == events


def test_totals_are_the_sums_of_the_lessons(resources) -> None:
    activity = {event["id"]: event["activity"]["id"] for event in resources["calendarEvents"]}
    sums: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    for row in resources["attendances"]:
        own = sums[row["student"]["id"], activity[row["calendarEvent"]["id"]]]
        for i, name in enumerate(("attendanceMinutes", "validAbsenceMinutes", "invalidAbsenceMinutes")):
            own[i] += row[name]
    totals = {
        (row["student"]["id"], row["activity"]["id"]): [
            row["attendanceSum"],
            row["validAbsenceSum"],
            row["invalidAbsenceSum"],
        ]
        for row in resources["aggregatedAttendance"]
    }
    assert totals == dict(sums)


def test_minutes_are_those_of_the_lessons(faulty_year, resources) -> None:
    first, last = (pa.scalar(day, pa.date32()) for day in WINDOW)
    days = faulty_year.lessons["date"]
    inside = pc.sum(pc.and_(pc.greater_equal(days, first), pc.less_equal(days, last))).as_py()
    assert len(resources["attendances"]) == inside
    silent = [row for row in resources["attendances"] if not row["isReported"]]
    assert silent
    assert all("reporter" not in row and row["attendanceMinutes"] == 0 for row in silent)


def test_marked_people_show_no_address_and_are_marked_everywhere(world, resources) -> None:
    marked = {row["id"]: row for row in resources["persons"] if row.get("securityMarking") != "Ingen"}
    assert len(marked) >= 3
    assert all("addresses" not in row for row in marked.values())
    for group in resources["groups"]:
        for member in group["groupMemberships"]:
            person = marked.get(member["person"]["id"])
            if person is not None:
                assert member["person"].get("securityMarking") == person.get("securityMarking")


def test_a_silent_source_says_nothing_about_marking(world, resources) -> None:
    unknown = sum(pupil.marking is None for pupil in world.pupils)
    assert sum("securityMarking" not in row for row in resources["persons"]) == unknown > 0


def test_mentors_are_assignments_on_classes(world, resources) -> None:
    classes = {row["id"] for row in resources["groups"] if row["groupType"] == "Klass"}
    mentors = [a for duty in resources["duties"] for a in duty.get("assignmentRole", [])]
    assert {a["group"]["id"] for a in mentors} == classes
    assert {a["assignmentRoleType"] for a in mentors} == {"Mentor"}
    assert len(mentors) == sum(duty.role == "mentor" for duty in world.duties)


def test_adapted_pupils_are_exceptions(resources) -> None:
    exceptions = [x for event in resources["calendarEvents"] for x in event.get("studentExceptions", [])]
    assert exceptions
    assert {x["participates"] for x in exceptions} == {False}


def test_without_a_window_all_days_come(world, faulty_year) -> None:
    few = faulty_year.lessons.slice(0, 900)
    found = ss12000_resources(world, few)
    assert len(found["attendances"]) == 900


def test_absences_are_whole_days_in_order(resources) -> None:
    assert {row["type"] for row in resources["absences"]} <= {"Anmäld frånvaro", "Beviljad ledighet"}
    assert all(row["startTime"] < row["endTime"] for row in resources["absences"])
