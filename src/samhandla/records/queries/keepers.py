"""Who keeps the register, and the few things about a family that the register may ask the database for."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from django.conf import settings
from django.db import connection

from samhandla.lib.personnummer import PersonnummerError, parse_personnummer
from samhandla.trust import crypto
from samhandla.trust.models import Branch, Domain
from samhandla.trust.viewer import Viewer


def _one(sql: str, *values: str | uuid.UUID | None) -> object:
    with connection.cursor() as cursor:
        cursor.execute(sql, [None if value is None else str(value) for value in values])
        return cursor.fetchone()[0]


def record_domains(viewer: Viewer) -> list[int]:
    """Return the secrecy domains whose documents the viewer keeps a register of. Queries: one."""
    found = _one("select viewer_record_domains()")
    return sorted(found) if isinstance(found, Sequence) else []


def archive_domains(viewer: Viewer) -> list[int]:
    """Return the secrecy domains whose archive the viewer keeps. Queries: one."""
    found = _one("select viewer_archive_domains()")
    return sorted(found) if isinstance(found, Sequence) else []


def home_domain(viewer: Viewer) -> int | None:
    """Return the domain that the viewer's own letters and requests stand in; None for no keeper."""
    return next(iter(record_domains(viewer)), None)


def plain_domain(viewer: Viewer) -> int:
    """Return where documents about no child stand in the viewer's authority: never in EMI. Queries: one."""
    rows = Domain.objects.filter(authority_id=viewer.authority_id).exclude(branch=Branch.EMI)
    return rows.order_by("pk").values_list("pk", flat=True)[0]


def is_delegate(viewer: Viewer) -> bool:
    """Tell whether the board has delegated to the viewer to refuse. Queries: one."""
    return bool(_one("select viewer_delegated()"))


def child_by_number(viewer: Viewer, number: str) -> int | None:
    """Return whose a personal number is in the viewer's own authority; None when nobody's.

    Queries: one.
    """
    try:
        parsed = parse_personnummer(number)
    except PersonnummerError:
        return None
    blind = crypto.blind_index(settings.SAMHANDLA_SECRET, parsed.number, within=str(viewer.authority_id))
    found = _one("select records_child_by_number(%s)", blind)
    return found if isinstance(found, int) else None


def guardians_of(viewer: Viewer, child_id: int) -> list[tuple[uuid.UUID, str]]:
    """Return the guardians with rights of a child, by name; one with protected identity has no name here."""
    with connection.cursor() as cursor:
        cursor.execute("select id, name from records_guardians(%s)", [child_id])
        return [(key, name) for key, name in cursor.fetchall()]


def family_words(viewer: Viewer, document_id: uuid.UUID, guardian_id: uuid.UUID | None) -> list[str]:
    """Return what must never be handed out of a document about a family's other adults."""
    found = _one("select records_family_words(%s::uuid, %s::uuid)", document_id, guardian_id)
    return sorted(found) if isinstance(found, Sequence) else []


def about_protected(viewer: Viewer, document_id: uuid.UUID) -> bool:
    """Tell whether a document is about somebody with protected identity."""
    return bool(_one("select records_protected(%s::uuid)", document_id))
