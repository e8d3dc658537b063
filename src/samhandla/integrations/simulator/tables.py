"""The small tables of a simulated year: pupils, days, and the truth that the lessons were drawn from."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pyarrow as pa

from samhandla.analytics.tables.attendance import CALENDAR, PUPILS
from samhandla.integrations.simulator.courses import Course
from samhandla.integrations.simulator.illness import Wave
from samhandla.integrations.simulator.records import School

TRUTH = pa.schema(
    [
        ("pupil", pa.int64()),
        ("unit", pa.int32()),
        ("onset_day_no", pa.int16()),
        ("onset_date", pa.date32()),
        ("shape", pa.string()),
        ("end_day_no", pa.int16()),
        ("end_date", pa.date32()),
    ]
)
STANDING = pa.schema([("pupil", pa.int64()), ("unit", pa.int32()), ("level", pa.float64())])
WAVES = pa.schema(
    [
        ("kind", pa.string()),
        ("unit", pa.int32()),
        ("class_id", pa.int32()),
        ("first", pa.date32()),
        ("last", pa.date32()),
        ("strength", pa.float64()),
    ]
)


def table_of(schema: pa.Schema, rows: Sequence[Sequence[Any]]) -> pa.Table:
    """Make an Arrow table from rows; with no rows the columns keep their types."""
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(schema)
    return pa.Table.from_arrays(
        [pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)], schema=schema
    )


def pupils_table(school: School) -> pa.Table:
    """Return the school's pupils in the columns of the declared table."""
    rows = [
        (
            p.number, p.unit, p.class_id, p.class_name, p.mentor, p.form, p.grade, p.sex, p.birth_date,
            p.adapted, p.started, None,
        )
        for p in school.pupils
        if not p.moved
    ]  # fmt: skip
    return table_of(PUPILS.schema, rows)


def calendar_table(school: School) -> pa.Table:
    """Return the school's days in the columns of the declared table."""
    unit = school.unit.number
    return table_of(CALENDAR.schema, [(unit, d.day, d.number, d.term, d.after_break) for d in school.days])


def truth_table(school: School, courses: list[Course]) -> pa.Table:
    """Return who got a problem when and how; the end is the first day it is over, empty when it lasts."""
    days = school.days
    rows = [
        (
            school.pupils[c.pupil].number,
            school.unit.number,
            days[c.onset].number,
            days[c.onset].day,
            c.shape,
            None if c.end is None else days[c.end].number,
            None if c.end is None else days[c.end].day,
        )
        for c in courses
    ]
    return table_of(TRUTH, rows)


def standing_table(school: School, standing: list[tuple[int, float]]) -> pa.Table:
    """Return the pupils who came to the year with high absence, and the level that was drawn (share 0–1)."""
    return table_of(
        STANDING, [(school.pupils[row].number, school.unit.number, level) for row, level in standing]
    )


def waves_table(waves: list[Wave]) -> pa.Table:
    """Return illness waves; a city wave has unit 0 and a school wave class 0."""
    return table_of(WAVES, [(w.kind, w.unit, w.class_id, w.first, w.last, w.strength) for w in waves])
