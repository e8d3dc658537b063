"""Open a CSV or Excel file as a table of text: `open_file(path) -> FileTable`."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.csv as pacsv

from samhandla.integrations.files.columns import Coded, GrowingColumn, from_values
from samhandla.integrations.files.errors import (
    EmptyFile,
    FileSourceError,
    NotATable,
    TooLarge,
    Truncated,
    WrongEncoding,
)
from samhandla.integrations.files.excel import read_workbook
from samhandla.integrations.files.findings import Rows
from samhandla.integrations.files.place import FilePlace, place_of
from samhandla.integrations.files.sniff import SAMPLE_ROWS, Sniffed, refuse_known_formats, sniff_text
from samhandla.lib.i18n import N_, say

MAX_TEXT_BYTES = 16 << 30
BLOCK_BYTES = 16 << 20
HEADER_SEARCH_ROWS = 30


@dataclass(frozen=True)
class ReadColumns:
    """The wanted columns of a file, without title rows, header and blank rows.

    `numbers` are row numbers as Excel shows them, from 1; `ragged` are rows with another
    number of columns than the header (row number, columns found).
    """

    numbers: Rows
    columns: tuple[Coded[str], ...]
    ragged: tuple[tuple[int, int], ...]
    blank: int

    @property
    def read(self) -> int:
        return len(self.numbers) + len(self.ragged)


@dataclass(frozen=True)
class FileTable:
    """An opened file: how it is written, its headers, and its first rows.

    `header_row` counts from 1 as Excel does; 0 means that the file has no header row, and its
    columns are then called "kolumn 1", "kolumn 2" and so on.
    """

    place: FilePlace
    kind: str
    encoding: str
    separator: str
    header_row: int
    headers: tuple[str, ...]
    first_rows: tuple[tuple[str, ...], ...]
    notes: tuple[str, ...]
    sniffed: Sniffed | None = field(default=None, repr=False)
    cells: tuple[tuple[str, ...], ...] = field(default=(), repr=False)

    def read_columns(self, wanted: Sequence[int]) -> ReadColumns:
        """Read some columns of the whole file.

        Args:
            wanted: places of the columns, from 0, each once.

        Raises:
            Truncated: the last row is cut.
            WrongEncoding, TooLarge, EmptyFile (a header but no rows).
        """
        read = self._from_text(wanted) if self.sniffed else self._from_cells(wanted)
        if not read.read:
            raise EmptyFile(N_("Filen har rubriker men inga rader. Hämta den på nytt ur källsystemet."))
        return read

    def with_header_row(self, header_row: int | None) -> FileTable:
        """The same file with its headers on another row; None leaves it as it is."""
        if header_row is None or header_row == self.header_row:
            return self
        rows = self.sniffed.first_rows if self.sniffed else self.cells
        return replace(
            self,
            header_row=header_row,
            headers=_headers(rows, header_row),
            first_rows=_body(rows[:SAMPLE_ROWS], header_row),
        )

    def rows(self) -> Iterator[tuple[int, list[str]]]:
        """The rows below the header one by one, padded to its width, blank ones left out.

        For registers of persons; attendance is read by columns. The number is Excel's.

        Raises:
            WrongEncoding, TooLarge: a letter or a row cannot be read.
        """
        width = len(self.headers)
        for number, row in self._plain_rows():
            if number > self.header_row and any(cell.strip() for cell in row):
                yield number, row + [""] * (width - len(row))

    @property
    def cut_after(self) -> int | None:
        """Columns of the last row when the file ends without a line end, None when it does not."""
        if self.sniffed is None or self.sniffed.ends_with_newline:
            return None
        found = 0
        for _, row in self._plain_rows():
            found = len(row)
        return found

    def _plain_rows(self) -> Iterator[tuple[int, list[str]]]:
        if self.sniffed is None:
            yield from ((number, list(row)) for number, row in enumerate(self.cells, start=1))
            return
        with io.TextIOWrapper(self.place.opened(), self.encoding, newline="") as file:
            reader = csv.reader(file, delimiter=self.separator)
            try:
                yield from enumerate(reader, start=1 - int(self.sniffed.separator_line))
            except (csv.Error, UnicodeDecodeError) as error:
                raise _reading_failed(error) from error

    def _from_cells(self, wanted: Sequence[int]) -> ReadColumns:
        body = list(enumerate(self.cells, start=1))[self.header_row :]
        rows = [(number, row) for number, row in body if any(cell.strip() for cell in row)]
        columns = tuple(
            from_values(row[place] if place < len(row) else "" for _, row in rows) for place in wanted
        )
        numbers = np.fromiter((number for number, _ in rows), dtype=np.int64, count=len(rows))
        return ReadColumns(numbers, columns, (), len(body) - len(rows))

    def _from_text(self, wanted: Sequence[int]) -> ReadColumns:
        assert self.sniffed is not None
        sniffed = self.sniffed
        ragged: list[tuple[int, int, bool]] = []
        columns = self._read_text(wanted, sniffed, ragged)
        total = len(columns[0]) + len(ragged)
        numbers = np.arange(1, total + 1, dtype=np.int64)
        if ragged:
            numbers = np.delete(numbers, [number - 1 for number, _, _ in ragged])
        skipped = int(np.searchsorted(numbers, self.header_row + sniffed.separator_line, side="right"))
        columns = [column.after(skipped) for column in columns]
        numbers = numbers[skipped:] - int(sniffed.separator_line)
        blank = np.ones(len(numbers), dtype=np.bool_)
        for column in columns:
            blank &= column.where(lambda text: not text.strip())
        bad, empty = self._sort_ragged(ragged, sniffed, total)
        keep = np.flatnonzero(~blank)
        taken = tuple(column.keep(keep) for column in columns)
        return ReadColumns(numbers[keep], taken, bad, int(blank.sum()) + empty)

    def _sort_ragged(
        self, ragged: list[tuple[int, int, bool]], sniffed: Sniffed, total: int
    ) -> tuple[tuple[tuple[int, int], ...], int]:
        offset = int(sniffed.separator_line)
        body = [row for row in ragged if row[0] > self.header_row + offset]
        bad = [(number - offset, found) for number, found, blank in body if not blank]
        if body and not sniffed.ends_with_newline:
            number, found, blank = body[-1]
            if number == total and found < len(self.headers) and not blank:
                raise Truncated(
                    say(
                        N_(
                            "Filen är avklippt: rad {row} har {found} av {all} kolumner. "
                            "Hämta den på nytt ur källsystemet."
                        ),
                        row=number - offset,
                        found=found,
                        all=len(self.headers),
                    )
                )
        return tuple(bad), len(body) - len(bad)

    def _read_text(
        self, wanted: Sequence[int], sniffed: Sniffed, ragged: list[tuple[int, int, bool]]
    ) -> list[Coded[str]]:
        names = [f"c{place}" for place in range(len(self.headers))]
        growing = [GrowingColumn() for _ in wanted]

        def handle(row: Any) -> str:
            ragged.append((row.number, row.actual_columns, not row.text.strip()))
            return "skip"

        try:
            chosen = [names[place] for place in wanted]
            with self.place.opened() as file:
                for batch in _csv_reader(file, names, chosen, sniffed, handle):
                    for place, column in enumerate(growing):
                        column.add(batch.column(place))
        except (pa.ArrowInvalid, UnicodeDecodeError) as error:
            raise _reading_failed(error) from error
        return [column.finish() for column in growing]


def _csv_reader(
    file: BinaryIO, names: list[str], chosen: list[str], sniffed: Sniffed, handle: Callable[[Any], str]
) -> Any:
    """Arrow's streaming reader: small in memory, and it numbers the rows that do not fit."""
    text = pa.dictionary(pa.int32(), pa.string())
    encoding = "utf8" if sniffed.encoding == "utf-8-sig" else sniffed.encoding
    return pacsv.open_csv(
        file,
        pacsv.ReadOptions(column_names=names, encoding=encoding, block_size=BLOCK_BYTES, use_threads=False),
        pacsv.ParseOptions(
            delimiter=sniffed.separator,
            quote_char='"' if sniffed.quoted else False,
            newlines_in_values=sniffed.quoted,
            ignore_empty_lines=False,
            invalid_row_handler=handle,
        ),
        pacsv.ConvertOptions(
            include_columns=chosen,
            column_types=dict.fromkeys(names, text),
            strings_can_be_null=False,
            null_values=[],
        ),
    )


