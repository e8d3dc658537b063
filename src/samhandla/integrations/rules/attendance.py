"""From the source's ids to the register's numbers: lessons and totals, row by row accounted for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from samhandla.analytics.tables.attendance import LESSONS
from samhandla.analytics.tables.totals import TOTALS
from samhandla.integrations.records import Refused
from samhandla.lib.i18n import N_

Ints = npt.NDArray[np.int64]
Flags = npt.NDArray[np.bool_]
FIRST_START = 8 * 60  # minutes after midnight, where the source gives no time of day
SLOT_MINUTES = 60
REFUSALS_LISTED = 10_000


@dataclass
class Places:
    """What the source's words stand for.

    Args:
        pupils: id → the child's number. `left_out`: tells whether an id is somebody left out on purpose.
        units: id, skolenhetskod or name → unit. `homes`: child → the unit it goes to.
        scope: units of a limited run; None for all.
    """

    pupils: Mapping[str, int]
    left_out: Callable[[str], bool]
    units: Mapping[str, int]
    groups: Mapping[str, int]
    homes: Mapping[int, int]
    scope: frozenset[int] | None = None


@dataclass
class Resolved:
    """Attendance with the register's numbers, and what became of every row.

    `other_unit` rows are among the refused: they belong to another unit than the run.
    """

    table: pa.Table
    refused: list[Refused] = field(default_factory=list)
    refused_total: int = 0
    protected: int = 0
    other_unit: int = 0


def resolve_lessons(lessons: pa.Table, places: Places) -> Resolved:
    """Return lessons with the columns of LESSONS, ordered by pupil, day and start.

    A row about an unknown pupil or unit is refused with its row number; one about somebody left out
    because of protected identity is only counted. Of two rows for the same pupil and time the first counts.
    """
    found, pupil, unit, keep = _resolve(lessons, places)
    slot = _numbers(lessons["slot"], 1)
    start = np.where(
        pc.is_null(lessons["start"]).to_numpy(zero_copy_only=False),
        FIRST_START + (slot - 1) * SLOT_MINUTES,
        _numbers(lessons["start"], 0),
    )
    day = lessons["date"].cast(pa.int32()).to_numpy(zero_copy_only=False).astype(np.int64)
    order = np.lexsort((start, day, pupil))
    order = order[keep[order]]
    again = np.zeros(len(order), bool)
    for column in (pupil, day, start):
        same = np.zeros(len(order), bool)
        same[1:] = column[order][1:] == column[order][:-1]
        again = same if column is pupil else again & same
    _refuse(found, lessons, order[again], N_("Eleven har redan en lektion som börjar samtidigt."))
    order = order[~again]
    rows = lessons.take(pa.array(order))
    group = _codes(lessons["group"], places.groups)
    columns = {
        **{name: rows[name] for name in rows.column_names if name in LESSONS.names},
        "pupil": pa.array(pupil[order]),
        "unit": pa.array(unit[order]),
        "group": pa.array(np.maximum(group[order], 0)),
        "start": pa.array(start[order]),
        "slot": pa.array(slot[order]),
        "subject": _subjects(rows["subject"]),
    }
    found.table = pa.table({name: columns[name] for name in LESSONS.names}).cast(LESSONS.schema)
    return found


def resolve_totals(totals: pa.Table, places: Places, *, absence_only: bool = False) -> Resolved:
    """Return totals with the columns of TOTALS, as `resolve_lessons`.

    Args:
        absence_only: what was offered is told of absence alone.
    """
    found, pupil, unit, keep = _resolve(totals, places)
    order = np.flatnonzero(keep)
    rows = totals.take(pa.array(order))
    columns = {
        **{name: rows[name] for name in rows.column_names if name in TOTALS.names},
        "pupil": pa.array(pupil[order]),
        "unit": pa.array(unit[order]),
        "activity": _texts(rows["activity"]),
        "subject": _texts(rows["subject"]),
        "first_date": rows["start"],
        "last_date": rows["end"],
        "absence_only": pa.array([absence_only] * len(order), pa.bool_()),
    }
    found.table = pa.table({name: columns[name] for name in TOTALS.names}).cast(TOTALS.schema)
    return found


def _resolve(rows: pa.Table, places: Places) -> tuple[Resolved, Ints, Ints, Flags]:
    found = Resolved(table=rows.slice(0, 0))
    pupil = _codes(rows["pupil"], places.pupils)
    hidden = _flags(rows["pupil"], places.left_out)
    found.protected = int(hidden.sum())
    unknown = (pupil < 0) & ~hidden
    _refuse(found, rows, np.flatnonzero(unknown), N_("Eleven finns inte i registret."), "pupil")
    home = np.array([places.homes.get(int(one), -1) for one in np.unique(pupil)], np.int64)
    home = home[np.searchsorted(np.unique(pupil), pupil)] if len(pupil) else pupil
    named = ~pc.is_null(rows["unit"]).to_numpy(zero_copy_only=False)
    unit = np.where(named, _codes(rows["unit"], places.units), home)
    good = ~hidden & ~unknown
    lost = good & (unit < 0)
    _refuse(found, rows, np.flatnonzero(lost), N_("Skolenheten finns inte i registret."), "unit")
    good &= ~lost
    if places.scope is not None:
        away = good & ~np.isin(unit, list(places.scope))
        reason = N_("Raden gäller en annan skolenhet än importen.")
        _refuse(found, rows, np.flatnonzero(away), reason, "unit")
        found.other_unit = int(away.sum())
        good &= ~away
    return found, pupil, unit, good


def _refuse(found: Resolved, rows: pa.Table, which: Ints, reason: str, name: str = "") -> None:
    found.refused_total += len(which)
    room = max(0, REFUSALS_LISTED - len(found.refused))
    numbers = rows["row"].take(pa.array(which[:room])).to_pylist() if room else []
    found.refused += [Refused(row=number, field=name, reason=reason) for number in numbers]


def _dictionary(column: pa.ChunkedArray) -> pa.DictionaryArray:
    whole = column.unify_dictionaries().combine_chunks()
    if isinstance(whole, pa.ChunkedArray):
        return whole.chunk(0) if whole.num_chunks else pa.array([], column.type)
    return whole


def _codes(column: pa.ChunkedArray, numbers: Mapping[str, int]) -> Ints:
    """Return one number per row, -1 where the word is unknown or missing; each word is looked up once."""
    coded = _dictionary(column)
    each = [_look_up(numbers, word) for word in coded.dictionary.to_pylist()]
    table = np.array([*each, -1], np.int64)
    found: Ints = table[coded.indices.fill_null(len(each)).to_numpy(zero_copy_only=False)]
    return found


def _look_up(numbers: Mapping[str, int], word: str) -> int:
    found = numbers.get(word)
    return numbers.get(word.strip().casefold(), -1) if found is None else found


def _flags(column: pa.ChunkedArray, holds: Callable[[str], bool]) -> Flags:
    coded = _dictionary(column)
    table = np.array([*(holds(word) for word in coded.dictionary.to_pylist()), False])
    found: Flags = table[coded.indices.fill_null(len(table) - 1).to_numpy(zero_copy_only=False)]
    return found


def _numbers(column: pa.ChunkedArray, otherwise: int) -> Ints:
    filled: Ints = column.fill_null(otherwise).to_numpy().astype(np.int64)
    return filled


def _texts(column: pa.ChunkedArray) -> pa.ChunkedArray:
    return column.cast(pa.string()).fill_null("")


def _subjects(column: pa.ChunkedArray) -> pa.Array:
    coded = _texts(column).dictionary_encode().combine_chunks()
    return pa.array([], LESSONS.schema.field("subject").type) if not len(column) else _whole(coded)


def _whole(coded: Any) -> pa.Array:
    return coded.chunk(0) if isinstance(coded, pa.ChunkedArray) else coded
