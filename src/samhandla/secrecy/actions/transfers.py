"""Handing over (lämna uppgift): one fact, one receiver, one ground. The database checks the ground."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.db import ProgrammingError, transaction
from django.utils import timezone

from samhandla.people.models import Child
from samhandla.people.queries import domain_of, name_on_page
from samhandla.records.actions.documents import register_document
from samhandla.secrecy.branch import branch_of
from samhandla.secrecy.documents import received_document, sent_document
from samhandla.secrecy.errors import Conflict, NoGround, NotAllowed, NotYours, Refused
from samhandla.secrecy.models import LegalOpening, Receiver, Transfer, Waiver
from samhandla.trust.audit import action, record
from samhandla.trust.events import EventKind
from samhandla.trust.permissions import Permission
from samhandla.trust.viewer import Viewer

TWO_TAPS = timedelta(minutes=1)
CODES = frozenset({"receiver", "oneself", "place", "ground", "age", "waiver", "weighing"})


@dataclass(frozen=True)
class Fact:
    """What is handed over, to whom, and on what ground.

    `receiver` is a receiving function in Samhandla; else `outside_place` (a recipient of `walls.OUTSIDE`) and
    `outside` say who it is.
    """

    text: str
    reason: str
    opening: LegalOpening
    receiver: Receiver | None = None
    outside_place: str = ""
    outside: str = ""
    waiver: Waiver | None = None
    weighing: str = ""


@action
def hand_over(*, by: Viewer, child: Child, fact: Fact) -> Transfer:
    """Hand one fact over. The receiver gets a copy of what is said here and nothing else about the child.

    Raises:
        NotAllowed: the viewer's role hands nothing over.
        NotYours: the child is not to be found.
        Refused: `text` or `reason` is missing.
        Conflict: the same person handed the same over a minute ago (two taps on the button).
        NoGround: the database refuses, with the code of what is missing (`CODES`).
    """
    if not by.may(Permission.TRANSFER_SEND):
        raise NotAllowed
    # Locked, so that two taps come one after the other.
    mine = Child.objects.select_for_update().filter(pk=child.pk, authority_id=by.authority_id)
    if not mine.exists():
        raise NotYours
    problems = [name for name in ("text", "reason") if not getattr(fact, name).strip()]
    if problems:
        raise Refused(*problems)
    if _just_sent(by, child, fact):
        raise Conflict
    row = Transfer(
        child=child,
        unit_id=child.unit_id,
        domain=domain_of(by.authority_id, branch_of(by)),
        receiver=fact.receiver,
        outside_place=fact.outside_place,
        outside=fact.outside.strip(),
        opening=fact.opening,
        ground=fact.opening.paragraph,
        waiver=fact.waiver,
        child_as=name_on_page(by, child),
        text=fact.text.strip(),
        reason=fact.reason.strip(),
        weighing=fact.weighing.strip(),
        sent_by_id=by.actor_id,
        sent_name=by.name,
        sent_at=timezone.now(),
    )
    _insert(row)
    register_document(by=by, said=sent_document(row))
    record(
        EventKind.TRANSFER_SENT, by=by, about=row, child_id=child.pk, unit_id=row.unit_id,
        domain_id=row.domain_id, details={"opening": fact.opening.code},
    )  # fmt: skip
    return row


@action
def receive(*, by: Viewer, transfer_id: int) -> Transfer:
    """Register what has come as received; from now on the copy is the receiver's own.

    Raises:
        NotYours: not to be found, or the viewer does not work in the receiving function.
        Conflict: somebody has received it already.
    """
    if not by.may(Permission.TRANSFER_RECEIVE):
        raise NotYours
    row = Transfer.objects.select_for_update(of=("self",)).filter(pk=transfer_id).first()
    if row is None:
        raise NotYours
    if row.received_at is not None:
        raise Conflict
    row.received_by_id, row.received_at = by.actor_id, timezone.now()
    touched = Transfer.objects.filter(pk=row.pk).update(
        received_by_id=row.received_by_id, received_at=row.received_at
    )
    if not touched:  # the sender reads the row and cannot receive it
        raise NotYours
    register_document(by=by, said=received_document(row))
    record(EventKind.TRANSFER_RECEIVED, by=by, about=row)
    return row


def _just_sent(by: Viewer, child: Child, fact: Fact) -> bool:
    """Tell whether the same words have just gone the same way."""
    just_now = Transfer.objects.filter(
        child=child, sent_by_id=by.actor_id, sent_at__gt=timezone.now() - TWO_TAPS
    )
    said = (fact.receiver, fact.outside.strip(), fact.opening.pk, fact.text.strip())
    return any(
        (row.receiver, row.outside, row.opening_id, row.text) == said
        for row in just_now.select_related("receiver")
    )


def _insert(row: Transfer) -> None:
    """Insert, and turn the database's refusal into the code that it gave."""
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except ProgrammingError as error:
        said = str(error.__cause__).splitlines()[0].strip()
        if said in CODES:
            raise NoGround(said) from error
        raise
