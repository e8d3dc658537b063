"""Organisations, persons, groups and duties: from a row to a record of the register."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from samhandla.integrations.records import (
    Area,
    AssignmentRecord,
    DutyRecord,
    Email,
    EmailKind,
    EnrolmentRecord,
    ExternalId,
    GroupRecord,
    GuardianKind,
    GuardianRecord,
    MembershipRecord,
    OrganisationRecord,
    PersonRecord,
    PersonStatus,
    Protection,
    Sex,
)
from samhandla.integrations.ss12000 import valuelists, values
from samhandla.integrations.ss12000.markings import PROTECTED
from samhandla.integrations.ss12000.rows import ParseOptions, Row
from samhandla.lib.i18n import N_
from samhandla.lib.personnummer import Personnummer, PersonnummerError, parse_personnummer


def read_organisation(row: Row, options: ParseOptions) -> OrganisationRecord:
    return OrganisationRecord(
        id=row.own_id(),
        name=row.text("displayName") or "",
        kind=row.listed("organisationType", valuelists.ORGANISATION_TYPES) or "Övrigt",
        parent=row.reference("parentOrganisation"),
        skolenhetskod=_skolenhetskod(row),
        organisationsnummer=row.text("organisationNumber"),
        code=row.text("organisationCode"),
        municipality_code=row.read("municipalityCode", values.read_municipality),
        forms=_forms(row, "schoolTypes", "schoolType"),
        start=row.day("startDate"),
        end=row.day("endDate"),
        modified=row.modified(),
    )


def _skolenhetskod(row: Row) -> str | None:
    code = row.text("schoolUnitCode")
    return code.zfill(8) if code and code.isdigit() else code


def _forms(row: Row, *fields: str) -> tuple[str, ...]:
    for name in fields:
        sent = row.data.get(name)
        if isinstance(sent, str):
            sent = [sent]
        if isinstance(sent, list):
            found = [Row({name: one}, row.findings, row.name).read(name, values.read_form) for one in sent]
            return tuple(dict.fromkeys(_known_form(row, one) for one in found if one))
    return ()


def _form(row: Row, name: str = "schoolType") -> str | None:
    found = row.read(name, values.read_form)
    return _known_form(row, found) if found else None


def _known_form(row: Row, form: str) -> str:
    if form not in valuelists.FORMS:
        row.findings.deviate("off_list_value")
    return form


def read_person(row: Row, options: ParseOptions) -> PersonRecord:
    own = row.own_id()
    protection = row.read("securityMarking", values.read_protection) or Protection.UNKNOWN
    if "securityMarking" not in row.data:
        row.findings.deviate("marking_missing")
    civic = _civic(row)
    return PersonRecord(
        id=own,
        given_name=row.text("givenName") or "",
        family_name=row.text("familyName") or "",
        personnummer=civic.number if civic else None,
        birth_date=row.day("birthDate") or (civic.birth_date if civic else None),
        sex=_coded(row, "sex", valuelists.SEXES, Sex.UNKNOWN),
        protection=protection,
        status=_coded(row, "personStatus", valuelists.STATUSES, PersonStatus.ACTIVE),
        eppn=_texts(row, "eduPersonPrincipalNames"),
        external_ids=_external_ids(row),
        emails=_emails(row, protection),
        home_area=_home_area(row, protection, options),
        enrolments=_enrolments(row, own),
        guardians=_guardians(row, own),
        modified=row.modified(),
    )


def _civic(row: Row) -> Personnummer | None:
    sent = row.data.get("civicNo")
    if isinstance(sent, dict):
        sent = sent.get("value")
    if sent in (None, ""):
        return None
    try:
        found = parse_personnummer(str(sent))
    except PersonnummerError as error:
        row.note("civicNo", str(error))
        return None
    if found.number != str(sent):
        row.findings.deviate("civic_number_form")
    return found


def _coded(row: Row, name: str, known: Mapping[str, Any], otherwise: Any) -> Any:
    sent = row.text(name)
    if sent is None:
        return otherwise
    if sent.lower() not in known:
        row.findings.deviate("off_list_value")
    return known.get(sent.lower(), otherwise)


def _texts(row: Row, name: str) -> tuple[str, ...]:
    sent = row.data.get(name)
    if isinstance(sent, str):
        sent = [sent]
    return tuple(one.strip() for one in sent or () if isinstance(one, str) and one.strip())


def _external_ids(row: Row) -> tuple[ExternalId, ...]:
    found = [(one.text("value"), one.text("context")) for one in row.rows("externalIdentifiers")]
    return tuple(ExternalId(value=value, context=context or "") for value, context in found if value)


def _emails(row: Row, protection: Protection) -> tuple[Email, ...]:
    found = []
    for one in row.rows("emails"):
        address = one.text("value")
        kind = valuelists.EMAIL_KINDS.get((one.text("type") or "").lower(), EmailKind.PRIVATE)
        if address and not (protection in PROTECTED and kind is not EmailKind.SCHOOL):
            found.append(Email(value=address, kind=kind))
    return tuple(found)


def _home_area(row: Row, protection: Protection, options: ParseOptions) -> Area | None:
    """Return municipality and postal code of the registered address; nothing where it may endanger."""
    if protection in PROTECTED or (protection is Protection.UNKNOWN and not options.area_when_unknown):
        return None
    for one in row.rows("addresses"):
        if (one.text("type") or "Folkbokföring") == "Folkbokföring":
            postal_code = (one.text("postalCode") or "").replace(" ", "")
            municipality = one.read("municipalityCode", values.read_municipality)
            if postal_code or municipality:
                return Area(municipality_code=municipality, postal_code=postal_code or None)
    return None


def _enrolments(row: Row, person: str) -> tuple[EnrolmentRecord, ...]:
    found = []
    for one in row.rows("enrolments"):
        unit = one.reference("enroledAt", "enrolledAt")
        if unit is None:
            one.note("enrolments.enroledAt", N_("inskrivningen saknar skolenhet och är utelämnad"))
            continue
        form = _form(one) or ""
        found.append(
            EnrolmentRecord(
                person=person,
                unit=unit,
                form=form,
                start=one.day("startDate"),
                end=one.day("endDate"),
                school_year=_school_year(one, form),
                cancelled=one.truth("cancelled", default=False),
                programme=one.reference("programme"),
                education_code=one.text("educationCode"),
            )
        )
    return tuple(found)


def _school_year(row: Row, form: str) -> int | None:
    """Read the school year within a form; without one only the unit's form can tell what it means."""
    return row.read("schoolYear", lambda sent: values.read_school_year(sent, form))


