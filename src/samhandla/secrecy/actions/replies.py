"""What the questions to a family share: a waiver and a consent are answered and withdrawn alike."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from samhandla.people.models import Child, Guardianship
from samhandla.people.queries import domain_of, on_day
from samhandla.people.rules import KINDS_WITH_RIGHTS
from samhandla.secrecy.actions.papers import keep_paper
from samhandla.secrecy.branch import branch_of
from samhandla.secrecy.errors import Conflict, Refused
from samhandla.secrecy.models import Consent, ConsentVoice, Voice, Waiver
from samhandla.secrecy.rules.corrections import needs_reason
from samhandla.trust.audit import record
from samhandla.trust.events import EventKind
from samhandla.trust.journal import Withdrawal, append
from samhandla.trust.viewer import Viewer

LONGEST_DAYS = 366


@dataclass(frozen=True)
class Reply:
    """One answer: how it was given, and for a paper where it is kept or the scanned file itself.

    `guardian` is the adult who answers, or None and it is the child.
    """

    yes: bool
    how: str
    on: date
    guardian: UUID | None = None
    kept_in: str = ""
    paper: bytes | None = None


def add_voice(by: Viewer, row: Waiver | Consent, reply: Reply) -> Voice | ConsentVoice:
    """Write one answer to a question that the caller has locked.

    Raises:
        Refused: `how` when it is none of the ways; `on` for a day to come, or before it was asked; `guardian`
            when that adult has no right to decide for the child then; `kept_in` when it is said to be on
            paper, and nobody says where and no scan is given; a paper of a wrong kind.
        Conflict: that voice is registered already, or the question is withdrawn.
    """
    if row.withdrawn_at is not None:
        raise Conflict
    problems = _problems(row, reply)
    if problems:
        raise Refused(*problems)
    who = Voice.Who.CHILD if reply.guardian is None else Voice.Who.GUARDIAN
    same = Q(guardian_id=reply.guardian) if reply.guardian else Q(guardian=None)
    if row.voices.filter(same, who=who, replaced_at=None).exists():
        raise Conflict
    voice: Voice | ConsentVoice = row.voices.create(
        child_id=row.child_id, domain_id=row.domain_id, unit_id=row.unit_id, who=who,
        guardian_id=reply.guardian, said=Voice.Said.YES if reply.yes else Voice.Said.NO, how=reply.how,
        on=reply.on, kept_in=reply.kept_in.strip(), registered_by_id=by.actor_id,
        registered_at=timezone.now(),
    )  # fmt: skip
    if reply.paper is not None:
        keep_paper(by=by, voice=voice, content=reply.paper)
    return voice


def replace_voice(by: Viewer, row: Waiver | Consent, voice_id: int, reply: Reply | None, why: str) -> None:
    """Put an answer right in a question that the caller has locked; what stood before stays as history.

    A slip of the pen, or somebody who has changed one's mind: one no settles nothing for good.

    Args:
        reply: what that same person answers; None when nothing was answered at all (the wrong person).
    Raises:
        Refused: `why` when it must be said (`rules.corrections`); else as `add_voice`.
        Conflict: the answer is replaced already, or the question is withdrawn.
    """
    voice = row.voices.filter(pk=voice_id, replaced_at=None).first()
    if row.withdrawn_at is not None or voice is None:
        raise Conflict
    written = voice.registered_at and timezone.localdate(voice.registered_at)
    must = needs_reason(
        written_by=voice.registered_by_id, written_on=written, by=by.actor_id, today=timezone.localdate()
    )
    if must and not why.strip():
        raise Refused("why")
    voice.replaced_at, voice.replaced_by_id, voice.replaced_why = timezone.now(), by.actor_id, why.strip()
    voice.save(update_fields=["replaced_at", "replaced_by", "replaced_why"])
    if reply is not None:
        add_voice(by, row, replace(reply, guardian=voice.guardian_id))


def take_back(by: Viewer, row: Waiver | Consent) -> None:
    """Mark a question that the caller has locked as withdrawn, from this minute.

    Raises:
        Conflict: it is withdrawn already.
    """
    if row.withdrawn_at is not None:
        raise Conflict
    row.withdrawn_at, row.withdrawn_by_id = timezone.now(), by.actor_id
    row.save(update_fields=["withdrawn_at", "withdrawn_by"])
    told = Withdrawal(row._meta.db_table, row.pk, row.withdrawn_at.isoformat(), by.actor_id)
    # A full disk must not keep a yes alive: the withdrawal stands, and the fault is told to whoever runs it.
    transaction.on_commit(
        lambda: append(settings.SAMHANDLA_WITHDRAWALS, settings.SAMHANDLA_SECRET, told), robust=True
    )


def note(event: EventKind, by: Viewer, row: Waiver | Consent) -> None:
    """Record what was done with a question."""
    record(event, by=by, about=row, child_id=row.child_id, unit_id=row.unit_id, domain_id=row.domain_id)


def about_child(by: Viewer, child: Child) -> dict[str, int]:
    """Return the columns of a row about a child that the viewer's school makes. Queries: one."""
    return {
        "child_id": child.pk,
        "unit_id": child.unit_id,
        "domain_id": domain_of(by.authority_id, branch_of(by)).pk,
    }


def _problems(row: Waiver | Consent, reply: Reply) -> list[str]:
    problems = [] if reply.how in Waiver.How.values else ["how"]
    if not row.asked_on <= reply.on <= timezone.localdate():
        problems.append("on")
    if reply.guardian is not None and not _decides(row.child_id, reply.guardian, reply.on):
        problems.append("guardian")
    if reply.how == Waiver.How.PAPER and not reply.kept_in.strip() and reply.paper is None:
        problems.append("kept_in")
    return problems


def _decides(child_id: int, guardian: UUID, on: date) -> bool:
    rows = Guardianship.objects.filter(on_day(on), child_id=child_id, guardian_id=guardian)
    return rows.filter(kind__in=KINDS_WITH_RIGHTS).exists()
