"""One row of a register file: its cells understood, and the person they make."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

import msgspec

from samhandla.integrations.files.amounts import NO, YES
from samhandla.integrations.files.findings import Problem
from samhandla.integrations.files.mapping import Kind, Mapping, Policy
from samhandla.integrations.files.personnummer import birth_date, normalise_personnummer
from samhandla.integrations.files.prepare import Options, is_protected, pseudonym
from samhandla.integrations.files.values import BadValue, clean, parse_date
from samhandla.integrations.records import (
    Area,
    Email,
    EmailKind,
    EnrolmentRecord,
    PersonRecord,
    Protection,
    Sex,
)
from samhandla.lib.i18n import N_, say

MAX_NAME = 100
GIRL = frozenset({"k", "f", "kvinna", "flicka"})
BOY = frozenset({"m", "man", "pojke"})
FORMS = {
    "förskoleklass": "FKLASS",
    "grundskola": "GR",
    "grundskolan": "GR",
    "anpassad grundskola": "GRS",
    "grundsärskola": "GRS",
    "gran": "GRS",
    "träningsskola": "GRS",
    "tr": "GRS",
    "gymnasieskola": "GY",
    "gymnasieskolan": "GY",
    "anpassad gymnasieskola": "GYS",
    "gymnasiesärskola": "GYS",
    "gyan": "GYS",
    "specialskola": "SP",
    "sameskola": "SAM",
    "fritidshem": "FTH",
    "förskola": "FS",
}
FORM_CODES = frozenset({"FS", "FKLASS", "FTH", "OPPFTH", "GR", "GRS", "SP", "SAM", "GY", "GYS"})
HIDDEN_NAME = (N_("Skyddade"), N_("personuppgifter"))


@dataclass
class PersonCells:
    """The cells of one row, read with reasons gathered in `problems`.

    A bad cell that the person can do without is left out and noted as kept.
    """

    cells: dict[str, str]
    mapping: Mapping
    options: Options
    problems: list[Problem] = field(default_factory=list)

    def text(self, name: str) -> str:
        try:
            value = clean(self.cells.get(name, ""))
        except BadValue as error:
            self._leave_out(name, str(error))
            return ""
        if len(value) > MAX_NAME:
            self._leave_out(name, say(N_("Texten är längre än {limit} tecken."), limit=MAX_NAME))
            return ""
        return value

    def day(self, name: str) -> date | None:
        value = self.text(name)
        if not value:
            return None
        try:
            return parse_date(value, self.mapping.date_style)
        except BadValue as error:
            # A day of birth is never repeated in a message.
            reason = N_("Datumet går inte att läsa.") if name == "birth_date" else str(error)
            self._leave_out(name, reason)
            return None

    def number(self, name: str) -> str | None:
        value = self.text(name)
        if not value:
            return None
        try:
            return normalise_personnummer(value, self.options.today)
        except BadValue as error:
            self._leave_out(name, str(error))
            return None

    def unit(self) -> str | None:
        return self.text("unit") or self.options.unit

    def hides(self, protection: Protection) -> bool:
        """Whether this person's particulars are replaced by a pseudonym."""
        return self.mapping.protected is Policy.PSEUDONYM and protection in {
            Protection.MARKED,
            Protection.REGISTERED,
        }

    def _leave_out(self, name: str, reason: str) -> None:
        problem = Problem(name, reason, kept=True)
        if problem not in self.problems:
            self.problems.append(problem)

    def refuse(self, name: str, reason: str) -> None:
        self.problems.append(Problem(name, reason))


def read_protection(text: str | None) -> Protection:
    """The marking in a cell; a missing column or an empty cell is unknown, not none."""
    word = (text or "").strip().casefold()
    if is_protected(word):
        return Protection.REGISTERED if "folkbok" in word or "kvarskriv" in word else Protection.MARKED
    return Protection.NONE if word in NO or word in {"ingen", "none"} else Protection.UNKNOWN


def build_person(cells: PersonCells, protection: Protection) -> PersonRecord | None:
    """Make the person of one row; None when the row cannot be taken (the reasons are noted)."""
    number = cells.number("personnummer")
    identifier = _identifier(cells, number)
    given, family = cells.text("given_name"), cells.text("family_name")
    if identifier is None:
        return None
    if cells.hides(protection):
        key = cells.options.pseudonym_key
        assert key is not None
        given, family = HIDDEN_NAME
        return PersonRecord(
            id=pseudonym(identifier, key), given_name=given, family_name=family, protection=protection
        )
    if not given and not family:
        cells.refuse("given_name", N_("Namnet saknas."))
        return None
    marked = protection in {Protection.MARKED, Protection.REGISTERED}
    return PersonRecord(
        id=identifier,
        given_name=given,
        family_name=family,
        personnummer=number,
        birth_date=cells.day("birth_date") or (birth_date(number) if number else None),
        sex=_sex(cells, number),
        protection=protection,
        eppn=tuple(filter(None, [cells.text("eppn")])),
        emails=_emails(cells, marked),
        home_area=None if marked else _area(cells),
        enrolments=_enrolments(cells, identifier) if cells.mapping.kind is Kind.PUPILS else (),
        adapted=_adapted(cells),
    )


