"""What a delivery would do to the register: new, changed, unchanged, missing, refused.

The rehearsal shows this plan; the commit carries it out. Nothing here reads or writes anything.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date
from typing import Any

import msgspec

from samhandla.integrations.delivery import REGISTER_RESOURCES, Counts, Delivery
from samhandla.integrations.records import (
    GroupRecord,
    GuardianRecord,
    OrganisationRecord,
    PersonRecord,
    Protection,
)
from samhandla.integrations.rules.limits import Facts, Stop
from samhandla.integrations.rules.people import (
    Sorted,
    duty_role,
    ended_early_in,
    enrolments_in,
    lifted_protection,
    main_enrolment,
    own_organisations,
    sort_people,
    units_of_groups,
    went_until,
)
from samhandla.integrations.rules.planned import (
    PSEUDONYMISED,
    SKIP,
    ChildItem,
    Item,
    KnownRows,
    RegisterPlan,
    Terms,
)
from samhandla.integrations.ss12000.markings import PROTECTED
from samhandla.integrations.ss12000.teaching import TEACHER


class Planner:
    """Makes the plan of one delivery."""

    def __init__(self, delivery: Delivery, known: KnownRows, terms: Terms) -> None:
        self.delivery = delivery
        self.known = known
        self.terms = terms
        self.plan = RegisterPlan(
            teaching_known=delivery.teaching_known,
            masks=terms.policy in (SKIP, PSEUDONYMISED),
            changes_only="persons" in delivery.changes_of,
        )
        self.own: list[OrganisationRecord] = []
        self.people = Sorted()
        self.units: set[str] = set()
        self.no_place: set[str] = set()

    def make(self) -> RegisterPlan:
        """Return the plan."""
        for resource in REGISTER_RESOURCES:
            if self.delivery.read[resource]:
                self._count(resource)
        self._organisations()
        if not self.plan.stops:
            self._people()
            self._groups()
            self._duties()
        _left_out_counts(self)
        return self.plan

    def _count(self, resource: str) -> Counts:
        counts = self.plan.counts.get(resource)
        if counts is None:
            refused = self.delivery.refused_total[resource]
            counts = Counts(
                read=self.delivery.read[resource],
                refused=refused,
                protected=self.delivery.protected[resource],
            )
            self.plan.counts[resource] = counts
        return counts

    def _item(self, kind: str, record: Any, identifier: str, *said: object) -> Item:
        key = self.terms.keyer.of(kind, identifier)
        return Item(record, key, self.terms.keyer.fingerprint(*said), self.known.rows[kind].get(key))

    def _organisations(self) -> None:
        rows = self.delivery.organisations
        self.own, roots = own_organisations(rows, self.terms.huvudman, self.terms.organisation_number)
        if roots:
            self.plan.stops.append(Stop("many_huvudman", "organisations", {"count": len(roots)}))
            self.plan.names = [root.name for root in roots]
        own_ids = {one.id for one in self.own}
        if self.known.scope is not None:
            own_ids = {one for one in own_ids if self._number(one) in self.known.scope}
        else:
            self.plan.outside_units = frozenset(one.id for one in rows if one.id not in own_ids)
        named = {e.unit for p in self.delivery.persons for e in p.enrolments}
        named |= {g.organisation for g in self.delivery.groups if g.organisation}
        named |= {d.organisation for d in self.delivery.duties if d.organisation}
        delivered = {one.id for one in rows}
        self.units = own_ids | {one for one in named - delivered if self._within(one)}
        self.plan.aliases = units_of_groups(self.own)
        for one in self.own:
            said = msgspec.structs.replace(one, modified=None)
            item = self._item("organisation", one, one.id, said)
            if one.id in own_ids:
                self.plan.items["organisation"].append(item)
        if rows:
            self._close("organisations", "organisation", self.plan.items["organisation"], len(rows))

    def _number(self, unit: str) -> int | None:
        """Return the register's number of a unit as the source calls it, None when it is not known."""
        known = self.known.rows["organisation"].get(self.terms.keyer.of("organisation", unit))
        if known is not None:
            return int(known.ref)
        return self.known.units.get(unit.strip().casefold())

    def _within(self, unit: str) -> bool:
        number = self._number(unit)
        return number is not None and (self.known.scope is None or number in self.known.scope)

    def _people(self) -> None:
        delivery, keyer = self.delivery, self.terms.keyer
        ties = list(delivery.guardians)
        said_about = {t.child for t in ties}
        known = {child for child in said_about if keyer.of("child", child) in self.known.children}
        adults = _known_adults(self)
        self.people = sort_people(delivery.persons, delivery.duties, ties, self.units, known, adults)
        persons = {p.id: p for p in delivery.persons}
        ties += [t for child in self.people.children.values() for t in child.guardians]
        _named(self, persons)
        marks = lifted_protection(
            self.people.children, persons, ties, delivery.children_of_protected, delivery.marked
        )
        by_child: dict[str, list[GuardianRecord]] = {}
        for tie in dict.fromkeys(ties):
            by_child.setdefault(tie.child, []).append(tie)
        hidden = {name for name, mark in marks.items() if mark in PROTECTED}
        self.plan.ties_told = bool(ties)
        for child in sorted(known - self.people.children.keys()):
            self.plan.other_ties[child] = [t for t in by_child[child] if self._adult_is_known(t.guardian)]
        came = self.people.children.keys()
        self.plan.lifted = {
            child
            for child in delivery.children_of_protected
            if child not in came and keyer.of("child", child) in self.known.children
        }
        for person in self.people.children.values():
            self._child(person, marks[person.id], by_child.get(person.id, []), person.id in hidden)
        if self.known.scope is None and "organisations" in delivery.complete:
            self.no_place = {p.id for p in delivery.persons} - came - delivery.unplaced
        self._adults()
        if delivery.persons or _tells_deleted(delivery, "persons"):
            self._person_counts()

    def _child(
        self, person: PersonRecord, mark: Protection, ties: list[GuardianRecord], hidden: bool
    ) -> None:
        keyer, policy = self.terms.keyer, self.terms.policy
        key = keyer.of("child", person.id)
        known = self.known.children.get(key)
        masked = hidden and policy in (SKIP, PSEUDONYMISED)
        if known is not None and known.protected and not hidden and self.delivery.changes_of:
            return  # the mark may be another's in the family, who did not come: a full fetch tells
        if hidden and policy == SKIP:
            self.plan.left_out.update({keyer.of("left_out", name): None for name in _names_of(person)})
            if known is None:
                return
        early = ended_early_in(person, self.units, self.terms.today)
        kept, partly = (*early, *enrolments_in(person, self.units)), person.id in self.delivery.unplaced
        adults = () if masked else tuple(t for t in ties if self._adult_is_known(t.guardian))
        said = msgspec.structs.replace(person, modified=None, guardians=(), enrolments=kept)
        fingerprint = keyer.fingerprint(said, mark, policy if hidden else "", adults)
        unit = main_enrolment(kept, self.terms.today).unit
        self.plan.items["child"].append(
            ChildItem(person, key, fingerprint, known, unit, mark, masked, kept, adults, partly)
        )

    def _adult_is_known(self, guardian: str) -> bool:
        if guardian in self.people.guardians:
            return self._taken(self.people.guardians[guardian])
        if self.plan.masks and guardian in self.plan.named["guardian"]:
            return False
        return self.terms.keyer.of("guardian", guardian) in self.known.rows["guardian"]

    def _taken(self, adult: PersonRecord) -> bool:
        """Tell whether an adult is taken in: not one with protected identity, unless need-to-know."""
        return adult.protection not in PROTECTED or self.terms.policy not in (SKIP, PSEUDONYMISED)

    def _adults(self) -> None:
        """Note adults; one whose only children were left out is left out with them."""
        tied = {tie.guardian for item in self.plan.items["child"] for tie in item.ties}
        tied |= {tie.guardian for ties in self.plan.other_ties.values() for tie in ties}
        for kind, people in (("guardian", self.people.guardians), ("staff", self.people.staff)):
            for person in people.values():
                said = msgspec.structs.replace(person, modified=None, guardians=(), enrolments=())
                item = self._item(kind, person, person.id, said, self.terms.policy)
                wanted = self._taken(person) and (kind == "staff" or person.id in tied)
                if wanted or item.known is not None:
                    self.plan.items[kind].append(item)

    def _person_counts(self) -> None:
        counts = self._count("persons")
        items: dict[str, list[Item]] = {}
        for kind in ("child", "guardian", "staff"):
            for item in self.plan.items[kind]:
                items.setdefault(item.record.id, []).append(item)
        for found in items.values():
            statuses = {item.status for item in found}
            counts.add(
                "new" if statuses == {"new"} else "unchanged" if statuses == {"unchanged"} else "changed"
            )
        outside = {person.id for person in self.people.outside}
        unplaced = outside & self.delivery.unplaced
        if self.known.scope is None:
            self.plan.outside = frozenset(outside - unplaced)
            self.plan.went_until = _went_until(self)
        counts.refused += len(unplaced)
        counts.outside = len(outside - unplaced)
        counts.protected += len({p.id for p in self.delivery.persons} - outside - items.keys())
        self._missing_children(counts)

    def _missing_children(self, counts: Counts) -> None:
        in_use = {
            key: known
            for key, known in self.known.children.items()
            if not known.missing and (self.known.scope is None or known.unit in self.known.scope)
        }
        came = {item.key for item in self.plan.items["child"]}
        came |= {self.terms.keyer.of("child", one) for one in self.delivery.unplaced}
        gone = [key for key in in_use if key not in came]
        ended = _ended_children(self, in_use)
        if "persons" not in self.delivery.complete:
            gone = [key for key in gone if key in ended]
        elif not self.people.children:
            gone = []  # a file of staff or guardians says nothing about pupils
        self.plan.missing["child"] = gone
        self.plan.ended["child"] = [key for key in gone if key in ended]
        complete = "persons" in self.delivery.complete and bool(self.people.children)
        adults = sum(_missing_adults(self, kind, complete=complete) for kind in ("guardian", "staff"))
        away = sum(len(self.plan.missing[kind]) for kind in ("guardian", "staff"))
        counts.missing = len(gone) + away
        changed = sum(item.status == "changed" for item in self.plan.items["child"] if not item.masked)
        children = Facts(
            resource="persons",
            known=len(in_use),
            came=len(in_use) - len(gone),
            missing=len(gone) if complete else 0,
            changed=changed,
            read=counts.read,
            refused=counts.refused,
            units_before=len({known.unit for known in in_use.values()}),
            units_now=len({item.unit for item in self.plan.items["child"]}),
            other_unit=0 if self.known.scope is None or self.delivery.organisations else counts.outside,
            expected=complete,
        )
        lost = away if complete else 0
        others = Facts("adults", known=adults, came=adults - lost, missing=lost, read=counts.read)
        self.plan.facts += [children, others]

    def _groups(self) -> None:
        kept = [g for g in self.delivery.groups if self._in_run(g.organisation)]
        for group in kept:
            members = tuple(m for m in group.memberships if self._child_is_known(m.person))
            if self._only_others(group, members):
                continue
            said = msgspec.structs.replace(group, modified=None, memberships=members)
            self.plan.items["group"].append(self._item("group", said, group.id, said))
        if self.delivery.groups or _tells_deleted(self.delivery, "groups"):
            self._close("groups", "group", self.plan.items["group"], len(self.delivery.groups))

    def _only_others(self, group: GroupRecord, members: Collection[object]) -> bool:
        """Tell whether a file names a class only for pupils who are not taken in."""
        fetched = "organisations" in self.delivery.complete | self.delivery.changes_of
        return bool(group.memberships) and not members and not (fetched or self.delivery.organisations)

    def _in_run(self, organisation: str | None) -> bool:
        if organisation is None:
            return self.known.scope is None
        return organisation in self.units or self.plan.aliases.get(organisation) in self.units

    def _child_is_known(self, person: str) -> bool:
        if person in self.people.children or person in self.plan.named["child"]:
            return self.terms.keyer.of("left_out", person) not in self.plan.left_out
        if person in self.no_place:
            return False  # a group may name somebody after the place has ended, and that opens nothing
        return self.terms.keyer.of("child", person) in self.known.children

    def _duties(self) -> None:
        for duty in self.delivery.duties:
            if duty.person and self._in_run(duty.organisation) and self._staff_is_known(duty.person):
                # What is taught comes with the activities: when they fail, no duty has changed by that.
                tasks = tuple(task for task in duty.assignments if task.role != TEACHER)
                said = msgspec.structs.replace(duty, modified=None, assignments=tasks)
                role = duty_role(duty.role, self.terms.roles)
                self.plan.items["duty"].append(self._item("duty", duty, duty.id, said, role))
        if self.delivery.duties:
            self._close("duties", "duty", self.plan.items["duty"], len(self.delivery.duties))

    def _staff_is_known(self, person: str) -> bool:
        if person in self.people.staff and self._taken(self.people.staff[person]):
            return True
        return self.terms.keyer.of("staff", person) in self.known.rows["staff"]

    def _close(self, resource: str, kind: str, items: list[Item], parsed: int) -> None:
        """Count a resource and find what did not come."""
        counts = self._count(resource)
        for item in items:
            counts.add(item.status)
        counts.outside = max(0, parsed - len(items))
        in_use = {
            key: known
            for key, known in self.known.rows[kind].items()
            if not known.missing and (self.known.scope is None or known.unit in self.known.scope)
        }
        came = {item.key for item in items}
        gone = [key for key in in_use if key not in came]
        complete = resource in self.delivery.complete
        if not complete:
            deleted = {self.terms.keyer.of(kind, one) for one in self.delivery.deleted}
            gone = [key for key in gone if key in deleted]
        self.plan.missing[kind] = gone
        counts.missing = len(gone)
        self.plan.facts.append(
            Facts(
                resource=resource,
                known=len(in_use),
                came=len(in_use) - len(gone),
                missing=len(gone) if complete else 0,
                changed=counts.changed,
                read=counts.read,
                refused=counts.refused,
                expected=complete,
            )
        )