def _guardians(row: Row, child: str) -> tuple[GuardianRecord, ...]:
    found = []
    for one in row.rows("responsibles"):
        guardian = one.reference("person")
        if guardian is None:
            one.note("responsibles.person", N_("den ansvariga saknar hänvisning (id) och är utelämnad"))
            continue
        sent = one.text("relationType")
        kind = valuelists.GUARDIAN_KINDS.get((sent or "").lower(), GuardianKind.UNKNOWN)
        found.append(GuardianRecord(child=child, guardian=guardian, kind=kind, kind_as_sent=sent))
    return tuple(found)


def read_group(row: Row, options: ParseOptions) -> GroupRecord:
    own = row.own_id()
    memberships = []
    for one in row.rows("groupMemberships"):
        person = one.reference("person")
        if person is None:
            one.note("groupMemberships.person", N_("medlemmen saknar hänvisning (id) och är utelämnad"))
            continue
        memberships.append(
            MembershipRecord(group=own, person=person, start=one.day("startDate"), end=one.day("endDate"))
        )
    return GroupRecord(
        id=own,
        name=row.text("displayName") or "",
        kind=row.listed("groupType", valuelists.GROUP_TYPES) or "Övrigt",
        organisation=row.reference("organisation"),
        form=_form(row),
        start=row.day("startDate"),
        end=row.day("endDate"),
        memberships=tuple(memberships),
        modified=row.modified(),
    )


def read_duty(row: Row, options: ParseOptions) -> DutyRecord:
    assignments = []
    for one in row.rows("assignmentRole", "assignmentRoles"):
        group = one.reference("group")
        role = one.listed("assignmentRoleType", valuelists.ASSIGNMENT_ROLES)
        if group is None or role is None:
            one.note("assignmentRole", N_("uppdraget saknar grupp eller roll och är utelämnat"))
            continue
        assignments.append(
            AssignmentRecord(group=group, role=role, start=one.day("startDate"), end=one.day("endDate"))
        )
    return DutyRecord(
        id=row.own_id(),
        person=row.reference("person"),
        organisation=row.reference("dutyAt"),
        role=row.listed("dutyRole", valuelists.DUTY_ROLES) or "Annan personal",
        description=row.text("description"),
        start=row.day("startDate"),
        end=row.day("endDate"),
        assignments=tuple(assignments),
        modified=row.modified(),
    )
