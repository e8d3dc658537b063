"""Who has which duty, who leads which group, who stands in for whom."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any

from django.utils import timezone

from samhandla.people.actions.authorities import derive_access
from samhandla.people.actions.guard import is_service, require_colleagues, require_reach
from samhandla.people.errors import NotAllowed, NotYours, Refused
from samhandla.people.models import Assignment, Duty, Group, Organisation, Staff, Substitution
from samhandla.people.queries import in_force, today
from samhandla.people.queries.duties import works_within_reach
from samhandla.people.rules import GROUP_TASKS, duty_problem, roles_given_by, stand_in_problem
from samhandla.trust.audit import action, record
from samhandla.trust.events import EventKind
from samhandla.trust.permissions import Permission
from samhandla.trust.roles import EMI_ROLES, GROUP_ROLES, UNIT_ROLES
from samhandla.trust.viewer import Viewer


@action
def give_duty(
    *, by: Viewer, staff: Staff, unit: Organisation, role: str, valid_from: date, valid_to: date | None = None
) -> Duty:
    """Give a role at a unit; access begins with it the same minute.

    Raises:
        NotYours: the unit or the person is out of the viewer's reach.
        NotAllowed: the role is not the viewer's to give.
        Refused: the person is the viewer itself, has the role there already, or the days are wrong.
    """
    require_reach(by, unit.pk, Permission.DUTY_EDIT)
    require_colleagues(by, staff)
    _require_right_to_give(by, staff, role, unit.kind, valid_from, valid_to)
    _refuse_twice(Duty, staff, valid_from, valid_to, {"staff": staff, "unit": unit, "role": role})
    duty = Duty.objects.create(staff=staff, unit=unit, role=role, valid_from=valid_from, valid_to=valid_to)
    derive_access(by.authority_id, families=False)
    record(EventKind.REGISTER_CHANGED, by=by, about=duty, details={"role": role})
    return duty


@action
def end_duty(*, by: Viewer, duty: Duty, last_day: date) -> Duty:
    """End a duty after a day; access ends with it.

    Raises:
        NotYours: the duty is out of the viewer's reach.
        NotAllowed: the duty is the viewer's own, or its role not the viewer's to give.
        Refused: the day is before the first one.
    """
    require_reach(by, duty.unit_id, Permission.DUTY_EDIT)
    _require_right_to_end(by, duty.staff, duty.role)
    if last_day < duty.valid_from:
        raise Refused("last_before_first")
    Duty.objects.filter(pk=duty.pk).update(valid_to=last_day)
    duty.valid_to = last_day
    derive_access(by.authority_id, families=False)
    record(EventKind.REGISTER_CHANGED, by=by, about=duty, details={"role": duty.role, "ended": str(last_day)})
    return duty


@action
def end_duty_now(*, by: Viewer, duty_id: int) -> Duty:
    """End a duty this minute, and with it the access that it gives. The row stays: history is kept.

    Raises:
        NotYours: the duty is out of the viewer's reach.
        NotAllowed: the duty is the viewer's own, or its role not the viewer's to give.
        Refused: it has ended already.
    """
    duty = Duty.objects.filter(pk=duty_id).select_related("staff").first()
    if duty is None:
        raise NotYours
    require_reach(by, duty.unit_id, Permission.DUTY_EDIT)
    _require_right_to_end(by, duty.staff, duty.role)
    _end_now(by, duty)
    return duty


@action
def assign_group(
    *, by: Viewer, staff: Staff, group: Group, role: str, valid_from: date, valid_to: date | None = None
) -> Assignment:
    """Make somebody mentor, class teacher or teacher of a group.

    Raises:
        NotYours: the group's unit or the person is out of the viewer's reach.
        NotAllowed: the role is none that a group has.
        Refused: the person is the viewer itself, has the task already, or the days are wrong.
    """
    require_reach(by, group.unit_id, Permission.DUTY_EDIT)
    require_colleagues(by, staff)
    _require_right_to_give(by, staff, role, Organisation.Kind.SCHOOL_UNIT, valid_from, valid_to, group=True)
    _refuse_twice(Assignment, staff, valid_from, valid_to, {"staff": staff, "group": group, "role": role})
    assignment = Assignment.objects.create(
        staff=staff, group=group, role=role, valid_from=valid_from, valid_to=valid_to
    )
    derive_access(by.authority_id, families=False)
    record(EventKind.REGISTER_CHANGED, by=by, about=assignment, details={"role": role})
    return assignment


@action
def end_assignment_now(*, by: Viewer, assignment_id: int) -> Assignment:
    """End somebody's task in a group this minute, and with it the access that it gives.

    Raises:
        NotYours: the group is out of the viewer's reach.
        NotAllowed: the task is the viewer's own.
        Refused: it has ended already.
    """
    task = Assignment.objects.filter(pk=assignment_id).select_related("staff", "group").first()
    if task is None:
        raise NotYours
    require_reach(by, task.group.unit_id, Permission.DUTY_EDIT)
    _require_right_to_end(by, task.staff, task.role, group=True)
    _end_now(by, task)
    return task


@action
def set_stand_in(
    *, by: Viewer, absent: Staff, stand_in: Staff, valid_from: date, valid_to: date
) -> Substitution:
    """Let somebody stand in for a time: the signals and the access pass to the stand-in as well.

    Set by the absent person itself, by its principal, or by a job.

    Raises:
        NotYours: one of the two works elsewhere, or is out of the viewer's reach.
        Refused: the days are wrong, or the same two are set for some of the days already.
    """
    require_colleagues(by, absent, stand_in)
    _require_say(by, absent)
    problem = stand_in_problem(
        absent=absent.pk, stand_in=stand_in.pk, first=valid_from, last=valid_to, today=today()
    )
    if not problem and _works_in_emi(absent) and not _works_in_emi(stand_in):
        problem = "other_branch"  # the wall of EMI is one of law (OSL 8:2)
    if problem:
        raise Refused(problem)
    pair = {"absent": absent, "stand_in": stand_in}
    _refuse_twice(Substitution, absent, valid_from, valid_to, pair)
    substitution = Substitution.objects.create(**pair, valid_from=valid_from, valid_to=valid_to)
    derive_access(by.authority_id, families=False)
    record(EventKind.STAND_IN_SET, by=by, about=substitution)
    return substitution


@action
def end_stand_in(*, by: Viewer, substitution_id: int) -> Substitution:
    """End a stand-in's time this minute; what it could see through it is closed at once.

    Raises:
        NotYours: the absent person is not the viewer and out of its reach.
        Refused: it has ended already.
    """
    row = (
        Substitution.objects.filter(pk=substitution_id, absent__authority_id=by.authority_id)
        .select_related("absent", "stand_in")
        .first()
    )
    if row is None:
        raise NotYours
    if row.stand_in.actor_id != by.actor_id:
        _require_say(by, row.absent)
    _end_now(by, row, EventKind.STAND_IN_ENDED)
    return row


def _require_right_to_give(
    by: Viewer,
    staff: Staff,
    role: str,
    unit_kind: str,
    first: date,
    last: date | None,
    *,
    group: bool = False,
) -> None:
    """Hold the rules of what people give by hand; an import writes what its source says."""
    if is_service(by):
        return
    _require_role(by, role, group)
    problem = duty_problem(role, unit_kind, first, last, today()) or _other_branch(staff, role)
    if staff.actor_id == by.actor_id:
        problem = "yourself"
    if problem:
        raise Refused(problem)


def _other_branch(staff: Staff, role: str) -> str:
    """Return a problem when a role lies on the other side of EMI's wall from what somebody has already."""
    inside = role in EMI_ROLES
    if not inside and role not in (*UNIT_ROLES, *GROUP_ROLES):
        return ""
    across = (*UNIT_ROLES, *GROUP_ROLES) if inside else EMI_ROLES
    held = Duty.objects.filter(in_force(today()), staff=staff, role__in=across).exists()
    return "other_branch" if held or _leads(staff, across) else ""


