"""Compares delivered attendance with what the lake already has of the same source."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from samhandla.analytics.engine import connect
from samhandla.analytics.winners import BatchFile

MEASURES = (
    "unit",
    '"group"',
    "subject",
    "offered",
    "present",
    "valid",
    "invalid",
    "other",
    "reported",
    "participating",
)
TOTAL_MEASURES = ("unit", "subject", "offered", "reported", "present", "valid", "invalid", "other")
BUSY_SHARE = 0.5  # a day with fewer pupils than this share of the busiest is no usual school day
DAYS_COMPARED = 10
RECENT_DAYS = 120  # enough for ten school days also after the longest holidays


@dataclass(frozen=True)
class Comparison:
    """How a delivery differs from what is in use.

    Args:
        known: rows in use within the delivery's days and units.
        usual_pupils, pupils: pupils on an ordinary day before and in the delivery (0: cannot be told).
        units_before: units with rows in the latest weeks that are in use.
        units_now: units with rows in the delivery.
        differing: row numbers of the delivered table, all rows of the pupil-days that differ.
    """

    new: int
    changed: int
    unchanged: int
    missing: int
    known: int
    usual_pupils: int
    pupils: int
    units_before: int
    units_now: int
    differing: pa.Array


def compare_lessons(delivered: pa.Table, files: Sequence[BatchFile]) -> Comparison:
    """Compare lessons with the winning ones of earlier batches.

    Args:
        delivered: rows with the columns of LESSONS.
        files: the live lesson files of the same source.
    """
    with connect() as engine:
        con = engine.con
        con.register("incoming", delivered.append_column("n", _numbers(delivered.num_rows)))
        con.execute(f"create temp table recent as {_recent(files)}")
        con.execute(f"create temp table inside as {_inside(delivered, files)}")
        known = con.execute("select count(*) from inside").fetchone()[0]
        if known:
            counts, differing = _matched(con)
        else:
            counts, differing = {"new": delivered.num_rows}, _numbers(delivered.num_rows)
        before, now = _usual(con, "recent"), _usual(con, "incoming")
        units = [
            con.execute(f"select count(distinct unit) from {t}").fetchone()[0] for t in ("recent", "incoming")
        ]
    return Comparison(
        new=counts.get("new", 0),
        changed=counts.get("changed", 0),
        unchanged=counts.get("unchanged", 0),
        missing=counts.get("missing", 0),
        known=known,
        usual_pupils=before,
        pupils=now,
        units_before=units[0],
        units_now=units[1],
        differing=differing,
    )


def _numbers(count: int) -> pa.Array:
    return pa.array(np.arange(count, dtype=np.int64))


def _matched(con: Any) -> tuple[dict[str, int], pa.Array]:
    """Count rows by what has happened to them; return also the delivered rows of days that differ."""
    same = " and ".join(f"i.{name} is not distinct from k.{name}" for name in MEASURES)
    con.execute(
        f"""create temp table matched as
        select coalesce(i.pupil, k.pupil) pupil, coalesce(i.date, k.date) date,
            case when k.pupil is null then 'new' when i.pupil is null then 'missing'
            when {same} then 'unchanged' else 'changed' end status
        from incoming i full join inside k using (pupil, date, start)"""
    )
    counts = dict(con.execute("select status, count(*) from matched group by 1").fetchall())
    rows_of_changed_days = con.sql(
        """select i.n from incoming i where (i.pupil, i.date) in
        (select pupil, date from matched where status <> 'unchanged') order by i.n"""
    )
    return counts, rows_of_changed_days.to_arrow_table()["n"].combine_chunks()


def _recent(files: Sequence[BatchFile]) -> str:
    """Return SQL for who had lessons where in the latest weeks of what is in use."""
    if not files:
        return "select pupil, unit, date from incoming where false"
    since = max(file.last for file in files) - timedelta(days=RECENT_DAYS)
    paths = ", ".join(f"'{file.path}'" for file in files if file.last >= since)
    return f"select distinct pupil, unit, date from read_parquet([{paths}]) where date >= date '{since}'"


def _inside(delivered: pa.Table, files: Sequence[BatchFile]) -> str:
    """Return SQL for the rows in use of the delivery's days and units; other files are not even opened."""
    ends = pc.min_max(delivered["date"]).as_py()
    first, last = ends["min"], ends["max"]
    touched = [f for f in files if first is not None and f.first <= last and f.last >= first]
    span = f"date between date '{first}' and date '{last}'"
    where = f"where {span} and unit in (select unit from incoming)" if touched else ""
    return f"select * from ({_winning(touched, 'date', span)}) {where}"


def _winning(files: Sequence[BatchFile], day: str, span: str = "true") -> str:
    """Return SQL for the rows that count: of each pupil and day those of the latest batch."""
    if not files:
        return "select * from incoming where false"
    parts = [
        f"select *, {file.batch_id} batch from read_parquet('{file.path}') where {span}" for file in files
    ]
    every = " union all by name ".join(parts)
    if len(files) == 1:
        return every
    return f"select * from ({every}) qualify batch = max(batch) over (partition by pupil, {day})"


def _usual(con: Any, table: str) -> int:
    """Return the mean number of pupils on an ordinary school day, of the latest such days of a table."""
    row = con.execute(
        f"""with days as (select date, count(distinct pupil) pupils from {table} group by date),
        busy as (select * from days where pupils >= {BUSY_SHARE} * (select max(pupils) from days)
            order by date desc limit {DAYS_COMPARED})
        select coalesce(avg(pupils), 0) from busy"""
    ).fetchone()
    return int(row[0] + 0.5)


def compare_totals(delivered: pa.Table, files: Sequence[BatchFile]) -> Comparison:
    """Compare totals with earlier ones of the same pupil, activity, subject and window."""
    with connect() as engine:
        con = engine.con
        rows = delivered.append_column("n", _numbers(delivered.num_rows))
        con.register("incoming", rows)
        con.execute(
            f"create temp table known as {_winning(files, 'activity, subject, first_date, last_date')}"
        )
        con.execute(
            """create temp table inside as select k.* from known k where k.unit in (select unit from incoming)
            and (k.first_date, k.last_date) in (select first_date, last_date from incoming)"""
        )
        same = " and ".join(
            f"i.{name}::varchar is not distinct from k.{name}::varchar" for name in TOTAL_MEASURES
        )
        con.execute(
            f"""create temp table matched as select case when k.pupil is null then 'new'
                when i.pupil is null then 'missing' when {same} then 'unchanged' else 'changed' end status
            from incoming i full join inside k using (pupil, activity, first_date, last_date)"""
        )
        counts = dict(con.execute("select status, count(*) from matched group by 1").fetchall())
        known, before, units_before = con.execute(
            "select count(*), count(distinct pupil), count(distinct unit) from inside"
        ).fetchone()
        now, units_now = con.execute(
            "select count(distinct pupil), count(distinct unit) from incoming"
        ).fetchone()
    different = any(counts.get(status, 0) for status in ("new", "changed", "missing"))
    return Comparison(
        new=counts.get("new", 0),
        changed=counts.get("changed", 0),
        unchanged=counts.get("unchanged", 0),
        missing=counts.get("missing", 0),
        known=known,
        usual_pupils=before,
        pupils=now,
        units_before=units_before,
        units_now=units_now,
        differing=_numbers(delivered.num_rows if different else 0),
    )
