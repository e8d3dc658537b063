"""Who has which role, and who stands in for whom."""

from __future__ import annotations

from functools import partial
from typing import Any

from django.contrib import messages
from django.forms import BaseForm
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from samhandla.people import actions, queries
from samhandla.people.errors import Refused
from samhandla.people.forms import (
    PROBLEMS,
    GiveForm,
    GiveGroupForm,
    PersonForm,
    StandInForm,
    organisation_choices,
)
from samhandla.people.models import Staff
from samhandla.people.views.common import attempt, chosen, chosen_day, see_other, tell
from samhandla.trust.permissions import Permission

MOST_FOUND = 100


@require_GET
def duties(request: HttpRequest) -> HttpResponse:
    """Who has which role at a unit, now or on a day."""
    reached = queries.organisations_for(request.viewer, Permission.DUTY_READ)
    place, day = chosen(request, reached), chosen_day(request)
    then = None if day == queries.today() else day
    held = queries.list_held_for(request.viewer, [place], on=then) if place else []
    context = {
        "choices": organisation_choices(reached),
        "place": place,
        "held": [row for row in held if not row.teaching],
        "teaching": [row for row in held if row.teaching],
        "may_end": any(row.may_end or row.own for row in held),
        "day": day,
        "past": then is not None,
    }
    return render(request, "people/duties.html", context)


def _say(form: BaseForm, field: str | None, refused: Refused) -> None:
    """Say in a form why the register refused."""
    form.add_error(field, PROBLEMS[refused.problem])


def _end(request: HttpRequest, end: Any, **which: int) -> HttpResponse:
    place = request.POST.get("enhet", "")
    row = attempt(lambda: end(by=request.viewer, **which), partial(tell, request))
    if row is not None:
        said = _("%(name)s har inte längre uppdraget. Behörigheten upphörde nu.")
        messages.success(request, said % {"name": row.staff.full_name})
    return see_other("duties", f"?enhet={place}" if place.isdigit() else "")


@require_POST
def end_duty(request: HttpRequest, duty_id: int) -> HttpResponse:
    return _end(request, actions.end_duty_now, duty_id=duty_id)


@require_POST
def end_task(request: HttpRequest, assignment_id: int) -> HttpResponse:
    return _end(request, actions.end_assignment_now, assignment_id=assignment_id)


@require_http_methods(["GET", "POST"])
def people(request: HttpRequest) -> HttpResponse:
    """Find whom to give a duty; POST registers somebody whom the school's systems do not know."""
    text = request.GET.get("namn", "").strip()[:80]
    form = PersonForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        person = attempt(
            lambda: actions.register_staff(by=request.viewer, **form.cleaned_data),
            partial(_say, form, "email"),
        )
        if person is not None:
            return see_other("duty-give", staff_id=person.pk)
    units = queries.organisations_for(request.viewer, Permission.DUTY_EDIT)
    found = (
        list(queries.search_staff_for(request.viewer, text)[:MOST_FOUND])
        if text
        else queries.staff_at([unit.pk for unit in units], on=queries.today())[:MOST_FOUND]
    )
    context = {"text": text, "found": found, "most": MOST_FOUND, "form": form}
    return render(
        request, "people/duty_people.html", context, status=422 if request.method == "POST" else 200
    )


@require_http_methods(["GET", "POST"])
def give(request: HttpRequest, staff_id: int) -> HttpResponse:
    """Give somebody a role at a unit."""
    person, choices = _person(request, staff_id), queries.duty_choices_for(request.viewer)
    if request.method == "GET":
        return _give_page(request, person, choices)
    form = GiveForm(request.POST, prefix="uppdrag", choices=choices)
    if not form.is_valid():
        return _give_page(request, person, choices, duty_form=form)
    data = form.cleaned_data
    return _given(
        request, person, choices, form, "duty_form",
        lambda: actions.give_duty(
            by=request.viewer, staff=person, unit=form.units[data["unit"]], role=data["role"],
            valid_from=data["first"], valid_to=data["last"],
        ),
    )  # fmt: skip


@require_POST
def give_group(request: HttpRequest, staff_id: int) -> HttpResponse:
    """Make somebody mentor, class teacher or teacher of a group."""
    person, choices = _person(request, staff_id), queries.duty_choices_for(request.viewer)
    form = GiveGroupForm(request.POST, prefix="grupp", choices=choices)
    if not form.is_valid():
        return _give_page(request, person, choices, group_form=form)
    data = form.cleaned_data
    return _given(
        request, person, choices, form, "group_form",
        lambda: actions.assign_group(
            by=request.viewer, staff=person, group=form.groups[data["group"]], role=data["role"],
            valid_from=data["first"], valid_to=data["last"],
        ),
    )  # fmt: skip


def _person(request: HttpRequest, staff_id: int) -> Staff:
    person = queries.get_staff_for(request.viewer, staff_id)
    if person is None:
        raise Http404
    return person


def _given(
    request: HttpRequest, person: Staff, choices: queries.DutyChoices, form: Any, name: str, deed: Any
) -> HttpResponse:
    if attempt(deed, partial(_say, form, None)) is None:
        return _give_page(request, person, choices, **{name: form})
    messages.success(request, _("%(name)s har fått uppdraget.") % {"name": person.full_name})
    return see_other("register-staff-member", staff_id=person.pk)


def _give_page(
    request: HttpRequest, person: Staff, choices: queries.DutyChoices, **forms: Any
) -> HttpResponse:
    first = {"first": queries.today()}
    place = request.GET.get("enhet", "")
    context = {
        "person": person,
        "held": queries.list_history_of_staff(person),
        "duty_form": GiveForm(prefix="uppdrag", choices=choices, initial=first | {"unit": place}),
        "group_form": GiveGroupForm(prefix="grupp", choices=choices, initial=first),
        "groups": choices.groups,
        **forms,
    }
    return render(request, "people/duty_give.html", context, status=422 if forms else 200)


@require_http_methods(["GET", "POST"])
def stand_ins(request: HttpRequest) -> HttpResponse:
    """Show the stand-ins; POST sets one."""
    choices = queries.stand_in_choices_for(request.viewer)
    if request.method == "GET":
        return _stand_ins(request, StandInForm(choices=choices, initial=_initial(request, choices)))
    form = StandInForm(request.POST, choices=choices)
    if form.is_valid():
        row = attempt(
            lambda: actions.set_stand_in(
                by=request.viewer,
                absent=form.absent_staff,
                stand_in=form.stand_in_staff,
                valid_from=form.cleaned_data["first"],
                valid_to=form.cleaned_data["last"],
            ),
            partial(_say, form, None),
        )
        if row is not None:
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
    row = attempt(
        lambda: actions.end_stand_in(by=request.viewer, substitution_id=substitution_id),
        partial(tell, request),
    )
    if row is not None:
        messages.success(request, _("%(name)s är inte längre ersättare.") % {"name": row.stand_in.full_name})
    return see_other("stand-ins")
