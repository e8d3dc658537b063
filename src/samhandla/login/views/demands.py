"""What login is demanded for each role and part, and whether the emergency account was used."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from samhandla.login import actions, queries, state
from samhandla.login.rules import Level
from samhandla.login.words import LEVELS
from samhandla.people.errors import NotAllowed, NotYours, Refused
from samhandla.trust.models import Account
from samhandla.web.answers import see_other


@require_GET
def demands(request: HttpRequest) -> HttpResponse:
    """Every role and part with the level that it needs."""
    roles, parts = queries.list_demands_for(request.viewer)
    context = {
        "lists": [(_("Roller"), roles), (_("Delar av Samhandla"), parts)],
        "levels": [(level.value, words) for level, words in LEVELS.items()],
        "uses": queries.emergency_uses_for(request.viewer),
    }
    return render(request, "login/demands.html", context)


def _words_of(problem: str) -> str:
    return {
        "shut_out": _(
            "Du kan inte kräva mer av din egen roll än du själv har loggat in med:"
            " då skulle du bli utestängd. Logga in säkrare först."
        ),
        "own_use": _("Den som har använt reservkontot kan inte kvittera det. Be en kollega."),
    }[problem]


def _attempt(request: HttpRequest, deed: Callable[[], None], said: str) -> HttpResponse:
    try:
        deed()
    except NotYours:
        raise Http404 from None
    except NotAllowed:
        raise PermissionDenied from None
    except Refused as refused:
        messages.warning(request, _words_of(refused.problem))
    else:
        messages.success(request, said)
    return see_other("login-demands")


@require_POST
def change(request: HttpRequest) -> HttpResponse:
    """Demand a level for one role or part."""
    sent = request.POST.get("niva", "")
    level = int(sent) if sent in {str(one.value) for one in Level} else 0
    reached = state.stands_at(request)
    what = request.POST.get("vad", "")
    row = next(
        (one for some in queries.list_demands_for(request.viewer) for one in some if one.what == what), None
    )
    if row is not None and 0 < level < row.level and "bekrafta" not in request.POST:
        words = dict(LEVELS)
        context = {
            "row": row,
            "level": level,
            "before": words[Level(row.level)],
            "after": words[Level(level)],
        }
        return render(request, "login/demand_lowered.html", context)
    return _attempt(
        request,
        lambda: actions.demand_level(by=request.viewer, what=what, level=level, reached=reached),
        _("Kravet är ändrat. Det gäller från och med nästa sida som någon öppnar."),
    )


@require_POST
def see_use(request: HttpRequest, use_id: int) -> HttpResponse:
    """Sign that one has seen that the emergency account was used."""
    account = Account.objects.get(pk=int(request.user.pk or 0))
    return _attempt(
        request,
        lambda: actions.see_emergency_use(by=request.viewer, account=account, use_id=use_id),
        _("Användningen är kvitterad."),
    )
