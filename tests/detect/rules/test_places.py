"""Who is shown and who waits for a place; the two rules that never wait take a place each."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from samhandla.detect.rules.loop import AT_ONCE, LoopLimits, Waiting, choose_shown

MONDAY = date(2025, 9, 1)


def shown(*rules: str, taken: int = 0) -> list[int]:
    """Choose among pupils of one mentor, each found a day after the one before, numbered from 1."""
    waiting = [
        Waiting(number, 7, MONDAY + timedelta(days=number), frozenset({rule}))
        for number, rule in enumerate(rules, start=1)
    ]
    return choose_shown(waiting, {7: taken}, LoopLimits())


def test_only_those_hardly_in_school_never_wait():
    assert frozenset({"long", "near_zero"}) == AT_ONCE


@pytest.mark.parametrize("rule", sorted(AT_ONCE))
def test_they_are_shown_also_when_every_place_is_taken(rule):
    assert shown("rising", rule, "rising", rule, taken=2) == [2, 4]


@pytest.mark.parametrize("rule", sorted(AT_ONCE))
def test_each_takes_a_place_from_those_who_wait(rule):
    assert shown(rule, "rising", "rising") == [1, 2]
    assert shown(rule, rule, "rising") == [1, 2]
    assert shown(rule, rule, rule, "rising") == [1, 2, 3]


def test_the_others_wait_oldest_first():
    assert shown("rising", "weekday", "rising") == [1, 2]
    assert shown("rising", taken=2) == []
