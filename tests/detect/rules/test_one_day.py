"""What the rules find on one day is what that day's column of the whole year's matrices says."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest
from tests.detect.rules.invented import Year, ordinary

from samhandla.detect.rules.catalogue import BY_CODE, RULES
from samhandla.detect.rules.context import Context, OpenSignal, Watch
from samhandla.detect.rules.panel import Panel
from samhandla.detect.rules.periods import new_entries
from samhandla.detect.rules.ruleset import parse_rules
from samhandla.detect.rules.run import run_rules
from samhandla.detect.rules.waves import with_waves

PUPILS, DAYS = 90, 110
LOOKED_AT = (15, 19, 45, 60, 79, 80, 100, 109)
LOW = {
    "class_level": {"threshold": 0.05},
    "class_rising": {"times": 1.1, "more": 0.01},
    "class_slot": {"threshold": 0.01, "times": 1.0, "pupils": 3, "rate": 0.2},
    "unit_level": {"threshold": 0.05},
    "unit_slot": {"threshold": 0.01, "times": 1.0, "pupils": 3, "rate": 0.2},
    "class_relapse": {"threshold": 0.03},
    "apart": {"least": 2, "least_days": 2},
    "transition": {"least": 2, "spells": 2, "days": 60},
    "late_rising": {"least": 3, "rate": 0.2},
    "after_break": {"least": 3, "rate": 0.2},
    "first_lesson": {"least": 3, "rate": 0.2},
    "sudden_drop": {"threshold": 0.4},
}


@pytest.fixture(scope="module")
def made() -> Year:
    """Two units of three classes with every shape of absence, illness waves and days without lessons."""
    unit = [1 + (pupil >= PUPILS // 2) for pupil in range(PUPILS)]
    year = ordinary(
        PUPILS, DAYS, 3, unit=unit, class_id=[1 + p // 15 for p in range(PUPILS)], grade=[7] * PUPILS
    )
    year.away(0, range(20, 60)).away(1, range(88, 110)).away(2, range(0, 110, 5)).away(3, range(4, 110, 5))
    year.away(4, 30, 33, 37, 41, 44, 47, range(50, 54)).away(46, range(105, 110))
    for pupil in (5, 6, 7, 50):
        for day in range(pupil % 5, DAYS, 5):
            year.miss(pupil, day, 6)
        year.miss(pupil, 9, 1).miss(pupil, 90 + pupil % 5, 1)
    for pupil in (8, 51):
        for day in range(1, DAYS, 3):
            year.miss(pupil, day, 1)
        year.late[pupil, 85:] = 1
        year.invalid[pupil] = year.missed[pupil] > 0
    year.apart[[9, 52], 70:100:4] = 2
    for pupil in range(15, 26):
        year.away(pupil, 62, 63)
    return year


@pytest.fixture(scope="module")
def panel(made: Year) -> Panel:
    return context(made).into(with_waves(_without_some_days(made.panel())))


def context(made: Year) -> Context:
    def watch(first: int, last: int) -> Watch:
        return Watch(made.day(first), made.day(last))

    return Context(
        open_signals={p: OpenSignal(made.day(3 * p), made.day(40) if p % 2 else None) for p in range(1, 30)},
        watched_pupils={p: watch(10 * (p % 5), 60 + p % 50) for p in range(1, PUPILS, 2)},
        watched_classes={1: watch(5, 90), 4: watch(40, 80)},
        apart_marks={20: [made.day(60), made.day(62), made.day(62) + timedelta(days=300)]},
    )


def _without_some_days(panel: Panel) -> Panel:
    """Take away lessons on some days of some pupils, as where a day is off for one school form."""
    free = np.zeros(panel.shape, bool)
    free[::7, 12::17] = True
    names = ("offered", "valid", "invalid", "late", "apart", "lessons", "lesson_bits", "absent_bits")
    return replace(panel, **{name: np.where(free, 0, getattr(panel, name)) for name in names})


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_one_asked_day_is_told_as_the_whole_year_is(rule, panel: Panel):
    school = panel.rows(panel.unit == 0)
    for part in [panel] if rule.level == "pupil" else [school, panel.rows(panel.unit == 1)]:
        values = {**rule.defaults(), **LOW.get(rule.code, {})}
        whole = rule.test(part, values)
        for asked in ([column] for column in LOOKED_AT):
            one = rule.test(part.rows(np.arange(len(part.pupil))).asking(np.array(asked)), values)
            assert one.on[:, 0].tolist() == whole.on[:, asked[0]].tolist()
            for row in np.nonzero(one.on[:, 0])[0]:
                assert one.numbers(row, 0) == whole.numbers(row, asked[0])


def found_by_day(made: Year, columns: tuple[int, ...]) -> dict[int, list]:
    rules = parse_rules({"rules": [{"rule": code, **values} for code, values in LOW.items()]})
    tables = made.days(), None, made.pupils(), made.calendar()
    known = {"rules": rules, "context": context(made)}
    return {column: run_rules(*tables, as_of=made.day(column), **known) for column in columns}


def test_the_invented_year_has_reasons_of_nearly_every_kind(made: Year):
    found = {s.rule for signals in found_by_day(made, LOOKED_AT).values() for s in signals}
    assert set(BY_CODE) - found <= {"subject", "level_totals"}, "the year has neither subjects nor sums"


def test_a_period_began_where_the_matrices_of_the_year_say(made: Year):
    panel = context(made).into(made.panel())
    for column, signals in found_by_day(made, LOOKED_AT).items():
        for signal in signals:
            rule = BY_CODE[signal.rule]
            unit = panel.units.ids.tolist().index(signal.unit)
            part = panel if rule.level == "pupil" else panel.rows(panel.unit == unit)
            key = rule.code, unit if rule.level != "pupil" else -1
            on, names = _whole(part, rule, key)
            row = names.index(str(signal.subject_id))
            begun = np.nonzero(new_entries(on[row : row + 1, : column + 1])[0])[0]
            assert signal.since == made.day(int(begun[-1]))


_KNOWN: dict[tuple[str, int], tuple[np.ndarray, list[str]]] = {}


def _whole(part: Panel, rule, key: tuple[str, int]) -> tuple[np.ndarray, list[str]]:
    if key not in _KNOWN:
        state = rule.test(part, {**rule.defaults(), **LOW.get(rule.code, {})})
        _KNOWN[key] = state.on, list(getattr(state, "ids", ())) or [str(p) for p in part.pupil]
    return _KNOWN[key]
