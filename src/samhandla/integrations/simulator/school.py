"""One school unit from its plan: pupils in classes, their adults, staff, groups and days."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import numpy as np

from samhandla.integrations.simulator.chance import stream
from samhandla.integrations.simulator.classes import SchoolClass, staff_school
from samhandla.integrations.simulator.households import Household, HouseholdMaker
from samhandla.integrations.simulator.names import BOYS, GIRLS, LANGUAGES
from samhandla.integrations.simulator.numbers import NumberPool, birth_date_of, sex_of
from samhandla.integrations.simulator.plan import SchoolPlan
from samhandla.integrations.simulator.records import (
    Enrolment,
    Group,
    Guardian,
    Guardianship,
    Pupil,
    School,
    SchoolDay,
)
from samhandla.integrations.simulator.schooldays import school_days
from samhandla.integrations.simulator.subjects import LANGUAGE_FROM

SIBLING = 0.25  # share of pupils with an older brother or sister in the same unit
STARTS_LATE, LEAVES_EARLY = 0.015, 0.015
ADAPTED = {"GRS": 0.3}
ADAPTED_OTHERWISE = 0.012
# About 4,800 under 20 in Sweden had a marking in 2011, two in a thousand; a marking may also be missing.
MARKINGS = (("Sekretessmarkering", 0.002), ("Skyddad folkbokföring", 0.001), (None, 0.004))
NO_NUMBER_YET = 0.008


def build_school(
    plan: SchoolPlan,
    seed: int,
    school_year: int,
    days: int,
    pool: NumberPool,
    areas: tuple[str, ...],
    shares: int,
) -> School:
    """Build one school unit; the same plan and seed give the same school whatever else is built.

    Args:
        shares: into how many parts the adults' test numbers are divided; the school takes its own part.
    """
    chance = stream(seed, "school", plan.index)
    numbers = pool.adults(plan.index, shares)
    calendar, closures = school_days(plan.unit.number, plan.index, seed, school_year, days)
    staffing = staff_school(plan, chance, numbers, school_year, calendar)
    maker = HouseholdMaker(chance, plan.unit.number, areas, numbers)
    moving_in = _MovingIn(plan, chance, pool, maker, school_year, calendar)
    for school_class in staffing.classes:
        moving_in.fill(school_class)
    pupils = tuple(moving_in.pupils)
    return School(
        index=plan.index,
        unit=plan.unit,
        kind=plan.kind,
        pupils=pupils,
        guardians=tuple(moving_in.guardians.values()),
        guardianships=tuple(moving_in.guardianships),
        staff=staffing.staff,
        duties=staffing.duties,
        groups=with_members(staffing.groups, pupils),
        days=calendar,
        closures=closures,
    )


class _MovingIn:
    """Fills the classes of one school with pupils, one after the other."""

    def __init__(
        self,
        plan: SchoolPlan,
        chance: np.random.Generator,
        pool: NumberPool,
        maker: HouseholdMaker,
        school_year: int,
        days: tuple[SchoolDay, ...],
    ) -> None:
        self._plan, self._chance, self._pool, self._maker = plan, chance, pool, maker
        self._school_year, self._days = school_year, days
        self._next = plan.first_pupil
        self._serial = dict(plan.before)
        self._homes: list[tuple[int, Household]] = []
        self.pupils: list[Pupil] = []
        self.guardians: dict[int, Guardian] = {}
        self.guardianships: list[Guardianship] = []

    def fill(self, school_class: SchoolClass) -> None:
        for _ in range(school_class.size):
            self.pupils.append(self._pupil(school_class))
            self._next += 1

    def _pupil(self, own_class: SchoolClass) -> Pupil:
        chance = self._chance
        civic, born, sex = self._identity(own_class.cohort)
        home = self._home(own_class.cohort, born.year)
        self._adults(home)
        names = BOYS if sex == "M" or (sex == "O" and chance.random() < 0.5) else GIRLS
        language = ""
        if LANGUAGE_FROM <= own_class.cohort <= 15:
            language = str(chance.choice(LANGUAGES, p=(0.45, 0.17, 0.18, 0.20)))
        adapted = ADAPTED.get(own_class.form, ADAPTED_OTHERWISE if own_class.cohort >= 9 else 0.004)
        return Pupil(
            number=self._next,
            first_name=names[int(chance.integers(len(names)))],
            last_name=home.last_name,
            sex=sex,
            birth_date=born,
            personnummer=civic,
            marking=self._marking(),
            unit=self._plan.unit.number,
            class_id=own_class.number,
            class_name=own_class.name,
            mentor=own_class.mentor,
            form=own_class.form,
            grade=own_class.grade,
            cohort=own_class.cohort,
            adapted=bool(chance.random() < adapted),
            language=language,
            home_area=home.area,
            separated=home.separated,
            enrolments=(self._enrolment(own_class),),
        )

    def _identity(self, cohort: int) -> tuple[str | None, date, str]:
        year = self._school_year - cohort
        serial = self._serial[cohort]
        self._serial[cohort] += 1
        civic = self._pool.of_cohort(year, serial)
        if civic and self._chance.random() >= NO_NUMBER_YET:
            return civic, birth_date_of(civic), sex_of(civic)
        born = date(year, 1, 1) + timedelta(days=int(self._chance.integers(365)))
        roll = self._chance.random()
        return None, born, "K" if roll < 0.487 else "M" if roll < 0.998 else "O"

    def _home(self, cohort: int, year: int) -> Household:
        older = [home for age, home in self._homes[-400:] if age != cohort]
        if older and self._chance.random() < SIBLING:
            return older[int(self._chance.integers(len(older)))]
        home = self._maker.make(year, self._plan.unit.area)
        self._homes.append((cohort, home))
        return home

    def _adults(self, home: Household) -> None:
        self.guardians.update({guardian.number: guardian for guardian, _, _ in home.adults})
        self.guardianships.extend(home.of_child(self._next))

    def _marking(self) -> str | None:
        roll = float(self._chance.random())
        for marking, share in MARKINGS:
            if roll < share:
                return marking
            roll -= share
        return "Ingen"

    def _enrolment(self, own_class: SchoolClass) -> Enrolment:
        opened = date(self._school_year, 8, 1)
        started, ended = opened, None
        roll = self._chance.random()
        if len(self._days) >= 20 and roll < STARTS_LATE + LEAVES_EARLY:
            day = self._days[int(self._chance.integers(5, len(self._days) - 5))].day
            started, ended = (day, None) if roll < STARTS_LATE else (opened, day)
        return Enrolment(self._plan.unit.number, own_class.form, own_class.grade, started, ended)


def with_members(groups: tuple[Group, ...], pupils: tuple[Pupil, ...]) -> tuple[Group, ...]:
    """Return the groups with their members: by class, and by language for a year's language groups."""
    by_class: dict[int, list[int]] = {}
    by_language: dict[tuple[int, str], list[int]] = {}
    for pupil in pupils:
        by_class.setdefault(pupil.class_id, []).append(pupil.number)
        by_language.setdefault((pupil.cohort, pupil.language), []).append(pupil.number)
    return tuple(
        replace(
            group,
            members=tuple(
                by_class.get(group.class_id, ())
                if group.class_id
                else by_language.get((group.cohort, group.subject), ())
            ),
        )
        for group in groups
    )
