"""The rule on sums of sources without lessons: when it holds, what it says, and where lessons take over."""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa
import pytest
from tests.detect.rules.invented import year

from samhandla.analytics.load import register
from samhandla.analytics.tables.attendance import CALENDAR
from samhandla.analytics.tables.totals import SUMS
from samhandla.detect.rules.context import Context, OpenSignal
from samhandla.detect.rules.rehearsal import rehearse
from samhandla.detect.rules.ruleset import RuleSet, parse_rules
from samhandla.detect.rules.run import Signal, replay, run_rules
from samhandla.detect.rules.sums import with_weekdays

DAY = date(2025, 12, 1)
AUTUMN = (date(2025, 8, 18), date(2025, 11, 30))
NO_CALENDAR = CALENDAR.schema.empty_table()


def sums(*rows: dict[str, object]) -> pa.Table:
    usual = {"offered": 10_000, "valid": 0, "invalid": 0, "reported": 0, "told": 0}
    made = [{**usual, "first_date": AUTUMN[0], "last_date": AUTUMN[1], **row} for row in rows]
    return pa.Table.from_pylist(made, schema=SUMS.schema)


def pupils(count: int = 3, **facts: list[object]) -> pa.Table:
    given = {"unit": [1] * count, **facts}
    return register({"pupil": np.arange(1, count + 1), **{k: pa.array(v) for k, v in given.items()}})


def found(table: pa.Table, who: pa.Table | None = None, **values) -> list[Signal]:
    return run_rules(None, None, who or pupils(), NO_CALENDAR, as_of=DAY, sums=table, **values)


def test_sums_above_the_limit_open_and_say_which_days_they_tell_of():
    signals = found(sums({"pupil": 1, "valid": 2000, "invalid": 100}, {"pupil": 2, "valid": 1500}))
    assert [(s.subject_id, s.rule, s.opens, s.legal_route) for s in signals] == [
        (1, "level_totals", True, "skollagen_7_19a")
    ], "just at the limit is not above it"
    text = signals[0].text.replace("\xa0", " ")
    assert text == (
        "Frånvaron är 21 % av undervisningen enligt summor från en källa utan lektioner (gränsen är 15 %). "
        "Summorna gäller 18 augusti 2025–30 november 2025."
    )
    assert signals[0].since == date(2025, 11, 28), "the last school day of the period"


def test_months_are_added_and_a_gap_between_them_is_told():
    september = {"first_date": date(2025, 9, 1), "last_date": date(2025, 9, 30)}
    november = {"first_date": date(2025, 11, 1), "last_date": date(2025, 11, 30)}
    table = sums({"pupil": 1, "valid": 3000, **september}, {"pupil": 1, "valid": 500, **november})
    (signal,) = found(table)
    assert signal.numbers["share"] == 0.175
    assert (signal.numbers["days"], signal.numbers["absent_minutes"]) == (60, 3500)
    assert "gäller 60 av dagarna 1 september 2025–30 november 2025" in signal.text
    assert signal.since == date(2025, 9, 30)


@pytest.mark.parametrize(("last", "holds"), [(date(2025, 9, 13), False), (date(2025, 9, 14), True)])
def test_four_weeks_at_least_are_asked_for(last, holds):
    assert bool(found(sums({"pupil": 1, "valid": 5000, "last_date": last}))) is holds


def test_a_period_that_goes_on_is_told_of_until_the_day_asked_about():
    ahead = {"pupil": 1, "valid": 5000, "last_date": date(2025, 12, 20)}
    (signal,) = found(sums(ahead))
    assert signal.numbers["days"] == 106
    assert not found(sums({**ahead, "first_date": date(2025, 12, 2)})), "has not begun"
    assert not signal.numbers["gaps"]


def test_lessons_of_later_days_take_over_and_earlier_ones_do_not():
    days = year(1, 60).days()  # no absence, until 7 November
    later = sums({"pupil": 1, "valid": 5000, "first_date": date(2025, 11, 10)})
    before = sums({"pupil": 1, "valid": 5000, "last_date": date(2025, 10, 1)})
    values = {"as_of": DAY, "rules": parse_rules({"rules": [{"rule": "level_totals", "days": 10}]})}
    calendar = year(1, 60).calendar()
    assert [s.rule for s in run_rules(days, None, pupils(1), calendar, sums=later, **values)] == [
        "level_totals"
    ]
    assert not run_rules(days, None, pupils(1), calendar, sums=before, **values)


def test_forms_adapted_timetables_and_limits_are_as_for_the_other_rules():
    table = sums(*({"pupil": n, "valid": 2000} for n in (1, 2, 3, 4)))
    who = pupils(4, form=["GR", "FTH", "GR", "GY"], adapted=[False, False, True, False])
    assert [(s.subject_id, s.legal_route) for s in found(table, who)] == [
        (1, "skollagen_7_19a"),
        (4, "skollagen_15_15_16"),
    ]
    rules = parse_rules({"rules": [{"rule": "level_totals", "form": "GY", "threshold": 0.25}]})
    assert [s.subject_id for s in found(table, who, rules=rules)] == [1]
    off = parse_rules({"rules": [{"rule": "level_totals", "on": False}]})
    assert not found(table, who, rules=off)


def test_a_signal_without_contact_is_told_of_pupils_with_sums_only():
    context = Context(open_signals={1: OpenSignal(date(2025, 11, 10))})
    signals = found(sums({"pupil": 1}), context=context)
    assert [s.rule for s in signals] == ["no_contact"]


def test_pupils_outside_the_register_and_an_empty_set_give_nothing():
    assert found(sums({"pupil": 99, "valid": 9000})) == []
    assert found(sums()) == []


def test_the_replay_lists_whom_sums_tell_of_when_they_could_be_known():
    table = sums({"pupil": 1, "valid": 2000, "last_date": date(2025, 10, 31)}, {"pupil": 2, "valid": 100})
    entries = replay(None, pupils(), NO_CALENDAR, until=DAY, rules=RuleSet(), sums=table)
    assert [(e.day, e.subject_id, e.rules) for e in entries] == [(date(2025, 10, 31), 1, ("level_totals",))]


def test_the_replay_lists_nobody_twice_by_lessons_and_sums():
    days = year(1, 60).away(0, range(30, 60)).days()
    table = sums({"pupil": 1, "valid": 5000, "first_date": date(2025, 11, 8)})
    entries = replay(days, pupils(1), year(1, 60).calendar(), until=DAY, rules=RuleSet(), sums=table)
    assert [e.subject_id for e in entries] == [1]


def test_a_rehearsal_counts_them():
    table = sums(*({"pupil": n, "valid": 2000 if n < 13 else 0} for n in range(1, 31)))
    outcome = rehearse(None, pupils(30), NO_CALENDAR, until=DAY, rules=RuleSet(), sums=table)
    assert (outcome["listed"], outcome["entries"]) == (12, 12)
    assert len(outcome["weeks"]) > 20, "a unit without a calendar has its weekdays"


def test_a_unit_with_a_calendar_keeps_it_and_others_get_weekdays_without_holidays():
    known = year(1, 5).calendar()
    days = with_weekdays(known, [1, 2], date(2025, 12, 26))
    by_unit = {unit: days.filter(pa.compute.equal(days["unit"], unit)) for unit in (1, 2)}
    assert by_unit[1].equals(known)
    assert date(2025, 12, 25) not in by_unit[2]["date"].to_pylist()
    assert by_unit[2]["date"].to_pylist()[0] == date(2025, 7, 1)
