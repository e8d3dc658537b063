"""Rules on the level of absence: year, term and rolling windows, long and near-zero periods."""

from __future__ import annotations

import numpy as np

from samhandla.detect.rules.declare import Numbers, Parameter, Rule, State, Values
from samhandla.detect.rules.panel import Bools, Ints, Panel, share
from samhandla.lib.i18n import N_

PER_CENT = "andel 0–1"
SCHOOL_DAYS = N_("skoldagar")
MINUTES_AND_DAYS = ("absent", "offered", "away")
NEAR_ZERO = N_(
    "Nästan inte alls i skolan de senaste {window} skoldagarna (närvaro {present_share}). "
    "{since_last} skoldagar sedan senaste dagen i skolan."
)
NEVER_KNOWN = N_(
    "Nästan inte alls i skolan de senaste {window} skoldagarna (närvaro {present_share}). "
    "Minst {since_last} skoldagar sedan senaste dagen i skolan; längre tillbaka går inte uppgifterna."
)


def _level_state(panel: Panel, absent: Ints, offered: Ints, away: Ints, on: Bools, threshold: float) -> State:
    level = share(absent, offered)

    def numbers(row: int, place: int) -> Numbers:
        return {
            "share": round(float(level[row, place]), 4),
            "threshold": threshold,
            "days": int(away[row, place]),
            "absent_minutes": int(absent[row, place]),
            "offered_minutes": int(offered[row, place]),
        }

    return State(on & panel.now(panel.taught), numbers)


def level_year(panel: Panel, values: Values) -> State:
    """Hold while absence over the whole school year so far is above the threshold."""
    absent, offered, away = (panel.so_far(name) for name in MINUTES_AND_DAYS)
    on = (share(absent, offered) > values["threshold"]) & (panel.asked + 1 >= values["from_day"])
    return _level_state(panel, absent, offered, away, on, values["threshold"])


def level_term(panel: Panel, values: Values) -> State:
    """Hold while absence over the term so far is above the threshold."""
    start = _term_starts(panel)
    before = np.arange(panel.shape[0])[:, None], start
    absent, offered, away = (panel.so_far(name) - panel.total(name)[before] for name in MINUTES_AND_DAYS)
    on = (share(absent, offered) > values["threshold"]) & (panel.asked - start + 1 >= values["from_day"])
    return _level_state(panel, absent, offered, away, on, values["threshold"])


def _term_starts(panel: Panel) -> Ints:
    """Return for each pupil and asked day the column of the first day of that term."""
    terms = panel.units.terms
    new = np.ones(terms.shape, bool)
    new[:, 1:] = terms[:, 1:] != terms[:, :-1]
    starts = np.maximum.accumulate(np.where(new, np.arange(terms.shape[1]), 0), axis=1)
    return starts[:, panel.asked][panel.unit]


def level_rolling(panel: Panel, values: Values) -> State:
    """Hold while absence over the latest school days is at or above the threshold."""
    days = int(values["days"])
    absent, offered, away = (panel.window(name, days) for name in MINUTES_AND_DAYS)
    enough = panel.window("taught", days) >= days / 2
    on = (share(absent, offered) >= values["threshold"]) & enough
    state = _level_state(panel, absent, offered, away, on, values["threshold"])
    return State(state.on, lambda row, place: {**state.numbers(row, place), "window": days})


def invalid(panel: Panel, values: Values) -> State:
    """Hold while there are many days with invalid absence among the latest school days."""
    days = int(values["days"])
    count, minutes = panel.window("invalid_day", days), panel.window("invalid", days)
    on = (count >= values["least"]) & (minutes >= values["minutes"]) & panel.now(panel.taught)

    def numbers(row: int, place: int) -> Numbers:
        return {"days": int(count[row, place]), "minutes": int(minutes[row, place]), "window": days}

    return State(on, numbers)