def _identifier(cells: PersonCells, number: str | None) -> str | None:
    if cells.mapping.person_key == "external":
        identifier = cells.text("id")
        if not identifier:
            cells.refuse("id", N_("Personens beteckning saknas."))
        return identifier or None
    if number is None:
        reasons = [p.reason for p in cells.problems if p.field == "personnummer"]
        cells.problems[:] = [p for p in cells.problems if p.field != "personnummer"]
        cells.refuse("personnummer", reasons[0] if reasons else N_("Personnumret saknas."))
    return number


def _adapted(cells: PersonCells) -> bool | msgspec.UnsetType:
    """Whether the pupil has an adapted course of study; an empty cell tells nothing."""
    word = cells.text("adapted").casefold()
    if word and word not in YES | NO:
        cells.problems.append(Problem("adapted", N_("Anpassad ska vara ja eller nej."), kept=True))
    return True if word in YES else False if word in NO else msgspec.UNSET


def _sex(cells: PersonCells, number: str | None) -> Sex:
    word = cells.text("sex").casefold()
    if word in GIRL:
        return Sex.GIRL
    if word in BOY:
        return Sex.BOY
    if number and number[10].isdigit() and number[8:].isdigit():
        return Sex.BOY if int(number[10]) % 2 else Sex.GIRL
    return Sex.UNKNOWN


def _emails(cells: PersonCells, marked: bool) -> tuple[Email, ...]:
    address = cells.text("email")
    if not address:
        return ()
    if not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", address):
        cells.problems.append(Problem("email", N_("E-postadressen går inte att läsa."), kept=True))
        return ()
    kind = EmailKind.PRIVATE if cells.mapping.kind is Kind.GUARDIANS else EmailKind.SCHOOL
    return () if marked and kind is EmailKind.PRIVATE else (Email(value=address, kind=kind),)


def _area(cells: PersonCells) -> Area | None:
    municipality = cells.text("municipality")
    postal = cells.text("postal_code").replace(" ", "")
    code = municipality.zfill(4) if municipality.isdigit() and len(municipality) <= 4 else None
    if municipality and code is None:
        cells.problems.append(Problem("municipality", N_("Kommunkoden ska ha fyra siffror."), kept=True))
    if postal and not re.fullmatch(r"\d{5}", postal):
        cells.problems.append(Problem("postal_code", N_("Postnumret ska ha fem siffror."), kept=True))
        postal = ""
    return Area(municipality_code=code, postal_code=postal or None) if code or postal else None


def _enrolments(cells: PersonCells, person: str) -> tuple[EnrolmentRecord, ...]:
    unit = cells.unit()
    if not unit:
        cells.problems.append(
            Problem("unit", N_("Skolenheten saknas; eleven skrivs inte in någonstans."), kept=True)
        )
        return ()
    form = _form(cells)
    if form is None:
        return ()
    start, end = cells.day("start"), cells.day("end")
    if start and end and end < start:
        cells.problems.append(Problem("end", N_("Inskrivningen slutar innan den börjar."), kept=True))
        return ()
    return (
        EnrolmentRecord(
            person=person, unit=unit, form=form, start=start, end=end, school_year=_school_year(cells)
        ),
    )


def _form(cells: PersonCells) -> str | None:
    word = cells.text("school_form")
    if not word:
        if cells.mapping.school_form is None:
            reason = N_("Skolformen saknas; eleven skrivs inte in någonstans.")
            cells.problems.append(Problem("school_form", reason, kept=True))
        given = cells.mapping.school_form
        return given and FORMS.get(given.casefold(), given)
    form = FORMS.get(word.casefold(), word.upper())
    if form not in FORM_CODES:
        reason = N_("Skolformen är okänd; eleven skrivs inte in någonstans.")
        cells.problems.append(Problem("school_form", reason, kept=True))
        return None
    return form


def _school_year(cells: PersonCells) -> int | None:
    word = cells.text("school_year").casefold()
    if not word:
        return None
    found = re.fullmatch(r"(?:åk|årskurs|år)?\.?\s*(\d{1,2}|f)", word)
    year = 0 if found and found[1] == "f" else int(found[1]) if found else 99
    if year > 10:
        cells.problems.append(Problem("school_year", N_("Årskursen är inte F eller 0–10."), kept=True))
        return None
    return year
