"""The register of the invented municipality as tables: organisations, people and how they belong together."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from samhandla.integrations.simulator.records import Duty, Organisation, School, StaffMember
from samhandla.integrations.simulator.tables import table_of

_TYPES = {"n": pa.int64(), "s": pa.string(), "d": pa.date32(), "b": pa.bool_()}


def _schema(words: str) -> pa.Schema:
    """Read `name:type` words, where n is a number, s text, d a date and b yes or no."""
    return pa.schema([(name, _TYPES[kind]) for name, kind in (word.split(":") for word in words.split())])


ORGANISATIONS = _schema(
    "number:n kind:s name:s parent:n authority:n code:s organisation_number:s forms:s area:s independent:b"
)
CHILDREN = _schema(
    "number:n first_name:s last_name:s sex:s birth_date:d personnummer:s marking:s home_area:s separated:b "
    "language:s"
)
ENROLMENTS = _schema("child:n unit:n form:s grade:n started:d ended:d")
GUARDIANS = _schema("number:n first_name:s last_name:s sex:s birth_date:d personnummer:s marking:s area:s")
GUARDIANSHIPS = _schema("guardian:n child:n kind:s lives_with:b")
STAFF = _schema("number:n first_name:s last_name:s sex:s birth_date:d personnummer:s")
DUTIES = _schema("number:n staff:n organisation:n role:s class_id:n started:d ended:d")
GROUPS = _schema("number:n unit:n kind:s name:s form:s grade:n subject:s class_id:n teacher:n")
MEMBERSHIPS = _schema("group:n pupil:n started:d ended:d")
CLOSURES = _schema("unit:n name:s first:d last:d")

REGISTER = {
    "organisations": ORGANISATIONS,
    "children": CHILDREN,
    "enrolments": ENROLMENTS,
    "guardians": GUARDIANS,
    "guardianships": GUARDIANSHIPS,
    "staff": STAFF,
    "duties": DUTIES,
    "groups": GROUPS,
    "memberships": MEMBERSHIPS,
    "closures": CLOSURES,
}


def organisations_table(organisations: Sequence[Organisation]) -> pa.Table:
    """Return every organisation; school forms are joined by a space."""
    return table_of(
        ORGANISATIONS,
        [
            (
                o.number,
                o.kind,
                o.name,
                o.parent,
                o.authority,
                o.code,
                o.organisation_number,
                " ".join(o.forms),
                o.area,
                o.independent,
            )
            for o in organisations
        ],
    )


def staff_table(staff: Sequence[StaffMember]) -> pa.Table:
    """Return the people who work."""
    return _records(STAFF, staff)


def duties_table(duties: Sequence[Duty]) -> pa.Table:
    """Return the posts; a mentor's post names the class."""
    return _records(DUTIES, duties)


def register_tables(school: School) -> dict[str, pa.Table]:
    """Return one school's part of the register, by table name; who moved is listed with the new school."""
    staying = [pupil for pupil in school.pupils if not pupil.moved]
    when = {pupil.number: (pupil.started, pupil.ended) for pupil in school.pupils}
    return {
        "children": _records(CHILDREN, staying),
        "enrolments": table_of(
            ENROLMENTS,
            [(p.number, e.unit, e.form, e.grade, e.started, e.ended) for p in staying for e in p.enrolments],
        ),
        "guardians": _records(GUARDIANS, school.guardians),
        "guardianships": _records(GUARDIANSHIPS, school.guardianships),
        "staff": staff_table(school.staff),
        "duties": duties_table(school.duties),
        "groups": _records(GROUPS, school.groups),
        "memberships": table_of(
            MEMBERSHIPS,
            [(group.number, member, *when[member]) for group in school.groups for member in group.members],
        ),
        "closures": _records(CLOSURES, school.closures),
    }


def _records(schema: pa.Schema, records: Sequence[Any]) -> pa.Table:
    return table_of(schema, [tuple(getattr(record, name) for name in schema.names) for record in records])
