"""Rules on classes, slots and units. They are the principal's, and never name a teacher."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from samhandla.detect.rules.chance import Look, clear_cells, hold, last_look, look_columns
from samhandla.detect.rules.declare import GroupState, Numbers, Parameter, Rule, State, Values
from samhandla.detect.rules.panel import Bools, Floats, Ints, Panel, group_sums, share, window
from samhandla.detect.rules.patterns import LEAST_CHANCE, SLOTS, WEEKDAYS, lessons_of_the_week
from samhandla.detect.rules.waves import PRIOR_LEVEL, class_rows, group_levels, is_wave, usual_levels
from samhandla.lib.i18n import N_

LEAST_PUPILS = 8  # smaller groups say more about one pupil than about the group
PER_CENT = "andel 0–1"
SCHOOL_DAYS = N_("skoldagar")


class Groups:
    """The classes or the whole of one unit, with their minutes per day."""

    def __init__(self, panel: Panel, *, whole_unit: bool) -> None:
        self.panel = panel
        self.member = panel.unit - panel.unit if whole_unit else class_rows(panel)
        count = int(self.member.max()) + 1
        first = np.array([int(np.argmax(self.member == row)) for row in range(count)])
        self.unit = panel.unit[first]
        self.name = ["" if whole_unit else str(name) for name in panel.class_name[first]]
        ids = panel.units.ids[self.unit] if whole_unit else panel.class_id[first]
        self.ids = [str(number) for number in ids]
        self.big = self._sum(panel.offered > 0).max(axis=1) >= LEAST_PUPILS
        if not whole_unit:
            self.big &= panel.class_id[first] > 0

    def _sum(self, matrix: np.ndarray) -> Ints:
        return group_sums(matrix, self.member, int(self.member.max()) + 1)

    def minutes(self, *, without_waves: bool) -> tuple[Ints, Ints]:
        """Return absent and offered minutes per group and day; days of an illness wave count as none."""
        absent, offered = self._sum(self.panel.absent), self._sum(self.panel.offered)
        if without_waves:
            wave = self.waves()
            absent, offered = np.where(wave, 0, absent), np.where(wave, 0, offered)
        return absent, offered

    def waves(self) -> Bools:
        """Tell on which days a group has an illness wave."""
        level, there = group_levels(self.panel, self.member)
        usual = usual_levels(level, there, np.full(level.shape, PRIOR_LEVEL))
        return np.asarray(is_wave(level, usual) & self.big[:, None])

    def state(self, on: Bools, numbers: Callable[[int, int], Numbers]) -> GroupState:
        on = on & self.big[:, None]

        def named(row: int, column: int) -> Numbers:
            return {**({"class_name": self.name[row]} if self.name[row] else {}), **numbers(row, column)}

        return GroupState(on, named, tuple(self.ids), tuple(int(u) for u in self.unit))


def _level(groups: Groups, values: Values) -> State:
    days = int(values["days"])
    absent, offered = (window(m, days) for m in groups.minutes(without_waves=True))
    level = share(absent, offered)
    enough = np.arange(level.shape[1]) + 1 >= days

    def numbers(row: int, column: int) -> Numbers:
        return {
            "share": round(float(level[row, column]), 4),
            "threshold": values["threshold"],
            "window": days,
        }

    return groups.state((level >= values["threshold"]) & enough & (offered > 0), numbers)


def class_level(panel: Panel, values: Values) -> State:
    """Hold while a whole class has high absence, illness waves set aside."""
    return _level(Groups(panel, whole_unit=False), values)


def unit_level(panel: Panel, values: Values) -> State:
    """Hold while a whole unit has high absence, illness waves set aside."""
    return _level(Groups(panel, whole_unit=True), values)


def class_rising(panel: Panel, values: Values) -> State:
    """Hold while a class has clearly more absence than it had before, illness waves set aside."""
    groups, days = Groups(panel, whole_unit=False), int(values["days"])
    absent, offered = groups.minutes(without_waves=True)
    recent = share(window(absent, days), window(offered, days))
    longer_absent, longer_offered = window(absent, 3 * days), window(offered, 3 * days)
    before = share(longer_absent - window(absent, days), longer_offered - window(offered, days))
    enough = np.arange(recent.shape[1]) + 1 >= 2 * days
    on = (recent >= before * values["times"]) & (recent - before >= values["more"]) & enough

    def numbers(row: int, column: int) -> Numbers:
        return {
            "share": round(float(recent[row, column]), 4),
            "before_share": round(float(before[row, column]), 4),
            "window": days,
        }

    return groups.state(on, numbers)


def class_wave(panel: Panel, values: Values) -> State:
    """Hold on days when much more of a class than usual is away: counted as illness and set aside."""
    groups = Groups(panel, whole_unit=False)
    level, there = group_levels(panel, groups.member)
    on = groups.waves() & (level >= values["threshold"])

    def numbers(row: int, column: int) -> Numbers:
        return {
            "away": round(float(level[row, column] * there[row, column])),
            "of": int(there[row, column]),
        }

    return groups.state(on, numbers)


def class_relapse(panel: Panel, values: Values) -> State:
    """Hold when absence returns in a class on quiet watch."""
    groups, days = Groups(panel, whole_unit=False), int(values["days"])
    column = np.arange(panel.shape[1])[None, :]
    first, last = np.full(len(groups.ids), -1), np.full(len(groups.ids), -1)
    first[groups.member], last[groups.member] = panel.class_watch_from, panel.class_watch_to
    watched = (first >= 0)[:, None] & (column >= first[:, None]) & (column <= last[:, None])
    absent, offered = (window(m, days) for m in groups.minutes(without_waves=True))
    level = share(absent, offered)

    def numbers(row: int, col: int) -> Numbers:
        return {"share": round(float(level[row, col]), 4), "threshold": values["threshold"], "window": days}

    return groups.state(watched & (level >= values["threshold"]), numbers)


def _slots(groups: Groups, values: Values) -> State:
    """Find lessons of the week that many pupils miss though they are in school the rest of the day."""
    panel, days = groups.panel, int(values["days"])
    cells = WEEKDAYS * SLOTS
    count = len(groups.ids)
    found: dict[int, Bools] = {}
    looks: dict[int, Look] = {}
    for column in look_columns(panel.shape[1]):
        span = slice(max(0, column + 1 - days), column + 1)
        look, pupils = _slot_look(groups, span, values)
        level = share(look.hits, look.trials)
        clear = clear_cells(look, np.repeat(groups.unit, cells).reshape(count, cells), values["rate"])
        found[column] = (clear & (level >= values["threshold"]) & (pupils >= values["pupils"])).reshape(-1)
        looks[column] = look
    on = hold((count * cells, panel.shape[1]), found) & np.repeat(groups.big, cells)[:, None]

    def numbers(row: int, column: int) -> Numbers:
        group, cell = divmod(row, cells)
        look = looks[last_look(looks, column)]
        hits, trials = int(look.hits[group, cell]), int(look.trials[group, cell])
        return {
            **({"class_name": groups.name[group]} if groups.name[group] else {}),
            "weekday": cell // SLOTS,
            "slot": cell % SLOTS + 1,
            "share": round(hits / max(trials, 1), 4),
            "usual_share": round(
                float((look.hits[group].sum() - hits) / max(look.trials[group].sum() - trials, 1)), 4
            ),
            "window": days,
        }

    ids = tuple(
        f"{groups.ids[g]}:{c // SLOTS + 1}:{c % SLOTS + 1}" for g in range(count) for c in range(cells)
    )
    return GroupState(on, numbers, ids, tuple(int(u) for u in np.repeat(groups.unit, cells)))


def _slot_look(groups: Groups, span: slice, values: Values) -> tuple[Look, Ints]:
    count = len(groups.ids)
    own_hits, own_trials = lessons_of_the_week(groups.panel, span)
    hits, trials, pupils = (
        group_sums(counts, groups.member, count) for counts in (own_hits, own_trials, own_hits > 0)
    )
    elsewhere: Floats = (hits.sum(axis=1, keepdims=True) - hits) / np.maximum(
        trials.sum(axis=1, keepdims=True) - trials, 1
    )
    # Twice the level elsewhere is the least that is worth a principal's time.
    chance = np.clip(np.maximum(elsewhere * values["times"], LEAST_CHANCE), 0, 1)
    return Look(hits, trials, chance, (trials >= 20) & (hits > 0)), pupils


def class_slot(panel: Panel, values: Values) -> State:
    """Hold for a class and a lesson of the week that is missed far more than its other lessons."""
    return _slots(Groups(panel, whole_unit=False), values)


def unit_slot(panel: Panel, values: Values) -> State:
    """The same over all classes of a unit."""
    return _slots(Groups(panel, whole_unit=True), values)


def _slot_parameters(pupils: int) -> tuple[Parameter, ...]:
    return (
        Parameter("threshold", N_("missade lektioner minst"), 0.08, PER_CENT, 0.01, 1.0),
        Parameter("times", N_("så många gånger fler än andra lektioner"), 2.0, N_("gånger"), 1.0, 10.0),
        Parameter("pupils", N_("minst så många elever"), pupils, N_("elever"), 3, 100),
        Parameter("days", N_("räknat på de senaste"), 60, SCHOOL_DAYS, 20, 180),
        Parameter("rate", N_("godtagen andel mönster som är slump"), 0.01, PER_CENT, 0.001, 0.2),
    )


def _level_parameters(threshold: float) -> tuple[Parameter, ...]:
    return (
        Parameter("threshold", N_("frånvaro från och med denna andel"), threshold, PER_CENT, 0.01, 1.0),
        Parameter("days", N_("räknat på de senaste"), 20, SCHOOL_DAYS, 5, 90),
    )


RULES = (
    Rule(
        "unit_level", 1, "level", "unit", N_("Hög frånvaro på hela enheten"),
        N_("Frånvaron på enheten är {share} de senaste {window} skoldagarna (gränsen är {threshold}); "
           "dagar med sjukdomsvåg är borträknade."),
        _level_parameters(0.20), unit_level, opens=True,
    ),
    Rule(
        "unit_slot", 1, "slot", "slot", N_("Ett lektionspass på hela enheten"),
        N_("Pass {slot} på {weekday} missas oftare än andra pass på enheten: {share} mot {usual_share} "
           "de senaste {window} skoldagarna. Se över schema och övergångar."),
        _slot_parameters(10), unit_slot, opens=True,
    ),
    Rule(
        "class_level", 1, "level", "class", N_("Hög frånvaro i hela klassen"),
        N_("Frånvaron i {class_name} är {share} de senaste {window} skoldagarna (gränsen är {threshold}); "
           "dagar med sjukdomsvåg är borträknade."),
        _level_parameters(0.15), class_level, opens=True,
    ),
    Rule(
        "class_rising", 1, "change", "class", N_("Frånvaron ökar i hela klassen"),
        N_("Frånvaron i {class_name} är {share} de senaste {window} skoldagarna, dessförinnan "
           "{before_share}; dagar med sjukdomsvåg är borträknade."),
        (
            Parameter("times", N_("så många gånger mer än tidigare"), 1.75, N_("gånger"), 1.0, 10.0),
            Parameter("more", N_("och minst så mycket mer"), 0.05, PER_CENT, 0.01, 0.5),
            Parameter("days", N_("räknat på de senaste"), 20, SCHOOL_DAYS, 5, 60),
        ),
        class_rising, opens=True,
    ),
    Rule(
        "class_slot", 1, "slot", "slot", N_("Ett lektionspass i klassen"),
        N_("Pass {slot} på {weekday} missas oftare än andra pass i {class_name}: {share} mot {usual_share} "
           "de senaste {window} skoldagarna. Se över schema och övergångar."),
        _slot_parameters(4), class_slot, opens=True,
    ),
    Rule(
        "class_wave", 1, "wave", "class", N_("Sjukdomsvåg i klassen"),
        N_("{away} av {of} elever i {class_name} är borta samma dag: det räknas som en sjukdomsvåg och väger "
           "mindre i reglerna om enskilda elever."),
        (Parameter("threshold", N_("andel borta minst"), 0.15, PER_CENT, 0.05, 1.0),), class_wave,
    ),
    Rule(
        "class_relapse", 1, "watch", "class", N_("Håll i klassen"),
        N_("Håll i: frånvaron i {class_name} är {share} de senaste {window} skoldagarna, efter en period "
           "då det gick åt rätt håll."),
        _level_parameters(0.10), class_relapse, opens=True,
    ),
)  # fmt: skip
