"""Rules on patterns: weekday, after a break, first and last lesson, slot, late arrival."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from samhandla.detect.rules.chance import Look, best_cell, hold, last_look, look_columns, rejected
from samhandla.detect.rules.declare import Numbers, Parameter, Rule, State, Values
from samhandla.detect.rules.panel import Bools, Floats, Ints, Panel, group_sums, share
from samhandla.lib.i18n import N_

WEEKDAYS = 5
SLOTS = 12
PRIOR_PUPILS = 10  # as many pupils with an even pattern count beside those of the unit
PRIOR_TRIALS = 20  # and as many lessons elsewhere beside the pupil's own, where lessons are compared
LEAST_CHANCE = 0.01

Counter = Callable[[Panel, slice, Values], Look]
Words = Callable[[Look, int, int], Numbers]


def pattern(panel: Panel, values: Values, count: Counter, words: Words) -> State:
    """Test a pattern at every look and let it hold until the next."""
    found: dict[int, Bools] = {}
    kept: dict[int, tuple[Look, Ints]] = {}
    for column in look_columns(panel.shape[1]):
        span = slice(max(0, column + 1 - int(values["days"])), column + 1)
        look = count(panel, span, values)
        p, cell = best_cell(look)
        hits = look.hits[np.arange(len(cell)), cell]
        found[column] = rejected(p, panel.unit, values["rate"]) & (hits >= values["least"])
        kept[column] = look, cell
    on = hold(panel.shape, found) & (panel.offered > 0)

    def numbers(row: int, column: int) -> Numbers:
        look, cell = kept[last_look(kept, column)]
        spans = {"window": int(values["days"])}
        if "recent" in values:
            spans["recent"] = int(values["recent"])
        return {**words(look, row, int(cell[row])), **spans}

    return State(on, numbers)


def _by_weekday(panel: Panel, marks: Bools, span: slice) -> Ints:
    return np.stack(
        [((panel.weekday[:, span] == day) & marks[:, span]).sum(axis=1) for day in range(WEEKDAYS)], axis=1
    )


def usual_share(panel: Panel, hits: Ints, trials: Ints, even: Floats) -> Floats:
    """Return what is usual for the pupil's unit per cell: the mean share of the other pupils.

    Each pupil weighs the same, so that a few pupils with a pattern do not make it the usual one.
    The even share counts beside it as some pupils, and is the least that is assumed.
    """
    tried = np.broadcast_to(trials, hits.shape)
    own, counts = share(hits, tried), (tried > 0).astype(np.int64)
    shares, pupils = (group_sums(rows, panel.unit, len(panel.units.ids)) for rows in (own, counts))
    others = shares[panel.unit] - own + even * PRIOR_PUPILS
    return np.asarray(np.maximum(others / (pupils[panel.unit] - counts + PRIOR_PUPILS), even))


def _count_weekday(panel: Panel, span: slice, values: Values) -> Look:
    starts = panel.spell_day == 1
    hits = _by_weekday(panel, starts, span)
    trials = hits.sum(axis=1, keepdims=True)
    offered = _by_weekday(panel, panel.offered > 0, span)
    even = share(offered, np.broadcast_to(offered.sum(axis=1, keepdims=True), offered.shape))
    tested = np.broadcast_to(trials >= values["least"], hits.shape)
    return Look(hits, np.broadcast_to(trials, hits.shape), usual_share(panel, hits, trials, even), tested)


def _count_after_break(panel: Panel, span: slice, values: Values) -> Look:
    starts = (panel.spell_day == 1)[:, span]
    after = panel.after_break[:, span]
    hits = (starts & after).sum(axis=1)[:, None]
    trials = starts.sum(axis=1)[:, None]
    offered = (panel.offered > 0)[:, span]
    even = share((offered & after).sum(axis=1)[:, None], offered.sum(axis=1)[:, None])
    return Look(hits, trials, usual_share(panel, hits, trials, even), trials >= values["least"])


def part_days(panel: Panel) -> Bools:
    """Mark days on which some lessons were missed and some attended."""
    return np.asarray((panel.absent_bits != 0) & (panel.absent_bits != panel.lesson_bits))


def missed_first(panel: Panel) -> Bools:
    """Mark days on which the first lesson of the day was missed."""
    first = panel.lesson_bits & -panel.lesson_bits
    return np.asarray((panel.absent_bits & first) != 0)


def missed_last(panel: Panel) -> Bools:
    """Mark days on which the last lesson of the day was missed."""
    highest = panel.absent_bits.astype(np.int64) * 2 > panel.lesson_bits
    return np.asarray(highest & (panel.absent_bits != 0))


def _count_edge(edge: Callable[[Panel], Bools]) -> Counter:
    def count(panel: Panel, span: slice, values: Values) -> Look:
        part = part_days(panel)[:, span]
        hits = (part & edge(panel)[:, span]).sum(axis=1)[:, None]
        trials = part.sum(axis=1)[:, None]
        lessons = np.where(part, panel.lessons[:, span], 0)
        missed = np.where(part, _bit_count(panel.absent_bits[:, span]), 0)
        even = share(share(missed, lessons).sum(axis=1)[:, None], trials)
        return Look(hits, trials, usual_share(panel, hits, trials, even), trials >= values["least"])

    return count


def _bit_count(bits: NDArray[np.int32]) -> Ints:
    return np.bitwise_count(bits).astype(np.int64)


def lessons_of_the_week(panel: Panel, span: slice) -> tuple[Ints, Ints]:
    """Count for each pupil the lessons of the week that were missed, and that were offered.

    Only days on which the pupil was in school for some of the lessons count as missed.

    Returns: two matrices (pupils × weekday and slot), kept with the panel: two rules ask for the same.
    """
    key = "lessons_of_the_week", span.start, span.stop
    if key not in panel.kept:
        missed = np.where(part_days(panel)[:, span], panel.absent_bits[:, span], 0)
        offered = np.where(panel.offered[:, span] > 0, panel.lesson_bits[:, span], 0)
        weekday = panel.weekday[:, span]
        panel.kept[key] = _per_cell(missed, weekday), _per_cell(offered, weekday)
    return panel.kept[key]  # type: ignore[no-any-return]


def _per_cell(bits: Ints, weekday: Ints) -> Ints:
    """Count the bits of each row per weekday and slot; days with the same bits are counted at once."""
    row, column = np.nonzero((bits != 0) & (weekday >= 0) & (weekday < WEEKDAYS))
    own = bits[row, column] & (2**SLOTS - 1)
    kinds = np.flatnonzero(np.bincount(own, minlength=2**SLOTS))
    kind_of = np.zeros(2**SLOTS, np.int64)
    kind_of[kinds] = np.arange(len(kinds))
    cells = len(bits) * WEEKDAYS
    key = (row * WEEKDAYS + weekday[row, column]) * len(kinds) + kind_of[own]
    days = np.bincount(key, minlength=cells * len(kinds)).reshape(cells, len(kinds))
    # Small whole numbers: exact as floats, which are multiplied many times faster.
    slots = ((kinds[:, None] >> np.arange(SLOTS)) & 1).astype(np.float64)
    return (days.astype(np.float64) @ slots).astype(np.int64).reshape(len(bits), -1)


def _count_slot(panel: Panel, span: slice, values: Values) -> Look:
    hits, trials = lessons_of_the_week(panel, span)
    all_hits, all_trials = hits.sum(axis=1, keepdims=True), trials.sum(axis=1, keepdims=True)
    elsewhere = (all_hits - hits + 1) / (all_trials - trials + PRIOR_TRIALS)
    chance = np.maximum(usual_share(panel, hits, trials, np.full(hits.shape, LEAST_CHANCE)), elsewhere)
    tested = (trials >= values["least"]) & (all_hits >= values["least"])
    return Look(hits, trials, chance, tested)


def _count_late(panel: Panel, span: slice, values: Values) -> Look:
    late, lessons = panel.late[:, span].astype(np.int64), panel.lessons[:, span].astype(np.int64)
    late = np.minimum(late, 1)
    recent = int(values["recent"])
    hits, trials = late[:, -recent:].sum(axis=1)[:, None], late.sum(axis=1)[:, None]
    there = lessons > 0
    even = share(there[:, -recent:].sum(axis=1)[:, None], there.sum(axis=1)[:, None])
    tested = (trials >= values["least"]) & (even < 1)
    return Look(hits, trials, usual_share(panel, hits, trials, even), tested)


def _weekday_words(look: Look, row: int, cell: int) -> Numbers:
    return {**_plain_words(look, row, cell), "weekday": cell}


def _plain_words(look: Look, row: int, cell: int) -> Numbers:
    return {"hits": int(look.hits[row, cell]), "of": int(look.trials[row, cell])}


def _slot_words(look: Look, row: int, cell: int) -> Numbers:
    return {**_plain_words(look, row, cell), "weekday": cell // SLOTS, "slot": cell % SLOTS + 1}


def weekday(panel: Panel, values: Values) -> State:
    """Hold when absence begins on one weekday more often than chance and the unit's usual explain."""
    return pattern(panel, values, _count_weekday, _weekday_words)


