"""A year of attendance, lesson by lesson, one school at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from samhandla.analytics.tables.attendance import LESSONS
from samhandla.integrations.simulator.chance import Bools, Floats, Ints, Minutes, stream
from samhandla.integrations.simulator.courses import Problems, draw_problems
from samhandla.integrations.simulator.faults import Faulty, add_faults
from samhandla.integrations.simulator.illness import Illness, draw_illness
from samhandla.integrations.simulator.ordinary import Ordinary, draw_ordinary
from samhandla.integrations.simulator.records import School
from samhandla.integrations.simulator.settings import Settings
from samhandla.integrations.simulator.tables import (
    calendar_table,
    pupils_table,
    standing_table,
    truth_table,
    waves_table,
)
from samhandla.integrations.simulator.timetable import SLOTS, SUBJECTS, Week, build_week
from samhandla.integrations.simulator.world import World

PRESENT, VALID, INVALID = 0, 1, 2
GOES_HOME_ILL = 0.1  # of first days of illness begin in school
PASSIVE_OTHERWISE = 0.0003  # lessons where any pupil is marked as not taking part
USES_MARK = 0.7  # share of schools whose teachers use that mark
# The last lessons of the day are skipped more, the first ones too.
SLOT_WEIGHT = np.array([1.4, 0.7, 0.7, 0.8, 1.0, 1.3, 1.6, 1.6, 1.6], np.float32)


@dataclass(frozen=True)
class SchoolYear:
    """One school's year as Arrow tables: the three declared ones and what really lies behind them.

    Args:
        truth: pupils whose problem starts in the year: pupil, unit, onset day and date, shape, end.
        standing: pupils who had high absence from the first day, with the level drawn.
        waves, faults, corrections: illness waves, data-entry faults, and lessons that were corrected later.
    """

    lessons: pa.Table
    pupils: pa.Table
    calendar: pa.Table
    truth: pa.Table
    standing: pa.Table
    waves: pa.Table
    faults: pa.Table
    corrections: pa.Table


@dataclass
class _Year:
    """The year of one school while it is drawn. Axes: (school day, pupil, slot) or (school day, pupil)."""

    chance: np.random.Generator
    school: School
    week: Week
    weekday: Ints
    offered: Minutes
    code: np.ndarray[tuple[int, ...], np.dtype[np.uint8]]
    late: Minutes
    passive: Bools


def simulate(world: World, settings: Settings | None = None) -> Iterator[SchoolYear]:
    """Go through the schools of a world and draw each one's year; no year depends on another school's."""
    for school in world.schools():
        yield simulate_school(world, school, settings or Settings())


def whole_year(world: World, settings: Settings | None = None) -> SchoolYear:
    """Draw every school's year and put the tables together; for worlds that fit in memory."""
    years = list(simulate(world, settings))
    names = list(SchoolYear.__dataclass_fields__)
    return SchoolYear(**{name: pa.concat_tables([getattr(year, name) for year in years]) for name in names})


def simulate_school(world: World, school: School, settings: Settings) -> SchoolYear:
    """Draw one school's year.

    Returns: tables in the order of date, pupil and lesson; weekend events and duplicates stand last.
    """
    year, problems, illness = _draw(world, school, settings)
    faulty = add_faults(_columns(year, settings.codes), school, settings, world.seed)
    return SchoolYear(
        lessons=_arrow(faulty),
        pupils=pupils_table(school),
        calendar=calendar_table(school),
        truth=truth_table(school, problems.courses),
        standing=standing_table(school, problems.standing),
        waves=waves_table(
            illness.waves if school.index == 0 else [w for w in illness.waves if w.kind != "city"]
        ),
        faults=faulty.faults,
        corrections=faulty.corrections,
    )


