"""No figure about a group too small to be anonymous leaves this package, also not by subtraction.

THRESHOLD is 10 because Skolverket's published statistics mark groups of fewer than ten pupils with
two dots (legend of the statistics files, as quoted in domain.md B11, checked 2026-11-22). That a
group is small is said, so a reader knows that its size is 1–9; more than half of those sizes must stay
possible whatever else is shown. Why it is done so is told in docs/adr/0008.

Two doors: `protect` for one table of counts with its totals, `close` for tables that are linked.
Pupils whose sex is not known are joined to the boys by `joined_sexes`, so that a handful of them do
not hide every girl and boy.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

THRESHOLD = 10
HIDDEN = None
ALL_SEXES, GIRLS, BOYS, UNKNOWN, BOYS_OR_UNKNOWN = "", "K", "M", "O", "R"
UNKNOWN_MOST = 0.10  # above this share of unknown, figures per sex would say nothing

Key = tuple[str, ...]
TOTAL = "total"
Cell = TypeVar("Cell", bound=Hashable)


@dataclass(frozen=True)
class Sum(Generic[Cell]):
    """Cells that add up to a total."""

    total: Cell
    parts: tuple[Cell, ...]

    @property
    def cells(self) -> tuple[Cell, ...]:
        return (*self.parts, self.total)


@dataclass(frozen=True)
class Span:
    """What a reader takes for granted about a hidden value, both ends inclusive; None where nothing."""

    low: int | None = None
    high: int | None = None


@dataclass(frozen=True)
class Protected:
    """A table that may be shown: hidden cells are None, and which were hidden for which reason.

    Attributes:
        primary: hidden because fewer than the threshold are in them.
        complementary: hidden so that a primary one cannot be worked out.
    """

    cells: Mapping[Key, int | None]
    primary: frozenset[Key]
    complementary: frozenset[Key]


def is_shown(count: int, threshold: int = THRESHOLD) -> bool:
    """Tell whether a group of this size may be shown; an empty group may.

    >>> is_shown(9), is_shown(10), is_shown(0)
    (False, True, True)
    """
    return count == 0 or count >= threshold


def room_of(threshold: int = THRESHOLD) -> int:
    """Return how many sizes must stay possible for a group that is known to be small: over half of them.

    >>> room_of(10), room_of(5)
    (5, 3)
    """
    return (threshold + 1) // 2


def span_of(count: int, threshold: int = THRESHOLD) -> Span:
    """Return what the reason beside a hidden count tells: "too few", or else that it is not too few.

    >>> span_of(3), span_of(40), span_of(0)
    (Span(low=1, high=9), Span(low=10, high=None), Span(low=0, high=0))
    """
    if count == 0:
        return Span(0, 0)
    return Span(threshold, None) if is_shown(count, threshold) else Span(1, threshold - 1)


def joined_sexes(sizes: Mapping[str, int]) -> dict[str, str]:
    """Return under which code the pupils of each sex are counted in one table.

    Where some pupils' sex is not known they are counted with the boys, in a group that says so: two
    groups that make up the whole leave nobody to be found by subtraction. The choice is the same for
    every cell of a table. Where more than a tenth are unknown, figures per sex would mean nothing.

    Args:
        sizes: number of pupils by sex (K, M, O) in the whole table.
    Returns: sex → code; empty when the table should not be split by sex.

    >>> joined_sexes({"K": 40, "M": 50})
    {'K': 'K', 'M': 'M', 'O': 'M'}
    >>> joined_sexes({"K": 40, "M": 50, "O": 2})
    {'K': 'K', 'M': 'R', 'O': 'R'}
    >>> joined_sexes({"K": 4, "M": 5, "O": 20})
    {}
    """
    unknown, every = sizes.get(UNKNOWN, 0), sum(sizes.values())
    if unknown > UNKNOWN_MOST * every:
        return {}
    other = BOYS_OR_UNKNOWN if unknown else BOYS
    return {GIRLS: GIRLS, BOYS: other, UNKNOWN: other}


def protect(cells: Mapping[Key, int], threshold: int = THRESHOLD) -> Protected:
    """Hide small cells of one table of counts, and as few others as it takes to keep them hidden.

    A key has one word per dimension; the word TOTAL marks a sum over that dimension. All totals
    that are given take part. What is hidden beside the small cells is inner cells rather than totals,
    and the smallest of them.

    Args:
        cells: key → count, e.g. ("GR", "K") → 12, ("GR", TOTAL) → 30.

    Returns: the same keys with None where hidden.
    """
    primary = {key for key, count in cells.items() if not is_shown(count, threshold)}
    most = max(cells.values(), default=0) + 1
    hidden = primary | close(
        _sums(cells),
        cells,
        dict.fromkeys(primary, room_of(threshold)),
        span=lambda key: span_of(cells[key], threshold),
        cost=lambda key: 10.0 ** key.count(TOTAL) + cells[key] / most,
        limit=threshold,
    )
    shown = {key: HIDDEN if key in hidden else count for key, count in cells.items()}
    return Protected(shown, frozenset(primary), frozenset(hidden - primary))


def _sums(cells: Mapping[Key, int]) -> list[Sum]:
    """Return every total with its parts along one dimension, when both are in the table."""
    sums = []
    for key in cells:
        for place, word in enumerate(key):
            if word == TOTAL:
                parts = [
                    other
                    for other in cells
                    if other[place] != TOTAL
                    and other[:place] + other[place + 1 :] == key[:place] + key[place + 1 :]
                ]
                if parts:
                    sums.append(Sum(key, tuple(sorted(parts))))
    return sums


def close(
    sums: Sequence[Sum],
    values: Mapping[Any, int],
    hidden: Mapping[Any, int],
    *,
    span: Callable[[Any], Span],
    cost: Callable[[Any], float],
    limit: int,
) -> set[Any]:
    """Choose what else to hide so that nothing hidden can be worked out from what is shown.

    For each hidden cell another table is looked for that a reader cannot tell from the true one and in
    which the cell has another value; the cells in which the two differ are hidden, and of all such
    tables the one is taken that hides the cheapest cells. So the true value of no hidden cell follows,
    however the reader adds and subtracts. The hidden parts of a shown total are besides a group of
    their own, whose size follows: more is hidden until it is empty or large enough.

    Args:
        sums: every way in which the cells add up; linked tables share cells.
        values: each cell's true value; changes between two publications may be negative.
        hidden: what must be hidden → how many values must stay possible for it (1 asks for nothing).
        span: what is taken for granted about a cell's value once it is hidden.
        cost: what is lost by hiding a cell that could be shown.
        limit: a group of fewer is small.

    Returns: the cells to hide beside the given ones.

    Source: controlled suppression by mathematical programming, the usual way of statistical offices
    (Fischetti and Salazar, Management Science 47(7), 2001); here one hidden cell after the other.
    """
    # Here, since the solver takes a second to load, and the board's models read this file at every start.
    from samhandla.analytics.disclosure_table import LinkedTable

    table = LinkedTable(sums, values, span, cost, limit)
    gone = dict(hidden)
    while extra := table.lacking(gone):
        gone |= dict.fromkeys(extra, 2)
    return set(gone) - set(hidden)


def too_few(counts: Mapping[Any, int], limit: int) -> set[Any]:
    """Return the cells whose count may not be shown."""
    return {cell for cell, count in counts.items() if not is_shown(count, limit)}