def after_break(panel: Panel, values: Values) -> State:
    """Hold when absence begins after weekends and breaks more often than chance explains."""
    return pattern(panel, values, _count_after_break, _plain_words)


def first_lesson(panel: Panel, values: Values) -> State:
    """Hold when the day's first lesson is missed more often than chance explains."""
    return pattern(panel, values, _count_edge(missed_first), _plain_words)


def last_lesson(panel: Panel, values: Values) -> State:
    """Hold when the day's last lesson is missed more often than chance explains."""
    return pattern(panel, values, _count_edge(missed_last), _plain_words)


def slot(panel: Panel, values: Values) -> State:
    """Hold when one lesson of the week is missed more often than the pupil's other lessons."""
    return pattern(panel, values, _count_slot, _slot_words)


def late_rising(panel: Panel, values: Values) -> State:
    """Hold when late arrivals have become clearly more frequent."""
    return pattern(panel, values, _count_late, _plain_words)


def _parameters(least: int, days: int) -> tuple[Parameter, ...]:
    return (
        Parameter("least", N_("minst så många gånger"), least, N_("gånger"), 3, 30),
        Parameter("days", N_("räknat på de senaste"), days, N_("skoldagar"), 20, 180),
        Parameter("rate", N_("godtagen andel mönster som är slump"), 0.05, "andel 0–1", 0.001, 0.2),
    )


