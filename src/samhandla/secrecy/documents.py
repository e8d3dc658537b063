"""What is registered when something is finalised here: the record's own text, in Swedish, as it was."""

from __future__ import annotations

from django.utils import timezone, translation

from samhandla.records.actions.documents import Finalised
from samhandla.secrecy.models import ConsentVoice, Paper, Transfer, Voice


def sent_document(row: Transfer) -> Finalised:
    """Return what was handed over as its sender registers it."""
    to = row.receiver.name if row.receiver else row.outside
    parts = [
        f"Elev: {row.child_as}", f"Till: {to}", f"Med stöd av: {row.ground}", f"Uppgiften:\n{row.text}",
        f"Varför den lämnas:\n{row.reason}", f"Hur det har vägts:\n{row.weighing}" if row.weighing else "",
        f"Lämnad av {row.sent_name}.",
    ]  # fmt: skip
    return Finalised(
        kind="transfer", text="\n\n".join(part for part in parts if part), domain_id=row.domain_id,
        dated=timezone.localdate(row.sent_at), child_id=row.child_id, unit_id=row.unit_id, source=row,
        sender=row.unit.name, recipient=to,
    )  # fmt: skip


def received_document(row: Transfer) -> Finalised:
    """Return what was handed over as its receiver registers it, in the receiver's own secrecy domain."""
    receiver, received_at = row.receiver, row.received_at
    assert receiver is not None
    assert received_at is not None
    parts = (
        f"Barn: {row.child_as}", f"Från: {row.unit.name}", f"Med stöd av: {row.ground}",
        f"Uppgiften:\n{row.text}", f"Lämnad av {row.sent_name}.",
    )  # fmt: skip
    return Finalised(
        kind="transfer_received", text="\n\n".join(parts), domain_id=receiver.domain_id,
        dated=timezone.localdate(received_at), child_id=row.child_id, unit_id=receiver.unit_id, source=row,
        sender=row.unit.name, recipient=receiver.name,
    )  # fmt: skip


def paper_document(row: Paper, voice: Voice | ConsentVoice, content: bytes) -> Finalised:
    """Return a scanned answer as it is registered, with the scanned file."""
    with translation.override("sv"):
        parts = [
            f"Vem som svarar: {voice.get_who_display()}", f"Svar: {voice.get_said_display()}",
            f"Svarsdag: {voice.on:%Y-%m-%d}",
            f"Svaret finns som skannat papper ({row.content_type}, {len(content)} byte).",
        ]  # fmt: skip
    return Finalised(
        kind="waiver" if isinstance(voice, Voice) else "consent", text="\n\n".join(parts),
        domain_id=row.domain_id, dated=timezone.localdate(row.kept_at), child_id=row.child_id,
        unit_id=row.unit_id, source=row, file=content, file_type=row.content_type,
    )  # fmt: skip
