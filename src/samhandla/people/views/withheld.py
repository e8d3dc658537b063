"""Named staff for children with protected identity, and jäv."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from samhandla.people import queries
from samhandla.people.actions import withheld as actions
from samhandla.people.errors import Refused
from samhandla.people.forms import ColleagueForm, ConflictForm, tell_problem
from samhandla.people.models import Child, Conflict, Staff
from samhandla.people.queries import withheld
from samhandla.people.views.common import attempt, see_other, tell
from samhandla.trust.permissions import Permission


@require_GET
def named_staff(request: HttpRequest) -> HttpResponse:
    """The protected children of the own units, and who is named for each."""
    rows = withheld.list_protected_for(request.viewer)
    return render(request, "people/named_staff.html", {"rows": rows})


def _protected(request: HttpRequest, ref: UUID) -> Child:
    child = withheld.get_protected_for(request.viewer, ref)
    if child is None:
        raise Http404
    return child


def _named_page(request: HttpRequest, child: Child, form: ColleagueForm, status: int = 200) -> HttpResponse:
    context = {
        "child": child,
        "class_name": queries.class_names(request.viewer, [child.pk], on=queries.today()).get(child.pk, ""),
        "rows": withheld.list_named_for(request.viewer, child),
        "form": form,
    }
    return render(request, "people/named_child.html", context, status=status)


@require_http_methods(["GET", "POST"])
def named_child(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Who is named for one child; POST names somebody."""
    child = _protected(request, ref)
    people = withheld.whom_to_name(request.viewer, child)
    form = ColleagueForm(request.POST if request.method == "POST" else None, people=people)
    if request.method == "POST" and form.is_valid():
        row = attempt(
            lambda: actions.name_staff(by=request.viewer, child=child, staff_id=form.cleaned_data["staff"]),
            partial(_say, form),
        )
        if row is not None:
            said = _("%(name)s är namngiven för eleven och kan se den från och med nu.")
            messages.success(request, said % {"name": row.staff.full_name})
            return see_other("named-child", ref=ref)
    return _named_page(request, child, form, 422 if form.is_bound else 200)


@require_POST
def end_naming(request: HttpRequest, naming_id: int) -> HttpResponse:
    row = attempt(lambda: actions.end_naming(by=request.viewer, naming_id=naming_id), partial(tell, request))
    if row is None:
        return see_other("named-staff")
    messages.success(request, _("%(name)s ser inte längre eleven.") % {"name": row.staff.full_name})
    return see_other("named-child", ref=row.child.ref)


def _say(form: ColleagueForm | ConflictForm, refused: Refused) -> None:
    tell_problem(form, refused.problem)


@require_GET
def conflicts(request: HttpRequest) -> HttpResponse:
    """One's own jäv in one sentence; and for a principal that of the unit's staff."""
    own_by_register, by_register = withheld.register_kin_for(request.viewer)
    found = list(withheld.conflicts_for(request.viewer))
    able = {unit: withheld.who_can_take_over(request.viewer, unit) for unit in {row.unit_id for row in found}}
    rows = [
        (row, ColleagueForm(people=_others(able[row.unit_id], row), initial={"staff": row.stand_in_id}))
        for row in found
    ]
    context = {
        "own": withheld.own_conflicts(request.viewer),
        "own_by_register": own_by_register,
        "rows": rows,
        "by_register": by_register,
        "leads": request.viewer.may(Permission.UNIT_OVERSEE),
    }
    return render(request, "people/conflicts.html", context)


def _others(able: list[Staff], row: Conflict) -> list[Staff]:
    return [one for one in able if one.pk != row.staff_id]


@require_http_methods(["GET", "POST"])
def note_conflict(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Note that one is too close to a child; afterwards the child's pages are not there any more."""
    child = queries.get_child_for(request.viewer, ref)
    if child is None:
        raise Http404
    leads = queries.reaches_unit(request.viewer, child.unit_id, Permission.PROTECTED_NAME)
    own = queries.staff_for(request.viewer).filter(actor_id=request.viewer.actor_id).first()
    people = withheld.stand_ins_in_conflict(request.viewer, child.unit_id, without=own.pk if own else 0)
    form = ConflictForm(
        request.POST if request.method == "POST" else None, people=people if leads else [], must=leads
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        row = attempt(
            lambda: actions.note_conflict(
                by=request.viewer, child=child, kind=data["kind"], stand_in_id=data["stand_in"]
            ),
            partial(_say, form),
        )
        if row is not None:
            messages.success(request, _("Antecknat. Du ser inte längre något om eleven."))
            return see_other("conflicts")
    context = {
        "child": child,
        "name": queries.name_on_page(request.viewer, child),
        "form": form,
        "leads": leads,
    }
    return render(request, "people/conflict_note.html", context, status=422 if form.is_bound else 200)


@require_POST
def change_conflict(request: HttpRequest, conflict_id: int) -> HttpResponse:
    """Say who takes over, or that nobody but the principal does."""
    chosen = request.POST.get("staff", "")
    number = int(chosen) if chosen.isascii() and chosen.isdigit() and len(chosen) < 18 else None
    row = attempt(
        lambda: actions.set_conflict_stand_in(by=request.viewer, conflict_id=conflict_id, stand_in_id=number),
        partial(tell, request),
    )
    if row is not None:
        messages.success(request, _("Sparat: vem som tar över för eleven."))
    return see_other("conflicts")


@require_POST
def end_conflict(request: HttpRequest, conflict_id: int) -> HttpResponse:
    row = attempt(
        lambda: actions.end_conflict(by=request.viewer, conflict_id=conflict_id), partial(tell, request)
    )
    if row is not None:
        messages.success(request, _("Jävet är avslutat. Behörigheten följer åter av uppdraget."))
    return see_other("conflicts")
