"""Reads that leave a trace: a personal number, the name of a protected child."""

from __future__ import annotations

from django.conf import settings

from samhandla.lib.personnummer import parse_personnummer
from samhandla.people.errors import NotAllowed, NotYours
from samhandla.people.models import Child, ChildIdentity
from samhandla.people.queries import children_for, domain_of, may_read_name
from samhandla.trust import crypto
from samhandla.trust.audit import action, record
from samhandla.trust.events import EventKind
from samhandla.trust.models import Branch
from samhandla.trust.permissions import Permission
from samhandla.trust.viewer import Viewer


@action
def read_personnummer(*, by: Viewer, child: Child) -> str:
    """Return a child's number in clear, and record that it was read.

    Raises:
        NotAllowed: the viewer has no right to numbers, or not to those of a protected child.
        NotYours: no number is stored, or the viewer does not see the child.
    """
    if not by.may(Permission.PERSONNUMMER_READ) or not may_read_name(by, child):
        raise NotAllowed
    identity = ChildIdentity.objects.filter(child=child).first()
    if identity is None:
        raise NotYours
    _record(EventKind.PERSONNUMMER_READ, by, child)
    return crypto.decrypt(settings.SAMHANDLA_SECRET, bytes(identity.sealed), bound_to=f"child {child.pk}")


@action
def find_by_personnummer(*, by: Viewer, number: str) -> Child | None:
    """Return the child with a number, among those the viewer may see; protected ones are never found.

    The answer is the same for a number that nobody has, that another authority has, and that somebody
    out of sight has. Numbers are compared by their blind index; the event does not hold the number.

    Raises:
        NotAllowed: the viewer has no right to numbers.
        PersonnummerError: the text is no number.
    """
    if not by.may(Permission.PERSONNUMMER_READ):
        raise NotAllowed
    parsed = parse_personnummer(number)
    blind = crypto.blind_index(settings.SAMHANDLA_SECRET, parsed.number, within=str(by.authority_id))
    owners = ChildIdentity.objects.filter(blind_index=blind).values("child_id")
    found = [c for c in children_for(by).filter(pk__in=owners).order_by("pk") if not c.is_masked]
    record(EventKind.PERSONNUMMER_SEARCHED, by=by)
    return found[0] if found else None


@action
def open_protected(*, by: Viewer, child: Child) -> str:
    """Return a protected child's name, and record that it was read.

    Raises:
        NotAllowed: the viewer has no way of its own to the child.
    """
    if not may_read_name(by, child):
        raise NotAllowed
    _record(EventKind.PROTECTED_READ, by, child)
    return child.full_name


def note_reading(*, by: Viewer, child: Child) -> None:
    """Record that a page shows a protected child's name; nothing happens for other children or readers."""
    if child.is_masked and may_read_name(by, child):
        open_protected(by=by, child=child)


def _record(event: EventKind, by: Viewer, child: Child) -> None:
    domain = domain_of(by.authority_id, Branch.SCHOOL)
    record(event, by=by, child_id=child.pk, unit_id=child.unit_id, domain_id=domain.pk, about=child)
