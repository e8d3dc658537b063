"""The processings as delivered, and what a row of the register must say. No Django, no clock."""

from __future__ import annotations

import tomllib
from functools import cache
from importlib.resources import files

MUST_SAY = ("name", "purpose", "basis", "law", "persons", "data", "kept", "source")
WRITTEN = (
    "name", "purpose", "basis", "law", "sensitive_law", "persons", "data", "receivers", "kept", "why_consent",
    "source",
)  # fmt: skip
CONSENT = "a"


@cache
def delivered() -> tuple[dict[str, str], ...]:
    """Return the processings as they are delivered, each with its legal basis; none of them is approved."""
    told = tomllib.loads((files("samhandla.secrecy") / "processings.toml").read_text("utf-8"))
    return tuple(told["processing"])


def processing_problems(values: dict[str, str]) -> list[str]:
    """Return which fields lack what they must say.

    Consent is normally no basis between a school and a family, since saying no must be free; whoever claims
    it says why. Source: IMY's decision on Skellefteå 2019; data protection regulation, recital 43.

    >>> processing_problems({"basis": "a"})[-1], "why_consent" in processing_problems({"basis": "e"})
    ('why_consent', False)
    """
    problems = [name for name in MUST_SAY if not values.get(name, "").strip()]
    if values.get("basis") == CONSENT and not values.get("why_consent", "").strip():
        problems.append("why_consent")
    return problems
