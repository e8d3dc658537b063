"""Each rule on pupils: when it holds, when it does not, and the numbers that it gives."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from string import Formatter

import numpy as np
import pytest
from tests.detect.rules.invented import year

from samhandla.detect.rules.catalogue import BY_CODE, RULES
from samhandla.detect.rules.declare import State
from samhandla.detect.rules.panel import Panel
from samhandla.detect.rules.run import sentence


def state(code: str, panel: Panel, **values: float) -> State:
    rule = BY_CODE[code]
    return rule.test(panel, {**rule.defaults(), **values})


def holds(code: str, panel: Panel, **values: float) -> list[bool]:
    return state(code, panel, **values).on[:, -1].tolist()


def test_year_level_needs_more_than_the_threshold_and_twenty_days():
    made = year(3, 20).away(0, range(4)).away(1, range(3))
    assert holds("level_year", made.panel()) == [True, False, False]
    assert not state("level_year", made.panel()).on[:, :19].any()
    numbers = state("level_year", made.panel()).numbers(0, 19)
    assert (numbers["share"], numbers["days"], numbers["offered_minutes"]) == (0.2, 4, 7200)


def test_term_level_starts_again_with_the_term():
    made = year(1, 140).away(0, range(5))
    on = state("level_term", made.panel()).on[0]
    assert on[19]
    assert not on[-1]


def test_rolling_level_forgets():
    on = state("level_rolling", year(1, 60).away(0, range(20, 24)).panel()).on[0]
    assert on[23]
    assert not on[50]


def test_spells_count_separate_times_and_the_spell_that_goes_on():
    made = year(2, 40).away(0, 12, 18, range(24, 26), 38).away(1, range(12, 20))
    assert holds("spells", made.panel()) == [True, False]
    assert state("spells", made.panel()).numbers(0, 39) == {"spells": 4, "days": 5, "window": 30}
    ongoing = state("spells", year(1, 40).away(0, range(5, 40)).panel())
    assert ongoing.numbers(0, 39)["spells"] == 1


def test_invalid_absence_counts_days_and_minutes():
    made = year(2, 30).away(0, 21, 23, 25, 27, invalid=True).away(1, 21, 23, 25, 27)
    assert holds("invalid", made.panel()) == [True, False]


def test_long_absence_and_days_since_last_in_school():
    made = year(2, 60).away(0, range(30, 60)).away(1, range(50, 60))
    assert holds("long", made.panel()) == [True, False]
    assert holds("near_zero", made.panel()) == [True, False]
    assert state("near_zero", made.panel()).numbers(0, 59)["since_last"] == 30


def test_of_a_pupil_never_in_school_this_year_the_days_are_at_least_so_many():
    """Last year's days are not looked at, so the exact number is not known."""
    panel = year(2, 60).away(0, range(60)).away(1, range(30, 60)).panel()
    never, since = (state("near_zero", panel).numbers(row, 59) for row in (0, 1))
    assert (never["since_last"], never["attended"]) == (60, 0)
    assert "Minst 60 skoldagar sedan senaste dagen" in sentence(BY_CODE["near_zero"], never)
    assert ". 30 skoldagar sedan senaste dagen i skolan." in sentence(BY_CODE["near_zero"], since)
    kept_before = {name: value for name, value in never.items() if name != "attended"}
    assert ". 60 skoldagar sedan" in sentence(BY_CODE["near_zero"], kept_before)


def test_long_absence_goes_on_over_a_day_without_lessons():
    panel = year(1, 40).away(0, range(20, 40)).panel()
    panel.offered[0, 30] = 0
    assert replace(panel).spell_day[0, 31] == 11


def test_sudden_drop_but_not_in_an_illness_wave():
    made = year(21, 40).away(0, range(35, 40))
    assert holds("sudden_drop", made.panel())[0]
    for pupil in range(1, 12):
        made.away(pupil, range(35, 40))
    assert not holds("sudden_drop", made.panel())[0]


def test_rising_compares_with_the_pupils_own_earlier_level():
    made = year(2, 90)
    made.away(0, *range(62, 90, 4))
    made.away(1, *range(2, 90, 7))
    panel = made.panel()
    assert holds("rising", panel) == [True, False]
    numbers = state("rising", panel).numbers(0, 89)
    assert (numbers["spells"], numbers["earlier_share"], numbers["earlier_spells"]) == (7, 0, 0)
    assert "Tidigare i år: 0\xa0% av undervisningen." in sentence(BY_CODE["rising"], numbers)


