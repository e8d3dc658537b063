"""Utredning av frånvaro: the principal's decision, the inquiry itself, the notices.

Source: skollagen (2010:800) 7 kap. 19 a § for F–9 (mark V); 15 kap. 15–16 §§ for upper secondary (V/P).
"""

from __future__ import annotations

from datetime import date
from typing import Any

from samhandla.detect.actions.clock import SchoolDays
from samhandla.detect.documents import decision_document, inquiry_document, notice_document
from samhandla.detect.errors import AnswerRefused, Conflict, NotYours
from samhandla.detect.models import (
    Answer,
    AnswerKind,
    DeliveredNotice,
    Inquiry,
    InquiryDecision,
    Notice,
    Signal,
    SignalState,
    StepTaken,
)
from samhandla.detect.queries.notices import BY_HAND, home_authority_of, receivers_but
from samhandla.detect.queries.settings import loop_limits_for
from samhandla.detect.queries.units import PRINCIPALS, unit_ids_for
from samhandla.detect.rules.inquiry import INQUIRY_DAYS, WRITABLE, fingerprint, missing_in
from samhandla.detect.rules.law import NO_SIGNAL, PUPIL_ALONE, legal_route
from samhandla.detect.rules.loop import day_after
from samhandla.detect.words import INQUIRY_OPENED
from samhandla.lib.schoolcalendar import add_school_days
from samhandla.people.models import Child, Enrolment
from samhandla.people.queries import on_day
from samhandla.records.actions.documents import register_document
from samhandla.trust.audit import action, record
from samhandla.trust.events import EventKind
from samhandla.trust.models import Authority, Branch, Domain
from samhandla.trust.permissions import Permission
from samhandla.trust.viewer import Viewer

NAME_LENGTH = 200  # as the row of a delivered notice has it


def _about(row: Inquiry | Signal | Notice) -> dict[str, Any]:
    return {"child_id": row.child_id, "unit_id": row.unit_id, "domain_id": row.domain_id}


def _lock(inquiry_id: int) -> Inquiry:
    inquiry = Inquiry.objects.select_for_update().filter(pk=inquiry_id).first()
    if inquiry is None:
        raise NotYours
    return inquiry


def legal_basis_of(child: Child, today: date) -> str:
    """Return the legal route of a child's inquiry by its main enrolment; empty when the law names none."""
    enrolment = Enrolment.objects.filter(on_day(today), child=child).order_by("-main", "-valid_from").first()
    return legal_route(enrolment.form, child.birth_date, today) if enrolment else NO_SIGNAL


