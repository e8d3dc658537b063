"""How far a viewer's roles reach: a role at a unit counts for everything below it."""

from __future__ import annotations

from collections.abc import Iterable

from samhandla.people.models import Area, Organisation
from samhandla.trust.permissions import Permission
from samhandla.trust.roles import ROLES, WHOLE_AUTHORITY_ROLES
from samhandla.trust.viewer import Viewer


def roles_with(permission: Permission) -> tuple[str, ...]:
    """Return the roles that hold a permission."""
    return tuple(role.code for role in ROLES.values() if permission in role.permissions)


def below(organisations: Iterable[Organisation], roots: Iterable[int]) -> set[int]:
    """Return the roots and everything under them in the tree."""
    rows = list(organisations)
    reached = set(roots)
    while more := {o.pk for o in rows if o.parent_id in reached} - reached:
        reached |= more
    return reached


def organisations_for(viewer: Viewer, permission: Permission) -> list[Organisation]:
    """Return where the viewer's roles with a permission reach, by name.

    The jobs reach everything, and so does a role whose work concerns the whole authority.

    Queries: one.
    """
    every = list(
        Organisation.objects.filter(authority_id=viewer.authority_id)
        .select_related("area")
        .order_by("name", "pk")
    )
    roles = roles_with(permission)
    if viewer.kind == "service" or viewer.may_any(*WHOLE_AUTHORITY_ROLES.intersection(roles)):
        return every
    reached = below(every, viewer.units_as(*roles))
    return [o for o in every if o.pk in reached]


def reaches_unit(viewer: Viewer, unit_id: int, permission: Permission) -> bool:
    """Tell whether the viewer's role with a permission reaches a unit. Queries: one, none without it."""
    if not viewer.may(permission):
        return False
    return unit_id in {one.pk for one in organisations_for(viewer, permission)}


def list_areas() -> list[Area]:
    """Return every area by name. Queries: one."""
    return list(Area.objects.order_by("name", "pk"))


def school_units(organisations: Iterable[Organisation]) -> list[Organisation]:
    """Return those where pupils go."""
    return [o for o in organisations if o.kind == Organisation.Kind.SCHOOL_UNIT]