def _named(planner: Planner, came: Collection[str]) -> None:
    """Note those known whom only references name, and who have protected identity as these say."""
    keyer = planner.terms.keyer
    for name, mark in planner.delivery.marked.items():
        if name in came:
            continue
        if keyer.of("child", name) in planner.known.children:
            planner.plan.named["child"][name] = mark
            if planner.terms.policy == SKIP:
                planner.plan.left_out[keyer.of("left_out", name)] = None
        if keyer.of("guardian", name) in planner.known.rows["guardian"]:
            planner.plan.named["guardian"][name] = mark


def _missing_adults(planner: Planner, kind: str, *, complete: bool) -> int:
    """Note known adults of a kind who did not come. Returns: how many were known.

    A delivery without any adult of the kind, or for one unit, says nothing about them.
    """
    told = complete and bool(planner.plan.items[kind]) and planner.known.scope is None
    known = [key for key, one in planner.known.rows[kind].items() if not one.missing] if told else []
    came = {planner.terms.keyer.of(kind, person.id) for person in planner.delivery.persons}
    planner.plan.missing[kind] = [key for key in known if key not in came]
    deleted = {planner.terms.keyer.of(kind, one) for one in planner.delivery.deleted}
    planner.plan.ended[kind] = sorted(deleted & planner.known.rows[kind].keys())
    still = {key for key in planner.plan.ended[kind] if not planner.known.rows[kind][key].missing}
    planner.plan.missing[kind] += sorted(still - set(planner.plan.missing[kind]))
    return len(known)


