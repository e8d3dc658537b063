"""The register: list, one document, and what is written by hand."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from samhandla.people.queries import get_child_for, name_on_page, today
from samhandla.records.actions.documents import (
    Letter,
    change_letter,
    finalise_letter,
    set_paragraph,
    throw_letter,
    write_letter,
)
from samhandla.records.forms import LetterForm, ParagraphForm, SearchForm
from samhandla.records.models import Document
from samhandla.records.queries.documents import (
    Search,
    diary_for,
    documents_of_child_for,
    get_document_for,
    own_drafts_for,
    text_of,
)
from samhandla.records.rules.paragraphs import PARAGRAPHS
from samhandla.records.views.common import attempt
from samhandla.trust.permissions import Permission
from samhandla.web.answers import see_other

PER_PAGE = 50


@require_GET
def diary(request: HttpRequest) -> HttpResponse:
    form = SearchForm(request.GET or None)
    search = Search()
    if form.is_bound and form.is_valid():
        said = form.cleaned_data
        search = Search(said["nummer"], said["slag"], said["fran"], said["till"])
    page = Paginator(diary_for(request.viewer, search), PER_PAGE).get_page(request.GET.get("sida"))
    writes = request.viewer.may(Permission.RELEASE)
    context = {
        "form": form, "page": page, "rows": page.object_list, "writes": writes,
        "searched": search != Search(), "drafts": own_drafts_for(request.viewer) if writes else [],
    }  # fmt: skip
    return render(request, "records/diary.html", context)


def document_or_404(request: HttpRequest, document_id: UUID) -> Document:
    found = get_document_for(request.viewer, document_id)
    if found is None:
        raise Http404
    return found


@require_GET
def document(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """One document as it stands in the register; what it says only for whoever has a reason to read it."""
    one = document_or_404(request, document_id)
    if not one.final:
        return see_other("document-write", document_id=document_id)
    marks = request.viewer.may(Permission.RELEASE)
    context = {
        "document": one, "text": text_of(request.viewer, one),
        "likely": PARAGRAPHS[one.paragraph or one.likely],
        "form": ParagraphForm(initial={"paragraph": one.paragraph or one.likely}) if marks else None,
    }  # fmt: skip
    return render(request, "records/document.html", context)


def _letter(form: LetterForm, kind: str = "") -> Letter:
    said = {"personnummer": "", "kind": kind, **form.cleaned_data}
    return Letter(**said)


@require_http_methods(["GET", "POST"])
def begin(request: HttpRequest) -> HttpResponse:
    """Begin a document by hand; it is a draft until it is finalised."""
    form = LetterForm(request.POST or None, initial={"dated": today()})
    if request.method == "POST" and form.is_valid():
        made = attempt(request, lambda: write_letter(by=request.viewer, letter=_letter(form)), form)
        if made:
            messages.success(request, _("Utkastet är sparat. Det är ingen allmän handling än."))
            return see_other("document-write", document_id=made.pk)
    return render(request, "records/letter.html", {"form": form}, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def write(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """Write on in a draft, finalise it, or throw it away."""
    one = document_or_404(request, document_id)
    if one.final:
        raise Http404
    initial = {name: getattr(one, name) for name in ("title", "dated", "sender", "recipient")}
    initial["text"] = text_of(request.viewer, one) if request.method == "GET" else ""
    form = LetterForm(request.POST or None, draft=True, initial=initial)
    if request.method == "POST":
        answer = _written(request, one, form)
        if answer:
            return answer
    return render(
        request, "records/letter.html", {"form": form, "document": one}, status=422 if form.errors else 200
    )


def _written(request: HttpRequest, one: Document, form: LetterForm) -> HttpResponse | None:
    if "rensa" in request.POST:
        attempt(request, lambda: throw_letter(by=request.viewer, document_id=one.pk))
        messages.success(request, _("Utkastet är rensat."))
        return see_other("diary")
    if not form.is_valid():
        return None
    letter = _letter(form, one.kind)
    if not attempt(
        request, lambda: change_letter(by=request.viewer, document_id=one.pk, letter=letter), form
    ):
        return None
    if "fardigstall" not in request.POST:
        messages.success(request, _("Utkastet är sparat. Det är ingen allmän handling än."))
        return see_other("document-write", document_id=one.pk)
    made = attempt(request, lambda: finalise_letter(by=request.viewer, document_id=one.pk), form)
    if made:
        messages.success(
            request, _("Handlingen är färdigställd och har nummer %(number)s.") % {"number": made.written}
        )
    return see_other("document", document_id=one.pk)


@require_POST
def mark(request: HttpRequest, document_id: UUID) -> HttpResponse:
    """Set which provision most likely holds."""
    one = document_or_404(request, document_id)
    code = request.POST.get("paragraph", "")
    if attempt(request, lambda: set_paragraph(by=request.viewer, document_id=one.pk, paragraph=code)):
        messages.success(request, _("Bestämmelsen är satt. Varje begäran prövas ändå för sig."))
    return see_other("document", document_id=one.pk)


@require_GET
def of_child(request: HttpRequest, ref: UUID) -> HttpResponse:
    """What is registered about one pupil, for those who work with it."""
    child = get_child_for(request.viewer, ref)
    if child is None:
        raise Http404
    context = {
        "child": child, "name": name_on_page(request.viewer, child),
        "rows": documents_of_child_for(request.viewer, child),
    }  # fmt: skip
    return render(request, "records/child.html", context)
