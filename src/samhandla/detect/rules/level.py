"""Rules on the level of absence: year, term and rolling windows, long and near-zero periods."""

from __future__ import annotations

import numpy as np

from samhandla.detect.rules.declare import Numbers, Parameter, Rule, State, Values
from samhandla.detect.rules.panel import Bools, Ints, Panel, share, sums, window
from samhandla.lib.i18n import N_

PER_CENT = "andel 0–1"
SCHOOL_DAYS = N_("skoldagar")


def _offered_days(panel: Panel) -> Ints:
    return sums(panel.offered > 0)[:, 1:]


def _level_state(panel: Panel, absent: Ints, offered: Ints, away: Ints, on: Bools, threshold: float) -> State:
    level = share(absent, offered)

    def numbers(row: int, column: int) -> Numbers:
        return {
            "share": round(float(level[row, column]), 4),
            "threshold": threshold,
            "days": int(away[row, column]),
            "absent_minutes": int(absent[row, column]),
            "offered_minutes": int(offered[row, column]),
        }

    return State(on, numbers)


def level_year(panel: Panel, values: Values) -> State:
    """Hold while absence over the whole school year so far is above the threshold."""
    absent, offered = sums(panel.absent)[:, 1:], sums(panel.offered)[:, 1:]
    from_day = np.arange(panel.shape[1]) + 1 >= values["from_day"]
    on = (share(absent, offered) > values["threshold"]) & from_day & (panel.offered > 0)
    return _level_state(panel, absent, offered, sums(panel.away)[:, 1:], on, values["threshold"])


def level_term(panel: Panel, values: Values) -> State:
    """Hold while absence over the term so far is above the threshold."""
    start = _term_starts(panel)
    take = np.arange(panel.shape[0])[:, None], start

    def since(matrix: np.ndarray) -> Ints:
        totals = sums(matrix)
        return totals[:, 1:] - totals[take]

    absent, offered, away = since(panel.absent), since(panel.offered), since(panel.away)
    long_enough = np.arange(panel.shape[1]) - start + 1 >= values["from_day"]
    on = (share(absent, offered) > values["threshold"]) & long_enough & (panel.offered > 0)
    return _level_state(panel, absent, offered, away, on, values["threshold"])


def _term_starts(panel: Panel) -> Ints:
    """Return for each pupil and day the column of the first day of that term."""
    terms = panel.units.terms
    new = np.ones(terms.shape, bool)
    new[:, 1:] = terms[:, 1:] != terms[:, :-1]
    starts = np.maximum.accumulate(np.where(new, np.arange(terms.shape[1]), 0), axis=1)
    return starts[panel.unit]


def level_rolling(panel: Panel, values: Values) -> State:
    """Hold while absence over the latest school days is at or above the threshold."""
    days = int(values["days"])
    absent, offered, away = (window(m, days) for m in (panel.absent, panel.offered, panel.away))
    enough = window(panel.offered > 0, days) >= days / 2
    on = (share(absent, offered) >= values["threshold"]) & enough & (panel.offered > 0)
    state = _level_state(panel, absent, offered, away, on, values["threshold"])
    return State(on, lambda row, column: {**state.numbers(row, column), "window": days})


def invalid(panel: Panel, values: Values) -> State:
    """Hold while there are many days with invalid absence among the latest school days."""
    days = int(values["days"])
    hit = panel.invalid > 0
    count, minutes = window(hit, days), window(panel.invalid, days)
    on = (count >= values["least"]) & (minutes >= values["minutes"]) & (panel.offered > 0)

    def numbers(row: int, column: int) -> Numbers:
        return {"days": int(count[row, column]), "minutes": int(minutes[row, column]), "window": days}

    return State(on, numbers)


def long_absence(panel: Panel, values: Values) -> State:
    """Hold while the pupil has been away without a break for many school days."""
    run = panel.spell_day

    def numbers(row: int, column: int) -> Numbers:
        return {"days": int(run[row, column])}

    return State(run >= values["days"], numbers)


def near_zero(panel: Panel, values: Values) -> State:
    """Hold while the pupil has hardly been in school; tells how long since the last day there."""
    days = int(values["days"])
    offered, present = window(panel.offered, days), window(panel.offered - panel.absent, days)
    enough = window(panel.offered > 0, days) >= min(days, 10)
    on = (share(present, offered) <= values["threshold"]) & enough & (offered > 0) & (panel.offered > 0)
    since = _days_since_present(panel)

    def numbers(row: int, column: int) -> Numbers:
        return {
            "present_share": round(float(present[row, column] / max(offered[row, column], 1)), 4),
            "window": days,
            "since_last": int(since[row, column]),
        }

    return State(on, numbers)


def _days_since_present(panel: Panel) -> Ints:
    """Return for each day how many school days with lessons have passed since one attended."""
    taught = sums(panel.offered > 0)[:, 1:]
    there = (panel.offered > 0) & (panel.absent < panel.offered)
    return taught - np.maximum.accumulate(np.where(there, taught, 0), axis=1)


