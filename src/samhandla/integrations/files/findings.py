"""What was wrong, row by row, without one Python object per row until someone looks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from samhandla.integrations.files.columns import Coded, Mask
from samhandla.integrations.records import Refused
from samhandla.lib.i18n import also

Rows = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Problem:
    """What is wrong with a value: which field, why (Swedish), and whether the row is kept."""

    field: str
    reason: str
    kept: bool = False


@dataclass(frozen=True)
class Cell:
    """An understood value, with what was wrong or worth knowing about it."""

    value: object
    problems: tuple[Problem, ...] = ()

    @property
    def fatal(self) -> bool:
        return any(not problem.kept for problem in self.problems)


@dataclass(frozen=True)
class Finding:
    """One problem and all the rows that have it; `others` fills `{row}` in the reason."""

    rows: Rows
    problem: Problem
    others: Rows | None = None

    def entries(self, kept: bool) -> Iterator[Refused]:
        for place, row in enumerate(self.rows):
            reason = self.problem.reason
            if self.others is not None:
                reason = also(reason, row=int(self.others[place]))
            yield Refused(row=int(row), field=self.problem.field, reason=reason, kept=kept)


@dataclass
class Findings:
    """All findings of a file. `rows` are the file's own row numbers."""

    items: list[Finding] = field(default_factory=list)

    def add(self, rows: Rows, problem: Problem, others: Rows | None = None) -> None:
        if len(rows):
            self.items.append(Finding(rows, problem, others))

    def add_column(self, column: Coded[Cell], numbers: Rows) -> Mask:
        """Note what is wrong in a column of cells; returns the rows that cannot be taken."""
        if any(cell.problems for cell in column.values):
            touched = np.flatnonzero(column.where(lambda cell: bool(cell.problems)))
            touched = touched[np.argsort(column.codes[touched], kind="stable")]
            codes = column.codes[touched]
            begins = np.flatnonzero(np.diff(codes.astype(np.int64), prepend=-1))
            for rows in np.split(touched, begins[1:]) if len(touched) else []:
                for problem in column.values[int(column.codes[rows[0]])].problems:
                    self.add(numbers[rows], problem)
        return column.where(lambda cell: cell.fatal)

    def of(self, rows: Rows, *, kept: bool) -> list[Refused]:
        """The entries of the given rows, in file order.

        Args:
            rows: sorted row numbers of one class (refused, duplicates or accepted).
            kept: whether these rows were taken; remarks on rows that were not are left out.
        """
        entries: list[Refused] = []
        for item in self.items:
            if item.problem.kept and not kept:
                continue
            place = np.minimum(np.searchsorted(rows, item.rows), max(len(rows) - 1, 0))
            chosen = rows[place] == item.rows if len(rows) else np.zeros(len(place), dtype=np.bool_)
            others = None if item.others is None else item.others[chosen]
            entries.extend(Finding(item.rows[chosen], item.problem, others).entries(kept))
        return sorted(entries, key=_in_file_order)

    def counted(self) -> list[tuple[Problem, int]]:
        """Each problem with its number of rows, most frequent first."""
        totals: dict[tuple[str, str, bool], int] = {}
        for item in self.items:
            reason = item.problem.reason
            if item.others is not None:
                reason = also(reason, row="…")
            key = (item.problem.field, reason, item.problem.kept)
            totals[key] = totals.get(key, 0) + len(item.rows)
        ordered = sorted(totals.items(), key=lambda pair: (-pair[1], pair[0]))
        return [(Problem(*key), number) for key, number in ordered]


def _in_file_order(entry: Refused) -> tuple[int, str, str]:
    return (int(entry.row), entry.field, entry.reason)


def row_numbers(values: Iterable[int]) -> Rows:
    """Row numbers as an array."""
    return np.fromiter(values, dtype=np.int64)
