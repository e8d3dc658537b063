"""When a step of the närvarotrappa is proposed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest

from samhandla.detect.models import LadderStep
from samhandla.detect.rules.triggers import KINDS, Day, Facts, allows, away_again, is_met, share_of

MONDAY = date(2026, 10, 5)
FACTS = Facts(opened_on=MONDAY, step_on=MONDAY, school_days=5, share=0.15, again_on=None)


def days(minutes_away, start=MONDAY):
    """Return one day of 300 offered minutes for each number of minutes away; None is a day without any."""
    return [
        Day(start + timedelta(days=n), 0 if away is None else 300, away or 0)
        for n, away in enumerate(minutes_away)
    ]


@pytest.mark.parametrize(
    ("kind", "value", "changes", "met"),
    [
        ("signal", None, {}, True),
        ("after_step", 5, {}, True),
        ("after_step", 6, {}, False),
        ("after_step", 0, {"school_days": 0}, True),
        ("absence", 14, {}, True),
        ("absence", 15, {}, False),
        ("absence", 1, {"share": None}, False),
        ("new_spell", None, {"again_on": MONDAY}, True),
        ("new_spell", None, {}, False),
        ("principal", None, {}, False),
    ],
)
def test_each_kind(kind, value, changes, met):
    assert is_met(kind, value, replace(FACTS, **changes)) is met


def test_the_choices_of_the_model_are_those_of_the_rule():
    assert tuple(LadderStep.Trigger.values) == KINDS


@pytest.mark.parametrize(
    ("kind", "value", "allowed"),
    [
        ("absence", 0, False), ("absence", 101, False), ("absence", 100, True), ("after_step", -1, False),
        ("after_step", 61, False), ("new_spell", None, True), ("new_spell", 1, False), ("other", None, False),
    ],
)  # fmt: skip
def test_values(kind, value, allowed):
    assert allows(kind, value) is allowed


def test_an_absence_that_goes_on_is_not_a_new_one():
    assert away_again(days([300, 300, 300, 300]), MONDAY) is None
    assert away_again(days([300, 0, None, 60]), MONDAY) == MONDAY + timedelta(days=3)
    assert away_again(days([0, 300, 0]), MONDAY + timedelta(days=1)) is None
    assert away_again([], MONDAY) is None


def test_share_of_offered_minutes():
    assert share_of(days([150, 0, None])) == 0.25
    assert share_of(days([None])) is None
