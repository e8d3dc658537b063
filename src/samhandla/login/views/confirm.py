"""Proving again who one is: after a pause, before a sensitive act, or with a stronger login."""

from __future__ import annotations

from allauth.account.adapter import get_adapter
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from samhandla.login import state
from samhandla.login.queries import level_needed_by
from samhandla.login.rules import Level
from samhandla.login.views.provider import safe_next
from samhandla.login.words import LEVELS
from samhandla.web.answers import see_other

LONG_LETTERS = 40


@never_cache
@login_required
@require_GET
def confirm(request: HttpRequest) -> HttpResponse:
    """Say why somebody is to prove again who it is, and by which ways.

    `?las` comes from a screen that nobody has touched: then the session is locked, wherever else it is open.
    """
    if "las" in request.GET and not state.state_of(request).locked:
        state.lock(request, state.state_of(request))
        request.locked = True
    back = safe_next(request)
    ways = [
        {**way, "url": f"{way['url']}?{urlencode({'next': back})}"}
        for way in get_adapter(request).get_reauthentication_methods(request.user)
    ]
    context = {
        "ways": ways,
        "locked": state.state_of(request).locked,
        "kept": state.held(request) is not None,
    }
    return render(request, "login/confirm.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def go_on(request: HttpRequest) -> HttpResponse:
    """Show that the form is kept, and let its writer send it or throw it away."""
    if request.method == "POST":
        state.let_go(request)
        return see_other("start")
    found = state.held(request)
    if found is None:
        return see_other("start")
    texts = [text for _, text in found.fields if len(text) > LONG_LETTERS]
    return render(request, "login/continue.html", {"held": found, "texts": texts})


@never_cache
@login_required
@require_GET
def stronger(request: HttpRequest) -> HttpResponse:
    """Say that a part needs a stronger login than this one, and how to get it."""
    viewer = getattr(request, "viewer", None)
    if viewer is None:
        return see_other("start")
    needed = level_needed_by(viewer, request.GET.get("part", ""))
    stands = state.stands_at(request)
    back = safe_next(request)
    if stands >= needed:
        answer = see_other("start")
        answer["Location"] = back
        return answer
    context = {
        "needed": LEVELS[needed],
        "stands": LEVELS[stands],
        "second_step": needed == Level.TWO_STEPS,
        "ways": _strong_ways(request, back),
        "back": urlencode({"next": back}),
    }
    return render(request, "login/stronger.html", context, status=403)


def _strong_ways(request: HttpRequest, back: str) -> list[dict[str, str]]:
    ways = get_adapter(request).get_reauthentication_methods(request.user)
    return [
        {**way, "url": f"{way['url']}?{urlencode({'next': back})}"}
        for way in ways
        if way["id"] != "reauthenticate"
    ]
