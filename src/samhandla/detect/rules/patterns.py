"""Rules on patterns: weekday, after a break, first and last lesson, slot, late arrival."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from samhandla.detect.rules.chance import Look, best_cell, hold, last_look, looks_for, rejected
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

# For each eight bits, the same bits with a byte each: at most 255 of a weekday are counted, a year has 40.
_BYTES = np.array([sum((byte >> bit & 1) << 8 * bit for bit in range(8)) for byte in range(256)], np.uint64)


def pattern(panel: Panel, values: Values, count: Counter, words: Words) -> State:
    """Test a pattern at every look and let it hold until the next."""
    looks = {column: _look(panel, values, count, column) for column in looks_for(panel.asked)}
    found = {column: stands for column, (_look, _cell, stands) in looks.items()}
    on = hold(panel.asked, found, panel.shape[0]) & panel.now(panel.taught)

    def numbers(row: int, place: int) -> Numbers:
        latest = last_look(int(panel.asked[place]))
        assert latest is not None  # nothing holds before the first look
        look, cell, _ = looks[latest]
        spans = {"window": int(values["days"])}
        if "recent" in values:
            spans["recent"] = int(values["recent"])
        return {**words(look, row, int(cell[row])), **spans}

    return State(on, numbers)


def _look(panel: Panel, values: Values, count: Counter, column: int) -> tuple[Look, Ints, Bools]:
    """Return the counts of one look, each pupil's clearest cell, and for whom it stands; kept."""
    key = count, column, tuple(sorted(values.items()))
    if key not in panel.kept:
        span = slice(max(0, column + 1 - int(values["days"])), column + 1)
        look = count(panel, span, values)
        p, cell = best_cell(look)
        hits = look.hits[np.arange(len(cell)), cell]
        stands = rejected(p, panel.unit, values["rate"]) & (hits >= values["least"])
        panel.kept[key] = look, cell, stands
    return panel.kept[key]  # type: ignore[no-any-return]


def _by_weekday(panel: Panel, marks: Bools, span: slice) -> Ints:
    weekday, inside = panel.weekday[:, span], marks[:, span]
    return np.stack([((weekday == day) & inside).sum(axis=1) for day in range(WEEKDAYS)], axis=1)


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
    hits = _by_weekday(panel, panel.begun, span)
    trials = hits.sum(axis=1, keepdims=True)
    offered = _by_weekday(panel, panel.taught, span)
    even = share(offered, np.broadcast_to(offered.sum(axis=1, keepdims=True), offered.shape))
    tested = np.broadcast_to(trials >= values["least"], hits.shape)
    return Look(hits, np.broadcast_to(trials, hits.shape), usual_share(panel, hits, trials, even), tested)


def _count_after_break(panel: Panel, span: slice, values: Values) -> Look:
    starts = panel.begun[:, span]
    after = panel.after_break[:, span]
    hits = (starts & after).sum(axis=1)[:, None]
    trials = starts.sum(axis=1)[:, None]
    offered = panel.taught[:, span]
    even = share((offered & after).sum(axis=1)[:, None], offered.sum(axis=1)[:, None])
    return Look(hits, trials, usual_share(panel, hits, trials, even), trials >= values["least"])


def missed_first(lessons: Ints, absent: Ints) -> Bools:
    """Mark days on which the first lesson of the day was missed; both are bits."""
    return np.asarray((absent & lessons & -lessons) != 0)


def missed_last(lessons: Ints, absent: Ints) -> Bools:
    """Mark days on which the last lesson of the day was missed; both are bits."""
    return np.asarray((absent.astype(np.int64) * 2 > lessons) & (absent != 0))


def _count_edge(edge: Callable[[Ints, Ints], Bools]) -> Counter:
    def count(panel: Panel, span: slice, values: Values) -> Look:
        part = panel.part_day[:, span]
        offered, absent = panel.lesson_bits[:, span], panel.absent_bits[:, span]
        hits = (part & edge(offered, absent)).sum(axis=1)[:, None]
        trials = part.sum(axis=1)[:, None]
        lessons = np.where(part, panel.lessons[:, span], 0)
        missed = np.where(part, _bit_count(absent), 0)
        even = share(share(missed, lessons).sum(axis=1)[:, None], trials)
        return Look(hits, trials, usual_share(panel, hits, trials, even), trials >= values["least"])

    return count


