"""Which sums count where a source tells of no lessons: no day twice, and no day that lessons tell of.

A supplier may send a sum per activity and one of all teaching, a sum per month and one of the term so far,
or the same period anew a week later. Of these one set is chosen per pupil: periods that do not overlap, as
many days as possible, the newest where two choices tell of as many.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from samhandla.analytics.tables.totals import SUMS

Ints = NDArray[Any]
# Above every number of days since 1970 that a calendar holds, so that pupil and day make one number.
DAYS_PER_PUPIL = 1 << 24
Period = tuple[int, int, int]

# One row per source's row, as it is stored: what `counting_sums` reads.
WINDOWS = pa.schema(
    [
        ("pupil", pa.int64()),
        ("source", pa.int64()),
        ("batch", pa.int64()),
        ("whole", pa.bool_()),  # of all teaching, not of one activity or subject
        ("first_date", pa.date32()),
        ("last_date", pa.date32()),
        ("offered", pa.int64()),
        ("reported", pa.int64()),  # empty when the source does not tell
        ("valid", pa.int64()),
        ("invalid", pa.int64()),
    ]
)


def counting_sums(windows: pa.Table, lesson_days: pa.Table | None = None) -> pa.Table:
    """Return the sums that count, one row per pupil and period, none of a pupil overlapping another.

    A period with a single day that lessons tell of does not count: those lessons do.

    Args:
        windows: rows as in WINDOWS.
        lesson_days: `pupil` and `date` of the days with lessons; more pupils do no harm.

    Returns: rows as declared in SUMS, ordered by pupil and first day.
    """
    rows = _one_per_period(windows)
    if not rows.num_rows:
        return SUMS.schema.empty_table()
    if lesson_days is not None and lesson_days.num_rows:
        rows = rows.filter(pa.array(~_with_lessons(rows, lesson_days)))
    rows = rows.sort_by([("pupil", "ascending"), ("first_date", "ascending"), ("last_date", "ascending")])
    rows = rows.filter(pa.array(_chosen(rows)))
    return rows.select(SUMS.names).cast(SUMS.schema)


def _one_per_period(windows: pa.Table) -> pa.Table:
    """Add up a source's activities, and keep of several sources, or of part and whole, one per period."""
    told = pc.if_else(pc.is_null(windows["reported"]), 0, windows["offered"])
    rows = windows.append_column("told", told)
    rows = rows.set_column(
        rows.schema.get_field_index("reported"), "reported", pc.fill_null(rows["reported"], 0)
    )
    keys = ["pupil", "first_date", "last_date", "source", "whole"]
    summed = ("offered", "reported", "told", "valid", "invalid")
    sums = rows.group_by(keys).aggregate([*((name, "sum") for name in summed), ("batch", "max")])
    sums = sums.rename_columns([*keys, *summed, "batch"])
    sums = sums.filter(pc.greater(sums["offered"], 0))
    order = [(name, "ascending") for name in keys[:3]]
    sums = sums.sort_by([*order, ("batch", "descending"), ("whole", "descending")])
    return sums.filter(pa.array(_first_of_each(sums, keys[:3])))


def _first_of_each(rows: pa.Table, keys: Sequence[str]) -> Ints:
    first = np.ones(rows.num_rows, bool)
    if rows.num_rows > 1:
        columns = [_numbers(rows, name) for name in keys]
        first[1:] = np.logical_or.reduce([column[1:] != column[:-1] for column in columns])
    return first


def _numbers(rows: pa.Table, name: str) -> Ints:
    column = rows[name]
    found: Ints = (column.cast(pa.int32()) if pa.types.is_date(column.type) else column).to_numpy()
    return found.astype(np.int64)


def _with_lessons(rows: pa.Table, lesson_days: pa.Table) -> Ints:
    """Tell of each row whether lessons tell of some day in its period."""
    theirs = lesson_days.filter(pc.is_in(lesson_days["pupil"], value_set=pc.unique(rows["pupil"])))
    days = np.sort(_numbers(theirs, "pupil") * DAYS_PER_PUPIL + _numbers(theirs, "date"))
    pupil = _numbers(rows, "pupil") * DAYS_PER_PUPIL
    first, last = pupil + _numbers(rows, "first_date"), pupil + _numbers(rows, "last_date")
    found: Ints = np.searchsorted(days, first) < np.searchsorted(days, last, side="right")
    return found


def _chosen(rows: pa.Table) -> Ints:
    """Tell which periods are kept. Most pupils have none that overlap, and are done at once."""
    pupil, first, last, batch = (_numbers(rows, n) for n in ("pupil", "first_date", "last_date", "batch"))
    keep = np.ones(len(pupil), bool)
    if not len(pupil):
        return keep
    # Ordered by pupil and first day: the latest day so far of the same pupil, never of the one before.
    reach = np.maximum.accumulate(pupil * DAYS_PER_PUPIL + last)
    clash = np.append(False, (pupil[1:] * DAYS_PER_PUPIL + first[1:]) <= reach[:-1])
    starts = np.flatnonzero(np.append(True, pupil[1:] != pupil[:-1]))
    ends = np.append(starts[1:], len(pupil))
    found: dict[tuple[Period, ...], list[int]] = {}  # pupils of a school have the same periods
    for place in np.flatnonzero(np.add.reduceat(clash, starts)):
        start, end = int(starts[place]), int(ends[place])
        part = slice(start, end)
        periods = tuple(zip(first[part].tolist(), last[part].tolist(), batch[part].tolist(), strict=True))
        if periods not in found:
            found[periods] = most_days(periods)
        keep[part] = False
        keep[start + np.array(found[periods])] = True
    return keep


def most_days(periods: Sequence[Period]) -> list[int]:
    """Return the places of periods that do not overlap and cover as many days as possible.

    Args:
        periods: first day, last day (included) and batch of each; of two choices with as many days the
            one whose last period came with the later batch is taken.

    >>> most_days([(1, 30, 1), (1, 60, 2), (31, 60, 1), (61, 90, 3)])
    [1, 3]
    """
    order = sorted(range(len(periods)), key=lambda place: (periods[place][1], periods[place][2]))
    lasts = np.array([periods[place][1] for place in order])
    best: list[tuple[int, int, list[int]]] = [(0, 0, [])]
    for number, place in enumerate(order):
        first, last, batch = periods[place]
        before = best[min(int(np.searchsorted(lasts, first)), number)]
        with_it = (before[0] + last - first + 1, batch, [*before[2], place])
        best.append(max(best[-1], with_it, key=lambda choice: choice[:2]))
    return sorted(best[-1][2])
