"""The formal decision not to release a document, and the delegations without which there is none."""

from __future__ import annotations

from datetime import date

from django.utils import timezone, translation
from django.utils.translation import gettext

from samhandla.people.models import Staff
from samhandla.people.queries import in_force, today
from samhandla.records.actions.documents import Finalised, register_document
from samhandla.records.errors import Conflict, NotAllowed, NotYours, Refused
from samhandla.records.models import Delegation, ReleaseItem, ReleaseRequest
from samhandla.records.queries.keepers import home_domain, is_delegate
from samhandla.records.queries.requests import delegate_choices_for, items_of, withheld
from samhandla.records.rules.masking import contact_places
from samhandla.records.rules.paragraphs import PARAGRAPHS
from samhandla.records.words import APPEAL
from samhandla.trust.audit import action, record
from samhandla.trust.events import EventKind
from samhandla.trust.models import Authority
from samhandla.trust.permissions import Permission
from samhandla.trust.viewer import Viewer


@action
def refuse_release(*, by: Viewer, request_id: int, reasons: str) -> ReleaseRequest:
    """Decide, for the authority, not to release what was withheld; the decision tells how to appeal.

    Raises:
        NotAllowed: the board has not delegated this to the viewer.
        NotYours, Conflict: not to be found; no decision is asked for.
        Refused: `reasons`, or `secret` when they hold a way to reach somebody: the decision is public.
    """
    row = _to_decide(by, request_id)
    if not reasons.strip():
        raise Refused("reasons")
    if contact_places(reasons):
        raise Refused("secret")
    items = withheld(items_of(row))
    delegation = Delegation.objects.filter(in_force(today()), staff__actor_id=by.actor_id).latest(
        "decided_on"
    )
    row.decision_id = register_document(
        by=by,
        said=Finalised(
            kind="refusal", text=_decision_text(by, row, items, reasons, delegation.reference),
            domain_id=row.domain_id, dated=today(),
        ),
    )  # fmt: skip
    row.state, row.decided_by_id, row.decided_on = ReleaseRequest.State.REFUSED, by.actor_id, today()
    row.save(update_fields=["state", "decision", "decided_by", "decided_on"])
    record(EventKind.RELEASE_REFUSED, by=by, about=row, details={"documents": len(items)})
    return row


@action
def send_back(*, by: Viewer, request_id: int) -> ReleaseRequest:
    """Send a request back to be tested anew instead of refusing; what has been given stays given.

    Raises:
        NotAllowed, NotYours, Conflict: as above.
    """
    row = _to_decide(by, request_id)
    row.state = ReleaseRequest.State.OPEN
    row.save(update_fields=["state"])
    record(EventKind.RELEASE_RESUMED, by=by, about=row, details={"to": "open"})
    return row


def _to_decide(by: Viewer, request_id: int) -> ReleaseRequest:
    if not by.may(Permission.RELEASE_DECIDE) or not is_delegate(by):
        raise NotAllowed
    rows = ReleaseRequest.objects.select_for_update(of=("self",)).filter(
        pk=request_id, authority_id=by.authority_id
    )
    row = rows.select_related("document").first()
    if row is None:
        raise NotYours
    if row.state != ReleaseRequest.State.DECISION:
        raise Conflict
    return row


def _decision_text(
    by: Viewer, row: ReleaseRequest, items: list[ReleaseItem], reasons: str, reference: str
) -> str:
    """Return the decision as it is registered and handed over, in Swedish, without anything secret."""
    authority = Authority.objects.get(pk=by.authority_id).name
    with translation.override("sv"):
        lines = [_line(one) for one in items]
        appeal = gettext(APPEAL) % {"authority": authority}
    parts = [
        f"{authority}\nBeslut {today():%Y-%m-%d}", f"Begäran {row.document.written}, {row.asked_on:%Y-%m-%d}",
        "Beslut\nBegäran avslås i de delar som framgår här.", "\n".join(lines), f"Skäl\n{reasons.strip()}",
        f"Beslutet är fattat av {by.name} enligt delegation: {reference}.", appeal,
    ]  # fmt: skip
    return "\n\n".join(parts)


def _line(item: ReleaseItem) -> str:
    codes = [item.paragraph] if item.paragraph else sorted({str(one[2]) for one in item.masks})
    places = ", ".join(gettext(PARAGRAPHS[code].place) for code in codes)
    return f"Handling {item.document.written}: {item.get_verdict_display()}. Stöd: {places}."


@action
def give_delegation(*, by: Viewer, staff: Staff, reference: str, decided_on: date, first: date) -> Delegation:
    """Register that the board has delegated to somebody to refuse; nobody registers one for oneself.

    Raises:
        NotAllowed: the viewer registers no delegations.
        Refused: `staff`, `reference`, `decided_on` or `first` (before the board's decision).
        Conflict: the same person has one already.
    """
    if not by.may(Permission.DELEGATION_SET) or home_domain(by) is None:
        raise NotAllowed
    problems = [] if delegate_choices_for(by, on=today()).filter(pk=staff.pk).exists() else ["staff"]
    if not reference.strip():
        problems.append("reference")
    if decided_on > today():
        problems.append("decided_on")
    if first < decided_on:
        problems.append("first")
    if problems:
        raise Refused(*problems)
    Staff.objects.select_for_update().get(pk=staff.pk)  # two at once become one
    if Delegation.objects.filter(in_force(today()), staff=staff).exists():
        raise Conflict
    row = Delegation(
        authority_id=by.authority_id, staff=staff, reference=reference.strip(), decided_on=decided_on,
        valid_from=first, registered_by_id=by.actor_id,
    )  # fmt: skip
    row.save(force_insert=True)
    record(EventKind.DELEGATION_SET, by=by, about=row)
    return row


@action
def end_delegation(*, by: Viewer, delegation_id: int) -> Delegation:
    """End a delegation at once.

    Raises:
        NotAllowed, NotYours, Conflict: as above; ended already.
    """
    if not by.may(Permission.DELEGATION_SET) or home_domain(by) is None:
        raise NotAllowed
    rows = Delegation.objects.select_for_update(of=("self",)).filter(authority_id=by.authority_id)
    row = rows.filter(pk=delegation_id).first()
    if row is None:
        raise NotYours
    if row.ended_at is not None:
        raise Conflict
    row.ended_at = timezone.now()
    row.save(update_fields=["ended_at"])
    record(EventKind.DELEGATION_ENDED, by=by, about=row)
    return row
