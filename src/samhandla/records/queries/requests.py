"""Reads of requests for documents, and of who may refuse."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet
from django.utils.translation import gettext, ngettext

from samhandla.people.models import Duty, Staff
from samhandla.people.queries import in_force
from samhandla.records.models import Delegation, DocumentText, ReleaseItem, ReleaseRequest
from samhandla.records.queries.documents import text_of, unsealed_file
from samhandla.records.queries.keepers import about_protected, is_delegate
from samhandla.records.rules.clock import pace
from samhandla.records.rules.masking import Piece, Sentence, pieces, sentences
from samhandla.records.rules.paragraphs import PARAGRAPHS
from samhandla.trust.permissions import Permission
from samhandla.trust.roles import ROLES
from samhandla.trust.shown import note_shown
from samhandla.trust.viewer import Viewer

OPEN = (ReleaseRequest.State.OPEN, ReleaseRequest.State.DECISION)
SHOWN_DONE = 50
DECIDING_ROLES = tuple(code for code, role in ROLES.items() if Permission.RELEASE_DECIDE in role.permissions)


@dataclass(frozen=True)
class RequestRow:
    """One request in the list, with its clock."""

    row: ReleaseRequest
    items: int
    pace: str


def list_requests_for(viewer: Viewer, *, today: date) -> tuple[list[RequestRow], list[RequestRow]]:
    """Return what waits, the oldest first, and what is done, the latest first. Queries: two."""
    rows = _requests(viewer).annotate(items_count=Count("items"))
    waiting = rows.filter(state__in=OPEN).order_by("asked_on", "pk")
    done = rows.exclude(state__in=OPEN).order_by("-asked_on", "-pk")[:SHOWN_DONE]
    return (
        [RequestRow(row, row.items_count, pace(row.asked_on, today)) for row in waiting],
        [RequestRow(row, row.items_count, "") for row in done],
    )


def get_request_for(viewer: Viewer, request_id: int) -> ReleaseRequest | None:
    """Return a request; None alike when it is missing and when it is forbidden. Queries: one."""
    return _requests(viewer).filter(pk=request_id).first()


def items_of(request: ReleaseRequest) -> list[ReleaseItem]:
    """Return the documents of a request, by number. Queries: one."""
    rows = ReleaseItem.objects.filter(request=request).select_related("document__unit")
    return list(rows.order_by("document__series", "document__year", "document__number"))


def withheld(items: list[ReleaseItem]) -> list[ReleaseItem]:
    """Return those that were not given, or not whole."""
    return [one for one in items if one.verdict in (ReleaseItem.Verdict.MASKED, ReleaseItem.Verdict.REFUSED)]


@dataclass(frozen=True)
class MaskRow:
    """One mask: its number in the row, what it hides (while it is tested), and whether it can be lifted."""

    number: int
    words: str
    place: str
    forced: bool


@dataclass(frozen=True)
class ItemPage:
    """A document under test: the text as it would go out, its sentences, its masks."""

    item: ReleaseItem
    request: ReleaseRequest
    text: str
    pieces: list[Piece]
    sentences: list[Sentence]
    masks: list[MaskRow]
    protected: bool
    has_file: bool


def item_page_for(viewer: Viewer, request_id: int, item_id: int) -> ItemPage | None:
    """Return one document of a request as it is tested; None alike when missing and when forbidden."""
    rows = ReleaseItem.objects.filter(pk=item_id, request_id=request_id)
    rows = rows.filter(request__authority_id=viewer.authority_id)
    item = rows.select_related("request__document", "document__unit").first()
    if item is None:
        return None
    text = text_of(viewer, item.document) or ""
    masks = [(first, last, paragraph) for first, last, paragraph, _forced in item.masks]
    shown = [
        MaskRow(number, text[first:last], gettext(PARAGRAPHS[paragraph].place), bool(forced))
        for number, (first, last, paragraph, forced) in enumerate(item.masks)
    ]
    return ItemPage(
        item=item, request=item.request, text=text, pieces=pieces(text, masks), sentences=sentences(text),
        masks=shown, protected=about_protected(viewer, item.document_id), has_file=has_file(item.document_id),
    )  # fmt: skip


def has_file(document_id: uuid.UUID) -> bool:
    """Tell whether a document is a scanned paper. Queries: one."""
    return DocumentText.objects.filter(document_id=document_id, file__isnull=False).exists()


def copy_of(viewer: Viewer, request_id: int, item_id: int) -> tuple[bytes, str, str] | None:
    """Return what was given of a document: content, type and the document's number. Queries: one."""
    rows = ReleaseItem.objects.filter(pk=item_id, request_id=request_id, copy__isnull=False)
    item = rows.filter(request__authority_id=viewer.authority_id).select_related("document").first()
    if item is None or item.copy is None:
        return None
    if item.document.child_id is not None:
        note_shown((item.document.child_id,))
    return unsealed_file(bytes(item.copy), item.document_id), item.copy_type, item.document.written


def list_to_decide_for(viewer: Viewer) -> list[ReleaseRequest]:
    """Return the requests that wait for a written decision, when the viewer may make it. Queries: two."""
    if not is_delegate(viewer):
        return []
    return list(_requests(viewer).filter(state=ReleaseRequest.State.DECISION).order_by("asked_on", "pk"))


def list_delegations_for(viewer: Viewer, *, today: date) -> list[Delegation]:
    """Return the delegations in force and to come. Queries: one."""
    rows = Delegation.objects.filter(authority_id=viewer.authority_id)
    going = rows.filter(in_force(today) | Q(valid_from__gt=today, ended_at__isnull=True))
    return list(going.select_related("staff").order_by("staff__family_name", "staff__given_name", "pk"))


def delegate_choices_for(viewer: Viewer, *, on: date) -> QuerySet[Staff]:
    """Return who can be given the delegation: those whose role has its page. Queries: one."""
    duties = Duty.objects.filter(in_force(on), role__in=DECIDING_ROLES)
    rows = Staff.objects.filter(authority_id=viewer.authority_id, duties__in=duties)
    return rows.exclude(actor_id=viewer.actor_id).distinct().order_by("family_name", "given_name")


def requests_note(viewer: Viewer) -> str:
    """Return how many requests wait. Queries: one."""
    count = _requests(viewer).filter(state=ReleaseRequest.State.OPEN).count()
    return ngettext("%(n)s prövas nu", "%(n)s prövas nu", count) % {"n": count} if count else ""


def decisions_note(viewer: Viewer) -> str:
    """Return how many wait for the viewer's decision. Queries: two."""
    count = len(list_to_decide_for(viewer))
    return ngettext("%(n)s väntar på beslut", "%(n)s väntar på beslut", count) % {"n": count} if count else ""


def _requests(viewer: Viewer) -> QuerySet[ReleaseRequest]:
    rows = ReleaseRequest.objects.filter(authority_id=viewer.authority_id)
    return rows.select_related("document", "decision", "decided_by")
