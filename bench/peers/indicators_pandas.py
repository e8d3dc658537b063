"""All indicators of a municipality-year, as one would write them in pandas.

python -m bench.peers.indicators_pandas LESSONS CALENDAR RECENT_FROM OUT
"""

from __future__ import annotations

import sys
import time
from datetime import date

import pandas as pd


def worst(lessons: pd.DataFrame, by: str) -> pd.DataFrame:
    """Return each pupil's weekday or subject with the highest absence share; ties go to the first."""
    sums = lessons.groupby(["pupil", by], observed=True)[["offered", "absent"]].sum().reset_index()
    sums[by] = sums[by].astype(str) if by == "subject" else sums[by]
    sums["share"] = sums["absent"] / sums["offered"]
    sums = sums.sort_values(["pupil", "share", by], ascending=[True, False, True])
    first = sums.drop_duplicates("pupil")
    return first[["pupil", by, "share"]].rename(columns={by: f"worst_{by}", "share": f"{by}_share"})


def compute(lessons_path: str, calendar_path: str, recent_from: date) -> pd.DataFrame:
    """Return one row per pupil with the columns of INDICATORS."""
    columns = [
        "pupil", "unit", "date", "slot", "subject", "offered", "present", "valid", "invalid", "reported",
        "participating",
    ]  # fmt: skip
    lessons = pd.read_parquet(lessons_path, columns=columns)
    lessons["date"] = pd.to_datetime(lessons["date"])
    for name in ("offered", "present", "valid", "invalid"):
        lessons[name] = lessons[name].astype("int64")
    lessons["absent"] = lessons["valid"] + lessons["invalid"]
    lessons["weekday"] = lessons["date"].dt.day_of_week.astype("int64")
    recent = lessons["date"] >= pd.Timestamp(recent_from)
    missed = (lessons["absent"] > 0) & (lessons["absent"] * 2 >= lessons["offered"])
    lessons["missed"] = missed
    lessons["reported"] = lessons["offered"].where(lessons["reported"], 0)
    lessons["late"] = (
        (lessons["present"] > 0)
        & lessons["absent"].between(1, 30)
        & (lessons["absent"] * 2 < lessons["offered"])
    )
    lessons["apart"] = lessons["participating"].eq(False)
    lessons["recent_offered"] = lessons["offered"].where(recent, 0)
    lessons["recent_absent"] = lessons["absent"].where(recent, 0)
    sums = ["offered", "valid", "invalid", "reported", "late", "apart", "recent_offered", "recent_absent"]
    result = lessons.groupby("pupil")[sums].sum().reset_index()
    lessons["first_gone"] = lessons["slot"].where(missed)
    days = lessons.groupby(["pupil", "unit", "date"], sort=False).agg(
        offered=("offered", "sum"),
        absent=("absent", "sum"),
        any_missed=("missed", "any"),
        all_missed=("missed", "all"),
        first=("slot", "min"),
        last=("slot", "max"),
        first_gone=("first_gone", "min"),
        last_gone=("first_gone", "max"),
    )
    days = days.reset_index()
    calendar = pd.read_parquet(calendar_path, columns=["unit", "date", "day_no", "after_break"])
    calendar["date"] = pd.to_datetime(calendar["date"])
    away = days[(days["absent"] > 0) & (days["absent"] * 2 >= days["offered"])]
    away = away.merge(calendar, on=["unit", "date"])
    away = away.sort_values(["pupil", "unit", "day_no"])
    away["run"] = away["day_no"].astype("int64") - away.groupby(["pupil", "unit"]).cumcount()
    runs = away.groupby(["pupil", "unit", "run"]).agg(length=("date", "size"), after=("after_break", "sum"))
    spells = (
        runs.reset_index()
        .groupby("pupil")
        .agg(
            days_away=("length", "sum"),
            spells=("length", "size"),
            longest=("length", "max"),
            after_break=("after", "sum"),
        )
    )
    part = days[days["any_missed"] & ~days["all_missed"]]
    part = part.assign(
        first_missed=part["first"] == part["first_gone"], last_missed=part["last"] == part["last_gone"]
    )
    edges = part.groupby("pupil").agg(
        part_days=("date", "size"), first_missed=("first_missed", "sum"), last_missed=("last_missed", "sum")
    )
    parts = (worst(lessons, "weekday"), worst(lessons, "subject"), spells.reset_index(), edges.reset_index())
    for other in parts:
        result = result.merge(other, on="pupil", how="left")
    counts = ["days_away", "spells", "longest", "after_break", "part_days", "first_missed", "last_missed"]
    result[counts] = result[counts].fillna(0).astype("int64")
    return result.sort_values("pupil").reset_index(drop=True)


if __name__ == "__main__":
    started = time.perf_counter()
    frame = compute(sys.argv[1], sys.argv[2], date.fromisoformat(sys.argv[3]))
    print(time.perf_counter() - started)
    frame.to_parquet(sys.argv[4])
