"""Naming staff for children with protected identity, and noting who is too close to a child (jäv)."""

from __future__ import annotations

from django.utils import timezone

from samhandla.people.actions.authorities import derive_access
from samhandla.people.errors import NotYours, Refused
from samhandla.people.models import Child, Conflict, NamedStaff, Staff
from samhandla.people.queries import domain_of, reaches_unit, today
from samhandla.people.queries.withheld import get_protected_for, stand_ins_in_conflict, whom_to_name
from samhandla.trust.audit import action, record
from samhandla.trust.events import EventKind
from samhandla.trust.models import Branch
from samhandla.trust.permissions import Permission
from samhandla.trust.viewer import Viewer


@action
def name_staff(*, by: Viewer, child: Child, staff_id: int) -> NamedStaff:
    """Name a colleague for a child with protected identity: what the colleague's work reaches opens.

    Raises:
        NotYours: the child is not protected, or not at a unit that the viewer is principal of.
        Refused: the colleague's work does not reach the child, or the colleague is named already.
    """
    if get_protected_for(by, child.ref) is None:
        raise NotYours
    list(Child.objects.select_for_update().filter(pk=child.pk))
    staff = next((one for one in whom_to_name(by, child) if one.pk == staff_id), None)
    if staff is None:
        raise Refused("works_elsewhere")
    row = NamedStaff.objects.create(
        child=child,
        domain=domain_of(by.authority_id, Branch.SCHOOL),
        unit_id=child.unit_id,
        staff=staff,
        named_by_id=by.actor_id,
        named_at=timezone.now(),
        valid_from=today(),
    )
    derive_access(by.authority_id, families=False)
    _record(EventKind.NAMED_STAFF, by, row, staff=staff.pk)
    return row


@action
def end_naming(*, by: Viewer, naming_id: int) -> NamedStaff:
    """End a naming this minute; the child is withheld from the colleague at once.

    Raises:
        NotYours: it is not about a child at a unit that the viewer is principal of.
        Refused: it has ended already.
    """
    row = NamedStaff.objects.filter(pk=naming_id).select_related("child", "staff").first()
    if row is None or get_protected_for(by, row.child.ref) is None:
        raise NotYours
    if not NamedStaff.objects.filter(pk=row.pk, ended_at=None).update(
        ended_at=timezone.now(), valid_to=max(row.valid_from, today())
    ):
        raise Refused("already_ended")
    derive_access(by.authority_id, families=False)
    _record(EventKind.NAMED_STAFF_ENDED, by, row, staff=row.staff_id)
    return row


@action
def note_conflict(*, by: Viewer, child: Child, kind: str, stand_in_id: int | None = None) -> Conflict:
    """Note that the viewer itself is too close to a child. From this moment it sees nothing about it.

    A principal says who takes over, since nobody above does; for everybody else the principal does.

    Raises:
        NotYours: the viewer does not work in the authority.
        Refused: a principal names nobody, or whoever is named cannot take over.
    """
    staff = Staff.objects.filter(actor_id=by.actor_id, authority_id=by.authority_id).first()
    if staff is None:
        raise NotYours
    leads = reaches_unit(by, child.unit_id, Permission.PROTECTED_NAME)
    stand_in = _stand_in(by, child.unit_id, staff.pk, stand_in_id) if leads or stand_in_id else None
    row = Conflict.objects.create(
        child=child,
        domain=domain_of(by.authority_id, Branch.SCHOOL),
        unit_id=child.unit_id,
        staff=staff,
        actor_id=by.actor_id,
        kind=kind,
        stand_in=stand_in,
        noted_by_id=by.actor_id,
        noted_at=timezone.now(),
        valid_from=today(),
    )
    derive_access(by.authority_id, families=False)
    _record(EventKind.CONFLICT_NOTED, by, row, staff=staff.pk, kind=kind)
    return row


@action
def set_conflict_stand_in(*, by: Viewer, conflict_id: int, stand_in_id: int | None) -> Conflict:
    """Say who takes over a child in a conflict; nobody means the principal.

    Raises:
        NotYours: the viewer does not lead the unit, or it is about the viewer itself.
        Refused: it has ended, or whoever is chosen cannot take over.
    """
    row = _conflict(by, conflict_id)
    stand_in = _stand_in(by, row.unit_id, row.staff_id, stand_in_id) if stand_in_id else None
    Conflict.objects.filter(pk=row.pk).update(stand_in=stand_in)
    row.stand_in = stand_in
    derive_access(by.authority_id, families=False)
    _record(EventKind.CONFLICT_CHANGED, by, row, stand_in=stand_in.pk if stand_in else None)
    return row


@action
def end_conflict(*, by: Viewer, conflict_id: int) -> Conflict:
    """End a conflict: the person's own work reaches the child again, the stand-in's task ends.

    Raises:
        NotYours: the viewer does not lead the unit, or it is about the viewer itself.
        Refused: it has ended already.
    """
    row = _conflict(by, conflict_id)
    Conflict.objects.filter(pk=row.pk).update(ended_at=timezone.now(), valid_to=max(row.valid_from, today()))
    derive_access(by.authority_id, families=False)
    _record(EventKind.CONFLICT_CHANGED, by, row, ended=str(today()))
    return row


def _conflict(by: Viewer, conflict_id: int) -> Conflict:
    """Return a conflict in force that the viewer decides about, locked."""
    row = Conflict.objects.select_for_update().filter(pk=conflict_id).first()
    if row is None or row.actor_id == by.actor_id:
        raise NotYours
    if not reaches_unit(by, row.unit_id, Permission.UNIT_OVERSEE):
        raise NotYours
    if row.ended_at is not None:
        raise Refused("already_ended")
    return row


def _stand_in(by: Viewer, unit_id: int, without: int, stand_in_id: int | None) -> Staff:
    found = stand_ins_in_conflict(by, unit_id, without=without)
    chosen = next((one for one in found if one.pk == stand_in_id), None)
    if chosen is None:
        raise Refused("stand_in_needed")
    return chosen


def _record(event: EventKind, by: Viewer, row: NamedStaff | Conflict, **details: object) -> None:
    record(
        event,
        by=by,
        child_id=row.child_id,
        unit_id=row.unit_id,
        domain_id=row.domain_id,
        about=row,
        details=details,
    )