_count_first, _count_last = _count_edge(missed_first), _count_edge(missed_last)


def _bit_count(bits: NDArray[np.int32]) -> Ints:
    return np.bitwise_count(bits).astype(np.int64)


def lessons_of_the_week(panel: Panel, span: slice) -> tuple[Ints, Ints]:
    """Count for each pupil the lessons of the week that were missed, and that were offered.

    Only days on which the pupil was in school for some of the lessons count as missed.

    Returns: two matrices (pupils × weekday and slot), kept with the panel: two rules ask for the same.
    """
    key = "lessons_of_the_week", span.start, span.stop
    if key not in panel.kept:
        missed = np.where(panel.part_day[:, span], panel.absent_bits[:, span], 0)
        offered = np.where(panel.taught[:, span], panel.lesson_bits[:, span], 0)
        panel.kept[key] = _per_cell(panel, missed, span), _per_cell(panel, offered, span)
    return panel.kept[key]  # type: ignore[no-any-return]


def _per_cell(panel: Panel, bits: Ints, span: slice) -> Ints:
    """Count the bits of each row per weekday and slot.

    Eight slots at a time lie as bytes beside each other in one number, so that one addition counts all.
    """
    spread = [_BYTES[bits >> low & 0xFF] for low in range(0, SLOTS, 8)]
    out = np.zeros((len(bits), WEEKDAYS, SLOTS), np.int64)
    for unit in np.unique(panel.unit):
        rows = np.nonzero(panel.unit == unit)[0]
        weekdays = panel.units.weekdays[unit, span]
        for day in range(WEEKDAYS):
            for part, low in zip(spread, range(0, SLOTS, 8), strict=True):
                counted = part[rows[:, None], np.nonzero(weekdays == day)[0]].sum(axis=1)
                each = counted.astype("<u8")[:, None].view(np.uint8)
                out[rows, day, low : low + 8] = each[:, : SLOTS - low]
    return out.reshape(len(bits), -1)


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
    return pattern(panel, values, _count_first, _plain_words)


def last_lesson(panel: Panel, values: Values) -> State:
    """Hold when the day's last lesson is missed more often than chance explains."""
    return pattern(panel, values, _count_last, _plain_words)


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
        _parameters(4, 60), weekday, compares=True,
    ),
    Rule(
        "after_break", 1, "pattern", "pupil", N_("Efter helg eller lov"),
        N_("Frånvaron börjar ofta efter helg eller lov: {hits} av {of} tillfällen de senaste "
           "{window} skoldagarna."),
        _parameters(4, 60), after_break, compares=True,
    ),
    Rule(
        "first_lesson", 1, "pattern", "pupil", N_("Dagens första lektion"),
        N_("Dagens första lektion missas ofta: {hits} av {of} dagar med enstaka missade lektioner de senaste "
           "{window} skoldagarna."),
        _parameters(5, 60), first_lesson, compares=True,
    ),
    Rule(
        "last_lesson", 1, "pattern", "pupil", N_("Dagens sista lektion"),
        N_("Dagens sista lektion missas ofta: {hits} av {of} dagar med enstaka missade lektioner de senaste "
           "{window} skoldagarna."),
        _parameters(5, 60), last_lesson, compares=True,
    ),
    Rule(
        "slot", 1, "pattern", "pupil", N_("Samma lektionspass"),
        N_("Samma lektionspass missas ofta: pass {slot} på {weekday}, {hits} av {of} gånger de senaste "
           "{window} skoldagarna, fast eleven är i skolan resten av dagen."),
        _parameters(4, 60), slot, compares=True,
    ),
    Rule(
        "late_rising", 1, "pattern", "pupil", N_("Allt fler sena ankomster"),
        N_("Sena ankomster ökar: {hits} dagar med sen ankomst de senaste {recent} skoldagarna, "
           "{of} de senaste {window}."),
        (*_parameters(5, 60), Parameter("recent", N_("jämförs med de senaste"), 20, N_("skoldagar"), 5, 60)),
        late_rising, compares=True,
    ),
)  # fmt: skip
