"""Data quality, shown before any list of pupils: what the figures can carry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from samhandla.analytics.load import Attendance
from samhandla.analytics.tables.attendance import LESSONS, MAX_LESSON_MINUTES
from samhandla.lib.i18n import N_

LOW_REPORTING = 0.85  # below this share of registered teaching every figure is greyed


@dataclass(frozen=True)
class Finding:
    """One thing found in the data: a code, how many of how many, where, and a sentence."""

    code: str
    count: int
    of: int
    text: str
    unit: int | None = None
    group: int | None = None


IMPLAUSIBLE = {
    "negative_minutes": N_("{count} lektioner har negativa minuter och räknas inte."),
    "no_teaching": N_("{count} rader har inga undervisningsminuter och räknas inte."),
    "over_long": N_("{count} lektioner är längre än {limit} minuter och räknas inte."),
    "absence_over_offered": N_("{count} lektioner har mer frånvaro än undervisning och räknas inte."),
    "duplicate": N_("{count} rader är dubbletter (samma elev, dag och starttid); den sista räknas."),
}


def set_aside(lessons: pa.Table) -> tuple[pa.Table, list[Finding]]:
    """Part the lessons that can be counted from those that cannot be right.

    Nothing is deleted: the caller keeps the original, and each kind is reported with its count.

    Returns: the plausible lessons, and one finding per kind that was found.
    """
    low = _least(lessons, ("offered", "present", "valid", "invalid", "other"))
    offered = lessons["offered"].to_numpy().astype(np.int64)
    absent = lessons["valid"].to_numpy().astype(np.int64) + lessons["invalid"].to_numpy()
    masks = {
        "negative_minutes": low < 0,
        "no_teaching": offered == 0,
        "over_long": offered > MAX_LESSON_MINUTES,
        "absence_over_offered": (absent > offered) & (offered > 0),
    }
    bad = np.zeros(lessons.num_rows, bool)
    findings = []
    for code, mask in masks.items():
        new = mask & ~bad
        bad |= mask
        findings.append((code, int(new.sum())))
    doubles = _doubles(lessons) & ~bad
    findings.append(("duplicate", int(doubles.sum())))
    kept = lessons.filter(pa.array(~(bad | doubles)))
    return kept, [
        Finding(code, count, lessons.num_rows, IMPLAUSIBLE[code].format(count=count, limit=MAX_LESSON_MINUTES))
        for code, count in findings
        if count
    ]


def _least(lessons: pa.Table, names: tuple[str, ...]) -> np.ndarray:
    return np.minimum.reduce([lessons[name].to_numpy() for name in names])


def _doubles(lessons: pa.Table) -> np.ndarray:
    """Mark every row but the last of each pupil, day and start."""
    keys = [lessons[name].to_numpy().astype("datetime64[D]").astype(np.int64) if name == "date"
            else lessons[name].to_numpy().astype(np.int64) for name in LESSONS.key]  # fmt: skip
    order = np.lexsort((np.arange(lessons.num_rows), *reversed(keys)))
    same_as_next = np.zeros(lessons.num_rows, bool)
    if lessons.num_rows > 1:
        same_as_next[:-1] = np.logical_and.reduce([key[order][1:] == key[order][:-1] for key in keys])
    out = np.zeros(lessons.num_rows, bool)
    out[order] = same_as_next
    return out


def examine(
    attendance: Attendance, lessons: pa.Table, days: pa.Table, calendar: pa.Table, put_aside: list[Finding]
) -> dict[str, Any]:
    """Sum up what the data can carry.

    Returns: rows, reporting rate, and findings as plain values.
    """
    offered = pc.sum(days["offered"]).as_py()
    reported = pc.sum(days["reported"]).as_py()
    return {
        "rows": attendance.lessons.num_rows,
        "counted_rows": lessons.num_rows,
        "pupils": attendance.pupils.num_rows,
        "reporting_rate": round(reported / offered, 4) if offered else None,
        "assumed": list(attendance.notes),
        "findings": [vars(finding) for finding in put_aside],
    }
