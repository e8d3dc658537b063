"""A card for asking without identity. What is kept names no child, and nothing joins it to one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from samhandla.people.models import Child
from samhandla.secrecy.errors import Conflict, NotAllowed, NotYours, Refused
from samhandla.secrecy.models import ConsultationCard, Receiver
from samhandla.secrecy.queries.cards import known_of_child
from samhandla.secrecy.rules.cards import card_problems, stage_of, traps_in
from samhandla.trust.audit import action, record
from samhandla.trust.events import EventKind
from samhandla.trust.permissions import Permission
from samhandla.trust.viewer import Viewer


@action
def make_card(
    *, by: Viewer, child: Child, text: str, kept: Sequence[str] = (), small_seen: bool = False, on: date
) -> ConsultationCard:
    """Make a card of a text that tells nobody who it is about.

    The event says that a card was made, never about whom and not which one.

    Raises:
        NotAllowed: the viewer's role asks for no advice this way.
        NotYours: the child is not to be found.
        Refused: `text` when it is empty; else as `rules.cards.card_problems`.
    """
    if not by.may(Permission.CONSULT):
        raise NotAllowed
    if not Child.objects.filter(pk=child.pk, authority_id=by.authority_id).exists():
        raise NotYours
    if not text.strip():
        raise Refused("text")
    known = known_of_child(by, child, today=on)
    traps = traps_in(text, known)
    problems = card_problems(traps, kept, known, small_seen=small_seen)
    if problems:
        raise Refused(*problems)
    row = ConsultationCard.objects.create(
        authority_id=by.authority_id, stage=stage_of(child.birth_date, on), text=text.strip(),
        kept_words=len(traps), made_by_id=by.actor_id, made_on=on,
    )  # fmt: skip
    record(EventKind.CARD_MADE, by=by, details={"kept": len(traps)})
    return row


@action
def send_card(*, by: Viewer, card_id: int, receiver: Receiver, on: date) -> ConsultationCard:
    """Send one of the viewer's own cards to a receiving function, which reads the card and nothing else.

    Raises:
        NotAllowed: the viewer's role asks for no advice this way.
        NotYours: not to be found, or somebody else's.
        Refused: `receiver` takes nothing now.
        Conflict: it is sent already.
    """
    if not by.may(Permission.CONSULT):
        raise NotAllowed
    rows = ConsultationCard.objects.select_for_update(of=("self",))
    row = rows.filter(pk=card_id, authority_id=by.authority_id, made_by_id=by.actor_id).first()
    # A row that is sent cannot be locked by its sender any more: the database lets only the receiver write.
    if row is None:
        if ConsultationCard.objects.filter(pk=card_id, made_by_id=by.actor_id).exists():
            raise Conflict
        raise NotYours
    if not receiver.active:
        raise Refused("receiver")
    row.receiver, row.sent_on = receiver, on
    row.save(update_fields=["receiver", "sent_on"])
    record(EventKind.CARD_SENT, by=by, about=row)
    return row


@action
def answer_card(*, by: Viewer, card_id: int, answer: str, on: date) -> ConsultationCard:
    """Answer a card that has come to a function that the viewer works in.

    Raises:
        NotYours: not to be found, or it came to somebody else.
        Refused: `answer` is missing.
        Conflict: somebody has answered it already.
    """
    row = ConsultationCard.objects.filter(pk=card_id, receiver__domain__authority_id=by.authority_id).first()
    if row is None or not by.may(Permission.TRANSFER_RECEIVE):
        raise NotYours
    if not answer.strip():
        raise Refused("answer")
    if row.answered_on is not None:
        raise Conflict
    touched = ConsultationCard.objects.filter(pk=row.pk, answered_on=None).update(
        advice=answer.strip(), answered_by_id=by.actor_id, answered_on=on
    )
    if not touched:  # somebody else answered in the meantime
        raise Conflict
    record(EventKind.CARD_ANSWERED, by=by, about=row)
    row.refresh_from_db()
    return row
