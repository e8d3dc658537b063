"""Who is what in a delivery: pupils, guardians, staff; whose identity is protected; which role."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from samhandla.integrations.records import (
    DutyRecord,
    EnrolmentRecord,
    GuardianKind,
    GuardianRecord,
    OrganisationRecord,
    PersonRecord,
    PersonStatus,
    Protection,
)
from samhandla.integrations.ss12000.markings import PROTECTED, strictest
from samhandla.people.rules import COMPULSORY_FORMS, UPPER_SECONDARY_FORMS

REGISTER_PROTECTION = {
    Protection.UNKNOWN: "unknown",
    Protection.NONE: "none",
    Protection.MARKED: "marked",
    Protection.REGISTERED: "protected",
}
# A kind that is not here becomes "okand", which has no rights.
GUARDIAN_KIND = {
    GuardianKind.VARDNADSHAVARE: "vardnadshavare",
    GuardianKind.SARSKILT_FORORDNAD: "sarskilt_forordnad",
    GuardianKind.GOD_MAN: "god_man",
    GuardianKind.FAMILJEHEM: "familjehem",
    GuardianKind.UMGANGESFORALDER: "umgangesforalder",
    GuardianKind.OTHER: "annan",
}
FORMS = frozenset({"FS", "FKLASS", "FTH", "GR", "GRS", "SP", "SAM", "GY", "GYS"})
SCHOOL_FORMS = COMPULSORY_FORMS | UPPER_SECONDARY_FORMS
GROUP_KIND = {"klass": "class", "mentor": "mentor", "undervisning": "teaching"}
ORGANISATION_KIND = {
    "huvudman": "huvudman",
    "förvaltning": "department",
    "skola": "school",
    "skolenhet": "school_unit",
}
# A source may call anybody "Annan personal" and maps positions as it likes, so a duty alone opens nothing:
# what the source's own mapping does not name becomes a teacher, whose role reaches no pupil.
DEFAULT_ROLE = "teacher"
SUGGESTED_ROLES = {
    "Rektor": "principal",
    "Kurator": "counsellor",
    "Skolsköterska": "school_nurse",
    "Skolläkare": "school_doctor",
    "Skolpsykolog": "psychologist",
    "Speciallärare/specialpedagog": "special_needs_teacher",
    "Studie- och yrkesvägledare": "career_counsellor",
    "Skoladministratör": "school_administrator",
}
CLASS_TEACHER_LAST_YEAR = 6
# Tasks for a group in SS 12000 whose work is not with the pupils of it in a lesson.
BESIDE_THE_GROUP = frozenset(
    {"Administrativ personal", "Elevhälsopersonal", "Pedagogisk ledare", "Schemaläggare"}
)
MENTOR = "Mentor"


@dataclass
class Sorted:
    """A delivery's people by what they are; a person may be both guardian and staff."""

    children: dict[str, PersonRecord] = field(default_factory=dict)
    guardians: dict[str, PersonRecord] = field(default_factory=dict)
    staff: dict[str, PersonRecord] = field(default_factory=dict)
    outside: list[PersonRecord] = field(default_factory=list)


def sort_people(
    persons: Iterable[PersonRecord],
    duties: Iterable[DutyRecord],
    guardians: Iterable[GuardianRecord],
    units: Collection[str],
    known: Collection[str] = (),
    known_guardians: Collection[str] = (),
) -> Sorted:
    """Tell pupils, guardians and staff apart.

    Args:
        guardians: relations that came apart from the child's own row.
        units: the source's ids of the organisations of this run.
        known: children of this source that may be named although they did not come this time.
        known_guardians: adults who are guardians although none of their children came this time.
    """
    found = Sorted()
    persons = list(persons)
    for person in persons:
        if person.status is PersonStatus.ACTIVE and enrolments_in(person, units):
            found.children[person.id] = person
    of_child = {tie.guardian for child in found.children.values() for tie in child.guardians}
    of_child |= {tie.guardian for tie in guardians if tie.child in found.children or tie.child in known}
    of_child |= set(known_guardians)
    at_work = {duty.person for duty in duties if duty.organisation in units}
    for person in persons:
        if person.id in of_child:
            found.guardians[person.id] = person
        if person.id in at_work:
            found.staff[person.id] = person
        if person.id not in found.children and person.id not in of_child and person.id not in at_work:
            found.outside.append(person)
    return found


def enrolments_in(person: PersonRecord, units: Collection[str]) -> list[EnrolmentRecord]:
    """Return the enrolments that the register keeps: at this run's units, in forms for 0–20 years.

    One that was ended early is left out, so that it keeps nobody here; see `ended_early_in`.
    """
    return [e for e in person.enrolments if e.unit in units and e.form in FORMS and not e.cancelled]


def ended_early_in(person: PersonRecord, units: Collection[str], today: date) -> list[EnrolmentRecord]:
    """Return the enrolments that were ended early and whose last day has been: history."""
    early = [e for e in person.enrolments if e.unit in units and e.form in FORMS and e.cancelled]
    return [e for e in early if e.end is not None and e.end < today]


def went_until(person: PersonRecord, units: Collection[str], today: date) -> date | None:
    """Return the last day of the places here that were ended early, at the latest today; None without any.

    Lessons of days until then belong to this run also when the pupil has no other place here.
    """
    early = [e for e in person.enrolments if e.unit in units and e.form in FORMS and e.cancelled]
    return max((min(e.end or today, today) for e in early), default=None)


