"""When a run stops before it changes anything, because the delivery does not look right.

An import can fail in ways that look like success: a wrong value in the source, a cut file, a run over
one school. Every stop is a code with numbers; `words` says it to people.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any


@dataclass(frozen=True)
class Limits:
    """How far a delivery may differ from the last one. Shares are 0–1 of the rows known before.

    Args:
        floor: differences of at most so many rows never stop anything.
        min_share: rows that came, of those known before; below it there are too few.
        max_missing_share: known rows that did not come.
        max_changed_share: known rows that came with other content.
        max_refused_share: refused rows, of those read.
        one_school: stop when only one unit came although several are known.
    """

    floor: int = 10
    min_share: float = 0.9
    max_missing_share: float = 0.1
    max_changed_share: float = 0.5
    max_refused_share: float = 0.2
    one_school: bool = True


# A day of corrections may change much of a week's lessons; lessons are compared by their own measure.
DEFAULTS: dict[str, Limits] = {
    "attendances": Limits(max_changed_share=0.6),
    "aggregatedAttendance": Limits(max_changed_share=1.0),
}

TAKEN = ("new", "changed", "unchanged")
LEFT = ("refused", "outside", "protected")


@dataclass(frozen=True)
class Facts:
    """What a rehearsal found about one resource.

    Args:
        known: rows of this source that were in use before, within the run's scope.
        came: rows that came and were taken or unchanged.
        missing, changed: as counted.
        read, refused: as counted.
        units_before, units_now: how many units the known and the delivered rows belong to.
        other_unit: rows refused because they belong to another unit than the run.
    """

    resource: str
    known: int = 0
    came: int = 0
    missing: int = 0
    changed: int = 0
    read: int = 0
    refused: int = 0
    units_before: int = 0
    units_now: int = 0
    other_unit: int = 0
    expected: bool = True


@dataclass(frozen=True)
class Stop:
    """Why a run stopped: a code and the numbers that it is worded with."""

    code: str
    resource: str
    numbers: Mapping[str, int] = field(default_factory=dict)


def limits_for(resource: str, settings: Mapping[str, Any]) -> Limits:
    """Return a resource's limits: the source's own where set, else the default.

    >>> limits_for("persons", {"persons": {"min_share": 0.5}}).min_share
    0.5
    """
    base = DEFAULTS.get(resource, Limits())
    own = settings.get(resource, {})
    names = {f.name for f in fields(Limits)}
    return Limits(**{**{f: getattr(base, f) for f in names}, **{k: v for k, v in own.items() if k in names}})


def stops_of(facts: Facts, limits: Limits) -> list[Stop]:
    """Return every reason to stop, the plainest first; nothing known before gives no ground to compare."""
    checks = (_empty, _other_school, _refused, _one_school, _too_few, _missing, _changed)
    found = [check(facts, limits) for check in checks]
    return [stop for stop in found if stop is not None]


def _share(part: int, whole: int) -> int:
    """Return a share in whole per cent, for words."""
    return round(100 * part / whole) if whole else 0


def _empty(facts: Facts, limits: Limits) -> Stop | None:
    if facts.expected and facts.read == 0 and facts.known > 0:
        return Stop("empty", facts.resource, {"known": facts.known})
    return None


def _other_school(facts: Facts, limits: Limits) -> Stop | None:
    if facts.other_unit and facts.other_unit * 2 > facts.read:
        return Stop("other_school", facts.resource, {"rows": facts.other_unit, "read": facts.read})
    return None


def _refused(facts: Facts, limits: Limits) -> Stop | None:
    if facts.refused > limits.floor and facts.refused > limits.max_refused_share * facts.read:
        return Stop(
            "refused", facts.resource, {"rows": facts.refused, "share": _share(facts.refused, facts.read)}
        )
    return None


def _one_school(facts: Facts, limits: Limits) -> Stop | None:
    if limits.one_school and facts.expected and facts.units_now == 1 and facts.units_before > 1:
        return Stop("one_school", facts.resource, {"units": facts.units_before})
    return None


def _too_few(facts: Facts, limits: Limits) -> Stop | None:
    lost = facts.known - facts.came
    if facts.expected and facts.read and lost > limits.floor and facts.came < limits.min_share * facts.known:
        return Stop("too_few", facts.resource, {"came": facts.came, "known": facts.known})
    return None


def _missing(facts: Facts, limits: Limits) -> Stop | None:
    if facts.missing > limits.floor and facts.missing > limits.max_missing_share * facts.known:
        return Stop(
            "missing", facts.resource, {"rows": facts.missing, "share": _share(facts.missing, facts.known)}
        )
    return None


def _changed(facts: Facts, limits: Limits) -> Stop | None:
    if facts.changed > limits.floor and facts.changed > limits.max_changed_share * facts.known:
        return Stop(
            "changed", facts.resource, {"rows": facts.changed, "share": _share(facts.changed, facts.known)}
        )
    return None


def nothing_taken(counts: Mapping[str, Mapping[str, int]], *, whole: bool) -> list[Stop]:
    """Return why a delivery as a whole gives nothing to take in.

    That there is nothing new since last time is no reason, nor that all of it is left out on purpose.

    Args:
        counts: resource → name → rows, as `delivery.Counts`.
        whole: all of the source was delivered, so that no rows at all is a fault of the delivery too, and
            that what is missing says nothing when nothing else came.
    """
    names = ("read", "missing", *TAKEN, *LEFT)
    sums = {name: sum(one.get(name, 0) for one in counts.values()) for name in names}
    if any(sums[name] for name in TAKEN) or (sums["missing"] and not whole):
        return []
    if sums["refused"] or (whole and sums["outside"]):
        return [Stop("nothing", "", {name: sums[name] for name in ("read", *LEFT)})]
    return [Stop("no_rows", "")] if whole and not sums["read"] else []
