"""What the gate asks of a session before a page: is it sure enough, and lately confirmed?"""

from __future__ import annotations

import time
from urllib.parse import urlencode, urlsplit

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse

from samhandla.login import state
from samhandla.login.queries import level_needed_by
from samhandla.trust import gate
from samhandla.trust.permissions import Permission


def sure_enough(request: HttpRequest, permission: Permission, confirm: bool) -> HttpResponse | None:
    """Lead to the page of stronger login when the roles, or this part, need a higher level. Queries: one."""
    viewer = request.viewer  # type: ignore[attr-defined]  # the middleware puts it there
    if state.stands_at(request) >= level_needed_by(viewer, permission):
        return None
    return lead_to("stronger", request, part=str(permission))


def lately_confirmed(request: HttpRequest, permission: Permission, confirm: bool) -> HttpResponse | None:
    """Lead to the page of confirmation before a sensitive act, and keep the form that was sent."""
    if not confirm or state.state_of(request).is_confirmed(time.time()):
        return None
    return lead_to("confirm", request)


def lead_to(name: str, request: HttpRequest, **more: str) -> HttpResponse:
    """Lead to a page of ours and back again; a form that was sent is kept meanwhile.

    htmx is told to load the page whole: a part of a page has no place for it.
    """
    back = request.get_full_path()
    if request.method not in ("GET", "HEAD"):
        back = reverse("login-continue") if state.hold(request) else reverse("start")
    elif "HX-Request" in request.headers:
        back = urlsplit(request.headers.get("HX-Current-URL", "")).path or reverse("start")
    address = f"{reverse(name)}?{urlencode({'next': back, **more})}"
    if request.headers.get("HX-Request"):
        return HttpResponse(headers={"HX-Redirect": address})
    return HttpResponseRedirect(address, status=303)


gate.CHECKS.extend([sure_enough, lately_confirmed])
