"""Who has which duty, who stands in for whom."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from samhandla.people.models import Assignment, Duty, Organisation, Staff, Substitution
from samhandla.people.queries.common import held_on, in_force, today
from samhandla.people.queries.names import swedish
from samhandla.people.queries.units import organisations_for
from samhandla.trust.permissions import Permission
from samhandla.trust.roles import ROLES
from samhandla.trust.viewer import Viewer


@dataclass(frozen=True)
class HeldRow:
    """One duty at a unit, or one task in a group, as a list shows it.

    Args:
        kind: `duty` or `task`; with `pk` it names the row that can be ended.
    """

    kind: str
    pk: int
    staff: Staff
    role: str
    place: str
    valid_from: date
    valid_to: date | None
    own: bool = False

    @property
    def role_name(self) -> str:
        return gettext(ROLES[self.role].name)

    @property
    def future(self) -> bool:
        return self.valid_from > today()


def _rows(viewer: Viewer | None, duties: Iterable[Duty], tasks: Iterable[Assignment]) -> list[HeldRow]:
    me = viewer.actor_id if viewer else None
    found = [
        HeldRow("duty", d.pk, d.staff, d.role, d.unit.name, d.valid_from, d.valid_to, d.staff.actor_id == me)
        for d in duties
    ]
    return found + [
        HeldRow("task", t.pk, t.staff, t.role, t.group.name, t.valid_from, t.valid_to, t.staff.actor_id == me)
        for t in tasks
    ]


def _duties() -> QuerySet[Duty]:
    return Duty.objects.select_related("staff", "unit")


def _tasks() -> QuerySet[Assignment]:
    return Assignment.objects.select_related("staff", "group")


def list_held_for(viewer: Viewer, organisations: Collection[Organisation]) -> list[HeldRow]:
    """Return who has which role at some organisations now or later, by role and name.

    Queries: two.
    """
    day = today()
    coming = Q(ended_at=None, valid_from__gt=day)
    units = [o.pk for o in organisations]
    rows = _rows(
        viewer,
        _duties().filter(in_force(day) | coming, unit__in=units),
        _tasks().filter(in_force(day) | coming, group__unit__in=units),
    )
    return sorted(
        rows,
        key=lambda r: (r.role_name, r.place, swedish(r.staff.family_name), swedish(r.staff.given_name), r.pk),
    )


def list_history_of_staff(staff: Staff) -> list[HeldRow]:
    """Return everything somebody has held, the latest first. Queries: two."""
    rows = _rows(None, _duties().filter(staff=staff), _tasks().filter(staff=staff))
    return sorted(rows, key=lambda r: (r.valid_from, r.pk), reverse=True)


def staff_at(units: Collection[int], *, on: date) -> list[Staff]:
    """Return who has any duty or task at some units on a day, by name. Queries: one."""
    duties = Duty.objects.filter(held_on(on), unit__in=units).values("staff_id")
    tasks = Assignment.objects.filter(held_on(on), group__unit__in=units).values("staff_id")
    staff = Staff.objects.filter(Q(pk__in=duties) | Q(pk__in=tasks))
    return sorted(staff, key=lambda one: (swedish(one.family_name), swedish(one.given_name), one.pk))


@dataclass(frozen=True)
class StaffRow:
    """Somebody at a unit, with what they have there in words."""

    staff: Staff
    held: tuple[HeldRow, ...]


def list_staff_at(unit: Organisation, *, on: date) -> list[StaffRow]:
    """Return who works at a unit on a day with roles and groups, by name. Queries: two."""
    rows = _rows(
        None,
        _duties().filter(held_on(on), unit=unit),
        _tasks().filter(held_on(on), group__unit=unit),
    )
    by_staff: dict[int, list[HeldRow]] = {}
    for row in sorted(rows, key=lambda r: (r.kind, r.role_name, r.place)):
        by_staff.setdefault(row.staff.pk, []).append(row)
    found = [StaffRow(held[0].staff, tuple(held)) for held in by_staff.values()]
    return sorted(
        found, key=lambda r: (swedish(r.staff.family_name), swedish(r.staff.given_name), r.staff.pk)
    )


def get_staff_for(viewer: Viewer, pk: int) -> Staff | None:
    """Return somebody who works in the viewer's own authority; None alike when missing and elsewhere."""
    return Staff.objects.filter(pk=pk, authority_id=viewer.authority_id).first()


def works_within_reach(viewer: Viewer, staff: Staff) -> bool:
    """Tell whether somebody has a duty or task where the viewer leads. Queries: two."""
    units = [o.pk for o in organisations_for(viewer, Permission.DUTY_EDIT)]
    return any(one.pk == staff.pk for one in staff_at(units, on=today()))


@dataclass(frozen=True)
class StandInChoices:
    """Whom the viewer may be absent for, and who may stand in."""

    absent: list[Staff]
    stand_in: list[Staff]


def stand_in_choices_for(viewer: Viewer) -> StandInChoices:
    """Return the people of the form: oneself, and where the viewer leads everybody there.

    Stand-ins are chosen among colleagues at the viewer's own units.
    """
    day = today()
    led = [o.pk for o in organisations_for(viewer, Permission.DUTY_EDIT)]
    own = set(led) | {duty.unit_id for duty in viewer.duties}
    mine = list(Staff.objects.filter(actor_id=viewer.actor_id))
    others = [one for one in staff_at(led, on=day) if one.actor_id != viewer.actor_id] if led else []
    return StandInChoices(mine + others, staff_at(own, on=day))


@dataclass(frozen=True)
class StandInRow:
    row: Substitution
    state: str
    may_end: bool


def list_stand_ins_for(viewer: Viewer) -> list[StandInRow]:
    """Return the stand-ins that concern the viewer: those of today and later first, then past ones.

    Queries: three.
    """
    day = today()
    led = [o.pk for o in organisations_for(viewer, Permission.DUTY_EDIT)]
    there = {one.pk for one in staff_at(led, on=day)} if led else set()
    mine = Q(absent__actor=viewer.actor_id) | Q(stand_in__actor=viewer.actor_id) | Q(absent__in=there)
    rows = Substitution.objects.filter(mine, absent__authority_id=viewer.authority_id)
    found = [
        StandInRow(row, state, state != "past")
        for row in rows.select_related("absent", "stand_in").order_by("-valid_from", "-pk")
        for state in (_state(row, day),)
    ]
    order = {"now": 0, "coming": 1, "past": 2}
    return sorted(found, key=lambda r: order[r.state])


def _state(row: Substitution, day: date) -> str:
    if row.ended_at is not None or (row.valid_to is not None and row.valid_to < day):
        return "past"
    return "coming" if row.valid_from > day else "now"
