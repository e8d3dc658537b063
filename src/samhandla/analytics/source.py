"""Opens a delimited text file or a Parquet file of a stranger, as columns of text or values."""

from __future__ import annotations

import csv
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

from samhandla.analytics.cells import Unreadable
from samhandla.analytics.errors import BadColumns, BadRow, BadRows, EmptyFile, UnreadableFile

SHOWN_BAD_ROWS = 5
DELIMITERS = ";\t,|"
FIRST_DATA_ROW = 2  # the header is row 1


@dataclass
class Source:
    """A file as named columns, with what it takes to report a bad cell by its row."""

    path: Path
    table: pa.Table
    bad: list[BadRow] = field(default_factory=list)
    bad_total: int = 0

    @property
    def rows(self) -> int:
        return int(self.table.num_rows)

    def has(self, name: str) -> bool:
        return name in self.table.column_names

    def read(self, name: str, parse: Callable[[str], Any], kind: pa.DataType, empty: Any = None) -> pa.Array:
        """Parse a column cell by cell, each distinct text only once.

        Args:
            parse: reads one text, raises Unreadable.
            empty: the value of an empty cell; None means that the cell must not be empty.

        Returns: an array of `kind`; unreadable cells are noted and left empty.
        """
        texts = pc.fill_null(self._texts(name), "").dictionary_encode().combine_chunks()
        values, faults = [], {}
        for number, text in enumerate(texts.dictionary.to_pylist()):
            value, fault = _read_cell(text, parse, empty)
            values.append(value)
            if fault:
                faults[number] = fault
        if faults:
            self._note(name, texts.indices, faults)
        return pa.array(values, kind).take(texts.indices)

    def text(self, name: str) -> pa.Array:
        """Return a column as trimmed text, empty where nothing stands."""
        return pc.utf8_trim_whitespace(pc.fill_null(self._texts(name), "")).combine_chunks()

    def finish(self) -> None:
        """Refuse the file when any cell was unreadable.

        Raises:
            BadRows: with the first unreadable rows.
        """
        if self.bad_total:
            raise BadRows(sorted(self.bad, key=lambda bad: bad.row)[:SHOWN_BAD_ROWS], self.bad_total)

    def _texts(self, name: str) -> pa.ChunkedArray:
        column = self.table[name]
        if pa.types.is_dictionary(column.type):
            column = column.cast(column.type.value_type)
        return column.cast(pa.string())

    def _note(self, name: str, indices: pa.Array, faults: dict[int, str]) -> None:
        hits = pc.is_in(indices, value_set=pa.array(list(faults), indices.type))
        rows = pc.indices_nonzero(hits).to_pylist()
        self.bad_total += len(rows)
        for row in rows[:SHOWN_BAD_ROWS]:
            self.bad.append(BadRow(row + FIRST_DATA_ROW, f"{name}: {faults[indices[row].as_py()]}"))


def open_source(path: Path, aliases: Mapping[str, Sequence[str]]) -> Source:
    """Open a file and give its columns our names; columns that nobody knows are left out.

    Args:
        aliases: our column name → the other names it is known by, in lower case.

    Raises:
        UnreadableFile: the file is missing, damaged or not text.
        EmptyFile: there is no row under the header.
        BadColumns: two columns mean the same.
    """
    if not path.is_file():
        raise UnreadableFile(f"Filen {path} finns inte. Kontrollera sökvägen.")
    table = _read_parquet(path) if path.suffix.lower() == ".parquet" else _read_text(path)
    names = _our_names(table.column_names, aliases, path)
    if not table.num_rows:
        raise EmptyFile(f"{path.name} har inga rader under rubrikraden. Exportera filen på nytt.")
    return Source(path, table.select(list(names)).rename_columns(list(names.values())))


def require(source: Source, *names: str) -> None:
    """Refuse a file that lacks columns.

    Raises:
        BadColumns: naming the missing columns and those that were found.
    """
    missing = [name for name in names if not source.has(name)]
    if missing:
        raise BadColumns(
            f"{source.path.name} saknar kolumnen {', '.join(missing)}. "
            f"Hittade: {', '.join(source.table.column_names) or 'ingen känd kolumn'}. "
            "Byt namn på kolumnerna, se --help."
        )


def _read_cell(text: str, parse: Callable[[str], Any], empty: Any) -> tuple[Any, str]:
    if not text.strip():
        return empty, "" if empty is not None else "cellen är tom"
    try:
        return parse(text), ""
    except Unreadable as error:
        return empty, str(error)


def _our_names(found: list[str], aliases: Mapping[str, Sequence[str]], path: Path) -> dict[str, str]:
    ours = {alias: name for name, others in aliases.items() for alias in (name, *others)}
    names: dict[str, str] = {}
    for column in found:
        name = ours.get(column.strip().lower().replace(" ", "_"))
        if name is None:
            continue
        if name in names.values():
            raise BadColumns(
                f"{path.name} har två kolumner som betyder {name}. Ta bort eller byt namn på den ena."
            )
        names[column] = name
    return names


def _read_parquet(path: Path) -> pa.Table:
    try:
        return pq.read_table(path)
    except (pa.ArrowException, OSError) as error:
        raise UnreadableFile(
            f"{path.name} är ingen hel Parquet-fil ({error}). Skriv filen på nytt."
        ) from error


def _read_text(path: Path) -> pa.Table:
    encoding = _encoding(path)
    with path.open(encoding=encoding, newline="") as lines:
        header = lines.readline().rstrip("\r\n")
    if not header.strip():
        raise EmptyFile(f"{path.name} är tom. Exportera filen på nytt.")
    delimiter = max(DELIMITERS, key=header.count)
    names = next(csv.reader([header], delimiter=delimiter))
    if len(set(names)) != len(names):
        raise BadColumns(f"{path.name} har två kolumner med samma namn. Byt namn på den ena.")
    broken: list[BadRow] = []

    def note(row: pacsv.InvalidRow) -> str:
        broken.append(
            BadRow(row.number or 0, f"har {row.actual_columns} fält i stället för {row.expected_columns}")
        )
        return "skip"

    try:
        table = pacsv.read_csv(
            path,
            read_options=pacsv.ReadOptions(
                column_names=names,
                skip_rows=1,
                encoding="utf8" if encoding == "utf-8-sig" else encoding,
                use_threads=False,
            ),
            parse_options=pacsv.ParseOptions(
                delimiter=delimiter, newlines_in_values=True, invalid_row_handler=note
            ),
            convert_options=pacsv.ConvertOptions(
                column_types={name: pa.string() for name in names}, strings_can_be_null=False
            ),
        )
    except (pa.ArrowException, UnicodeDecodeError) as error:
        raise UnreadableFile(f"{path.name} gick inte att läsa som tabell ({error}).") from error
    if broken:
        raise BadRows(broken[:SHOWN_BAD_ROWS], len(broken))
    return table


def _encoding(path: Path) -> str:
    """Tell UTF-8 (with or without mark) from cp1252; zero bytes are neither."""
    with path.open("rb") as file:
        start = file.read(4)
        if start[:2] in (b"\xff\xfe", b"\xfe\xff"):
            return "utf-16"
        file.seek(0)
        tail = b""
        while block := file.read(1 << 20):
            if b"\0" in block:
                raise UnreadableFile(f"{path.name} är ingen textfil. Spara som CSV (UTF-8) och försök igen.")
            try:
                (tail + block).decode("utf-8")
                tail = b""
            except UnicodeDecodeError as error:
                if error.start < len(tail + block) - 3:
                    return "cp1252"
                tail = (tail + block)[error.start :]
    return "cp1252" if tail else "utf-8-sig"
