"""Nothing hidden can be worked out: tried by an attacker who solves for the smallest and largest value."""

from __future__ import annotations

import random

import numpy as np
import pytest
from scipy.optimize import linprog

from samhandla.govern.counting import Counted, Group
from samhandla.govern.disclose import Published, close, hide, lines_of

LIMIT, FEW = 10, 5


def table(counts, form="GR"):
    """Return every group of {(unit, sex): (pupils, above)} with its margins."""
    groups = {}
    for (unit, sex), (pupils, above) in counts.items():
        for group in (
            Group(form, unit, sex),
            Group(form, unit, ""),
            Group(form, None, sex),
            Group(form, None, ""),
        ):
            n, m = groups.get(group, (0, 0))
            groups[group] = (n + pupils, m + above)
    return [Counted(group, n, m, 0, None, None) for group, (n, m) in groups.items()]


def bounds(lines, values, hidden):
    """Return what an attacker can tell: the smallest and largest possible value of each hidden group."""
    cells = sorted(hidden, key=str)
    if not cells:
        return {}
    place = {g: i for i, g in enumerate(cells)}
    left, right = [], []
    for line in lines:
        row, known = np.zeros(len(cells)), 0
        for group, sign in [*((g, 1) for g in line.parts), (line.total, -1)]:
            if group in place:
                row[place[group]] = sign
            else:
                known -= sign * values[group]
        if row.any():
            left.append(row)
            right.append(known)
    found = {}
    for group in cells:
        goal = np.zeros(len(cells))
        goal[place[group]] = 1
        ends = [linprog(sign * goal, A_eq=left, b_eq=right, bounds=(0, 10_000)).fun for sign in (1, -1)]
        found[group] = (ends[0], -ends[1])
    return found


def town(seed):
    draw = random.Random(seed)
    counts = {}
    for unit in range(1, draw.randint(2, 7)):
        for sex in ("K", "M", "O"):
            pupils = draw.choice((0, 3, 7, 9, 12, 40, 90)) if sex != "O" else draw.choice((0, 0, 1, 2, 11))
            if pupils:
                counts[unit, sex] = (pupils, draw.randint(0, pupils))
    return counts or {(1, "K"): (12, 2)}


@pytest.mark.parametrize("seed", range(60))
def test_no_small_group_can_be_worked_out(seed):
    counted = table(town(seed))
    verdicts = hide(counted, group_limit=LIMIT, count_limit=FEW)
    lines = lines_of([c.group for c in counted])
    for what, limit, gone in (
        ("pupils", LIMIT, {g for g, v in verdicts.items() if v.group}),
        ("above", FEW, {g for g, v in verdicts.items() if v.share}),
    ):
        values = {c.group: getattr(c, what) for c in counted}
        for group, (low, high) in bounds(lines, values, gone).items():
            assert high - low >= 1, (what, group, values[group], low, high)
        for line in lines:
            missing = [g for g in line.parts if g in gone]
            if missing and line.total not in gone:
                assert len(missing) >= 2
                assert sum(values[g] for g in missing) >= limit
    assert all(v.group for c in counted if 0 < c.pupils < LIMIT for v in [verdicts[c.group]])
    assert all(v.share for c in counted if 0 < c.above < FEW for v in [verdicts[c.group]])


def test_large_groups_hide_nothing():
    counted = table({(1, "K"): (40, 8), (1, "M"): (50, 9), (2, "K"): (30, 7), (2, "M"): (30, 6)})
    assert not any(v.group or v.share for v in hide(counted, group_limit=LIMIT, count_limit=FEW).values())


def test_the_worked_case_of_grades_by_sex():
    """99/27/15/1 with 47/52, 12/15, 6/9: with limit 10 the cells 1, 6, 9 go, and 15 and more with them.

    Source: domain reference F05 and B11.
    """
    counts = {(9, "K"): 47, (9, "M"): 52, (8, "K"): 12, (8, "M"): 15, (7, "K"): 6, (7, "M"): 9, (6, "K"): 1}
    counted = table({key: (n, 0) for key, n in counts.items()})
    values = {c.group: c.pupils for c in counted}
    lines = lines_of(values)
    hidden = close(lines, values, {g for g, n in values.items() if 0 < n < LIMIT}, LIMIT)
    assert Group("GR", 6, "") in hidden
    assert Group("GR", 7, "") in hidden
    assert Group("GR", 9, "") not in hidden
    assert all(high - low >= 1 for low, high in bounds(lines, values, hidden).values())


def published(counted, verdicts):
    page = {}
    for c in counted:
        verdict = verdicts[c.group]
        page[c.group] = Published(
            None if verdict.group else c.pupils,
            None if verdict.group or verdict.share else c.above,
            {"pupils": c.pupils, "above": c.above},
        )
    return page


def test_a_change_by_few_pupils_keeps_the_published_figure():
    first = table({(1, "K"): (40, 8), (1, "M"): (50, 9), (2, "K"): (30, 7), (2, "M"): (30, 6)})
    page = published(first, hide(first, group_limit=LIMIT, count_limit=FEW))
    later = table({(1, "K"): (41, 9), (1, "M"): (50, 9), (2, "K"): (30, 7), (2, "M"): (30, 6)})
    verdicts = hide(later, group_limit=LIMIT, count_limit=FEW, published=[page])
    assert verdicts[Group("GR", 1, "K")].published == {"pupils": 40, "above": 8}
    assert verdicts[Group("GR", None, "")].published == {"pupils": 150, "above": 30}


def test_a_change_by_many_pupils_is_shown():
    first = table({(1, "K"): (40, 10), (1, "M"): (50, 10), (2, "K"): (60, 10), (2, "M"): (60, 10)})
    page = published(first, hide(first, group_limit=LIMIT, count_limit=FEW))
    later = table({(1, "K"): (80, 30), (1, "M"): (90, 30), (2, "K"): (99, 30), (2, "M"): (99, 30)})
    verdicts = hide(later, group_limit=LIMIT, count_limit=FEW, published=[page])
    assert not any(v.published or v.group or v.share for v in verdicts.values())


def test_what_a_frozen_page_hid_stays_hidden():
    first = table({(1, "K"): (9, 6), (1, "M"): (50, 9), (2, "K"): (30, 7), (2, "M"): (30, 6)})
    page = published(first, hide(first, group_limit=LIMIT, count_limit=FEW))
    later = table({(1, "K"): (10, 6), (1, "M"): (50, 9), (2, "K"): (30, 7), (2, "M"): (30, 6)})
    verdicts = hide(later, group_limit=LIMIT, count_limit=FEW, published=[page])
    assert verdicts[Group("GR", 1, "K")].group


def test_with_another_definition_a_small_change_is_hidden_instead():
    first = table({(1, "K"): (40, 8), (1, "M"): (50, 9), (2, "K"): (30, 7), (2, "M"): (30, 6)})
    page = published(first, hide(first, group_limit=LIMIT, count_limit=FEW))
    later = table({(1, "K"): (40, 6), (1, "M"): (50, 9), (2, "K"): (30, 7), (2, "M"): (30, 6)})
    verdicts = hide(later, group_limit=LIMIT, count_limit=FEW, published=[page], same_definition=False)
    assert verdicts[Group("GR", 1, "K")].share
    assert verdicts[Group("GR", 1, "K")].published is None
