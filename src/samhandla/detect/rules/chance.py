"""Keeps patterns that chance alone would make apart from those it would not.

Each pattern is an exact one-sided binomial test; the cells of one pupil (five weekdays, say) are
corrected by Bonferroni, and the pupils of a unit by Benjamini and Hochberg. Patterns are looked for
on set days only, not every day, so that looking often does not find more.

Source: Benjamini & Hochberg 1995, Journal of the Royal Statistical Society B 57, 289–300.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.special import bdtrc  # a third of the start-up time of scipy.stats

from samhandla.detect.rules.panel import Bools, Floats, Ints

LOOK_EVERY = 20  # school days between looks: the first is on day 20


@dataclass(frozen=True)
class Look:
    """Counts at one look: `hits` of `trials` per (subject, cell), and what chance would give."""

    hits: Ints
    trials: Ints
    chance: Floats
    tested: Bools  # (subject, cell) with enough trials to be tested at all


def best_cell(look: Look) -> tuple[Floats, Ints]:
    """Return for each subject the p-value of its clearest cell, corrected for the cells, and that cell.

    A subject without a tested cell gets 1. Ties go to the first cell.
    """
    p = _by_chance(look)
    cells = np.maximum(look.tested.sum(axis=1), 1)
    return np.minimum(p.min(axis=1) * cells, 1.0), p.argmin(axis=1)


def rejected(p: Floats, family: Ints, rate: float) -> Bools:
    """Tell which tests stand after control of the false discovery rate within each family.

    Args:
        p: p-values; 1 for those that were not tested, which count in no family.
        family: number of the family of each test.
        rate: share of false findings that is accepted, 0–1.

    >>> rejected(np.array([0.001, 0.04, 0.9]), np.array([0, 0, 0]), 0.05).tolist()
    [True, False, False]
    """
    out = np.zeros(len(p), bool)
    for number in np.unique(family[p < 1]):
        mine = np.nonzero((family == number) & (p < 1))[0]
        ordered = np.sort(p[mine])
        passing = np.nonzero(ordered <= rate * np.arange(1, len(mine) + 1) / len(mine))[0]
        if len(passing):
            out[mine] = p[mine] <= ordered[passing[-1]]
    return out


def _by_chance(look: Look) -> Floats:
    """Return how probable so many hits are by chance alone, 1 for cells that are not tested."""
    p = np.ones(look.tested.shape)
    at = look.tested
    p[at] = bdtrc(look.hits[at] - 1, look.trials[at], np.clip(look.chance[at], 1e-6, 1.0))
    return p


def clear_cells(look: Look, family: Ints, rate: float) -> Bools:
    """Tell which cells stand when every tested cell is a test of its own within its family."""
    p = _by_chance(look)
    return rejected(p.reshape(-1), family.reshape(-1), rate).reshape(p.shape)


def hold(asked: Ints, looks: Mapping[int, Bools], subjects: int) -> Bools:
    """Let what a look found hold until the next, (subjects × asked days).

    Args:
        looks: what was found, by the column of the look; those of `looks_for` the asked days.
    """
    on = np.zeros((subjects, len(asked)), bool)
    for place, column in enumerate(asked):
        look = last_look(int(column))
        if look is not None:
            on[:, place] = looks[look]
    return on


def looks_for(asked: Ints) -> list[int]:
    """Return the looks that say what holds on the asked days: on day 20, 40, …

    >>> looks_for(np.arange(60))
    [19, 39, 59]
    """
    found = {last_look(int(column)) for column in asked}
    return sorted(look for look in found if look is not None)


def last_look(column: int) -> int | None:
    """Return the latest look until a column, None before the first.

    >>> last_look(18), last_look(19), last_look(45)
    (None, 19, 39)
    """
    look = (column + 1) // LOOK_EVERY * LOOK_EVERY - 1
    return look if look >= 0 else None
