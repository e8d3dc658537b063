"""Common first steps of attendance files: read the columns, understand ids and days."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from functools import lru_cache

import holidays
import numpy as np

from samhandla.integrations.files.amounts import NO, AmountCells, Minutes, Reckoner
from samhandla.integrations.files.columns import Coded, Mask, canonical, combine, constant
from samhandla.integrations.files.errors import BadMapping
from samhandla.integrations.files.findings import Cell, Findings, Problem, Rows
from samhandla.integrations.files.mapping import AMOUNTS, Kind, Mapping, Policy, SourceColumn, find_columns
from samhandla.integrations.files.personnummer import normalise_personnummer
from samhandla.integrations.files.read import FileTable
from samhandla.integrations.files.values import (
    BadValue,
    clean,
    parse_date,
    parse_time,
    parse_whole,
    shown,
    weekend_name,
)
from samhandla.lib.i18n import N_, say

MAX_ID_LENGTH = 64
SUMMARY_WORDS = frozenset({"summa", "totalt", "total", "medel", "medelvärde", "snitt", "alla"})
CLOCK_DAY = 24 * 60


@dataclass(frozen=True)
class Options:
    """What the person who imports adds to the mapping.

    Attributes:
        today: decides the century of numbers written with 10 digits.
        unit: source id of the school unit when the file has no such column.
        window: first and last day when the file has none (totals).
        pseudonym_key: secret of the source, needed by the pseudonym policy.
    """

    today: date
    unit: str | None = None
    window: tuple[date, date] | None = None
    pseudonym_key: bytes | None = None


@dataclass
class Prepared:
    """The rows of an attendance file without protected ones, and what is known about them."""

    mapping: Mapping
    options: Options
    numbers: Rows
    raw: dict[str, Coded[str]]
    units: dict[str, SourceColumn]
    findings: Findings
    refused: Mask
    protected: int
    ragged: Rows
    blank: int
    notes: tuple[str, ...] = ()
    pseudonymous: Mask = field(default_factory=lambda: np.zeros(0, dtype=np.bool_))

    def __len__(self) -> int:
        return len(self.numbers)

    def understand(self, name: str, parse: Callable[[str], object], *, required: bool = False) -> Coded[Cell]:
        """Understand one field; rows whose cell is bad are noted as refused."""
        raw = self.raw.get(name)
        if raw is None:
            return constant(Cell(None), len(self))
        cells = raw.map(lambda text: _cell(name, text, parse, required))
        self.refused |= self.findings.add_column(cells, self.numbers)
        return cells


def prepare(table: FileTable, mapping: Mapping, options: Options) -> Prepared:
    """Read the mapped columns and leave out protected rows.

    Raises:
        MissingColumn, Truncated, WrongEncoding, EmptyFile; BadMapping when the pseudonym
        policy has no key.
    """
    if mapping.protected is Policy.PSEUDONYM and not options.pseudonym_key:
        raise BadMapping(
            N_("Pseudonymisering kräver en hemlig nyckel för källan. Välj annars att hoppa över.")
        )
    table = table.with_header_row(mapping.header_row)
    found = find_columns(mapping, table.headers)
    wanted = sorted({place for place, _ in found.values()})
    read = table.read_columns(wanted)
    position = {place: order for order, place in enumerate(wanted)}
    raw = {name: read.columns[position[place]] for name, (place, _) in found.items()}
    hidden = raw["protected"].where(is_protected) if "protected" in raw else np.zeros(len(read.numbers), bool)
    skip = hidden if mapping.protected is Policy.SKIP else np.zeros(len(hidden), dtype=np.bool_)
    rows = np.flatnonzero(~skip)
    if len(rows) < len(hidden):
        raw = {name: column.take(rows) for name, column in raw.items()}
    findings = Findings()
    for width in sorted({width for _, width in read.ragged}):
        numbers = np.array([row for row, found_width in read.ragged if found_width == width], dtype=np.int64)
        reason = N_("Raden har {found} kolumner men rubrikraden har {all}.")
        findings.add(numbers, Problem("", say(reason, found=width, all=len(table.headers))))
    numbers = read.numbers[rows]
    return Prepared(
        mapping=mapping,
        options=options,
        numbers=numbers,
        raw=raw,
        units={name: column for name, (_, column) in found.items()},
        findings=findings,
        refused=np.zeros(len(rows), dtype=np.bool_),
        protected=int(skip.sum()),
        ragged=np.array([row for row, _ in read.ragged], dtype=np.int64),
        blank=read.blank,
        notes=table.notes,
        pseudonymous=hidden[rows] if mapping.protected is Policy.PSEUDONYM else np.zeros(len(rows), bool),
    )


def is_protected(text: str) -> bool:
    """Whether a cell of the protection column marks the person; any unknown word does."""
    word = text.strip().casefold()
    return word not in NO and word not in {"", "ingen", "-", "none"}


def pseudonym(identifier: str, key: bytes) -> str:
    """A name for a protected person that only the holder of the key can make again."""
    return "skyddad-" + hmac.new(key, identifier.encode(), hashlib.sha256).hexdigest()[:24]


def pupils(prepared: Prepared) -> Coded[str | None]:
    """The pupil of each row; two ways of writing one number are one pupil."""
    cells = prepared.understand("pupil", _person_parser(prepared.mapping, prepared.options), required=True)
    ids = canonical(cells.map(lambda cell: cell.value))
    if not prepared.pseudonymous.any():
        return ids
    key = prepared.options.pseudonym_key
    assert key is not None
    hidden = Coded(prepared.pseudonymous.astype(np.int8), [False, True])
    pairs = combine([ids, hidden])
    return canonical(pairs.map(lambda pair: pseudonym(pair[0], key) if pair[0] and pair[1] else pair[0]))


def _person_parser(mapping: Mapping, options: Options) -> Callable[[str], object]:
    if mapping.person_key == "personnummer":
        return lambda text: normalise_personnummer(text, options.today)
    return _plain_id


def _plain_id(text: str) -> str:
    if text.casefold().split(" ")[0] in SUMMARY_WORDS:
        raise BadValue(N_("Raden är en summering och ingen elev."))
    if len(text) > MAX_ID_LENGTH:
        raise BadValue(say(N_("Beteckningen är längre än {limit} tecken."), limit=MAX_ID_LENGTH))
    return text


def label(text: str) -> str:
    """A unit, group or subject as the source calls it.

    Raises:
        BadValue: too long for a name.
    """
    if len(text) > MAX_ID_LENGTH:
        raise BadValue(say(N_("Beteckningen är längre än {limit} tecken."), limit=MAX_ID_LENGTH))
    return text


def days(prepared: Prepared, name: str, *, mark: bool) -> Coded[Cell]:
    """The day of each row; weekends and public holidays are marked and kept."""
    mapping = prepared.mapping

    def parse(text: str) -> Cell:
        day = parse_date(text, mapping.date_style)
        remark = _not_a_school_day(day, mapping.swedish_holidays) if mark else None
        return Cell(day, (Problem(name, remark, kept=True),) if remark else ())

    return prepared.understand(name, parse, required=True)


def _not_a_school_day(day: date, swedish_holidays: bool) -> str | None:
    weekend = weekend_name(day)
    if weekend:
        return say(N_("Dagen {day} är en {weekday}."), day=day, weekday=weekend)
    holiday = _swedish_holidays(day.year).get(day) if swedish_holidays else None
    return say(N_("Dagen {day} är en helgdag ({name})."), day=day, name=holiday) if holiday else None


@lru_cache(maxsize=16)
def _swedish_holidays(year: int) -> dict[date, str]:
    return dict(holidays.country_holidays("SE", years=year, language="sv", include_sundays=False).items())


def clock_minutes(prepared: Prepared) -> Coded[int | None]:
    """Length by the clock where the file has start and end and gives no length itself."""
    if "start" not in prepared.raw or "end" not in prepared.raw or prepared.mapping.kind is not Kind.LESSONS:
        return constant(None, len(prepared))
    read = time_reader(prepared.mapping)
    times = combine([prepared.raw["start"], prepared.raw["end"]])
    return canonical(times.map(lambda pair: _clock_length(pair[0], pair[1], read)))


def time_reader(mapping: Mapping) -> Callable[[str], int]:
    """How times of day are read: digits alone are a clock time or minutes, by the mapping."""

    def read(text: str) -> int:
        if mapping.plain_times == "clock" or not text.isdigit():
            return parse_time(text)
        minutes = parse_whole(text)
        if minutes >= CLOCK_DAY:
            raise BadValue(say(N_("{value} är fler minuter än ett dygn."), value=shown(text)))
        return minutes

    return read


def _clock_length(start: str, end: str, read: Callable[[str], int]) -> int | None:
    try:
        length = read(clean(end)) - read(clean(start))
    except BadValue:
        return None
    return length if length >= 0 else length + CLOCK_DAY


def minutes(prepared: Prepared) -> Coded[Cell]:
    """The minutes of each row, worked out once per combination of cells that occurs."""
    units = {name: column.unit for name, column in prepared.units.items() if name in AMOUNTS}
    reckoner = Reckoner(prepared.mapping, units)
    missing: Coded[None] = constant(None, len(prepared))
    parts = [prepared.raw.get(name, missing) for name in ("status", *AMOUNTS)]
    rows = combine([*parts, clock_minutes(prepared)])
    cells = rows.map(lambda row: reckoner.cell(AmountCells(row[0], tuple(row[1:-1]), row[-1])))
    prepared.refused |= prepared.findings.add_column(cells, prepared.numbers)
    return cells


def part(cells: Coded[Cell], name: str) -> Coded[int | None]:
    """One of the minutes of each row; rows that could not be worked out give 0."""

    def read(cell: Cell) -> int | None:
        if not isinstance(cell.value, Minutes):
            return 0
        value: int | None = getattr(cell.value, name)
        return value

    return cells.map(read)


def _cell(name: str, text: str, parse: Callable[[str], object], required: bool) -> Cell:
    try:
        trimmed = clean(text)
        if not trimmed:
            if required:
                return Cell(None, (Problem(name, N_("Cellen är tom.")),))
            return Cell(None)
        value = parse(trimmed)
    except BadValue as error:
        return Cell(None, (Problem(name, str(error)),))
    return value if isinstance(value, Cell) else Cell(value)


def slot_number(text: str) -> int:
    """A lesson number of the day.

    Raises:
        BadValue: not 1–20.
    """
    if not text.isdigit() or not 1 <= int(text) <= 20:
        raise BadValue(say(N_("Lektionsnumret {value} är inte mellan 1 och 20."), value=shown(text)))
    return int(text)