def sudden_drop(panel: Panel, values: Values) -> State:
    """Hold when a pupil who used to attend is suddenly away most of the latest school days."""
    days = int(values["days"])
    absent, offered = window(panel.absent, days), window(panel.offered, days)
    total_absent, total_offered = sums(panel.absent)[:, 1:], sums(panel.offered)[:, 1:]
    before = share(total_absent - absent, total_offered - offered)
    known = _offered_days(panel) - window(panel.offered > 0, days) >= values["known_days"]
    recent = share(absent, offered)
    waves = window(panel.wave >= 2, days) > 0  # when the class is away too, nothing sudden is told
    on = (recent >= values["threshold"]) & (before <= values["before"]) & known & ~waves & (panel.offered > 0)

    def numbers(row: int, column: int) -> Numbers:
        return {
            "share": round(float(recent[row, column]), 4),
            "before_share": round(float(before[row, column]), 4),
            "window": days,
        }

    return State(on, numbers)


RULES = (
    Rule(
        "level_year", 1, "level", "pupil", N_("Hög frånvaro under läsåret"),
        N_("Frånvaron hittills i år är {share} av undervisningen (gränsen är {threshold}). "
           "Under läsåret: borta minst halva dagen {days} dagar."),
        (
            Parameter("threshold", N_("frånvaro över denna andel"), 0.15, PER_CENT, 0.01, 0.9),
            Parameter("from_day", N_("räknas från och med skoldag"), 20, SCHOOL_DAYS, 1, 180),
        ),
        level_year, opens=True,
    ),
    Rule(
        "level_term", 1, "level", "pupil", N_("Hög frånvaro under terminen"),
        N_("Frånvaron hittills i terminen är {share} av undervisningen (gränsen är {threshold})."),
        (
            Parameter("threshold", N_("frånvaro över denna andel"), 0.15, PER_CENT, 0.01, 0.9),
            Parameter("from_day", N_("räknas från och med skoldag i terminen"), 20, SCHOOL_DAYS, 1, 100),
        ),
        level_term,
    ),
    Rule(
        "level_rolling", 1, "level", "pupil", N_("Hög frånvaro den senaste tiden"),
        N_("Frånvaron de senaste {window} skoldagarna är {share} av undervisningen (gränsen är "
           "{threshold})."),
        (
            Parameter("threshold", N_("frånvaro från och med denna andel"), 0.20, PER_CENT, 0.01, 1.0),
            Parameter("days", N_("räknat på de senaste"), 20, SCHOOL_DAYS, 5, 90),
        ),
        level_rolling,
    ),
    Rule(
        "invalid", 1, "invalid", "pupil", N_("Ogiltig frånvaro flera dagar"),
        N_("Någon ogiltig frånvaro, hel dag eller enstaka lektioner, {days} av de senaste {window} "
           "skoldagarna."),
        (
            Parameter("least", N_("minst så många dagar med ogiltig frånvaro"), 4, SCHOOL_DAYS, 1, 60),
            Parameter("days", N_("räknat på de senaste"), 20, SCHOOL_DAYS, 5, 90),
            Parameter("minutes", N_("och minst så många minuter i allt"), 120, N_("minuter"), 1, 5000),
        ),
        invalid,
    ),
    Rule(
        "long", 1, "long", "pupil", N_("Lång sammanhängande frånvaro"),
        N_("Borta minst halva dagen {days} skoldagar i rad."),
        (Parameter("days", N_("minst så många skoldagar i rad"), 15, SCHOOL_DAYS, 3, 60),),
        long_absence, opens=True,
    ),
    Rule(
        "near_zero", 1, "long", "pupil", N_("Långvarig frånvaro"),
        N_("Nästan inte alls i skolan de senaste {window} skoldagarna (närvaro {present_share}). "
           "{since_last} skoldagar sedan senaste dagen i skolan."),
        (
            Parameter("threshold", N_("närvaro högst denna andel"), 0.10, PER_CENT, 0.0, 0.5),
            Parameter("days", N_("räknat på de senaste"), 20, SCHOOL_DAYS, 5, 90),
        ),
        near_zero, opens=True,
    ),
    Rule(
        "sudden_drop", 1, "change", "pupil", N_("Plötslig förändring"),
        N_("De senaste {window} skoldagarna är frånvaron {share}, tidigare i år var den {before_share}."),
        (
            Parameter("threshold", N_("frånvaro från och med denna andel"), 0.8, PER_CENT, 0.3, 1.0),
            Parameter("days", N_("räknat på de senaste"), 5, SCHOOL_DAYS, 3, 20),
            Parameter("before", N_("tidigare frånvaro högst"), 0.08, PER_CENT, 0.0, 0.5),
            Parameter("known_days", N_("och eleven känd sedan minst"), 20, SCHOOL_DAYS, 5, 90),
        ),
        sudden_drop,
    ),
)  # fmt: skip
