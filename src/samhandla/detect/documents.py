"""What is registered when something is finalised here: the record's own text, in Swedish, as it was.

The register keeps its own copy, so that what was said stays also when the row is worked on further.
"""

from __future__ import annotations

from datetime import date

from django.utils import translation

from samhandla.detect.models import DeliveredNotice, Inquiry, Notice
from samhandla.detect.rules.inquiry import WRITABLE
from samhandla.detect.rules.law import INQUIRY
from samhandla.records.actions.documents import Finalised
from samhandla.trust.viewer import Viewer

NOT_TEXT = ("special_support", "follow_up_on")


def _about(inquiry: Inquiry) -> str:
    return f"Elev: {inquiry.child.shown_name}\nSkolenhet: {inquiry.unit.name}"


def _law(inquiry: Inquiry) -> str:
    compulsory = inquiry.legal_basis == INQUIRY
    return "7 kap. 19 a § skollagen" if compulsory else "15 kap. 15–16 §§ skollagen"


def decision_document(inquiry: Inquiry, by: Viewer, today: date) -> Finalised:
    """Return the principal's decision as it is registered: a public decision (OSL 23:2)."""
    with translation.override("sv"):
        parts = [
            "Beslut om utredning av frånvaro",
            _about(inquiry),
            f"Beslut: {inquiry.get_decision_display()} ({_law(inquiry)})",
            f"Skäl: {inquiry.decision_reason}",
            f"Beslutat {today:%Y-%m-%d} av {by.name}.",
        ]
    return Finalised(
        kind="inquiry_decision", text="\n\n".join(parts), domain_id=inquiry.domain_id, dated=today,
        child_id=inquiry.child_id, unit_id=inquiry.unit_id, source=inquiry, sender=inquiry.unit.name,
    )  # fmt: skip


def inquiry_document(inquiry: Inquiry, today: date) -> Finalised:
    """Return a finalised inquiry as it is registered."""
    fields = {field.name: field for field in Inquiry._meta.concrete_fields}
    with translation.override("sv"):
        parts = ["Utredning av frånvaro", _about(inquiry)]
        for name in WRITABLE:
            said = getattr(inquiry, name)
            if name in NOT_TEXT or not said:
                continue
            title = str(fields[name].verbose_name)
            parts.append(f"{title[:1].upper()}{title[1:]}:\n{said}")
        if inquiry.special_support:
            parts.append("Behov av särskilt stöd utreds också (3 kap. 7 § skollagen).")
        if inquiry.follow_up_on:
            parts.append(f"Uppföljning {inquiry.follow_up_on:%Y-%m-%d}.")
    return Finalised(
        kind="inquiry", text="\n\n".join(parts), domain_id=inquiry.domain_id, dated=today,
        child_id=inquiry.child_id, unit_id=inquiry.unit_id, source=inquiry, sender=inquiry.unit.name,
    )  # fmt: skip


def notice_document(notice: Notice, today: date) -> Finalised:
    """Return a signed notice as its sender registers it."""
    with translation.override("sv"):
        recipient = str(notice.get_recipient_display())
    return Finalised(
        kind="notice", text=notice.text, domain_id=notice.domain_id, dated=today, child_id=notice.child_id,
        unit_id=notice.unit_id, source=notice, sender=notice.unit.name, recipient=recipient,
    )  # fmt: skip


def received_document(row: DeliveredNotice, today: date) -> Finalised:
    """Return a notice as its receiver registers it. The unit is the sender's, and not always of here."""
    return Finalised(
        kind="notice_received", text=row.text, domain_id=row.domain_id, dated=today, child_id=row.child_id,
        source=row, sender=row.unit.name,
    )  # fmt: skip
