"""The state of a consent to an effort or SIP: the law's ages, and the birthdays on which they pass."""

from __future__ import annotations

import dataclasses
from datetime import date, timedelta
from functools import partial

import pytest

from samhandla.people.rules import birthday
from samhandla.secrecy.rules.consents import Effort, births_that_turn, lost_on, state_of
from samhandla.secrecy.rules.efforts import Kind
from samhandla.secrecy.rules.guide import Waiver as State
from samhandla.secrecy.rules.waivers import Said

DAY = date(2026, 2, 28)
A, B, CHILD, NO = Said(True, "a"), Said(True, "b"), Said(True), Said(False)
THIRTEEN = Effort(
    kind=Kind.DECIDED, asked_on=date(2026, 1, 1), valid_to=date(2026, 6, 1), withdrawn=False, suitable=False,
    birth_date=date(2012, 6, 2), guardians=frozenset({"a", "b"}), voices=(A, B, CHILD),
)  # fmt: skip
BORN = {"open_14": date(2011, 6, 2), "sixteen": date(2009, 6, 2), "eleven": date(2014, 6, 2)}


@pytest.mark.parametrize(
    ("changes", "state"),
    [
        ({}, State.GIVEN),
        ({"voices": (A, B)}, State.MISSING),  # 13, not weighed as suitable: the child's yes is needed too
        ({"voices": (CHILD,)}, State.MISSING),
        ({"voices": (CHILD,), "suitable": True}, State.GIVEN),  # 21:1: 12–14, suitable, the child itself
        ({"voices": (CHILD, Said(False, "a")), "suitable": True}, State.GIVEN),  # the child decides alone
        ({"voices": (CHILD, Said(False, "a"))}, State.REFUSED),
        ({"voices": (A, B, NO)}, State.REFUSED),
        ({"kind": Kind.OPEN, "voices": (CHILD,), "suitable": True}, State.MISSING),  # 21:2: not before 15
        ({"kind": Kind.OPEN, "voices": (A, B)}, State.GIVEN),
        ({"kind": Kind.OPEN, "voices": (A, Said(False, "b"))}, State.REFUSED),
        ({"kind": Kind.OPEN, "voices": (A, B, NO)}, State.GIVEN),  # under 15 the guardians' yes is enough
        (
            {"kind": Kind.OPEN, "birth_date": BORN["sixteen"], "voices": (CHILD,), "suitable": True},
            State.GIVEN,
        ),
        ({"kind": Kind.OPEN, "birth_date": BORN["sixteen"], "voices": (A, B)}, State.MISSING),
        ({"kind": Kind.SIP, "voices": (A, B)}, State.GIVEN),
        ({"birth_date": BORN["eleven"], "voices": (A, B)}, State.GIVEN),
        ({"birth_date": None, "voices": (A, B)}, State.MISSING),
        ({"birth_date": None}, State.GIVEN),
        ({"guardians": frozenset(), "voices": ()}, State.MISSING),
        ({"withdrawn": True}, State.WITHDRAWN),
        ({"valid_to": date(2026, 2, 27)}, State.EXPIRED),
        ({"valid_to": date(2026, 2, 27), "voices": (NO,)}, State.REFUSED),
        ({"valid_to": DAY}, State.GIVEN),
        ({"asked_on": date(2026, 3, 1)}, State.MISSING),
        ({"birth_date": date(2008, 2, 28), "voices": (A, B)}, State.MISSING),  # 18 today
        ({"birth_date": date(2008, 2, 28), "voices": (CHILD, Said(False, "a"))}, State.GIVEN),
        ({"birth_date": date(2008, 3, 1), "voices": (A, B, CHILD)}, State.GIVEN),
    ],
)
def test_the_state_on_a_day(changes, state):
    assert state_of(dataclasses.replace(THIRTEEN, **changes), DAY) is state


@pytest.mark.parametrize(
    ("changes", "last"),
    [
        ({}, None),
        ({"valid_to": date(2026, 3, 3)}, date(2026, 3, 4)),
        ({"valid_to": DAY}, date(2026, 3, 1)),
        ({"valid_to": date(2026, 3, 15)}, None),
        ({"valid_to": date(2026, 3, 14)}, date(2026, 3, 15)),  # two weeks from today is its last day
        ({"valid_to": date(2026, 2, 27)}, None),  # has ended already: nothing to warn of
        ({"kind": Kind.OPEN, "birth_date": date(2011, 3, 5), "voices": (A, B)}, date(2026, 3, 5)),  # turns 15
        ({"birth_date": date(2008, 3, 1), "voices": (A, B, CHILD)}, None),  # turns 18 with a yes of its own
        ({"kind": Kind.SIP, "birth_date": date(2008, 3, 1), "voices": (A, B)}, None),  # lacks it already
    ],
)
def test_when_a_yes_ends_soon(changes, last):
    effort = dataclasses.replace(THIRTEEN, **changes)
    assert lost_on(partial(state_of, effort), DAY) == last


@pytest.mark.parametrize("age", [12, 15, 18])
def test_whoever_has_a_birthday_that_moves_the_right_is_found(age):
    """Everybody born in four years, the leap day among them; and nobody on the day after."""
    for number in range(4 * 365 + 1):
        born = date(2008, 1, 1) + timedelta(days=number)
        day = birthday(born, age)
        assert born in births_that_turn(day, day)
        assert born not in births_that_turn(day + timedelta(days=1), day + timedelta(days=1))
