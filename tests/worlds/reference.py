"""Who sees which row, by the register alone: the rules of access once more, in plain Python over plain data.

Written from `docs/adr` and the law, not from the SQL that it is compared with. Source: OSL 8:1-2, FB 6:11,
skollagen 29 kap.; kinds of guardians by design.md section 5.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

MENTORS = {"mentor", "class_teacher"}
AT_UNIT = {
    "principal", "deputy_principal", "counsellor", "special_needs_teacher", "psychologist",
    "attendance_officer", "coach", "school_social_worker", "social_pedagogue", "school_administrator",
}  # fmt: skip
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

    def below(self, unit: int) -> set[int]:
        """Return a unit and every unit under it."""
        found = {unit}
        while more := {u for u, above in self.parent.items() if above in found} - found:
            found |= more
        return found

    def units_of(self, actor: int) -> set[int]:
        """Return the units whose pupils an actor sees by a duty there or above."""
        work, found = set(self.at_work_as(actor)), set()
        for staff, unit, role, span in self.duties:
            own = self.authority[unit] == self.staff[staff][1]
            if staff in work and role in AT_UNIT and own and span.holds(self.today):
                found |= self.below(unit)
        return found

    def children_of(self, actor: int) -> Iterator[tuple[int, int | None, int]]:
        """Yield whom an actor sees one by one: child, the unit of its rows (None: any), domain."""
        yield from self._in_groups(actor)
        for number, (authority, _unit, _born, own) in self.children.items():
            if own == actor:
                yield number, None, self.school_domain[authority]
        for who, child, kind, domain, span in self.guardians:
            born = self.children[child][2]
            if who != actor or kind not in WITH_RIGHTS or not span.holds(self.today) or born is None:
                continue
            if self.today < eighteenth(born):
                yield child, None, domain

    def _in_groups(self, actor: int) -> Iterator[tuple[int, int | None, int]]:
        work = set(self.at_work_as(actor))
        for staff, group, role, span in self.tasks:
            authority, unit = self.staff[staff][1], self.groups[group]
            if staff not in work or role not in MENTORS or not span.holds(self.today):
                continue
            if self.authority[unit] != authority:
                continue
            for child, inside, stay in self.memberships:
                if inside == group and stay.holds(self.today) and self.children[child][0] == authority:
                    for place in {unit, *self._beside(child, unit, stay.first)}:
                        yield child, place, self.school_domain[authority]

    def _beside(self, child: int, unit: int, day: date) -> Iterator[int]:
        """Yield the units of the same school at which the child was enrolled when it came into the group."""
        above = self.parent[unit]
        for who, place, span in self.enrolments:
            if who == child and above in self.schools and self.parent[place] == above and span.holds(day):
                yield place

    def sees_child(self, actor: int) -> set[int]:
        units = self.units_of(actor)
        by_unit = {c for c, (_, unit, _, _) in self.children.items() if unit in units}
        return by_unit | {child for child, _, _ in self.children_of(actor)}

    def _sees(self, actor: int, row: Row) -> bool:
        if row.unit in self.units_of(actor) and row.domain == self.school_domain[self.authority[row.unit]]:
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
            if self._sees(actor, row) or self.receivers[to] in mine
        }  # fmt: skip


def eighteenth(born: date) -> date:
    """Return the 18th birthday; who is born on 29 February turns 18 on the 28th or the 29th."""
    try:
        return born.replace(year=born.year + 18)
    except ValueError:
        return date(born.year + 18, 2, 28)
