"""How a supplier's columns are read: a mapping, which is data and can be saved as a preset.

Nouns: mapping (a whole file), source column (one column), statement (what the source means
by a word, and how surely that is known).
"""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

import msgspec

from samhandla.integrations.files.errors import BadMapping, MissingColumn
from samhandla.integrations.files.values import DateStyle, Unit
from samhandla.integrations.files.wording import field_word
from samhandla.integrations.records import GuardianKind
from samhandla.lib.i18n import N_, say


class Kind(StrEnum):
    """What the rows of a file are about."""

    LESSONS = "lessons"  # one pupil and one lesson
    DAYS = "days"  # one pupil and one day: becomes totals over that day
    TOTALS = "totals"  # one pupil and one period, perhaps per subject
    PUPILS = "pupils"
    STAFF = "staff"
    GUARDIANS = "guardians"


class Mark(StrEnum):
    """What a code in a status column means."""

    PRESENT = "present"
    VALID = "valid"
    INVALID = "invalid"
    OTHER = "other"
    LATE = "late"
    UNREPORTED = "unreported"
    CANCELLED = "cancelled"


class Policy(StrEnum):
    """What happens to rows about people with protected identity; the first is the strictest."""

    SKIP = "skip"
    PSEUDONYM = "pseudonym"
    NEED_TO_KNOW = "need_to_know"


PEOPLE = (Kind.PUPILS, Kind.STAFF, Kind.GUARDIANS)


def _names(words: str) -> frozenset[str]:
    return frozenset(words.split())


LESSON_FIELDS = _names(
    "pupil unit group subject date start end slot offered present valid invalid other absence late "
    "status reported participating protected"
)
TOTALS_FIELDS = _names(
    "pupil unit activity subject date start end offered present valid invalid other absence late "
    "status reported unreported protected"
)
PERSON_FIELDS = _names(
    "id personnummer given_name family_name sex birth_date protected unit unit_name class "
    "school_form school_year start end email eppn municipality postal_code "
    "child child_personnummer kind role duty_group signature adapted"
)
FIELDS: dict[Kind, frozenset[str]] = {
    Kind.LESSONS: LESSON_FIELDS,
    Kind.DAYS: TOTALS_FIELDS,
    Kind.TOTALS: TOTALS_FIELDS,
    Kind.PUPILS: PERSON_FIELDS,
    Kind.STAFF: PERSON_FIELDS,
    Kind.GUARDIANS: PERSON_FIELDS,
}
AMOUNTS = ("offered", "present", "valid", "invalid", "other", "absence", "late", "reported", "unreported")


class SourceColumn(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One column of the file: its header, the field it fills, and the unit of its amounts.

    Two source columns may fill the same field; the first that the file has is used.
    """

    source: str
    field: str
    unit: Unit = Unit.MINUTES
    required: bool = False


class Statement(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the source means. `known`: V read or run, S read in a page, G general knowledge."""

    about: Literal["late", "unreported", "leave", "cancelled", "scope", "time", "format"]
    says: str
    text: str
    known: Literal["V", "S", "G"]
    origin: str


class Mapping(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How one kind of file is read.

    Attributes:
        values: per field, what each code means; codes are compared without case. For `status`
            the meanings are those of `Mark`; for `reason` columns nothing is ever kept unless
            its exact code is listed under `status`.
        lesson_minutes: length of a lesson when the file gives none; None refuses such rows.
        day_minutes: offered minutes of a day when the file gives none (kind days).
        blank_absence: an absence code without minutes means the whole lesson, or is refused.
        absence_only: the file lists absences only; what is not listed was attended.
        number_lessons: "source" trusts the lesson number of the file, "order" counts the
            pupil's rows of the day.
        plain_times: a time of day without a separator is a clock time (0815) or minutes after midnight (495).
        person_key: what identifies people in the file.
        swedish_holidays: mark rows on Swedish public holidays.
        school_form: school form of the pupils when the file has no such column.
        guardian_kinds: the source's word for a guardian's relation → its kind.
    """

    name: str
    title: str
    kind: Kind
    columns: tuple[SourceColumn, ...]
    values: dict[str, dict[str, str]] = {}
    date_style: DateStyle = DateStyle.SWEDISH
    lesson_minutes: int | None = None
    day_minutes: int | None = None
    blank_absence: Literal["refuse", "whole"] = "refuse"
    absence_only: bool = False
    number_lessons: Literal["source", "order"] = "source"
    plain_times: Literal["clock", "minutes"] = "clock"
    header_row: int | None = None
    sheet: str | None = None
    person_key: Literal["external", "personnummer"] = "external"
    swedish_holidays: bool = True
    school_form: str | None = None
    guardian_kinds: dict[str, GuardianKind] = {}
    protected: Policy = Policy.SKIP
    statements: tuple[Statement, ...] = ()

    def __post_init__(self) -> None:
        unknown = {column.field for column in self.columns} - FIELDS[self.kind]
        if unknown:
            raise BadMapping(
                say(N_("Kopplingen har fält som inte finns: {fields}."), fields=", ".join(sorted(unknown)))
            )
        marks = set(self.values.get("status", {}).values()) - set(Mark)
        if marks:
            raise BadMapping(
                say(N_("Kopplingen har betydelser som inte finns: {marks}."), marks=", ".join(sorted(marks)))
            )

    def says(self, about: str) -> str | None:
        """What the source is known to mean by one thing, None when that is not known."""
        return next((s.says for s in self.statements if s.about == about), None)


def to_json(mapping: Mapping) -> bytes:
    """Write a mapping as JSON, to save it as a preset of one's own."""
    return msgspec.json.format(msgspec.json.encode(mapping), indent=2)


def from_json(data: bytes) -> Mapping:
    """Read a saved mapping.

    Raises:
        BadMapping: not a mapping; the message says where it goes wrong.
    """
    try:
        return msgspec.json.decode(data, type=Mapping)
    except msgspec.DecodeError as error:
        raise BadMapping(
            say(N_("Den sparade kopplingen går inte att läsa ({detail}). Gör om den."), detail=error)
        ) from error


def same_header(header: str) -> str:
    """A header as it is compared: without case, spaces and points at the end."""
    return "".join(header.replace("\xa0", " ").split()).casefold().rstrip(".:")


def find_columns(mapping: Mapping, headers: tuple[str, ...]) -> dict[str, tuple[int, SourceColumn]]:
    """Match a mapping with the headers of a file.

    Returns: per field the place of its column from 0, and the source column.

    Raises:
        MissingColumn: a column marked as required is not there; names it and the headers found.
    """
    places = {same_header(header): place for place, header in reversed(list(enumerate(headers)))}
    found: dict[str, tuple[int, SourceColumn]] = {}
    for column in mapping.columns:
        place = places.get(same_header(column.source))
        if place is not None and column.field not in found:
            found[column.field] = (place, column)
    missing = [c for c in mapping.columns if c.required and c.field not in found]
    if missing:
        raise MissingColumn(
            say(
                N_(
                    "Ingen kolumn är vald för {meaning} (”{column}” i kolumnmallen). Filen har kolumnerna: "
                    "{headers}. Välj en annan kolumnmall eller koppla kolumnerna själv."
                ),
                meaning=say(field_word(missing[0].field, of_people=mapping.kind in PEOPLE)),
                column=missing[0].source,
                headers=", ".join(headers[:30]),
            )
        )
    return found
