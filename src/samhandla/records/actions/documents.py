"""The register: what is finalised is registered in the same transaction, whichever room it comes from."""

from __future__ import annotations

import base64
import json
import uuid
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone, translation
from django.utils.translation import gettext

from samhandla.people.models import Child
from samhandla.people.queries import today
from samhandla.records.errors import Conflict, NotAllowed, NotYours, Refused
from samhandla.records.models import Document, DocumentText
from samhandla.records.queries.keepers import child_by_number, home_domain
from samhandla.records.rules.kinds import BY_HAND, KINDS
from samhandla.records.rules.masking import contact_places
from samhandla.records.rules.paragraphs import PARAGRAPHS, likely_paragraph
from samhandla.trust import crypto
from samhandla.trust.audit import action, record
from samhandla.trust.events import EventKind
from samhandla.trust.models import Authority, Domain
from samhandla.trust.permissions import Permission
from samhandla.trust.viewer import Viewer

DRAFT_DAYS = 60  # a draft that nobody has touched for so long is thrown away (rensas)


@dataclass(frozen=True)
class Finalised:
    """What has been finalised somewhere in the house: the text as it was, and where it came from.

    Args:
        child_id: the one child that it is about; None only for kinds about none.
        source: the row that it was made of; one row is registered once for each kind.
        sender, recipient: functions and units, never a private person's name.
        file: a scanned paper, with its type.
    """

    kind: str
    text: str
    domain_id: int
    dated: date
    child_id: int | None = None
    unit_id: int | None = None
    source: Any = None
    sender: str = ""
    recipient: str = ""
    file: bytes | None = None
    file_type: str = ""


def seal(text: str, key: uuid.UUID) -> bytes:
    """Return a document's text, sealed and bound to the document."""
    return crypto.encrypt(settings.SAMHANDLA_SECRET, text, bound_to=f"document:{key}")


def seal_file(content: bytes, key: uuid.UUID) -> bytes:
    """Return a file that belongs to a document, sealed and bound to it."""
    packed = base64.b64encode(content).decode()
    return crypto.encrypt(settings.SAMHANDLA_SECRET, packed, bound_to=f"document-file:{key}")


@action
def register_document(*, by: Viewer, said: Finalised) -> uuid.UUID:
    """Register what has been finalised: it gets its number in the running transaction, or nothing is done.

    Every room calls this in the action that finalises; the database numbers it and holds that it is about the
    same child as its source.

    Returns: the document's key.
    Raises:
        ProgrammingError: the database refuses: another child, another authority, or no delegation.
    """
    key, kind = uuid.uuid4(), KINDS[said.kind]
    domain = Domain.objects.select_related("authority").get(pk=said.domain_id)
    with translation.override("sv"):
        title = gettext(kind.title)
    independent = domain.authority.kind == Authority.Kind.INDEPENDENT
    row = {
        "id": str(key), "domain": domain.pk, "unit": said.unit_id, "child": said.child_id, "kind": kind.code,
        "way": kind.way, "title": title, "sender": said.sender[:160], "recipient": said.recipient[:160],
        "dated": said.dated.isoformat(), "public": kind.public,
        "likely": likely_paragraph(
            domain.branch, public=kind.public, about_child=kind.about_child, independent=independent
        ),
        "source": said.source._meta.db_table if said.source is not None else "",
        "source_key": str(said.source.pk) if said.source is not None else "",
        "file_type": said.file_type,
    }  # fmt: skip
    file = seal_file(said.file, key) if said.file is not None else None
    with connection.cursor() as cursor:
        cursor.execute(
            "select records_register(%s::jsonb, %s, %s)", [json.dumps(row), seal(said.text, key), file]
        )
        (number,) = cursor.fetchone()
    _record(EventKind.DOCUMENT_FINALISED, by, key, said.child_id, said.unit_id, domain.pk, number, kind.code)
    return key


def _record(
    event: EventKind, by: Viewer, key: uuid.UUID, child: int | None, unit: int | None, domain: int,
    number: str, kind: str,
) -> None:  # fmt: skip
    record(
        event, by=by, about=Document(pk=key), child_id=child, unit_id=unit, domain_id=domain,
        details={"number": number, "kind": kind},
    )  # fmt: skip


@dataclass(frozen=True)
class Letter:
    """A document that somebody who keeps the register writes here: what came by post, or went out."""

    kind: str
    title: str
    text: str
    dated: date
    sender: str = ""
    recipient: str = ""
    personnummer: str = ""


@action
def write_letter(*, by: Viewer, letter: Letter) -> Document:
    """Begin a document by hand. It is a draft without number until it is finalised.

    Raises:
        NotAllowed: the viewer keeps no register.
        Refused: `kind`, `title`, `text`, `dated`, or `personnummer` when nobody has it or it is needed.
    """
    domain = _require_keeper(by)
    problems = _letter_problems(letter)
    if problems:
        raise Refused(*problems)
    child = _child_of(by, letter)
    kind = KINDS[letter.kind]
    row = Document(
        authority_id=by.authority_id, domain_id=domain, child_id=child, kind=kind.code, way=kind.way,
        likely=likely_paragraph(
            Domain.objects.get(pk=domain).branch, public=False, about_child=kind.about_child
        ),
        drawn_by_id=by.actor_id, touched_at=timezone.now(), **_letter_fields(letter),
    )  # fmt: skip
    row.save(force_insert=True)
    text = DocumentText(
        document=row, child_id=child, domain_id=domain, sealed=seal(letter.text.strip(), row.pk)
    )
    text.save(force_insert=True)
    record(EventKind.DOCUMENT_WRITTEN, by=by, about=row, details={"kind": kind.code})
    return row


