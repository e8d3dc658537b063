"""The state of a waiver of secrecy, from what has been said and when. The database holds the same rule.

Source: OSL 12:2-3. No fixed age: a child's own yes counts when its maturity has been weighed in words. The
guardians with rights must all have said yes. From 18 the young person alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from samhandla.people.rules import birthday
from samhandla.secrecy.rules.guide import ADULT, Waiver

WARN_DAYS = 14


@dataclass(frozen=True)
class Said:
    """One voice: the child's (`guardian` None) or a guardian's, and whether it is a yes."""

    yes: bool
    guardian: str | None = None


@dataclass(frozen=True)
class Asked:
    """What a waiver is made of.

    Args:
        birth_date: None when unknown: then nobody is taken for adult.
        guardians: those with rights on the day, by reference.
    """

    asked_on: date
    valid_to: date
    withdrawn: bool
    maturity: str
    birth_date: date | None
    guardians: frozenset[str]
    voices: tuple[Said, ...]


def state_of(asked: Asked, today: date) -> Waiver:
    """Return the state on a day: given, missing, refused, withdrawn or expired."""
    if asked.withdrawn:
        return Waiver.WITHDRAWN
    adult = asked.birth_date is not None and today >= birthday(asked.birth_date, ADULT)
    counted = [v for v in asked.voices if v.guardian is None or not adult]
    if any(not voice.yes for voice in counted):
        return Waiver.REFUSED
    if today > asked.valid_to:
        return Waiver.EXPIRED
    if today < asked.asked_on:
        return Waiver.MISSING
    return Waiver.GIVEN if _enough(asked, counted, adult) else Waiver.MISSING


def _enough(asked: Asked, counted: Iterable[Said], adult: bool) -> bool:
    told = {voice.guardian for voice in counted if voice.yes}
    child = None in told
    if adult:
        return child
    if child and asked.maturity.strip():
        return True
    return bool(asked.guardians) and asked.guardians <= told
