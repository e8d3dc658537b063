"""Units, groups, staff and children in the register."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_POST

from samhandla.lib.personnummer import PersonnummerError
from samhandla.people import actions, queries
from samhandla.people.errors import NotAllowed, NotYours
from samhandla.people.forms import AreaForm, PersonnummerForm, organisation_choices
from samhandla.people.limits import may_search, name_searched_for
from samhandla.people.models import Child, Protection
from samhandla.people.protected import confirm_protected
from samhandla.people.views.common import attempt, chosen, chosen_day, see_other, tell
from samhandla.trust.permissions import Permission

PAGE_SIZE = 50


def _tabs(current: str) -> list[dict[str, Any]]:
    pages = (
        ("register", _("Enheter och grupper")),
        ("register-staff", _("Personal")),
        ("register-children", _("Elever")),
    )
    return [
        {"url": reverse(name), "title": title, "current": name == current, "count": None}
        for name, title in pages
    ]


def _unit_context(request: HttpRequest, tab: str) -> dict[str, Any]:
    reached = queries.organisations_for(request.viewer, Permission.REGISTER_READ)
    units = queries.school_units(reached)
    day = chosen_day(request)
    unit = chosen(request, units)
    return {
        "tabs": _tabs(tab),
        "choices": organisation_choices(units),
        "unit": unit,
        "day": day,
        "past": day != queries.today(),
    }


@require_GET
def units(request: HttpRequest) -> HttpResponse:
    """One unit's groups as they were on a day."""
    context = _unit_context(request, "register")
    unit = context["unit"]
    if unit:
        rows = queries.list_groups_for(request.viewer, unit, on=context["day"])
        context["classes"] = [row for row in rows if row.led]
        context["teaching"] = [row for row in rows if not row.led]
        labels = queries.grade_labels(unit.authority_id)
        context["unapproved"] = any(not one.approved_by for one in labels if one.form in unit.school_forms)
        if queries.reaches_unit(request.viewer, unit.pk, Permission.AREA_SET):
            context["area_form"] = AreaForm(areas=queries.list_areas(), initial={"area": unit.area_id or ""})
    return render(request, "people/units.html", context)


@require_POST
def unit_area(request: HttpRequest, unit_id: int) -> HttpResponse:
    """Choose in which area a unit lies."""
    reached = queries.organisations_for(request.viewer, Permission.AREA_SET)
    unit = next((one for one in reached if one.pk == unit_id), None)
    if unit is None:
        raise Http404
    form = AreaForm(request.POST, areas=queries.list_areas())
    if not form.is_valid():
        messages.warning(request, _("Området finns inte. Välj ett ur listan."))
    else:
        actions.set_unit_area(by=request.viewer, unit=unit, area=form.chosen)
        messages.success(request, _("Området är sparat. Elevernas uppgift följer med nästa import."))
    return see_other("register", query=f"?enhet={unit.pk}")


@require_GET
def group(request: HttpRequest, group_id: int) -> HttpResponse:
    """Who was in a group, and who led it, on a day."""
    row = queries.get_group_for(request.viewer, group_id)
    if row is None:
        raise Http404
    day = chosen_day(request)
    context = {
        "group": row,
        "day": day,
        "past": day != queries.today(),
        "leaders": queries.list_mentors_of_group(row.pk, on=day),
        "members": queries.members_for(request.viewer, row, on=day),
        "tasks": queries.list_leaders_of(row),
    }
    return render(request, "people/group.html", context)


@require_GET
def staff(request: HttpRequest) -> HttpResponse:
    """Who works at a unit on a day."""
    context = _unit_context(request, "register-staff")
    if context["unit"]:
        context["people"] = queries.list_staff_at(context["unit"], on=context["day"])
    return render(request, "people/staff.html", context)


@require_GET
def staff_member(request: HttpRequest, staff_id: int) -> HttpResponse:
    """Everything that somebody has held."""
    person = queries.get_staff_for(request.viewer, staff_id)
    if person is None:
        raise Http404
    context = {"person": person, "held": queries.list_history_of_staff(person)}
    return render(request, "people/staff_member.html", context)


@require_GET
def children(request: HttpRequest) -> HttpResponse:
    """Search among the viewer's children by name."""
    text, status = name_searched_for(request)
    found = Paginator(queries.search_children_for(request.viewer, text), PAGE_SIZE)
    context = _search_context(request, text, found.get_page(request.GET.get("page")))
    return render(request, "people/children.html", context, status=status)


