"""Lesson files: one pupil and one lesson per row → `ParsedLessons`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from samhandla.analytics.tables.attendance import LESSONS
from samhandla.integrations.files import arrange
from samhandla.integrations.files.amounts import yes_no_or_blank
from samhandla.integrations.files.columns import Coded, Codes, Mask, canonical, combine
from samhandla.integrations.files.errors import BadMapping
from samhandla.integrations.files.findings import Cell, Problem
from samhandla.integrations.files.mapping import Kind, Mapping
from samhandla.integrations.files.parsed import (
    LESSON_SCHEMA,
    Counts,
    ParsedLessons,
    number_column,
    text_column,
)
from samhandla.integrations.files.prepare import (
    Options,
    Prepared,
    days,
    label,
    minutes,
    part,
    prepare,
    pupils,
    slot_number,
    time_reader,
)
from samhandla.integrations.files.read import FileTable
from samhandla.integrations.files.wording import DUPLICATE
from samhandla.lib.i18n import N_, say

MAX_SLOT = int(next(column.high or 0 for column in LESSONS.columns if column.name == "slot"))
PART_ROWS = 2_000_000
PARTS = ("offered", "present", "valid", "invalid", "other")


@dataclass
class _Lessons:
    """The understood columns of a lesson file, all of the same length."""

    pupil: Coded[str | None]
    day: Coded[Cell]
    start: Coded[int | None]
    slot: Coded[int | None]
    unit: Coded[str | None]
    group: Coded[str | None]
    subject: Coded[str | None]
    minutes: Coded[Cell]
    participating: Coded[bool | None]

    def keep(self, rows: Codes) -> _Lessons:
        return _Lessons(**{name: getattr(self, name).keep(rows) for name in self.__dataclass_fields__})

    @property
    def pupil_day(self) -> Codes:
        return arrange.pupil_days(self.pupil, self.day.map(lambda cell: cell.value))


def parse_lessons(table: FileTable, mapping: Mapping, options: Options) -> ParsedLessons:
    """Parse a file with one pupil and one lesson per row.

    Every row read ends in exactly one of accepted, refused, duplicates and protected. A row
    that repeats pupil, day and start of an accepted one is a duplicate, the first is kept.
    Weekends, holidays, overlaps and unknown lengths of late arrival are marked and kept.

    Raises:
        BadMapping: the mapping is not for lessons.
        MissingColumn, Truncated, WrongEncoding, EmptyFile: nothing is taken.
    """
    if mapping.kind is not Kind.LESSONS:
        raise BadMapping(N_("Kopplingen gäller inte lektionsrader."))
    prepared = prepare(table, mapping, options)
    lessons = _understand(prepared)
    prepared.raw.clear()
    parts = [_arrange(lessons, prepared, rows) for rows in _by_pupil(lessons.pupil)]
    accepted = np.concatenate([some.accepted for some in parts])
    slots = np.concatenate([some.slots for some in parts])
    duplicates = np.sort(np.concatenate([some.duplicates for some in parts]))
    if len(parts) > 1:
        order = np.argsort(accepted)
        accepted, slots = accepted[order], slots[order]
    return _result(prepared, lessons.keep(accepted), slots, accepted, duplicates)


@dataclass(frozen=True)
class _Arranged:
    """What became of some pupils' rows; `accepted` and `slots` belong together."""

    accepted: Codes
    slots: npt.NDArray[np.int8]
    duplicates: Codes


