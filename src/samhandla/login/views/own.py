"""One's own login: second steps, open sessions, drafts."""

from __future__ import annotations

from typing import Any

from allauth.mfa.models import Authenticator
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from samhandla.login import actions, queries, state
from samhandla.login.models import Draft
from samhandla.login.words import LEVELS
from samhandla.people.errors import NotYours
from samhandla.trust.models import Account
from samhandla.web.answers import see_other

DRAFT_LETTERS = 20_000


@never_cache
@login_required
@require_GET
def second_steps(request: HttpRequest) -> HttpResponse:
    """The second steps of one's login: what there is, and what can be added."""
    rows = list(Authenticator.objects.filter(user_id=request.user.pk).order_by("created_at"))
    context = {
        "app": next((row for row in rows if row.type == Authenticator.Type.TOTP), None),
        "keys": [row for row in rows if row.type == Authenticator.Type.WEBAUTHN],
        "codes": next((row.wrap() for row in rows if row.type == Authenticator.Type.RECOVERY_CODES), None),
        "level": LEVELS[state.stands_at(request)],
    }
    return render(request, "login/second_steps.html", context)


@never_cache
@login_required
@require_http_methods(["GET", "POST"])
def sessions(request: HttpRequest) -> HttpResponse:
    """Where one is logged in, each with a button that ends it."""
    if request.method == "POST":
        return _end(request)
    own = request.session.session_key
    rows = [
        {"row": row, "own": row.session_key == own, "device": device_of(row.user_agent)}
        for row in queries.own_sessions(int(request.user.pk or 0))
    ]
    return render(
        request, "login/sessions.html", {"rows": rows, "others": any(not one["own"] for one in rows)}
    )


def _end(request: HttpRequest) -> HttpResponse:
    sent = request.POST.get("inloggning", "")
    if "andra" in request.POST:
        keys: set[int] | None = None
    elif sent.isascii() and sent.isdigit() and len(sent) < 18:
        keys = {int(sent)}
    else:
        raise Http404
    account = Account.objects.get(pk=int(request.user.pk or 0))
    try:
        ended = actions.end_sessions(
            by=getattr(request, "viewer", None), account=account, keys=keys,
            own_key=request.session.session_key or "",
        )  # fmt: skip
    except NotYours:
        raise Http404 from None
    words = ngettext("%(n)d inloggning är avslutad.", "%(n)d inloggningar är avslutade.", ended)
    messages.success(request, words % {"n": ended})
    return see_other("sessions")


_BROWSERS = (("Edg/", "Edge"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS", "Mac"),
    ("CrOS", "Chromebook"),
    ("Linux", "Linux"),
)


def device_of(agent: str) -> str:
    """Return browser and machine in plain words, from what the browser calls itself."""
    browser = next((name for mark, name in _BROWSERS if mark in agent), _("okänd webbläsare"))
    system = next((name for mark, name in _SYSTEMS if mark in agent), _("okänd enhet"))
    return _("%(browser)s på %(system)s") % {"browser": browser, "system": system}


@never_cache
@require_http_methods(["GET", "POST"])
def drafts(request: HttpRequest) -> HttpResponse:
    """Keep what is being written, or give back what was kept; for the page's own script."""
    if not request.user.is_authenticated:
        return JsonResponse({}, status=403)
    account, page = int(request.user.pk or 0), _page(request)
    if request.method == "GET":
        return JsonResponse({"drafts": Draft.objects.texts(account, page)})
    field, text = request.POST.get("falt", ""), request.POST.get("text", "")
    if not 0 < len(field) <= 80 or len(text) > DRAFT_LETTERS:
        return JsonResponse({}, status=422)
    Draft.objects.keep(account, page, field, text)
    return JsonResponse({})


def _page(request: HttpRequest) -> str:
    sent: Any = request.POST if request.method == "POST" else request.GET
    page: str = sent.get("sida", "")
    if not page.startswith("/") or len(page) > 200:
        raise Http404
    return page
