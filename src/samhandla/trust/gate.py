"""Every path names the permission it needs; nothing is reached without passing here."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path

from samhandla.trust.permissions import Permission

View = Callable[..., HttpResponse]
OPEN = None  # a page that anybody may read: login, accessibility statement, health
# Asked of whoever has the right: the request, the permission, whether the act is to be confirmed. An answer
# is given instead of the page. Rooms above this one add theirs when the program starts.
Check = Callable[[HttpRequest, Permission, bool], HttpResponse | None]
CHECKS: list[Check] = []


def page(
    route: str, view: View, *, name: str, permission: Permission | None, confirm: bool = False
) -> URLPattern:
    """Return a path that refuses anonymous visitors and viewers without the permission.

    Args:
        permission: the right that the viewer needs; OPEN for a page without persons.
        confirm: a sensitive act: whoever does it has lately proved who it is.
    """
    guarded = view if permission is OPEN else _guard(view, permission, confirm)
    guarded.permission = permission  # type: ignore[attr-defined]  # the sweep reads it
    guarded.confirm = confirm  # type: ignore[attr-defined]  # the sweep reads it
    return path(route, guarded, name=name)


def checked(request: HttpRequest, permission: Permission, confirm: bool = False) -> HttpResponse | None:
    """Return the answer of the first check that stops a request which has the right; None to go on."""
    for check in CHECKS:
        answer = check(request, permission, confirm)
        if answer is not None:
            return answer
    return None


def _guard(view: View, permission: Permission, confirm: bool) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        viewer = getattr(request, "viewer", None)
        if viewer is None:
            return redirect_to_login(request.get_full_path())
        if not viewer.may(permission):
            raise PermissionDenied
        stopped = checked(request, permission, confirm)
        if stopped is not None:
            return stopped
        return view(request, *args, **kwargs)

    return guarded
