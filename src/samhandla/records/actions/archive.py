"""The export for the archive."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils import translation

from samhandla.people.queries import today
from samhandla.records.archive import Archived, make_archive
from samhandla.records.errors import NotAllowed, Refused
from samhandla.records.models import Document, DocumentText, RetentionRule
from samhandla.records.pdf import make_pdf
from samhandla.records.queries.documents import read_whole
from samhandla.records.queries.keepers import archive_domains
from samhandla.records.rules.masking import Piece
from samhandla.trust.audit import action, record
from samhandla.trust.events import EventKind
from samhandla.trust.models import Authority
from samhandla.trust.permissions import Permission
from samhandla.trust.viewer import Viewer

MOST = 300
SUFFIXES = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}


@dataclass(frozen=True)
class Range:
    """Which documents: of a year, from a number to a number, of a kind or of all."""

    year: int
    first: int = 1
    last: int | None = None
    kind: str = ""


@action
def export_archive(*, by: Viewer, wanted: Range) -> bytes:
    """Return a zip of whole, unmasked documents for the archive.

    Raises:
        NotAllowed: the viewer keeps no archive.
        Refused: `range` when there is nothing, `too_many`.
    """
    domains = archive_domains(by)
    if not by.may(Permission.ARCHIVE_EXPORT) or not domains:
        raise NotAllowed
    rows = Document.objects.filter(
        authority_id=by.authority_id, domain_id__in=domains, state=Document.State.FINAL, disposed_on=None,
        year=wanted.year, number__gte=wanted.first,
    )  # fmt: skip
    if wanted.last is not None:
        rows = rows.filter(number__lte=wanted.last)
    if wanted.kind:
        rows = rows.filter(kind=wanted.kind)
    found = list(rows.select_related("unit", "domain").order_by("series", "number")[: MOST + 1])
    if not found:
        raise Refused("range")
    if len(found) > MOST:
        raise Refused("too_many")
    authority = Authority.objects.get(pk=by.authority_id)
    with translation.override("sv"):
        content = make_archive(authority.name, today(), _archived(by, found))
    record(
        EventKind.ARCHIVE_EXPORTED, by=by, about=authority,
        details={"documents": len(found), "year": wanted.year, "kind": wanted.kind},
    )  # fmt: skip
    return content


def _archived(by: Viewer, found: list[Document]) -> list[Archived]:
    texts = {row.document_id: row for row in DocumentText.objects.filter(document__in=found)}
    rules = RetentionRule.objects.filter(authority_id=by.authority_id, ended_on=None)
    decided = {row.kind: row.reference for row in rules}
    return [_one(by, one, texts[one.pk], decided.get(one.kind, "")) for one in found if one.pk in texts]


def _one(by: Viewer, document: Document, said: DocumentText, decided: str) -> Archived:
    text, file = read_whole(document, said)
    facts = {
        "number": document.written, "kind": document.kind, "kind_name": document.kind_name,
        "way": str(document.get_way_display()), "title": document.title,
        "dated": f"{document.dated:%Y-%m-%d}",
        "finalised_at": document.finalised_at.isoformat() if document.finalised_at else "",
        "sender": document.sender, "recipient": document.recipient,
        "unit": document.unit.name if document.unit else "",
        "branch": str(document.domain.get_branch_display()), "public": document.public,
        "paragraph": document.paragraph_place, "retention": decided,
    }  # fmt: skip
    head = [("Handling", document.written), ("Datum", f"{document.dated:%Y-%m-%d}")]
    files = {"handling.pdf": make_pdf(document.title, head, [Piece(text)], on=document.dated)}
    if file is not None:
        files[f"skannad.{SUFFIXES.get(said.file_type, 'bin')}"] = file
    return Archived(facts, files)
