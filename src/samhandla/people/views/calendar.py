"""The school calendar: terms, breaks, and how many school days follow."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from samhandla.people import actions, queries
from samhandla.people.errors import NotYours, Refused
from samhandla.people.forms import PROBLEMS, BreakForm, PeriodForm, TermForm, organisation_choices
from samhandla.people.models import Organisation
from samhandla.people.queries.calendar import Change
from samhandla.people.views.common import chosen, see_other
from samhandla.trust.permissions import Permission

LOOK_BACK = timedelta(days=370)


def _place(request: HttpRequest) -> tuple[list[Organisation], Organisation | None]:
    reached = queries.organisations_for(request.viewer, Permission.CALENDAR_EDIT)
    return reached, chosen(request, reached)


def _page(request: HttpRequest, status: int = 200, **more: Any) -> HttpResponse:
    reached, place = _place(request)
    since = queries.today() - LOOK_BACK
    context = {
        "choices": organisation_choices(reached),
        "place": place,
        "terms": queries.list_terms_of(place, since=since) if place else [],
        "breaks": queries.list_breaks_of(place, since=since) if place else [],
        "term_form": TermForm(prefix="termin"),
        "break_form": BreakForm(prefix="lov"),
        **more,
    }
    return render(request, "people/calendar.html", context, status=status)


@require_GET
def calendar(request: HttpRequest) -> HttpResponse:
    return _page(request)


def _place_or_404(request: HttpRequest) -> tuple[list[Organisation], Organisation]:
    reached, place = _place(request)
    if place is None:
        raise Http404
    under = queries.below(reached, [place.pk])
    return queries.school_units(o for o in reached if o.pk in under), place


def _back(place: Organisation) -> HttpResponse:
    return see_other("calendar", f"?enhet={place.pk}")


def _saved(request: HttpRequest, counts: dict[int, int]) -> None:
    n = len(counts)
    messages.success(
        request,
        ngettext(
            "Läsårskalendern är sparad och skoldagarna är räknade om på %(n)s skolenhet.",
            "Läsårskalendern är sparad och skoldagarna är räknade om på %(n)s skolenheter.",
            n,
        )
        % {"n": n},
    )


def _refuse(form: PeriodForm, refused: Refused) -> None:
    form.add_error("last", PROBLEMS[refused.problem])


@require_POST
def add_term(request: HttpRequest) -> HttpResponse:
    """Set a term's days; with `visa` only show what would follow."""
    units, place = _place_or_404(request)
    form = TermForm(request.POST, prefix="termin")
    if not form.is_valid():
        return _page(request, 422, term_form=form)
    data = form.cleaned_data
    if "visa" in request.POST:
        changes = queries.preview_term(units, place, data["name"], data["first"], data["last"])
        return _page(request, term_form=form, term_preview=changes)
    try:
        actions.set_term(by=request.viewer, organisation=place, **data)
    except Refused as refused:
        _refuse(form, refused)
        return _page(request, 422, term_form=form)
    _saved(request, actions.renumber_below(by=request.viewer, organisation=place))
    return _back(place)


@require_POST
def add_break(request: HttpRequest) -> HttpResponse:
    """Add days without school; with `visa` only show what would follow."""
    units, place = _place_or_404(request)
    form = BreakForm(request.POST, prefix="lov")
    if not form.is_valid():
        return _page(request, 422, break_form=form)
    data = form.cleaned_data
    if "visa" in request.POST:
        changes: list[Change] = queries.preview_break(units, place, data["first"], data["last"])
        return _page(request, break_form=form, break_preview=changes)
    actions.add_break(by=request.viewer, organisation=place, **data)
    _saved(request, actions.renumber_below(by=request.viewer, organisation=place))
    return _back(place)


def _remove(request: HttpRequest, remove: Any, **which: int) -> HttpResponse:
    try:
        place = remove(by=request.viewer, **which)
    except NotYours:
        raise Http404 from None
    messages.success(request, _("Borttaget. Skoldagarna är räknade om."))
    return _back(place)


@require_POST
def remove_term(request: HttpRequest, term_id: int) -> HttpResponse:
    return _remove(request, actions.remove_term, term_id=term_id)


@require_POST
def remove_break(request: HttpRequest, break_id: int) -> HttpResponse:
    return _remove(request, actions.remove_break, break_id=break_id)
