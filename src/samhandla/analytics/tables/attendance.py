"""The attendance tables. Minutes are stored; shares and late arrivals are derived."""

from __future__ import annotations

import pyarrow as pa

from samhandla.analytics.tables.declare import Column, Table

MAX_LESSON_MINUTES = 240

LESSONS = Table(
    name="lessons",
    row="one pupil and one lesson that the pupil was offered",
    key=("pupil", "date", "start"),
    columns=(
        Column("pupil", pa.int64(), "the pupil's number in the register", low=1),
        Column("unit", pa.int32(), "the school unit where the lesson was held", low=0),
        Column("group", pa.int32(), "the teaching group, 0 when unknown", low=0),
        Column("date", pa.date32(), "the day of the lesson"),
        Column("start", pa.int16(), "when the lesson began", "minutes after midnight", low=0, high=1439),
        Column("slot", pa.int8(), "which lesson of the pupil's day, from 1", low=1, high=20),
        Column("subject", pa.dictionary(pa.int16(), pa.string()), "subject code, empty when unknown"),
        Column("offered", pa.int16(), "teaching offered", "minutes", low=0, high=MAX_LESSON_MINUTES),
        Column("present", pa.int16(), "attended", "minutes", low=0, high=MAX_LESSON_MINUTES),
        Column("valid", pa.int16(), "valid absence", "minutes", low=0, high=MAX_LESSON_MINUTES),
        Column("invalid", pa.int16(), "invalid absence", "minutes", low=0, high=MAX_LESSON_MINUTES),
        Column("other", pa.int16(), "other school activity", "minutes", low=0, high=MAX_LESSON_MINUTES),
        Column("reported", pa.bool_(), "the teacher has registered the lesson"),
        Column(
            "participating",
            pa.bool_(),
            "no: in the room but not taking part; empty: not marked",
            nullable=True,
        ),
    ),
)

PUPILS = Table(
    name="pupils",
    row="one pupil in compulsory or upper-secondary school",
    key=("pupil",),
    columns=(
        Column("pupil", pa.int64(), "the pupil's number in the register", low=1),
        Column("unit", pa.int32(), "the school unit of the main enrolment", low=0),
        Column("class_id", pa.int32(), "the class, 0 when unknown", low=0),
        Column("class_name", pa.string(), "the class as people call it, e.g. 7B"),
        Column("mentor", pa.int32(), "the mentor, 0 when unknown", low=0),
        Column("form", pa.string(), "school form code of SS 12000: FKLASS, GR, GRS, GY, GYS …"),
        Column("grade", pa.int8(), "school year 0–10 within the form", low=0, high=10),
        Column("sex", pa.string(), "K, M or O (unknown)"),
        Column("birth_date", pa.date32(), "date of birth", nullable=True),
        Column("adapted", pa.bool_(), "rules find nothing: an adapted timetable, or an objection"),
        Column("started", pa.date32(), "first day in the unit", nullable=True),
        Column(
            "from_other_unit",
            pa.bool_(),
            "came there from another unit; empty when no earlier is known",
            nullable=True,
        ),
    ),
)

CALENDAR = Table(
    name="calendar",
    row="one school unit and one school day",
    key=("unit", "date"),
    columns=(
        Column("unit", pa.int32(), "the school unit", low=0),
        Column("date", pa.date32(), "the school day"),
        Column("day_no", pa.int16(), "number of the school day in the school year, from 1", low=1),
        Column("term", pa.string(), "HT or VT and the year, e.g. HT2025"),
        Column("after_break", pa.bool_(), "first school day after a weekend, holiday or break"),
    ),
)
