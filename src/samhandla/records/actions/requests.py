"""A request for documents: taken, collected for, tested document by document, answered."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.utils import timezone

from samhandla.people.models import Child
from samhandla.people.queries import today
from samhandla.records.actions.documents import Finalised, register_document, seal_file
from samhandla.records.errors import Conflict, NotAllowed, NotYours, Refused
from samhandla.records.models import Document, ReleaseItem, ReleaseRequest
from samhandla.records.pdf import make_pdf
from samhandla.records.queries.documents import Search, diary_for, file_of, text_of
from samhandla.records.queries.keepers import (
    about_protected,
    child_by_number,
    family_words,
    guardians_of,
    home_domain,
)
from samhandla.records.queries.requests import items_of, withheld
from samhandla.records.rules.masking import (
    Mask,
    contact_places,
    mask_problem,
    pieces,
    places_of,
    sentences,
)
from samhandla.records.rules.paragraphs import GROUNDS
from samhandla.trust.audit import action, record
from samhandla.trust.events import EventKind
from samhandla.trust.models import Authority
from samhandla.trust.permissions import Permission
from samhandla.trust.viewer import Viewer

MOST_AT_ONCE = 100
PUBLIC = ReleaseRequest.Kind.PUBLIC
GUARDIAN = ReleaseRequest.Kind.GUARDIAN
ADDRESS = "osl_23_2_3"  # identity, address and the like in school
PERSECUTED = "osl_21_3"  # ways to reach somebody with protected identity


@dataclass(frozen=True)
class Asked:
    """What somebody asks for. The public tells neither name nor purpose; the others are about a child."""

    kind: str
    how: str
    asked_on: date
    what: str
    answer_to: str = ""
    identity: str = ""
    personnummer: str = ""
    guardian: uuid.UUID | None = None


@action
def take_request(*, by: Viewer, asked: Asked) -> ReleaseRequest:
    """Register that somebody asks for documents. The request is itself a document with a number.

    Raises:
        NotAllowed: the viewer takes no requests.
        Refused: `what`, `asked_on`, `identity`, `personnummer`, `guardian`, or `independent`: an independent
            principal holds no public records.
    """
    domain = _require(by)
    child = _child_of(by, asked)
    key = register_document(
        by=by,
        said=Finalised(
            kind="request", text=asked.what.strip(), domain_id=domain, dated=asked.asked_on,
        ),
    )  # fmt: skip
    row = ReleaseRequest(
        authority_id=by.authority_id, domain_id=domain, document_id=key, kind=asked.kind, how=asked.how,
        asked_on=asked.asked_on, what=asked.what.strip(), answer_to=asked.answer_to.strip(),
        identity="" if asked.kind == PUBLIC else asked.identity.strip(), child_id=child,
        guardian_id=asked.guardian if asked.kind == GUARDIAN else None, registered_by_id=by.actor_id,
    )  # fmt: skip
    row.save(force_insert=True)
    record(EventKind.RELEASE_ASKED, by=by, about=row, details={"kind": asked.kind, "how": asked.how})
    return row


def _child_of(by: Viewer, asked: Asked) -> int | None:
    """Return the child that a request is about, None for the public's; or refuse."""
    problems = [] if asked.what.strip() else ["what"]
    if asked.asked_on > today():
        problems.append("asked_on")
    child = None
    if asked.kind == PUBLIC:
        if Authority.objects.get(pk=by.authority_id).kind == Authority.Kind.INDEPENDENT:
            problems.append("independent")
    else:
        if not asked.identity.strip():
            problems.append("identity")
        child = child_by_number(by, asked.personnummer)
        if child is None:
            problems.append("personnummer")
        else:
            record(EventKind.DOCUMENT_SOUGHT, by=by, about=Child(pk=child))
            if asked.kind == GUARDIAN and asked.guardian not in {key for key, _n in guardians_of(by, child)}:
                problems.append("guardian")
    if problems:
        raise Refused(*problems)
    return child


