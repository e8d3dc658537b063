"""The decision not to release, and the delegations."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from samhandla.people.queries import today
from samhandla.records.actions.decisions import (
    end_delegation,
    give_delegation,
    refuse_release,
    send_back,
)
from samhandla.records.forms import DelegationForm, ReasonsForm
from samhandla.records.queries.keepers import is_delegate
from samhandla.records.queries.requests import (
    delegate_choices_for,
    get_request_for,
    item_page_for,
    items_of,
    list_delegations_for,
    list_to_decide_for,
    withheld,
)
from samhandla.records.views.common import attempt
from samhandla.web.answers import see_other


@require_GET
def decisions(request: HttpRequest) -> HttpResponse:
    context = {"rows": list_to_decide_for(request.viewer), "delegate": is_delegate(request.viewer)}
    return render(request, "records/decisions.html", context)


@require_http_methods(["GET", "POST"])
def decide(request: HttpRequest, request_id: int) -> HttpResponse:
    """Decide not to release what was withheld, or send it back to be tested anew."""
    row = get_request_for(request.viewer, request_id) if is_delegate(request.viewer) else None
    if row is None or row.state not in ("decision", "refused"):
        raise Http404
    form = ReasonsForm(request.POST if request.method == "POST" and "prova" not in request.POST else None)
    if request.method == "POST":
        if "prova" in request.POST:
            if attempt(request, lambda: send_back(by=request.viewer, request_id=request_id)):
                messages.success(request, _("Begäran är tillbaka hos registratorn för ny prövning."))
            return see_other("decisions")
        if form.is_valid():
            reasons = form.cleaned_data["reasons"]
            done = attempt(
                request,
                lambda: refuse_release(by=request.viewer, request_id=request_id, reasons=reasons), form,
            )  # fmt: skip
            if done:
                messages.success(
                    request, _("Beslutet är fattat och registrerat. Registratorn lämnar det vidare.")
                )
                return see_other("decisions")
    items = withheld(items_of(row))
    pages = (
        [item_page_for(request.viewer, row.pk, item.pk) for item in items] if row.state == "decision" else []
    )
    context = {"row": row, "items": items, "pages": pages, "form": form}
    return render(request, "records/decision.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def delegations(request: HttpRequest) -> HttpResponse:
    """Who may refuse in the authority's name."""
    choices = delegate_choices_for(request.viewer, on=today())
    form = DelegationForm(request.POST or None, choices=choices, initial={"first": today()})
    if request.method == "POST" and form.is_valid():
        made = attempt(request, lambda: give_delegation(by=request.viewer, **form.cleaned_data), form)
        if made:
            messages.success(request, _("Delegationen är registrerad."))
            return see_other("delegations")
    context = {"rows": list_delegations_for(request.viewer, today=today()), "form": form}
    return render(request, "records/delegations.html", context, status=422 if form.errors else 200)


@require_POST
def end(request: HttpRequest, delegation_id: int) -> HttpResponse:
    """End a delegation at once."""
    if attempt(request, lambda: end_delegation(by=request.viewer, delegation_id=delegation_id)):
        messages.success(request, _("Delegationen är avslutad."))
    return see_other("delegations")
