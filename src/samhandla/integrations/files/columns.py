"""Columns as codes into their distinct values.

A column of a large attendance file has few distinct values: some hundred days, some
thousand pupils. So every value is understood once, by ordinary Python, and spread over the
rows by its code; combinations of columns are treated the same way. That makes the fast way
and the plain way of reading one and the same.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

Codes = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]
T = TypeVar("T")
U = TypeVar("U")


@dataclass(frozen=True)
class Coded(Generic[T]):
    """One column: a code per row into the list of its distinct values."""

    codes: npt.NDArray[np.signedinteger[Any]]
    values: list[T]

    def __len__(self) -> int:
        return len(self.codes)

    def map(self, understand: Callable[[T], U]) -> Coded[U]:
        """Understand each distinct value once."""
        return Coded(self.codes, [understand(value) for value in self.values])

    def where(self, holds: Callable[[T], bool]) -> Mask:
        """The rows whose value fulfils a condition."""
        hit = np.fromiter((holds(value) for value in self.values), dtype=np.bool_, count=len(self.values))
        return hit[self.codes] if len(hit) else np.zeros(len(self.codes), dtype=np.bool_)

    def numbers(self, number: Callable[[T], int]) -> Codes:
        """One whole number per row."""
        each = np.fromiter((number(value) for value in self.values), dtype=np.int64, count=len(self.values))
        found: Codes = each[self.codes] if len(each) else np.zeros(len(self.codes), dtype=np.int64)
        return found

    def keep(self, rows: Codes) -> Coded[T]:
        """The same column for some of the rows, in order; nothing is copied when all are kept."""
        return self if len(rows) == len(self.codes) else self.take(rows)

    def after(self, skipped: int) -> Coded[T]:
        """The same column without its first rows; nothing is copied."""
        return Coded(self.codes[skipped:], self.values)

    def take(self, rows: Codes | Mask) -> Coded[T]:
        """The same column for some of the rows."""
        return Coded(self.codes[rows], self.values)

    def __getitem__(self, row: int) -> T:
        return self.values[int(self.codes[row])]


def canonical(column: Coded[Any]) -> Coded[Any]:
    """Give equal values the same code, e.g. two ways of writing one pupil's number."""
    place: dict[Hashable, int] = {}
    renumber = [place.setdefault(value, len(place)) for value in column.values]
    if len(place) == len(column.values):
        return column
    return Coded(_narrow(np.array(renumber, dtype=np.int32), len(place))[column.codes], list(place))


def _narrow(codes: npt.NDArray[Any], values: int) -> npt.NDArray[Any]:
    return codes.astype(np.min_scalar_type(-max(values, 1)), copy=False)


def constant(value: T, rows: int) -> Coded[T]:
    """A column that says the same in every row."""
    return Coded(np.zeros(rows, dtype=np.int8), [value])


def combine(columns: Sequence[Coded[Any]]) -> Coded[tuple[Any, ...]]:
    """Join columns into one whose values are the distinct tuples that occur."""
    codes: npt.NDArray[np.signedinteger[Any]] = np.zeros(len(columns[0]), dtype=np.int32)
    values: list[tuple[Any, ...]] = [()]
    for column in columns:
        if len(column.values) == 1:
            values = [(*value, column.values[0]) for value in values]
            continue
        width = max(len(column.values), 1)
        seen = pa.array(codes.astype(np.int64) * width + column.codes).dictionary_encode()
        codes = _narrow(seen.indices.to_numpy(zero_copy_only=False), len(seen.dictionary))
        keys = seen.dictionary.to_pylist()
        values = [(*values[key // width], column.values[key % width]) for key in keys]
    return Coded(codes, values)


def from_values(values: Iterable[Hashable]) -> Coded[Any]:
    """Code a plain sequence of values."""
    place: dict[Hashable, int] = {}
    codes = [place.setdefault(value, len(place)) for value in values]
    return Coded(np.array(codes, dtype=np.int32), list(place))


class GrowingColumn:
    """Takes over a column block by block, with codes as small as its values allow."""

    def __init__(self) -> None:
        self.place: dict[str, int] = {}
        self.blocks: list[npt.NDArray[np.signedinteger[Any]]] = []

    def add(self, block: pa.DictionaryArray) -> None:
        """Take over one dictionary-encoded block of text."""
        place = self.place
        renumber = [place.setdefault(value, len(place)) for value in block.dictionary.to_pylist()]
        narrow = np.min_scalar_type(-max(len(place), 1))
        self.blocks.append(np.array(renumber, dtype=narrow)[block.indices.to_numpy(zero_copy_only=False)])

    def finish(self) -> Coded[str]:
        """The whole column."""
        if not self.blocks:
            return Coded(np.zeros(0, dtype=np.int8), [])
        codes = np.concatenate(self.blocks)
        self.blocks.clear()
        return Coded(codes, list(self.place))
