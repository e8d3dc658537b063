"""Decisions of the board page: terms, percentages, changes, goals. No database, no clock.

Percentages are `Decimal` with one decimal, rounded half up, as they are printed; changes are
computed from the printed figures, so that a reader who subtracts gets what the page says.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

TENTH = Decimal("0.1")
COMPARABLE_REPORTING = Decimal("0.10")  # reporting rates further apart than this are not compared blindly
_TERM = re.compile(r"(VT|HT)(\d{4})")


class NoTerm(ValueError):
    """A text is not a term such as VT2025."""


@dataclass(frozen=True, order=True)
class Term:
    """A school term. The spring term is January to June, the autumn term July to December."""

    year: int
    autumn: bool

    @classmethod
    def parse(cls, code: str) -> Term:
        """Read a term's code.

        >>> Term.parse("VT2025").code
        'VT2025'

        Raises:
            NoTerm: the text is something else.
        """
        match = _TERM.fullmatch(code)
        if match is None:
            raise NoTerm(code)
        return cls(int(match[2]), match[1] == "HT")

    @classmethod
    def of(cls, day: date) -> Term:
        return cls(day.year, day.month > 6)

    @property
    def code(self) -> str:
        return f"{'HT' if self.autumn else 'VT'}{self.year}"

    @property
    def first(self) -> date:
        return date(self.year, 7 if self.autumn else 1, 1)

    @property
    def last(self) -> date:
        return date(self.year, 12, 31) if self.autumn else date(self.year, 6, 30)

    @property
    def year_before(self) -> Term:
        """The same term a year earlier: absence follows the seasons, so that is what is compared."""
        return Term(self.year - 1, self.autumn)

    @property
    def following(self) -> Term:
        return Term.of(self.last + timedelta(days=1))


def terms_between(first: date, last: date) -> list[Term]:
    """Return the terms that a span of days touches, in order.

    >>> [t.code for t in terms_between(date(2025, 5, 1), date(2026, 1, 9))]
    ['VT2025', 'HT2025', 'VT2026']
    """
    terms, term = [], Term.of(first)
    while term.first <= last:
        terms.append(term)
        term = term.following
    return terms


def percent(part: int | None, whole: int | None) -> Decimal | None:
    """Return part of whole in per cent with one decimal; None where it is not known or there is none.

    >>> percent(1, 8)
    Decimal('12.5')
    """
    if part is None or not whole:
        return None
    return (Decimal(part) * 100 / Decimal(whole)).quantize(TENTH, ROUND_HALF_UP)


def percent_of_share(share: Decimal | float | None) -> Decimal | None:
    """Return a share 0–1 in per cent with one decimal."""
    return None if share is None else (Decimal(share) * 100).quantize(TENTH, ROUND_HALF_UP)


@dataclass(frozen=True)
class Change:
    """A change between two printed percentages, in both units, each named.

    Attributes:
        points: percentage points (procentenheter): now minus before.
        relative: per cent of the level before; None when that level was nothing.
    """

    points: Decimal
    relative: Decimal | None


def change_of(now: Decimal, before: Decimal) -> Change:
    """Return the change from one printed percentage to another.

    >>> change_of(Decimal("14.9"), Decimal("15.0"))
    Change(points=Decimal('-0.1'), relative=Decimal('-0.7'))

    Source: F17: two points from a base of 10 per cent are 20 per cent of it, from 15 they are 13.3.
    """
    points = now - before
    relative = (points * 100 / before).quantize(TENTH, ROUND_HALF_UP) if before else None
    return Change(points, relative)


@dataclass(frozen=True)
class Standing:
    """How far it is to a goal.

    Attributes:
        unit: "percent" for a level, "points" for percentage points, "relative" for per cent of the base.
        target, reached: both in `unit`; a fall is positive.
        left: what remains in `unit`; zero or less when the goal is reached.
        done_percent: how much of a fall is reached, in per cent of the target; None for a level.
    """

    unit: str
    target: Decimal
    reached: Decimal
    left: Decimal
    done_percent: int | None

    @property
    def is_reached(self) -> bool:
        return self.left <= 0


def standing(kind: str, target: Decimal, now: Decimal, base: Decimal | None) -> Standing | None:
    """Return how far it is to a goal, None when the base that it counts from is not known.

    Args:
        kind: "at_most" (a level), "fall_points" or "fall_percent".
        now, base: printed percentages.

    Source: F13 (absolute), F14 and F15 (relative; 16.4 of 20 is 82 per cent of the goal, 3.6 short).
    """
    if kind == "at_most":
        return Standing("percent", target, now, now - target, None)
    if base is None:
        return None
    change = change_of(now, base)
    fall = (
        -change.points if kind == "fall_points" else (None if change.relative is None else -change.relative)
    )
    if fall is None:
        return None
    done = int((max(fall, Decimal(0)) * 100 / target).quantize(Decimal(1), ROUND_HALF_UP))
    unit = "points" if kind == "fall_points" else "relative"
    return Standing(unit, target, fall, target - fall, done)


@dataclass(frozen=True)
class Definition:
    """What is counted: exactly these numbers make a figure. Two boards with the same have the same hash."""

    measure: str
    measure_version: int
    version: int
    threshold: str
    forms: tuple[str, ...]
    group_limit: int
    count_limit: int
    low_reporting: str
    high_mean: str
    absence: str = "all"

    @property
    def same_as(self) -> str:
        """A short name for the definition, equal where and only where it is equal."""
        values = {k: v for k, v in vars(self).items() if k != "version"}
        if self.absence == "all":  # pages frozen before there was a choice are named without it
            del values["absence"]
        return content_hash(values)[:12]


def content_hash(content: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a content, whatever order its keys have."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def not_comparable(
    *, same_definition: bool, now_reporting: Decimal | None, before_reporting: Decimal | None, low: Decimal
) -> list[str]:
    """Return the codes of what speaks against comparing two terms, empty when nothing does.

    Codes: "definition", "low_reporting", "reporting_differs".
    """
    codes = [] if same_definition else ["definition"]
    rates = [rate for rate in (now_reporting, before_reporting) if rate is not None]
    if len(rates) < 2 or min(rates) < low:
        codes.append("low_reporting")
    elif max(rates) - min(rates) > COMPARABLE_REPORTING:
        codes.append("reporting_differs")
    return codes
