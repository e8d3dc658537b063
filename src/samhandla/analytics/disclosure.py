"""No figure about a group too small to be anonymous leaves this package, also not by subtraction.

THRESHOLD is 10 because Skolverket's published statistics mark groups of fewer than ten pupils with
two dots (legend of the statistics files, as quoted in domain.md B11, checked 2026-11-22). At least
two cells are hidden in every row and column with a hidden cell (UK LLC's rule, same source).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

THRESHOLD = 10
LEAST_HIDDEN = 2  # a single hidden cell of a line is its total minus the rest
HIDDEN = None

Key = tuple[str, ...]
TOTAL = "total"


@dataclass(frozen=True)
class Protected:
    """A table that may be shown: hidden cells are None, and which were hidden for which reason."""

    cells: Mapping[Key, int | None]
    primary: frozenset[Key]
    complementary: frozenset[Key]


def is_shown(count: int, threshold: int = THRESHOLD) -> bool:
    """Tell whether a group of this size may be shown; an empty group may.

    >>> is_shown(9), is_shown(10), is_shown(0)
    (False, True, True)
    """
    return count == 0 or count >= threshold


def protect(cells: Mapping[Key, int], threshold: int = THRESHOLD) -> Protected:
    """Hide small cells of one table of counts, and as many others as it takes to keep them hidden.

    A key has one word per dimension; the word TOTAL marks a sum over that dimension. All totals
    that are given take part. Cells are hidden from the smallest up, so that as little as possible
    is lost; a total is hidden only when no other cell can be.

    Args:
        cells: key → count, e.g. ("GR", "K") → 12, ("GR", TOTAL) → 30.

    Returns: the same keys with None where hidden.

    Source: the repeated cover of lines is the usual hypercube idea in its simplest form; see the
    module's text for threshold and least number of hidden cells.
    """
    primary = {key for key, count in cells.items() if not is_shown(count, threshold)}
    hidden = set(primary)
    lines = _lines(cells)
    while exposed := _exposed(lines, cells, hidden, threshold):
        hidden.add(exposed)
    shown = {key: HIDDEN if key in hidden else count for key, count in cells.items()}
    return Protected(shown, frozenset(primary), frozenset(hidden - primary))


def hide_small(
    rows: Sequence[Mapping[str, object]], n: str, figures: Sequence[str], threshold: int = THRESHOLD
) -> list[dict[str, object]]:
    """Empty the figures of rows whose group is too small, and the group's size with them.

    For rows that are no parts of a shown total; a table with totals goes through `protect`.

    Args:
        n: the column with the size of the group.
        figures: the columns to empty.
    """
    out = []
    for row in rows:
        size = row[n]
        small = not isinstance(size, int) or not is_shown(size, threshold)
        out.append({**row, **(dict.fromkeys((n, *figures), HIDDEN) if small else {}), "hidden": small})
    return out


def _lines(cells: Mapping[Key, int]) -> list[tuple[Key, ...]]:
    """Return every line: a total and its parts along one dimension, when both are in the table."""
    lines = []
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
                    lines.append((key, *sorted(parts)))
    return lines


def _exposed(
    lines: Sequence[tuple[Key, ...]], cells: Mapping[Key, int], hidden: set[Key], threshold: int
) -> Key | None:
    """Return the next cell to hide: the smallest in a line whose hidden cells can be told."""
    for line in lines:
        gone = [key for key in line if key in hidden]
        if not gone or (len(gone) >= LEAST_HIDDEN and sum(cells[key] for key in gone) >= threshold):
            continue
        open_ = [key for key in line if key not in hidden]
        if open_:
            return min(open_, key=lambda key: (key == line[0], cells[key] == 0, cells[key], key))
    return None
