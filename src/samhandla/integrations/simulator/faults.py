"""Faults of data entry, with a table that says where they are."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from samhandla.integrations.simulator.chance import Bools, stream
from samhandla.integrations.simulator.records import School
from samhandla.integrations.simulator.settings import Settings
from samhandla.integrations.simulator.tables import table_of

Columns = dict[str, np.ndarray]
EPOCH = date(1970, 1, 1)

FAULTS_SCHEMA = pa.schema(
    [
        ("kind", pa.string()),
        ("unit", pa.int32()),
        ("class_id", pa.int32()),
        ("teacher", pa.int32()),
        ("detail", pa.string()),
        ("rows", pa.int64()),
    ]
)
CORRECTIONS = pa.schema(
    [
        ("pupil", pa.int64()),
        ("date", pa.date32()),
        ("start", pa.int16()),
        ("valid_before", pa.int16()),
        ("invalid_before", pa.int16()),
        ("corrected", pa.date32()),
    ]
)
FORGETFUL = 0.06  # of teachers leave a large part of their lessons unreported
CARELESS_SCHOOL = 0.1  # of schools
NO_INVALID_SCHOOL = 0.1
ONE_CODE_CLASS = 0.03
LATE_SCHOOL = 0.25
WEEKEND = 0.0001  # of lessons also stand on a Saturday or Sunday
DUPLICATE = 0.0002
OFTEN_UNREPORTED = 0.01  # of all lessons, everywhere


@dataclass
class Faulty:
    """The columns with faults in them, what was done, and the lessons that were corrected afterwards."""

    columns: Columns
    rows: list[tuple[str, int, int, int, str, int]] = field(default_factory=list)
    corrections: pa.Table = field(default_factory=lambda: table_of(CORRECTIONS, []))

    @property
    def faults(self) -> pa.Table:
        return table_of(FAULTS_SCHEMA, self.rows)


def add_faults(columns: Columns, school: School, settings: Settings, seed: int) -> Faulty:
    """Make the wished-for faults in one school's columns; without faults the columns come back as they are.

    Codes are spoilt before lessons go unreported, as in life: what nobody registered has no code to be wrong.
    """
    faulty = Faulty(columns)
    chance = stream(seed, "faults", school.index)
    for kind, act in _ACTS.items():
        own = np.random.Generator(np.random.PCG64(chance.integers(2**32)))
        if kind in settings.faults:
            act(faulty, school, own)
    return faulty


def _code_never_used(faulty: Faulty, school: School, chance: np.random.Generator) -> None:
    if chance.random() >= NO_INVALID_SCHOOL:
        return
    moved = faulty.columns["invalid"] > 0
    faulty.columns["valid"] = faulty.columns["valid"] + faulty.columns["invalid"]
    faulty.columns["invalid"] = np.zeros_like(faulty.columns["invalid"])
    faulty.rows.append(("code_never_used", school.unit.number, 0, 0, "invalid", int(moved.sum())))


def _one_code(faulty: Faulty, school: School, chance: np.random.Generator) -> None:
    columns = faulty.columns
    numbers = np.array([pupil.number for pupil in school.pupils])
    order = np.argsort(numbers)
    classes = np.array([pupil.class_id for pupil in school.pupils])[order]
    rows_class = classes[np.searchsorted(numbers[order], columns["pupil"])]
    for group in school.groups:
        if group.kind != "Klass" or chance.random() >= ONE_CODE_CLASS:
            continue
        code, other = ("invalid", "valid") if chance.random() < 0.5 else ("valid", "invalid")
        own = rows_class == group.number
        moved = own & (columns[other] > 0)
        columns[code] = np.where(own, columns[code] + columns[other], columns[code]).astype(np.int16)
        columns[other] = np.where(own, 0, columns[other]).astype(np.int16)
        faulty.rows.append(("one_code", school.unit.number, group.number, 0, code, int(moved.sum())))


def _late_corrections(faulty: Faulty, school: School, chance: np.random.Generator) -> None:
    """Some schools change invalid to valid weeks afterwards; the lessons hold the corrected values."""
    if chance.random() >= LATE_SCHOOL:
        return
    columns = faulty.columns
    whole = np.flatnonzero((columns["valid"] > 0) & (columns["valid"] == columns["offered"]))
    chosen = whole[chance.random(len(whole)) < 0.05]
    delay = chance.integers(10, 60, len(chosen))
    rows = [
        (
            int(columns["pupil"][i]),
            EPOCH + timedelta(days=int(columns["date"][i])),
            int(columns["start"][i]),
            0,
            int(columns["valid"][i]),
            EPOCH + timedelta(days=int(columns["date"][i]) + int(wait)),
        )
        for i, wait in zip(chosen, delay, strict=True)
    ]
    faulty.corrections = table_of(CORRECTIONS, rows)
    faulty.rows.append(("late_corrections", school.unit.number, 0, 0, "invalid to valid", len(rows)))


def _unreported_teacher(faulty: Faulty, school: School, chance: np.random.Generator) -> None:
    """All teachers forget a lesson now and then, a few forget most; always for the whole group."""
    columns = faulty.columns
    teacher_of = {group.number: group.teacher for group in school.groups}
    for teacher in sorted(set(teacher_of.values())):
        forgets = chance.random() < FORGETFUL
        share = float(chance.uniform(0.3, 0.95)) if forgets else OFTEN_UNREPORTED
        groups = [number for number, own in teacher_of.items() if own == teacher]
        rows = np.isin(columns["group"], groups) & _whole_lessons(columns, chance, share)
        _unreport(columns, rows)
        if forgets:
            detail = f"{share:.2f}"
            faulty.rows.append(
                ("unreported_teacher", school.unit.number, 0, teacher, detail, int(rows.sum()))
            )


def _unreported_school(faulty: Faulty, school: School, chance: np.random.Generator) -> None:
    if chance.random() >= CARELESS_SCHOOL:
        return
    share = float(chance.uniform(0.15, 0.5))
    rows = _whole_lessons(faulty.columns, chance, share)
    _unreport(faulty.columns, rows)
    faulty.rows.append(("unreported_school", school.unit.number, 0, 0, f"{share:.2f}", int(rows.sum())))


def _whole_lessons(columns: Columns, chance: np.random.Generator, share: float) -> Bools:
    """Choose that share of the lessons, where a lesson is one group on one day at one time."""
    key = (
        (columns["group"].astype(np.uint64) << np.uint64(32))
        ^ (columns["date"].astype(np.uint64) << np.uint64(11))
        ^ columns["start"].astype(np.uint64)
    )
    mixed = key * np.uint64(0x9E3779B97F4A7C15) + np.uint64(chance.integers(2**62))
    mixed ^= mixed >> np.uint64(29)
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    return np.asarray((mixed >> np.uint64(32)).astype(np.float64) / 2**32 < share)


def _unreport(columns: Columns, rows: Bools) -> None:
    columns["reported"] = columns["reported"] & ~rows
    columns["passive"] = columns["passive"] & ~rows
    for name in ("present", "valid", "invalid", "other"):
        columns[name] = np.where(rows, 0, columns[name]).astype(np.int16)


def _weekend_events(faulty: Faulty, school: School, chance: np.random.Generator) -> None:
    rows = np.flatnonzero(chance.random(len(faulty.columns["pupil"])) < WEEKEND)
    if len(rows):
        extra = {name: values[rows] for name, values in faulty.columns.items()}
        weekday = (extra["date"] + 3) % 7  # 1 January 1970 was a Thursday
        extra["date"] = (extra["date"] + (5 - weekday) + chance.integers(0, 2, len(rows))).astype(np.int32)
        _append(faulty, extra)
        faulty.rows.append(("weekend_events", school.unit.number, 0, 0, "", len(rows)))


def _duplicates(faulty: Faulty, school: School, chance: np.random.Generator) -> None:
    rows = np.flatnonzero(chance.random(len(faulty.columns["pupil"])) < DUPLICATE)
    if len(rows):
        _append(faulty, {name: values[rows] for name, values in faulty.columns.items()})
        faulty.rows.append(("duplicates", school.unit.number, 0, 0, "", len(rows)))


def _append(faulty: Faulty, extra: Columns) -> None:
    faulty.columns = {name: np.concatenate([values, extra[name]]) for name, values in faulty.columns.items()}


_ACTS = {
    "code_never_used": _code_never_used,
    "one_code": _one_code,
    "late_corrections": _late_corrections,
    "unreported_teacher": _unreported_teacher,
    "unreported_school": _unreported_school,
    "weekend_events": _weekend_events,
    "duplicates": _duplicates,
}
