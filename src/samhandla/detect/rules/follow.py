"""Rules that follow up: taking part, transitions, no contact yet, quiet watch, and good news."""

from __future__ import annotations

import numpy as np

from samhandla.detect.rules.declare import Numbers, Parameter, Rule, State, Values
from samhandla.detect.rules.panel import Bools, Floats, Ints, Panel, share, spells_in
from samhandla.lib.i18n import N_

SCHOOL_DAYS = N_("skoldagar")
PER_CENT = "andel 0–1"
FOUR_WEEKS = 20
NEWS_DAYS = 20  # a recovery is told for four weeks; after that it is no news


def apart(panel: Panel, values: Values) -> State:
    """Hold while teachers have marked several lessons as present but not taking part."""
    days = int(values["days"])
    lessons, on_days = panel.window("apart", days), panel.window("apart_day", days)
    on = (lessons >= values["least"]) & (on_days >= values["least_days"]) & panel.now(panel.taught)

    def numbers(row: int, place: int) -> Numbers:
        return {"lessons": int(lessons[row, place]), "days": int(on_days[row, place]), "window": days}

    return State(on, numbers)


def _since_start(panel: Panel) -> Ints:
    """Return for each asked day the number of school days since the pupil began in the unit, from 1."""
    return panel.asked[None, :] - panel.started[:, None] + 1


def transition(panel: Panel, values: Values) -> State:
    """Hold early after a transition when absence already shows."""
    days = _since_start(panel)
    inside = panel.transition[:, None] & (days >= 1) & (days <= values["days"])
    away, begun = panel.so_far("away"), panel.so_far("begun")
    on = inside & (begun >= values["spells"]) & (away >= values["least"]) & panel.now(panel.taught)

    def numbers(row: int, place: int) -> Numbers:
        return {
            "days": int(away[row, place]),
            "spells": int(begun[row, place]),
            "window": int(days[row, place]),
        }

    return State(on, numbers)


def no_contact(panel: Panel, values: Values) -> State:
    """Hold while a signal is open and no contact has been noted for some school days."""
    column = panel.asked[None, :]
    waited = column - panel.open_from[:, None]
    silent = (panel.contact < panel.open_from)[:, None] | (column < panel.contact[:, None])
    on = (panel.open_from >= 0)[:, None] & silent & (waited >= values["days"])

    def numbers(row: int, place: int) -> Numbers:
        return {"days": int(waited[row, place])}

    return State(on, numbers)


def relapse(panel: Panel, values: Values) -> State:
    """Hold when absence returns for a pupil on quiet watch."""
    days = int(values["days"])
    column = panel.asked[None, :]
    watched = (panel.watch_from >= 0)[:, None] & (column >= panel.watch_from[:, None])
    watched &= column <= panel.watch_to[:, None]
    away, begun = panel.window("away", days), spells_in(panel, days)
    on = watched & (away >= values["least"]) & panel.now(panel.taught)

    def numbers(row: int, place: int) -> Numbers:
        return {"days": int(away[row, place]), "spells": int(begun[row, place]), "window": days}

    return State(on, numbers)


def recovered(panel: Panel, values: Values) -> State:
    """Hold when attendance has been good for four weeks after a period of high absence.

    One ordinary illness is no such period: it takes three spells or eight days in four weeks.
    """
    before = _highest_before(panel)
    now = share(panel.window("absent", FOUR_WEEKS), panel.window("offered", FOUR_WEEKS))
    on = (before >= values["high"]) & (now <= values["low"]) & _known(panel) & panel.now(panel.taught)

    def numbers(row: int, place: int) -> Numbers:
        return {
            "share": round(float(now[row, place]), 4),
            "before_share": round(float(before[row, place]), 4),
        }

    return State(on, numbers)


def _known(panel: Panel) -> Bools:
    """Tell at each asked day whether most of the four weeks had lessons."""
    return np.asarray(panel.window("taught", FOUR_WEEKS) >= FOUR_WEEKS * 0.75)