@action
def collect(*, by: Viewer, request_id: int, search: Search | None = None, every: bool = False) -> int:
    """Collect documents for a request, with what must be masked masked from the start.

    Args:
        search: by number, kind and days.
        every: all that is registered about the child that a party's or a guardian's request is about.
    Returns: how many were added; those that are there already stay as they are.
    Raises:
        NotYours, Conflict: not to be found; not open.
        Refused: `nothing` when the search is empty or finds none, `several` when it finds too many.
    """
    row = _lock(by, request_id)
    found = _sought(by, row, search, every)
    here = set(ReleaseItem.objects.filter(request=row).values_list("document_id", flat=True))
    fresh = [one for one in found if one.pk not in here]
    for document in fresh:
        item = ReleaseItem(request=row, document=document, domain_id=document.domain_id)
        item.save(force_insert=True)
        # What the document says can be read only now that it is collected.
        item.masks = _from_the_start(by, row, document)
        item.save(update_fields=["masks"])
    record(EventKind.ITEM_COLLECTED, by=by, about=row, details={"documents": len(fresh)})
    return len(fresh)


def _sought(by: Viewer, row: ReleaseRequest, search: Search | None, every: bool) -> list[Document]:
    if row.child_id is None and (search is None or search == Search()):
        raise Refused("nothing")
    rows = diary_for(by, search or Search()).filter(disposed_on=None)
    if row.child_id is not None:
        rows = rows.filter(child_id=row.child_id)
        if not every and (search is None or search == Search()):
            raise Refused("nothing")
    found = list(rows.exclude(kind="request")[: MOST_AT_ONCE + 1])
    if not found:
        raise Refused("nothing")
    if len(found) > MOST_AT_ONCE:
        raise Refused("several")
    return found


def _from_the_start(by: Viewer, row: ReleaseRequest, document: Document) -> list[list[object]]:
    """Return the masks that a document has before anybody has looked: ways to reach people.

    They can be lifted, but not for a family (another guardian's address is never shown) and not when the
    child or an adult of its family has protected identity.
    """
    text = text_of(by, document) or ""
    protected = about_protected(by, document.pk)
    forced = protected or row.kind != PUBLIC
    paragraph = PERSECUTED if protected else ADDRESS
    places = set(contact_places(text))
    never = {p for word in family_words(by, document.pk, row.guardian_id) for p in places_of(text, word)}
    loose = places - never
    made = [[first, last, PERSECUTED if protected else ADDRESS, True] for first, last in never]
    made += [[first, last, paragraph, forced] for first, last in loose]
    return sorted(made, key=lambda one: one[:2])


@action
def drop_item(*, by: Viewer, request_id: int, item_id: int) -> None:
    """Take a document out of an open request again.

    Raises:
        NotYours, Conflict: not to be found; not open, or given already.
    """
    item = _item(by, request_id, item_id)
    record(EventKind.ITEM_COLLECTED, by=by, about=item.request, details={"documents": -1})
    item.delete()


@action
def mask_item(
    *, by: Viewer, request_id: int, item_id: int, paragraph: str, chosen: Iterable[int] = (), words: str = ""
) -> ReleaseItem:
    """Mask sentences, and every place of some words, in a document under test.

    Args:
        chosen: places in the list of sentences.
    Raises:
        NotYours, Conflict: not to be found; not open, or given already.
        Refused: `paragraph`, `place`, `words` when they stand nowhere, or `public` for a decision.
    """
    item = _item(by, request_id, item_id)
    text = text_of(by, item.document) or ""
    if item.document.public and paragraph.startswith("osl_23_2"):
        raise Refused("public")
    split = sentences(text)
    wanted = sorted(set(chosen))
    if any(not 0 <= number < len(split) for number in wanted):
        raise Refused("place")
    fresh: list[Mask] = [(split[n].first, split[n].last, paragraph) for n in wanted]
    places = places_of(text, words)
    if words.strip() and not places:
        raise Refused("words")
    fresh += [(first, last, paragraph) for first, last in places]
    problems = {mask_problem(text, one, GROUNDS) for one in fresh} - {""}
    if problems or not fresh:
        raise Refused(*(sorted(problems) or ["place"]))
    known = {tuple(one[:2]) for one in item.masks}
    masks = [*item.masks, *([*one, False] for one in fresh if one[:2] not in known)]
    return _masked(by, item, masks)


