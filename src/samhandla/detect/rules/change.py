"""The rule on change: more absence than the pupil's own earlier level.

A running sum (Page 1954) grows on days away and shrinks on ordinary days. It is an internal count
that decides when the reason is shown; what is shown is the measure that rose, beside its
earlier level. Nothing is learnt from pupils: the weights are declared here and the limit is a parameter.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from samhandla.detect.rules.declare import Numbers, Parameter, Rule, State, Values
from samhandla.detect.rules.panel import Floats, Panel, group_sums, share, spells_in
from samhandla.lib.i18n import N_

# What a day weighs. The first day of a spell says most, since an illness then runs its course; parts
# of days count as parts. The weights are declared, few and round; they were tried on simulated years.
FIRST_DAY, LATER_DAYS = 1.0, 0.15
LATE_DAY, APART_LESSON = 0.2, 0.5
GAP_DAYS = 20  # the latest days are no part of the earlier level
PRIOR_DAYS = 60  # the unit's usual level counts as this many days until the pupil has days of its own
PRIOR_POINTS, PRIOR_SIZE = 0.05, 1000  # an ordinary unit's points per day, until it has days of its own
SHOWN_DAYS = 30
BY_SHARE = N_(
    "Mer frånvaro än elevens egen tidigare nivå. De senaste {window} skoldagarna: {share} av undervisningen, "
    "borta minst halva dagen {days} dagar vid {spells} tillfällen, någon ogiltig frånvaro {invalid_days} "
    "dagar. Tidigare i år: {earlier_share} av undervisningen."
)
BY_SPELLS = N_(
    "Fler frånvarotillfällen än elevens egen tidigare nivå. De senaste {window} skoldagarna: {spells} "
    "tillfällen. Tidigare i år: {earlier_spells} tillfällen på {earlier_window} skoldagar."
)
BY_INVALID = N_(
    "Mer ogiltig frånvaro än elevens egen tidigare nivå. De senaste {window} skoldagarna: någon ogiltig "
    "frånvaro {invalid_days} dagar. Tidigare i år: {earlier_invalid} av {earlier_window} skoldagar."
)
WITHOUT_COMPARISON = N_(
    "Frånvaro eller sena ankomster har en tid varit mer än vanligt för eleven. De senaste {window} "
    "skoldagarna: {share} av undervisningen vid {spells} tillfällen, någon ogiltig frånvaro {invalid_days} "
    "dagar."
)
CEILING = 1.5  # the sum stops at this many times the limit, so that it can come down again


def day_points(panel: Panel, invalid_adds: float) -> Floats:
    """Return what each day weighs: spells, parts of days, lateness and invalid absence.

    A day away weighs less the more of the class is away that day (an illness wave).
    """
    # Few days have anything that weighs.
    some = np.nonzero((panel.absent != 0) | (panel.late != 0) | (panel.apart != 0))
    offered = panel.offered[some]
    weight = np.where(panel.begun[some], FIRST_DAY, LATER_DAYS)
    part = share(panel.absent[some], offered)
    points = np.where(panel.away[some], weight, part) / panel.wave[some]
    points += LATE_DAY * np.minimum(panel.late[some], 1) + APART_LESSON * np.minimum(panel.apart[some], 1)
    points += invalid_adds * np.minimum(share(panel.invalid[some], offered) * 2, 1.0)
    whole = np.zeros(panel.shape)
    whole[some] = points
    return whole


def usual_points(panel: Panel, points: Floats) -> Floats:
    """Return each pupil's own earlier points per day, leaning on the unit's until there are enough days.

    Day d uses days until d - GAP_DAYS only.
    """
    capped = np.minimum(points, 1.0)
    own, days = _running(capped), panel.total("taught")
    unit_points, unit_days = (group_sums(rows, panel.unit, len(panel.units.ids)) for rows in (own, days))
    until = np.maximum(np.arange(panel.shape[1]) + 1 - GAP_DAYS, 0)
    usual = (unit_points[:, until] + PRIOR_POINTS * PRIOR_SIZE) / (unit_days[:, until] + PRIOR_SIZE)
    return np.asarray((own[:, until] + usual[panel.unit] * PRIOR_DAYS) / (days[:, until] + PRIOR_DAYS))


def running_sum(panel: Panel, values: Values) -> Floats:
    """Return the sum of points above the usual level, never below zero."""
    points = day_points(panel, values["invalid_adds"])
    excess = points - usual_points(panel, points) * values["times"] - values["slack"]
    top = CEILING * values["limit"]
    total = np.zeros(panel.shape[0])
    out = np.zeros(panel.shape[::-1])
    # Day by day in memory too: a day of all pupils is read and written as one piece.
    steps = zip(np.ascontiguousarray(excess.T), np.ascontiguousarray(panel.taught.T), strict=True)
    for column, (more, there) in enumerate(steps):
        total = np.where(there, np.clip(total + more, 0, top), total)
        out[column] = total
    return out.T


def rising(panel: Panel, values: Values) -> State:
    """Hold while there is clearly more absence than the pupil's own earlier level."""
    whole = (running_sum(panel, values) >= values["limit"]) & panel.taught
    away, begun = panel.window("away", SHOWN_DAYS), spells_in(panel, SHOWN_DAYS)
    invalid = panel.window("invalid_day", SHOWN_DAYS)
    earlier = _earlier(panel)
    absent, offered = panel.window("absent", SHOWN_DAYS), panel.window("offered", SHOWN_DAYS)

    def numbers(row: int, place: int) -> Numbers:
        return {
            "days": int(away[row, place]),
            "spells": int(begun[row, place]),
            "invalid_days": int(invalid[row, place]),
            "share": round(float(absent[row, place] / max(offered[row, place], 1)), 4),
            "window": min(SHOWN_DAYS, int(panel.asked[place]) + 1),
            **earlier(row, place),
        }

    return State(panel.now(whole), numbers, whole)


