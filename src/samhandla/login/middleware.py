"""The lock: a session that has been left alone shows and does nothing until its owner is back."""

from __future__ import annotations

import time
from collections.abc import Callable
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse
from django.urls import Resolver404, resolve

from samhandla.login import state
from samhandla.login.checks import lead_to
from samhandla.login.models import Draft

# What a locked session may reach: the ways to open it, the way out, and what has no persons on it.
OPEN_WHEN_LOCKED = frozenset(
    {
        "confirm",
        "confirm_provider",
        "account_reauthenticate",
        "mfa_reauthenticate",
        "mfa_reauthenticate_webauthn",
        "openid_connect_callback",
        "saml_acs",
        "saml_finish_acs",
        "account_logout",
        "set_language",
        "theme",
        "health",
        "robots",
        "about",
        "accessibility",
    }
)
LEADS_ON = (302, 303)
ON_THE_WAY = ("/bekrafta/", "/starkare-inloggning/", "/logga-in/")


class IdleLock:
    """Locks after the minutes that settings name, and holds the form that came too late."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.user.is_authenticated:
            return self.get_response(request)
        now, known = time.time(), state.state_of(request)
        if known is state.NOTHING:
            known = state.opened(request, request.user)
        if known.locked or known.is_idle(now):
            if not known.locked:
                state.lock(request, known)
            if _name(request) not in OPEN_WHEN_LOCKED:
                return lead_to("confirm", request)
            request.locked = True  # type: ignore[attr-defined]  # the page shows neither menu nor name
        else:
            state.touch(request, known, now)
        answer = self.get_response(request)
        _forget_what_was_sent(request, answer)
        return answer


def _name(request: HttpRequest) -> str:
    try:
        return resolve(request.path_info).url_name or ""
    except Resolver404:
        return ""


def _forget_what_was_sent(request: HttpRequest, answer: HttpResponse) -> None:
    """Throw away the drafts and the kept form of what was taken in: a POST that leads on."""
    if request.method != "POST" or answer.status_code not in LEADS_ON or not request.user.is_authenticated:
        return
    if answer.headers.get("Location", "").startswith(ON_THE_WAY):
        return  # it was not taken in: it waits until the person has confirmed
    pages = {request.path, urlsplit(request.headers.get("Referer", "")).path}
    kept = state.held(request)
    if kept is not None and kept.path == request.get_full_path():
        pages.add(kept.page)
        state.let_go(request)
    Draft.objects.forget(request.user.pk, *pages)
