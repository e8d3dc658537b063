"""Consents to an effort and to SIP: asked for, answered by each, withdrawn."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.core.mail import EmailMessage, get_connection
from django.db.models import Q
from django.utils import timezone, translation
from django.utils.translation import gettext

from samhandla.people.models import Child, Staff
from samhandla.secrecy.actions.mail import plain_mail
from samhandla.secrecy.actions.papers import keep_paper
from samhandla.secrecy.actions.waivers import LONGEST_DAYS, about_child, answer_problems
from samhandla.secrecy.errors import Conflict, NotAllowed, NotYours, Refused
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


@dataclass(frozen=True)
class Reply:
    """One answer: how it was given, and for a paper where it is kept or the scanned file itself."""

    yes: bool
    how: str
    on: date
    guardian: UUID | None = None
    kept_in: str = ""
    paper: bytes | None = None


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
    _note(EventKind.CONSENT_ASKED, by, row)
    return row


@action
def answer_consent(*, by: Viewer, consent_id: int, reply: Reply) -> ConsentVoice:
    """Register what the child, or one guardian with rights, has said.

    Raises:
        NotAllowed: the viewer's role does not ask.
        NotYours: not to be found.
        Refused: `how`, `on`, `guardian` or `kept_in` (`waivers.answer_problems`); a paper of a wrong kind.
        Conflict: that voice is registered already, or the consent is withdrawn.
    """
    row = _lock(by, consent_id)
    if row.withdrawn_at is not None:
        raise Conflict
    problems = answer_problems(row, reply)
    if problems:
        raise Refused(*problems)
    who = Voice.Who.CHILD if reply.guardian is None else Voice.Who.GUARDIAN
    same = Q(guardian_id=reply.guardian) if reply.guardian else Q(guardian=None)
    if ConsentVoice.objects.filter(same, consent=row, who=who).exists():
        raise Conflict
    voice = ConsentVoice.objects.create(
        child_id=row.child_id, domain_id=row.domain_id, unit_id=row.unit_id, consent=row, who=who,
        guardian_id=reply.guardian, said=Voice.Said.YES if reply.yes else Voice.Said.NO, how=reply.how,
        on=reply.on, kept_in=reply.kept_in.strip(),
    )  # fmt: skip
    if reply.paper is not None:
        keep_paper(by=by, voice=voice, content=reply.paper)
    _note(EventKind.CONSENT_ANSWERED, by, row)
    return voice


@action
def withdraw_consent(*, by: Viewer, consent_id: int) -> Consent:
    """Take a consent back; it works from the same minute.

    Raises:
        NotAllowed, NotYours: as above.
        Conflict: it is withdrawn already.
    """
    row = _lock(by, consent_id)
    if row.withdrawn_at is not None:
        raise Conflict
    row.withdrawn_at, row.withdrawn_by_id = timezone.now(), by.actor_id
    row.save(update_fields=["withdrawn_at", "withdrawn_by"])
    _note(EventKind.CONSENT_WITHDRAWN, by, row)
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


def _note(event: EventKind, by: Viewer, row: Consent) -> None:
    record(event, by=by, about=row, child_id=row.child_id, unit_id=row.unit_id, domain_id=row.domain_id)
