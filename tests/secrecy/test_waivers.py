"""The state of a waiver: four ways of not having it, and the birthday on which it passes to the child."""

from __future__ import annotations

import dataclasses
from datetime import date

import pytest

from samhandla.secrecy.rules.guide import Waiver
from samhandla.secrecy.rules.waivers import Asked, Said, state_of

DAY = date(2026, 2, 28)
BOTH = Asked(
    asked_on=date(2026, 1, 1), valid_to=date(2026, 6, 1), withdrawn=False, maturity="",
    birth_date=date(2013, 5, 2), guardians=frozenset({"a", "b"}), voices=(Said(True, "a"), Said(True, "b")),
)  # fmt: skip


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({}, Waiver.GIVEN),
        ({"voices": ()}, Waiver.MISSING),
        ({"voices": (Said(True, "a"),)}, Waiver.MISSING),
        ({"voices": (Said(True, "a"), Said(False, "b"))}, Waiver.REFUSED),
        ({"withdrawn": True}, Waiver.WITHDRAWN),
        ({"valid_to": date(2026, 2, 27)}, Waiver.EXPIRED),
        ({"valid_to": DAY}, Waiver.GIVEN),
        ({"asked_on": date(2026, 3, 1)}, Waiver.MISSING),
        ({"guardians": frozenset(), "voices": ()}, Waiver.MISSING),
        ({"voices": (Said(True),)}, Waiver.MISSING),
        ({"voices": (Said(True),), "maturity": "förstår"}, Waiver.GIVEN),
        ({"birth_date": date(2008, 2, 28)}, Waiver.MISSING),  # 18 today: the guardians' yes is gone
        ({"birth_date": date(2008, 2, 29)}, Waiver.MISSING),  # the last day of the month in ordinary years
        ({"birth_date": date(2008, 3, 1)}, Waiver.GIVEN),
        ({"birth_date": date(2008, 2, 28), "voices": (Said(True),)}, Waiver.GIVEN),
        ({"birth_date": date(2008, 2, 28), "voices": (Said(True), Said(False, "a"))}, Waiver.GIVEN),
        ({"birth_date": None}, Waiver.GIVEN),
    ],
)
def test_the_state_on_a_day(changes, state):
    assert state_of(dataclasses.replace(BOTH, **changes), DAY) is state