RULES = (
    Rule(
        "weekday", 1, "pattern", "pupil", N_("Samma veckodag"),
        N_("Frånvaron börjar ofta på {weekday}: {hits} av {of} tillfällen de senaste {window} skoldagarna."),
        _parameters(4, 60), weekday,
    ),
    Rule(
        "after_break", 1, "pattern", "pupil", N_("Efter helg eller lov"),
        N_("Frånvaron börjar ofta efter helg eller lov: {hits} av {of} tillfällen de senaste "
           "{window} skoldagarna."),
        _parameters(4, 60), after_break,
    ),
    Rule(
        "first_lesson", 1, "pattern", "pupil", N_("Dagens första lektion"),
        N_("Dagens första lektion missas ofta: {hits} av {of} dagar med enstaka missade lektioner de senaste "
           "{window} skoldagarna."),
        _parameters(5, 60), first_lesson,
    ),
    Rule(
        "last_lesson", 1, "pattern", "pupil", N_("Dagens sista lektion"),
        N_("Dagens sista lektion missas ofta: {hits} av {of} dagar med enstaka missade lektioner de senaste "
           "{window} skoldagarna."),
        _parameters(5, 60), last_lesson,
    ),
    Rule(
        "slot", 1, "pattern", "pupil", N_("Samma lektionspass"),
        N_("Samma lektionspass missas ofta: pass {slot} på {weekday}, {hits} av {of} gånger de senaste "
           "{window} skoldagarna, fast eleven är i skolan resten av dagen."),
        _parameters(4, 60), slot,
    ),
    Rule(
        "late_rising", 1, "pattern", "pupil", N_("Allt fler sena ankomster"),
        N_("Sena ankomster ökar: {hits} dagar med sen ankomst de senaste {recent} skoldagarna, "
           "{of} de senaste {window}."),
        (*_parameters(5, 60), Parameter("recent", N_("jämförs med de senaste"), 20, N_("skoldagar"), 5, 60)),
        late_rising,
    ),
)  # fmt: skip
