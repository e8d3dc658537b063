"""Who is named for children with protected identity, and who is too close to a child (jäv)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db import connection
from django.db.models import Q, QuerySet

from samhandla.people.models import (
    Assignment,
    Child,
    Conflict,
    Duty,
    Membership,
    NamedStaff,
    Organisation,
    Staff,
    Substitution,
)
from samhandla.people.queries.common import children_for, class_names, get_child_for, in_force, on_day, today
from samhandla.people.queries.duties import staff_at
from samhandla.people.queries.names import swedish
from samhandla.people.queries.units import organisations_for, reaches_unit, roles_with
from samhandla.people.rules import MASKED
from samhandla.trust.permissions import Permission
from samhandla.trust.roles import EMI_ROLES, GROUP_ROLES, UNIT_ROLES
from samhandla.trust.viewer import Viewer


@dataclass(frozen=True)
class NamedRow:
    """One child with protected identity, and those who are named for it."""

    child: Child
    class_name: str
    named: list[NamedStaff]


def list_protected_for(viewer: Viewer) -> list[NamedRow]:
    """Return the protected children of the units that the viewer is principal of, those with nobody first.

    Queries: four.
    """
    units = [o.pk for o in organisations_for(viewer, Permission.PROTECTED_NAME)]
    marked = Q(protection__in=MASKED) | Q(lifted_protection__in=MASKED)
    rows = list(children_for(viewer).filter(marked, unit__in=units).select_related("unit").order_by("pk"))
    classes = class_names(viewer, [c.pk for c in rows], on=today())
    named: dict[int, list[NamedStaff]] = defaultdict(list)
    for one in _named(viewer).filter(child__in=rows):
        named[one.child_id].append(one)
    found = [NamedRow(c, classes.get(c.pk, ""), named[c.pk]) for c in rows]
    return sorted(found, key=lambda r: (bool(r.named), r.child.unit.name, r.class_name, r.child.pk))


def _named(viewer: Viewer) -> QuerySet[NamedStaff]:
    held = NamedStaff.objects.filter(in_force(today()), child__authority_id=viewer.authority_id)
    return held.select_related("staff").order_by("staff__family_name", "staff__given_name", "pk")


def list_named_for(viewer: Viewer, child: Child) -> list[NamedStaff]:
    """Return who is named for a child today, by name. Queries: one."""
    return list(_named(viewer).filter(child=child))


def get_protected_for(viewer: Viewer, ref: UUID) -> Child | None:
    """Return a protected child of a unit that the viewer is principal of; None alike for every other."""
    child = get_child_for(viewer, ref)
    if child is None or not child.is_masked:
        return None
    return child if reaches_unit(viewer, child.unit_id, Permission.PROTECTED_NAME) else None


def whom_to_name(viewer: Viewer, child: Child) -> list[Staff]:
    """Return those whose work reaches a child today, by name: they alone can be named.

    Duties at its unit or above, tasks in its groups, and those who stand in. The viewer itself and other
    principals of the unit see the child anyway. Queries: six.
    """
    day, above = today(), _and_above(viewer, child.unit_id)
    duties = Duty.objects.filter(
        in_force(day),
        unit__in=above,
        role__in=(*UNIT_ROLES, *EMI_ROLES),
        staff__authority_id=viewer.authority_id,
    )
    heads = set(duties.filter(role="principal").values_list("staff_id", flat=True))
    groups = Membership.objects.filter(on_day(day), child=child).values("group_id")
    tasks = Assignment.objects.filter(in_force(day), group__in=groups, role__in=GROUP_ROLES)
    reach = {*duties.values_list("staff_id", flat=True), *tasks.values_list("staff_id", flat=True)}
    away = Substitution.objects.filter(in_force(day), absent__in=reach)
    reach |= set(away.values_list("stand_in_id", flat=True))
    known = set(_named(viewer).filter(child=child).values_list("staff_id", flat=True))
    people = Staff.objects.filter(pk__in=reach - heads - known).exclude(actor_id=viewer.actor_id)
    return _by_name(people)


def _and_above(viewer: Viewer, unit_id: int) -> set[int]:
    parents = dict(
        Organisation.objects.filter(authority_id=viewer.authority_id).values_list("pk", "parent_id")
    )
    found: set[int] = set()
    place: int | None = unit_id
    while place is not None and place not in found:
        found.add(place)
        place = parents.get(place)
    return found


def _by_name(people: QuerySet[Staff] | Collection[Staff]) -> list[Staff]:
    return sorted(people, key=lambda one: (swedish(one.family_name), swedish(one.given_name), one.pk))


def conflicts_for(viewer: Viewer) -> list[Conflict]:
    """Return the notes of jäv in force at the units that the viewer leads. Queries: two."""
    units = [o.pk for o in organisations_for(viewer, Permission.UNIT_OVERSEE)]
    rows = Conflict.objects.filter(in_force(today()), unit__in=units, child__authority_id=viewer.authority_id)
    rows = rows.exclude(actor_id=viewer.actor_id).select_related("staff", "stand_in", "child")
    return list(rows.order_by("stand_in__pk", "staff__family_name", "pk"))


def own_conflicts(viewer: Viewer) -> list[Conflict]:
    """Return the viewer's own notes of jäv in force; the child itself is out of its sight. Queries: one."""
    rows = Conflict.objects.filter(in_force(today()), actor_id=viewer.actor_id)
    return list(rows.select_related("stand_in").order_by("noted_at"))


@dataclass(frozen=True)
class RegisterKin:
    """Somebody at work whom the register knows as an adult of a child: withheld without a note."""

    staff: Staff
    child: Child


def register_kin_for(viewer: Viewer) -> tuple[int, list[RegisterKin]]:
    """Return how many children the register withholds from the viewer, and who else it does so for.

    The others: at the units that the viewer leads. Queries: four at most.
    """
    with connection.cursor() as cursor:
        cursor.execute("select actor_id, child_id from people_register_kin()")
        rows = cursor.fetchall()
    own = sum(1 for actor, _ in rows if actor == viewer.actor_id)
    units = {o.pk for o in organisations_for(viewer, Permission.UNIT_OVERSEE)}
    if not units:
        return own, []
    children = {c.pk: c for c in children_for(viewer).filter(pk__in=[child for _, child in rows if child])}
    staff = {s.actor_id: s for s in Staff.objects.filter(actor_id__in=[actor for actor, _ in rows])}
    found = [
        RegisterKin(staff[actor], children[child])
        for actor, child in rows
        if actor != viewer.actor_id and child in children and children[child].unit_id in units
    ]
    return own, found


def who_can_take_over(viewer: Viewer, unit_id: int) -> list[Staff]:
    """Return those at a unit who can take over a child in a conflict: whoever answers signals there.

    Queries: three.
    """
    return staff_at(_and_above(viewer, unit_id), on=today(), roles=roles_with(Permission.SIGNAL_ANSWER))


def stand_ins_in_conflict(viewer: Viewer, unit_id: int, *, without: int) -> list[Staff]:
    """Return the same without whoever is too close, `without`, a staff number."""
    return [one for one in who_can_take_over(viewer, unit_id) if one.pk != without]