def _draw(world: World, school: School, settings: Settings) -> tuple[_Year, Problems, Illness]:
    week = build_week(school, world.seed)
    weekday = np.array([day.day.weekday() for day in school.days])
    offered = np.where(week.takes[:, weekday], week.offered[week.class_of][:, weekday], 0).transpose(1, 0, 2)
    offered = np.where(_enrolled(school)[..., None], offered, 0).astype(np.int16)
    illness = draw_illness(school, week.class_of, settings, world.seed)
    problems = draw_problems(school, settings, world.seed)
    chance = stream(world.seed, "attendance", school.index)
    ordinary = draw_ordinary(chance, school, week.class_of, settings)
    year = _Year(
        chance,
        school,
        week,
        weekday,
        offered,
        code=np.zeros(offered.shape, np.uint8),
        late=np.zeros(offered.shape, np.int16),
        passive=np.zeros(offered.shape, bool),
    )
    _skipped_lessons(year, problems, ordinary, settings)
    _part_days(year, ordinary, illness, settings)
    _whole_days(year, problems, ordinary, illness, settings)
    on_trip = ordinary.trip[..., None] & (year.code == PRESENT)
    _late_mornings(year, problems, ordinary, on_trip)
    _not_taking_part(year, problems, on_trip)
    year.offered = np.where(on_trip, -year.offered, year.offered)
    return year, problems, illness


def _enrolled(school: School) -> Bools:
    days = np.array([day.day.toordinal() for day in school.days])[:, None]
    first = np.array([pupil.started.toordinal() for pupil in school.pupils])
    last = np.array([(pupil.ended or school.days[-1].day).toordinal() for pupil in school.pupils])
    return np.asarray((days >= first) & (days <= last))


def _codes(chance: np.random.Generator, shape: tuple[int, ...], invalid: Floats | float) -> Minutes:
    return np.where(chance.random(shape, dtype=np.float32) < invalid, INVALID, VALID).astype(np.int16)


def _skipped_lessons(year: _Year, problems: Problems, ordinary: Ordinary, settings: Settings) -> None:
    """Skip single lessons: a little by many in the later years, much in chosen subjects by a few."""
    signs, shape = problems.signs, year.offered.shape
    rate = (ordinary.skip + signs.skip)[..., None] * SLOT_WEIGHT
    rolls = year.chance.random(shape, dtype=np.float32) < rate
    subject = year.week.subject[:, year.weekday].transpose(1, 0, 2)
    wanted = signs.skipped[np.arange(shape[1])[None, :, None], np.maximum(subject, 0)]
    year.code = np.where(
        rolls & wanted, _codes(year.chance, shape, settings.invalid_lesson), year.code
    ).astype(np.uint8)


def _part_days(year: _Year, ordinary: Ordinary, illness: Illness, settings: Settings) -> None:
    slots = np.arange(SLOTS)
    away = (slots >= ordinary.from_slot[..., None]) & (slots < ordinary.to_slot[..., None])
    shape = illness.days.shape
    ill_codes = _codes(year.chance, shape, settings.invalid_illness)
    in_school_first = illness.first_day & (year.chance.random(shape, dtype=np.float32) < GOES_HOME_ILL)
    goes = np.where(in_school_first, year.chance.integers(1, 5, shape), 0)
    ill = illness.days[..., None] & (slots >= goes[..., None])
    year.code = np.where(away, VALID, year.code).astype(np.uint8)
    year.code = np.where(ill, ill_codes[..., None], year.code).astype(np.uint8)


def _whole_days(
    year: _Year, problems: Problems, ordinary: Ordinary, illness: Illness, settings: Settings
) -> None:
    shape = illness.days.shape
    day_code = np.zeros(shape, np.int16)
    day_code[ordinary.single] = _codes(year.chance, shape, settings.invalid_illness * 2)[ordinary.single]
    invalid = problems.signs.invalid if settings.invalid_problem > 0 else 0.0
    lost = problems.signs.away & ~illness.days
    day_code[lost] = _codes(year.chance, shape, invalid)[lost]
    day_code[ordinary.leave] = VALID
    day_code[ordinary.leave_invalid] = INVALID
    year.code = np.where(day_code[..., None] > 0, day_code[..., None], year.code).astype(np.uint8)


