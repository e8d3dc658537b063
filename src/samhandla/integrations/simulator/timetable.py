"""Weekly timetables: which lessons a class has on which weekday, and which of them each pupil is offered."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from samhandla.integrations.simulator.chance import Bools, Ints, Minutes, stream
from samhandla.integrations.simulator.names import LANGUAGES
from samhandla.integrations.simulator.records import Group, School
from samhandla.integrations.simulator.subjects import (
    HIGH,
    LANGUAGE,
    LOW,
    MIDDLE,
    UPPER,
    WITH_LANGUAGE,
    week_of,
)

SLOTS = 9  # most lessons in a day
DAY_STARTS = 490  # 08:10
SUBJECTS = (
    tuple(
        sorted(
            {
                row[0]
                for week in (LOW, MIDDLE, WITH_LANGUAGE, HIGH, UPPER)
                for row in week
                if row[0] != LANGUAGE
            }
        )
    )
    + LANGUAGES
)
SUBJECT_NUMBER = {name: i for i, name in enumerate(SUBJECTS)}
_LANGUAGE_MARK = -2


@dataclass(frozen=True)
class Week:
    """A school's week. Axes: class or pupil, weekday 0–4, slot; offered 0 means no lesson.

    Args:
        class_of: row of the class for each pupil.
        offered, start: minutes, per class.
        subject, group: per pupil, since a year splits into language groups.
        takes: whether a pupil is offered the class's lesson; an adapted timetable leaves some out.
    """

    class_of: Ints
    offered: Minutes
    start: Minutes
    subject: Minutes
    group: Ints
    takes: Bools


def build_week(school: School, seed: int) -> Week:
    """Draw the week of every class and pupil in a school."""
    chance = stream(seed, "timetable", school.index)
    classes = [group for group in school.groups if group.kind == "Klass"]
    row_of = {group.number: i for i, group in enumerate(classes)}
    shape = (len(classes), 5, SLOTS)
    offered, start = np.zeros(shape, np.int16), np.zeros(shape, np.int16)
    subject = np.full(shape, -1, np.int16)
    language_slots = {cohort: _language_slots(chance, cohort) for cohort in range(6, 19)}
    for i, group in enumerate(classes):
        _draw_class(chance, group.cohort, language_slots[group.cohort], offered[i], start[i], subject[i])
    class_of = np.array([row_of[pupil.class_id] for pupil in school.pupils], np.int64)
    own_subject, own_group = _per_pupil(school, class_of, subject, _group_numbers(school, classes))
    return Week(class_of, offered, start, own_subject, own_group, _adapted(chance, school, offered[class_of]))


def _counts(lessons: int) -> list[int]:
    """Spread a week's lessons over five days, with the shortest days at the end of the week."""
    return [lessons // 5 + (1 if day < lessons % 5 else 0) for day in range(5)]


def _language_slots(chance: np.random.Generator, cohort: int) -> list[tuple[int, int]]:
    """Choose the same hours for a whole year, so that its classes can split into language groups."""
    wanted = sum(lessons for subject, lessons, _ in week_of(cohort) if subject == LANGUAGE)
    days = chance.choice(5, size=wanted, replace=False)
    return [(int(day), int(chance.integers(0, 5))) for day in days]


def _draw_class(
    chance: np.random.Generator,
    cohort: int,
    language_slots: list[tuple[int, int]],
    offered: Minutes,
    start: Minutes,
    subject: Minutes,
) -> None:
    week = week_of(cohort)
    bag = [(SUBJECT_NUMBER[s], m) for s, lessons, m in week if s != LANGUAGE for _ in range(lessons)]
    order = chance.permutation(len(bag))
    places = [(day, slot) for day, n in enumerate(_counts(sum(row[1] for row in week))) for slot in range(n)]
    free = [place for place in places if place not in language_slots]
    for place, index in zip(free, order, strict=True):
        subject[place], offered[place] = bag[int(index)]
    for place in language_slots:
        subject[place], offered[place] = _LANGUAGE_MARK, next(m for s, _, m in week if s == LANGUAGE)
    begins = DAY_STARTS + 5 * int(chance.integers(0, 5))
    lunch = 3 + int(chance.integers(0, 2))
    breaks = np.array([0 if k == 0 else 40 if k == lunch else 10 for k in range(SLOTS)])
    start[:] = begins + np.cumsum(offered, axis=1) - offered + np.cumsum(breaks)


def _group_numbers(school: School, classes: list[Group]) -> tuple[Ints, dict[tuple[int, str], int]]:
    """Return the group of each class and subject, and the language groups by (cohort, language)."""
    row_of = {group.number: i for i, group in enumerate(classes)}
    table = np.zeros((len(classes), len(SUBJECTS)), np.int64)
    languages: dict[tuple[int, str], int] = {}
    for group in school.groups:
        if group.kind != "Undervisning":
            continue
        if group.class_id:
            table[row_of[group.class_id], SUBJECT_NUMBER[group.subject]] = group.number
        else:
            languages[group.cohort, group.subject] = group.number
    return table, languages


def _per_pupil(
    school: School, class_of: Ints, subject: Minutes, numbers: tuple[Ints, dict[tuple[int, str], int]]
) -> tuple[Minutes, Ints]:
    table, languages = numbers
    own = subject[class_of]
    group = table[class_of[:, None, None], np.maximum(own, 0)]
    mine = np.array([SUBJECT_NUMBER.get(pupil.language, 0) for pupil in school.pupils], np.int16)
    mine_group = np.array([languages.get((p.cohort, p.language), 0) for p in school.pupils], np.int64)
    split = own == _LANGUAGE_MARK
    own = np.where(split, mine[:, None, None], own).astype(np.int16)
    return own, np.where(split, mine_group[:, None, None], group)


def _adapted(chance: np.random.Generator, school: School, offered: Minutes) -> Bools:
    """Take a fifth to a half of the lessons from pupils with an adapted timetable; the first stays."""
    takes = offered > 0
    for i, pupil in enumerate(school.pupils):
        if pupil.adapted and pupil.form != "GRS":
            takes[i] &= chance.random(takes[i].shape) >= chance.uniform(0.2, 0.5)
            takes[i, :, 0] = offered[i, :, 0] > 0
    return takes