@action
def unmask_item(*, by: Viewer, request_id: int, item_id: int, number: int) -> ReleaseItem:
    """Lift one mask.

    Raises:
        NotYours, Conflict: as above.
        Refused: `place`, or `forced` for what must be masked.
    """
    item = _item(by, request_id, item_id)
    if not 0 <= number < len(item.masks):
        raise Refused("place")
    if item.masks[number][3]:
        raise Refused("forced")
    return _masked(by, item, [one for n, one in enumerate(item.masks) if n != number])


def _masked(by: Viewer, item: ReleaseItem, masks: list[list[object]]) -> ReleaseItem:
    """Keep the masks in order; what was tested with others is to be tested anew."""
    item.masks = sorted(masks, key=lambda one: one[:2])
    item.verdict, item.paragraph, item.words, item.tested_by_id, item.tested_at = "", "", "", None, None
    item.save(update_fields=["masks", "verdict", "paragraph", "words", "tested_by", "tested_at"])
    record(EventKind.ITEM_MASKED, by=by, about=item, details={"masks": len(masks)})
    return item


@action
def judge_item(
    *, by: Viewer, request_id: int, item_id: int, verdict: str, paragraph: str = "", words: str = ""
) -> ReleaseItem:
    """Say what the secrecy test of one document gave.

    Raises:
        NotYours, Conflict: as above.
        Refused: `verdict`; `masks` when a whole one has masks or a masked one none; `paragraph` or
            `reasons` for one that is not given; `public` when a decision would be withheld under 23 kap. 2 §,
            which keeps decisions open.
    """
    item = _item(by, request_id, item_id)
    problem = _verdict_problem(by, item, verdict, paragraph, words)
    if problem:
        raise Refused(problem)
    held = verdict == ReleaseItem.Verdict.REFUSED
    item.verdict, item.words = verdict, words.strip()
    item.paragraph = paragraph if held else ""
    item.tested_by_id, item.tested_at = by.actor_id, timezone.now()
    item.save(update_fields=["verdict", "words", "paragraph", "tested_by", "tested_at"])
    record(
        EventKind.ITEM_TESTED, by=by, about=item, details={"verdict": verdict, "paragraph": item.paragraph}
    )
    return item


def _verdict_problem(by: Viewer, item: ReleaseItem, verdict: str, paragraph: str, words: str) -> str:
    if verdict not in ReleaseItem.Verdict.values:
        return "verdict"
    if verdict == ReleaseItem.Verdict.REFUSED:
        if paragraph not in GROUNDS:
            return "paragraph"
        if item.document.public and paragraph.startswith("osl_23_2"):
            return "public"
        return "" if words.strip() else "reasons"
    return "masks" if (verdict == ReleaseItem.Verdict.WHOLE) == bool(item.masks) else ""


