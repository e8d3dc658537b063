"""Files with sums per pupil and day or period → `ParsedTotals`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import numpy as np
import pyarrow as pa

from samhandla.integrations.files import arrange
from samhandla.integrations.files.columns import Coded, Codes, canonical, combine, constant
from samhandla.integrations.files.errors import BadMapping, MissingColumn
from samhandla.integrations.files.findings import Cell, Problem
from samhandla.integrations.files.mapping import Kind, Mapping
from samhandla.integrations.files.parsed import (
    TOTALS_SCHEMA,
    Counts,
    ParsedTotals,
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
)
from samhandla.integrations.files.read import FileTable
from samhandla.integrations.files.wording import DUPLICATE
from samhandla.lib.i18n import N_, say

PARTS = ("offered", "reported", "present", "valid", "invalid", "other")


@dataclass
class _Totals:
    """The understood columns of a totals file, all of the same length."""

    pupil: Coded[str | None]
    unit: Coded[str | None]
    activity: Coded[str | None]
    subject: Coded[str | None]
    start: Coded[date | None]
    end: Coded[date | None]
    minutes: Coded[Cell]

    def take(self, rows: Codes) -> _Totals:
        """The rows at some places, in any order."""
        return _Totals(**{name: getattr(self, name).take(rows) for name in self.__dataclass_fields__})


def parse_totals(table: FileTable, mapping: Mapping, options: Options) -> ParsedTotals:
    """Parse a file with one pupil and one day or period per row.

    A day becomes a window of that one day. Every row read ends in exactly one of accepted,
    refused, duplicates and protected; the first of several rows with the same pupil, activity,
    subject and window is kept, overlapping windows are marked.

    Raises:
        BadMapping: the mapping is for lessons or persons.
        MissingColumn: no column tells the window and `options.window` is not given.
        Truncated, WrongEncoding, EmptyFile: nothing is taken.
    """
    if mapping.kind not in {Kind.DAYS, Kind.TOTALS}:
        raise BadMapping(N_("Kopplingen gäller inte summor per dag eller period."))
    prepared = prepare(table, mapping, options)
    totals = _understand(prepared)
    _refuse_backwards(totals, prepared)
    known = np.flatnonzero(
        totals.pupil.where(lambda value: value is not None)
        & totals.start.where(lambda value: value is not None)
    )
    good = ~prepared.refused
    found, firsts = arrange.find_repeats(_keys(totals.take(known)), good[known])
    repeats = known[found]
    _note_repeats(totals, prepared, repeats, known[firsts])
    good[repeats] = False
    accepted = np.flatnonzero(good)
    taken = totals.take(accepted)
    _mark_overlaps(taken, prepared, accepted)
    return _result(prepared, taken, accepted, repeats)


def _understand(prepared: Prepared) -> _Totals:
    def labels(name: str) -> Coded[str | None]:
        return canonical(prepared.understand(name, label).map(lambda cell: cell.value))

    unit = labels("unit")
    if "unit" not in prepared.raw:
        unit = Coded(unit.codes, [prepared.options.unit])
    start, end = _window(prepared)
    return _Totals(
        pupil=pupils(prepared),
        unit=unit,
        activity=labels("activity"),
        subject=labels("subject"),
        start=start,
        end=end,
        minutes=minutes(prepared),
    )


def _window(prepared: Prepared) -> tuple[Coded[date | None], Coded[date | None]]:
    def day(name: str, *, mark: bool) -> Coded[date | None]:
        return canonical(days(prepared, name, mark=mark).map(lambda cell: cell.value))

    if "date" in prepared.raw:
        only = day("date", mark=prepared.mapping.kind is Kind.DAYS)
        return only, only
    if "start" in prepared.raw and "end" in prepared.raw:
        return day("start", mark=False), day("end", mark=False)
    window = prepared.options.window
    if window is None:
        raise MissingColumn(N_("Filen säger inte vilken period den gäller. Ange första och sista dag."))
    return constant(window[0], len(prepared)), constant(window[1], len(prepared))


def _refuse_backwards(totals: _Totals, prepared: Prepared) -> None:
    spans = combine([totals.start, totals.end]).map(_span)
    prepared.refused |= prepared.findings.add_column(spans, prepared.numbers)


def _span(pair: tuple[date | None, date | None]) -> Cell:
    start, end = pair
    if start and end and end < start:
        return Cell(None, (Problem("end", N_("Perioden slutar innan den börjar.")),))
    return Cell(None)


def _keys(totals: _Totals) -> Codes:
    return canonical(
        combine([totals.pupil, totals.activity, totals.subject, totals.start, totals.end])
    ).codes.astype(np.int64)


def _note_repeats(totals: _Totals, prepared: Prepared, rows: Codes, firsts: Codes) -> None:
    content = canonical(combine([totals.minutes.map(lambda cell: cell.value), totals.unit])).codes
    same = content[rows] == content[firsts]
    identical = Problem(DUPLICATE, N_("Samma rad finns redan på rad {row}."))
    what = say(N_("dagen")) if prepared.mapping.kind is Kind.DAYS else say(N_("perioden"))
    different = Problem(
        DUPLICATE,
        say(
            N_("Eleven har redan en rad för {what} på rad {row}, med annat innehåll. Den första behölls."),
            what=what,
            row="{row}",
        ),
    )
    numbers = prepared.numbers
    prepared.findings.add(numbers[rows[same]], identical, numbers[firsts[same]])
    prepared.findings.add(numbers[rows[~same]], different, numbers[firsts[~same]])


def _mark_overlaps(totals: _Totals, prepared: Prepared, rows: Codes) -> None:
    if not len(rows) or prepared.mapping.kind is Kind.DAYS:
        return
    owner = canonical(combine([totals.pupil, totals.activity, totals.subject])).codes.astype(np.int64)
    begins = totals.start.numbers(lambda day: day.toordinal() if day else 0)
    ends = totals.end.numbers(lambda day: day.toordinal() if day else 0)
    overlapped = arrange.find_overlaps(owner, begins - begins.min(), ends - begins + 1)
    again = np.flatnonzero(overlapped >= 0)
    prepared.findings.add(
        prepared.numbers[rows[again]],
        Problem("start", N_("Perioden överlappar perioden på rad {row}."), kept=True),
        prepared.numbers[rows[overlapped[again]]],
    )


def _result(prepared: Prepared, totals: _Totals, accepted: Codes, duplicates: Codes) -> ParsedTotals:
    refused = np.setdiff1d(np.flatnonzero(prepared.refused), duplicates, assume_unique=True)
    columns = [
        pa.array(prepared.numbers[accepted]),
        text_column(totals.pupil),
        text_column(totals.unit),
        text_column(totals.activity),
        text_column(totals.subject.map(lambda value: value or "")),
        number_column(totals.start, pa.date32()),
        number_column(totals.end, pa.date32()),
        *(number_column(part(totals.minutes, name), pa.int32()) for name in PARTS),
    ]
    counts = Counts(
        read=len(prepared) + len(prepared.ragged) + prepared.protected,
        accepted=len(accepted),
        refused=len(refused) + len(prepared.ragged),
        duplicates=len(duplicates),
        protected=prepared.protected,
        blank=prepared.blank,
    )
    return ParsedTotals(
        mapping=prepared.mapping,
        counts=counts,
        findings=prepared.findings,
        refused_rows=np.sort(np.concatenate((prepared.numbers[refused], prepared.ragged))),
        duplicate_rows=prepared.numbers[duplicates],
        accepted_rows=prepared.numbers[accepted],
        notes=prepared.notes,
        table=pa.table(columns, schema=TOTALS_SCHEMA),
    )
