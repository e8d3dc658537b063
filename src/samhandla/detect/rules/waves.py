"""Illness waves: days on which much of a class is away are recognised and weigh less."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from samhandla.detect.rules.panel import Bools, Floats, Ints, Panel, group_sums, share, sums

EARLIER_DAYS = 40  # a class's usual level is that of its latest 40 school days before the day
LEAST_CLASS = 8  # smaller groups have no level of their own; they follow the unit
PRIOR_LEVEL = 0.05  # away on an ordinary day, until the unit has days of its own
PRIOR_DAYS = 10  # the unit's level counts as this many days until the class has days of its own
LEAST_USUAL = 0.01
WAVE_AT = 2.0  # at least twice the usual, and …
WAVE_SHARE = 0.15  # … at least this share of the class away, is called a wave


def group_levels(panel: Panel, group: Ints) -> tuple[Floats, Ints]:
    """Return per group and day the share away of those who had lessons, and how many had."""
    count = int(group.max()) + 1 if len(group) else 0
    away, there = (group_sums(rows, group, count) for rows in (panel.away, panel.offered > 0))
    return share(away, there), there


def usual_levels(level: Floats, there: Ints, prior: Floats) -> Floats:
    """Return per group and day the usual share away: earlier days, leaning on a prior at first."""
    away = sums((level * there * 1000).astype(np.int64)) / 1000
    total = sums(there)
    start = np.maximum(np.arange(level.shape[1]) - EARLIER_DAYS, 0)
    size = np.maximum(there.max(axis=1), 1)[:, None]
    earlier_away = away[:, :-1] - away[:, start] + prior * PRIOR_DAYS * size
    earlier_total = total[:, :-1] - total[:, start] + PRIOR_DAYS * size
    return np.asarray(earlier_away / earlier_total)


def class_rows(panel: Panel) -> Ints:
    """Number the classes of the panel; pupils without class share one per unit."""
    key = panel.class_id * (len(panel.units.ids) + 1) + panel.unit
    return np.unique(key, return_inverse=True)[1]


def class_waves(panel: Panel) -> Floats:
    """Return for each pupil and day how many times its usual absence the rest of the class has, at least 1.

    The pupil itself is left out, or a pupil alone would look like a wave in a healthy class. The
    usual is the class's own earlier level, so that a class with constantly high absence is not
    excused. Groups that are too small to have a level follow their unit.
    """
    if not len(panel.pupil):
        return np.ones(panel.shape)
    unit_level, unit_there = group_levels(panel, panel.unit)
    unit_usual = usual_levels(unit_level, unit_there, np.full(unit_level.shape, PRIOR_LEVEL))
    classes = class_rows(panel)
    level, there = group_levels(panel, classes)
    unit_of = np.zeros(len(level), np.int64)
    unit_of[classes] = panel.unit
    usual = usual_levels(level, there, unit_usual[unit_of])
    small = there < LEAST_CLASS
    # A pupil is away, there, or has no lessons: of each class and day there are three values at most.
    away, present, free = (
        np.where(
            small,
            _others(unit_level, unit_there, unit_usual, *own)[unit_of],
            _others(level, there, usual, *own),
        )
        for own in ((True, True), (False, True), (False, False))
    )
    return np.where(panel.away, away[classes], np.where(panel.taught, present[classes], free[classes]))


def _others(level: Floats, there: Ints, usual: Floats, is_away: bool, is_there: bool) -> Floats:
    """Return how many times its usual absence a group has without a pupil that is away or not, at least 1."""
    others = share(level * there - is_away, there - is_there)
    return np.maximum(others / np.maximum(usual, LEAST_USUAL), 1.0)


def is_wave(level: Floats, usual: Floats) -> Bools:
    """Tell on which days a group's absence is called an illness wave."""
    return (level >= WAVE_SHARE) & (level >= WAVE_AT * usual)


def with_waves(panel: Panel) -> Panel:
    """Return the panel with the class-wave factor of each pupil and day."""
    return replace(panel, wave=class_waves(panel))
