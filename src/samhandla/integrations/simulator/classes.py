"""Classes, teaching groups, teachers and other posts of one school unit."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from samhandla.integrations.simulator.names import LANGUAGES, LAST, MEN, WOMEN
from samhandla.integrations.simulator.numbers import AdultNumbers, birth_date_of
from samhandla.integrations.simulator.plan import SchoolPlan, label
from samhandla.integrations.simulator.records import Duty, Group, Organisation, SchoolDay, StaffMember
from samhandla.integrations.simulator.subjects import CLASS_TEACHER_UNTIL, LANGUAGE_FROM, subjects_of

FIRST_STAFF = 200_000_000
PER_UNIT = 10_000  # room for numbers of groups and staff in each unit
LARGEST_CLASS = {"GRS": 8, "GY": 32}
LARGEST_OTHERWISE = 28
PROGRAMMES = ("SA", "NA", "EK", "TE", "ES", "BF", "EE", "HA")

# Posts that every unit has beside its teachers. The law asks for a principal, a school nurse, a counsellor,
# a psychologist, a doctor and special educators; the last two names are common in municipalities.
POSTS = (
    "rektor", "kurator", "skolsköterska", "specialpedagog", "skoladministratör", "närvaroansvarig",
    "studie- och yrkesvägledare",
)  # fmt: skip
CENTRAL_POSTS = (
    "förvaltningschef", "skolpsykolog", "skolläkare", "skolpliktshandläggare", "registrator", "jurist",
    "dataskyddsombud", "verksamhetschef elevhälsans medicinska insats", "processledare",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SchoolClass:
    """A class before its pupils are known: which cohort it is of and who its mentor is at the year's end."""

    number: int
    name: str
    form: str
    grade: int
    cohort: int
    size: int
    mentor: int


@dataclass(frozen=True, slots=True)
class Staffing:
    """Everything about a unit's adults and groups, without the groups' members."""

    classes: tuple[SchoolClass, ...]
    groups: tuple[Group, ...]
    staff: tuple[StaffMember, ...]
    duties: tuple[Duty, ...]


def staff_member(
    chance: np.random.Generator, numbers: AdultNumbers, number: int, base_year: int
) -> StaffMember:
    """Make one adult who works: seven in ten are women, as in Swedish schools."""
    sex = "K" if chance.random() < 0.7 else "M"
    names = WOMEN if sex == "K" else MEN
    year = base_year - int(chance.integers(26, 64))
    civic = numbers.take(year, sex)
    born = birth_date_of(civic) if civic else date(year, 1, 1) + timedelta(days=int(chance.integers(365)))
    first = names[int(chance.integers(len(names)))]
    return StaffMember(number, first, LAST[int(chance.integers(len(LAST)))], sex, born, civic)


def staff_school(
    plan: SchoolPlan,
    chance: np.random.Generator,
    numbers: AdultNumbers,
    school_year: int,
    days: tuple[SchoolDay, ...],
) -> Staffing:
    """Make a unit's classes, teaching groups, staff and posts."""
    unit = plan.unit
    first_staff = FIRST_STAFF + unit.number * PER_UNIT
    classes = _classes(plan, school_year, first_staff)
    teachers = max(2, round(len(classes) * 1.5) + 1)
    staff = [
        staff_member(chance, numbers, first_staff + i, school_year) for i in range(teachers + len(POSTS) + 1)
    ]
    groups = _groups(plan, classes, first_staff, teachers)
    opened = date(school_year, 8, 1)
    posts = _Posts(first_staff, unit, opened)
    for i in range(teachers):
        posts.add(staff[i].number, "lärare")
    for i, role in enumerate(_posts_of(plan), start=teachers):
        posts.add(staff[i].number, role)
    _mentors(posts, classes, chance, days, spare=first_staff + teachers - 1)
    return Staffing(tuple(classes), tuple(groups), tuple(staff), tuple(posts.duties))