def _earlier(panel: Panel) -> Callable[[int, int], Numbers]:
    """Return how to tell the same measures of the school year's days before the shown window."""
    before = np.maximum(panel.asked + 1 - SHOWN_DAYS, 0)
    names = ("taught", "begun", "invalid_day", "absent", "offered")
    days, begun, invalid, absent, offered = (panel.total(name) for name in names)

    def numbers(row: int, place: int) -> Numbers:
        at = row, before[place]
        return {
            "earlier_share": round(float(absent[at] / max(offered[at], 1)), 4),
            "earlier_spells": int(begun[at]),
            "earlier_invalid": int(invalid[at]),
            "earlier_window": int(days[at]),
        }

    return numbers


def in_measure(numbers: Numbers) -> str:
    """Return the sentence whose measure rose, so that the comparison shown never goes the other way.

    Where none of them did in the shown window (the sum remembers longer, and counts late arrivals) no
    comparison is shown; nor where there are no earlier days to compare with.
    """
    known = {name: float(value) for name, value in numbers.items() if not isinstance(value, str)}
    days, earlier = known.get("window", 0), known.get("earlier_window", 0)
    if earlier and "earlier_share" in known:
        if round(known["share"], 3) > round(known["earlier_share"], 3):
            return BY_SHARE
        if known["spells"] * earlier > known["earlier_spells"] * days:
            return BY_SPELLS
        if known["invalid_days"] * earlier > known["earlier_invalid"] * days:
            return BY_INVALID
    return WITHOUT_COMPARISON


def _running(values: Floats) -> Floats:
    totals = np.zeros((values.shape[0], values.shape[1] + 1))
    np.cumsum(values, axis=1, out=totals[:, 1:])
    return totals


RULES = (
    Rule(
        "rising", 1, "change", "pupil", N_("Mer frånvaro än tidigare"),
        BY_SHARE,
        (
            Parameter("limit", N_("hur mycket mer än vanligt som krävs"), 3.8, N_("tillfällen"), 1, 30),
            Parameter(
                "times", N_("den egna tidigare nivån räknas upp så mycket"), 1.3, N_("gånger"), 1.0, 5.0
            ),
            Parameter("slack", N_("och dessutom så mycket per skoldag"), 0.01, N_("tillfällen"), 0.0, 0.5),
            Parameter("invalid_adds", N_("dag med ogiltig frånvaro räknas extra"), 1.0, "dagar", 0.0, 3.0),
        ),
        rising, opens=True, wording=in_measure,
    ),
)  # fmt: skip
