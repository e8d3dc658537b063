"""The principal's page: what waits for a decision, and how far the unit has come."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from samhandla.analytics.queries import data_up_to
from samhandla.detect.actions import answers
from samhandla.detect.errors import AnswerRefused, Conflict, NotYours
from samhandla.detect.forms import PROBLEMS, GroupAnswerForm, StepForm
from samhandla.detect.queries.principal import GroupRow, get_group_row_for, principal_page_for
from samhandla.detect.queries.steps import list_steps_waiting_for, next_steps_for
from samhandla.detect.queries.units import PRINCIPALS, list_units_for
from samhandla.detect.views.common import chosen_unit, quality_lines, see_other
from samhandla.people.queries import today


@require_GET
def principal(request: HttpRequest) -> HttpResponse:
    """What waits for the principal of a unit, first the signals about classes, slots and the unit."""
    viewer = request.viewer
    units = list_units_for(viewer, *PRINCIPALS)
    unit = chosen_unit(request, units)
    context: dict[str, Any] = {
        "units": units,
        "unit": unit,
        "data_to": data_up_to(viewer.authority_id),
        "today": today(),
    }
    if unit is not None:
        page = principal_page_for(viewer, unit, today=today())
        steps = list_steps_waiting_for(viewer, unit, PRINCIPALS)
        following = next_steps_for(viewer, page.without_mentor, today=today())
        context.update(
            {
                "page": page,
                "steps": steps,
                "quality": quality_lines(viewer, [unit.pk]),
                "waiting": page.waiting + len(steps),
                "without_mentor": [(row, following[row.signal.pk]) for row in page.without_mentor],
            }
        )
        context["quality_text"] = render_to_string(
            "detect/principal_quality.txt", {"page": page, "today": today()}
        ).strip()
    return render(request, "detect/principal.html", context)


def _row_or_404(request: HttpRequest, signal_id: int) -> GroupRow:
    row = get_group_row_for(request.viewer, signal_id)
    if row is None:
        raise Http404
    return row


def _show(request: HttpRequest, row: GroupRow, status: int = 200, **forms: object) -> HttpResponse:
    group = row.signal.group
    classes = [group.name] if group else None
    context = {
        "row": row,
        "data_to": data_up_to(request.viewer.authority_id),
        "quality": quality_lines(request.viewer, [row.signal.unit_id], classes),
        "form": GroupAnswerForm(initial={"kind": "act"}),
        "step_form": StepForm(),
        **forms,
    }
    return render(request, "detect/principal_group.html", context, status=status)


@require_http_methods(["GET", "POST"])
def group_signal(request: HttpRequest, signal_id: int) -> HttpResponse:
    """One signal about a class, a slot or the unit; a POST records the principal's ställningstagande."""
    row = _row_or_404(request, signal_id)
    if request.method == "GET":
        return _show(request, row)
    form = GroupAnswerForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        try:
            answers.answer_group_signal(
                by=request.viewer,
                signal_id=signal_id,
                kind=data["kind"],
                reason=data["reason"],
                until=data["until"],
                today=today(),
            )
        except AnswerRefused as refused:
            for problem in refused.problems:
                form.add_error("reason" if problem == "reason_missing" else "until", PROBLEMS[problem])
        except Conflict:
            messages.warning(request, _("Någon har redan tagit ställning. Det du skrev är inte sparat."))
            return _show(request, _row_or_404(request, signal_id), 409, form=form)
        except NotYours:
            raise PermissionDenied from None
        else:
            messages.success(request, _("Ställningstagandet är sparat."))
            return _to_unit(row)
    return _show(request, row, 422, form=form)


@require_POST
def group_done(request: HttpRequest, signal_id: int) -> HttpResponse:
    """Tell whether it became better after something was done."""
    row = _row_or_404(request, signal_id)
    form = StepForm(request.POST)
    if not form.is_valid():
        return _show(request, row, 422, step_form=form)
    try:
        answers.finish_group_signal(
            by=request.viewer, signal_id=signal_id, today=today(), **form.cleaned_data
        )
    except Conflict:
        messages.warning(request, _("Signalen var inte längre under arbete."))
    else:
        messages.success(request, _("Sparat."))
    return _to_unit(row)


def _to_unit(row: GroupRow) -> HttpResponse:
    return see_other("principal", unit_id=row.signal.unit_id)