def _reading_failed(error: Exception) -> FileSourceError:
    if "straddl" in str(error) or "field limit" in str(error):
        return TooLarge(
            N_("En rad i filen är orimligt lång. Troligen är den ingen tabell, eller saknas ett citattecken.")
        )
    return WrongEncoding(
        N_("Filens bokstäver går inte att läsa hela vägen. Hämta den på nytt och välj UTF-8.")
    )


def open_file(
    path: str | Path | FilePlace, *, header_row: int | None = None, sheet: str | None = None
) -> FileTable:
    """Open a CSV, tab-separated or Excel (.xlsx) file and find its headers.

    Args:
        header_row: row with the headers as Excel counts, 0 when there is none; None finds it
            (reports often have title rows above).
        sheet: name of the Excel sheet; None takes the first that has rows.

    Raises:
        EmptyFile, Truncated, WrongEncoding, NotATable, TooLarge: see each; the message says
            what to do. FileSourceError when the file is not there.
    """
    place = place_of(path)
    try:
        size = place.size()
        with place.opened() as file:
            head = file.read(4096)
    except OSError as error:
        raise FileSourceError(
            say(N_("Filen ”{name}” går inte att öppna. Kontrollera namn och rättigheter."), name=place.name)
        ) from error
    if not size:
        raise EmptyFile(N_("Filen är tom. Hämta den på nytt ur källsystemet."))
    if size > MAX_TEXT_BYTES:
        raise TooLarge(N_("Filen är för stor. Dela upp den, till exempel per termin eller skola."))
    if head.startswith(b"PK"):
        return _open_workbook(place, header_row, sheet)
    refuse_known_formats(head)
    sniffed = sniff_text(place)
    row = _find_header(sniffed.first_rows) if header_row is None else header_row
    headers = _headers(sniffed.first_rows, row)
    return FileTable(
        place=place,
        kind="text",
        encoding=sniffed.encoding,
        separator=sniffed.separator,
        header_row=row,
        headers=headers,
        first_rows=_body(sniffed.first_rows, row),
        notes=sniffed.notes,
        sniffed=sniffed,
    )


