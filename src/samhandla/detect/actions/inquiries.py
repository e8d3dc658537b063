"""Utredning av frånvaro: the principal's decision, the inquiry itself, the notices.

Source: skollagen (2010:800) 7 kap. 19 a § for F–9 (mark V); 15 kap. 15–16 §§ for upper secondary (V/P).
"""

from __future__ import annotations

from datetime import date
from typing import Any

from samhandla.detect.errors import AnswerRefused, Conflict, NotYours
from samhandla.detect.models import Inquiry, InquiryDecision, Notice, Signal
from samhandla.detect.rules.law import INQUIRY
from samhandla.people.models import Child
from samhandla.trust.audit import action, record
from samhandla.trust.events import EventKind
from samhandla.trust.viewer import Viewer

PRINCIPALS = ("principal", "deputy_principal")
WRITABLE = (
    "child_explanation",
    "guardian_view",
    "teaching",
    "social",
    "child_level",
    "home",
    "special_support",
    "next_step",
    "follow_up_on",
)
# What must be there before an inquiry can be finalised: the child's own explanation comes first (R039).
REQUIRED = ("child_explanation", "next_step", "follow_up_on")
LEVELS = ("teaching", "social", "child_level", "home")


def _about(row: Inquiry | Signal) -> dict[str, int]:
    return {"child_id": row.child_id, "unit_id": row.unit_id, "domain_id": row.domain_id}


def _lock(by: Viewer, inquiry_id: int) -> Inquiry:
    inquiry = Inquiry.objects.select_for_update().filter(pk=inquiry_id).first()
    if inquiry is None:
        raise NotYours
    return inquiry


@action
def decide_inquiry(
    *,
    by: Viewer,
    child: Child,
    domain_id: int,
    decision: str,
    reason: str,
    today: date,
    signal_id: int | None = None,
) -> Inquiry:
    """Record the principal's formal decision: an inquiry is made, or is clearly needless, with reasons.

    Opening one prepares the notices to huvudman and home municipality for signature.

    Raises:
        NotYours: the viewer is not principal of the child's unit.
        AnswerRefused: no reason is given.
        Conflict: an inquiry is already open.
    """
    if child.unit_id not in by.units_as(*PRINCIPALS):
        raise NotYours
    if not reason.strip():
        raise AnswerRefused(["reason_missing"])
    if Inquiry.objects.filter(child=child, state=Inquiry.State.DRAFT, decision=InquiryDecision.OPEN).exists():
        raise Conflict
    inquiry = Inquiry.objects.create(
        child=child,
        domain_id=domain_id,
        unit_id=child.unit_id,
        signal_id=signal_id,
        legal_basis=INQUIRY,
        decision=decision,
        decision_reason=reason.strip(),
        decided_by_id=by.actor_id,
        decided_on=today,
        state=Inquiry.State.DRAFT if decision == InquiryDecision.OPEN else Inquiry.State.FINAL,
        finalised_on=None if decision == InquiryDecision.OPEN else today,
    )
    if decision == InquiryDecision.OPEN:
        Notice.objects.bulk_create(
            [Notice(**_about(inquiry), inquiry=inquiry, recipient=r) for r in Notice.Recipient]
        )
        record(EventKind.INQUIRY_OPENED, by=by, **_about(inquiry), about=inquiry)
    record(EventKind.INQUIRY_DECIDED, by=by, **_about(inquiry), about=inquiry, details={"decision": decision})
    return inquiry


@action
def write_inquiry(*, by: Viewer, inquiry_id: int, finalise: bool, today: date, **fields: Any) -> Inquiry:
    """Write in an open inquiry; finalised it is a public record (allmän handling) and closed for writing.

    Raises:
        NotYours: not to be found.
        Conflict: it is already finalised.
        AnswerRefused: something that a finalised inquiry needs is missing (codes: the field's name,
            `levels` when no cause level is described).
    """
    inquiry = _lock(by, inquiry_id)
    if inquiry.state == Inquiry.State.FINAL:
        raise Conflict
    for name in WRITABLE:
        if name in fields:
            setattr(inquiry, name, fields[name])
    if finalise:
        missing = [name for name in REQUIRED if not getattr(inquiry, name)]
        if not any(getattr(inquiry, name) for name in LEVELS):
            missing.append("levels")
        if missing:
            raise AnswerRefused(missing)
        inquiry.state, inquiry.finalised_on = Inquiry.State.FINAL, today
    inquiry.save(update_fields=[*WRITABLE, "state", "finalised_on"])
    record(EventKind.INQUIRY_WRITTEN, by=by, **_about(inquiry), about=inquiry, details={"final": finalise})
    return inquiry


@action
def sign_notice(*, by: Viewer, notice_id: int, text: str, today: date) -> Notice:
    """Sign a notice. Only the principal of the unit signs, and a signed notice is never changed.

    Raises:
        NotYours, Conflict: as above.
    """
    notice = Notice.objects.select_for_update().filter(pk=notice_id).first()
    if notice is None or notice.unit_id not in by.units_as(*PRINCIPALS):
        raise NotYours
    if notice.signed_on is not None:
        raise Conflict
    if not text.strip():
        raise AnswerRefused(["text"])
    notice.text, notice.signed_by_id, notice.signed_on = text.strip(), by.actor_id, today
    notice.save(update_fields=["text", "signed_by", "signed_on"])
    record(
        EventKind.NOTICE_SIGNED,
        by=by,
        child_id=notice.child_id,
        unit_id=notice.unit_id,
        domain_id=notice.domain_id,
        about=notice,
        details={"recipient": notice.recipient},
    )
    return notice
