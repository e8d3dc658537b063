"""Search for a pupil: among those that whoever asks sees anyway, and no others."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from samhandla.people import queries
from samhandla.people.forms import PersonnummerForm
from samhandla.people.limits import TOO_MANY_REQUESTS, may_search
from samhandla.people.queries.names import MOST_FOUND, find_children_for
from samhandla.trust.permissions import Permission


@require_GET
def search(request: HttpRequest) -> HttpResponse:
    """Find a pupil by the beginning of a name. How many there are is not told, only that there are more."""
    text = request.GET.get("namn", "").replace("\x00", "").strip()[:80]
    if text and not may_search(request.viewer):
        words = _("Du har sökt många gånger på kort tid. Vänta tio minuter och sök igen.")
        return render(
            request, "people/search.html", {"text": text, "problem": words}, status=TOO_MANY_REQUESTS
        )
    found = find_children_for(request.viewer, text, on=queries.today())
    context: dict[str, Any] = {
        "text": text,
        "found": found[:MOST_FOUND],
        "more": len(found) > MOST_FOUND,
        "most": MOST_FOUND,
        "number_form": PersonnummerForm() if request.viewer.may(Permission.PERSONNUMMER_READ) else None,
    }
    return render(request, "people/search.html", context)
