"""The data-quality page: what the figures can carry, before any list of pupils."""

from __future__ import annotations

from decimal import Decimal

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from samhandla.analytics import actions, queries, words
from samhandla.analytics.forms import LimitForm
from samhandla.trust.permissions import Permission


@require_http_methods(["GET", "POST"])
def quality(request: HttpRequest) -> HttpResponse:
    """What was found per unit; whoever may set the limit does it here."""
    viewer = request.viewer
    low = queries.low_reporting(viewer.authority_id)
    form = LimitForm(request.POST or None, initial={"percent": int(low * 100)})
    if request.method == "POST":
        if not viewer.may(Permission.QUALITY_EDIT):
            raise PermissionDenied
        if form.is_valid():
            actions.set_low_reporting(by=viewer, share=Decimal(form.cleaned_data["percent"]) / 100)
            messages.success(request, _("Gränsen är ändrad."))
            return HttpResponseRedirect(reverse("quality"), status=303)
    units = queries.list_quality_for(viewer)
    context = {
        "units": [(unit, [words.describe_note(note) for note in unit.notes]) for unit in units],
        "low": low,
        "form": form,
        "data_until": queries.data_up_to(viewer.authority_id),
        "first": units[0].first if units else None,
        "examined": units[0].examined_at if units else None,
    }
    return render(request, "analytics/quality.html", context, status=422 if form.errors else 200)
