"""Requests for documents: taken, collected for, tested, answered; and the decision to refuse."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from samhandla.people.queries import today
from samhandla.records.actions.requests import (
    Asked,
    answer_request,
    ask_decision,
    collect,
    drop_item,
    judge_item,
    mask_item,
    take_request,
    unmask_item,
    withdraw_request,
)
from samhandla.records.forms import AskedForm, MaskForm, SearchForm, VerdictForm
from samhandla.records.queries.documents import Search
from samhandla.records.queries.keepers import child_by_number, guardians_of
from samhandla.records.queries.requests import (
    ItemPage,
    copy_of,
    get_request_for,
    item_page_for,
    items_of,
    list_requests_for,
    withheld,
)
from samhandla.records.rules.clock import pace
from samhandla.records.views.common import attempt
from samhandla.web.answers import see_other


@require_GET
def requests(request: HttpRequest) -> HttpResponse:
    waiting, done = list_requests_for(request.viewer, today=today())
    return render(request, "records/requests.html", {"waiting": waiting, "done": done})


@require_http_methods(["GET", "POST"])
def take(request: HttpRequest) -> HttpResponse:
    """Register a request. A guardian's asks once more which of the child's guardians it is."""
    form = AskedForm(request.POST or None, initial={"asked_on": today(), "kind": "public"})
    if request.method == "POST":
        form = AskedForm(request.POST, guardians=_guardians(request))
        if form.is_valid():
            said = {**form.cleaned_data, "guardian": form.cleaned_data["guardian"] or None}
            asked = _asked(said)
            made = attempt(request, lambda: take_request(by=request.viewer, asked=asked), form)
            if made:
                messages.success(request, _("Begäran är registrerad. Svara skyndsamt, helst i dag."))
                return see_other("release", request_id=made.pk)
    return render(request, "records/request_new.html", {"form": form}, status=422 if form.errors else 200)


def _asked(said: dict[str, Any]) -> Asked:
    guardian = said.pop("guardian")
    return Asked(**said, guardian=UUID(str(guardian)) if guardian else None)


def _guardians(request: HttpRequest) -> list[tuple[Any, str]]:
    if request.POST.get("kind") != "guardian":
        return []
    child = child_by_number(request.viewer, request.POST.get("personnummer", ""))
    return guardians_of(request.viewer, child) if child else []


def _release_or_404(request: HttpRequest, request_id: int) -> Any:
    found = get_request_for(request.viewer, request_id)
    if found is None:
        raise Http404
    return found


@require_GET
def release(request: HttpRequest, request_id: int) -> HttpResponse:
    """One request: its documents, and what is to be done next."""
    row = _release_or_404(request, request_id)
    items = items_of(row)
    context = {
        "row": row, "items": items, "pace": pace(row.asked_on, today()) if row.is_open else "",
        "search": SearchForm(), "untested": [one for one in items if not one.verdict],
        "withheld": withheld(items),
    }  # fmt: skip
    return render(request, "records/request.html", context)


@require_POST
def gather(request: HttpRequest, request_id: int) -> HttpResponse:
    """Collect documents for a request."""
    _release_or_404(request, request_id)
    form = SearchForm(request.POST)
    search = Search()
    if form.is_valid():
        said = form.cleaned_data
        search = Search(said["nummer"], said["slag"], said["fran"], said["till"])
    every = "alla" in request.POST
    count = attempt(
        request, lambda: collect(by=request.viewer, request_id=request_id, search=search, every=every)
    )
    if count is not None:
        words = ngettext("%(n)s handling samlades.", "%(n)s handlingar samlades.", count) % {"n": count}
        messages.success(request, words)
    return see_other("release", request_id=request_id)


@require_POST
def answer(request: HttpRequest, request_id: int) -> HttpResponse:
    """Answer: make the files, and keep a copy of each."""
    _release_or_404(request, request_id)
    nothing = "finns-inte" in request.POST
    row = attempt(request, lambda: answer_request(by=request.viewer, request_id=request_id, nothing=nothing))
    if row:
        messages.success(request, _("Begäran är besvarad. En kopia av det utlämnade finns kvar här."))
    return see_other("release", request_id=request_id)


@require_POST
def close(request: HttpRequest, request_id: int) -> HttpResponse:
    """Close a request that was taken back, or note that a written decision is wanted."""
    _release_or_404(request, request_id)
    if "beslut" in request.POST:
        if attempt(request, lambda: ask_decision(by=request.viewer, request_id=request_id)):
            messages.success(
                request, _("Begäran väntar nu på ett skriftligt beslut av den som har delegation.")
            )
    elif attempt(request, lambda: withdraw_request(by=request.viewer, request_id=request_id)):
        messages.success(request, _("Begäran är avslutad som återtagen."))
    return see_other("release", request_id=request_id)


def _item_or_404(request: HttpRequest, request_id: int, item_id: int) -> ItemPage:
    found = item_page_for(request.viewer, request_id, item_id)
    if found is None:
        raise Http404
    return found


def _item_page(
    request: HttpRequest, page: ItemPage, *, mask: MaskForm | None = None, verdict: VerdictForm | None = None
) -> HttpResponse:
    item = page.item
    start = {"verdict": item.verdict or None, "paragraph": item.paragraph, "words": item.words}
    context = {
        "page": page, "item": item, "row": page.request, "mask": mask or MaskForm(),
        "verdict": verdict or VerdictForm(initial=start),
        "open": page.request.is_open and item.released_at is None,
    }  # fmt: skip
    return render(request, "records/item.html", context, status=422 if mask or verdict else 200)


@require_GET
def item(request: HttpRequest, request_id: int, item_id: int) -> HttpResponse:
    """One document under test."""
    return _item_page(request, _item_or_404(request, request_id, item_id))


@require_POST
def mask(request: HttpRequest, request_id: int, item_id: int) -> HttpResponse:
    """Mask sentences and words, lift a mask, or take the document out of the request."""
    page = _item_or_404(request, request_id, item_id)
    which = {"by": request.viewer, "request_id": request_id, "item_id": item_id}
    if "bort" in request.POST:
        attempt(request, lambda: drop_item(**which))
        return see_other("release", request_id=request_id)
    if "visa" in request.POST:
        number = _number(request.POST["visa"])
        attempt(request, lambda: unmask_item(**which, number=number))
        return see_other("release-item", request_id=request_id, item_id=item_id)
    form = MaskForm(request.POST)
    if form.is_valid():
        chosen = [_number(value) for value in request.POST.getlist("mening")]
        if attempt(request, lambda: mask_item(**which, chosen=chosen, **form.cleaned_data), form):
            messages.success(request, _("Maskerat. Pröva handlingen när du är klar."))
            return see_other("release-item", request_id=request_id, item_id=item_id)
    return _item_page(request, page, mask=form)


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 6 else -1


@require_POST
def judge(request: HttpRequest, request_id: int, item_id: int) -> HttpResponse:
    """Say what the secrecy test gave."""
    page, form = _item_or_404(request, request_id, item_id), VerdictForm(request.POST)
    if form.is_valid():
        done = attempt(
            request,
            lambda: judge_item(
                by=request.viewer, request_id=request_id, item_id=item_id, **form.cleaned_data
            ),
            form,
        )
        if done:
            messages.success(request, _("Prövningen är antecknad."))
            return see_other("release", request_id=request_id)
    return _item_page(request, page, verdict=form)


@require_GET
def given(request: HttpRequest, request_id: int, item_id: int) -> HttpResponse:
    """Exactly what was given, as a file."""
    found = copy_of(request.viewer, request_id, item_id)
    if found is None:
        raise Http404
    content, kind, number = found
    suffix = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}.get(kind, "bin")
    name = number.replace("/", "-").replace(" ", "-")
    headers = {"Content-Disposition": f'attachment; filename="handling-{name}.{suffix}"'}
    return HttpResponse(content, content_type=kind, headers=headers)