def _search_context(request: HttpRequest, text: str, page: Any, form: Any = None) -> dict[str, Any]:
    may_numbers = request.viewer.may(Permission.PERSONNUMMER_READ)
    found = list(page or ())
    classes = queries.class_names(request.viewer, [c.pk for c in found], on=queries.today())
    return {
        "tabs": _tabs("register-children"),
        "text": text,
        "page": page,
        "found": [{"child": c, "class_name": classes.get(c.pk, "")} for c in found],
        "number_form": (form or PersonnummerForm()) if may_numbers else None,
        "duplicates": queries.duplicates_for(request.viewer) if may_numbers else [],
    }


@sensitive_post_parameters("number")
@require_POST
def find_number(request: HttpRequest) -> HttpResponse:
    """Look a child up by its number. The number comes by POST, so that no address or log keeps it."""
    form = PersonnummerForm(request.POST)
    if form.is_valid() and not may_search(request.viewer):
        form.add_error("number", _("Du har sökt många gånger på kort tid. Vänta tio minuter och sök igen."))
    elif form.is_valid():
        try:
            child = actions.find_by_personnummer(by=request.viewer, number=form.cleaned_data["number"])
        except PersonnummerError as error:
            form.add_error("number", _(str(error)))
        else:
            if child:
                return see_other("register-child", ref=child.ref)
            form.add_error("number", _("Ingen elev som du kan se har det numret."))
    return render(request, "people/children.html", _search_context(request, "", None, form), status=422)


def _child_or_404(request: HttpRequest, ref: UUID) -> Child:
    found = queries.get_child_for(request.viewer, ref)
    if found is None:
        raise Http404
    return found


def _card(request: HttpRequest, row: Child, **more: Any) -> HttpResponse:
    card = queries.card_for(request.viewer, row, on=queries.today())
    actions.note_reading(by=request.viewer, child=row)
    context = {
        "card": card,
        "name": row.full_name if card.open else row.shown_name,
        "may_adapt": queries.reaches_unit(request.viewer, row.unit_id, Permission.ADAPTED_SET),
        "may_family": queries.reaches_unit(request.viewer, row.unit_id, Permission.FAMILY_ACCOUNT),
        "may_lower": request.viewer.may(Permission.PROTECTED_NAME),
        "may_number": card.number_kind and request.viewer.may(Permission.PERSONNUMMER_READ),
        "today": queries.today(),
        **more,
    }
    answer = render(request, "people/child.html", context)
    answer["Cache-Control"] = "no-store"
    return answer


@require_GET
def child(request: HttpRequest, ref: UUID) -> HttpResponse:
    """A child's register card."""
    row = _child_or_404(request, ref)
    return confirm_protected(request, row) or _card(request, row)


@require_POST
def personnummer(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Show the number, this once; that it was shown is recorded."""
    row = _child_or_404(request, ref)
    try:
        number = actions.read_personnummer(by=request.viewer, child=row)
    except NotAllowed:
        raise PermissionDenied from None
    except NotYours:
        messages.info(request, _("Inget personnummer finns i registret för eleven."))
        return see_other("register-child", ref=ref)
    return _card(request, row, number=f"{number[:8]}-{number[8:]}")


@require_POST
def protect(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Mark that a pupil has protected identity, or as principal that it has it no longer."""
    row = _child_or_404(request, ref)
    marking = request.POST.get("skydd", "")
    if marking not in Protection.values:
        raise BadRequest
    done = attempt(
        lambda: actions.set_protection(by=request.viewer, child=row, protection=marking),
        partial(tell, request),
    )
    if done is None:
        return see_other("register-child", ref=ref)
    messages.success(
        request,
        _("Antecknat. Markeringen gäller genast, och det som inte får finnas är borttaget."),
    )
    seen = queries.get_child_for(request.viewer, ref) is not None
    return see_other("register-child", ref=ref) if seen else see_other("register-children")


@require_POST
def adapted(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Note that a pupil has an adapted course of study, or no longer has one."""
    row = _child_or_404(request, ref)
    wanted = {"ja": True, "nej": False}.get(request.POST.get("anpassad", ""))
    if wanted is None:
        raise BadRequest
    try:
        actions.set_adapted(by=request.viewer, child=row, adapted=wanted)
    except NotYours:
        raise Http404 from None
    messages.success(
        request,
        _("Antecknat: eleven har anpassad studiegång. Reglerna räknar inte på eleven från nästa körning.")
        if wanted
        else _(
            "Antecknat: eleven har inte anpassad studiegång. Reglerna räknar på eleven från nästa körning."
        ),
    )
    return see_other("register-child", ref=ref)
