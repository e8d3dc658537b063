"""Levels of assurance, and what follows from them: decisions without database, clock or request.

Source: Digg's trust framework for Swedish e-identification (tillitsnivå 2–4); the identifiers of the levels
in SAML and OpenID Connect are those of id.elegnamnden.se. Levels 1 and 2 here are our own login.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum


class Level(IntEnum):
    """How sure a session is of who sits there. Higher is surer; the numbers are stored."""

    PASSWORD = 1
    TWO_STEPS = 2
    E_ID_3 = 3
    E_ID_4 = 4


# What an identity provider says, when the installation has not said how to read it.
KNOWN_CONTEXTS: Mapping[str, Level] = {
    "http://id.elegnamnden.se/loa/1.0/loa2": Level.TWO_STEPS,
    "http://id.elegnamnden.se/loa/1.0/loa3": Level.E_ID_3,
    "http://id.elegnamnden.se/loa/1.0/loa4": Level.E_ID_4,
    "http://id.swedenconnect.se/loa/1.0/uncertified-loa3": Level.TWO_STEPS,
    "https://refeds.org/profile/mfa": Level.TWO_STEPS,
}
SECOND_STEPS = frozenset({"mfa"})


@dataclass(frozen=True)
class Said:
    """What an identity provider said of somebody, read and checked.

    Args:
        name: the EPPN, empty when the provider gave none.
        subject: the provider's own name for the person.
        contexts: levels of assurance as the provider names them.
        at: when the person proved who it is, seconds since 1970; None when it was not said.
    """

    provider: str
    name: str
    subject: str
    contexts: tuple[str, ...]
    at: float | None = None


def level_said(contexts: Iterable[str], meanings: Mapping[str, int], default: int) -> Level:
    """Return the highest level that the provider's words mean here; the default when none is known.

    >>> level_said(["http://id.elegnamnden.se/loa/1.0/loa3"], {}, 1)
    <Level.E_ID_3: 3>
    >>> level_said(["urn:other"], {}, 1)
    <Level.PASSWORD: 1>
    """
    known = {**KNOWN_CONTEXTS, **meanings}
    return Level(max((known[one] for one in contexts if one in known), default=default))


def level_of_steps(methods: Iterable[str], said: int | None) -> Level:
    """Return a session's level from the steps that were taken and what an identity provider said.

    >>> level_of_steps(["password", "mfa"], None)
    <Level.TWO_STEPS: 2>
    >>> level_of_steps([], 3)
    <Level.E_ID_3: 3>
    """
    own = Level.TWO_STEPS if SECOND_STEPS & set(methods) else Level.PASSWORD
    return Level(max(own, said or Level.PASSWORD))


def level_needed(required: Mapping[str, int], roles: Iterable[str], part: str) -> Level:
    """Return the level that somebody with these roles needs for a part of the system.

    Every role held counts, since the database opens what all of them give together.

    Args:
        required: levels by role code and by permission.

    >>> level_needed({"principal": 2, "secrecy:law:approve": 3}, ["mentor", "principal"], "web:start:read")
    <Level.TWO_STEPS: 2>
    """
    wanted = [required.get(part, 1), *(required.get(role, 1) for role in roles)]
    return Level(max(wanted))


def is_idle(seen: float, now: float, minutes: int) -> bool:
    """Tell whether somebody has done nothing for so long that the session is to be locked."""
    return now - seen >= minutes * 60


def is_confirmed(confirmed: float, now: float, minutes: int) -> bool:
    """Tell whether somebody proved who it is so recently that a sensitive act may be done.

    A time in the future, as after a clock was set back, counts for nothing.
    """
    return 0 <= now - confirmed < minutes * 60
