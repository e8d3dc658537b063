"""Rules on classes, slots and units. They are the principal's, and never name a teacher."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property

import numpy as np

from samhandla.detect.rules.chance import Look, clear_cells, hold, last_look, looks_for
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
        self.level, self.there = group_levels(panel, self.member)
        self.big = self.there.max(axis=1) >= LEAST_PUPILS
        if not whole_unit:
            self.big &= panel.class_id[first] > 0

    @cached_property
    def minutes(self) -> tuple[Ints, Ints]:
        """Absent and offered minutes per group and day; days of an illness wave count as none."""
        count = len(self.ids)
        absent, offered = (
            group_sums(rows, self.member, count) for rows in (self.panel.absent, self.panel.offered)
        )
        return np.where(self.waves, 0, absent), np.where(self.waves, 0, offered)

    @cached_property
    def waves(self) -> Bools:
        """On which days a group has an illness wave."""
        usual = usual_levels(self.level, self.there, np.full(self.level.shape, PRIOR_LEVEL))
        return np.asarray(is_wave(self.level, usual) & self.big[:, None])

    def state(self, asked: Ints, on: Bools, numbers: Callable[[int, int], Numbers]) -> GroupState:
        """Return what holds on the asked days.

        Args:
            on: for every school day; groups are few, so that all days cost little.
            numbers: of a group and a school day.
        """
        whole = on & self.big[:, None]

        def named(row: int, place: int) -> Numbers:
            own = {"class_name": self.name[row]} if self.name[row] else {}
            return {**own, **numbers(row, int(asked[place]))}

        unit = tuple(int(u) for u in self.unit)
        return GroupState(whole[:, asked], named, whole, tuple(self.ids), unit)


def groups_of(panel: Panel, *, whole_unit: bool) -> Groups:
    """Return the classes of a unit, or the unit; several rules ask for the same."""
    key = "groups", whole_unit
    if key not in panel.kept:
        panel.kept[key] = Groups(panel, whole_unit=whole_unit)
    return panel.kept[key]  # type: ignore[no-any-return]


def _level(panel: Panel, values: Values, *, whole_unit: bool) -> State:
    groups = groups_of(panel, whole_unit=whole_unit)
    days = int(values["days"])
    absent, offered = (window(m, days) for m in groups.minutes)
    level = share(absent, offered)
    enough = np.arange(level.shape[1]) + 1 >= days

    def numbers(row: int, column: int) -> Numbers:
        return {
            "share": round(float(level[row, column]), 4),
            "threshold": values["threshold"],
            "window": days,
        }

    return groups.state(panel.asked, (level >= values["threshold"]) & enough & (offered > 0), numbers)


def class_level(panel: Panel, values: Values) -> State:
    """Hold while a whole class has high absence, illness waves set aside."""
    return _level(panel, values, whole_unit=False)


def unit_level(panel: Panel, values: Values) -> State:
    """Hold while a whole unit has high absence, illness waves set aside."""
    return _level(panel, values, whole_unit=True)


def class_rising(panel: Panel, values: Values) -> State:
    """Hold while a class has clearly more absence than it had before, illness waves set aside."""
    groups, days = groups_of(panel, whole_unit=False), int(values["days"])
    absent, offered = groups.minutes
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

    return groups.state(panel.asked, on, numbers)


def class_wave(panel: Panel, values: Values) -> State:
    """Hold on days when much more of a class than usual is away: counted as illness and set aside."""
    groups = groups_of(panel, whole_unit=False)
    level, there = groups.level, groups.there
    on = groups.waves & (level >= values["threshold"])

    def numbers(row: int, column: int) -> Numbers:
        return {
            "away": round(float(level[row, column] * there[row, column])),
            "of": int(there[row, column]),
        }

    return groups.state(panel.asked, on, numbers)


def class_relapse(panel: Panel, values: Values) -> State:
    """Hold when absence returns in a class on quiet watch."""
    groups, days = groups_of(panel, whole_unit=False), int(values["days"])
    column = np.arange(panel.shape[1])[None, :]
    first, last = np.full(len(groups.ids), -1), np.full(len(groups.ids), -1)
    first[groups.member], last[groups.member] = panel.class_watch_from, panel.class_watch_to
    watched = (first >= 0)[:, None] & (column >= first[:, None]) & (column <= last[:, None])
    absent, offered = (window(m, days) for m in groups.minutes)
    level = share(absent, offered)

    def numbers(row: int, col: int) -> Numbers:
        return {"share": round(float(level[row, col]), 4), "threshold": values["threshold"], "window": days}

    return groups.state(panel.asked, watched & (level >= values["threshold"]), numbers)


def _slots(panel: Panel, values: Values, *, whole_unit: bool) -> State:
    """Find lessons of the week that many pupils miss though they are in school the rest of the day."""
    groups, cells = groups_of(panel, whole_unit=whole_unit), WEEKDAYS * SLOTS
    count = len(groups.ids)
    looks = {column: _kept_look(panel, values, column, whole_unit) for column in looks_for(panel.asked)}
    found = {column: stands for column, (_look, stands) in looks.items()}
    on = hold(panel.asked, found, count * cells) & np.repeat(groups.big, cells)[:, None]

    def numbers(row: int, place: int) -> Numbers:
        group, cell = divmod(row, cells)
        latest = last_look(int(panel.asked[place]))
        assert latest is not None  # nothing holds before the first look
        look, _ = looks[latest]
        hits, trials = int(look.hits[group, cell]), int(look.trials[group, cell])
        return {
            **({"class_name": groups.name[group]} if groups.name[group] else {}),
            "weekday": cell // SLOTS,
            "slot": cell % SLOTS + 1,
            "share": round(hits / max(trials, 1), 4),
            "usual_share": round(
                float((look.hits[group].sum() - hits) / max(look.trials[group].sum() - trials, 1)), 4
            ),
            "window": int(values["days"]),
        }

    ids = tuple(
        f"{groups.ids[g]}:{c // SLOTS + 1}:{c % SLOTS + 1}" for g in range(count) for c in range(cells)
    )
    return GroupState(on, numbers, None, ids, tuple(int(u) for u in np.repeat(groups.unit, cells)))


def _kept_look(panel: Panel, values: Values, column: int, whole_unit: bool) -> tuple[Look, Bools]:
    """Return the counts of one look and which groups' lessons of the week stand, in one row; kept."""
    key = "slots", whole_unit, column, tuple(sorted(values.items()))
    if key not in panel.kept:
        groups = groups_of(panel, whole_unit=whole_unit)
        span = slice(max(0, column + 1 - int(values["days"])), column + 1)
        look, pupils = _slot_look(groups, span, values)
        family = np.broadcast_to(groups.unit[:, None], look.hits.shape)
        stands = clear_cells(look, family, values["rate"]) & (pupils >= values["pupils"])
        stands &= share(look.hits, look.trials) >= values["threshold"]
        panel.kept[key] = look, stands.reshape(-1)
    return panel.kept[key]  # type: ignore[no-any-return]


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
    return _slots(panel, values, whole_unit=False)


def unit_slot(panel: Panel, values: Values) -> State:
    """The same over all classes of a unit."""
    return _slots(panel, values, whole_unit=True)


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
