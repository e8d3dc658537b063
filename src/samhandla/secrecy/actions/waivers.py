"""Waivers of secrecy: asked for, answered by each who decides, withdrawn."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Protocol
from uuid import UUID

from django.db.models import Q
from django.utils import timezone

from samhandla.people.models import Child, Guardianship
from samhandla.people.queries import domain_of, on_day
from samhandla.people.rules import KINDS_WITH_RIGHTS
from samhandla.secrecy.actions.papers import keep_paper
from samhandla.secrecy.errors import Conflict, NotAllowed, NotYours, Refused
from samhandla.secrecy.models import Consent, Receiver, Voice, Waiver
from samhandla.trust.audit import action, record
from samhandla.trust.events import EventKind
from samhandla.trust.models import Branch
from samhandla.trust.permissions import Permission
from samhandla.trust.viewer import Viewer

LONGEST_DAYS = 366


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
    _note(EventKind.WAIVER_ASKED, by, row)
    return row


@action
def answer_waiver(
    *,
    by: Viewer,
    waiver_id: int,
    yes: bool,
    how: str,
    on: date,
    guardian: UUID | None = None,
    kept_in: str = "",
    paper: bytes | None = None,
) -> Voice:
    """Register what one of those who decide has said: the child, or a guardian with rights.

    Args:
        kept_in: where a paper is kept; `paper` the scanned file instead.
    Raises:
        NotAllowed: the viewer's role hands nothing over.
        NotYours: not to be found.
        Refused: as `answer_problems` says; a paper of a wrong kind.
        Conflict: that voice is registered already, or the waiver is withdrawn.
    """
    row = _lock(by, waiver_id)
    if row.withdrawn_at is not None:
        raise Conflict
    problems = answer_problems(row, _Said(how, on, guardian, kept_in, paper))
    if problems:
        raise Refused(*problems)
    who = Voice.Who.CHILD if guardian is None else Voice.Who.GUARDIAN
    same = Q(guardian_id=guardian) if guardian else Q(guardian=None)
    if Voice.objects.filter(same, waiver=row, who=who).exists():
        raise Conflict
    voice = Voice.objects.create(
        child_id=row.child_id, domain_id=row.domain_id, unit_id=row.unit_id, waiver=row, who=who,
        guardian_id=guardian, said=Voice.Said.YES if yes else Voice.Said.NO, how=how, on=on,
        kept_in=kept_in.strip(),
    )  # fmt: skip
    if paper is not None:
        keep_paper(by=by, voice=voice, content=paper)
    _note(EventKind.WAIVER_ANSWERED, by, row)
    return voice


@action
def withdraw_waiver(*, by: Viewer, waiver_id: int) -> Waiver:
    """Take a waiver back; it works from the same minute. What was handed over before cannot be taken back.

    Raises:
        NotAllowed, NotYours: as above.
        Conflict: it is withdrawn already.
    """
    row = _lock(by, waiver_id)
    if row.withdrawn_at is not None:
        raise Conflict
    row.withdrawn_at, row.withdrawn_by_id = timezone.now(), by.actor_id
    row.save(update_fields=["withdrawn_at", "withdrawn_by"])
    _note(EventKind.WAIVER_WITHDRAWN, by, row)
    return row


def _lock(by: Viewer, waiver_id: int) -> Waiver:
    if not by.may(Permission.TRANSFER_SEND):
        raise NotAllowed
    row = Waiver.objects.select_for_update(of=("self",)).filter(pk=waiver_id).first()
    if row is None:
        raise NotYours
    return row


class Answer(Protocol):
    """How an answer was given, as far as it can be wrong."""

    @property
    def how(self) -> str: ...
    @property
    def on(self) -> date: ...
    @property
    def guardian(self) -> UUID | None: ...
    @property
    def kept_in(self) -> str: ...
    @property
    def paper(self) -> bytes | None: ...


@dataclass(frozen=True)
class _Said:
    how: str
    on: date
    guardian: UUID | None
    kept_in: str
    paper: bytes | None


def answer_problems(row: Waiver | Consent, answer: Answer) -> list[str]:
    """Return what is wrong with an answer to a question.

    Returns: codes: `how` when it is none of the ways; `on` for a day to come, or before it was asked;
        `guardian` when that adult has no right to decide for the child on the day; `kept_in` when it is said
        to be on paper, and nobody says where and no scan is given.
    """
    problems = [] if answer.how in Waiver.How.values else ["how"]
    if not row.asked_on <= answer.on <= timezone.localdate():
        problems.append("on")
    if answer.guardian is not None and not _decides(row.child_id, answer.guardian, answer.on):
        problems.append("guardian")
    if answer.how == Waiver.How.PAPER and not answer.kept_in.strip() and answer.paper is None:
        problems.append("kept_in")
    return problems


def _decides(child_id: int, guardian: UUID, on: date) -> bool:
    rows = Guardianship.objects.filter(on_day(on), child_id=child_id, guardian_id=guardian)
    return rows.filter(kind__in=KINDS_WITH_RIGHTS).exists()


def about_child(by: Viewer, child: Child) -> dict[str, int]:
    """Return the columns of a row about a child that the viewer's school makes. Queries: one."""
    return {
        "child_id": child.pk,
        "unit_id": child.unit_id,
        "domain_id": domain_of(by.authority_id, Branch.SCHOOL).pk,
    }


def _note(event: EventKind, by: Viewer, row: Waiver) -> None:
    record(event, by=by, about=row, child_id=row.child_id, unit_id=row.unit_id, domain_id=row.domain_id)
