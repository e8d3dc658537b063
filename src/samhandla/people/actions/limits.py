"""Limits on what is done with the data about a child. The room of rights decides; this one keeps them."""

from __future__ import annotations

from datetime import date

from django.utils import timezone

from samhandla.people.errors import NotAllowed, NotYours, Refused
from samhandla.people.models import Child, ProcessingLimit
from samhandla.people.queries import children_for, domain_of
from samhandla.trust.audit import action, record
from samhandla.trust.events import EventKind
from samhandla.trust.models import Branch
from samhandla.trust.permissions import Permission
from samhandla.trust.viewer import Viewer


@action
def set_limit(*, by: Viewer, child: Child, kind: str, on: date) -> ProcessingLimit:
    """Let a limit hold from a day, until somebody lifts it.

    Raises:
        NotAllowed: the viewer's role does not decide.
        NotYours: the child is not to be found.
        Refused: `already` when such a limit holds.
    """
    _require(by, child.pk)
    if ProcessingLimit.objects.filter(child=child, kind=kind, ended_at=None).exists():
        raise Refused("already")
    domain = domain_of(by.authority_id, Branch.SCHOOL)
    row = ProcessingLimit.objects.create(
        child=child, domain=domain, unit_id=child.unit_id, kind=kind, valid_from=on
    )
    _record(EventKind.LIMIT_SET, by, row)
    return row


@action
def lift_limit(*, by: Viewer, child: Child, kind: str, on: date, reason: str) -> ProcessingLimit:
    """End a limit at once, with the reason; the row stays as history.

    Raises:
        NotAllowed, NotYours: as above; NotYours also when no such limit holds.
    """
    _require(by, child.pk)
    row = ProcessingLimit.objects.select_for_update(of=("self",)).filter(
        child=child, kind=kind, ended_at=None
    ).first()  # fmt: skip
    if row is None:
        raise NotYours
    row.ended_at, row.valid_to = timezone.now(), max(on, row.valid_from)
    row.save(update_fields=["ended_at", "valid_to"])
    _record(EventKind.LIMIT_LIFTED, by, row, reason)
    return row


def _require(by: Viewer, child_id: int) -> None:
    if not by.may(Permission.RIGHTS_DECIDE):
        raise NotAllowed
    if not children_for(by).filter(pk=child_id).exists():
        raise NotYours


def _record(event: EventKind, by: Viewer, row: ProcessingLimit, reason: str = "") -> None:
    record(
        event, by=by, child_id=row.child_id, unit_id=row.unit_id, domain_id=row.domain_id, about=row,
        reason=reason, details={"kind": row.kind},
    )  # fmt: skip
