"""Retention: the board's decisions, holds, and gallring with its proof."""

from __future__ import annotations

import uuid
from collections import Counter
from datetime import date

from django.db import ProgrammingError, connection, transaction
from django.utils import timezone, translation

from samhandla.people.queries import today
from samhandla.records.actions.documents import Finalised, register_document
from samhandla.records.errors import Conflict, NotAllowed, NotYours, Refused
from samhandla.records.models import Disposal, Hold, RetentionRule
from samhandla.records.queries.documents import Search, diary_for
from samhandla.records.queries.keepers import home_domain
from samhandla.records.queries.retention import Due, fingerprint_of, list_due_for
from samhandla.records.rules.kinds import ABOUT_CHILD, KINDS
from samhandla.records.rules.retention import Decision, decision_problems
from samhandla.trust.audit import action, record
from samhandla.trust.events import EventKind
from samhandla.trust.permissions import Permission
from samhandla.trust.viewer import Viewer

REFUSALS = ("decision", "hold", "request", "elsewhere")


@action
def decide_retention(*, by: Viewer, said: Decision, source: str = "") -> RetentionRule:
    """Register what the board has decided about a kind of document; an earlier decision ends.

    Raises:
        NotAllowed: the viewer registers no such decisions.
        Refused: codes of `rules.retention.decision_problems`.
    """
    _require(by, Permission.RETENTION_EDIT)
    problems = decision_problems(said, set(KINDS), set(ABOUT_CHILD), today())
    if problems or said.decided_on is None:
        raise Refused(*problems)
    old = RetentionRule.objects.select_for_update().filter(
        authority_id=by.authority_id, kind=said.kind, ended_on=None
    )
    for row in old:
        row.ended_on = today()
        row.save(update_fields=["ended_on"])
    row = RetentionRule(
        authority_id=by.authority_id, kind=said.kind, keep=said.keep, years=said.years,
        counted_from=said.counted_from, reference=said.reference.strip(), source=source.strip(),
        decided_on=said.decided_on, registered_by_id=by.actor_id,
    )  # fmt: skip
    row.save(force_insert=True)
    record(
        EventKind.RETENTION_DECIDED, by=by, about=row,
        details={"kind": said.kind, "keep": said.keep, "years": said.years},
    )  # fmt: skip
    return row


@action
def place_hold(*, by: Viewer, number: str, whole_child: bool, reason: str, ends_on: date | None) -> Hold:
    """Keep a document, or all about the same child, from being removed.

    Raises:
        NotAllowed: the viewer places no holds.
        Refused: `document`, `reason`, `ends_on`.
    """
    _require(by, Permission.RETENTION_EDIT)
    found = diary_for(by, Search(number=number)).filter(disposed_on=None).first() if number.strip() else None
    problems = [] if found else ["document"]
    if not reason.strip():
        problems.append("reason")
    if ends_on is not None and ends_on < today():
        problems.append("ends_on")
    if found is None or problems:
        raise Refused(*problems)
    row = Hold(
        authority_id=by.authority_id, domain_id=found.domain_id, document=found, whole_child=whole_child,
        reason=reason.strip(), placed_on=today(), ends_on=ends_on, placed_by_id=by.actor_id,
    )  # fmt: skip
    row.save(force_insert=True)
    record(EventKind.HOLD_PLACED, by=by, about=row, details={"whole_child": whole_child})
    return row


@action
def lift_hold(*, by: Viewer, hold_id: int) -> Hold:
    """Lift a hold before its end.

    Raises:
        NotAllowed, NotYours, Conflict: lifted already.
    """
    _require(by, Permission.RETENTION_EDIT)
    row = (
        Hold.objects.select_for_update(of=("self",)).filter(pk=hold_id, authority_id=by.authority_id).first()
    )
    if row is None:
        raise NotYours
    if row.lifted_on is not None:
        raise Conflict
    row.lifted_on, row.lifted_by_id = today(), by.actor_id
    row.save(update_fields=["lifted_on", "lifted_by"])
    record(EventKind.HOLD_LIFTED, by=by, about=row)
    return row


@action
def dispose(*, by: Viewer, seen: str) -> Disposal:
    """Remove what was listed, and nothing else; the proof is registered in the same transaction.

    Args:
        seen: `fingerprint_of` the list that somebody read before confirming.
    Raises:
        NotAllowed: the viewer removes nothing.
        Refused: `none_due`, or `changed` when the list is another now.
    """
    domain = _require(by, Permission.DISPOSE)
    due = [one for one in list_due_for(by) if not one.keeps]
    if not due:
        raise Refused("none_due")
    if fingerprint_of(due) != seen:
        raise Refused("changed")
    gone, kept = _remove(due)
    if not gone:
        raise Refused("none_due")
    protocol = register_document(
        by=by,
        said=Finalised(kind="disposal", text=_protocol(by, gone, kept), domain_id=domain, dated=today()),
    )
    counts = dict(Counter(one.document.kind for one in gone))
    row = Disposal(
        authority_id=by.authority_id, done_at=timezone.now(), done_by_id=by.actor_id, counts=counts,
        protocol_id=protocol,
    )  # fmt: skip
    row.save(force_insert=True)
    record(EventKind.DOCUMENTS_DISPOSED, by=by, about=row, details=counts)
    return row


def remove_one(document_id: uuid.UUID) -> bool:
    """Let the database remove one document; false when something else still needs what it was made of.

    Raises:
        Refused: with the database's code (`REFUSALS`): no decision, a hold, a request.
    """
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("select records_dispose(%s)", [document_id])
            return bool(cursor.fetchone()[0])
    except ProgrammingError as error:
        said = str(error.__cause__).splitlines()[0].strip()
        if said in REFUSALS:
            raise Refused(said) from error
        raise


def _remove(due: list[Due]) -> tuple[list[Due], list[Due]]:
    """Remove as much as goes: a notice goes before the inquiry that it belongs to."""
    gone: list[Due] = []
    left, before = due, -1
    while left and len(left) != before:
        before = len(left)
        still: list[Due] = []
        for one in left:
            (gone if remove_one(one.document.pk) else still).append(one)
        left = still
    return gone, left


def _protocol(by: Viewer, gone: list[Due], kept: list[Due]) -> str:
    """Return the proof: who, when, which numbers, and by which decision. Nothing of what they said."""
    by_rule: dict[tuple[str, str, date], list[Due]] = {}
    for one in gone:
        by_rule.setdefault((one.document.kind, one.rule.reference, one.rule.decided_on), []).append(one)
    with translation.override("sv"):
        parts = [f"Gallringsprotokoll\nGallrat {today():%Y-%m-%d} av {by.name}. Antal: {len(gone)}."]
        for (kind, reference, decided), rows in sorted(by_rule.items(), key=lambda pair: pair[0]):
            numbers = ", ".join(one.document.written for one in rows)
            parts.append(
                f"{KINDS[kind].title} ({len(rows)})\nBeslut: {reference}, {decided:%Y-%m-%d}\n"
                f"Nummer: {numbers}"
            )
        if kept:
            parts.append(f"Kvar tills det som hänger ihop med dem är gallrat: {len(kept)}.")
        parts.append("Det som har gallrats går inte att återskapa härifrån. Säkerhetskopior åldras ut.")
    return "\n\n".join(parts)


def _require(by: Viewer, permission: Permission) -> int:
    domain = home_domain(by)
    if domain is None or not by.may(permission):
        raise NotAllowed
    return domain
