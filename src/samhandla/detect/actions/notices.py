"""A delivered notice: received, answered, handed out outside the system.

Source: skollagen (2010:800) 7 kap. 19 a § (the principal organiser is told), 22 § (the home municipality
coordinates); 15 kap. 15 § for upper secondary.
"""

from __future__ import annotations

from datetime import date

from django.utils import timezone

from samhandla.detect.documents import received_document
from samhandla.detect.errors import AnswerRefused, Conflict, NotYours
from samhandla.detect.models import DeliveredNotice
from samhandla.detect.queries.units import PRINCIPALS, unit_ids_for
from samhandla.records.actions.documents import register_document
from samhandla.trust.audit import action, record
from samhandla.trust.events import EventKind
from samhandla.trust.permissions import Permission
from samhandla.trust.viewer import Viewer


def _lock(delivered_id: int) -> DeliveredNotice:
    row = DeliveredNotice.objects.select_for_update(of=("self",)).filter(pk=delivered_id).first()
    if row is None:
        raise NotYours
    return row


def _noted(event: EventKind, by: Viewer, row: DeliveredNotice) -> None:
    """Record an event that the sender reads as it reads the notice."""
    record(
        event, by=by, about=row, child_id=row.child_id, unit_id=row.unit_id, domain_id=row.sender_domain_id
    )


def _require_receiver(by: Viewer, row: DeliveredNotice) -> None:
    if not by.may(Permission.NOTICE_READ) or row.authority_id != by.authority_id:
        raise NotYours


@action
def receive_notice(*, by: Viewer, delivered_id: int) -> DeliveredNotice:
    """Acknowledge a notice: it has come, and somebody with a name has it.

    Raises:
        NotYours: not to be found, or the viewer does not receive notices here.
        Conflict: somebody has received it already.
    """
    row = _lock(delivered_id)
    _require_receiver(by, row)
    if row.received_at is not None:
        raise Conflict
    row.received_by_id, row.received_at = by.actor_id, timezone.now()
    row.save(update_fields=["received_by", "received_at"])
    register_document(by=by, said=received_document(row, timezone.localdate(row.received_at)))
    _noted(EventKind.NOTICE_RECEIVED, by, row)
    return row


@action
def answer_notice(*, by: Viewer, delivered_id: int, reply: str, words: str, today: date) -> DeliveredNotice:
    """Tell the school what the receiver does; whoever answers has thereby received.

    Raises:
        NotYours: as above.
        Conflict: somebody has answered already.
        AnswerRefused: `words`, when the reply is another than those that say it themselves.
    """
    row = _lock(delivered_id)
    _require_receiver(by, row)
    if row.replied_on is not None:
        raise Conflict
    if reply == DeliveredNotice.Reply.OTHER and not words.strip():
        raise AnswerRefused(["words"])
    if row.received_at is None:
        row.received_by_id, row.received_at = by.actor_id, timezone.now()
        register_document(by=by, said=received_document(row, today))
        _noted(EventKind.NOTICE_RECEIVED, by, row)
    row.reply, row.reply_words = reply, words.strip()
    row.replied_by_id, row.replied_on = by.actor_id, today
    row.save(update_fields=["received_by", "received_at", "reply", "reply_words", "replied_by", "replied_on"])
    _noted(EventKind.NOTICE_ANSWERED, by, row)
    return row


@action
def hand_out_notice(*, by: Viewer, delivered_id: int, to: str, on: date, today: date) -> DeliveredNotice:
    """Mark by hand that a notice has been handed out outside the system: to whom, when, by whom.

    Raises:
        NotYours: not to be found, or the viewer neither leads the unit nor receives notices.
        Conflict: it is marked already.
        AnswerRefused: `to` when nobody is named, `on` for a day to come or before it was signed.
    """
    row = _lock(delivered_id)
    if row.unit_id not in unit_ids_for(by, *PRINCIPALS):
        _require_receiver(by, row)
    if row.outside_on is not None:
        raise Conflict
    missing = [] if to.strip() else ["to"]
    if not row.delivered_on <= on <= today:
        missing.append("on")
    if missing:
        raise AnswerRefused(missing)
    row.outside_to, row.outside_on, row.outside_by_id = to.strip(), on, by.actor_id
    row.save(update_fields=["outside_to", "outside_on", "outside_by"])
    _noted(EventKind.NOTICE_HANDED_OUT, by, row)
    return row
