"""What every source hands over: frozen records keyed by the source's own ids.

The nouns here: organisation, person, enrolment, guardian, group, membership, duty,
assignment, lesson, totals, refused. A record says what the source said, cleaned; which
row of the register it becomes is decided later, by the import.
"""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

import msgspec


class Protection(StrEnum):
    """The marking of the population register; a marking that is not sent is not the same as none."""

    UNKNOWN = "unknown"
    NONE = "none"
    MARKED = "sekretessmarkering"
    REGISTERED = "skyddad_folkbokforing"


class Sex(StrEnum):
    """As the attendance tables write it."""

    GIRL = "K"
    BOY = "M"
    UNKNOWN = "O"


class PersonStatus(StrEnum):
    """Whether the person is alive and in the country, as the source says."""

    ACTIVE = "active"
    EMIGRATED = "emigrated"
    DECEASED = "deceased"


class GuardianKind(StrEnum):
    """The kind decides rights; an unknown kind gives none."""

    VARDNADSHAVARE = "vardnadshavare"
    SARSKILT_FORORDNAD = "sarskilt_forordnad_vardnadshavare"
    GOD_MAN = "god_man"
    FAMILJEHEM = "familjehem"
    UMGANGESFORALDER = "umgangesforalder"
    OTHER = "annan"
    UNKNOWN = "unknown"


class EmailKind(StrEnum):
    """Whose address it is: the school gave it, or it is private, or work outside school."""

    SCHOOL = "school"
    WORK = "work"
    PRIVATE = "private"


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """Base of all records: frozen, compared by value, written as JSON by msgspec."""


class Refused(Record, frozen=True, kw_only=True):
    """A row, or one field of it, that could not be taken.

    `kept` tells whether the rest of the row was kept: True when only the field was left
    out, False when the whole row was. `row` is a line number in a file or the row's own id.
    `reason` is Swedish and is shown to the person who imports.
    """

    row: int | str
    field: str
    reason: str
    kept: bool = False


class OrganisationRecord(Record, frozen=True, kw_only=True):
    """An organiser, board, administration, school, school unit or other unit.

    `kind` is the source's own word (Huvudman, Skola, Skolenhet …), `municipality_code`
    four characters with its leading zero.
    """

    id: str
    name: str
    kind: str
    parent: str | None = None
    skolenhetskod: str | None = None
    organisationsnummer: str | None = None
    code: str | None = None
    municipality_code: str | None = None
    forms: tuple[str, ...] = ()
    start: date | None = None
    end: date | None = None
    modified: datetime | None = None


class ExternalId(Record, frozen=True, kw_only=True):
    """An id from another system; `context` says which one."""

    value: str
    context: str


class Email(Record, frozen=True, kw_only=True):
    """An e-mail address and whose it is."""

    value: str
    kind: EmailKind


class EnrolmentRecord(Record, frozen=True, kw_only=True):
    """A child goes, or went, to a school unit. It has no id: key is person, unit, form and start.

    `form` is the school form code of SS 12000 (FKLASS, GR, GRS, GY, GYS …), `school_year`
    0–10 within that form and only meaningful with it. `cancelled`: ended early.
    """

    person: str
    unit: str
    form: str
    start: date | None
    end: date | None = None
    school_year: int | None = None
    cancelled: bool = False
    programme: str | None = None
    education_code: str | None = None


class GuardianRecord(Record, frozen=True, kw_only=True):
    """An adult's relation to a child; `kind_as_sent` is the source's own word."""

    child: str
    guardian: str
    kind: GuardianKind = GuardianKind.UNKNOWN
    kind_as_sent: str | None = None


class Area(Record, frozen=True, kw_only=True):
    """Where a child lives, as an area: the municipality and the postal code, never more."""

    municipality_code: str | None = None
    postal_code: str | None = None


class PersonRecord(Record, frozen=True, kw_only=True):
    """A child, guardian or staff member.

    `personnummer` is 12 characters without a separator, checked (coordination numbers with
    day + 60, temporary numbers with two letters); None when missing or wrong. `home_area` is
    None for a person with protected identity, as are private e-mail addresses. `adapted`: has an
    adapted course of study (anpassad studiegång); unset when the source does not tell, and then not
    part of the record's content.
    """

    id: str
    given_name: str
    family_name: str
    personnummer: str | None = None
    birth_date: date | None = None
    sex: Sex = Sex.UNKNOWN
    protection: Protection = Protection.UNKNOWN
    status: PersonStatus = PersonStatus.ACTIVE
    eppn: tuple[str, ...] = ()
    external_ids: tuple[ExternalId, ...] = ()
    emails: tuple[Email, ...] = ()
    home_area: Area | None = None
    enrolments: tuple[EnrolmentRecord, ...] = ()
    guardians: tuple[GuardianRecord, ...] = ()
    adapted: bool | msgspec.UnsetType = msgspec.UNSET
    modified: datetime | None = None


class MembershipRecord(Record, frozen=True, kw_only=True):
    """A person belongs to a group; dates are inclusive, None is open."""

    group: str
    person: str
    start: date | None = None
    end: date | None = None


class GroupRecord(Record, frozen=True, kw_only=True):
    """A class, teaching group or other group. `kind` is the source's own word (Klass, Undervisning …)."""

    id: str
    name: str
    kind: str
    organisation: str | None
    form: str | None = None
    start: date | None = None
    end: date | None = None
    memberships: tuple[MembershipRecord, ...] = ()
    modified: datetime | None = None


class AssignmentRecord(Record, frozen=True, kw_only=True):
    """A duty's task for a group, e.g. Mentor of 7B; `role` is the source's own word."""

    group: str
    role: str
    start: date | None = None
    end: date | None = None


class DutyRecord(Record, frozen=True, kw_only=True):
    """A person's employment or task at an organisation. `role` is the source's own word.

    A source may map unknown positions to "Annan personal", so rights never rest on `role` alone.
    """

    id: str
    person: str | None
    organisation: str | None
    role: str
    description: str | None = None
    start: date | None = None
    end: date | None = None
    assignments: tuple[AssignmentRecord, ...] = ()
    modified: datetime | None = None


class LessonRow(Record, frozen=True, kw_only=True):
    """One pupil and one lesson the pupil was offered, with the source's ids. Minutes.

    `start` is minutes after midnight in Stockholm, None when the source gives only a day or a
    lesson number (`slot`). `reported` False: the teacher has not registered the lesson.
    """

    pupil: str
    day: date
    unit: str | None = None
    group: str | None = None
    start: int | None = None
    slot: int | None = None
    subject: str = ""
    offered: int
    present: int = 0
    valid: int = 0
    invalid: int = 0
    other: int = 0
    reported: bool = True
    participating: bool | None = None


class TotalsRow(Record, frozen=True, kw_only=True):
    """One pupil's sums over a window, where a source gives no lessons. Minutes.

    Key: pupil, activity, start, end. Windows are replaced whole. `reported` is the offered
    minutes whose lessons are registered; None when the source does not tell.
    """

    pupil: str
    start: date
    end: date
    unit: str | None = None
    activity: str | None = None
    subject: str = ""
    offered: int
    reported: int | None = None
    present: int = 0
    valid: int = 0
    invalid: int = 0
    other: int = 0
