"""Organisations, groups, staff."""

from __future__ import annotations

from typing import Any

from samhandla.people.actions.authorities import derive_access
from samhandla.people.actions.guard import is_service, require_keeper, require_reach
from samhandla.people.errors import NotAllowed, Refused
from samhandla.people.models import Group, Organisation, Staff
from samhandla.trust.audit import action, record
from samhandla.trust.events import EventKind
from samhandla.trust.models import Actor
from samhandla.trust.permissions import Permission
from samhandla.trust.viewer import Viewer


@action
def save_organisation(*, by: Viewer, pk: int | None = None, **fields: Any) -> Organisation:
    """Make or change a unit of the viewer's authority, and let the jobs reach it.

    Raises:
        NotAllowed: the viewer would make a new unit, which only the jobs do.
        NotYours: the unit is out of the viewer's reach.
    """
    if pk is not None:
        require_reach(by, pk, Permission.REGISTER_READ)
    elif not is_service(by):
        raise NotAllowed
    organisation, _created = Organisation.objects.update_or_create(
        pk=pk,  # type: ignore[misc]  # None finds no row, so a new one is made
        authority_id=by.authority_id,
        defaults=fields,
    )
    derive_access(by.authority_id, families=False)
    record(EventKind.REGISTER_CHANGED, by=by, about=organisation)
    return organisation


@action
def save_group(*, by: Viewer, pk: int | None = None, **fields: Any) -> Group:
    """Make or change a group of the viewer's authority.

    Raises:
        NotYours: the group's unit, present or new, is out of the viewer's reach.
    """
    units = set(Group.objects.filter(pk=pk or 0).values_list("unit_id", flat=True))
    for unit_id in units | ({fields["unit"].pk} if "unit" in fields else set()):
        require_reach(by, unit_id, Permission.REGISTER_READ)
    group, _created = Group.objects.update_or_create(
        pk=pk,  # type: ignore[misc]  # as above
        defaults=fields,
    )
    record(EventKind.REGISTER_CHANGED, by=by, about=group)
    return group


@action
def register_staff(
    *, by: Viewer, given_name: str, family_name: str, email: str = "", phone: str = "", eppn: str = ""
) -> Staff:
    """Register somebody who works in the viewer's authority, with an actor to act as.

    Raises:
        NotAllowed: the viewer keeps neither the register nor its duties.
        Refused: a person registers somebody whose e-mail address a colleague has already.
    """
    if not by.may(Permission.DUTY_EDIT):
        require_keeper(by)
    if (
        email
        and not is_service(by)
        and Staff.objects.filter(authority_id=by.authority_id, email__iexact=email).exists()
    ):
        raise Refused("known_already")
    actor = Actor.objects.create(
        kind=Actor.Kind.STAFF, authority_id=by.authority_id, name=f"{given_name} {family_name}"
    )
    staff = Staff.objects.create(
        authority_id=by.authority_id,
        actor=actor,
        given_name=given_name,
        family_name=family_name,
        email=email,
        phone=phone,
        eppn=eppn,
    )
    record(EventKind.REGISTER_CHANGED, by=by, about=staff)
    return staff