@action
def ask_for_inquiry(*, by: Viewer, child: Child, domain_id: int, reason: str, today: date) -> Inquiry:
    """Propose an inquiry to the principal, who alone decides; it waits on the principal's page.

    Raises:
        NotYours: the viewer does not belong to pupil health at the child's unit.
        AnswerRefused: `reason_missing`, or `no_legal_basis` for a school form without such inquiries.
        Conflict: one is proposed or open already.
    """
    if not by.may(Permission.INQUIRY_ASK) or child.unit_id not in unit_ids_for(by):
        raise NotYours
    if not reason.strip():
        raise AnswerRefused(["reason_missing"])
    basis = legal_basis_of(child, today)
    if basis == NO_SIGNAL:
        raise AnswerRefused(["no_legal_basis"])
    # Locked, so that two who propose at once make one proposal.
    Child.objects.select_for_update().get(pk=child.pk)
    if Inquiry.objects.filter(child=child).exclude(state=Inquiry.State.FINAL).exists():
        raise Conflict
    inquiry = Inquiry.objects.create(
        child=child,
        domain_id=domain_id,
        unit_id=child.unit_id,
        legal_basis=basis,
        state=Inquiry.State.ASKED,
        asked_by_id=by.actor_id,
        asked_on=today,
        asked_reason=reason.strip(),
    )
    record(EventKind.INQUIRY_ASKED, by=by, **_about(inquiry), about=inquiry)
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
    other_home: bool = False,
) -> Inquiry:
    """Record the principal's formal decision: an inquiry is made, or is clearly needless, with reasons.

    It may be decided on at any time, with or without a signal, and answers whoever has asked for it.
    Opening one prepares the notices for signature, and answers the pupil's living signal: somebody acts.

    Args:
        other_home: the pupil's home municipality is another than the principal organiser, and is told.
    Raises:
        NotYours: the viewer is not principal of the child's unit.
        AnswerRefused: `reason_missing`, or `no_legal_basis` for a school form without such inquiries.
        Conflict: an inquiry is already open.
    """
    if child.unit_id not in unit_ids_for(by, *PRINCIPALS):
        raise NotYours
    if not reason.strip():
        raise AnswerRefused(["reason_missing"])
    basis = legal_basis_of(child, today)
    if basis == NO_SIGNAL:
        raise AnswerRefused(["no_legal_basis"])
    # Locked, so that two decisions at once become one inquiry and one clear message.
    Child.objects.select_for_update().get(pk=child.pk)
    if Inquiry.objects.filter(child=child, state=Inquiry.State.DRAFT).exists():
        raise Conflict
    opened = decision == InquiryDecision.OPEN
    asked = Inquiry.objects.filter(child=child, unit=child.unit_id, state=Inquiry.State.ASKED).first()
    inquiry = asked or Inquiry(child=child, domain_id=domain_id, unit_id=child.unit_id)
    inquiry.signal, inquiry.legal_basis = _living_signal(child), basis
    inquiry.decision, inquiry.decision_reason = decision, reason.strip()
    inquiry.decided_by_id, inquiry.decided_on = by.actor_id, today
    inquiry.state = Inquiry.State.DRAFT if opened else Inquiry.State.FINAL
    inquiry.finalised_on = None if opened else today
    inquiry.save()
    StepTaken.objects.filter(child=child, step__is_inquiry=True, done_on=None).update(
        done_on=today, done_by_id=by.actor_id
    )
    if opened:
        _open(by, inquiry, other_home, today)
    register_document(by=by, said=decision_document(inquiry, by, today))
    record(EventKind.INQUIRY_DECIDED, by=by, **_about(inquiry), about=inquiry, details={"decision": decision})
    return inquiry


def _living_signal(child: Child) -> Signal | None:
    living = Signal.objects.select_for_update().filter(child=child, good_news=False)
    return living.exclude(state=SignalState.CLOSED).first()


def _open(by: Viewer, inquiry: Inquiry, other_home: bool, today: date) -> None:
    """Prepare the notices, and let the living signal rest while the inquiry is made."""
    recipients = [Notice.Recipient.HUVUDMAN]
    if other_home:
        recipients.append(Notice.Recipient.HOME_MUNICIPALITY)
    Notice.objects.bulk_create([Notice(**_about(inquiry), inquiry=inquiry, recipient=r) for r in recipients])
    record(EventKind.INQUIRY_OPENED, by=by, **_about(inquiry), about=inquiry)
    signal = inquiry.signal
    if signal is None:
        return
    if signal.state in (SignalState.OPEN, SignalState.QUEUED):
        answer = Answer.objects.create(
            **_about(signal),
            signal=signal,
            kind=AnswerKind.ACT,
            reason=INQUIRY_OPENED,
            by_id=by.actor_id,
            on=today,
        )
        record(
            EventKind.ANSWER_GIVEN, by=by, **_about(signal), about=answer, details={"kind": AnswerKind.ACT}
        )
    signal.state, signal.due_on = SignalState.ACTED, None
    signal.return_on = day_after(SchoolDays(today).of(signal.unit_id), today, INQUIRY_DAYS)
    signal.save(update_fields=["state", "due_on", "return_on"])


def content_of(inquiry: Inquiry) -> dict[str, Any]:
    """Return what people write in an inquiry, by field."""
    return {name: getattr(inquiry, name) for name in WRITABLE}


@action
def write_inquiry(
    *, by: Viewer, inquiry_id: int, finalise: bool, today: date, seen: str = "", **fields: Any
) -> Inquiry:
    """Write in an open inquiry; finalised it is a public record (allmän handling) and closed for writing.

    Args:
        seen: `fingerprint` of the text that the writer started from.
    Raises:
        NotYours: not to be found, or the viewer may not finalise.
        Conflict: it is already finalised, or somebody else has written since `seen`.
        AnswerRefused: something that a finalised inquiry needs is missing (codes: the field's name,
            `levels` when no cause level is described).
    """
    inquiry = _lock(inquiry_id)
    if inquiry.state != Inquiry.State.DRAFT or (seen and seen != fingerprint(content_of(inquiry))):
        raise Conflict
    for name in WRITABLE:
        if name in fields and not (name == "guardian_view" and inquiry.legal_basis == PUPIL_ALONE):
            setattr(inquiry, name, fields[name])
    if finalise:
        _finalise(by, inquiry, today)
    inquiry.save(update_fields=[*WRITABLE, "state", "finalised_on"])
    if finalise:
        register_document(by=by, said=inquiry_document(inquiry, today))
    record(EventKind.INQUIRY_WRITTEN, by=by, **_about(inquiry), about=inquiry, details={"final": finalise})
    return inquiry


