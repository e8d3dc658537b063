"""Children, numbers, enrolments, groups, guardians."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.conf import settings

from samhandla.lib.personnummer import parse_personnummer
from samhandla.people.actions.authorities import derive_access
from samhandla.people.actions.guard import is_service, require_keeper, require_reach
from samhandla.people.errors import Refused
from samhandla.people.models import (
    Child,
    ChildIdentity,
    Enrolment,
    Group,
    Guardian,
    Guardianship,
    Membership,
    Organisation,
)
from samhandla.people.rules import PROTECTION_ORDER
from samhandla.trust import crypto
from samhandla.trust.audit import action, record
from samhandla.trust.events import EventKind
from samhandla.trust.models import Branch, Domain
from samhandla.trust.permissions import Permission
from samhandla.trust.viewer import Viewer


def _school_domain(authority_id: int) -> Domain:
    return Domain.objects.get(authority_id=authority_id, branch=Branch.SCHOOL)


def _record(by: Viewer, child: Child, domain: Domain, what: str) -> None:
    record(
        EventKind.REGISTER_CHANGED,
        by=by,
        child_id=child.pk,
        unit_id=child.unit_id,
        domain_id=domain.pk,
        about=child,
        details={"what": what},
    )


@action
def register_child(*, by: Viewer, unit: Organisation, **fields: Any) -> Child:
    """Register a child at a unit. Protected identity is `unknown` unless the source says otherwise.

    Raises:
        NotAllowed: the viewer does not keep the register.
    """
    require_keeper(by)
    child = Child(authority_id=by.authority_id, unit=unit, school_in=unit.area, **fields)
    child.lifted_protection = child.protection
    child.save(force_insert=True)
    _record(by, child, _school_domain(by.authority_id), "registered")
    return child


@action
def update_child(*, by: Viewer, child: Child, **fields: Any) -> Child:
    """Change a child's own facts.

    Raises:
        Child.DoesNotExist: the viewer may not write this child (a silent 0 rows becomes an error).
        NotAllowed: the viewer sees the child but does not keep the register.
    """
    changed = Child.objects.filter(pk=child.pk).update(**fields)
    if not changed:
        raise Child.DoesNotExist
    require_keeper(by)
    for name, value in fields.items():
        setattr(child, name, value)
    _record(by, child, _school_domain(by.authority_id), "changed: " + ", ".join(sorted(fields)))
    if "protection" in fields:
        derive_access(by.authority_id)
        _follow_marking(child)
    elif "birth_date" in fields:
        derive_access(by.authority_id, families=False)
    return child


def _follow_marking(child: Child) -> None:
    """Give the child in hand the marking that now counts; whoever is withheld from it reads it no more."""
    stored = Child.objects.filter(pk=child.pk).values_list("lifted_protection", flat=True).first()
    child.lifted_protection = stored or child.protection


@action
def set_protection(*, by: Viewer, child: Child, protection: str) -> Child:
    """Mark by hand that a child has protected identity; only the principal takes a marking away.

    Works in the same transaction: who is not named sees the child no more, and what may not be kept goes.
    An import that says less never takes away what the source has marked; one that says more wins.

    Raises:
        NotAllowed: the viewer does not keep the register.
        NotYours: the child's unit is out of the viewer's reach.
        Refused: it says so already, or somebody other than the principal would make it less strict.
    """
    require_keeper(by)
    require_reach(by, child.unit_id, Permission.REGISTER_READ)
    order = PROTECTION_ORDER.index
    if protection == child.protection:
        raise Refused("marked_already")
    if order(protection) > order(child.protection) and not by.may(Permission.PROTECTED_NAME):
        raise Refused("principal_only")
    return update_child(by=by, child=child, protection=protection)


@action
def set_adapted(*, by: Viewer, child: Child, adapted: bool) -> Child:
    """Note that a child has an adapted course of study (anpassad studiegång), or no longer has one.

    The rules then find nothing about the child, since the lessons offered are not what was agreed. The
    principal decides about it, so whoever leads the child's own unit notes it. Why is not kept: it is
    often about health.

    Raises:
        NotYours: the child's unit is not one that the viewer leads.
        Child.DoesNotExist: the viewer does not see the child.
    Source: skollagen (2010:800) 3 kap. 12 §.
    """
    if not is_service(by):
        require_reach(by, child.unit_id, Permission.ADAPTED_SET)
    if not Child.objects.filter(pk=child.pk).update(adapted=adapted):
        raise Child.DoesNotExist
    child.adapted = adapted
    record(
        EventKind.ADAPTED_SET,
        by=by,
        child_id=child.pk,
        unit_id=child.unit_id,
        domain_id=_school_domain(by.authority_id).pk,
        about=child,
        details={"adapted": adapted},
    )
    return child


@action
def store_personnummer(*, by: Viewer, child: Child, number: str) -> ChildIdentity:
    """Seal a child's number and store its blind index; an earlier one is replaced, since numbers change.

    Raises:
        PersonnummerError: the number is not a personal, coordination or temporary number.
        NotAllowed: the viewer does not keep the register.
    """
    require_keeper(by)
    parsed = parse_personnummer(number)
    domain = _school_domain(by.authority_id)
    ChildIdentity.objects.filter(child=child).delete()
    identity = ChildIdentity.objects.create(
        child=child,
        domain=domain,
        unit_id=child.unit_id,
        kind=parsed.kind,
        sealed=crypto.encrypt(settings.SAMHANDLA_SECRET, parsed.number, bound_to=f"child {child.pk}"),
        blind_index=crypto.blind_index(settings.SAMHANDLA_SECRET, parsed.number, within=str(by.authority_id)),
    )
    _record(by, child, domain, "personnummer")
    return identity


@action
def enrol_child(
    *,
    by: Viewer,
    child: Child,
    unit: Organisation,
    form: str,
    school_year: int | None,
    valid_from: date,
    valid_to: date | None = None,
) -> Enrolment:
    """Give a child a place at a unit.

    Raises:
        NotAllowed: the viewer does not keep the register.
    """
    require_keeper(by)
    domain = _school_domain(by.authority_id)
    enrolment = Enrolment.objects.create(
        child=child,
        domain=domain,
        unit=unit,
        form=form,
        school_year=school_year,
        valid_from=valid_from,
        valid_to=valid_to,
    )
    _record(by, child, domain, "enrolled")
    return enrolment


@action
def move_child(*, by: Viewer, child: Child, unit: Organisation, on: date) -> Child:
    """Move a child to another unit of the same authority.

    Rows made at the old unit stay its own: the new unit's staff see what is made from now on, and
    the enrolment and groups at the old unit end the day before.

    Raises:
        NotAllowed: the viewer does not keep the register.
    """
    require_keeper(by)
    last = on - timedelta(days=1)
    old = Enrolment.objects.filter(child=child, unit_id=child.unit_id, valid_to__isnull=True)
    latest = old.order_by("-valid_from").first()
    old.update(valid_to=last)
    Membership.objects.filter(child=child, unit_id=child.unit_id, valid_to__isnull=True).update(valid_to=last)
    Child.objects.filter(pk=child.pk).update(unit=unit, school_in=unit.area)
    child.unit, child.school_in = unit, unit.area
    if latest:
        enrol_child(
            by=by, child=child, unit=unit, form=latest.form, school_year=latest.school_year, valid_from=on
        )
    derive_access(by.authority_id, families=False)
    _record(by, child, _school_domain(by.authority_id), "moved")
    return child


@action
def place_in_group(
    *, by: Viewer, child: Child, group: Group, valid_from: date, valid_to: date | None = None
) -> Membership:
    """Put a child in a group; the group's mentor has access from that day.

    Raises:
        NotAllowed: the viewer does not keep the register.
    """
    require_keeper(by)
    domain = _school_domain(by.authority_id)
    membership = Membership.objects.create(
        child=child,
        domain=domain,
        unit_id=group.unit_id,
        group=group,
        valid_from=valid_from,
        valid_to=valid_to,
    )
    derive_access(by.authority_id, families=False)
    _record(by, child, domain, "group")
    return membership


@action
def end_memberships(*, by: Viewer, child: Child, groups: list[Group], last_day: date) -> int:
    """End a child's places in groups; a mentor's access ends with it.

    Raises:
        NotAllowed: the viewer does not keep the register.
    """
    require_keeper(by)
    ended = Membership.objects.filter(child=child, group__in=groups, valid_to__isnull=True).update(
        valid_to=last_day
    )
    derive_access(by.authority_id, families=False)
    _record(by, child, _school_domain(by.authority_id), "left group")
    return ended


@action
def register_guardian(*, by: Viewer, **fields: Any) -> Guardian:
    """Register an adult; until a guardianship names a child, nobody reads the row.

    Raises:
        NotAllowed: the viewer does not keep the register.
    """
    require_keeper(by)
    guardian = Guardian(authority_id=by.authority_id, **fields)
    guardian.save(force_insert=True)
    record(EventKind.REGISTER_CHANGED, by=by, details={"what": "guardian"})
    return guardian


@action
def open_guardianship(
    *, by: Viewer, child: Child, guardian: Guardian, kind: str, valid_from: date, valid_to: date | None = None
) -> Guardianship:
    """Say how an adult stands to a child. The kind decides the rights; an unknown kind has none.

    Raises:
        NotAllowed: the viewer does not keep the register.
    """
    require_keeper(by)
    domain = _school_domain(by.authority_id)
    row = Guardianship.objects.create(
        child=child,
        domain=domain,
        unit_id=child.unit_id,
        guardian=guardian,
        kind=kind,
        valid_from=valid_from,
        valid_to=valid_to,
    )
    derive_access(by.authority_id)
    _record(by, child, domain, "guardianship")
    return row


@action
def mark_missing(*, by: Viewer, child: Child, since: date | None) -> Child:
    """Mark that a child is no longer in the source's file (or is again); nobody is ever deleted by a file.

    Raises:
        NotAllowed: the viewer does not keep the register.
    """
    require_keeper(by)
    Child.objects.filter(pk=child.pk).update(missing_since=since)
    child.missing_since = since
    _record(by, child, _school_domain(by.authority_id), "missing" if since else "found")
    return child
