"""The invented municipality: built from a seed, opened school by school so that any size fits in memory."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from samhandla.integrations.simulator.chance import stream
from samhandla.integrations.simulator.classes import CENTRAL_POSTS, FIRST_STAFF, PER_UNIT, staff_member
from samhandla.integrations.simulator.moves import Move, moved, moves_from, origins_of
from samhandla.integrations.simulator.names import area_names
from samhandla.integrations.simulator.numbers import NumberPool, read_numbers
from samhandla.integrations.simulator.plan import (
    FORVALTNING,
    SchoolPlan,
    organisations_of,
    plan_schools,
)
from samhandla.integrations.simulator.records import (
    Duty,
    Group,
    Guardian,
    Guardianship,
    Organisation,
    Pupil,
    School,
    StaffMember,
)
from samhandla.integrations.simulator.school import build_school
from samhandla.integrations.simulator.schooldays import MOST_DAYS

MOST_PUPILS = 1_200_000
MOST_SCHOOLS = 10_000
MOST_PER_SCHOOL = 5_000
KEPT_OPEN = 64  # schools that stay in memory once built


class WorldImpossible(ValueError):
    """The wished-for municipality cannot be built; the message says which number is wrong."""


@dataclass(frozen=True)
class World:
    """An invented municipality and one school year.

    A school is built when it is first asked for, from its own random stream, so the order does not matter.
    The properties that gather everybody (`pupils`, `staff` …) build all schools: meant for a municipality,
    not for a nation; `schools()` goes through any number one at a time.
    """

    seed: int
    school_year: int
    days: int
    plans: tuple[SchoolPlan, ...]
    organisations: tuple[Organisation, ...]
    areas: tuple[str, ...]
    central_staff: tuple[StaffMember, ...]
    central_duties: tuple[Duty, ...]
    numbers: NumberPool
    _open: OrderedDict[int, School] = field(default_factory=OrderedDict, repr=False, compare=False)
    _built: OrderedDict[int, School] = field(default_factory=OrderedDict, repr=False, compare=False)

    def school(self, index: int) -> School:
        """Return one school with everybody in it, also those who came from or left for another school."""
        if index not in self._open:
            coming = []
            for origin in origins_of(index, len(self.plans)):
                moves = [move for move in self._moves(origin) if move.target == index]
                pupils = {pupil.number: pupil for pupil in self._before_moves(origin).pupils} if moves else {}
                coming += [(move, pupils[move.pupil]) for move in moves]
            self._keep(self._open, index, moved(self._before_moves(index), self._moves(index), coming))
        return self._open[index]

    def _moves(self, index: int) -> tuple[Move, ...]:
        return moves_from(self.plans[index], self.plans, self.seed, self.school_year, self.days)

    def _before_moves(self, index: int) -> School:
        if index not in self._built:
            plan, shares = self.plans[index], len(self.plans) + 1
            school = build_school(
                plan, self.seed, self.school_year, self.days, self.numbers, self.areas, shares
            )
            self._keep(self._built, index, school)
        return self._built[index]

    @staticmethod
    def _keep(kept: OrderedDict[int, School], index: int, school: School) -> None:
        kept[index] = school
        if len(kept) > KEPT_OPEN:
            kept.popitem(last=False)

    def schools(self) -> Iterator[School]:
        """Go through the schools in order, at most a few dozen in memory."""
        for plan in self.plans:
            yield self.school(plan.index)

    @property
    def pupil_count(self) -> int:
        return sum(sum(plan.sizes.values()) for plan in self.plans)

    @property
    def pupils(self) -> tuple[Pupil, ...]:
        """Every pupil once, in the school where the pupil is at the end of the year."""
        return tuple(pupil for school in self.schools() for pupil in school.pupils if not pupil.moved)

    @property
    def guardians(self) -> tuple[Guardian, ...]:
        return tuple(guardian for school in self.schools() for guardian in school.guardians)

    @property
    def guardianships(self) -> tuple[Guardianship, ...]:
        return tuple(row for school in self.schools() for row in school.guardianships)

    @property
    def staff(self) -> tuple[StaffMember, ...]:
        return self.central_staff + tuple(person for school in self.schools() for person in school.staff)

    @property
    def duties(self) -> tuple[Duty, ...]:
        return self.central_duties + tuple(duty for school in self.schools() for duty in school.duties)

    @property
    def groups(self) -> tuple[Group, ...]:
        return tuple(group for school in self.schools() for group in school.groups)


def build_world(
    pupils: int = 4000,
    schools: int = 12,
    seed: int = 1,
    school_year: int = 2025,
    days: int = MOST_DAYS,
    personnummer: Path | None = None,
) -> World:
    """Build an invented municipality; the same arguments give the same municipality.

    Args:
        pupils: 10 to 1,200,000 in all schools together.
        school_year: the year in which the school year begins.
        days: school days per unit, 5 to 178.
        personnummer: file with test numbers, one a line; without it nobody has a number.
    Raises:
        WorldImpossible: a number is outside what can be built.
        NumbersUnreadable: the file of test numbers cannot be used.
    """
    _check(pupils, schools, seed, school_year, days)
    plans = plan_schools(pupils, schools, seed, school_year)
    numbers = read_numbers(personnummer, seed)
    staff, duties = _central(plans, seed, school_year, numbers)
    return World(
        seed=seed,
        school_year=school_year,
        days=days,
        plans=plans,
        organisations=organisations_of(plans),
        areas=tuple(area_names(max(4, schools))),
        central_staff=staff,
        central_duties=duties,
        numbers=numbers,
    )


def _check(pupils: int, schools: int, seed: int, school_year: int, days: int) -> None:
    limits = (
        ("Antalet elever", pupils, 10, MOST_PUPILS),
        ("Antalet skolor", schools, 1, MOST_SCHOOLS),
        ("Fröet", seed, 0, 2**32 - 1),
        ("Läsåret", school_year, 2018, 2060),
        ("Antalet skoldagar", days, 5, MOST_DAYS),
        ("Elever per skola i genomsnitt", pupils // max(schools, 1), 5, MOST_PER_SCHOOL // 3),
    )
    for what, value, low, high in limits:
        if not low <= value <= high:
            raise WorldImpossible(
                f"{what} är {value} men måste vara mellan {low} och {high}. Ändra och kör igen."
            )


def _central(
    plans: tuple[SchoolPlan, ...], seed: int, school_year: int, pool: NumberPool
) -> tuple[tuple[StaffMember, ...], tuple[Duty, ...]]:
    """Make the staff of the central office; some of them also have a duty at every municipal unit."""
    chance = stream(seed, "central office")
    numbers = pool.adults(len(plans), len(plans) + 1)
    opened = date(school_year, 8, 1)
    first = FIRST_STAFF
    staff: list[StaffMember] = []
    duties: list[Duty] = []
    for role in CENTRAL_POSTS:
        person = staff_member(chance, numbers, first + len(staff), school_year)
        staff.append(person)
        duties.append(Duty(first + len(duties), person.number, FORVALTNING, role, opened))
    for role in ("skolpsykolog", "skolläkare"):
        shared = staff[CENTRAL_POSTS.index(role)].number
        for plan in plans[: PER_UNIT // 4]:
            if not plan.unit.independent:
                duties.append(Duty(first + len(duties), shared, plan.unit.number, role, opened))
    return tuple(staff), tuple(duties)
