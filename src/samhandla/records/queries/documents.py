"""Reads of the register: by number, kind and date, never by what a document says or whom it is about."""

from __future__ import annotations

import base64
import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db.models import Q, QuerySet

from samhandla.people.models import Child
from samhandla.records.models import Document, DocumentText
from samhandla.records.queries.keepers import record_domains
from samhandla.records.rules.numbers import read_number
from samhandla.trust import crypto
from samhandla.trust.shown import note_shown
from samhandla.trust.viewer import Viewer


@dataclass(frozen=True)
class Search:
    """What the register is searched by."""

    number: str = ""
    kind: str = ""
    first: date | None = None
    last: date | None = None


def diary_for(viewer: Viewer, search: Search) -> QuerySet[Document]:
    """Return the documents of the viewer's register, the latest number first.

    A number that is none finds nothing. Queries: one, and one when it is read.
    """
    rows = _kept(viewer).filter(state=Document.State.FINAL)
    if search.number.strip():
        found = read_number(search.number)
        if found is None:
            return rows.none()
        series, year, number = found
        rows = rows.filter(series=series, year=year, number=number)
    if search.kind:
        rows = rows.filter(kind=search.kind)
    if search.first:
        rows = rows.filter(dated__gte=search.first)
    if search.last:
        rows = rows.filter(dated__lte=search.last)
    return rows.select_related("unit").order_by("series", "-year", "-number")


def own_drafts_for(viewer: Viewer) -> list[Document]:
    """Return the drafts that the viewer has begun here. Queries: two."""
    rows = _kept(viewer).filter(state=Document.State.DRAFT, drawn_by_id=viewer.actor_id)
    return list(rows.order_by("-touched_at"))


def get_document_for(viewer: Viewer, document_id: uuid.UUID) -> Document | None:
    """Return a document of the viewer's register; None alike when missing and when forbidden.

    Queries: two.
    """
    rows = _kept(viewer).filter(pk=document_id)
    own = Q(state=Document.State.FINAL) | Q(drawn_by_id=viewer.actor_id)
    return rows.filter(own).select_related("unit", "drawn_by", "authority").first()


def text_of(viewer: Viewer, document: Document) -> str | None:
    """Return what a document says; None for whoever may not read it, and for what has been gallrat.

    The database answers only whoever reads the child, whoever keeps the register while somebody has asked
    for the document, and the archivist. Queries: one.
    """
    row = DocumentText.objects.filter(document_id=document.pk).first()
    if row is None:
        return None
    if document.child_id is not None:
        note_shown((document.child_id,))
    return unsealed(bytes(row.sealed), document.pk)


def file_of(viewer: Viewer, document: Document) -> tuple[bytes, str] | None:
    """Return a document's scanned file and its type; None when there is none to read. Queries: one."""
    row = DocumentText.objects.filter(document_id=document.pk, file__isnull=False).first()
    if row is None or row.file is None:
        return None
    if document.child_id is not None:
        note_shown((document.child_id,))
    return unsealed_file(bytes(row.file), document.pk), row.file_type


def read_whole(document: Document, said: DocumentText) -> tuple[str, bytes | None]:
    """Return a document's text and its scanned file, when there is one. Queries: none."""
    if document.child_id is not None:
        note_shown((document.child_id,))
    file = unsealed_file(bytes(said.file), document.pk) if said.file is not None else None
    return unsealed(bytes(said.sealed), document.pk), file


def unsealed(sealed: bytes, key: uuid.UUID) -> str:
    return crypto.decrypt(settings.SAMHANDLA_SECRET, sealed, bound_to=f"document:{key}")


def unsealed_file(sealed: bytes, key: uuid.UUID) -> bytes:
    packed = crypto.decrypt(settings.SAMHANDLA_SECRET, sealed, bound_to=f"document-file:{key}")
    return base64.b64decode(packed)


def documents_of_child_for(viewer: Viewer, child: Child) -> list[Document]:
    """Return what is registered about a child of the viewer's own, the latest first. Queries: one."""
    rows = Document.objects.filter(child=child, authority_id=viewer.authority_id, state=Document.State.FINAL)
    return list(rows.select_related("unit").order_by("-year", "-number"))


def registered_as(row: Any, kind: str) -> Document | None:
    """Return the document that a row of another room was registered as; None for one that is not.

    Queries: one.
    """
    rows = Document.objects.filter(source=row._meta.db_table, source_key=str(row.pk), kind=kind)
    return rows.order_by("-finalised_at").first()


def _kept(viewer: Viewer) -> QuerySet[Document]:
    return Document.objects.filter(authority_id=viewer.authority_id, domain_id__in=record_domains(viewer))
