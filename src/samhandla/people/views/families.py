"""The logins of one child's family."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from samhandla.people import queries
from samhandla.people.actions import families as actions
from samhandla.people.models import Child
from samhandla.people.protected import confirm_protected
from samhandla.people.queries.families import family_logins_for
from samhandla.people.views.common import attempt, see_other, tell
from samhandla.trust.permissions import Permission


def _child(request: HttpRequest, ref: UUID) -> Child:
    child = queries.get_child_for(request.viewer, ref)
    if child is None or not queries.reaches_unit(request.viewer, child.unit_id, Permission.FAMILY_ACCOUNT):
        raise Http404
    return child


@require_GET
def family(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Who in the family has a login, and who may get one."""
    child = _child(request, ref)
    stopped = confirm_protected(request, child)
    if stopped is not None:
        return stopped
    context = {
        "child": child,
        "name": queries.name_on_page(request.viewer, child),
        "logins": family_logins_for(request.viewer, child, on=queries.today()),
    }
    return render(request, "people/family_logins.html", context)


def _tie(request: HttpRequest) -> int:
    sent = request.POST.get("vuxen", "")
    return int(sent) if sent.isascii() and sent.isdigit() and len(sent) < 18 else 0


@require_POST
def open_link(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Make a one-time link for an adult, or for the pupil; the answer itself shows it, this once."""
    _child(request, ref)
    number = _tie(request)
    link = attempt(
        lambda: (
            actions.open_guardian_account(by=request.viewer, ref=ref, guardianship_id=number)
            if number
            else actions.open_pupil_account(by=request.viewer, ref=ref)
        ),
        partial(tell, request),
    )
    if link is None:
        return see_other("family-logins", ref=ref)
    address = reverse("account_reset_password_from_key", kwargs={"uidb36": link.uid, "key": link.key})
    context = {"link": link, "ref": ref, "address": request.build_absolute_uri(address)}
    answer = render(request, "people/family_link.html", context)
    answer["Cache-Control"] = "no-store"
    return answer


@require_POST
def school_account(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Connect the pupil's school account."""
    _child(request, ref)
    made = attempt(
        lambda: actions.connect_school_account(
            by=request.viewer, ref=ref, eppn=request.POST.get("eppn", "")[:200]
        ),
        partial(tell, request),
    )
    if made is not None:
        messages.success(request, _("Skolkontot är kopplat. Eleven loggar in som till skolans andra system."))
    return see_other("family-logins", ref=ref)


@require_POST
def close(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Close a login."""
    _child(request, ref)
    number = _tie(request) or None
    made = attempt(
        lambda: actions.close_family_account(by=request.viewer, ref=ref, guardianship_id=number),
        partial(tell, request),
    )
    if made is not None:
        messages.success(request, _("Inloggningen är stängd. Den som var inloggad är det inte längre."))
    return see_other("family-logins", ref=ref)