RISING = {
    "days": 17, "spells": 5, "invalid_days": 2, "share": 0.5, "window": 30,
    "earlier_share": 0.6, "earlier_spells": 6, "earlier_invalid": 3, "earlier_window": 32,
}  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "compared"),
    [
        ({"share": 0.61}, "Tidigare i år: 60\xa0% av undervisningen."),
        ({"spells": 6}, "Tidigare i år: 6 tillfällen på 32 skoldagar."),
        ({"invalid_days": 3}, "Tidigare i år: 3 av 32 skoldagar."),
        ({}, ""),
        ({"share": 0.6004}, ""),
        ({"share": 0.9, "earlier_window": 0}, ""),
    ],
)
def test_the_comparison_shown_is_of_what_rose_or_none(changed, compared):
    said = sentence(BY_CODE["rising"], {**RISING, **changed})
    assert ("Tidigare i år" in said) is bool(compared)
    assert said.endswith(compared)
    assert "17" not in said or "60\xa0%" in said, "days away stand only beside a share that rose"


def test_a_rising_reason_kept_before_the_comparison_has_none():
    kept = {"days": 17, "spells": 5, "invalid_days": 2, "share": 0.5, "window": 30, "earlier_days": 20}
    said = sentence(BY_CODE["rising"], {**kept, "earlier_window": 32})
    assert said.startswith("Frånvaro eller sena ankomster har en tid varit mer än vanligt")
    assert "…" not in said
    assert "20" not in said


def test_rising_weighs_invalid_absence_more():
    valid = year(1, 60).away(0, 40, 47, 54)
    invalid = year(1, 60).away(0, 40, 47, 54, invalid=True)
    assert not state("rising", valid.panel()).on.any()
    assert state("rising", invalid.panel()).on[0, 54]


def test_present_but_not_taking_part():
    made = year(2, 30)
    made.apart[0, [20, 22, 24, 26]] = 2
    made.apart[1, 28] = 6
    assert holds("apart", made.panel()) == [True, False]


def test_transition_only_for_those_in_a_first_year():
    made = year(2, 30, grade=[7, 8]).away(0, 3, 9, 15, 22).away(1, 3, 9, 15, 22)
    assert holds("transition", made.panel()) == [True, False]


def test_transition_after_a_summer_change_of_school():
    """Grades 4 and 8 are no first years: that the pupil came from another unit this year makes them one."""
    summer, before = date(2025, 8, 1), date(2024, 8, 1)
    made = year(
        4, 30, grade=[4, 8, 8, 8], started=[summer, summer, summer, before],
        from_other_unit=[True, True, False, True],
    )  # fmt: skip
    for pupil in range(4):
        made.away(pupil, 3, 9, 15, 22)
    assert holds("transition", made.panel()) == [True, True, False, False]
    unknown = year(1, 30, grade=[8], started=[summer], from_other_unit=[None]).away(0, 3, 9, 15, 22)
    assert holds("transition", unknown.panel()) == [False]


def test_recovered_needs_repeated_absence_before():
    made = year(2, 60).away(0, *range(5, 25, 3)).away(1, range(5, 10))
    assert holds("recovered", made.panel()) == [True, False]
    assert state("recovered", made.panel()).numbers(0, 59)["share"] == 0


def test_recovered_is_news_for_four_weeks():
    on = state("recovered", year(1, 120).away(0, *range(5, 25, 3)).panel()).on[0]
    days = np.nonzero(on)[0]
    assert 40 <= days[0] <= 45
    assert days[-1] - days[0] < 35


@pytest.mark.parametrize("code", [rule.code for rule in RULES])
def test_every_rule_can_word_what_it_finds(code: str):
    rule = BY_CODE[code]
    fields = {name for _, name, _, _ in Formatter().parse(rule.sentence) if name}
    known = {
        **dict.fromkeys(fields, 3), "share": 0.5, "threshold": 0.15, "class_name": "7B", "weekday": 2,
    }  # fmt: skip
    text = sentence(rule, known)
    assert text.endswith((".", "eleven."))
    assert "{" not in text


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_defaults_are_inside_their_ranges(rule):
    assert all(p.low <= p.default <= p.high and p.unit and p.meaning for p in rule.parameters)


FORBIDDEN = ("hemmasittare", "skolk", "risk", "larm", "flagga", "varning", "beslut", "poäng")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_no_rule_uses_a_forbidden_word_or_shows_a_score(rule):
    words = (rule.title + rule.sentence).lower()
    assert not [word for word in FORBIDDEN if word in words]
    assert "lärare" not in words or rule.code == "apart"


def test_nobody_absent_means_no_reason():
    panel = year(12, 100).panel()
    pupil_rules = [rule for rule in RULES if rule.level == "pupil"]
    assert not any(rule.test(panel, rule.defaults()).on.any() for rule in pupil_rules)
    assert np.all(panel.wave == 1)
