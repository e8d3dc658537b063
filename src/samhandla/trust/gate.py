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


def page(route: str, view: View, *, name: str, permission: Permission | None) -> URLPattern:
    """Return a path that refuses anonymous visitors and viewers without the permission.

    Args:
        permission: the right that the viewer needs; OPEN for a page without persons.
    """
    guarded = view if permission is OPEN else _guard(view, permission)
    guarded.permission = permission  # type: ignore[attr-defined]  # the sweep reads it
    return path(route, guarded, name=name)


def _guard(view: View, permission: Permission) -> View:
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        viewer = getattr(request, "viewer", None)
        if viewer is None:
            return redirect_to_login(request.get_full_path())
        if not viewer.may(permission):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded
