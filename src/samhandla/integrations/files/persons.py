"""Register files: pupils, staff and guardians, one per row → `ParsedPersons`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import msgspec
import numpy as np

from samhandla.integrations.files.errors import BadMapping, EmptyFile, Truncated
from samhandla.integrations.files.findings import Findings, Problem, row_numbers
from samhandla.integrations.files.mapping import Kind, Mapping, Policy, find_columns
from samhandla.integrations.files.parsed import Counts, Parsed
from samhandla.integrations.files.person_rows import PersonCells, build_person, read_protection
from samhandla.integrations.files.prepare import Options, is_protected
from samhandla.integrations.files.read import FileTable
from samhandla.integrations.files.wording import DUPLICATE
from samhandla.integrations.records import (
    AssignmentRecord,
    DutyRecord,
    GroupRecord,
    GuardianKind,
    GuardianRecord,
    MembershipRecord,
    PersonRecord,
    Protection,
)
from samhandla.lib.i18n import N_, say

PERSON_KINDS = frozenset({Kind.PUPILS, Kind.STAFF, Kind.GUARDIANS})
MENTOR = "Mentor"
CLASS = "Klass"


@dataclass(frozen=True)
class ParsedPersons(Parsed):
    """Persons with their enrolments, the classes they name, duties, and guardians' relations.

    `children_of_protected`: children whose guardian's row is about a person with protected
    identity; the register lifts their protection too. Rows left out are only counted.
    """

    persons: tuple[PersonRecord, ...] = ()
    groups: tuple[GroupRecord, ...] = ()
    duties: tuple[DutyRecord, ...] = ()
    guardians: tuple[GuardianRecord, ...] = ()
    children_of_protected: frozenset[str] = frozenset()


@dataclass
class _Gathered:
    """What the rows have given so far; keys are the source's ids."""

    mapping: Mapping
    options: Options
    persons: dict[str, PersonRecord] = field(default_factory=dict)
    first_rows: dict[object, int] = field(default_factory=dict)
    groups: dict[str, GroupRecord] = field(default_factory=dict)
    duties: dict[str, DutyRecord] = field(default_factory=dict)
    guardians: list[GuardianRecord] = field(default_factory=list)
    children_of_protected: set[str] = field(default_factory=set)
    findings: Findings = field(default_factory=Findings)
    accepted: list[int] = field(default_factory=list)
    refused: list[int] = field(default_factory=list)
    duplicates: list[int] = field(default_factory=list)
    protected: int = 0

    def note(self, row: int, problems: list[Problem]) -> None:
        for problem in problems:
            self.findings.add(row_numbers([row]), problem)


def parse_persons(table: FileTable, mapping: Mapping, options: Options) -> ParsedPersons:
    """Parse a register file, one person per row.

    A person on several rows is one record: a new school unit, class, role or child is added,
    a row that adds nothing is a duplicate. Rows about people with protected identity follow
    the mapping's policy; when they are skipped nothing but their number is told.

    Raises:
        BadMapping: the mapping is for attendance, or pseudonyms are asked for without a key.
        MissingColumn, Truncated, WrongEncoding, EmptyFile: nothing is taken.
    """
    if mapping.kind not in PERSON_KINDS:
        raise BadMapping(N_("Kopplingen gäller inte personer."))
    if mapping.protected is Policy.PSEUDONYM and not options.pseudonym_key:
        raise BadMapping(
            N_("Pseudonymisering kräver en hemlig nyckel för källan. Välj annars att hoppa över.")
        )
    table = table.with_header_row(mapping.header_row)
    places = {name: place for name, (place, _) in find_columns(mapping, table.headers).items()}
    gathered = _Gathered(mapping, options)
    last: list[str] = []
    for number, row in table.rows():
        _take_row(gathered, number, {name: row[place] for name, place in places.items()}, row, table)
        last = row
    _refuse_cut(table, last, max(places.values(), default=0))
    return _result(gathered, table)


def _take_row(
    gathered: _Gathered, number: int, cells: dict[str, str], row: list[str], table: FileTable
) -> None:
    hidden = is_protected(cells.get("protected", ""))
    if hidden and gathered.mapping.protected is Policy.SKIP:
        gathered.protected += 1
        if gathered.mapping.kind is Kind.GUARDIANS and (child := _child(gathered, cells)):
            gathered.children_of_protected.add(child)
        return
    if any(cell.strip() for cell in row[len(table.headers) :]):
        reason = N_("Raden har {found} kolumner men rubrikraden har {all}.")
        wide = Problem("", say(reason, found=len(row), all=len(table.headers)))
        gathered.note(number, [wide])
        gathered.refused.append(number)
        return
    protection = read_protection(cells.get("protected"))
    reader = PersonCells(cells, gathered.mapping, gathered.options)
    person = build_person(reader, protection)
    if person is None:
        gathered.note(number, reader.problems)
        gathered.refused.append(number)
        return
    adders: dict[Kind, Callable[[_Gathered, int, PersonRecord, PersonCells], bool]] = {
        Kind.PUPILS: _add_pupil,
        Kind.STAFF: _add_staff,
        Kind.GUARDIANS: _add_guardian,
    }
    added = adders[gathered.mapping.kind](gathered, number, person, reader)
    gathered.note(number, reader.problems)
    if added:
        gathered.accepted.append(number)
    elif any(not problem.kept for problem in reader.problems):
        gathered.refused.append(number)
    else:
        _note_duplicate(gathered, number, person.id)


def _note_duplicate(gathered: _Gathered, number: int, person: str) -> None:
    problem = Problem(DUPLICATE, N_("Samma person finns redan på rad {row}."))
    first = row_numbers([gathered.first_rows[person]])
    gathered.findings.add(row_numbers([number]), problem, first)
    gathered.duplicates.append(number)


def _remember(gathered: _Gathered, number: int, person: PersonRecord) -> bool:
    """Keep the person; True when it was not known before."""
    gathered.first_rows.setdefault(person.id, number)
    if person.id in gathered.persons:
        return False
    gathered.persons[person.id] = person
    return True


def _add_pupil(gathered: _Gathered, number: int, person: PersonRecord, cells: PersonCells) -> bool:
    added = _remember(gathered, number, person)
    known = gathered.persons[person.id]
    new = tuple(enrolment for enrolment in person.enrolments if enrolment not in known.enrolments)
    if not added and new:
        gathered.persons[person.id] = msgspec.structs.replace(known, enrolments=known.enrolments + new)
    joined = _join_class(gathered, person, cells)
    return added or bool(new) or joined


def _join_class(gathered: _Gathered, person: PersonRecord, cells: PersonCells) -> bool:
    name = cells.text("class")
    unit = cells.unit()
    if not name or not unit or cells.hides(person.protection):
        return False  # without a unit the pupil is not taken in, so there is nobody for the class
    group_id = f"{unit}/{name}"
    group = gathered.groups.get(group_id) or GroupRecord(
        id=group_id, name=name, kind=CLASS, organisation=unit
    )
    membership = MembershipRecord(
        group=group_id, person=person.id, start=cells.day("start"), end=cells.day("end")
    )
    if (group_id, person.id) in gathered.first_rows:
        return False
    gathered.first_rows[group_id, person.id] = 0
    gathered.groups[group_id] = msgspec.structs.replace(group, memberships=(*group.memberships, membership))
    return True


def _add_staff(gathered: _Gathered, number: int, person: PersonRecord, cells: PersonCells) -> bool:
    role = cells.text("role")
    if not role:
        cells.problems.append(Problem("role", N_("Cellen är tom.")))
        return False
    added = _remember(gathered, number, person)
    unit = cells.unit()
    duty_id = "/".join((person.id, unit or "", role))
    new_duty = duty_id not in gathered.duties
    duty = gathered.duties.get(duty_id) or DutyRecord(
        id=duty_id,
        person=person.id,
        organisation=unit,
        role=role,
        start=cells.day("start"),
        end=cells.day("end"),
    )
    names = [name.strip() for name in cells.text("duty_group").split(",") if name.strip()]
    mentored = {assignment.group for assignment in duty.assignments}
    groups = [f"{unit}/{name}" if unit else name for name in names]
    new = tuple(AssignmentRecord(group=group, role=MENTOR) for group in groups if group not in mentored)
    gathered.duties[duty_id] = msgspec.structs.replace(duty, assignments=duty.assignments + new)
    return added or new_duty or bool(new)


def _add_guardian(gathered: _Gathered, number: int, person: PersonRecord, cells: PersonCells) -> bool:
    child = _child(gathered, cells.cells)
    if child is None:
        cells.problems.append(
            Problem("child", N_("Elevens beteckning saknas eller är fel; relationen går inte att koppla."))
        )
        return False
    word = cells.text("kind")
    kinds = {name.casefold(): kind for name, kind in gathered.mapping.guardian_kinds.items()}
    kind = kinds.get(word.casefold(), GuardianKind.UNKNOWN)
    if kind is GuardianKind.UNKNOWN:
        reason = N_("Relationens art är okänd och ger därför inga rättigheter.")
        cells.problems.append(Problem("kind", reason, kept=True))
    relation = GuardianRecord(child=child, guardian=person.id, kind=kind, kind_as_sent=word or None)
    _remember(gathered, number, person)
    if (child, person.id) in gathered.first_rows:
        return False
    gathered.first_rows[child, person.id] = number
    gathered.guardians.append(relation)
    if person.protection in {Protection.MARKED, Protection.REGISTERED}:
        gathered.children_of_protected.add(child)
    return True


def _child(gathered: _Gathered, cells: dict[str, str]) -> str | None:
    reader = PersonCells(cells, gathered.mapping, gathered.options)
    if gathered.mapping.person_key == "personnummer":
        return reader.number("child_personnummer") or reader.number("child")
    return reader.text("child") or None


def _refuse_cut(table: FileTable, last: list[str], needed: int) -> None:
    if not last:
        raise EmptyFile(N_("Filen har rubriker men inga rader. Hämta den på nytt ur källsystemet."))
    if table.cut_after is not None and table.cut_after <= needed:
        raise Truncated(N_("Filen är avklippt i den sista raden. Hämta den på nytt ur källsystemet."))


def _result(gathered: _Gathered, table: FileTable) -> ParsedPersons:
    accepted, refused, duplicates = gathered.accepted, gathered.refused, gathered.duplicates
    counts = Counts(
        read=len(accepted) + len(refused) + len(duplicates) + gathered.protected,
        accepted=len(accepted),
        refused=len(refused),
        duplicates=len(duplicates),
        protected=gathered.protected,
    )
    return ParsedPersons(
        mapping=gathered.mapping,
        counts=counts,
        findings=gathered.findings,
        refused_rows=np.array(refused, dtype=np.int64),
        duplicate_rows=np.array(duplicates, dtype=np.int64),
        accepted_rows=np.array(accepted, dtype=np.int64),
        notes=table.notes,
        persons=tuple(gathered.persons.values()),
        groups=tuple(gathered.groups.values()),
        duties=tuple(gathered.duties.values()),
        guardians=tuple(gathered.guardians),
        children_of_protected=frozenset(gathered.children_of_protected),
    )
