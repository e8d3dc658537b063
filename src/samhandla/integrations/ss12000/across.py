"""What rows of one resource say about those of another: a unit's form, and the day it closes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

import msgspec

from samhandla.integrations.records import (
    DutyRecord,
    EnrolmentRecord,
    GroupRecord,
    OrganisationRecord,
    PersonRecord,
    Refused,
)
from samhandla.integrations.ss12000.valuelists import HIGHEST_OTHER_YEAR, HIGHEST_YEAR
from samhandla.lib.i18n import N_

T = TypeVar("T", GroupRecord, DutyRecord)
NO_FORM = N_(
    "inskrivningen saknar skolform, och skolenheten har inte bara en som kan gälla; den togs inte in"
)
NO_SUCH_YEAR = N_("årskursen finns inte i skolenhetens skolform och är utelämnad")


@dataclass
class Placed:
    """People whose places all have a form. `without`: those of whom a place had none and was left out."""

    persons: list[PersonRecord] = field(default_factory=list)
    refused: list[Refused] = field(default_factory=list)
    without: set[str] = field(default_factory=set)


def with_forms(persons: Iterable[PersonRecord], organisations: Iterable[OrganisationRecord]) -> Placed:
    """Give a place without a school form that of its unit, where the unit has exactly one.

    The form decides which rules a pupil is under, so it is never guessed: other places are refused.
    """
    forms = {one.id: one.forms for one in organisations}
    found = Placed()
    for person in persons:
        if all(place.form or place.cancelled for place in person.enrolments):
            found.persons.append(person)
            continue
        kept = [_with_form(place, forms, found) for place in person.enrolments]
        places = tuple(place for place in kept if place is not None)
        found.persons.append(msgspec.structs.replace(person, enrolments=places))
    return found


def _with_form(
    place: EnrolmentRecord, forms: Mapping[str, tuple[str, ...]], found: Placed
) -> EnrolmentRecord | None:
    if place.form or place.cancelled:
        return place
    own = forms.get(place.unit, ())
    if len(own) != 1:
        found.without.add(place.person)
        found.refused.append(
            Refused(row=place.person, field="enrolments.schoolType", reason=NO_FORM, kept=True)
        )
        return None
    year = place.school_year
    if year is not None and year > HIGHEST_YEAR.get(own[0], HIGHEST_OTHER_YEAR):
        found.refused.append(
            Refused(row=place.person, field="enrolments.schoolYear", reason=NO_SUCH_YEAR, kept=True)
        )
        year = None
    return msgspec.structs.replace(place, form=own[0], school_year=year)


def last_days(organisations: Iterable[OrganisationRecord]) -> dict[str, date]:
    """Return the last day of each organisation that has one, its own or an earlier one of those above.

    Source: the official OpenAPI description 2.1.0 of SS 12000 (Organisation.endDate).
    """
    rows = {one.id: one for one in organisations}
    found: dict[str, date] = {}
    for one in rows.values():
        ends, seen = [one.end], {one.id}
        above = rows.get(one.parent or "")
        while above is not None and above.id not in seen:  # a ring is cut
            seen.add(above.id)
            ends.append(above.end)
            above = rows.get(above.parent or "")
        told = [end for end in ends if end is not None]
        if told:
            found[one.id] = min(told)
    return found


def places_ended(persons: Iterable[PersonRecord], last: Mapping[str, date]) -> list[PersonRecord]:
    """Give places without a last day that of their unit."""
    found = []
    for person in persons:
        if any(place.end is None and place.unit in last for place in person.enrolments):
            places = tuple(
                msgspec.structs.replace(place, end=place.end or last.get(place.unit))
                for place in person.enrolments
            )
            person = msgspec.structs.replace(person, enrolments=places)
        found.append(person)
    return found


def ended(rows: Iterable[T], last: Mapping[str, date]) -> list[T]:
    """Give groups and duties without a last day that of their organisation."""
    return [
        row
        if row.end or row.organisation is None
        else msgspec.structs.replace(row, end=last.get(row.organisation))
        for row in rows
    ]
