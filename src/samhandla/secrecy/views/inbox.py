"""What has come to the functions that the viewer works in."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from samhandla.secrecy.actions.transfers import receive
from samhandla.secrecy.errors import Conflict, NotYours
from samhandla.secrecy.queries.cards import asked_of
from samhandla.secrecy.queries.transfers import get_received_for, inbox_for


@require_GET
def inbox(request: HttpRequest) -> HttpResponse:
    return render(
        request, "secrecy/inbox.html", {"rows": inbox_for(request.viewer), "cards": asked_of(request.viewer)}
    )


@require_POST
def take(request: HttpRequest, transfer_id: int) -> HttpResponse:
    """Register one as received."""
    if get_received_for(request.viewer, transfer_id) is None:
        raise Http404
    try:
        receive(by=request.viewer, transfer_id=transfer_id)
        messages.success(request, _("Uppgiften är mottagen av dig."))
    except NotYours:
        raise Http404 from None
    except Conflict:
        messages.warning(request, _("Uppgiften är redan mottagen."))
    return HttpResponseRedirect(reverse("inbox"), status=303)
