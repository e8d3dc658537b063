"""A scanned paper with somebody's answer: sealed, and never changed."""

from __future__ import annotations

import base64
import uuid

from django.conf import settings
from django.utils import timezone

from samhandla.records.actions.documents import register_document
from samhandla.secrecy.documents import paper_document
from samhandla.secrecy.errors import Refused
from samhandla.secrecy.models import ConsentVoice, Paper, Voice
from samhandla.secrecy.rules.papers import kind_of, paper_problem
from samhandla.trust import crypto
from samhandla.trust.audit import action, record
from samhandla.trust.events import EventKind
from samhandla.trust.viewer import Viewer


@action
def keep_paper(*, by: Viewer, voice: Voice | ConsentVoice, content: bytes) -> Paper:
    """Keep the scanned paper of one answer.

    Raises:
        Refused: `paper_kind` or `paper_size` (`rules.papers`).
    """
    problem = paper_problem(content)
    if problem:
        raise Refused(problem)
    key = uuid.uuid4()
    sealed = crypto.encrypt(
        settings.SAMHANDLA_SECRET, base64.b64encode(content).decode(), bound_to=f"paper:{key}"
    )
    row = Paper.objects.create(
        child_id=voice.child_id,
        domain_id=voice.domain_id,
        unit_id=voice.unit_id,
        key=key,
        consent_voice=voice if isinstance(voice, ConsentVoice) else None,
        waiver_voice=voice if isinstance(voice, Voice) else None,
        content_type=kind_of(content)[0],
        sealed=sealed,
        kept_by_id=by.actor_id,
        kept_at=timezone.now(),
    )
    register_document(by=by, said=paper_document(row, voice, content))
    record(
        EventKind.PAPER_KEPT, by=by, about=row, child_id=row.child_id, unit_id=row.unit_id,
        domain_id=row.domain_id, details={"bytes": len(content)},
    )  # fmt: skip
    return row