def _leads(staff: Staff, roles: Collection[str]) -> bool:
    return Assignment.objects.filter(in_force(today()), staff=staff, role__in=roles).exists()


def _works_in_emi(staff: Staff) -> bool:
    return Duty.objects.filter(in_force(today()), staff=staff, role__in=EMI_ROLES).exists()


def _require_right_to_end(by: Viewer, staff: Staff, role: str, *, group: bool = False) -> None:
    if is_service(by):
        return
    _require_role(by, role, group)
    if staff.actor_id == by.actor_id:
        raise NotAllowed


def _require_role(by: Viewer, role: str, group: bool) -> None:
    if role not in (GROUP_TASKS if group else roles_given_by(by.roles)):
        raise NotAllowed


def _require_say(by: Viewer, absent: Staff) -> None:
    if is_service(by) or absent.actor_id == by.actor_id:
        return
    if not works_within_reach(by, absent):
        raise NotYours


def _refuse_twice(
    model: type[Duty] | type[Assignment] | type[Substitution],
    staff: Staff,
    first: date,
    last: date | None,
    same: Mapping[str, Any],
) -> None:
    """Refuse what somebody has already; two who click at once wait for each other on the person's row."""
    list(Staff.objects.select_for_update().filter(pk=staff.pk))
    rows = model.objects.filter(**same, ended_at=None)
    spans = rows.values_list("valid_from", "valid_to")
    if any((end is None or first <= end) and (last is None or start <= last) for start, end in spans):
        raise Refused("already_set")


def _end_now(
    by: Viewer, row: Duty | Assignment | Substitution, event: EventKind = EventKind.REGISTER_CHANGED
) -> None:
    now, day = timezone.now(), today()
    last = max(row.valid_from, day if row.valid_to is None else min(day, row.valid_to))
    open_rows = type(row).objects.filter(pk=row.pk, ended_at=None)
    if (row.valid_to is not None and row.valid_to < day) or not open_rows.update(ended_at=now, valid_to=last):
        raise Refused("already_ended")
    row.ended_at, row.valid_to = now, last
    derive_access(by.authority_id, families=False)
    record(event, by=by, about=row, details={"ended": str(day)})
