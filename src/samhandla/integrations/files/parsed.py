"""What came out of a file: records, and what became of every row that was read."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pyarrow as pa

from samhandla.integrations.files.columns import Coded
from samhandla.integrations.files.findings import Findings, Rows
from samhandla.integrations.files.mapping import Mapping
from samhandla.integrations.records import LessonRow, Refused, TotalsRow

LESSON_SCHEMA = pa.schema(
    [
        ("row", pa.int64()),
        ("pupil", pa.dictionary(pa.int32(), pa.string())),
        ("unit", pa.dictionary(pa.int32(), pa.string())),
        ("group", pa.dictionary(pa.int32(), pa.string())),
        ("date", pa.date32()),
        ("start", pa.int16()),
        ("slot", pa.int8()),
        ("subject", pa.dictionary(pa.int32(), pa.string())),
        ("offered", pa.int16()),
        ("present", pa.int16()),
        ("valid", pa.int16()),
        ("invalid", pa.int16()),
        ("other", pa.int16()),
        ("reported", pa.bool_()),
        ("participating", pa.bool_()),
    ]
)
TOTALS_SCHEMA = pa.schema(
    [
        ("row", pa.int64()),
        ("pupil", pa.dictionary(pa.int32(), pa.string())),
        ("unit", pa.dictionary(pa.int32(), pa.string())),
        ("activity", pa.dictionary(pa.int32(), pa.string())),
        ("subject", pa.dictionary(pa.int32(), pa.string())),
        ("start", pa.date32()),
        ("end", pa.date32()),
        ("offered", pa.int32()),
        ("reported", pa.int32()),
        ("present", pa.int32()),
        ("valid", pa.int32()),
        ("invalid", pa.int32()),
        ("other", pa.int32()),
    ]
)
BATCH_ROWS = 50_000
MAX_SUMMARY = 100


@dataclass(frozen=True)
class Counts:
    """What became of the rows: read = accepted + refused + duplicates + protected.

    `protected` are rows left out because of protected identity; they have no row numbers and
    no messages. `blank` rows are not counted as read.
    """

    read: int = 0
    accepted: int = 0
    refused: int = 0
    duplicates: int = 0
    protected: int = 0
    blank: int = 0

    def as_dict(self) -> dict[str, int]:
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


@dataclass(frozen=True)
class Parsed:
    """Common to all results. Row numbers are those that Excel shows.

    `refused`, `duplicates` and `marks` build their lists when asked, in file order: rows not
    taken, rows that repeat an earlier one (the first was kept), and taken rows with a remark.
    """

    mapping: Mapping
    counts: Counts
    findings: Findings = field(repr=False)
    refused_rows: Rows = field(repr=False)
    duplicate_rows: Rows = field(repr=False)
    accepted_rows: Rows = field(repr=False)
    notes: tuple[str, ...] = ()

    @property
    def refused(self) -> list[Refused]:
        return self.findings.of(self.refused_rows, kept=False)

    @property
    def duplicates(self) -> list[Refused]:
        return self.findings.of(self.duplicate_rows, kept=False)

    @property
    def marks(self) -> list[Refused]:
        return self.findings.of(self.accepted_rows, kept=True)

    def summary(self) -> dict[str, Any]:
        """Counts and the most frequent findings as plain data, small however large the file is."""
        findings = self.findings.counted()
        return {
            "rows": self.counts.as_dict(),
            "findings": [
                {"field": problem.field, "reason": problem.reason, "kept": problem.kept, "rows": rows}
                for problem, rows in findings[:MAX_SUMMARY]
            ],
            "findings_left_out": max(0, len(findings) - MAX_SUMMARY),
            "notes": list(self.notes),
            "person_key": self.mapping.person_key,
            "absence_only": self.mapping.absence_only,
        }


@dataclass(frozen=True)
class ParsedLessons(Parsed):
    """Lessons as a table (LESSON_SCHEMA, in file order) with the source's ids as text."""

    table: pa.Table = field(default_factory=LESSON_SCHEMA.empty_table, repr=False)

    def records(self) -> Iterator[LessonRow]:
        """The lessons one by one; for large files use `table`."""
        for values in _plain_rows(self.table):
            values["day"] = values.pop("date")
            values["subject"] = values["subject"] or ""
            yield LessonRow(**values)


@dataclass(frozen=True)
class ParsedTotals(Parsed):
    """Totals per pupil and window as a table (TOTALS_SCHEMA, in file order)."""

    table: pa.Table = field(default_factory=TOTALS_SCHEMA.empty_table, repr=False)

    def records(self) -> Iterator[TotalsRow]:
        """The totals one by one; for large files use `table`."""
        for values in _plain_rows(self.table):
            values["subject"] = values["subject"] or ""
            yield TotalsRow(**values)


def _plain_rows(table: pa.Table) -> Iterator[dict[str, Any]]:
    for batch in table.drop_columns(["row"]).to_batches(max_chunksize=BATCH_ROWS):
        yield from batch.to_pylist()


def text_column(column: Coded[Any]) -> pa.Array:
    """A dictionary-encoded text column holding only the values that occur; None is null."""
    used = np.bincount(column.codes, minlength=len(column.values)) > 0
    filled = used & np.array([value is not None for value in column.values], dtype=np.bool_)
    renumber = np.cumsum(filled) - 1
    codes = renumber[column.codes].astype(np.int32) if len(column.values) else np.zeros(0, np.int32)
    empty = ~filled[column.codes] if len(column.values) else np.zeros(0, np.bool_)
    values = [value for value, keep in zip(column.values, filled, strict=True) if keep]
    return pa.DictionaryArray.from_arrays(pa.array(codes, mask=empty), pa.array(values, pa.string()))


def number_column(column: Coded[Any], kind: pa.DataType) -> pa.Array:
    """A column of numbers, days or yes/no; None is null."""
    if not column.values:
        return pa.array([], kind)
    each = pa.array(column.values, kind)
    return each.take(pa.array(column.codes))
