"""Who has which role, and who stands in for whom."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from samhandla.people import actions, queries
from samhandla.people.errors import NotAllowed, NotYours, Refused
from samhandla.people.forms import PROBLEMS, StandInForm, organisation_choices
from samhandla.people.views.common import chosen, see_other, tell
from samhandla.trust.permissions import Permission


@require_GET
def duties(request: HttpRequest) -> HttpResponse:
    """Who has which role at a unit."""
    reached = queries.organisations_for(request.viewer, Permission.REGISTER_READ)
    place = chosen(request, reached)
    context = {
        "choices": organisation_choices(reached),
        "place": place,
        "held": queries.list_held_for(request.viewer, [place]) if place else [],
        "may_end": request.viewer.may(Permission.DUTY_EDIT),
    }
    return render(request, "people/duties.html", context)


def _end(request: HttpRequest, end: Any, **which: int) -> HttpResponse:
    place = request.POST.get("enhet", "")
    try:
        row = end(by=request.viewer, **which)
    except NotYours:
        raise Http404 from None
    except NotAllowed:
        raise PermissionDenied from None
    except Refused as refused:
        tell(request, refused)
    else:
        messages.success(
            request,
            _("%(name)s har inte längre uppdraget. Behörigheten upphörde nu.")
            % {"name": row.staff.full_name},
        )
    return see_other("duties", f"?enhet={place}" if place.isdigit() else "")


@require_POST
def end_duty(request: HttpRequest, duty_id: int) -> HttpResponse:
    return _end(request, actions.end_duty_now, duty_id=duty_id)


@require_POST
def end_task(request: HttpRequest, assignment_id: int) -> HttpResponse:
    return _end(request, actions.end_assignment_now, assignment_id=assignment_id)


@require_http_methods(["GET", "POST"])
def stand_ins(request: HttpRequest) -> HttpResponse:
    """Show the stand-ins; POST sets one."""
    choices = queries.stand_in_choices_for(request.viewer)
    if request.method == "GET":
        return _stand_ins(request, StandInForm(choices=choices, initial=_initial(request, choices)))
    form = StandInForm(request.POST, choices=choices)
    if form.is_valid():
        try:
            row = actions.set_stand_in(
                by=request.viewer,
                absent=form.absent_staff,
                stand_in=form.stand_in_staff,
                valid_from=form.cleaned_data["first"],
                valid_to=form.cleaned_data["last"],
            )
        except Refused as refused:
            form.add_error(None, PROBLEMS[refused.problem])
        else:
            names = {"stand_in": row.stand_in.full_name, "absent": row.absent.full_name}
            messages.success(request, _("%(stand_in)s är ersättare för %(absent)s.") % names)
            return see_other("stand-ins")
    return _stand_ins(request, form, 422)


def _initial(request: HttpRequest, choices: Any) -> dict[str, Any]:
    mine = [one.pk for one in choices.absent if one.actor_id == request.viewer.actor_id]
    return {"first": queries.today(), "last": queries.today(), "absent": mine[0] if mine else None}


def _stand_ins(request: HttpRequest, form: StandInForm, status: int = 200) -> HttpResponse:
    context = {"form": form, "rows": queries.list_stand_ins_for(request.viewer)}
    return render(request, "people/stand_ins.html", context, status=status)


@require_POST
def end_stand_in(request: HttpRequest, substitution_id: int) -> HttpResponse:
    try:
        row = actions.end_stand_in(by=request.viewer, substitution_id=substitution_id)
    except NotYours:
        raise Http404 from None
    except Refused as refused:
        tell(request, refused)
    else:
        messages.success(request, _("%(name)s är inte längre ersättare.") % {"name": row.stand_in.full_name})
    return see_other("stand-ins")