def _left_out_counts(planner: Planner) -> None:
    for resource in REGISTER_RESOURCES:
        if resource in planner.delivery.complete and resource not in planner.plan.counts:
            kind = {"organisations": "organisation", "groups": "group", "duties": "duty"}.get(resource)
            known = planner.known.children if kind is None else planner.known.rows[kind]
            planner.plan.counts[resource] = Counts()
            in_use = sum(not one.missing for one in known.values())
            planner.plan.facts.append(Facts(resource=resource, known=in_use))


def _tells_deleted(delivery: Delivery, resource: str) -> bool:
    """Tell whether rows may have ended although none came."""
    return bool(delivery.deleted) and resource in delivery.changes_of


def _known_adults(planner: Planner) -> set[str]:
    """Return guardians who may come without their children, as when only what has changed is sent."""
    if "persons" not in planner.delivery.changes_of:
        return set()
    keyer, known = planner.terms.keyer, planner.known.rows["guardian"]
    return {p.id for p in planner.delivery.persons if keyer.of("guardian", p.id) in known}


def _ended_children(planner: Planner, in_use: Collection[str]) -> set[str]:
    """Return known pupils of whom the source says that they are deleted or have no place here.

    A run for one unit cannot tell: their place may be at another.
    """
    keyer = planner.terms.keyer
    ended = {keyer.of("child", one) for one in planner.delivery.deleted}
    if planner.known.scope is None and "organisations" in planner.delivery.complete:
        ended |= {keyer.of("child", person.id) for person in planner.people.outside}
        ended |= {
            keyer.of("child", person.id)
            for people in (planner.people.guardians, planner.people.staff)
            for person in people.values()
            if person.id not in planner.people.children
        }
    return ended & set(in_use)


def _went_until(planner: Planner) -> dict[str, date]:
    """Return the last day here of known pupils whose only place was ended early."""
    keyer, found = planner.terms.keyer, {}
    for person in planner.people.outside:
        last = went_until(person, planner.units, planner.terms.today)
        if last is not None and keyer.of("child", person.id) in planner.known.children:
            found[person.id] = last
    return found


def _names_of(person: PersonRecord) -> Iterable[str]:
    """Return every id by which other rows may name a person."""
    yield person.id
    yield from (one.value for one in person.external_ids)
    if person.personnummer:
        yield person.personnummer


def plan_register(delivery: Delivery, known: KnownRows, terms: Terms) -> RegisterPlan:
    """Return what a delivery would do to the register."""
    return Planner(delivery, known, terms).make()
