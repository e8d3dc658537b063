"""A reader of board pages who adds and subtracts: what can be told of what is hidden?

Written from what a page shows, never from how it was decided what to hide. It solves for the smallest
and the largest whole number that each hidden count may be, given everything that is shown.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from samhandla.analytics.disclosure import joined_sexes
from samhandla.govern.counting import Counted, Group
from samhandla.govern.disclose import Published

LIMIT, FEW = 10, 5
MANY = 10_000


def counted(children):
    """Return every group of {(unit, grade, sex): (pupils, above)} with its margins, sexes joined."""
    sizes = defaultdict(int)
    for (_unit, _grade, sex), (pupils, _above) in children.items():
        sizes[sex] += pupils
    joined = joined_sexes(sizes)
    found = defaultdict(lambda: [0, 0])
    for (unit, grade, sex), pair in children.items():
        code = {"R": "M"}.get(joined.get(sex, ""), joined.get(sex, ""))
        for place in ((unit, None), (None, grade), (None, None)):
            for of in {code, ""}:
                cell = found[Group("GR", place[0], of, place[1])]
                cell[0] += pair[0]
                cell[1] += pair[1]
    return [Counted(g, n, m, 0, None, None) for g, (n, m) in found.items()]


def page_of(groups, verdicts):
    """Return what a page with these verdicts shows, as `published_counts` reads it from a frozen page."""
    page = {}
    for c in groups:
        verdict = verdicts[c.group]
        if verdict.published is not None:
            page[c.group] = Published(
                verdict.published["pupils"], verdict.published["above"], verdict.published, as_published=True
            )
            continue
        row = {
            "pupils": None if verdict.group else c.pupils,
            "above": None if verdict.group or verdict.share else c.above,
            "hidden": verdict.group,
            "share_hidden": verdict.share,
        }
        page[c.group] = Published(row["pupils"], row["above"], row)
    return page


class Attacker:
    """Knows some pages of a term, and how the groups add up."""

    def __init__(self, *pages):
        self.pages = pages
        self.cells = [
            (n, what, g) for n, page in enumerate(pages) for g in page for what in ("pupils", "above")
        ]
        self.place = {cell: i for i, cell in enumerate(self.cells)}
        self.low, self.high = np.zeros(len(self.cells)), np.full(len(self.cells), MANY)
        self.left, self.least, self.most = [], [], []
        for n, page in enumerate(pages):
            for group, said in page.items():
                self._read(n, group, said)
            self._add_up(n, page)

    def _know(self, cell, low, high):
        place = self.place[cell]
        self.low[place], self.high[place] = max(self.low[place], low), min(self.high[place], high)

    def _read(self, n, group, said):
        """Take in one group of a page: its figures, or the reason that stands instead of them."""
        pupils, above = (n, "pupils", group), (n, "above", group)
        self._relation({pupils: 1, above: -1}, 0, MANY)
        if said.as_published:
            return
        if said.pupils is not None:
            self._know(pupils, said.pupils, said.pupils)
        elif said.row["hidden"] == "small":
            self._know(pupils, 1, LIMIT - 1)
        else:
            self._know(pupils, LIMIT, MANY)
        if said.above is not None:
            self._know(above, said.above, said.above)
        elif said.pupils is not None and said.row["share_hidden"] == "small":
            self._know(above, 1, FEW - 1)

    def _add_up(self, n, page):
        for total in page:
            whole = total.unit is None and total.grade is None
            rules = [lambda g, t=total: (g.unit, g.grade) == (t.unit, t.grade) and g.sex and not t.sex]
            if whole:
                rules.append(lambda g, t=total: g.unit is not None and g.sex == t.sex)
                rules.append(lambda g, t=total: g.grade is not None and g.sex == t.sex)
            for rule in rules:
                parts = [g for g in page if g != total and rule(g)]
                for what in ("pupils", "above") if parts else ():
                    self._relation({**{(n, what, g): 1 for g in parts}, (n, what, total): -1}, 0, 0)

    def _relation(self, terms, least, most):
        row = np.zeros(len(self.cells))
        for cell, sign in terms.items():
            row[self.place[cell]] = sign
        self.left.append(row)
        self.least.append(least)
        self.most.append(most)

    def range_of(self, *terms):
        """Return the smallest and largest value of a sum of signed counts: ((page, what, group), sign)."""
        goal = np.zeros(len(self.cells))
        for cell, sign in terms:
            goal[self.place[cell]] += sign
        ends = []
        for direction in (1, -1):
            found = milp(
                direction * goal,
                integrality=np.ones(len(self.cells)),
                bounds=Bounds(self.low, self.high),
                constraints=LinearConstraint(np.array(self.left), self.least, self.most),
            )
            assert found.success, found.message  # what is shown must at least be possible
            ends.append(round(direction * found.fun))
        return tuple(ends)
