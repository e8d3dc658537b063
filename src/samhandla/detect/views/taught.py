"""The teacher's groups: one tap for a pupil who was there but did not take part."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from samhandla.detect.actions.taught import mark_not_taking_part, take_back_mark
from samhandla.detect.errors import Conflict, NoSchool, NotYours
from samhandla.detect.queries.taught import list_groups_taught_by, taught_group_for
from samhandla.people.queries import today


@require_GET
def groups(request: HttpRequest) -> HttpResponse:
    """The groups of one's own to choose between."""
    rows = list_groups_taught_by(request.viewer, on=today())
    return render(request, "detect/taught.html", {"groups": rows})


@require_GET
def group(request: HttpRequest, group_id: int) -> HttpResponse:
    """The pupils of one group on one school day."""
    page = taught_group_for(request.viewer, group_id, today=today(), day=_day(request.GET.get("dag", "")))
    if page is None:
        raise Http404
    return render(request, "detect/taught_group.html", {"page": page, "today": today()})


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


@require_POST
def mark(request: HttpRequest, group_id: int) -> HttpResponse:
    """Mark a pupil, or take back one's own mark; then the same place of the same page."""
    day = _day(request.POST.get("dag", ""))
    try:
        ref = UUID(request.POST.get("elev", ""))
    except ValueError:
        raise Http404 from None
    write = take_back_mark if "ta-tillbaka" in request.POST else mark_not_taking_part
    try:
        write(by=request.viewer, group_id=group_id, ref=ref, on=day or today(), today=today())
    except NotYours:
        raise Http404 from None
    except NoSchool:
        messages.warning(
            request,
            _("Inget är ändrat: dagen är ingen skoldag eller ligger för långt tillbaka. Välj en av dagarna."),
        )
    except Conflict:  # two taps on one name, or the same page open twice: what was wanted is so already
        messages.info(request, _("Det var redan så."))
    query = f"?dag={day.isoformat()}" if day else ""
    return HttpResponseRedirect(f"{reverse('taught-group', args=[group_id])}{query}#elev-{ref}", status=303)
