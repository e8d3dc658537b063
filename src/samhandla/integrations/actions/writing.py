"""What the parts of a commit share: the run's viewer, ledger, and the source's ids as register keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any
from uuid import UUID

from django.conf import settings

from samhandla.integrations.actions.ledger import Ledger
from samhandla.integrations.models import LinkKind, Source
from samhandla.integrations.records import OrganisationRecord
from samhandla.integrations.rules.keys import Keyer
from samhandla.integrations.rules.planned import Item, KnownRows, RegisterPlan
from samhandla.people.register import register_rows
from samhandla.trust import crypto
from samhandla.trust.viewer import Viewer


@dataclass
class Writing:
    """One commit under way. `keys` maps kind → the source's id → the register's key.

    `remarks`: what was met on the way, with how often.
    """

    by: Viewer
    source: Source
    ledger: Ledger
    plan: RegisterPlan
    known: KnownRows
    keyer: Keyer
    today: date
    domain_id: int
    areas: Mapping[str, int] = field(default_factory=dict)
    area_of_unit: dict[int, int | None] = field(default_factory=dict)
    kinds: dict[int, str] = field(default_factory=dict)
    keys: dict[str, dict[str, Any]] = field(default_factory=dict)
    remarks: list[tuple[str, int]] = field(default_factory=list)

    @cached_property
    def homes(self) -> dict[str, int]:
        """The unit of each pupil that came, by the source's id."""
        units = {item.record.id: self.unit_of(item.unit) for item in self.plan.items["child"]}
        return {person: unit for person, unit in units.items() if unit is not None}

    def home_of(self, person: str) -> int | None:
        """Return the unit that a pupil goes to, also one who did not come this time."""
        if person in self.homes:
            return self.homes[person]
        home: int | None = self._registered_homes.get(self.key_of("child", person))
        return home

    @cached_property
    def _registered_homes(self) -> dict[int, int]:
        return dict(register_rows(self.by, "child", ("pk", "unit_id")))

    @cached_property
    def registered_years(self) -> dict[int, int]:
        """The school year of every pupil as the register has it, by the child's key."""
        columns = ("child_id", "school_year", "valid_from", "valid_to")
        conditions = {"main": True, "school_year__isnull": False, "valid_from__lte": self.today}
        rows = register_rows(self.by, "enrolment", columns, **conditions)
        now = [row for row in rows if row[3] is None or row[3] >= self.today]
        return {child: year for child, year, _start, _end in sorted(now, key=lambda row: row[2])}

    def key_of(self, kind: str, identifier: str) -> Any:
        """Return the register's key of one of the source's ids, None when it is not taken in."""
        found = self.keys.setdefault(kind, {})
        if identifier in found:
            return found[identifier]
        hashed = self.keyer.of(kind, identifier)
        rows = self.known.children if kind == "child" else self.known.rows[kind]
        known = rows.get(hashed)
        if known is None:
            return None
        found[identifier] = UUID(known.ref) if kind == "guardian" else int(known.ref)
        return found[identifier]

    def unit_of(self, identifier: str | None) -> int | None:
        """Return the register's key of a unit, also one that the source names by code or name."""
        if identifier is None:
            return None
        identifier = self.plan.aliases.get(identifier, identifier)
        key: int | None = self.key_of("organisation", identifier)
        return key if key is not None else self.known.units.get(identifier.strip().casefold())

    def unit_of_parent(self, record: OrganisationRecord) -> int | None:
        """Return the unit above one, None at the top or when it is not the authority's own."""
        return None if record.parent is None else self.key_of("organisation", record.parent)

    def blind(self, number: str) -> str:
        """Return the blind index of a personal number, as the register stores it."""
        secret = settings.SAMHANDLA_SECRET
        return crypto.blind_index(secret, number, within=str(self.by.authority_id))

    def remember(self, kind: str, identifiers: Sequence[str], keys: Sequence[Any]) -> None:
        self.keys.setdefault(kind, {}).update(zip(identifiers, keys, strict=True))

    def link(self, kind: LinkKind, items: Sequence[Item], refs: Sequence[Any], units: Sequence[Any]) -> None:
        """Note what the source's ids now stand for, and what it said."""
        rows = [
            {
                "authority_id": self.by.authority_id,
                "source_id": self.source.pk,
                "kind": kind,
                "key": item.key,
                "ref": str(ref),
                "fingerprint": item.fingerprint,
                "unit_id": unit,
            }
            for item, ref, unit in zip(items, refs, units, strict=True)
        ]
        self.ledger.insert("link", rows)

    def relink(self, table: str, links: Mapping[str, int], items: Sequence[Item]) -> None:
        """Note what the source now says about ids that were known.

        Args:
            links: key → the link's own key in its table.
        """
        extra = {"missing_since": None} if table == "link" else {}
        wanted = {links[i.key]: {"fingerprint": i.fingerprint, **extra} for i in items if i.key in links}
        self.ledger.settle(table, wanted)