def main_enrolment(enrolments: Iterable[EnrolmentRecord], today: date) -> EnrolmentRecord:
    """Return the enrolment that tells where a child goes to school today.

    One that was not ended early, a current one before others, school before preschool and after-school care,
    the latest start first.
    """

    def rank(one: EnrolmentRecord) -> tuple[bool, bool, bool, date]:
        start, end = one.start or date.min, one.end or date.max
        return (not one.cancelled, start <= today <= end, one.form in SCHOOL_FORMS, start)

    return max(enrolments, key=rank)


def is_main(one: EnrolmentRecord, main: EnrolmentRecord) -> bool:
    """Tell whether an enrolment is at the main one's unit, and not care beside its school."""
    beside = main.form in SCHOOL_FORMS and one.form not in SCHOOL_FORMS
    return one.unit == main.unit and not beside


def lifted_protection(
    children: Mapping[str, PersonRecord],
    persons: Mapping[str, PersonRecord],
    ties: Iterable[GuardianRecord],
    children_of_protected: Collection[str],
    named: Mapping[str, Protection],
) -> dict[str, Protection]:
    """Return each child's protection with that of its guardians and siblings laid over it.

    A marking on one of the family lifts every child in it; a marking that was not sent lifts nobody.

    Args:
        named: markings of people who may not have come themselves, as references to them say.

    Source: integrations reference, protected identity.
    """
    family: dict[str, list[str]] = defaultdict(list)
    marks: dict[str, Protection] = {}
    for tie in ties:
        family[tie.guardian].append(tie.child)
        guardian = persons.get(tie.guardian)
        mark = named.get(tie.guardian) if guardian is None else guardian.protection
        if mark is not None and mark in PROTECTED:
            marks[tie.child] = strictest(marks.get(tie.child), mark)
    for child in children_of_protected:
        marks[child] = strictest(marks.get(child), Protection.MARKED)
    own = {name: child.protection for name, child in children.items()}
    for siblings in family.values():
        marked = [own[c] for c in siblings if own.get(c) in PROTECTED]
        for child in siblings if marked else ():
            for mark in marked:
                marks[child] = strictest(marks.get(child), mark)
    return {name: strictest(marks.get(name), mark) if name in marks else mark for name, mark in own.items()}


def duty_role(word: str, roles: Mapping[str, str]) -> str:
    """Return our role for the source's word for a duty.

    >>> duty_role("Rektor", {}), duty_role("Rektor", {"Rektor": "principal"})
    ('teacher', 'principal')
    """
    return roles.get(word, DEFAULT_ROLE)


def assignment_role(word: str, form: str | None, school_year: int | None) -> str | None:
    """Return the role in a group: mentor, class teacher up to year 6, teacher, or None for no such work.

    A teacher reads the names in the group, so only those who stand before it are teachers.

    >>> assignment_role("Lärare", "GR", 8), assignment_role("Schemaläggare", "GR", 8)
    ('teacher', None)
    """
    if word in BESIDE_THE_GROUP:
        return None
    if word != MENTOR:
        return DEFAULT_ROLE
    young = form == "FKLASS" or (
        form in COMPULSORY_FORMS and school_year is not None and school_year <= CLASS_TEACHER_LAST_YEAR
    )
    return "class_teacher" if young else "mentor"


def own_organisations(
    organisations: Iterable[OrganisationRecord], huvudman: str | None, number: str
) -> tuple[list[OrganisationRecord], list[OrganisationRecord]]:
    """Return the organisations under the authority's own organiser, and the roots to choose between.

    Args:
        huvudman: the chosen organiser's id at the source; without it the one with the authority's
            organisation number, or the only one there is.
    Returns: own organisations, parents first; and the organisers when it cannot be told which is ours.
    """
    rows = {one.id: one for one in organisations}
    roots = [one for one in rows.values() if one.kind.casefold() == "huvudman"]
    chosen = [one for one in roots if one.id == huvudman]
    chosen = chosen or [one for one in roots if number and one.organisationsnummer == number]
    if not chosen and len(roots) > 1:
        return [], roots
    only = {one.id for one in chosen or roots}
    own = [one for one in rows.values() if not roots or _root(one, rows) in only | {None}]
    return sorted(own, key=lambda one: (_depth(one, rows), one.id)), []


def _above(one: OrganisationRecord, rows: Mapping[str, OrganisationRecord]) -> list[OrganisationRecord]:
    """Return the organisations above one, nearest first; a ring is cut."""
    found: list[OrganisationRecord] = []
    parent = rows.get(one.parent or "")
    while parent is not None and parent not in found and parent is not one:
        found.append(parent)
        parent = rows.get(parent.parent or "")
    return found


def _root(one: OrganisationRecord, rows: Mapping[str, OrganisationRecord]) -> str | None:
    """Return the organiser above, None when the chain ends elsewhere (a unit that hangs on nothing)."""
    chain = [one, *_above(one, rows)]
    return next((o.id for o in chain if o.kind.casefold() == "huvudman"), None)


def _depth(one: OrganisationRecord, rows: Mapping[str, OrganisationRecord]) -> int:
    return len(_above(one, rows))


def units_of_groups(organisations: Iterable[OrganisationRecord]) -> dict[str, str]:
    """Return, for each school that has exactly one school unit, that unit.

    Some suppliers hang groups and duties on the school instead of its unit.
    """
    below: dict[str, list[str]] = defaultdict(list)
    for one in organisations:
        if one.kind.casefold() == "skolenhet" and one.parent:
            below[one.parent].append(one.id)
    return {school: units[0] for school, units in below.items() if len(units) == 1}
