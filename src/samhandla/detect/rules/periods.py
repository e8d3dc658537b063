"""When the present period of a reason began: told from the days before, only as far back as needed."""

from __future__ import annotations

import numpy as np

from samhandla.detect.rules.chance import last_look
from samhandla.detect.rules.declare import GroupState, State
from samhandla.detect.rules.panel import Bools, Ints, Panel
from samhandla.detect.rules.ruleset import Setting

QUIET_DAYS = 20  # school days without a reason before the same reason counts as new


def new_entries(on: Bools, quiet_days: int = QUIET_DAYS) -> Bools:
    """Mark the days on which something holds after `quiet_days` days without."""
    column = np.arange(on.shape[1])
    before = np.full(on.shape, -quiet_days - 1)  # the latest day on which it held
    before[:, 1:] = np.maximum.accumulate(np.where(on, column, -quiet_days - 1), axis=1)[:, :-1]
    return np.asarray(on & (column - before > quiet_days))


def period_starts(setting: Setting, state: State, part: Panel, rows: Ints, column: Ints) -> Ints:
    """Return for some subjects, for whom a rule holds on a day, where the present period began.

    Args:
        state: what the rule found in `part`.
        rows: the subjects, rows of `state`.
        column: the day of each.
    """
    if not len(rows):
        return column
    if state.whole is not None:
        return _starts(state.whole[rows], column)
    rule = setting.rule
    if isinstance(state, GroupState) or rule.compares:
        return _by_looks(setting, part, rows, column, grouped=isinstance(state, GroupState))
    every = part.rows(rows).asking(np.arange(column.max() + 1))
    return _starts(rule.test(every, setting.values).on, column)


def _starts(on: Bools, column: Ints) -> Ints:
    entries = np.where(new_entries(on), np.arange(on.shape[1]), 0)
    return np.maximum.accumulate(entries, axis=1)[np.arange(len(column)), column]


def _by_looks(setting: Setting, part: Panel, rows: Ints, column: Ints, *, grouped: bool) -> Ints:
    """Go back from one look to the one before, with the units where some period still goes on."""
    started, left = column.copy(), np.arange(len(rows))
    after = int(column.max()) + 1
    while len(left):
        first = last_look(after - 1) or 0
        on = setting.rule.test(part.asking(np.arange(first, after)), setting.values).on[rows[left]]
        for day in range(after - 1, first - 1, -1):
            again = on[:, day - first] & (day <= column[left]) & (started[left] - day <= QUIET_DAYS)
            started[left[again]] = day
        left = left[started[left] - first < QUIET_DAYS] if first else left[:0]
        after = first
        if not grouped:
            kept = np.isin(part.unit, part.unit[rows[left]])
            part, rows = part.rows(kept), np.cumsum(kept)[rows] - 1
    return started