def _by_pupil(pupil: Coded[str | None]) -> Iterator[Codes]:
    """Share the rows out in parts of whole pupils, so that large files need little memory."""
    parts = max(1, -(-len(pupil) // PART_ROWS))
    if parts == 1:
        yield np.arange(len(pupil))
        return
    owner = (np.arange(len(pupil.values)) % parts)[pupil.codes]
    for turn in range(parts):
        yield np.flatnonzero(owner == turn)


def _arrange(lessons: _Lessons, prepared: Prepared, rows: Codes) -> _Arranged:
    mine = lessons.keep(rows)
    good = ~prepared.refused[rows]
    again = _repeats(mine, prepared, rows, good)
    good[again] = False
    taken = np.flatnonzero(good)
    slots, too_many = _slots(mine.keep(taken), prepared, rows[taken])
    taken, slots = taken[~too_many], slots[~too_many]
    _mark_overlaps(mine.keep(taken), prepared, rows[taken])
    return _Arranged(rows[taken], slots.astype(np.int8), rows[again])


def _understand(prepared: Prepared) -> _Lessons:
    def values(cells: Coded[Cell]) -> Coded[Any]:
        return canonical(cells.map(lambda cell: cell.value))

    unit = values(prepared.understand("unit", label))
    if "unit" not in prepared.raw:
        unit = Coded(unit.codes, [prepared.options.unit])
    return _Lessons(
        pupil=pupils(prepared),
        day=days(prepared, "date", mark=True),
        start=values(prepared.understand("start", time_reader(prepared.mapping))),
        slot=values(prepared.understand("slot", slot_number)),
        unit=unit,
        group=values(prepared.understand("group", label)),
        subject=values(prepared.understand("subject", label)),
        minutes=minutes(prepared),
        participating=values(prepared.understand("participating", yes_no_or_blank)),
    )


def _moments(lessons: _Lessons) -> Codes:
    return arrange.moment_keys(lessons.pupil_day, lessons.start, lessons.slot, lessons.group, lessons.subject)


def _repeats(mine: _Lessons, prepared: Prepared, rows: Codes, good: Mask) -> Codes:
    """The places of rows that repeat an earlier good one; also refused rows do, with both reasons."""
    known = np.flatnonzero(
        mine.pupil.where(lambda value: value is not None)
        & mine.day.where(lambda cell: cell.value is not None)
    )
    local = mine.keep(known)
    found, firsts = arrange.find_repeats(_moments(local), good[known])
    again, first = known[found], known[firsts]
    minutes_of: Coded[Any] = mine.minutes.map(lambda cell: cell.value)
    columns: list[Coded[Any]] = [minutes_of, mine.unit, mine.group, mine.subject]
    content = canonical(combine([column.take(np.concatenate((again, first))) for column in columns])).codes
    same = content[: len(again)] == content[len(again) :]
    _note_repeats(prepared, rows[again[same]], rows[first[same]], identical=True)
    _note_repeats(prepared, rows[again[~same]], rows[first[~same]], identical=False)
    return again


def _note_repeats(prepared: Prepared, rows: Codes, firsts: Codes, *, identical: bool) -> None:
    reason = (
        N_("Samma rad finns redan på rad {row}.")
        if identical
        else N_("Eleven har redan en lektion samma tid på rad {row}, med annat innehåll. Den första behölls.")
    )
    prepared.findings.add(prepared.numbers[rows], Problem(DUPLICATE, reason), prepared.numbers[firsts])


def _slots(lessons: _Lessons, prepared: Prepared, rows: Codes) -> tuple[Codes, Mask]:
    day = lessons.pupil_day
    counted = arrange.number_in_order(day, lessons.start)
    if "slot" in prepared.units:
        again, shared = arrange.find_shared_slots(day, lessons.slot)
        reason = N_("Eleven har redan lektion {slot} den dagen, på rad {row}.")
        codes = lessons.slot.codes[again]
        for code in np.unique(codes):
            number = str(lessons.slot.values[int(code)])
            problem = Problem("slot", say(reason, slot=number, row="{row}"), kept=True)
            numbers = prepared.numbers[rows]
            prepared.findings.add(numbers[again[codes == code]], problem, numbers[shared[codes == code]])
    slots = counted
    if prepared.mapping.number_lessons == "source":
        given = lessons.slot.numbers(lambda value: 0 if value is None else value)
        slots = np.where(given > 0, given, counted)
    too_many = slots > MAX_SLOT
    reason = say(N_("Eleven har fler än {limit} lektioner den dagen."), limit=MAX_SLOT)
    prepared.findings.add(prepared.numbers[rows[too_many]], Problem("slot", reason))
    prepared.refused[rows[too_many]] = True
    return slots, too_many


def _mark_overlaps(lessons: _Lessons, prepared: Prepared, rows: Codes) -> None:
    length = part(lessons.minutes, "offered").numbers(lambda value: value or 0)
    begins = lessons.start.numbers(lambda value: -1 if value is None else value)
    overlapped = arrange.find_overlaps(lessons.pupil_day, begins, length)
    again = np.flatnonzero(overlapped >= 0)
    prepared.findings.add(
        prepared.numbers[rows[again]],
        Problem("start", N_("Lektionen börjar innan lektionen på rad {row} är slut."), kept=True),
        prepared.numbers[rows[overlapped[again]]],
    )


def _result(
    prepared: Prepared,
    lessons: _Lessons,
    slots: npt.NDArray[np.int8],
    accepted: Codes,
    duplicates: Codes,
) -> ParsedLessons:
    refused = np.setdiff1d(np.flatnonzero(prepared.refused), duplicates, assume_unique=True)
    columns = [
        pa.array(prepared.numbers[accepted]),
        text_column(lessons.pupil),
        text_column(lessons.unit),
        text_column(lessons.group),
        number_column(lessons.day.map(lambda cell: cell.value), pa.date32()),
        number_column(lessons.start, pa.int16()),
        pa.array(slots),
        text_column(lessons.subject.map(lambda value: value or "")),
        *(number_column(part(lessons.minutes, name), pa.int16()) for name in PARTS),
        number_column(part(lessons.minutes, "reported").map(bool), pa.bool_()),
        number_column(lessons.participating, pa.bool_()),
    ]
    counts = Counts(
        read=len(prepared) + len(prepared.ragged) + prepared.protected,
        accepted=len(accepted),
        refused=len(refused) + len(prepared.ragged),
        duplicates=len(duplicates),
        protected=prepared.protected,
        blank=prepared.blank,
    )
    return ParsedLessons(
        mapping=prepared.mapping,
        counts=counts,
        findings=prepared.findings,
        refused_rows=np.sort(np.concatenate((prepared.numbers[refused], prepared.ragged))),
        duplicate_rows=prepared.numbers[duplicates],
        accepted_rows=prepared.numbers[accepted],
        notes=prepared.notes,
        table=pa.table(columns, schema=LESSON_SCHEMA),
    )