def _open_workbook(place: FilePlace, header_row: int | None, sheet: str | None) -> FileTable:
    rows, notes = read_workbook(place, sheet)
    cells = tuple(tuple(row) for row in rows)
    row = _find_header(cells) if header_row is None else header_row
    return FileTable(
        place=place,
        kind="excel",
        encoding="xlsx",
        separator="",
        header_row=row,
        headers=_headers(cells, row),
        first_rows=_body(cells[:SAMPLE_ROWS], row),
        notes=tuple(notes),
        cells=cells,
    )


def _body(rows: Sequence[Sequence[str]], header_row: int) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(row) for row in rows[header_row:] if any(cell.strip() for cell in row))


def _find_header(rows: Sequence[Sequence[str]]) -> int:
    """The first row that is as filled as the table is wide; title rows are mostly empty."""
    filled = [sum(bool(cell.strip()) for cell in row) for row in rows[:HEADER_SEARCH_ROWS]]
    usual = Counter(filled[1:] or filled).most_common(1)[0][0]
    for number, count in enumerate(filled, start=1):
        if count >= max(2, 0.6 * usual):
            return number
    return 1


def _headers(rows: Sequence[Sequence[str]], header_row: int) -> tuple[str, ...]:
    if header_row == 0:
        width = max((len(row) for row in rows), default=0)
        return tuple(f"kolumn {place}" for place in range(1, width + 1))
    if header_row > len(rows):
        raise NotATable(
            say(N_("Rad {row} ska vara rubrikrad, men filen har inte så många rader."), row=header_row)
        )
    return _unique(" ".join(cell.replace("\xa0", " ").split()) for cell in rows[header_row - 1])


def _unique(headers: Iterable[str]) -> tuple[str, ...]:
    seen: Counter[str] = Counter()
    named = []
    for place, header in enumerate(headers, start=1):
        name = header or f"kolumn {place}"
        seen[name.casefold()] += 1
        again = seen[name.casefold()]
        named.append(name if again == 1 else f"{name} ({again})")
    return tuple(named)
