"""Whose yes an effort needs (SoL 21:1–2), and SIP (SoL 10:8). Not the same thing as lifting secrecy.

Sources: SoL (2025:400) 21:1, 21:2, 10:8; the ages concern efforts only.
"""

from __future__ import annotations

from enum import StrEnum

ADULT, OWN, TWELVE = 18, 15, 12


class Kind(StrEnum):
    """Kinds of what somebody says yes to."""

    DECIDED = "decided"  # an effort after an individual needs assessment (21:1)
    OPEN = "open"  # an effort without needs assessment (11:5, 21:2)
    SIP = "sip"  # an individual plan (10:8)


class Party(StrEnum):
    CHILD = "child"
    GUARDIANS = "guardians"


def whose_yes(kind: Kind, *, age: int, suitable: bool) -> tuple[frozenset[Party], ...]:
    """Return the ways in which a yes is enough; each is a set of those who must all have said it.

    Args:
        age: of the child, in whole years.
        suitable: whether it is suitable that the child decides without the guardians; weighed by a person.
    """
    child, guardians = frozenset({Party.CHILD}), frozenset({Party.GUARDIANS})
    if age >= ADULT:
        return (child,)
    if age >= OWN and suitable:
        return (child, guardians | child)
    if kind is Kind.DECIDED and age >= TWELVE:
        return (child, guardians | child) if suitable else (guardians | child,)
    return (guardians | child,) if age >= OWN else (guardians,)
