"""Which kind of wall stands between two places: branches of authorities, or recipients outside."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

# Branches in which something may be stored. EMI is an independent branch of its authority (OSL 8:2).
BRANCHES = (
    "emi",
    "pupil_health",
    "school",
    "preschool",
    "after_school",
    "school_duty",
    "social",
    "region_health",
    "leisure",
)
# Recipients only: nothing is stored in their name.
OUTSIDE = ("police", "association", "processor", "guardian", "child", "public", "home_municipality")
PLACES = (*BRANCHES, *OUTSIDE)
INDEPENDENT_BRANCHES = frozenset({"emi"})


class Wall(StrEnum):
    """Kinds of wall: what must be at hand for a fact to pass differs."""

    NONE = "none"  # the same branch of the same authority
    INNER = "inner"  # inner need-to-know: role, reason and log, no transfer
    BRANCH = "branch"  # independent branch (OSL 8:2): a legal opening
    AUTHORITY = "authority"  # another authority (OSL 8:1): a legal opening
    OUTSIDE = "outside"  # somebody who is no authority under secrecy


@dataclass(frozen=True)
class Place:
    """A branch of an authority, or a recipient outside every authority (`authority` is None)."""

    branch: str
    authority: int | None = None


@dataclass(frozen=True)
class Settings:
    """What an authority's lawyer has decided about its own inner walls."""

    independent: frozenset[str] = INDEPENDENT_BRANCHES
    preschool_is_apart: bool = True
    after_school_is_apart: bool = True


DEFAULT = Settings()


def wall_between(one: Place, other: Place, settings: Settings = DEFAULT) -> Wall:
    """Return the wall between two places; the same in both directions."""
    if one.branch in OUTSIDE or other.branch in OUTSIDE:
        return Wall.OUTSIDE
    if one.authority != other.authority:
        return Wall.AUTHORITY
    if one.branch == other.branch:
        return Wall.NONE
    branches = {one.branch, other.branch}
    apart = set(settings.independent)
    apart |= {"preschool"} if settings.preschool_is_apart else set()
    apart |= {"after_school"} if settings.after_school_is_apart else set()
    # Branches of one board that are no school at all are other activities altogether.
    apart |= {"social", "region_health", "leisure"}
    return Wall.BRANCH if branches & apart else Wall.INNER