def _highest_before(panel: Panel) -> Floats:
    """Return for each asked day the highest four-week share that may still be news to have left."""
    back = np.arange(FOUR_WEEKS, FOUR_WEEKS + NEWS_DAYS)
    columns = np.unique(panel.asked[:, None] - back)
    then = panel.asking(columns[columns >= 0])
    repeated = (spells_in(then, FOUR_WEEKS) >= 3) | (then.window("away", FOUR_WEEKS) >= 8)
    level = share(then.window("absent", FOUR_WEEKS), then.window("offered", FOUR_WEEKS))
    level = np.where(_known(then) & repeated, level, 0.0)
    first, after = (np.searchsorted(then.asked, panel.asked - n) for n in (back[-1], back[0] - 1))
    highest = np.zeros((panel.shape[0], len(panel.asked)))
    for place, span in enumerate(zip(first, after, strict=True)):
        highest[:, place] = level[:, slice(*span)].max(axis=1, initial=0.0)
    return highest


def held(panel: Panel, values: Values) -> State:
    """Hold when a pupil on quiet watch has kept good attendance for four weeks."""
    column = panel.asked[None, :]
    long_enough = (panel.watch_from >= 0)[:, None] & (column - panel.watch_from[:, None] + 1 >= FOUR_WEEKS)
    long_enough &= column <= panel.watch_to[:, None]
    now = share(panel.window("absent", FOUR_WEEKS), panel.window("offered", FOUR_WEEKS))
    on = long_enough & (now <= values["low"]) & panel.now(panel.taught)

    def numbers(row: int, place: int) -> Numbers:
        return {"share": round(float(now[row, place]), 4), "window": FOUR_WEEKS}

    return State(on, numbers)


RULES = (
    Rule(
        "apart", 1, "apart", "pupil", N_("På plats men inte med i undervisningen"),
        N_("Läraren har markerat på plats men inte med i undervisningen {lessons} lektioner under "
           "{days} dagar de senaste {window} skoldagarna."),
        (
            Parameter("least", N_("minst så många lektioner"), 6, N_("lektioner"), 1, 60),
            Parameter("least_days", N_("under minst så många dagar"), 4, SCHOOL_DAYS, 1, 60),
            Parameter("days", N_("räknat på de senaste"), 20, SCHOOL_DAYS, 5, 90),
        ),
        apart,
    ),
    Rule(
        "transition", 1, "transition", "pupil", N_("Frånvaro tidigt efter en övergång"),
        N_("Ny i verksamheten: borta minst halva dagen {days} dagar vid {spells} tillfällen de första "
           "{window} skoldagarna."),
        (
            Parameter("days", N_("gäller de första skoldagarna"), 30, SCHOOL_DAYS, 5, 90),
            Parameter("least", N_("minst så många dagar borta"), 4, SCHOOL_DAYS, 1, 30),
            Parameter("spells", N_("vid minst så många tillfällen"), 3, N_("tillfällen"), 1, 20),
        ),
        transition,
    ),
    Rule(
        "no_contact", 1, "loop", "pupil", N_("Ingen kontakt noterad sedan signalen"),
        N_("Ingen kontakt är noterad på {days} skoldagar sedan signalen visades."),
        (Parameter("days", N_("efter så många skoldagar"), 10, SCHOOL_DAYS, 1, 60),),
        no_contact, told_by=("lessons", "sums"),
    ),
    Rule(
        "relapse", 1, "watch", "pupil", N_("Håll i"),
        N_("Håll i: borta minst halva dagen {days} dagar vid {spells} tillfällen de senaste {window} "
           "skoldagarna, efter en period då det gick åt rätt håll."),
        (
            Parameter("least", N_("minst så många dagar borta"), 3, SCHOOL_DAYS, 1, 30),
            Parameter("days", N_("räknat på de senaste"), 20, SCHOOL_DAYS, 5, 90),
        ),
        relapse, opens=True,
    ),
    Rule(
        "recovered", 1, "good", "pupil", N_("Det går åt rätt håll"),
        N_("Det går åt rätt håll: de senaste fyra veckorna är frånvaron {share}, tidigare i år var den "
           "{before_share}. Säg det till eleven."),
        (
            Parameter("high", N_("tidigare frånvaro minst"), 0.20, PER_CENT, 0.05, 1.0),
            Parameter("low", N_("frånvaro nu högst"), 0.05, PER_CENT, 0.0, 0.2),
        ),
        recovered,
    ),
    Rule(
        "held", 1, "good", "pupil", N_("Närvaron håller"),
        N_("Närvaron håller: frånvaron är {share} de senaste fyra veckorna. Säg det till eleven."),
        (Parameter("low", N_("frånvaro högst"), 0.05, PER_CENT, 0.0, 0.2),),
        held,
    ),
)  # fmt: skip
