"""The pupil-health team's list."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from samhandla.analytics.queries import data_up_to
from samhandla.detect.actions import answers
from samhandla.detect.errors import Conflict, OthersStep
from samhandla.detect.forms.team import TeamStartForm
from samhandla.detect.queries.lists import get_signal_row_for
from samhandla.detect.queries.steps import TEAM_ROLES, list_steps_waiting_for
from samhandla.detect.queries.team import TeamPage, TeamRow, team_page_for
from samhandla.detect.queries.units import list_units_for
from samhandla.detect.views.common import chosen_unit, quality_lines, see_other
from samhandla.people.models import Organisation
from samhandla.people.queries import today
from samhandla.trust.roles import ROLES

SHOWN_OF_PART = 5


@require_GET
def team(request: HttpRequest) -> HttpResponse:
    """High absence and nothing started, after the promotive part and the good news."""
    units = list_units_for(request.viewer)
    return _show(request, units, chosen_unit(request, units))


def _show(
    request: HttpRequest,
    units: list[Organisation],
    unit: Organisation | None,
    bound: tuple[int, TeamStartForm] | None = None,
) -> HttpResponse:
    context: dict[str, Any] = {
        "units": units,
        "unit": unit,
        "data_to": data_up_to(request.viewer.authority_id),
        "today": today(),
    }
    if unit is not None:
        page = team_page_for(request.viewer, unit, today=today())
        steps = list_steps_waiting_for(request.viewer, unit, TEAM_ROLES)
        context.update(
            {
                "page": page,
                "parts": _parts(page, bound),
                "steps": steps,
                "quality": quality_lines(request.viewer, [unit.pk]),
            }
        )
    return render(request, "detect/team.html", context, status=422 if bound else 200)


def _parts(page: TeamPage, bound: tuple[int, TeamStartForm] | None) -> list[dict]:
    """Return the parts in the order of the meeting, each row with its own form where somebody may begin.

    Nobody for whom nothing has been started is folded away; of the others the first few are shown.
    """
    headings = (
        (_("Hög frånvaro, inget påbörjat"), page.nothing_started, True),
        (_("Väntar på ställningstagande"), page.waiting, True),
        (_("Utredning av frånvaro pågår"), page.inquiry, False),
        (_("Pågår och följs"), page.under_way, False),
    )
    parts = []
    for title, rows, startable in headings:
        filled = [(row, _form_of(row, bound) if startable else None) for row in rows]
        shown = len(filled) if rows is page.nothing_started else SHOWN_OF_PART
        refused = bound is not None and any(row.row.signal.pk == bound[0] for row in rows)
        parts.append(
            {
                "title": title,
                "first": filled[:shown],
                "more": filled[shown:],
                "open": refused,
                "startable": startable,
            }
        )
    return parts


def _form_of(row: TeamRow, bound: tuple[int, TeamStartForm] | None) -> TeamStartForm | None:
    """Return the form of whoever may begin the step; None where it is another's."""
    signal_id = row.row.signal.pk
    if row.following.handed:
        return None
    if bound is not None and bound[0] == signal_id:
        return bound[1]
    return TeamStartForm(auto_id=f"id_{signal_id}_%s")


@require_POST
def team_start(request: HttpRequest, signal_id: int) -> HttpResponse:
    """Record that the viewer begins with something for a pupil: a ställningstagande, "jag agerar"."""
    row = get_signal_row_for(request.viewer, signal_id, today=today())
    if row is None:
        raise Http404
    form = TeamStartForm(request.POST, auto_id=f"id_{signal_id}_%s")
    if not form.is_valid():
        units = list_units_for(request.viewer)
        unit = next((u for u in units if u.pk == row.signal.unit_id), None)
        return _show(request, units, unit, (signal_id, form))
    try:
        answers.answer_signal(
            by=request.viewer,
            signal_id=signal_id,
            kind="act",
            reason=form.cleaned_data["reason"],
            today=today(),
            begins=True,
        )
    except OthersStep as refused:
        words = {"step": _(refused.name), "role": _(ROLES[refused.role].name)}
        messages.warning(
            request, _("Inget är antecknat. Nästa steg, %(step)s, tas av %(role)s. Fråga dem.") % words
        )
    except Conflict:
        text = form.cleaned_data["reason"]
        messages.warning(
            request, _("Någon annan har redan tagit ställning. Inte sparat: %(text)s") % {"text": text}
        )
    else:
        messages.success(request, _("Antecknat: du börjar."))
    return see_other("team", unit_id=row.signal.unit_id)
