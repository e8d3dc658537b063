"""Rules on repeated short absence, and on change against the pupil's own earlier level."""

from __future__ import annotations

from samhandla.detect.rules.declare import Numbers, Parameter, Rule, State, Values
from samhandla.detect.rules.panel import Panel, spells_in
from samhandla.lib.i18n import N_


def spells(panel: Panel, values: Values) -> State:
    """Hold while several separate spells of absence began among the latest school days."""
    days = int(values["days"])
    begun, away = spells_in(panel, days), panel.window("away", days)
    recent = panel.window("away", 5) > 0
    on = (begun >= values["least"]) & recent & panel.now(panel.taught)

    def numbers(row: int, place: int) -> Numbers:
        return {"spells": int(begun[row, place]), "days": int(away[row, place]), "window": days}

    return State(on, numbers)


RULES = (
    Rule(
        "spells", 1, "spells", "pupil", N_("Upprepad korttidsfrånvaro"),
        N_("Borta minst halva dagen vid {spells} tillfällen (sammanlagt {days} dagar) de senaste {window} "
           "skoldagarna."),
        (
            Parameter("least", N_("minst så många tillfällen"), 4, N_("tillfällen"), 2, 20),
            Parameter("days", N_("räknat på de senaste"), 30, N_("skoldagar"), 10, 90),
        ),
        spells,
    ),
)  # fmt: skip
