"""allauth's views, under our addresses and with our templates, loaded at the first request."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

from allauth.core.exceptions import ReauthenticationRequired
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.utils.module_loading import import_string
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from samhandla.login.checks import lead_to

View = Callable[..., HttpResponse]
_found = cache(import_string)


def lent(dotted: str, *, everybody: bool = False) -> View:
    """Return allauth's view of that name.

    Args:
        everybody: also for whoever is not logged in yet.
    """

    def view(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        try:
            answer: HttpResponse = _found(dotted)(request, **kwargs)
        except ReauthenticationRequired:
            return lead_to("confirm", request)
        return answer

    guarded = require_http_methods(["GET", "POST"])(never_cache(view))
    return guarded if everybody else login_required(guarded)
