"""All indicators of a municipality-year, as one would write them in polars.

python -m bench.peers.indicators_polars LESSONS CALENDAR RECENT_FROM OUT
"""

from __future__ import annotations

import sys
import time
from datetime import date

import polars as pl


def compute(lessons_path: str, calendar_path: str, recent_from: date) -> pl.DataFrame:
    """Return one row per pupil with the columns of INDICATORS."""
    lessons = pl.scan_parquet(lessons_path).with_columns(
        absent=pl.col("valid") + pl.col("invalid"),
        weekday=pl.col("date").dt.weekday().cast(pl.Int64) - 1,
        recent=pl.col("date") >= recent_from,
    )
    lessons = lessons.with_columns(
        missed=(pl.col("absent") > 0) & (pl.col("absent") * 2 >= pl.col("offered")),
        is_late=(pl.col("present") > 0)
        & pl.col("absent").is_between(1, 30)
        & (pl.col("absent") * 2 < pl.col("offered")),
    )
    calendar = pl.scan_parquet(calendar_path)
    totals = lessons.group_by("pupil").agg(
        pl.col("offered").cast(pl.Int64).sum(),
        pl.col("valid").cast(pl.Int64).sum(),
        pl.col("invalid").cast(pl.Int64).sum(),
        reported=pl.col("offered").filter("reported").cast(pl.Int64).sum(),
        late=pl.col("is_late").cast(pl.Int64).sum(),
        apart=(~pl.col("participating")).fill_null(False).cast(pl.Int64).sum(),
        recent_offered=pl.col("offered").filter("recent").cast(pl.Int64).sum(),
        recent_absent=pl.col("absent").filter("recent").cast(pl.Int64).sum(),
    )
    weekday = (
        lessons.group_by("pupil", "weekday")
        .agg(pl.col("offered").cast(pl.Int64).sum(), pl.col("absent").cast(pl.Int64).sum())
        .with_columns(weekday_share=pl.col("absent") / pl.col("offered"))
        .sort("pupil", "weekday_share", "weekday", descending=[False, True, False])
        .group_by("pupil", maintain_order=True)
        .agg(worst_weekday=pl.col("weekday").first(), weekday_share=pl.col("weekday_share").first())
    )
    subject = (
        lessons.group_by("pupil", "subject")
        .agg(pl.col("offered").cast(pl.Int64).sum(), pl.col("absent").cast(pl.Int64).sum())
        .with_columns(
            subject_share=pl.col("absent") / pl.col("offered"), subject=pl.col("subject").cast(pl.String)
        )
        .sort("pupil", "subject_share", "subject", descending=[False, True, False])
        .group_by("pupil", maintain_order=True)
        .agg(worst_subject=pl.col("subject").first(), subject_share=pl.col("subject_share").first())
    )
    days = lessons.group_by("pupil", "unit", "date").agg(
        pl.col("offered").cast(pl.Int64).sum(),
        pl.col("absent").cast(pl.Int64).sum(),
        any_missed=pl.col("missed").any(),
        all_missed=pl.col("missed").all(),
        first=pl.col("slot").min(),
        last=pl.col("slot").max(),
        first_gone=pl.col("slot").filter("missed").min(),
        last_gone=pl.col("slot").filter("missed").max(),
    )
    away = (
        days.filter((pl.col("absent") > 0) & (pl.col("absent") * 2 >= pl.col("offered")))
        .join(calendar.select("unit", "date", "day_no", "after_break"), on=["unit", "date"])
        .sort("pupil", "unit", "day_no")
        .with_columns(run=pl.col("day_no").cast(pl.Int64) - pl.int_range(pl.len()).over("pupil", "unit"))
        .group_by("pupil", "unit", "run")
        .agg(length=pl.len(), after=pl.col("after_break").sum())
        .group_by("pupil")
        .agg(
            days_away=pl.col("length").sum(),
            spells=pl.len(),
            longest=pl.col("length").max(),
            after_break=pl.col("after").sum(),
        )
    )
    part = (
        days.filter(pl.col("any_missed") & ~pl.col("all_missed"))
        .group_by("pupil")
        .agg(
            part_days=pl.len(),
            first_missed=(pl.col("first") == pl.col("first_gone")).sum(),
            last_missed=(pl.col("last") == pl.col("last_gone")).sum(),
        )
    )
    plans = [totals, weekday, subject, away, part]
    totals, weekday, subject, away, part = pl.collect_all(plans, engine="streaming")
    counts = ["days_away", "spells", "longest", "after_break", "part_days", "first_missed", "last_missed"]
    result = totals
    for other in (weekday, subject, away, part):
        result = result.join(other, on="pupil", how="left")
    return result.with_columns(pl.col(counts).fill_null(0).cast(pl.Int64)).sort("pupil")


if __name__ == "__main__":
    started = time.perf_counter()
    frame = compute(sys.argv[1], sys.argv[2], date.fromisoformat(sys.argv[3]))
    print(time.perf_counter() - started)
    frame.write_parquet(sys.argv[4])
