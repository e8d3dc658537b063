"""The people and places of the invented municipality, as frozen records."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Organisation:
    """A principal organiser, board, department, school or school unit.

    Args:
        kind: huvudman, nämnd, förvaltning, skola or skolenhet.
        code: skolenhetskod of a unit (an invented 99-number), otherwise empty.
        authority: number of the principal organiser (huvudman) that answers for it.
    """

    number: int
    kind: str
    name: str
    parent: int | None
    authority: int
    code: str = ""
    organisation_number: str = ""
    forms: tuple[str, ...] = ()
    area: str = ""
    independent: bool = False


@dataclass(frozen=True, slots=True)
class Enrolment:
    """A pupil's time in one school unit; `ended` is None while it goes on."""

    unit: int
    form: str
    grade: int
    started: date
    ended: date | None = None


@dataclass(frozen=True, slots=True)
class Pupil:
    """A child or young person in school.

    Args:
        sex: K, M or O (unknown).
        marking: Ingen, Sekretessmarkering, Skyddad folkbokföring, or None when the source is silent.
        cohort: age that the pupil turns in the calendar year the school year begins in, by class.
        separated: the guardians live apart.
        moved: this is the old school's record of a pupil who now goes to another school in the world.
    """

    number: int
    first_name: str
    last_name: str
    sex: str
    birth_date: date
    personnummer: str | None
    marking: str | None
    unit: int
    class_id: int
    class_name: str
    mentor: int
    form: str
    grade: int
    cohort: int
    adapted: bool
    language: str
    home_area: str
    separated: bool
    enrolments: tuple[Enrolment, ...]
    moved: bool = False

    @property
    def started(self) -> date:
        return self.enrolments[-1].started

    @property
    def ended(self) -> date | None:
        return self.enrolments[-1].ended


@dataclass(frozen=True, slots=True)
class Guardian:
    """An adult with some kind of responsibility for a child."""

    number: int
    first_name: str
    last_name: str
    sex: str
    birth_date: date
    personnummer: str | None
    marking: str | None
    area: str


@dataclass(frozen=True, slots=True)
class Guardianship:
    """Who is what to a child; the kind decides the rights.

    Args:
        kind: vårdnadshavare, särskilt förordnad vårdnadshavare, god man, familjehem, umgängesförälder
            or annan ansvarig.
    """

    guardian: int
    child: int
    kind: str
    lives_with: bool


@dataclass(frozen=True, slots=True)
class StaffMember:
    """A person who works in a school or in the municipality's central offices."""

    number: int
    first_name: str
    last_name: str
    sex: str
    birth_date: date
    personnummer: str | None


@dataclass(frozen=True, slots=True)
class Duty:
    """A post: who does what where and when; a mentor's post names the class."""

    number: int
    staff: int
    organisation: int
    role: str
    started: date
    ended: date | None = None
    class_id: int | None = None


@dataclass(frozen=True, slots=True)
class Group:
    """A class or a teaching group; `number` is what the attendance table calls it."""

    number: int
    unit: int
    kind: str
    name: str
    form: str
    grade: int
    cohort: int
    subject: str = ""
    class_id: int = 0
    teacher: int = 0
    members: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class SchoolDay:
    """One school day of one unit, numbered from 1 in the school year."""

    day: date
    number: int
    term: str
    after_break: bool
    before_break: bool


@dataclass(frozen=True, slots=True)
class Closure:
    """Days without school: a holiday, a break or a local day off."""

    unit: int
    name: str
    first: date
    last: date


@dataclass(frozen=True, slots=True)
class School:
    """One school unit with everybody in it and its days."""

    index: int
    unit: Organisation
    kind: str
    pupils: tuple[Pupil, ...]
    guardians: tuple[Guardian, ...]
    guardianships: tuple[Guardianship, ...]
    staff: tuple[StaffMember, ...]
    duties: tuple[Duty, ...]
    groups: tuple[Group, ...]
    days: tuple[SchoolDay, ...]
    closures: tuple[Closure, ...]
