"""Small made-up lesson tables."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

import pyarrow as pa

from samhandla.analytics.tables.attendance import LESSONS
from samhandla.analytics.tables.totals import TOTALS

PRESENT = {"offered": 60, "valid": 0, "invalid": 0, "other": 0, "reported": True, "participating": None}
NOTHING = {
    "activity": "",
    "subject": "",
    "reported": None,
    "present": 0,
    "valid": 0,
    "invalid": 0,
    "other": 0,
    "absence_only": False,
}


def lesson(pupil: int, unit: int, day: date, slot: int = 1, **values: Any) -> dict[str, Any]:
    """Return one lesson of 60 minutes; what is not given is presence."""
    row = {**PRESENT, **values}
    row.setdefault("present", row["offered"] - row["valid"] - row["invalid"] - row["other"])
    start = 480 + 60 * (slot - 1)
    return {"pupil": pupil, "unit": unit, "group": 1, "date": day, "start": start, "slot": slot,
            "subject": "MA", **row}  # fmt: skip


def table(rows: Iterable[dict[str, Any]]) -> pa.Table:
    rows = list(rows)
    return pa.table({f.name: pa.array([r[f.name] for r in rows], f.type) for f in LESSONS.schema})


def totals(rows: Iterable[dict[str, Any]]) -> pa.Table:
    rows = [{**NOTHING, **row} for row in rows]
    return pa.table({f.name: pa.array([r[f.name] for r in rows], f.type) for f in TOTALS.schema})
