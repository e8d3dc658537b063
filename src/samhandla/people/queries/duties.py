"""Who has which duty, who stands in for whom."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet
from django.utils.translation import gettext

from samhandla.people.models import Assignment, Duty, Group, Organisation, Staff, Substitution
from samhandla.people.queries.common import held_on, in_force, on_day, today
from samhandla.people.queries.names import swedish
from samhandla.people.queries.units import organisations_for, roles_with, school_units
from samhandla.people.rules import GROUP_TASKS, roles_given_by
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
    may_end: bool = False

    @property
    def role_name(self) -> str:
        return gettext(ROLES[self.role].name)

    @property
    def teaching(self) -> bool:
        """Whether it is a lesson group; there are many of them, and they come with the timetable."""
        return self.kind == "task" and self.role == "teacher"

    @property
    def future(self) -> bool:
        return self.valid_from > today()


def _rows(viewer: Viewer | None, duties: Iterable[Duty], tasks: Iterable[Assignment]) -> list[HeldRow]:
    me = viewer.actor_id if viewer else None
    ends = viewer.may(Permission.DUTY_EDIT) if viewer else False
    given = roles_given_by(viewer.roles) if viewer and ends else frozenset()
    found = []
    held: list[tuple[str, Duty | Assignment, str]] = [
        *(("duty", duty, duty.unit.name) for duty in duties),
        *(("task", task, task.group.name) for task in tasks),
    ]
    for kind, row, place in held:
        own = row.staff.actor_id == me
        mine = row.role in (given if kind == "duty" else GROUP_TASKS)
        found.append(
            HeldRow(
                kind,
                row.pk,
                row.staff,
                row.role,
                place,
                row.valid_from,
                row.valid_to,
                own,
                ends and mine and not own and row.ended_at is None,
            )
        )
    return found


def _duties() -> QuerySet[Duty]:
    return Duty.objects.select_related("staff", "unit")


def _tasks() -> QuerySet[Assignment]:
    return Assignment.objects.select_related("staff", "group")


def list_held_for(
    viewer: Viewer, organisations: Collection[Organisation], *, on: date | None = None
) -> list[HeldRow]:
    """Return who has which role at some organisations now or later, by role and name.

    Args:
        on: a day; then who had which role on that day or a part of it.
    Queries: two.
    """
    day = today()
    wanted = in_force(day) | Q(ended_at=None, valid_from__gt=day) if on is None else held_on(on)
    units = [o.pk for o in organisations]
    rows = _rows(
        viewer if on is None else None,
        _duties().filter(wanted, unit__in=units),
        _tasks().filter(wanted, group__unit__in=units),
    )
    return sorted(
        rows,
        key=lambda r: (r.role_name, r.place, swedish(r.staff.family_name), swedish(r.staff.given_name), r.pk),
    )


def list_history_of_staff(staff: Staff) -> list[HeldRow]:
    """Return everything somebody has held, the latest first. Queries: two."""
    rows = _rows(None, _duties().filter(staff=staff), _tasks().filter(staff=staff))
    return sorted(rows, key=lambda r: (r.valid_from, r.pk), reverse=True)


def staff_at(units: Collection[int], *, on: date, roles: Collection[str] | None = None) -> list[Staff]:
    """Return who has a duty or task at some units on a day, of some roles or any, by name. Queries: one."""
    fitting = held_on(on) if roles is None else held_on(on) & Q(role__in=roles)
    duties = Duty.objects.filter(fitting, unit__in=units).values("staff_id")
    tasks = Assignment.objects.filter(fitting, group__unit__in=units).values("staff_id")
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
    units = [o.pk for o in organisations_for(viewer, Permission.UNIT_OVERSEE)]
    return any(one.pk == staff.pk for one in staff_at(units, on=today()))


@dataclass(frozen=True)
class StandInChoices:
    """Whom the viewer may be absent for, and who may stand in."""

    absent: list[Staff]
    stand_in: list[Staff]


def stand_in_choices_for(viewer: Viewer) -> StandInChoices:
    """Return the people of the form: oneself, and where the viewer leads those who answer signals there.

    Stand-ins are chosen among colleagues at the viewer's own units who answer signals, or teach.
    """
    day = today()
    answering = roles_with(Permission.SIGNAL_ANSWER)
    led = [o.pk for o in organisations_for(viewer, Permission.UNIT_OVERSEE)]
    own = set(led) | {duty.unit_id for duty in viewer.duties}
    mine = list(Staff.objects.filter(actor_id=viewer.actor_id))
    away = staff_at(led, on=day, roles=answering) if led else []
    others = [one for one in away if one.actor_id != viewer.actor_id]
    return StandInChoices(mine + others, staff_at(own, on=day, roles=(*answering, "teacher")))


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
    led = [o.pk for o in organisations_for(viewer, Permission.UNIT_OVERSEE)]
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


@dataclass(frozen=True)
class DutyChoices:
    """What the viewer may give: roles, and where; tasks in which groups."""

    roles: list[tuple[str, str]]
    units: list[Organisation]
    tasks: list[tuple[str, str]]
    groups: list[Group]


def duty_choices_for(viewer: Viewer) -> DutyChoices:
    """Return the choices of the form, each by name. Queries: two."""
    units = organisations_for(viewer, Permission.DUTY_EDIT)
    schools = [unit.pk for unit in school_units(units)]
    groups = Group.objects.filter(on_day(today()), unit__in=schools).select_related("unit")
    return DutyChoices(
        roles=_named_roles(roles_given_by(viewer.roles)),
        units=units,
        tasks=_named_roles(GROUP_TASKS),
        groups=list(groups.order_by("unit__name", "name", "pk")),
    )


def _named_roles(roles: Iterable[str]) -> list[tuple[str, str]]:
    return sorted(((role, gettext(ROLES[role].name)) for role in roles), key=lambda one: swedish(one[1]))