@action
def change_letter(*, by: Viewer, document_id: uuid.UUID, letter: Letter) -> Document:
    """Write on in a draft of one's own; kind and child stand.

    Raises:
        NotYours: no draft of the viewer's.
        Refused: as above.
    """
    row = _own_draft(by, document_id)
    problems = [p for p in _letter_problems(letter) if p != "kind"]
    if problems:
        raise Refused(*problems)
    values = _letter_fields(letter)
    for name, value in values.items():
        setattr(row, name, value)
    row.touched_at = timezone.now()
    row.save(update_fields=[*values, "touched_at"])
    DocumentText.objects.filter(document=row).update(sealed=seal(letter.text.strip(), row.pk))
    record(EventKind.DOCUMENT_WRITTEN, by=by, about=row, details={"kind": row.kind})
    return row


@action
def finalise_letter(*, by: Viewer, document_id: uuid.UUID) -> Document:
    """Finalise a draft of one's own: it is numbered, registered and never changed again.

    Raises:
        NotYours: no draft of the viewer's.
    """
    row = _own_draft(by, document_id)
    with connection.cursor() as cursor:
        cursor.execute("select records_finalise(%s)", [row.pk])
        (number,) = cursor.fetchone()
    _record(EventKind.DOCUMENT_FINALISED, by, row.pk, row.child_id, None, row.domain_id, number, row.kind)
    return Document.objects.get(pk=row.pk)


@action
def throw_letter(*, by: Viewer, document_id: uuid.UUID) -> None:
    """Throw a draft of one's own away (rensa): it has never been a public record.

    Raises:
        NotYours: no draft of the viewer's.
    """
    row = _own_draft(by, document_id)
    record(EventKind.DOCUMENT_THROWN, by=by, about=row, details={"kind": row.kind})
    row.delete()


@action
def set_paragraph(*, by: Viewer, document_id: uuid.UUID, paragraph: str) -> Document:
    """Mark a document with the provision that most likely holds; each request tests it anew.

    Raises:
        NotYours: not in the viewer's register.
        Refused: `paragraph`.
    """
    _require_keeper(by)
    if paragraph not in PARAGRAPHS:
        raise Refused("paragraph")
    row = Document.objects.select_for_update(of=("self",)).filter(
        pk=document_id, authority_id=by.authority_id
    ).first()  # fmt: skip
    if row is None:
        raise NotYours
    row.paragraph, row.paragraph_by_id = paragraph, by.actor_id
    touched = Document.objects.filter(pk=row.pk).update(paragraph=paragraph, paragraph_by_id=by.actor_id)
    if not touched:  # read by way of the child, and not in the register that the viewer keeps
        raise NotYours
    record(EventKind.DOCUMENT_MARKED, by=by, about=row, details={"paragraph": paragraph})
    return row


@action
def purge_drafts(*, by: Viewer, days: int = DRAFT_DAYS) -> int:
    """Throw away the drafts of an authority that nobody has touched for so many days; the count is logged.

    Returns: how many.
    """
    with connection.cursor() as cursor:
        cursor.execute("select records_purge(%s)", [days])
        (count,) = cursor.fetchone()
    record(EventKind.DRAFTS_PURGED, by=by, details={"drafts": count, "days": days})
    return int(count)


def _require_keeper(by: Viewer) -> int:
    """Return the domain whose register the viewer keeps."""
    domain = home_domain(by)
    if domain is None or not by.may(Permission.RECORDS_READ):
        raise NotAllowed
    return domain


def _own_draft(by: Viewer, document_id: uuid.UUID) -> Document:
    rows = Document.objects.select_for_update(of=("self",)).filter(pk=document_id, drawn_by_id=by.actor_id)
    row = rows.first()
    if row is None:
        raise NotYours
    if row.final:
        raise Conflict
    return row


def _letter_problems(letter: Letter) -> list[str]:
    problems = [name for name in ("title", "text") if not getattr(letter, name).strip()]
    if letter.kind not in BY_HAND:
        problems.append("kind")
    if letter.dated > today():
        problems.append("dated")
    if contact_places(letter.title):
        problems.append("title_secret")
    return problems


def _letter_fields(letter: Letter) -> dict[str, Any]:
    return {
        "title": letter.title.strip(), "dated": letter.dated, "sender": letter.sender.strip(),
        "recipient": letter.recipient.strip(),
    }  # fmt: skip


def _child_of(by: Viewer, letter: Letter) -> int | None:
    if not KINDS[letter.kind].about_child:
        if letter.personnummer.strip():
            raise Refused("no_child")
        return None
    child = child_by_number(by, letter.personnummer)
    if child is None:
        raise Refused("personnummer")
    record(EventKind.DOCUMENT_SOUGHT, by=by, about=Child(pk=child))
    return child
