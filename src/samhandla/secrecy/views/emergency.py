"""Nödåtkomst: open one pupil, see who has opened whom, review, and the authority's setting."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from samhandla.people.models import Child
from samhandla.people.queries import today
from samhandla.secrecy.actions.emergency import (
    Sought,
    close_emergency,
    note_refused_emergency,
    open_emergency,
    review_emergency,
    set_emergency,
)
from samhandla.secrecy.errors import Conflict, NotAllowed, NotYours, Refused
from samhandla.secrecy.forms import OpenForm, ReviewForm, SettingForm
from samhandla.secrecy.jobs import alert
from samhandla.secrecy.queries.emergency import (
    list_emergencies_for,
    list_to_review,
    reviewer_choices_for,
    setting_for,
    units_to_open_for,
)
from samhandla.secrecy.rules.emergency import USUAL_HOURS
from samhandla.secrecy.words import EMERGENCY_PROBLEMS
from samhandla.trust.permissions import Permission


def _form(request: HttpRequest, data: Any = None) -> OpenForm | None:
    """Return the form for whoever may open; None while nödåtkomst is not in use."""
    setting = setting_for(request.viewer)
    if setting is None or not request.viewer.may(Permission.EMERGENCY_OPEN):
        return None
    return OpenForm(data, units=units_to_open_for(request.viewer), most=setting.hours)


def _page(request: HttpRequest, form: OpenForm | None, status: int = 200) -> HttpResponse:
    context = {
        "rows": list_emergencies_for(request.viewer),
        "form": form,
        "opens": request.viewer.may(Permission.EMERGENCY_OPEN),
        "closed": EMERGENCY_PROBLEMS["closed"],
    }
    return render(request, "secrecy/emergency.html", context, status=status)


@require_GET
def emergencies(request: HttpRequest) -> HttpResponse:
    return _page(request, _form(request))


@require_POST
def open_one(request: HttpRequest) -> HttpResponse:
    """Open one pupil, tell those who answer for it, and go to the pupil's page."""
    form = _form(request, request.POST)
    if form is None:
        return _page(request, None, status=422)
    if not form.is_valid():
        return _page(request, form, status=422)
    said = form.cleaned_data
    sought = Sought(said["unit"].pk, said["given_name"], said["family_name"], said["born"])
    try:
        row = open_emergency(by=request.viewer, sought=sought, reason=said["reason"], hours=said["hours"])
    except Refused as refused:
        (problem,) = refused.problems
        note_refused_emergency(by=request.viewer, problem=problem, unit_id=sought.unit_id)
        form.add_error(problem if problem in form.fields else None, EMERGENCY_PROBLEMS[problem])
        return _page(request, form, status=422)
    with transaction.atomic():
        alert.defer(authority_id=request.viewer.authority_id, emergency_id=row.pk)
    messages.success(request, _("Eleven är öppen för dig. Mentor och rektor får veta det."))
    child = Child.objects.get(pk=row.child_id)
    return HttpResponseRedirect(reverse("pupil", args=[child.ref]), status=303)


@require_POST
def close(request: HttpRequest, emergency_id: int) -> HttpResponse:
    """End one before its time."""
    try:
        close_emergency(by=request.viewer, emergency_id=emergency_id)
        messages.success(request, _("Nödåtkomsten är avslutad."))
    except NotYours:
        raise Http404 from None
    except Conflict:
        messages.warning(request, _("Den har redan slutat, eller är inte din att avsluta."))
    return HttpResponseRedirect(reverse("emergency"), status=303)


@require_GET
def review(request: HttpRequest) -> HttpResponse:
    """What the viewer is appointed to review."""
    setting = setting_for(request.viewer)
    return render(
        request, "secrecy/emergency_review.html",
        {"rows": list_to_review(request.viewer), "setting": setting,
         "sets": request.viewer.may(Permission.EMERGENCY_SET)},
    )  # fmt: skip


@require_POST
def sign(request: HttpRequest, emergency_id: int) -> HttpResponse:
    """Sign one."""
    form = ReviewForm(request.POST)
    if not form.is_valid():
        raise BadRequest
    try:
        review_emergency(by=request.viewer, emergency_id=emergency_id, **form.cleaned_data)
        messages.success(request, _("Granskningen är undertecknad."))
    except NotYours:
        raise Http404 from None
    except Conflict:
        messages.warning(request, _("Den är redan granskad. Inget är ändrat."))
    except Refused as refused:
        for problem in refused.problems:
            messages.error(request, EMERGENCY_PROBLEMS[problem])
    return HttpResponseRedirect(reverse("emergency-review"), status=303)


@require_http_methods(["GET", "POST"])
def setting(request: HttpRequest) -> HttpResponse:
    """Decide how long nödåtkomst lasts and who reviews it."""
    present = setting_for(request.viewer)
    initial = {
        "hours": present.hours if present else USUAL_HOURS,
        "reviewer": present.reviewer_id if present else None,
    }
    choices = reviewer_choices_for(request.viewer, on=today())
    form = SettingForm(request.POST or None, reviewers=choices, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            set_emergency(by=request.viewer, on=today(), **form.cleaned_data)
        except NotAllowed:
            raise Http404 from None
        except Refused as refused:
            for problem in refused.problems:
                form.add_error(problem, EMERGENCY_PROBLEMS[problem])
        else:
            messages.success(request, _("Nödåtkomst är i bruk så som du har bestämt."))
            return HttpResponseRedirect(reverse("emergency-review"), status=303)
    status = 422 if request.method == "POST" else 200
    return render(request, "secrecy/emergency_setting.html", {"form": form}, status=status)
