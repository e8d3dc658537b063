"""Read an Excel workbook as text cells, guarded against bombs; formulas are never computed."""

from __future__ import annotations

import re
import warnings
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from typing import Any, BinaryIO
from xml.etree.ElementTree import ParseError

import openpyxl
from defusedxml.common import DefusedXmlException
from openpyxl.utils.exceptions import InvalidFileException

from samhandla.integrations.files.errors import EmptyFile, MissingColumn, NotATable, TooLarge, Truncated
from samhandla.integrations.files.place import FilePlace
from samhandla.lib.i18n import N_, say

MAX_FILE_BYTES = 100 << 20
MAX_UNPACKED_BYTES = 1 << 30
MAX_RATIO = 250
# A workbook below this size may be as repetitive as it likes.
SMALL_UNPACKED_BYTES = 20 << 20
MAX_COLUMNS = 300
MAX_ROWS = 1_048_576
FORMULA_WITHOUT_VALUE = "#FORMEL"
FORMULA = re.compile(rb"<(\w+:)?f[ />]")
CHUNK = 1 << 20
BROKEN = (zipfile.BadZipFile, InvalidFileException)
DECLARATION = re.compile(rb"<!\s*(DOCTYPE|ENTITY)", re.IGNORECASE)


def check_workbook(place: FilePlace) -> None:
    """Refuse a workbook that is broken, no workbook, or made to swell.

    Raises:
        Truncated: the packed file cannot be opened.
        NotATable: another packed format (OpenDocument, Word).
        TooLarge: unpacked size or packing ratio beyond the limits.
    """
    if place.size() > MAX_FILE_BYTES:
        raise _too_large()
    try:
        with place.opened() as file, zipfile.ZipFile(file) as packed:
            parts = packed.infolist()
            names = {part.filename for part in parts}
            if "xl/workbook.xml" not in names:
                raise NotATable(N_("Filen är ingen Excel-arbetsbok (.xlsx). Spara den som .xlsx eller CSV."))
            unpacked = sum(part.file_size for part in parts)
            packed_size = sum(part.compress_size for part in parts)
            if unpacked > MAX_UNPACKED_BYTES:
                raise _too_large()
            if unpacked > SMALL_UNPACKED_BYTES and unpacked > MAX_RATIO * max(packed_size, 1):
                raise _too_large()
            for name in names:
                if name.endswith((".xml", ".rels")):
                    with packed.open(name) as part:
                        if DECLARATION.search(part.read(8192)):
                            raise _unsafe()
    except (zipfile.BadZipFile, EOFError, zipfile.LargeZipFile, NotImplementedError) as error:
        raise Truncated(N_("Excel-filen är skadad eller avklippt. Hämta eller spara den på nytt.")) from error


def read_workbook(place: FilePlace, sheet: str | None = None) -> tuple[list[list[str]], list[str]]:
    """Read one sheet as rows of text.

    Numbers lose a trailing `.0`, percentages keep their sign as `12.5%`, dates become ISO and
    times of day HH:MM. The value that Excel last computed is used; a formula without one
    becomes `#FORMEL`, which no field accepts.

    Args:
        sheet: name of the sheet; None takes the first sheet that has rows.

    Returns: rows with empty cells as "", and notes for the reader.

    Raises:
        EmptyFile, MissingColumn (no such sheet), TooLarge, Truncated, NotATable.
    """
    check_workbook(place)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)
            return _read(place, sheet)
    except DefusedXmlException as error:
        raise _unsafe() from error
    except (LookupError, TypeError, ValueError, ParseError, EOFError, *BROKEN) as error:
        if isinstance(error.__context__, DefusedXmlException):  # openpyxl wraps it
            raise _unsafe() from error
        raise Truncated(N_("Excel-filen är skadad. Öppna den i Excel och spara den på nytt.")) from error


def _read(place: FilePlace, sheet: str | None) -> tuple[list[list[str]], list[str]]:
    with place.opened() as file, place.opened() as again:  # openpyxl leaves what it refuses open
        return _read_open(file, again if _has_formulas(place) else None, sheet)


def _read_open(
    file: BinaryIO, again: BinaryIO | None, sheet: str | None
) -> tuple[list[list[str]], list[str]]:
    book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
    # A second reading is needed only to tell a formula without a value from an empty cell.
    formulas = openpyxl.load_workbook(again, read_only=True, keep_links=False) if again else None
    try:
        names = [page.title for page in book.worksheets]
        if sheet is not None and sheet not in names:
            raise MissingColumn(
                say(
                    N_("Arbetsboken har inget blad som heter ”{sheet}”. Bladen är: {names}."),
                    sheet=sheet,
                    names=", ".join(names),
                )
            )
        for name in names if sheet is None else [sheet]:
            rows = list(_rows(book[name], formulas[name] if formulas else None))
            if any(any(row) for row in rows):
                notes: list[str] = []
                if sheet is None and len(names) > 1:
                    notes.append(say(N_("Arbetsboken har flera blad. Bladet ”{name}” läses."), name=name))
                return rows, notes
    finally:
        book.close()
        if formulas:
            formulas.close()
    raise EmptyFile(N_("Arbetsboken har inga rader. Hämta den på nytt ur källsystemet."))


def _has_formulas(place: FilePlace) -> bool:
    with place.opened() as file, zipfile.ZipFile(file) as packed:
        for name in packed.namelist():
            if name.startswith("xl/worksheets/"):
                end = b""
                with packed.open(name) as part:
                    while chunk := part.read(CHUNK):
                        if FORMULA.search(end + chunk):
                            return True
                        end = chunk[-8:]
    return False


def _rows(page: Any, formulas: Any) -> Iterator[list[str]]:
    page.reset_dimensions()
    pairs: Iterable[tuple[Any, Any]]
    if formulas is None:
        pairs = ((cells, cells) for cells in page.iter_rows())
    else:
        formulas.reset_dimensions()
        pairs = zip(page.iter_rows(), formulas.iter_rows(), strict=True)
    for number, (cells, sources) in enumerate(pairs, start=1):
        if number > MAX_ROWS or len(cells) > MAX_COLUMNS:
            raise _too_large()
        yield [_text(cell, source) for cell, source in zip(cells, sources, strict=True)]


def _text(cell: Any, source: Any) -> str:
    value = cell.value
    if value is None:
        return FORMULA_WITHOUT_VALUE if source.data_type == "f" else ""
    if isinstance(value, bool):
        return "1" if value else "0"
    if isinstance(value, int | float):
        return _number(value, str(cell.number_format or ""))
    if isinstance(value, datetime):
        day_only = value.time() == time(0, 0)
        return value.date().isoformat() if day_only else value.isoformat(sep=" ", timespec="minutes")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.isoformat(timespec="minutes")
    if isinstance(value, timedelta):
        minutes = round(value.total_seconds() / 60)
        return f"{minutes // 60}:{minutes % 60:02d}"
    return str(value)


def _number(value: float, shown_as: str) -> str:
    if "%" in shown_as:
        return f"{round(value * 100, 6):.15g}%"
    return f"{value:.15g}"


def _too_large() -> TooLarge:
    return TooLarge(
        N_(
            "Excel-filen är för stor, eller packad så att den sväller när den öppnas. "
            "Dela upp den eller hämta den som CSV."
        )
    )


def _unsafe() -> NotATable:
    return NotATable(
        N_("Excel-filen innehåller definitioner som kan skada läsningen. Spara den på nytt i Excel.")
    )