def may_finalise(by: Viewer) -> bool:
    """Tell whether a viewer finalises inquiries: principals and the pupil-health team do."""
    return by.may(Permission.INQUIRY_DECIDE) or by.may(Permission.TEAM_LIST)


def _finalise(by: Viewer, inquiry: Inquiry, today: date) -> None:
    if not may_finalise(by):
        raise NotYours
    missing = missing_in(content_of(inquiry))
    if missing:
        raise AnswerRefused(missing)
    inquiry.state, inquiry.finalised_on = Inquiry.State.FINAL, today
    # The signal comes back on the day that was set for following up, not before.
    if inquiry.signal_id is not None:
        Signal.objects.filter(pk=inquiry.signal_id, state=SignalState.ACTED).update(
            return_on=inquiry.follow_up_on
        )


@action
def sign_notice(*, by: Viewer, notice_id: int, text: str, today: date, to: str = "") -> Notice:
    """Sign a notice and deliver it. Only the principal of the unit signs, and what is signed never changes.

    Args:
        to: the number of the home municipality's authority here, `BY_HAND` for one that does not receive
            here; empty leaves it to where the register says that the pupil lives.
    Raises:
        NotYours, Conflict: as above.
        AnswerRefused: `text` when there is none, `to` for an authority that does not receive here.
    """
    notice = (
        Notice.objects.select_for_update(of=("self",))
        .select_related("child__lives_in")
        .filter(pk=notice_id)
        .first()
    )
    if notice is None or notice.unit_id not in unit_ids_for(by, *PRINCIPALS):
        raise NotYours
    if notice.signed_on is not None:
        raise Conflict
    if not text.strip():
        raise AnswerRefused(["text"])
    home = _home_of(notice, by, to, today)
    notice.text, notice.signed_by_id, notice.signed_on = text.strip(), by.actor_id, today
    notice.save(update_fields=["text", "signed_by", "signed_on"])
    _deliver(notice, by, today, home)
    register_document(by=by, said=notice_document(notice, today))
    record(
        EventKind.NOTICE_SIGNED,
        by=by,
        **_about(notice),
        about=notice,
        details={"recipient": notice.recipient},
    )
    return notice


def _home_of(notice: Notice, by: Viewer, to: str, today: date) -> Authority | None:
    """Return the other authority that a notice goes to at once, None for one that goes elsewhere."""
    if notice.recipient != Notice.Recipient.HOME_MUNICIPALITY or to == BY_HAND:
        return None
    if not to:
        return home_authority_of(notice.child, by.authority_id, on=today)
    chosen = {str(one.pk): one for one in receivers_but(by.authority_id, on=today)}
    if to not in chosen:
        raise AnswerRefused(["to"])
    return chosen[to]


def _deliver(notice: Notice, by: Viewer, today: date, home: Authority | None) -> None:
    """Lay a signed notice before its receiver, as a row of its own in the receiver's secrecy domain.

    That is another authority for a home municipality which receives here; the row is then all that it is
    given. A notice to one that does not stays with the sender to be handed out.
    """
    receiver = home.pk if home else by.authority_id
    domain, _created = Domain.objects.get_or_create(authority_id=receiver, branch=Branch.SCHOOL_DUTY)
    answers = home is not None or notice.recipient == Notice.Recipient.HUVUDMAN
    days = SchoolDays(today).of(notice.unit_id)
    within = loop_limits_for(by, on=today).notice_days
    DeliveredNotice.objects.create(
        notice=notice,
        child_id=notice.child_id,
        unit_id=notice.unit_id,
        domain=domain,
        sender_domain_id=notice.domain_id,
        authority_id=receiver,
        recipient=notice.recipient,
        pupil=notice.child.shown_name,
        text=notice.text,
        signed_name=by.name[:NAME_LENGTH],
        delivered_on=today,
        due_on=add_school_days(days, today, within) if answers else None,
    )
