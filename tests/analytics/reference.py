"""A tiny engine in plain Python: slow, obvious, and the judge of the real one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from samhandla.analytics.calendar import number_days
from samhandla.analytics.load import register
from samhandla.analytics.tables.attendance import LESSONS

MONDAY = date(2025, 8, 18)


@dataclass
class Drawn:
    """A drawn table of lessons: each mark is one lesson of sixty minutes.

    . present   g valid   o invalid   a other activity   - not registered
    l ten minutes late (invalid)   n in the room but not taking part
    """

    lessons: list[dict[str, Any]] = field(default_factory=list)

    def add(self, pupil: int, day: int, marks: str, unit: int = 1, subjects: str = "") -> Drawn:
        """Add one pupil's day; `day` counts weekdays from Monday 18 August 2025."""
        for slot, mark in enumerate(marks, 1):
            subject = subjects[slot - 1] if subjects else "MA"
            self.lessons.append(lesson(pupil, school_day(day), slot, mark, unit, subject))
        return self

    def table(self) -> pa.Table:
        """Return the lessons as declared in LESSONS."""
        columns = {name: [row[name] for row in self.lessons] for name in LESSONS.names}
        arrays = [pa.array(columns[f.name]).cast(f.type) for f in LESSONS.schema if f.name != "subject"]
        names = [name for name in LESSONS.names if name != "subject"]
        subject = pa.array(columns["subject"]).dictionary_encode().cast(LESSONS.schema.field("subject").type)
        plain = pa.Table.from_arrays(arrays, names=names)
        return plain.append_column("subject", subject).select(LESSONS.names)

    def calendar(self) -> pa.Table:
        """Return every weekday in the table as a school day of its unit."""
        pairs = sorted({(row["unit"], row["date"]) for row in self.lessons})
        units = np.array([unit for unit, _ in pairs], np.int64)
        return number_days(units, np.array([day for _, day in pairs], "datetime64[D]"))

    def pupils(self, **columns: Any) -> pa.Table:
        """Return the pupils of the table, with some columns set."""
        ids = sorted({row["pupil"] for row in self.lessons})
        unit = {row["pupil"]: row["unit"] for row in self.lessons}
        given = {name: pa.array(values) for name, values in columns.items()}
        return register({"pupil": np.array(ids), "unit": np.array([unit[i] for i in ids]), **given})


def school_day(number: int) -> date:
    """Return a weekday by number: 0 is Monday 18 August 2025, 5 the Monday after."""
    return MONDAY + timedelta(days=number // 5 * 7 + number % 5)


def lesson(pupil: int, day: date, slot: int, mark: str, unit: int, subject: str) -> dict[str, Any]:
    """Return one lesson of sixty minutes as a row of LESSONS."""
    valid = 60 if mark == "g" else 0
    invalid = {"o": 60, "l": 10}.get(mark, 0)
    other = 60 if mark == "a" else 0
    present = 0 if mark == "-" else 60 - valid - invalid - other
    return {
        "pupil": pupil, "unit": unit, "group": 0, "date": day, "start": 480 + 60 * slot, "slot": slot,
        "subject": subject, "offered": 60, "present": present, "valid": valid, "invalid": invalid,
        "other": other,
        "reported": mark != "-", "participating": False if mark == "n" else None,
    }  # fmt: skip


def grouped(rows: Iterable[dict[str, Any]], *keys: str) -> dict[tuple[Any, ...], list[dict[str, Any]]]:
    """Part rows by some of their values."""
    parts: dict[tuple[Any, ...], list[dict[str, Any]]] = defaultdict(list)
    for row in rows:
        parts[tuple(row[key] for key in keys)].append(row)
    return dict(parts)


def absence_share(rows: Iterable[dict[str, Any]]) -> float:
    """Return valid and invalid minutes over offered minutes."""
    rows = list(rows)
    return sum(r["valid"] + r["invalid"] for r in rows) / sum(r["offered"] for r in rows)


def days_away(rows: Iterable[dict[str, Any]]) -> set[tuple[int, int, date]]:
    """Return (pupil, unit, day) of the days with at least half missed."""
    out = set()
    for key, lessons in grouped(rows, "pupil", "unit", "date").items():
        if absence_share(lessons) >= 0.5:
            out.add(key)
    return out


def spells(rows: Iterable[dict[str, Any]], calendar: pa.Table) -> list[tuple[int, date, date, int]]:
    """Return (pupil, first, last, length) of every unbroken spell."""
    number = {(r["unit"], r["date"]): r["day_no"] for r in calendar.to_pylist()}
    found: list[tuple[int, date, date, int]] = []
    previous: tuple[int, int, int] | None = None
    for pupil, unit, day in sorted(days_away(rows)):
        here = number[unit, day]
        if previous == (pupil, unit, here - 1):
            _, first, _, length = found.pop()
            found.append((pupil, first, day, length + 1))
        else:
            found.append((pupil, day, day, 1))
        previous = (pupil, unit, here)
    return found