def _late_mornings(year: _Year, problems: Problems, ordinary: Ordinary, on_trip: Bools) -> None:
    """Come late to the first lesson of the pupil's day, for those who are not away from it."""
    signs = problems.signs
    rolls = year.chance.random(signs.late.shape, dtype=np.float32) < ordinary.late + signs.late
    minutes = 2 + year.chance.exponential(1.0, signs.late.shape) * signs.late_minutes
    held = year.offered > 0
    first = held & (np.cumsum(held, axis=2) == 1)
    come_late = first & rolls[..., None] & (year.code == PRESENT) & ~on_trip
    year.late = np.where(come_late, np.minimum(minutes[..., None], year.offered - 5), 0).astype(np.int16)


def _not_taking_part(year: _Year, problems: Problems, on_trip: Bools) -> None:
    """Mark lessons where a pupil is in the room without taking part, in schools that use the mark."""
    uses = year.chance.random() < USES_MARK or bool(problems.signs.passive.any())
    if uses:
        rate = PASSIVE_OTHERWISE + problems.signs.passive[..., None]
        rolls = year.chance.random(year.offered.shape, dtype=np.float32) < rate
        year.passive = rolls & (year.code == PRESENT) & ~on_trip


def _columns(year: _Year, codes: bool) -> dict[str, np.ndarray]:
    """Flatten the year into the columns of the lessons table, sorted by date, pupil and lesson.

    A class trip is carried as negative offered minutes until here. A source without codes knows absence only
    as such: all of it, late minutes too, stands as valid.
    """
    held = year.offered != 0
    shape = held.shape
    offered = np.abs(year.offered)
    trip = year.offered < 0
    away = year.code != PRESENT
    days = np.array([(day.day.toordinal() - 719_163) for day in year.school.days], np.int32)
    numbers = np.array([pupil.number for pupil in year.school.pupils], np.int64)
    start = year.week.start[year.week.class_of][:, year.weekday].transpose(1, 0, 2)
    valid = np.where(year.code == VALID, offered, 0)
    invalid = np.where(year.code == INVALID, offered, year.late)
    columns: dict[str, np.ndarray] = {
        "pupil": np.broadcast_to(numbers[None, :, None], shape),
        "group": year.week.group[:, year.weekday].transpose(1, 0, 2).astype(np.int32),
        "date": np.broadcast_to(days[:, None, None], shape),
        "start": start,
        "slot": np.cumsum(held, axis=2).astype(np.int8),
        "subject": year.week.subject[:, year.weekday].transpose(1, 0, 2),
        "offered": offered,
        "present": np.where(away | trip, 0, offered - year.late),
        "valid": valid if codes else valid + invalid,
        "invalid": invalid if codes else np.zeros_like(invalid),
        "other": np.where(trip, offered, 0),
        "passive": year.passive,
    }
    flat = {name: np.ascontiguousarray(values[held]) for name, values in columns.items()}
    flat["unit"] = np.full(len(flat["pupil"]), year.school.unit.number, np.int32)
    flat["reported"] = np.ones(len(flat["pupil"]), bool)
    return flat


def _arrow(faulty: Faulty) -> pa.Table:
    columns = faulty.columns
    arrays = []
    for column in LESSONS.columns:
        if column.name == "subject":
            codes = pa.array(columns["subject"].astype(np.int16))
            arrays.append(pa.DictionaryArray.from_arrays(codes, pa.array(SUBJECTS)))
        elif column.name == "participating":
            no_mark = ~columns["passive"]
            arrays.append(pa.array(np.zeros(len(no_mark), bool), mask=no_mark))
        else:
            arrays.append(pa.array(columns[column.name], column.type, from_pandas=False))
    return pa.Table.from_arrays(arrays, schema=LESSONS.schema)
