"""The process leader's page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_GET

from samhandla.analytics.queries import data_up_to
from samhandla.detect.queries.process import process_page_for
from samhandla.people.queries import today

REASONS = {
    "no_data": _("Inga närvarouppgifter tas in. Hör med systemförvaltaren om källan."),
    "old_data": _("Närvarouppgifterna är mer än en vecka gamla. Listorna visar inte det som händer nu."),
    "nobody_answers": _(
        "Signaler visas men ingen tar ställning. Fråga vad som står i vägen: tid, vana eller behörighet."
    ),
    "late_answers": _("Mindre än hälften av svaren kommer i tid. Se på hur tiden för uppdraget är ordnad."),
    "long_queue": _("Många elever väntar på plats hos mentor. Behövs fler som kan börja?"),
    "no_guidance": _("Ingen närvarohandledning på sex veckor."),
}


@require_GET
def process(request: HttpRequest) -> HttpResponse:
    """Time per answer, answers in time, and where the way of working is not in use and why."""
    page = process_page_for(request.viewer, today=today())
    rows = [(row, [REASONS[code] for code in row.reasons]) for row in page.rows]
    context = {"page": page, "rows": rows, "data_to": data_up_to(request.viewer.authority_id)}
    return render(request, "detect/process.html", context)
