"""Organisations, groups, staff, duties, stand-ins."""

from __future__ import annotations

from datetime import date
from typing import Any

from samhandla.people.actions.authorities import derive_access
from samhandla.people.models import Assignment, Duty, Group, Organisation, Staff, Substitution
from samhandla.trust.audit import action, record
from samhandla.trust.events import EventKind
from samhandla.trust.models import Actor
from samhandla.trust.viewer import Viewer


@action
def save_organisation(*, by: Viewer, pk: int | None = None, **fields: Any) -> Organisation:
    """Make or change a unit of the viewer's authority, and let the jobs reach it."""
    organisation, _created = Organisation.objects.update_or_create(
        pk=pk, authority_id=by.authority_id, defaults=fields
    )
    derive_access(by.authority_id)
    record(EventKind.REGISTER_CHANGED, by=by, about=organisation)
    return organisation


@action
def save_group(*, by: Viewer, pk: int | None = None, **fields: Any) -> Group:
    group, _created = Group.objects.update_or_create(pk=pk, defaults=fields)
    record(EventKind.REGISTER_CHANGED, by=by, about=group)
    return group


@action
def register_staff(
    *, by: Viewer, given_name: str, family_name: str, email: str = "", phone: str = ""
) -> Staff:
    """Register somebody who works in the viewer's authority, with an actor to act as."""
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
    )
    record(EventKind.REGISTER_CHANGED, by=by, about=staff)
    return staff


@action
def give_duty(
    *, by: Viewer, staff: Staff, unit: Organisation, role: str, valid_from: date, valid_to: date | None = None
) -> Duty:
    """Give a role at a unit; access begins with it the same minute."""
    duty = Duty.objects.create(staff=staff, unit=unit, role=role, valid_from=valid_from, valid_to=valid_to)
    derive_access(by.authority_id)
    record(EventKind.REGISTER_CHANGED, by=by, about=duty, details={"role": role})
    return duty


@action
def end_duty(*, by: Viewer, duty: Duty, last_day: date) -> Duty:
    """End a duty; access ends with it."""
    Duty.objects.filter(pk=duty.pk).update(valid_to=last_day)
    duty.valid_to = last_day
    derive_access(by.authority_id)
    record(EventKind.REGISTER_CHANGED, by=by, about=duty, details={"role": duty.role, "ended": str(last_day)})
    return duty


@action
def assign_group(
    *, by: Viewer, staff: Staff, group: Group, role: str, valid_from: date, valid_to: date | None = None
) -> Assignment:
    """Make somebody mentor, class teacher or teacher of a group."""
    assignment = Assignment.objects.create(
        staff=staff, group=group, role=role, valid_from=valid_from, valid_to=valid_to
    )
    derive_access(by.authority_id)
    record(EventKind.REGISTER_CHANGED, by=by, about=assignment, details={"role": role})
    return assignment


@action
def set_stand_in(
    *, by: Viewer, absent: Staff, stand_in: Staff, valid_from: date, valid_to: date
) -> Substitution:
    """Let somebody stand in for a time: the signals and the access pass to the stand-in as well."""
    substitution = Substitution.objects.create(
        absent=absent, stand_in=stand_in, valid_from=valid_from, valid_to=valid_to
    )
    derive_access(by.authority_id)
    record(EventKind.STAND_IN_SET, by=by, about=substitution)
    return substitution
