"""Who sees which row, by the register alone: the rules of access once more, in plain Python over plain data.

Written from `docs/adr` and the law, not from the SQL that it is compared with. Source: OSL 8:1-2, FB 6:11,
skollagen 29 kap.; kinds of guardians by design.md section 5.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

MENTORS = {"mentor", "class_teacher"}
AT_UNIT = {
    "principal", "deputy_principal", "counsellor", "special_needs_teacher", "psychologist",
    "attendance_officer", "coach", "school_social_worker", "social_pedagogue", "school_administrator",
}  # fmt: skip
IN_EMI = {"school_nurse", "school_doctor"}
WITH_RIGHTS = {"vardnadshavare", "sarskilt_forordnad"}


@dataclass(frozen=True)
class Span:
    """From a day to a day, both included; `ended` is the day on which somebody ended it by hand."""

    first: date
    last: date | None = None
    ended: date | None = None

    def holds(self, day: date) -> bool:
        """What was ended by hand gives nothing from that same day on."""
        if self.ended is not None and day >= self.ended:
            return False
        return self.first <= day and (self.last is None or day <= self.last)

    @property
    def until(self) -> date:
        """The last day on which it gives anything."""
        last = self.last or date.max
        return last if self.ended is None else min(last, self.ended - timedelta(days=1))


@dataclass(frozen=True)
class Work:
    """What somebody's work reaches today: one child at one place, or a unit; since when."""

    role: str
    first: date
    child: int | None = None
    unit: int | None = None  # of a child: where its rows must have been made
    emi: bool = False


@dataclass(frozen=True)
class Row:
    """A row about a child: where it was made, and in which secrecy domain."""

    number: int
    child: int
    unit: int
    domain: int


