"""Consents to an effort and to SIP: asked for, answered by each, withdrawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.core.mail import EmailMessage, get_connection
from django.utils import translation
from django.utils.translation import gettext

from samhandla.people.models import Child, Staff
from samhandla.secrecy.actions.mail import plain_mail
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
from samhandla.secrecy.models import Consent, ConsentVoice, Voice
from samhandla.trust.audit import action, record
from samhandla.trust.events import EventKind
from samhandla.trust.permissions import Permission
from samhandla.trust.viewer import Viewer

ENDING = "consents"  # the kind of reminder


@dataclass(frozen=True)
class Question:
    """What somebody is asked to say yes to, and until when. `suitable`: why the child may decide alone."""

    kind: str
    what: str
    valid_to: date
    suitable: str = ""


@action
def ask_consent(*, by: Viewer, child: Child, question: Question, on: date) -> Consent:
    """Register what a family is asked to say yes to.

    Raises:
        NotAllowed: the viewer's role does not ask.
        NotYours: the child is not to be found.
        Refused: `kind`, `what` or `valid_to` is missing or wrong.
    """
    if not by.may(Permission.CONSENT_EDIT):
        raise NotAllowed
    if not Child.objects.filter(pk=child.pk, authority_id=by.authority_id).exists():
        raise NotYours
    problems = [] if question.kind in Consent.Kind.values else ["kind"]
    if not question.what.strip():
        problems.append("what")
    if not on <= question.valid_to or (question.valid_to - on).days > LONGEST_DAYS:
        problems.append("valid_to")
    if problems:
        raise Refused(*problems)
    row = Consent.objects.create(
        **about_child(by, child), kind=question.kind, what=question.what.strip(),
        suitable=question.suitable.strip(), asked_on=on, valid_to=question.valid_to,
        registered_by_id=by.actor_id,
    )  # fmt: skip
    note(EventKind.CONSENT_ASKED, by, row)
    return row


@action
def answer_consent(*, by: Viewer, consent_id: int, reply: Reply) -> Voice | ConsentVoice:
    """Register what the child, or one guardian with rights, has said.

    Raises:
        NotAllowed: the viewer's role does not ask.
        NotYours: not to be found.
        Refused, Conflict: as `add_voice` says.
    """
    row = _lock(by, consent_id)
    voice = add_voice(by, row, reply)
    note(EventKind.CONSENT_ANSWERED, by, row)
    return voice


@action
def correct_consent(
    *, by: Viewer, consent_id: int, voice_id: int, reply: Reply | None, why: str = ""
) -> Consent:
    """Put right what one of those who decide has said; the earlier answer stays as history.

    Args:
        reply: None when that person has not answered at all.
    Raises:
        NotAllowed, NotYours: as above.
        Refused, Conflict: as `replace_voice` says.
    """
    row = _lock(by, consent_id)
    replace_voice(by, row, voice_id, reply, why)
    note(EventKind.CONSENT_CORRECTED, by, row)
    return row


@action
def withdraw_consent(*, by: Viewer, consent_id: int) -> Consent:
    """Take a consent back; it works from the same minute.

    Raises:
        NotAllowed, NotYours: as above.
        Conflict: it is withdrawn already.
    """
    row = _lock(by, consent_id)
    take_back(by, row)
    note(EventKind.CONSENT_WITHDRAWN, by, row)
    return row


@action
def warn_of_ending(*, by: Viewer, staff: Sequence[Staff]) -> int:
    """Tell each that some yes ends soon, without anybody in the words; returns how many were sent."""
    with translation.override("sv"):
        subject = gettext("Ett samtycke går snart ut")
        body = plain_mail("secrecy/mail_ending.txt")
    messages = [EmailMessage(subject, body, to=[person.email]) for person in staff]
    record(EventKind.REMINDERS_SENT, by=by, details={"kind": ENDING, "sent": len(messages)})
    return get_connection().send_messages(messages) or 0


def _lock(by: Viewer, consent_id: int) -> Consent:
    if not by.may(Permission.CONSENT_EDIT):
        raise NotAllowed
    row = Consent.objects.select_for_update(of=("self",)).filter(pk=consent_id).first()
    if row is None:
        raise NotYours
    return row