def long_absence(panel: Panel, values: Values) -> State:
    """Hold while the pupil has been away without a break for many school days."""
    run = panel.now(panel.spell_day)

    def numbers(row: int, place: int) -> Numbers:
        return {"days": int(run[row, place])}

    return State(run >= values["days"], numbers)


def near_zero(panel: Panel, values: Values) -> State:
    """Hold while the pupil has hardly been in school; tells how long since the last day there."""
    days = int(values["days"])
    offered = panel.window("offered", days)
    present = offered - panel.window("absent", days)
    enough = panel.window("taught", days) >= min(days, 10)
    on = (share(present, offered) <= values["threshold"]) & enough & (offered > 0) & panel.now(panel.taught)

    def numbers(row: int, place: int) -> Numbers:
        return {
            "present_share": round(float(present[row, place] / max(offered[row, place], 1)), 4),
            "window": days,
            **_since_present(panel, row, int(panel.asked[place])),
        }

    return State(on, numbers)


def _since_present(panel: Panel, row: int, column: int) -> Numbers:
    """Return how many school days with lessons have passed since one that a pupil attended.

    `attended` is 0 for a pupil who has attended none this school year: then it is longer ago, and whoever
    has the earlier years goes on from there (`look_back`).
    """
    offered, absent = panel.offered[row, : column + 1], panel.absent[row, : column + 1]
    there = np.nonzero((offered > 0) & (absent < offered))[0]
    first = there[-1] + 1 if len(there) else 0
    return {"since_last": int((offered[first:] > 0).sum()), "attended": int(len(there) > 0)}


def look_back(numbers: Numbers, days: int, *, attended: bool) -> Numbers:
    """Go on counting days since the last one in school, for a pupil who has attended none this school year.

    Args:
        days: school days with lessons in earlier school years since one that the pupil attended, or since
            the data begin.
        attended: whether there is such a day; without it nothing but "at least" can be said.

    >>> look_back({"since_last": 40, "attended": 0}, 25, attended=True)
    {'since_last': 65, 'attended': 1}
    """
    return {**numbers, "since_last": int(numbers["since_last"]) + days, "attended": int(attended)}


def since_when(numbers: Numbers) -> str:
    """Return the sentence that does not say more about the last day in school than is known."""
    return NEAR_ZERO if numbers.get("attended", 1) else NEVER_KNOWN


def sudden_drop(panel: Panel, values: Values) -> State:
    """Hold when a pupil who used to attend is suddenly away most of the latest school days."""
    days = int(values["days"])
    absent, offered, taught = (panel.window(name, days) for name in ("absent", "offered", "taught"))
    before = share(panel.so_far("absent") - absent, panel.so_far("offered") - offered)
    known = panel.so_far("taught") - taught >= values["known_days"]
    recent = share(absent, offered)
    waves = panel.window("wave_day", days) > 0  # when the class is away too, nothing sudden is told
    on = (recent >= values["threshold"]) & (before <= values["before"]) & known & ~waves

    def numbers(row: int, place: int) -> Numbers:
        return {
            "share": round(float(recent[row, place]), 4),
            "before_share": round(float(before[row, place]), 4),
            "window": days,
        }

    return State(on & panel.now(panel.taught), numbers)


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
        invalid, told_by=("lessons", "absence"),
    ),
    Rule(
        "long", 1, "long", "pupil", N_("Lång sammanhängande frånvaro"),
        N_("Borta minst halva dagen {days} skoldagar i rad."),
        (Parameter("days", N_("minst så många skoldagar i rad"), 15, SCHOOL_DAYS, 3, 60),),
        long_absence, opens=True,
    ),
    Rule(
        "near_zero", 1, "long", "pupil", N_("Långvarig frånvaro"),
        NEAR_ZERO,
        (
            Parameter("threshold", N_("närvaro högst denna andel"), 0.10, PER_CENT, 0.0, 0.5),
            Parameter("days", N_("räknat på de senaste"), 20, SCHOOL_DAYS, 5, 90),
        ),
        near_zero, opens=True, wording=since_when,
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
