"""The rule on sums of sources without lessons, for pupils whom no lesson rule can see."""

from __future__ import annotations

import numpy as np

from samhandla.detect.rules.declare import Numbers, Parameter, Rule, State, Values, nowhere
from samhandla.detect.rules.panel import Panel, share
from samhandla.detect.rules.sums import SumPanel
from samhandla.lib.i18n import N_

PER_CENT = "andel 0–1"
WHOLE = N_(
    "Frånvaron är {share} av undervisningen enligt summor från en källa utan lektioner (gränsen är "
    "{threshold}). Summorna gäller {first_day}–{last_day}."
)
WITH_GAPS = N_(
    "Frånvaron är {share} av undervisningen enligt summor från en källa utan lektioner (gränsen är "
    "{threshold}). Summorna gäller {days} av dagarna {first_day}–{last_day}."
)


def level_totals(panel: Panel, values: Values) -> State:
    """Hold while absence by the sums of the school year so far is above the threshold.

    It holds until lessons tell of later days, and from then on nothing: those rules take over.
    """
    if not isinstance(panel, SumPanel):
        return State(panel.now(nowhere(panel)), lambda row, place: {})
    absent, offered, covered = (panel.so_far(name) for name in ("absent", "offered", "covered"))
    level = share(absent, offered)
    on = (level > values["threshold"]) & (covered >= values["days"]) & panel.now(panel.latest)

    def numbers(row: int, place: int) -> Numbers:
        reaches = panel.now(panel.reaches)[row, place]
        return {
            "share": round(float(level[row, place]), 4),
            "threshold": values["threshold"],
            "days": int(covered[row, place]),
            "first_day": str(panel.begins[row]),
            "last_day": str(reaches),
            "gaps": int(
                _ends(panel, row, place) - panel.begins[row] >= np.timedelta64(int(covered[row, place]), "D")
            ),
            "absent_minutes": int(absent[row, place]),
            "offered_minutes": int(offered[row, place]),
        }

    return State(on, numbers)


def _ends(panel: SumPanel, row: int, place: int) -> np.datetime64:
    """Return the last day that sums may have told of: a period that goes on ends on the day asked about."""
    asked = panel.units.dates[panel.unit[row], panel.asked[place]]
    return np.minimum(panel.reaches[row, panel.asked[place]], asked)  # type: ignore[no-any-return]


def covers(numbers: Numbers) -> str:
    """Return the sentence that does not say more days than the sums tell of."""
    return WITH_GAPS if numbers.get("gaps") else WHOLE


RULES = (
    Rule(
        "level_totals", 1, "level", "pupil", N_("Hög frånvaro enligt summor"),
        WHOLE,
        (
            Parameter("threshold", N_("frånvaro över denna andel"), 0.15, PER_CENT, 0.01, 0.9),
            Parameter("days", N_("summorna gäller minst så många dagar"), 28, N_("kalenderdagar"), 1, 300),
        ),
        level_totals, opens=True, wording=covers, told_by=("sums",),
    ),
)  # fmt: skip
