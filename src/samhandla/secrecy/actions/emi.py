"""Notes of the medical pupil health (EMI): made and read inside its own secrecy domain."""

from __future__ import annotations

from django.utils import timezone

from samhandla.people.models import Child
from samhandla.people.queries import domain_of
from samhandla.secrecy.errors import Conflict, NotAllowed, NotYours, Refused
from samhandla.secrecy.models import EmiNote
from samhandla.trust.audit import action, record
from samhandla.trust.events import EventKind
from samhandla.trust.models import Branch
from samhandla.trust.permissions import Permission
from samhandla.trust.viewer import Viewer


@action
def write_emi_note(*, by: Viewer, child: Child, kind: str, text: str) -> EmiNote:
    """Note a contact, or something that EMI was asked.

    Raises:
        NotAllowed: the viewer does not work in EMI.
        NotYours: the child is not to be found.
        Refused: `text` is missing, or the kind is none.
    """
    if not by.may(Permission.EMI_WORK):
        raise NotAllowed
    if not Child.objects.filter(pk=child.pk, authority_id=by.authority_id).exists():
        raise NotYours
    if not text.strip() or kind not in EmiNote.Kind.values:
        raise Refused("text")
    row = EmiNote.objects.create(
        child=child,
        unit_id=child.unit_id,
        domain=domain_of(by.authority_id, Branch.EMI),
        kind=kind,
        text=text.strip(),
        by_id=by.actor_id,
        by_name=by.name,
        at=timezone.now(),
    )
    _record(EventKind.EMI_NOTED, by, row)
    return row


@action
def finish_emi_request(*, by: Viewer, note_id: int) -> EmiNote:
    """Say that a question has been taken care of.

    Raises:
        NotYours: not to be found.
        Conflict: somebody has done it already.
    """
    row = EmiNote.objects.filter(pk=note_id, kind=EmiNote.Kind.REQUEST).first()
    if row is None or not by.may(Permission.EMI_WORK):
        raise NotYours
    done = {"done_at": timezone.now(), "done_name": by.name}
    if not EmiNote.objects.filter(pk=row.pk, done_at=None).update(**done):
        raise Conflict
    _record(EventKind.EMI_REQUEST_DONE, by, row)
    return row


def _record(event: EventKind, by: Viewer, row: EmiNote) -> None:
    record(event, by=by, about=row, child_id=row.child_id, unit_id=row.unit_id, domain_id=row.domain_id)
