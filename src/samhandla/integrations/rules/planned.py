"""What a plan is made of: what is known, on which terms, and what is to become of each record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from samhandla.integrations.delivery import Counts
from samhandla.integrations.records import EnrolmentRecord, GuardianRecord, Protection
from samhandla.integrations.rules.keys import Keyer
from samhandla.integrations.rules.limits import Facts, Stop

SKIP, PSEUDONYMISED = "skip", "pseudonymised"
KINDS = ("organisation", "group", "staff", "guardian", "duty")


@dataclass(frozen=True)
class Known:
    """What one of the source's ids stands for: the register row, and what the source last said."""

    ref: str
    fingerprint: str
    unit: int | None = None
    missing: bool = False
    protected: bool = False


@dataclass
class KnownRows:
    """All that a source's ids stand for today, by their keys.

    Args:
        units: skolenhetskod and name (casefolded) → organisation, for sources that name units so.
        scope: the organisations of a run limited to one unit; None when the whole authority is meant.
    """

    rows: dict[str, dict[str, Known]] = field(default_factory=lambda: {kind: {} for kind in KINDS})
    children: dict[str, Known] = field(default_factory=dict)
    left_out: set[str] = field(default_factory=set)
    units: dict[str, int] = field(default_factory=dict)
    scope: frozenset[int] | None = None


@dataclass(frozen=True)
class Terms:
    """How this run is to be read: what the source and the authority have decided."""

    keyer: Keyer
    today: date
    policy: str = SKIP
    huvudman: str | None = None
    organisation_number: str = ""
    roles: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Item:
    """One record that is new, changed, unchanged or found again."""

    record: Any
    key: str
    fingerprint: str
    known: Known | None

    @property
    def status(self) -> str:
        if self.known is None:
            return "new"
        same = self.known.fingerprint == self.fingerprint and not self.known.missing
        return "unchanged" if same else "changed"


@dataclass(frozen=True)
class ChildItem(Item):
    """A pupil: at which unit, with which protection, and which of the adults are to be tied to it.

    `partly`: a place of the pupil's could not be read, so that one that is not named may still go on.
    """

    unit: str = ""
    protection: Protection = Protection.UNKNOWN
    masked: bool = False
    enrolments: tuple[EnrolmentRecord, ...] = ()
    ties: tuple[GuardianRecord, ...] = ()
    partly: bool = False


@dataclass
class RegisterPlan:
    """Everything a commit will do, by kind; `missing` are keys of what is known but did not come.

    `other_ties` and `lifted` are about children who are known but did not come themselves: adults of
    theirs who did, and a marking in their family. `ended` are keys of pupils and guardians who, as the
    source says itself, are deleted or have no place here any more. `ties_told`: the delivery says who the
    adults are, so that one who is not named any more is ended. `outside`: people of another organiser, by the
    source's ids, `outside_units` its units, and `went_until` those known here whose place was ended early,
    with its last day; only of a run for the whole authority. `named`: those known who did not come
    themselves, but of whom a reference says that they have protected identity; `masks`: what is kept of such
    people is blanked. `changes_only`: of people only what had changed was asked for.
    """

    items: dict[str, list[Any]] = field(default_factory=lambda: {kind: [] for kind in (*KINDS, "child")})
    missing: dict[str, list[str]] = field(default_factory=dict)
    ended: dict[str, list[str]] = field(default_factory=dict)
    left_out: dict[str, None] = field(default_factory=dict)
    counts: dict[str, Counts] = field(default_factory=dict)
    facts: list[Facts] = field(default_factory=list)
    stops: list[Stop] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    aliases: dict[str, str] = field(default_factory=dict)
    other_ties: dict[str, list[GuardianRecord]] = field(default_factory=dict)
    lifted: set[str] = field(default_factory=set)
    ties_told: bool = False
    named: dict[str, dict[str, Protection]] = field(default_factory=lambda: {"child": {}, "guardian": {}})
    masks: bool = False
    changes_only: bool = False
    outside: frozenset[str] = frozenset()
    outside_units: frozenset[str] = frozenset()
    went_until: dict[str, date] = field(default_factory=dict)
    teaching_known: bool = False

    def changed(self, kind: str) -> list[Any]:
        """Return the items of a kind that the commit writes."""
        return [item for item in self.items[kind] if item.status != "unchanged"]
