"""Running rules on a day and over a year: who is asked, what is told, and nothing from the future."""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa
import pytest
from tests.detect.rules.invented import Year, ordinary, year

from samhandla.detect.rules import run
from samhandla.detect.rules.catalogue import BY_CODE
from samhandla.detect.rules.context import Context, OpenSignal, Watch
from samhandla.detect.rules.errors import NoDays
from samhandla.detect.rules.law import legal_route
from samhandla.detect.rules.panel import unit_batches
from samhandla.detect.rules.periods import new_entries
from samhandla.detect.rules.ruleset import RuleSet, parse_rules
from samhandla.detect.rules.run import describe, replay, run_rules


def signals(made: Year, as_of: date | None = None, **more):
    return run_rules(made.days(), None, made.pupils(), made.calendar(), as_of=as_of or made.last(), **more)


def codes(found, pupil: int) -> set[str]:
    return {signal.rule for signal in found if signal.subject_kind == "pupil" and signal.subject_id == pupil}


def test_a_signal_has_its_reason_numbers_and_first_day():
    made = year(2, 30).away(0, range(10, 16))
    signal = next(s for s in signals(made) if s.rule == "level_year")
    assert (signal.subject_id, signal.since, signal.version) == (1, made.day(19), 1)
    assert signal.text.startswith("Frånvaron hittills i år är 20\u00a0% av undervisningen")
    assert signal.legal_route == "skollagen_7_19a"


def test_describe_translates_before_the_numbers_are_put_in():
    signal = next(s for s in signals(year(1, 30).away(0, range(10, 16))) if s.rule == "level_year")
    words = {BY_CODE["level_year"].sentence: "Absence {share}, limit {threshold}"}
    english = describe(signal, words.__getitem__)
    assert english == "Absence 20\u00a0%, limit 15\u00a0%"


@pytest.mark.parametrize("form", ["FSK", "FTH", "FS", "VUX"])
def test_preschool_and_after_school_never_signal(form: str):
    assert signals(year(1, 40, form=[form]).away(0, range(40))) == []


def test_adapted_timetables_give_no_signal():
    made = year(2, 40, adapted=[True, False]).away(0, range(40)).away(1, range(40))
    assert not codes(signals(made), 1)
    assert codes(signals(made), 2)


def test_legal_route_follows_form_and_age():
    of_age = date(2007, 10, 1)
    assert legal_route("GR", of_age, date(2025, 10, 1)) == "skollagen_7_19a"
    assert legal_route("GY", of_age, date(2025, 9, 30)) == "skollagen_15_15_16"
    assert legal_route("GY", of_age, date(2025, 10, 1)) == "skollagen_15_15_16_myndig"
    assert legal_route("FSK", None, date(2025, 10, 1)) == ""


def test_only_days_until_the_day_count():
    made = ordinary(60, 80, seed=4)
    made.away(3, range(40, 80))
    early = signals(made, made.day(39))
    assert "long" not in codes(early, 4)
    cut = ordinary(60, 80, seed=4)
    cut.away(3, range(40, 80))
    shorter = Year(cut.missed[:, :40], cut.invalid[:, :40], cut.late[:, :40], cut.apart[:, :40], {})
    assert early == signals(shorter, made.day(39))


def test_replay_tells_each_day_what_that_day_would_have_shown():
    made = ordinary(50, 70, seed=5)
    made.away(7, *range(30, 60, 3))
    entries = replay(made.days(), made.pupils(), made.calendar(), until=made.last())
    assert any(entry.subject_id == 8 for entry in entries)
    for entry in [e for e in entries if e.subject_kind == "pupil"][:5]:
        that_day = {s.rule for s in signals(made, entry.day) if s.subject_id == entry.subject_id and s.opens}
        assert set(entry.rules) == that_day


def test_an_entry_comes_again_only_after_quiet_days():
    on = np.zeros((1, 60), bool)
    on[0, [5, 6, 20, 50]] = True
    assert np.nonzero(new_entries(on, 20)[0])[0].tolist() == [5, 50]


def test_new_pupil_gets_no_signal_from_days_before_it_came():
    made = year(2, 60, started=[None, date(2025, 10, 13)])
    days = made.days().filter(np.array([not (p == 2 and d < date(2025, 10, 13)) for p, d in zip(
        made.days()["pupil"].to_pylist(), made.days()["date"].to_pylist(), strict=True)]))  # fmt: skip
    found = run_rules(days, None, made.pupils(), made.calendar(), as_of=made.last())
    assert found == []


def test_open_signal_without_contact_is_told():
    made = year(3, 60)
    opened = {p: OpenSignal(made.day(40)) for p in (1, 2)} | {2: OpenSignal(made.day(40), made.day(45))}
    found = signals(made, context=Context(open_signals=opened))
    assert codes(found, 1) == {"no_contact"}
    assert codes(found, 2) == codes(found, 3) == set()


def test_marks_of_not_taking_part_count_beside_the_lessons_own():
    made = year(3, 60)
    made.apart[0, 50:53] = 1
    marks = {1: [made.day(n) for n in (50, 54, 55)], 2: [made.day(n) for n in range(54, 59)]}
    found = signals(made, context=Context(apart_marks=marks))
    told = next(s for s in found if s.rule == "apart")
    assert (told.subject_id, told.numbers["lessons"], told.numbers["days"]) == (1, 6, 5)
    assert "apart" not in codes(found, 2), "five marks are one too few"
    assert "apart" not in codes(signals(made), 1)


