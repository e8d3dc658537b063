"""The pupil page."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from samhandla.analytics.queries import data_up_to
from samhandla.detect.actions import answers
from samhandla.detect.queries.pupil import pupil_page_for
from samhandla.people.models import Child
from samhandla.people.queries import domain_of, get_child_for, today
from samhandla.trust.models import Branch


def _child_or_404(request: HttpRequest, ref: UUID) -> Child:
    child = get_child_for(request.viewer, ref)
    if child is None:
        raise Http404
    return child


@require_GET
def pupil(request: HttpRequest, ref: UUID) -> HttpResponse:
    child = _child_or_404(request, ref)
    page = pupil_page_for(request.viewer, child, today=today())
    context = {
        "page": page,
        "shares": [(_("De senaste fyra veckorna"), page.recent), (_("Läsåret"), page.year)],
        "data_to": data_up_to(request.viewer.authority_id),
        "today": today(),
    }
    return render(request, "detect/pupil.html", context)


@require_POST
def participation(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Mark: in the room today, but not taking part."""
    child = _child_or_404(request, ref)
    domain = domain_of(request.viewer.authority_id, Branch.SCHOOL)
    answers.mark_participation(by=request.viewer, child=child, domain_id=domain.pk, on=today())
    messages.success(request, _("Markerat: på plats men inte med i undervisningen."))
    return redirect("pupil", ref=ref)
