"""Classes, slots and units: the principal's signals, without teachers and without single pupils."""

from __future__ import annotations

import numpy as np
from tests.detect.rules.invented import Year, ordinary, year

from samhandla.detect.rules.context import Context, Watch
from samhandla.detect.rules.run import replay, run_rules


def two_classes(days: int = 60) -> Year:
    return year(
        40, days, class_id=[7] * 20 + [8] * 20, class_name=["7A"] * 20 + ["7B"] * 20, unit=[1] * 40
    )  # fmt: skip


def found(made: Year, kind: str, **more):
    signals = run_rules(made.days(), None, made.pupils(), made.calendar(), as_of=made.last(), **more)
    return [signal for signal in signals if signal.subject_kind == kind]


def test_a_class_with_high_absence_is_named_not_its_pupils():
    made = two_classes()
    for pupil in range(20):
        made.away(pupil, *range(pupil % 5, 60, 5))
    signals = [s for s in found(made, "class") if s.rule == "class_level"]
    assert [s.subject_id for s in signals] == ["7"]
    assert signals[0].numbers["class_name"] == "7A"
    assert signals[0].legal_route == ""


def test_rising_class():
    made = two_classes()
    for pupil in range(20):
        made.away(pupil, *range(40 + pupil % 7, 60, 7))
    assert "class_rising" in {s.rule for s in found(made, "class")}


def test_illness_wave_is_recognised_and_weighs_less():
    made = two_classes()
    for pupil in range(12):
        made.away(pupil, range(57, 60))
    panel = made.panel()
    assert panel.wave[0, 58] > 5
    assert panel.wave[30, 58] == 1
    signals = found(made, "class")
    assert {s.rule for s in signals} == {"class_wave"}
    assert "12 av 20 elever i 7A" in signals[0].text
    assert not signals[0].opens


def test_a_class_that_is_always_away_is_not_excused_as_a_wave():
    made = two_classes()
    for pupil in range(20):
        made.away(pupil, *range(pupil % 4, 60, 4))
    assert made.panel().wave[:20, 40:].max() < 2


def test_a_slot_that_many_miss_is_found_for_class_and_unit():
    made = two_classes(80)
    for pupil in range(16):
        for week in range(16):
            if (pupil + week) % 2:
                made.miss(pupil, week * 5 + 3, 6)
    signals = found(made, "slot")
    assert {s.rule for s in signals} == {"class_slot", "unit_slot"}
    assert {s.subject_id for s in signals} == {"7:4:6", "1:4:6"}
    assert "pass 6 på torsdagar" in signals[0].text.lower()


def test_unit_level():
    made = two_classes()
    for pupil in range(40):
        made.away(pupil, *range(pupil % 4, 60, 4))
    assert [s.rule for s in found(made, "unit")] == ["unit_level"]


def test_small_groups_give_no_signal():
    made = year(5, 60, class_id=[7] * 5, class_name=["7A"] * 5)
    for pupil in range(5):
        made.away(pupil, range(30, 60))
    assert found(made, "class") == []
    assert found(made, "unit") == []


def test_a_watched_class_is_told_when_absence_returns():
    made = two_classes()
    for pupil in range(20):
        made.away(pupil, *range(40 + pupil % 8, 60, 8))
    watch = Context(watched_classes={number: Watch(made.day(10), made.last()) for number in (7, 8)})
    relapses = [s.subject_id for s in found(made, "class", context=watch) if s.rule == "class_relapse"]
    assert relapses == ["7"]


def test_ordinary_years_give_few_group_signals():
    made = ordinary(100, 120, 8, class_id=[i // 25 + 1 for i in range(100)], class_name=["A"] * 100)
    entries = replay(made.days(), made.pupils(), made.calendar(), until=made.last())
    groups = [entry for entry in entries if entry.subject_kind != "pupil"]
    assert len(groups) <= 4
    assert np.all([entry.mentor == 0 for entry in groups])


def test_preschool_groups_never_signal():
    made = year(20, 60, class_id=[7] * 20, class_name=["Ekorren"] * 20, form=["FSK"] * 20)
    for pupil in range(20):
        made.away(pupil, *range(pupil % 3, 60, 3))
    assert run_rules(made.days(), None, made.pupils(), made.calendar(), as_of=made.last()) == []
