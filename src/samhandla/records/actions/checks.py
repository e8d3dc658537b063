"""A signed check of the log of reading, which the register below this room cannot register itself."""

from __future__ import annotations

from django.utils import timezone, translation

from samhandla.people.models import LogReview
from samhandla.records.actions.documents import Finalised, register_document
from samhandla.records.queries.keepers import plain_domain
from samhandla.trust.viewer import Viewer


def register_check(by: Viewer, row: LogReview) -> None:
    """Register a signed check in the transaction that signs it; nobody who was read about is named."""
    signed_at = row.signed_at or timezone.now()
    with translation.override("sv"):
        outcome = str(row.get_outcome_display())
    parts = [
        f"Loggkontroll {row.first:%Y-%m-%d} till {row.last:%Y-%m-%d}, {row.entries} läsningar.",
        f"Enhet: {row.unit.name if row.unit else 'utan enhet'}",
        f"Resultat: {outcome}. {row.words}".strip(),
        f"Signerad {timezone.localtime(signed_at):%Y-%m-%d %H:%M} av {by.name}.",
    ]
    register_document(
        by=by,
        said=Finalised(
            kind="log_review", text="\n\n".join(parts), domain_id=plain_domain(by), unit_id=row.unit_id,
            dated=timezone.localdate(signed_at), source=row,
        ),
    )  # fmt: skip
