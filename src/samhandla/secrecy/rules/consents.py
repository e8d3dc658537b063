"""The state of a consent to an effort or to SIP, from what has been said and when. No waiver of secrecy.

Whose yes is enough follows the law's ages (`efforts.whose_yes`) on the day that is asked about: a birthday
can move the right to decide, and from 18 every guardian's voice is gone.
Source: SoL (2025:400) 10:8, 21:1–2.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from samhandla.people.rules import age_on, birthday
from samhandla.secrecy.rules.efforts import ADULT, OWN, TWELVE, Kind, Party, whose_yes
from samhandla.secrecy.rules.guide import Waiver as State
from samhandla.secrecy.rules.waivers import WARN_DAYS, Said

WARN_ON = (WARN_DAYS, 3)  # days before: when somebody is told by mail
TURNS = (TWELVE, OWN, ADULT)


@dataclass(frozen=True)
class Effort:
    """What a consent is made of.

    Args:
        suitable: somebody has written why it is suitable that the child decides without the guardians.
        birth_date: None when unknown: then both the guardians and the child must have said yes.
        guardians: those with rights on the day, by reference.
    """

    kind: Kind
    asked_on: date
    valid_to: date
    withdrawn: bool
    suitable: bool
    birth_date: date | None
    guardians: frozenset[str]
    voices: tuple[Said, ...]


def ways_on(effort: Effort, day: date) -> tuple[frozenset[Party], ...]:
    """Return the ways in which a yes is enough on a day."""
    if effort.birth_date is None:
        return (frozenset({Party.CHILD, Party.GUARDIANS}),)
    return whose_yes(effort.kind, age=age_on(effort.birth_date, day), suitable=effort.suitable)


def state_of(effort: Effort, day: date) -> State:
    """Return the state on a day: given, missing, refused, withdrawn or expired.

    It is refused when a no stands in every way that would have been enough. A guardian's no does not stop
    what the child decides alone.
    """
    if effort.withdrawn:
        return State.WITHDRAWN
    ways = ways_on(effort, day)
    if all(any(_said(effort, party, yes=False) for party in way) for way in ways):
        return State.REFUSED
    if day > effort.valid_to:
        return State.EXPIRED
    if day < effort.asked_on:
        return State.MISSING
    enough = any(all(_said(effort, party, yes=True) for party in way) for way in ways)
    return State.GIVEN if enough else State.MISSING


def _said(effort: Effort, party: Party, *, yes: bool) -> bool:
    """Tell whether a party has said yes (all of it), or whether anybody in it has said no."""
    told = {voice.guardian for voice in effort.voices if voice.yes is yes}
    if party is Party.CHILD:
        return None in told
    if yes:
        return bool(effort.guardians) and effort.guardians <= told
    return bool(effort.guardians & told)


def lost_on(state_on: Callable[[date], State], today: date, days: int = WARN_DAYS + 1) -> date | None:
    """Return the first day within some days on which what holds today no longer holds; None if none, or now.

    Two weeks before its last day a yes ends soon.

    Args:
        state_on: the state on a day, e.g. of a waiver or a consent.
    """
    if state_on(today) is not State.GIVEN:
        return None
    ahead = (today + timedelta(days=number) for number in range(1, days + 1))
    return next((day for day in ahead if state_on(day) is not State.GIVEN), None)


def births_that_turn(first: date, last: date) -> set[date]:
    """Return the days of birth of those who have a birthday between two days that moves the right to decide.

    >>> date(2008, 2, 29) in births_that_turn(date(2026, 2, 28), date(2026, 2, 28))
    True
    """
    found = set()
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        for age in TURNS:
            near = (date(day.year - age, day.month, 1) + timedelta(days=n) for n in range(31))
            found |= {born for born in near if birthday(born, age) == day}
    return found
