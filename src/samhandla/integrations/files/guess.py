"""Guess how an unknown file's columns are meant, and show what a mapping makes of its first rows."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import msgspec

from samhandla.integrations.files.errors import BadMapping
from samhandla.integrations.files.lessons import parse_lessons
from samhandla.integrations.files.mapping import (
    FIELDS,
    Kind,
    Mapping,
    Mark,
    SourceColumn,
    find_columns,
    same_header,
)
from samhandla.integrations.files.parsed import Parsed, ParsedLessons, ParsedTotals
from samhandla.integrations.files.personnummer import PLAIN, TEMPORARY
from samhandla.integrations.files.persons import PERSON_KINDS, parse_persons
from samhandla.integrations.files.prepare import Options, is_protected
from samhandla.integrations.files.presets import load_preset, preset_names
from samhandla.integrations.files.read import FileTable
from samhandla.integrations.files.totals import parse_totals
from samhandla.integrations.files.values import DateStyle, Unit
from samhandla.integrations.records import Refused
from samhandla.lib.i18n import N_

# Words that headers hold, most telling first; compared without case.
WORDS: tuple[tuple[str, str], ...] = (
    (r"personnummer|personnr|pers\.?nr|^pnr$|^personid$", "pupil"),
    (r"^(elev|student|pupil).*(id|nr)$|^elev$|^pupil$", "pupil"),
    (r"skolenhet|^skola|^enhet|school_?id|^unit", "unit"),
    (r"ej reg|oreg", "unreported"),
    (r"rapporterat|registrerad|reported", "reported"),
    (r"oanm|ej anmäld|ogiltig|^f (min|h|%)|invalid|unexcused", "invalid"),
    (r"giltig|^gf (min|h|%)|^anmäld|valid|^excused", "valid"),
    (r"sen ankomst|^sen|^late|tardy", "late"),
    (r"annan|annat|other", "other"),
    (r"frånvaro ?(\(|tid|min|h|%|$)|^absence", "absence"),
    (r"närvaro|^n (min|h|%)|present", "present"),
    (r"undv|undervisning|lektionstid|erbjud|^totalt|längd|offered", "offered"),
    (r"status|kod$|code$|markering|category", "status"),
    (r"lektion(snr|snummer)?$|period|^pass|slot", "slot"),
    (r"ämne|kurs|subject|course", "subject"),
    (r"grupp|klass|section|group|class", "group"),
    (r"slut.*tid|\bslut(ar)?$|^till$|sluttid|^end|stop", "end"),
    (r"start|börja|^från$|^tid$|klock", "start"),
    (r"datum|^dag$|date", "date"),
    (r"skydd|sekretess", "protected"),
)
CODES: dict[str, Mark] = {
    **dict.fromkeys(("n", "närvaro", "närvarande", "present", "p", "1"), Mark.PRESENT),
    **dict.fromkeys(("g", "gf", "giltig", "giltig frånvaro", "anmäld frånvaro", "valid"), Mark.VALID),
    **dict.fromkeys(("ledig", "ledighet", "beviljad ledighet"), Mark.VALID),
    **dict.fromkeys(("o", "f", "ogiltig", "ogiltig frånvaro", "ej anmäld frånvaro", "invalid"), Mark.INVALID),
    **dict.fromkeys(("s", "sen", "sen ankomst", "latearrival", "late"), Mark.LATE),
    **dict.fromkeys(("ej rapporterad", "ej registrerad", "oregistrerad", "er"), Mark.UNREPORTED),
    **dict.fromkeys(("inställd", "inställt", "cancelled"), Mark.CANCELLED),
    **dict.fromkeys(("annan aktivitet", "annan skolaktivitet", "elevråd"), Mark.OTHER),
}
MDY = re.compile(r"(\d{1,2})/(\d{1,2})/\d{4}")
PREVIEW_ROWS = 20


@dataclass(frozen=True)
class Preview:
    """What a mapping makes of the first rows: nothing is stored.

    `table` has the file's headers and cells only of the columns that are mapped; `fields` says
    which field each of them fills. Rows about people with protected identity are not shown.
    """

    headers: tuple[str, ...]
    fields: tuple[str, ...]
    cells: tuple[tuple[str, ...], ...]
    records: tuple[object, ...]
    refused: tuple[Refused, ...]
    marks: tuple[Refused, ...]
    unmapped: tuple[str, ...]


def guess_mapping(headers: Sequence[str], sample: Sequence[Sequence[str]]) -> Mapping:
    """Guess a mapping from headers and some rows; a person checks it in the preview.

    A shipped preset whose required columns are all there goes first. A code that is not
    recognised is left out, so that its rows are refused until someone says what it means.

    Args:
        sample: rows in the order of the headers.

    Raises:
        BadMapping: no column looks like a pupil.
    """
    preset = _fitting_preset(tuple(headers))
    if preset is not None:
        return preset
    columns = _guessed_columns(headers, sample)
    if "pupil" not in columns:
        raise BadMapping(N_("Ingen kolumn ser ut att peka ut eleven. Koppla kolumnerna själv."))
    kind = _kind(columns)
    by_field = {name: _cells(headers, column.source, sample) for name, column in columns.items()}
    return Mapping(
        name="gissning",
        title=N_("Förslag att kontrollera"),
        kind=kind,
        columns=tuple(column for name, column in columns.items() if name in FIELDS[kind]),
        values={"status": _codes(by_field["status"])} if "status" in columns else {},
        date_style=_date_style([*by_field.get("date", []), *by_field.get("start", [])]),
        person_key="personnummer" if _all_numbers(by_field["pupil"]) else "external",
    )


def filled_out(mapping: Mapping, headers: Sequence[str], sample: Sequence[Sequence[str]]) -> Mapping:
    """Return a mapping of attendance that does not fit a file, with guesses for the columns it does not name.

    One that fits is returned as it is, and so is one of people, whose columns are not guessed.
    """
    present = {same_header(header) for header in headers}
    named = tuple(column for column in mapping.columns if same_header(column.source) in present)
    lacking = {column.field for column in mapping.columns if column.required} - {c.field for c in named}
    if not lacking or mapping.kind in PERSON_KINDS:
        return mapping
    fields, sources = {column.field for column in named}, {same_header(column.source) for column in named}
    unnamed = [header for header in headers if same_header(header) not in sources]
    places = [list(headers).index(header) for header in unnamed]
    rows = [[row[place] if place < len(row) else "" for place in places] for row in sample]
    guessed = _guessed_columns(unnamed, rows).values()
    more = tuple(c for c in guessed if c.field in FIELDS[mapping.kind] - fields)
    return msgspec.structs.replace(mapping, columns=named + more)


def _guessed_columns(headers: Sequence[str], sample: Sequence[Sequence[str]]) -> dict[str, SourceColumn]:
    """Return field → column; the most telling header of each field wins, wherever it stands."""
    columns: dict[str, SourceColumn] = {}
    for _, place in sorted((_rank(header), place) for place, header in enumerate(headers)):
        header, name = headers[place], _field(headers[place])
        if name and name not in columns:
            cells = [row[place].strip() for row in sample if place < len(row) and row[place].strip()]
            columns[name] = SourceColumn(source=header, field=name, unit=_unit(header, cells))
    return columns


def preview(table: FileTable, mapping: Mapping, options: Options, rows: int = PREVIEW_ROWS) -> Preview:
    """Parse the first rows of a file by a mapping, to look at before anything is imported.

    Raises: as the parsers (missing column, contradiction in the mapping).
    """
    table = table.with_header_row(mapping.header_row)
    places = find_columns(mapping, table.headers)
    fields = {place: name for name, (place, _) in places.items() if name != "protected"}
    head = _first_rows(table, rows)
    parsed = _parse(head, mapping, options)
    mapped = sorted(fields)
    marking = places["protected"][0] if "protected" in places else None
    body = head.cells[head.header_row :]
    shown = [row for row in body if marking is None or not is_protected(row[marking])]
    return Preview(
        headers=tuple(table.headers[place] for place in mapped),
        fields=tuple(fields[place] for place in mapped),
        cells=tuple(tuple(row[place] for place in mapped) for row in shown),
        records=_records(parsed),
        refused=tuple(parsed.refused + parsed.duplicates),
        marks=tuple(parsed.marks),
        unmapped=tuple(header for place, header in enumerate(table.headers) if place not in fields),
    )


def _first_rows(table: FileTable, rows: int) -> FileTable:
    """The head of the file as a table of cells of its own, with the same row numbers."""
    width = len(table.headers)
    source = table.sniffed.first_rows if table.sniffed else table.cells
    head = source[: table.header_row + rows]
    cells = tuple((*row, *[""] * width)[:width] for row in head)
    return replace(table, kind="excel", sniffed=None, cells=cells)


def _parse(table: FileTable, mapping: Mapping, options: Options) -> Parsed:
    if mapping.kind in PERSON_KINDS:
        return parse_persons(table, mapping, options)
    if mapping.kind is Kind.LESSONS:
        return parse_lessons(table, mapping, options)
    return parse_totals(table, mapping, options)


def _records(parsed: Parsed) -> tuple[object, ...]:
    if isinstance(parsed, ParsedLessons | ParsedTotals):
        return tuple(parsed.records())
    persons: tuple[object, ...] = getattr(parsed, "persons", ())
    return persons


def _fitting_preset(headers: tuple[str, ...]) -> Mapping | None:
    present = {same_header(header) for header in headers}
    best, most = None, 0
    for name in preset_names():
        preset = load_preset(name)
        needed = {same_header(column.source) for column in preset.columns if column.required}
        if preset.header_row != 0 and len(needed) > max(most, 2) and needed <= present:
            best, most = preset, len(needed)
    return best


def _field(header: str) -> str | None:
    word = " ".join(header.casefold().split())
    return next((name for pattern, name in WORDS if re.search(pattern, word)), None)


def _rank(header: str) -> int:
    word = " ".join(header.casefold().split())
    return next((rank for rank, (pattern, _) in enumerate(WORDS) if re.search(pattern, word)), len(WORDS))


def _unit(header: str, cells: list[str]) -> Unit:
    word = header.casefold()
    if "%" in word or any("%" in cell for cell in cells):
        return Unit.PERCENT
    if re.search(r"\(t\)|\(tim\)|\bh\b|timm|hours", word):
        return Unit.HOURS
    return Unit.MINUTES


def _kind(columns: dict[str, SourceColumn]) -> Kind:
    if {"slot", "status"} & set(columns) or {"date", "start"} <= set(columns):
        return Kind.LESSONS
    return Kind.DAYS if "date" in columns else Kind.TOTALS


def _cells(headers: Sequence[str], source: str, sample: Sequence[Sequence[str]]) -> list[str]:
    place = list(headers).index(source)
    return [row[place].strip() for row in sample if place < len(row) and row[place].strip()]


def _codes(cells: list[str]) -> dict[str, str]:
    return {cell: CODES[cell.casefold()].value for cell in dict.fromkeys(cells) if cell.casefold() in CODES}


def _date_style(cells: list[str]) -> DateStyle:
    found = [MDY.match(cell) for cell in cells]
    american = [match for match in found if match]
    return DateStyle.MDY if any(int(match[2]) > 12 for match in american) else DateStyle.SWEDISH


def _all_numbers(cells: list[str]) -> bool:
    return bool(cells) and all(PLAIN.fullmatch(cell) or TEMPORARY.fullmatch(cell.upper()) for cell in cells)