def test_a_mark_on_a_day_without_school_counts_nowhere():
    made = year(1, 60)
    sundays = [date(2025, 10, 5), date(2025, 10, 12)] * 10
    assert signals(made, context=Context(apart_marks={1: sundays})) == []


def test_quiet_watch_tells_both_ways():
    made = year(3, 60).away(0, 50, 54, 58).away(2, 50, 54, 58)
    watches = {1: Watch(made.day(20), made.last()), 2: Watch(made.day(20), made.last())}
    found = signals(made, context=Context(watched_pupils=watches))
    assert "relapse" in codes(found, 1)
    assert codes(found, 2) == {"held"}
    assert "relapse" not in codes(found, 3)


def test_local_limits_hold_for_their_form_and_unit_only():
    made = year(3, 40, form=["GR", "GY", "GR"], unit=[1, 1, 2])
    for pupil in range(3):
        made.away(pupil, *range(2, 40, 9))
    rules = parse_rules({"rules": [{"rule": "level_year", "form": "GR", "unit": 1, "threshold": 0.1}]})
    found = signals(made, rules=rules)
    assert [p for p in (1, 2, 3) if "level_year" in codes(found, p)] == [1]


def test_a_rule_can_be_turned_off_and_made_to_open():
    made = year(1, 40).away(0, *range(2, 40, 5))
    rules = parse_rules({"rules": [{"rule": "level_year", "on": False}, {"rule": "spells", "opens": True}]})
    found = signals(made, rules=rules)
    assert "level_year" not in codes(found, 1)
    assert [s.opens for s in found if s.rule == "spells"] == [True]


def test_a_calendar_of_another_year_is_refused():
    made = year(1, 20)
    with pytest.raises(NoDays, match="ingen skoldag"):
        signals(made, date(2030, 1, 10))


def test_default_rules_open_with_the_floor_and_change():
    opening = {rule.code for rule in RuleSet().rules if rule.opens and rule.level == "pupil"}
    assert opening == {"level_year", "level_totals", "rising", "long", "near_zero", "relapse"}


def subject_rows(made: Year, **missed: int) -> pa.Table:
    """Return 40 lessons in each of four subjects; pN_X=k says that pupil N missed k lessons of X."""
    rows = []
    for pupil in range(1, len(made.missed) + 1):
        for subject in ("MA", "SV", "EN", "NO"):
            gone = missed.get(f"p{pupil}_{subject}", 1)
            rows.append({"pupil": pupil, "subject": subject, "missed": gone})
    columns = {name: pa.array([row[name] for row in rows]) for name in ("pupil", "subject", "missed")}
    return pa.table({**columns, "term": ["HT2025"] * len(rows), "lessons": [40] * len(rows)})


def test_a_subject_stands_out_and_is_not_named():
    made = year(40, 60)
    subjects = subject_rows(made, p1_MA=22, p2_MA=20, p2_SV=20, p2_EN=20, p2_NO=20)
    found = run_rules(made.days(), subjects, made.pupils(), made.calendar(), as_of=made.last())
    assert [(s.subject_id, s.rule) for s in found] == [(1, "subject")]
    assert found[0].numbers["hits"] == 22
    assert "MA" not in found[0].text
    assert "MA" not in found[0].numbers.values()


def test_a_subject_that_the_whole_unit_misses_is_no_pattern_of_a_pupil():
    made = year(40, 60)
    everybody = {f"p{pupil}_MA": 16 + pupil % 3 for pupil in range(1, 41)}
    subjects = subject_rows(made, **everybody)
    found = run_rules(made.days(), subjects, made.pupils(), made.calendar(), as_of=made.last())
    assert [s for s in found if s.subject_kind == "pupil"] == []


def three_schools() -> Year:
    """Three units of thirty pupils, of which some are away in different ways."""
    made = year(90, 80, unit=[1] * 30 + [2] * 30 + [3] * 30, class_id=[1] * 30 + [2] * 30 + [3] * 30)
    for pupil in range(0, 90, 7):
        made.away(pupil, range(pupil % 5, 80, 5), range(40, 48))
    for pupil in range(60, 72):
        made.miss(pupil, 70, 6).miss(pupil, 75, 6)
    return made


def test_some_units_at_a_time_find_what_all_at_once_find(monkeypatch):
    made = three_schools()
    at_once = signals(made), replay(made.days(), made.pupils(), made.calendar(), until=made.last())
    assert {s.unit for s in at_once[0]} == {1, 2, 3}
    monkeypatch.setattr(run, "PUPILS_AT_A_TIME", 40)
    assert signals(made) == at_once[0]
    assert replay(made.days(), made.pupils(), made.calendar(), until=made.last()) == at_once[1]


def test_units_are_never_parted_and_pupils_without_days_are_in_no_batch():
    panel = three_schools().panel()
    batches = unit_batches(panel, 60)
    assert [rows.tolist() for rows in batches] == [list(range(60)), list(range(60, 90))]
    assert [len(rows) for rows in unit_batches(panel, 1)] == [30, 30, 30]
    assert unit_batches(panel.rows(np.zeros(90, bool)), 60) == []