class _Posts:
    """Collects duties and numbers them."""

    def __init__(self, first: int, unit: Organisation, opened: date) -> None:
        self._first, self._unit, self._opened = first, unit, opened
        self.duties: list[Duty] = []

    def add(
        self,
        staff: int,
        role: str,
        class_id: int | None = None,
        start: date | None = None,
        end: date | None = None,
    ) -> None:
        number = self._first + len(self.duties)
        self.duties.append(Duty(number, staff, self._unit.number, role, start or self._opened, end, class_id))


def _posts_of(plan: SchoolPlan) -> tuple[str, ...]:
    """Return the unit's posts; an independent school has a psychologist of its own, the others share."""
    return (*POSTS, "skolpsykolog") if plan.unit.independent else POSTS


def _mentors(
    posts: _Posts,
    classes: list[SchoolClass],
    chance: np.random.Generator,
    days: tuple[SchoolDay, ...],
    spare: int,
) -> None:
    """Give each class its mentor; one class in twelve has changed mentor during the year."""
    for school_class in classes:
        if len(days) > 20 and chance.random() < 1 / 12:
            change = days[int(chance.integers(10, len(days) - 5))].day
            posts.add(spare, "mentor", school_class.number, end=change - timedelta(days=1))
            posts.add(school_class.mentor, "mentor", school_class.number, start=change)
        else:
            posts.add(school_class.mentor, "mentor", school_class.number)


def _classes(plan: SchoolPlan, school_year: int, first_staff: int) -> list[SchoolClass]:
    classes: list[SchoolClass] = []
    base = plan.unit.number * PER_UNIT
    for cohort, size in plan.sizes.items():
        form, grade = label(plan.kind, cohort, school_year)
        count = -(-size // LARGEST_CLASS.get(form, LARGEST_OTHERWISE))
        for i in range(count):
            own = size // count + (1 if i < size % count else 0)
            k = len(classes)
            classes.append(
                SchoolClass(
                    base + k + 1, _class_name(form, grade, i), form, grade, cohort, own, first_staff + k
                )
            )
    return classes


def _class_name(form: str, grade: int, place: int) -> str:
    if form == "GY":
        turn = place // len(PROGRAMMES)
        return f"{PROGRAMMES[place % len(PROGRAMMES)]}{grade}{'' if turn == 0 else chr(64 + turn + 1)}"
    letter = chr(65 + place) if place < 26 else f"A{place}"
    if form == "GRS":
        return f"An{grade}{letter}"
    return f"{'F' if form == 'FKLASS' else grade}{letter}"


def _groups(plan: SchoolPlan, classes: list[SchoolClass], first_staff: int, teachers: int) -> list[Group]:
    """Return classes as groups, then their teaching groups, then the year's language groups."""
    unit = plan.unit.number
    groups = [
        Group(c.number, unit, "Klass", c.name, c.form, c.grade, c.cohort, class_id=c.number, teacher=c.mentor)
        for c in classes
    ]
    number = unit * PER_UNIT + len(classes)
    turn = 0
    for c in classes:
        for subject in subjects_of(c.cohort):
            number, turn = number + 1, turn + 1
            own = c.cohort <= CLASS_TEACHER_UNTIL and subject not in ("IDH", "MU", "SL")
            teacher = c.mentor if own else first_staff + turn % teachers
            name = f"{c.name} {subject}"
            groups.append(
                Group(
                    number, unit, "Undervisning", name, c.form, c.grade, c.cohort, subject, c.number, teacher
                )
            )
    for cohort in sorted({c.cohort for c in classes if LANGUAGE_FROM <= c.cohort <= 15}):
        form, grade = next((c.form, c.grade) for c in classes if c.cohort == cohort)
        for language in LANGUAGES:
            number, turn = number + 1, turn + 1
            teacher = first_staff + turn % teachers
            name = f"{grade} {language}"
            groups.append(
                Group(number, unit, "Undervisning", name, form, grade, cohort, language, 0, teacher)
            )
    return groups
