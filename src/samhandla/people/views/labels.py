"""What the school years are called, and the lawyer's approval."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from samhandla.people import actions, queries
from samhandla.people.errors import Refused
from samhandla.people.forms import PROBLEMS, LabelForm
from samhandla.people.views.common import see_other, tell


def _page(request: HttpRequest, form: Any = None) -> HttpResponse:
    context = {
        "sets": queries.list_label_sets(request.viewer.authority_id),
        "form": form or LabelForm(),
        "today": queries.today(),
    }
    return render(request, "people/labels.html", context, status=422 if form else 200)


@require_GET
def labels(request: HttpRequest) -> HttpResponse:
    return _page(request)


@require_POST
def approve(request: HttpRequest) -> HttpResponse:
    """Approve the names that begin on a day."""
    try:
        day = date.fromisoformat(request.POST.get("fran", ""))
    except ValueError as error:
        raise BadRequest from error
    try:
        count = actions.approve_labels(by=request.viewer, valid_from=day)
    except Refused as refused:
        tell(request, refused)
    else:
        messages.success(
            request,
            ngettext("%(n)s namn är godkänt.", "%(n)s namn är godkända.", count) % {"n": count},
        )
    return see_other("labels")


@require_POST
def change(request: HttpRequest) -> HttpResponse:
    """Write or change one name."""
    form = LabelForm(request.POST)
    if not form.is_valid():
        return _page(request, form)
    try:
        actions.set_label(by=request.viewer, **form.cleaned_data)
    except Refused as refused:
        form.add_error(None, PROBLEMS[refused.problem])
        return _page(request, form)
    messages.success(request, _("Namnet är sparat och väntar på godkännande."))
    return see_other("labels")