@dataclass
class World:
    """A register. Numbers are those of the database; a domain is one branch of one authority."""

    today: date
    parent: dict[int, int | None] = field(default_factory=dict)  # unit → the one above
    schools: set[int] = field(default_factory=set)  # units that are schools with several school units
    authority: dict[int, int] = field(default_factory=dict)  # unit → authority
    school_domain: dict[int, int] = field(default_factory=dict)  # authority → its domain of schools
    staff: dict[int, tuple[int, int]] = field(default_factory=dict)  # staff → actor, authority
    groups: dict[int, int] = field(default_factory=dict)  # group → unit
    children: dict[int, tuple[int, int, date | None, int | None]] = field(default_factory=dict)
    enrolments: list[tuple[int, int, Span]] = field(default_factory=list)  # child, unit
    memberships: list[tuple[int, int, Span]] = field(default_factory=list)  # child, group
    tasks: list[tuple[int, int, str, Span]] = field(default_factory=list)  # staff, group, role
    duties: list[tuple[int, int, str, Span]] = field(default_factory=list)  # staff, unit, role
    stand_ins: list[tuple[int, int, Span]] = field(default_factory=list)  # absent, stand-in
    guardians: list[tuple[int, int, str, int, Span]] = field(
        default_factory=list
    )  # actor, child, kind, domain
    marked: set[int] = field(default_factory=set)  # children with protected identity of their own
    emi_domain: dict[int, int] = field(default_factory=dict)  # authority → its domain of EMI
    named: list[tuple[int, int, Span]] = field(default_factory=list)  # staff, child
    close: list[tuple[int, int, int | None, Span]] = field(default_factory=list)  # staff, child, stand-in
    receivers: dict[int, int] = field(default_factory=dict)  # receiving function → unit
    marks: list[Row] = field(default_factory=list)
    transfers: list[tuple[Row, int]] = field(default_factory=list)  # with the receiving function

    def at_work_as(self, actor: int) -> list[int]:
        """Return the staff whose work an actor does today: its own, and that of those it stands in for."""
        own = [one for one, (who, _) in self.staff.items() if who == actor]
        away = [
            absent for absent, there, span in self.stand_ins
            if there in own and span.holds(self.today) and self.staff[absent][1] == self.staff[there][1]
        ]  # fmt: skip
        return [*own, *away]

    def work_of(self, actor: int) -> Iterator[Work]:
        """Yield what an actor's work reaches today: its own, as stand-in, and for one child in a conflict."""
        own = [one for one, (who, _) in self.staff.items() if who == actor]
        for staff in own:
            yield from self._own_work(staff)
        yield from self._instead(own)
        for away, child, there, span in self.close:
            if there in own and span.holds(self.today):
                for work in self._own_work(away):
                    if not work.emi and self._reaches(work, child):
                        yield replace(work, child=child, first=max(work.first, span.first))

    def _instead(self, own: list[int]) -> Iterator[Work]:
        for absent, there, span in self.stand_ins:
            same = self.staff[absent][1] == self.staff[there][1]
            if there not in own or not span.holds(self.today) or not same:
                continue
            emi = [work.first for work in self._own_work(there) if work.emi]
            for work in self._own_work(absent):
                if not work.emi:
                    yield replace(work, first=max(work.first, span.first))
                elif emi:  # only whoever works in EMI itself stands in there
                    yield replace(work, first=max(work.first, span.first, min(emi)))

    def _own_work(self, staff: int) -> Iterator[Work]:
        authority = self.staff[staff][1]
        yield from self._in_groups(staff)
        for one, unit, role, span in self.duties:
            if one != staff or not span.holds(self.today) or self.authority[unit] != authority:
                continue
            emi = role in IN_EMI
            if role in AT_UNIT or (emi and authority in self.emi_domain and not self._in_school(staff, span)):
                for place in self.below(unit):
                    yield Work(role, span.first, unit=place, emi=emi)

    def _in_school(self, staff: int, span: Span) -> bool:
        """Tell whether somebody in EMI has a role of the school's, now or later, in the same time."""
        others = [s for one, _, role, s in self.duties if one == staff and role in AT_UNIT]
        others += [s for one, _, role, s in self.tasks if one == staff and role in MENTORS]
        return any(
            o.until >= max(o.first, self.today) and o.first <= span.until and span.first <= o.until
            for o in others
        )

    def _reaches(self, work: Work, child: int) -> bool:
        return work.child == child if work.child is not None else work.unit == self.children[child][1]

    def is_masked(self, child: int) -> bool:
        """A marking on the child or on a sibling: somebody with an adult in common, whatever the adult is."""
        adults = {adult for adult, one, *_ in self.guardians if one == child}
        family = {one for adult, one, *_ in self.guardians if adult in adults}
        return bool(({child} | family) & self.marked)

    def withheld_from(self, actor: int) -> set[int]:
        """Return the children of whom somebody reads nothing: too close, or neither named nor head."""
        mine = {authority for who, authority in self.staff.values() if who == actor}
        return self.kin_of(actor) | {
            child for child, (authority, *_) in self.children.items()
            if authority in mine and self.is_masked(child) and not self._let_through(actor, child)
        }  # fmt: skip

    def _let_through(self, actor: int, child: int) -> bool:
        places = {self.children[child][1], *(unit for who, unit, _ in self.enrolments if who == child)}
        for work in self.work_of(actor):
            if work.role == "principal" and (work.child == child or (not work.child and work.unit in places)):
                return True
            for staff, one, span in self.named:
                known = self.staff[staff][0] == actor and one == child and span.holds(self.today)
                if known and self._reaches(work, child) and work.first <= span.first:
                    return True
        return False

    def kin_of(self, actor: int) -> set[int]:
        return {
            child for staff, child, _, span in self.close
            if self.staff[staff][0] == actor and span.holds(self.today)
        }  # fmt: skip

    def below(self, unit: int) -> set[int]:
        """Return a unit and every unit under it."""
        found = {unit}
        while more := {u for u, above in self.parent.items() if above in found} - found:
            found |= more
        return found

    def units_of(self, actor: int, *, emi: bool = False) -> set[int]:
        """Return the units whose pupils' rows an actor reads by a duty, in the school or in EMI."""
        return {
            w.unit for w in self.work_of(actor) if w.child is None and w.emi == emi and w.unit is not None
        }

    def children_of(self, actor: int) -> Iterator[tuple[int, int | None, int]]:
        """Yield whom an actor sees one by one: child, the unit of its rows (None: any), domain."""
        for work in self.work_of(actor):
            if work.child is not None:
                yield work.child, work.unit, self.school_domain[self.children[work.child][0]]
        for number, (authority, _unit, _born, own) in self.children.items():
            if own == actor:
                yield number, None, self.school_domain[authority]
        for who, child, kind, domain, span in self.guardians:
            born = self.children[child][2]
            if who != actor or kind not in WITH_RIGHTS or not span.holds(self.today) or born is None:
                continue
            if self.today < eighteenth(born):
                yield child, None, domain

    def _in_groups(self, own: int) -> Iterator[Work]:
        for staff, group, role, span in self.tasks:
            authority, unit = self.staff[staff][1], self.groups[group]
            if staff != own or role not in MENTORS or not span.holds(self.today):
                continue
            if self.authority[unit] != authority:
                continue
            for child, inside, stay in self.memberships:
                if inside == group and stay.holds(self.today) and self.children[child][0] == authority:
                    for place in {unit, *self._beside(child, unit, stay.first)}:
                        yield Work(role, max(span.first, stay.first), child=child, unit=place)

    def _beside(self, child: int, unit: int, day: date) -> Iterator[int]:
        """Yield the units of the same school at which the child was enrolled when it came into the group."""
        above = self.parent[unit]
        for who, place, span in self.enrolments:
            if who == child and above in self.schools and self.parent[place] == above and span.holds(day):
                yield place

    def sees_child(self, actor: int) -> set[int]:
        units = self.units_of(actor) | self.units_of(actor, emi=True)
        by_unit = {c for c, (_, unit, _, _) in self.children.items() if unit in units}
        return (by_unit | {child for child, _, _ in self.children_of(actor)}) - self.withheld_from(actor)

    def _sees(self, actor: int, row: Row) -> bool:
        if row.child in self.withheld_from(actor):
            return False
        authority = self.authority[row.unit]
        if row.unit in self.units_of(actor) and row.domain == self.school_domain[authority]:
            return True
        if row.unit in self.units_of(actor, emi=True) and row.domain == self.emi_domain.get(authority):
            return True
        return any(
            row.child == child and row.domain == domain and place in (None, row.unit)
            for child, place, domain in self.children_of(actor)
        )

    def sees_marks(self, actor: int) -> set[int]:
        return {row.number for row in self.marks if self._sees(actor, row)}

    def sees_transfers(self, actor: int) -> set[int]:
        """A transfer is the sender's row; who works in the receiving function reads it too."""
        work = set(self.at_work_as(actor))
        mine = {
            unit for staff, unit, role, span in self.duties
            if staff in work and role == "social_worker" and span.holds(self.today)
        }  # fmt: skip
        return {
            row.number for row, to in self.transfers
            if self._sees(actor, row)
            or (self.receivers[to] in mine and row.child not in self.kin_of(actor))
        }  # fmt: skip


def eighteenth(born: date) -> date:
    """Return the 18th birthday; who is born on 29 February turns 18 on the 28th or the 29th."""
    try:
        return born.replace(year=born.year + 18)
    except ValueError:
        return date(born.year + 18, 2, 28)
