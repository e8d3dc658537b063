"""Which units a viewer's duties reach: a duty at a school counts for every unit below it."""

from __future__ import annotations

from samhandla.people.models import Organisation
from samhandla.trust.roles import UNIT_ROLES
from samhandla.trust.viewer import Viewer

PRINCIPALS = ("principal", "deputy_principal")


def list_units_for(viewer: Viewer, *roles: str) -> list[Organisation]:
    """Return the school units where the viewer holds any of these roles, by name.

    Args:
        roles: any role that reaches a unit when none is given.
    Queries: one.
    """
    every = list(Organisation.objects.filter(authority_id=viewer.authority_id).order_by("name", "pk"))
    reached = set(viewer.units_as(*(roles or UNIT_ROLES)))
    grown = True
    while grown:
        below = {o.pk for o in every if o.parent_id in reached} - reached
        reached |= below
        grown = bool(below)
    return [o for o in every if o.pk in reached and o.kind == Organisation.Kind.SCHOOL_UNIT]


def unit_ids_for(viewer: Viewer, *roles: str) -> set[int]:
    """Return the numbers of `list_units_for`."""
    return {unit.pk for unit in list_units_for(viewer, *roles)}


def list_all_units_for(viewer: Viewer) -> list[Organisation]:
    """Return every school unit of the viewer's authority, by name; a unit's name is open."""
    units = Organisation.objects.filter(authority_id=viewer.authority_id, kind=Organisation.Kind.SCHOOL_UNIT)
    return list(units.order_by("name", "pk"))
