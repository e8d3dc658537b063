"""The register of processings and legal bases. No child in it."""

from __future__ import annotations

from django.contrib import messages
from django.forms.models import model_to_dict
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from samhandla.people.queries import today
from samhandla.secrecy.actions.processings import (
    approve_processing,
    deliver_processings,
    save_processing,
)
from samhandla.secrecy.errors import NotYours, Refused
from samhandla.secrecy.forms import ProcessingForm
from samhandla.secrecy.queries.processings import get_processing_for, list_processings_for
from samhandla.secrecy.rules.processings import WRITTEN
from samhandla.secrecy.words import PROBLEMS, PROCESSING_PROBLEM
from samhandla.trust.permissions import Permission


@require_GET
def processings(request: HttpRequest) -> HttpResponse:
    context = {
        "rows": list_processings_for(request.viewer),
        "keeps": request.viewer.may(Permission.PROCESSING_APPROVE),
    }
    return render(request, "secrecy/processings.html", context)


def _back() -> HttpResponse:
    return HttpResponseRedirect(reverse("processings"), status=303)


@require_POST
def deliver(request: HttpRequest) -> HttpResponse:
    """Make the register from what is delivered."""
    count = deliver_processings(by=request.viewer)
    messages.success(request, _("%(count)s behandlingar lades till. Ingen är godkänd än.") % {"count": count})
    return _back()


@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    return _edit(request, None)


@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, processing_id: int) -> HttpResponse:
    if get_processing_for(request.viewer, processing_id) is None:
        raise Http404
    return _edit(request, processing_id)


def _edit(request: HttpRequest, processing_id: int | None) -> HttpResponse:
    """One form for a new row and for a new version of a row."""
    row = get_processing_for(request.viewer, processing_id) if processing_id else None
    initial = model_to_dict(row, WRITTEN) if row else None
    form = ProcessingForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            save_processing(
                by=request.viewer, values=form.cleaned_data, on=today(), processing_id=processing_id
            )
        except Refused as refused:
            for problem in refused.problems:
                form.add_error(problem, PROCESSING_PROBLEM)
        else:
            messages.success(request, _("Behandlingen är sparad. Den gäller när någon har godkänt den."))
            return _back()
    status = 422 if request.method == "POST" else 200
    return render(request, "secrecy/processing.html", {"form": form, "row": row}, status=status)


@require_POST
def approve(request: HttpRequest, processing_id: int) -> HttpResponse:
    """Approve one row."""
    try:
        row = approve_processing(by=request.viewer, processing_id=processing_id, on=today())
        messages.success(request, _("%(what)s är godkänd.") % {"what": row.name})
    except NotYours:
        raise Http404 from None
    except Refused as refused:
        for problem in refused.problems:
            messages.error(request, PROBLEMS[problem])
    return _back()
