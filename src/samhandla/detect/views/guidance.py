"""Närvarohandledning: twenty minutes per mentor and month."""

from __future__ import annotations

from datetime import date, timedelta

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from samhandla.analytics.queries import data_up_to
from samhandla.detect.actions.guidance import hold_guidance
from samhandla.detect.errors import NotYours
from samhandla.detect.forms.guidance import GuidanceForm
from samhandla.detect.queries.guidance import (
    GuidancePage,
    guidance_page_for,
    kept_figures,
    list_guidance_for,
    plain,
)
from samhandla.detect.queries.reporting import limit_of
from samhandla.detect.views.common import posted, see_other
from samhandla.people.queries import today

BETWEEN = timedelta(weeks=4)  # from one meeting to the next, unless they choose another day


def _suggested(day: date) -> date:
    """Return the day of the next meeting: four weeks on, and the Monday after when that is a weekend."""
    after = day + BETWEEN
    return after + timedelta(days=7 - after.weekday() if after.weekday() > 4 else 0)


@require_GET
def guidance(request: HttpRequest) -> HttpResponse:
    """The mentors and groups whose meetings the viewer leads or takes part in."""
    rows = list_guidance_for(request.viewer, today=today())
    context = {"rows": rows, "data_to": data_up_to(request.viewer.authority_id), "today": today()}
    return render(request, "detect/guidance.html", context)


def _page_or_404(request: HttpRequest, group_id: int) -> GuidancePage:
    page = guidance_page_for(request.viewer, group_id, today=today())
    if page is None:
        raise Http404
    return page


@require_GET
def group(request: HttpRequest, group_id: int) -> HttpResponse:
    """A group's figures and earlier meetings; the mentor reads it, whoever leads goes on from it."""
    page = _page_or_404(request, group_id)
    history = [(row, kept_figures(row.figures)) for row in page.history]
    context = {"page": page, "history": history, "low": limit_of(request.viewer)}
    return render(request, "detect/guidance_group.html", context)


@require_http_methods(["GET", "POST"])
def hold(request: HttpRequest, group_id: int, mentor_id: int) -> HttpResponse:
    """The meeting itself: figures, three questions, what we do, next date."""
    page = _page_or_404(request, group_id)
    mentor = next((m for m in page.mentors if m.pk == mentor_id), None)
    if mentor is None:
        raise Http404
    if not page.may_lead:
        raise PermissionDenied
    form = GuidanceForm(posted(request), initial={"next_on": _suggested(today())})
    if request.method == "POST" and form.is_valid():
        try:
            hold_guidance(
                by=request.viewer,
                group=page.group,
                mentor=mentor,
                figures=plain(page.figures),
                today=today(),
                **form.cleaned_data,
            )
        except NotYours:
            raise PermissionDenied from None
        messages.success(request, _("Handledningen är sparad."))
        return see_other("guidance-group", group_id=group_id)
    context = {"page": page, "mentor": mentor, "form": form, "low": limit_of(request.viewer)}
    return render(request, "detect/guidance_hold.html", context, status=422 if form.errors else 200)
