"""What one run of a source delivered: parsed records, keyed by the source's own ids. No Django here."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

import pyarrow as pa

from samhandla.integrations.records import (
    DutyRecord,
    GroupRecord,
    GuardianRecord,
    OrganisationRecord,
    PersonRecord,
    Protection,
    Refused,
)

COUNT_NAMES = ("read", "new", "changed", "unchanged", "missing", "refused", "outside", "protected")
REGISTER_RESOURCES = ("organisations", "persons", "groups", "duties")
LESSONS, TOTALS = "attendances", "aggregatedAttendance"
WORKED = "supported"


def capabilities_of(states: Mapping[str, tuple[str, str | None]] | None) -> dict[str, str]:
    """Return what a source offered, by resource: supported, not_offered, forbidden or failed.

    >>> capabilities_of({"persons": ("complete", None), "grades": ("not_offered", "404")})
    {'persons': 'supported', 'grades': 'not_offered'}
    """
    return {name: WORKED if state == "complete" else state for name, (state, _why) in (states or {}).items()}


@dataclass
class Counts:
    """What became of the rows of one resource.

    read = new + changed + unchanged + refused + outside + protected; `missing` are known rows that did not
    come. `outside` belong to another organiser or unit than the run; `protected` were left out because of
    protected identity and are never listed.
    """

    read: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    missing: int = 0
    refused: int = 0
    outside: int = 0
    protected: int = 0

    def as_dict(self) -> dict[str, int]:
        return {name: getattr(self, name) for name in COUNT_NAMES}

    def add(self, status: str, rows: int = 1) -> None:
        setattr(self, status, getattr(self, status) + rows)


@dataclass
class Delivery:
    """Everything a run delivered.

    Args:
        complete: resources that came in full, so that what did not come is missing.
        changes_of: resources of which only what had changed was asked for.
        lessons, totals: `files.parsed.LESSON_SCHEMA` and `TOTALS_SCHEMA`: the source's ids as text.
        read: rows per resource as they came, refused ones included.
        refused: what was not taken, per resource; `refused_total` counts rows also past the listed ones.
        duplicates: rows that repeat an earlier one, counted among the refused.
        state: resource → why it did not come in full, in Swedish. `failed`: those that broke off.
        marked: people who, as a reference to them says, have protected identity.
        unplaced: people of whom a place could not be read, so that a place that did not come has not ended.
        deleted: ids that the source says it has deleted.
        absence_only: the file lists absence alone, so that a pupil without rows is no sign of anything.
        offered_with_absence: the totals tell of teaching where somebody was away alone, so that no share can
            be computed from them.
        teaching_known: who teaches which groups came in full, so that a task that did not come has ended.
        by_personnummer: pupils are named by their personal number.
    """

    organisations: list[OrganisationRecord] = field(default_factory=list)
    persons: list[PersonRecord] = field(default_factory=list)
    groups: list[GroupRecord] = field(default_factory=list)
    duties: list[DutyRecord] = field(default_factory=list)
    guardians: list[GuardianRecord] = field(default_factory=list)
    children_of_protected: frozenset[str] = frozenset()
    lessons: pa.Table | None = None
    totals: pa.Table | None = None
    window: tuple[date, date] | None = None
    complete: set[str] = field(default_factory=set)
    changes_of: frozenset[str] = frozenset()
    read: Counter[str] = field(default_factory=Counter)
    refused: dict[str, list[Refused]] = field(default_factory=dict)
    refused_total: Counter[str] = field(default_factory=Counter)
    protected: Counter[str] = field(default_factory=Counter)
    state: dict[str, str] = field(default_factory=dict)
    failed: set[str] = field(default_factory=set)
    remarks: list[tuple[str, int]] = field(default_factory=list)
    marked: dict[str, Protection] = field(default_factory=dict)
    unplaced: frozenset[str] = frozenset()
    deleted: frozenset[str] = frozenset()
    absence_only: bool = False
    offered_with_absence: bool = False
    by_personnummer: bool = False
    teaching_known: bool = False
    started: datetime | None = None

    @property
    def attendance(self) -> pa.Table | None:
        """The lessons, or where the source has none, the totals."""
        return self.lessons if self.lessons is not None else self.totals

    @property
    def attendance_name(self) -> str:
        return LESSONS if self.lessons is not None else TOTALS

    def refuse(self, resource: str, refused: list[Refused], total: int | None = None) -> None:
        """Note rows that were not taken; remarks on rows that were kept are noted, not counted."""
        self.refused.setdefault(resource, []).extend(refused)
        rows = {one.row for one in refused if not one.kept}
        self.refused_total[resource] += len(rows) if total is None else total
