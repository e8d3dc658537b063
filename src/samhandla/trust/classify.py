"""Every model field says what it is and how long it is kept.

Exports, log masking, demo data and the register of processing read this one place.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Sensitivity(StrEnum):
    """How much harm a field can do when it leaks, from none to most."""

    OPEN = "open"
    INTERNAL = "internal"
    PERSONAL = "personal"
    SENSITIVE = "sensitive"
    PROTECTED = "protected"


@dataclass(frozen=True)
class Retention:
    """How long rows of a kind are kept. Nothing is deleted before the board has decided (`decided`)."""

    code: str
    rule: str
    source: str
    decided: bool = False


_SCHEDULE = (
    Retention("system", "så länge installationen finns", "teknisk uppgift, ingen handling"),
    Retention(
        "register",
        "till och med året efter att eleven lämnat huvudmannen",
        "gallringsråd nr 2, fråga till nämnden (NV)",
    ),
    Retention("attendance", "två läsår efter läsårets slut", "fråga till nämnden (NV)"),
    Retention("signal", "två läsår efter att signalen stängts", "fråga till nämnden (NV)"),
    Retention(
        "inquiry", "bevaras tills nämnden beslutat annat", "gallringsråd nr 2, fråga till nämnden (NV)"
    ),
    Retention(
        "document",
        "som nämnden har beslutat för slaget av handling; utan beslut gallras inget",
        "arkivlagen (1990:782) 10 §; registrets regler per slag och nämnd",
    ),
    Retention("log", "fem år", "fråga till nämnden (NV)"),
    Retention("import", "ett läsår", "fråga till nämnden (NV)"),
    Retention("published", "bevaras", "nämndhandling"),
)
RETENTION = {r.code: r for r in _SCHEDULE}


class Classified:
    """Base of a model's inner class `Fields`: one attribute per class of field.

    `retention` names a row of RETENTION. A sweep fails on a field that is in no list.
    """

    retention = "system"
    open: tuple[str, ...] = ()
    internal: tuple[str, ...] = ()
    personal: tuple[str, ...] = ()
    sensitive: tuple[str, ...] = ()
    protected: tuple[str, ...] = ()

    @classmethod
    def of(cls, name: str) -> Sensitivity | None:
        """Return the class of a field, None when nobody has classified it."""
        for level in Sensitivity:
            if name in getattr(cls, level.value):
                return level
        return None
