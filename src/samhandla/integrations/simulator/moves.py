"""Pupils who change school within the municipality during the year: one child, two enrolments."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta

from samhandla.integrations.simulator.chance import stream
from samhandla.integrations.simulator.plan import SchoolPlan
from samhandla.integrations.simulator.records import Enrolment, Group, Pupil, School
from samhandla.integrations.simulator.school import with_members
from samhandla.integrations.simulator.schooldays import school_days

MOVES = 0.006  # of pupils a year
REACH = 12  # how many schools further on the new school is looked for, so that few need be in memory


@dataclass(frozen=True, slots=True)
class Move:
    """A change of school; `day` is the first day in the new one."""

    pupil: int
    origin: int
    target: int
    day: date


def moves_from(
    plan: SchoolPlan, plans: tuple[SchoolPlan, ...], seed: int, school_year: int, days: int
) -> tuple[Move, ...]:
    """Return who leaves a school for another one; it follows from the plan, no school need be built."""
    chance = stream(seed, "moves", plan.index)
    calendar, _ = school_days(plan.unit.number, plan.index, seed, school_year, days)
    found: list[Move] = []
    number = plan.first_pupil
    for cohort, size in plan.sizes.items():
        for _ in range(size if len(calendar) >= 20 else 0):
            if chance.random() < MOVES:
                target = _target(plan, plans, cohort)
                day = calendar[int(chance.integers(8, len(calendar) - 8))].day
                if target is not None:
                    found.append(Move(number, plan.index, target, day))
            number += 1
    return tuple(found)


def origins_of(index: int, schools: int) -> list[int]:
    """Return which schools a pupil may have come from, the nearest first."""
    return [(index - step) % schools for step in range(1, min(REACH, schools - 1) + 1)]


def _target(plan: SchoolPlan, plans: tuple[SchoolPlan, ...], cohort: int) -> int | None:
    """Find the next school that has the cohort; nobody moves to or from an adapted school here."""
    if plan.kind == "GRS":
        return None
    for step in range(1, min(REACH, len(plans) - 1) + 1):
        other = plans[(plan.index + step) % len(plans)]
        if other.kind != "GRS" and other.sizes.get(cohort, 0) > 0:
            return other.index
    return None


def moved(school: School, leaving: tuple[Move, ...], coming: list[tuple[Move, Pupil]]) -> School:
    """Return the school with those who leave ended and those who come added to a class of their age."""
    out = {move.pupil: move for move in leaving}
    pupils = [_left(pupil, out[pupil.number]) if pupil.number in out else pupil for pupil in school.pupils]
    classes: dict[int, list[Group]] = {}
    for group in school.groups:
        if group.kind == "Klass":
            classes.setdefault(group.cohort, []).append(group)
    for move, pupil in coming:
        own = classes[pupil.cohort]
        pupils.append(_joined(pupil, move, own[pupil.number % len(own)]))
    return replace(school, pupils=tuple(pupils), groups=with_members(school.groups, tuple(pupils)))


def _left(pupil: Pupil, move: Move) -> Pupil:
    last = replace(pupil.enrolments[-1], ended=move.day - timedelta(days=1), started=_before(pupil, move))
    return replace(pupil, enrolments=(last,), moved=True)


def _before(pupil: Pupil, move: Move) -> date:
    """Return when the pupil began in the old school; one who began late but moved earlier began in August."""
    opened = date(move.day.year if move.day.month >= 8 else move.day.year - 1, 8, 1)
    return pupil.started if pupil.started < move.day else opened


def _joined(pupil: Pupil, move: Move, group: Group) -> Pupil:
    old = _left(pupil, move).enrolments[-1]
    new = Enrolment(group.unit, group.form, group.grade, move.day)
    return replace(
        pupil,
        unit=group.unit,
        class_id=group.number,
        class_name=group.name,
        mentor=group.teacher,
        form=group.form,
        grade=group.grade,
        enrolments=(old, new),
    )
