"""Waivers of secrecy: asked for, answered by each who decides, withdrawn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from samhandla.people.models import Child
from samhandla.secrecy.actions.replies import (
    LONGEST_DAYS,
    Reply,
    about_child,
    add_voice,
    note,
    replace_voice,
    take_back,
)
from samhandla.secrecy.errors import NotAllowed, NotYours, Refused
from samhandla.secrecy.models import ConsentVoice, Receiver, Voice, Waiver
from samhandla.trust.audit import action
from samhandla.trust.events import EventKind
from samhandla.trust.permissions import Permission
from samhandla.trust.viewer import Viewer


@dataclass(frozen=True)
class Wish:
    """What the family is asked: which facts, to whom, why, until when.

    `receiver` is a receiving function in Samhandla, or None and `outside` says who it is.
    """

    facts: str
    purpose: str
    valid_to: date
    receiver: Receiver | None = None
    outside: str = ""
    maturity: str = ""


@action
def ask_waiver(*, by: Viewer, child: Child, wish: Wish, on: date) -> Waiver:
    """Register that the family is asked; nothing may be handed over until they have answered.

    Raises:
        NotAllowed: the viewer's role hands nothing over.
        NotYours: the child is not to be found.
        Refused: `facts`, `purpose` or `receiver` is missing; `valid_to` is past, or more than a year away.
    """
    if not by.may(Permission.TRANSFER_SEND):
        raise NotAllowed
    if not Child.objects.filter(pk=child.pk, authority_id=by.authority_id).exists():
        raise NotYours
    problems = [name for name in ("facts", "purpose") if not getattr(wish, name).strip()]
    if (wish.receiver is None) == (not wish.outside.strip()):
        problems.append("receiver")
    if not on <= wish.valid_to or (wish.valid_to - on).days > LONGEST_DAYS:
        problems.append("valid_to")
    if problems:
        raise Refused(*problems)
    row = Waiver.objects.create(
        **about_child(by, child),
        facts=wish.facts.strip(),
        purpose=wish.purpose.strip(),
        receiver=wish.receiver,
        outside=wish.outside.strip(),
        maturity=wish.maturity.strip(),
        asked_on=on,
        valid_to=wish.valid_to,
        registered_by_id=by.actor_id,
    )
    note(EventKind.WAIVER_ASKED, by, row)
    return row


@action
def answer_waiver(*, by: Viewer, waiver_id: int, reply: Reply) -> Voice | ConsentVoice:
    """Register what one of those who decide has said: the child, or a guardian with rights.

    Raises:
        NotAllowed: the viewer's role hands nothing over.
        NotYours: not to be found.
        Refused, Conflict: as `add_voice` says.
    """
    row = _lock(by, waiver_id)
    voice = add_voice(by, row, reply)
    note(EventKind.WAIVER_ANSWERED, by, row)
    return voice


@action
def correct_waiver(
    *, by: Viewer, waiver_id: int, voice_id: int, reply: Reply | None, why: str = ""
) -> Waiver:
    """Put right what one of those who decide has said; the earlier answer stays as history.

    Args:
        reply: None when that person has not answered at all.
    Raises:
        NotAllowed, NotYours: as above.
        Refused, Conflict: as `replace_voice` says.
    """
    row = _lock(by, waiver_id)
    replace_voice(by, row, voice_id, reply, why)
    note(EventKind.WAIVER_CORRECTED, by, row)
    return row


@action
def withdraw_waiver(*, by: Viewer, waiver_id: int) -> Waiver:
    """Take a waiver back; it works from the same minute. What was handed over before cannot be taken back.

    Raises:
        NotAllowed, NotYours: as above.
        Conflict: it is withdrawn already.
    """
    row = _lock(by, waiver_id)
    take_back(by, row)
    note(EventKind.WAIVER_WITHDRAWN, by, row)
    return row


def _lock(by: Viewer, waiver_id: int) -> Waiver:
    if not by.may(Permission.TRANSFER_SEND):
        raise NotAllowed
    row = Waiver.objects.select_for_update(of=("self",)).filter(pk=waiver_id).first()
    if row is None:
        raise NotYours
    return row
