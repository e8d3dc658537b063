"""Leaves out cells so small that they could say something about somebody."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

FEWEST = 10  # the house's disclosure limit


@dataclass(frozen=True)
class Cell:
    """How many of a group of pupils something holds for."""

    pupils: int
    count: int

    @property
    def small(self) -> bool:
        return self.pupils < FEWEST or 0 < self.count < FEWEST


def hidden_in(cells: Mapping[str, Cell]) -> set[str]:
    """Return which cells of one table must not be shown, given that its total is.

    A single hidden cell could be found by subtraction, so the smallest of the others goes with it.

    >>> sorted(hidden_in({"a": Cell(300, 4), "b": Cell(280, 31), "c": Cell(290, 22)}))
    ['a', 'c']
    >>> hidden_in({"a": Cell(300, 40), "b": Cell(280, 31)})
    set()
    """
    hidden = {name for name, cell in cells.items() if cell.small}
    total = sum(cells[name].count for name in hidden)
    while hidden and len(hidden) < len(cells) and (len(hidden) == 1 or 0 < total < FEWEST):
        others = sorted((cell.count, cell.pupils, name) for name, cell in cells.items() if name not in hidden)
        total += others[0][0]
        hidden.add(others[0][2])
    return hidden


def at_least(count: int) -> int | None:
    """Return a count that may be shown; None for 1–9.

    >>> at_least(0), at_least(9), at_least(10)
    (0, None, 10)
    """
    return count if count == 0 or count >= FEWEST else None
