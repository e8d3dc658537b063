"""The two sets that every batch writes beside its lessons; rules and measures run on these."""

from __future__ import annotations

import pyarrow as pa

from samhandla.analytics.tables.declare import Column, Table

LATE_MAX_MINUTES = 30  # a pupil who came and missed at most this much of the lesson arrived late

DAYS = Table(
    name="days",
    row="one pupil, one unit and one day with at least one lesson",
    key=("pupil", "unit", "date"),
    columns=(
        Column("pupil", pa.int64(), "the pupil's number in the register", low=1),
        Column("unit", pa.int32(), "the school unit where the lessons were held", low=0),
        Column("date", pa.date32(), "the day"),
        Column("lessons", pa.int16(), "lessons offered", "lessons", low=1),
        Column("offered", pa.int16(), "teaching offered", "minutes", low=0),
        Column("present", pa.int16(), "attended", "minutes", low=0),
        Column("valid", pa.int16(), "valid absence", "minutes", low=0),
        Column("invalid", pa.int16(), "invalid absence", "minutes", low=0),
        Column("other", pa.int16(), "other school activity", "minutes", low=0),
        Column("reported", pa.int16(), "offered in lessons that the teacher registered", "minutes", low=0),
        Column("late", pa.int16(), "lessons with a late arrival", "lessons", low=0),
        Column("late_minutes", pa.int16(), "missed by late arrival", "minutes", low=0),
        Column("apart", pa.int16(), "lessons in the room but not taking part", "lessons", low=0),
        Column("lesson_bits", pa.int32(), "bit n-1 is set when lesson n was offered", low=0),
        Column("absent_bits", pa.int32(), "bit n-1 is set when lesson n was missed (half or more)", low=0),
    ),
)

SUBJECTS = Table(
    name="subjects",
    row="one pupil, one unit, one term and one subject",
    key=("pupil", "unit", "term", "subject"),
    columns=(
        Column("pupil", pa.int64(), "the pupil's number in the register", low=1),
        Column("unit", pa.int32(), "the school unit where the lessons were held", low=0),
        Column("term", pa.string(), "HT or VT and the year, e.g. HT2025; the year turns on 1 July"),
        Column("subject", pa.string(), "subject code, empty when unknown"),
        Column("lessons", pa.int32(), "lessons offered", "lessons", low=1),
        Column("offered", pa.int32(), "teaching offered", "minutes", low=0),
        Column("valid", pa.int32(), "valid absence", "minutes", low=0),
        Column("invalid", pa.int32(), "invalid absence", "minutes", low=0),
        Column("reported", pa.int32(), "offered in lessons that the teacher registered", "minutes", low=0),
        Column("missed", pa.int32(), "lessons missed (half or more)", "lessons", low=0),
    ),
)
