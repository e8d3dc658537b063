"""Attendance from a source that gives no lessons: sums per pupil, activity and window."""

from __future__ import annotations

import pyarrow as pa

from samhandla.analytics.tables.declare import Column, Table

TOTALS = Table(
    name="totals",
    row="one pupil, one activity and one window of days",
    key=("pupil", "activity", "first_date", "last_date"),
    columns=(
        Column("pupil", pa.int64(), "the pupil's number in the register", low=1),
        Column("unit", pa.int32(), "the school unit", low=0),
        Column("activity", pa.string(), "the source's own id of the activity, empty for all teaching"),
        Column("subject", pa.string(), "subject code, empty when unknown"),
        Column("first_date", pa.date32(), "first day of the window"),
        Column("last_date", pa.date32(), "last day of the window, inclusive"),
        Column("offered", pa.int32(), "teaching offered", "minutes", low=0),
        Column("reported", pa.int32(), "offered in registered lessons; empty when the source does not tell",
               "minutes", nullable=True, low=0),
        Column("present", pa.int32(), "attended", "minutes", low=0),
        Column("valid", pa.int32(), "valid absence", "minutes", low=0),
        Column("invalid", pa.int32(), "invalid absence", "minutes", low=0),
        Column("other", pa.int32(), "other school activity", "minutes", low=0),
        Column("absence_only", pa.bool_(), "the source tells of absence alone; offered is not all there was"),
    ),
)  # fmt: skip

SUMS = Table(
    name="sums",
    row="one pupil and one period whose sums count; no two periods of a pupil overlap",
    key=("pupil", "first_date"),
    columns=(
        Column("pupil", pa.int64(), "the pupil's number in the register", low=1),
        Column("first_date", pa.date32(), "first day of the period"),
        Column("last_date", pa.date32(), "last day of the period, inclusive"),
        Column("offered", pa.int64(), "teaching offered", "minutes", low=0),
        Column("valid", pa.int64(), "valid absence", "minutes", low=0),
        Column("invalid", pa.int64(), "invalid absence", "minutes", low=0),
        Column("reported", pa.int64(), "offered in registered lessons", "minutes", low=0),
        Column("told", pa.int64(), "offered where the source tells what is registered", "minutes", low=0),
    ),
)
