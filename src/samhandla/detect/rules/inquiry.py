"""What an inquiry of absence holds, and what it needs before it can be finalised."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

LEVELS = ("teaching", "social", "child_level", "home")
WRITABLE = (
    "child_explanation",
    "guardian_view",
    *LEVELS,
    "special_support",
    "next_step",
    "follow_up_on",
)
# The child's own explanation comes first (R039); without a next step and a day nothing has been started.
REQUIRED = ("child_explanation", "next_step", "follow_up_on")
INQUIRY_DAYS = 15  # school days before an inquiry under way is looked at again; local examples in domain B10


def missing_in(content: Mapping[str, object]) -> list[str]:
    """Return what a finalised inquiry needs and this one lacks: field names, and `levels` when none is told.

    >>> missing_in({"child_explanation": "x", "next_step": "y", "follow_up_on": "2026-12-01", "home": "z"})
    []
    """
    missing = [name for name in REQUIRED if not content.get(name)]
    return missing if described(content) else [*missing, "levels"]


def described(content: Mapping[str, object]) -> int:
    """Return how many of the four levels of causes are described.

    >>> described({"teaching": "rörigt på tisdagar", "home": ""})
    1
    """
    return sum(1 for name in LEVELS if content.get(name))


def fingerprint(content: Mapping[str, object]) -> str:
    """Return a name for exactly this text, to notice that two people write at once.

    >>> fingerprint({"home": "a"}) == fingerprint({"home": "b"})
    False
    """
    text = "\x1f".join(str(content.get(name) or "") for name in WRITABLE)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