@action
def answer_request(*, by: Viewer, request_id: int, nothing: bool = False) -> ReleaseRequest:
    """Answer a request: what may be given is made into files, of which a copy stays.

    Args:
        nothing: there is no such document; then none is collected.
    Raises:
        NotYours, Conflict: not to be found; not open.
        Refused: `untested` when a document waits for its test, `empty` when none is collected.
    """
    row = _lock(by, request_id)
    items = items_of(row)
    if not items and not nothing:
        raise Refused("empty")
    if any(not one.verdict for one in items):
        raise Refused("untested")
    now = timezone.now()
    for item in items:
        if item.verdict != ReleaseItem.Verdict.REFUSED and item.released_at is None:
            _give(by, row, item)
    row.state, row.answered_at = ReleaseRequest.State.ANSWERED, now
    row.save(update_fields=["state", "answered_at"])
    counts = {v: sum(1 for one in items if one.verdict == v) for v in ReleaseItem.Verdict.values}
    record(EventKind.RELEASE_ANSWERED, by=by, about=row, details=counts)
    return row


def _give(by: Viewer, row: ReleaseRequest, item: ReleaseItem) -> None:
    """Make what is given of one document, and keep a sealed copy of exactly that."""
    document = item.document
    scanned = file_of(by, document) if item.verdict == ReleaseItem.Verdict.WHOLE else None
    content, kind = scanned or (_file_of(by, row, item), "application/pdf")
    item.copy, item.copy_type, item.released_at = (
        seal_file(content, document.pk), kind, timezone.now(),
    )  # fmt: skip
    item.save(update_fields=["copy", "copy_type", "released_at"])


def _file_of(by: Viewer, row: ReleaseRequest, item: ReleaseItem) -> bytes:
    document = item.document
    masks = [(first, last, paragraph) for first, last, paragraph, _forced in item.masks]
    facts = [
        ("Handling", document.written), ("Myndighet", Authority.objects.get(pk=by.authority_id).name),
        ("Datum", f"{document.dated:%Y-%m-%d}"), ("Utlämnad efter begäran", row.document.written),
    ]  # fmt: skip
    text = text_of(by, document) or ""
    return make_pdf(document.title, facts, pieces(text, masks), on=today())


@action
def withdraw_request(*, by: Viewer, request_id: int) -> ReleaseRequest:
    """Close a request that whoever asked has taken back.

    Raises:
        NotYours, Conflict: not to be found; not open.
    """
    row = _lock(by, request_id)
    row.state = ReleaseRequest.State.WITHDRAWN
    row.save(update_fields=["state"])
    record(EventKind.RELEASE_WITHDRAWN, by=by, about=row)
    return row


@action
def ask_decision(*, by: Viewer, request_id: int) -> ReleaseRequest:
    """Note that whoever asked wants a written decision on what was not given.

    Raises:
        NotYours, Conflict: not to be found; not answered yet, or decided already.
        Refused: `nothing_withheld`.
    """
    row = _lock(by, request_id, ReleaseRequest.State.ANSWERED)
    if not withheld(items_of(row)):
        raise Refused("nothing_withheld")
    row.state = ReleaseRequest.State.DECISION
    row.save(update_fields=["state"])
    record(EventKind.RELEASE_RESUMED, by=by, about=row, details={"to": "decision"})
    return row


def _require(by: Viewer) -> int:
    domain = home_domain(by)
    if domain is None or not by.may(Permission.RELEASE):
        raise NotAllowed
    return domain


def _lock(by: Viewer, request_id: int, state: str = ReleaseRequest.State.OPEN) -> ReleaseRequest:
    if not (by.may(Permission.RELEASE) or by.may(Permission.RELEASE_DECIDE)):
        raise NotAllowed
    rows = ReleaseRequest.objects.select_for_update(of=("self",)).filter(
        pk=request_id, authority_id=by.authority_id
    )
    row = rows.select_related("document").first()
    if row is None:
        raise NotYours
    if row.state != state:
        raise Conflict
    return row


def _item(by: Viewer, request_id: int, item_id: int) -> ReleaseItem:
    """Return a document under test, its request locked so that nothing is answered meanwhile."""
    row = _lock(by, request_id)
    item = ReleaseItem.objects.filter(pk=item_id, request=row).select_related("document").first()
    if item is None:
        raise NotYours
    if item.released_at is not None:
        raise Conflict
    item.request = row
    return item
