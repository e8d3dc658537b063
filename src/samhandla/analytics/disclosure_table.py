"""Which further cells must be hidden so that the hidden ones cannot be worked out: the solver's part."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, hstack, identity, vstack

from samhandla.analytics.disclosure import Span, Sum


class LinkedTable:
    """Linked sums as a system of equations in the cells' possible changes, in whole pupils."""

    def __init__(
        self,
        sums: Sequence[Sum],
        values: Mapping[Any, int],
        span: Callable[[Any], Span],
        cost: Callable[[Any], float],
        limit: int,
    ) -> None:
        self.cells = list(values)
        self.place = {cell: number for number, cell in enumerate(self.cells)}
        self.sums, self.values, self.cost, self.limit = sums, values, cost, limit
        self.free: set[Any] = set()
        ends = [self._moves(values[cell], span(cell)) for cell in self.cells]
        self.down = np.array([low for low, _high in ends], dtype=float)
        self.up = np.array([high for _low, high in ends], dtype=float)
        entries = [
            (row, self.place[cell], -1.0 if cell == line.total else 1.0)
            for row, line in enumerate(sums)
            for cell in line.cells
        ]
        rows, columns, signs = zip(*entries, strict=True) if entries else ((), (), ())
        self.equations = csr_array((signs, (rows, columns)), shape=(len(sums), len(self.cells)))

    def _moves(self, value: int, span: Span) -> tuple[int, int]:
        """Return how far a hidden value may be from the true one; farther than the limit is not needed."""
        low = -self.limit if span.low is None else max(span.low - value, -self.limit)
        high = self.limit if span.high is None else min(span.high - value, self.limit)
        return min(low, 0), max(high, 0)

    def lacking(self, gone: Mapping[Any, int]) -> set[Any]:
        """Return the next cells that must be hidden, empty when enough are."""
        for cell in sorted(gone, key=lambda c: (self.values[c], self.place[c])):
            if cell in self.free or gone[cell] < 2:
                continue
            if extra := self._widened(cell, gone):
                return extra
            self.free.add(cell)  # hiding more never narrows what is possible
        for line in self.sums:
            if (beside := self._beside(line, gone)) is not None:
                return {beside}
        return set()

    def _beside(self, line: Sum, gone: Mapping[Any, int]) -> Any:
        """Return a cell to hide when the hidden parts of a shown total are together too few; else None."""
        shown = [cell for cell in line.parts if cell not in gone]
        if line.total in gone or len(shown) == len(line.parts):
            return None
        left = self.values[line.total] - sum(self.values[cell] for cell in shown)
        if left == 0 or abs(left) >= self.limit:
            return None
        enough = [cell for cell in shown if abs(left + self.values[cell]) >= self.limit]
        return min([*enough, line.total], key=lambda cell: (self.cost(cell), self.place[cell]))

    def _widened(self, cell: Any, gone: Mapping[Any, int]) -> set[Any]:
        """Return what to hide so that as many values are possible for a cell as it needs."""
        had = {sign: self._reach(cell, sign, gone) for sign in (1, -1)}
        lacking = gone[cell] - 1 - sum(had.values())
        for sign in (1, -1):
            free = (self.up if sign > 0 else -self.down)[self.place[cell]]
            more = min(lacking, int(free) - had[sign])
            if more > 0:
                extra = self._cheapest(cell, sign * (had[sign] + more), gone)
                if extra:
                    return extra
        return self._neighbours(cell, gone) if lacking > 0 else set()

    def _neighbours(self, cell: Any, gone: Mapping[Any, int]) -> set[Any]:
        """Return everything shown in the sums of a cell: the last resort when no other table fits."""
        return {other for line in self.sums if cell in line.cells for other in line.cells} - set(gone)

    def _reach(self, cell: Any, sign: int, gone: Mapping[Any, int]) -> int:
        """Return how far a hidden value can go in one direction while all that is shown stays true."""
        open_ = sorted(self.place[other] for other in gone)
        goal = np.zeros(len(open_))
        goal[open_.index(self.place[cell])] = -sign
        found = milp(
            goal,
            integrality=np.ones(len(open_)),
            bounds=Bounds(self.down[open_], self.up[open_]),
            constraints=LinearConstraint(self.equations[:, open_], 0, 0) if self.sums else (),
        )
        return round(float(-found.fun))

    def _cheapest(self, cell: Any, move: int, gone: Mapping[Any, int]) -> set[Any]:
        """Return the cheapest cells whose hiding lets a cell move so far; empty when nothing does."""
        size = len(self.cells)
        closed = np.array([0.0 if other in gone else 1.0 for other in self.cells])
        low, high = self.down.copy(), self.up.copy()
        low[self.place[cell]] = high[self.place[cell]] = move
        price = np.array([self.cost(other) for other in self.cells]) * closed
        one, none = identity(size), csr_array(self.equations.shape)
        switch = identity(size) * float(self.limit)
        found = milp(
            np.concatenate([np.zeros(size), price]),
            integrality=np.ones(2 * size),
            bounds=Bounds(np.concatenate([low, np.zeros(size)]), np.concatenate([high, np.ones(size)])),
            constraints=[
                LinearConstraint(hstack([self.equations, none], format="csr"), 0, 0),
                LinearConstraint(
                    vstack([hstack([one, -switch]), hstack([-one, -switch])], format="csr"), -np.inf, 0
                ),
            ],
        )
        if found.x is None:
            return set()
        return {other for other, moved in zip(self.cells, found.x[:size], strict=True) if round(moved)} - set(
            gone
        )
