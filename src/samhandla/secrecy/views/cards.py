"""Rådfråga utan namn: a card about a situation, looked through before it is made."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from samhandla.people.models import Child
from samhandla.people.queries import name_on_page, today
from samhandla.secrecy.actions.cards import make_card
from samhandla.secrecy.errors import Refused
from samhandla.secrecy.forms import CardForm
from samhandla.secrecy.queries.cards import get_card_for, known_of_child, list_cards_for
from samhandla.secrecy.rules.cards import stage_of, traps_in
from samhandla.secrecy.views.child import child_or_404
from samhandla.secrecy.words import CARD_PARTS, CARD_PROBLEMS, STAGES, TRAPS


@require_http_methods(["GET", "POST"])
def consult(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Write a situation, see what could tell who it is, and make the card.

    The pupil's page begins one with what the rules have found, as sentences without a name.
    """
    child = child_or_404(request, ref)
    if request.method == "GET" or "borja" in request.POST:
        begun = "\n".join(request.POST.getlist("happens"))[:2000]
        return _page(request, child, CardForm(initial={"happens": begun}))
    form = CardForm(request.POST)
    if not form.is_valid():
        return _page(request, child, form, status=422)
    text = _text(child, form.cleaned_data)
    try:
        card = make_card(
            by=request.viewer, child=child, text=text, kept=request.POST.getlist("behall"),
            small_seen="liten" in request.POST, on=today(),
        )  # fmt: skip
    except Refused as refused:
        for problem in refused.problems:
            form.add_error(None, CARD_PROBLEMS[problem])
        return _page(request, child, form, text=text, status=422)
    messages.success(request, _("Kortet är klart. Det säger inte vem det gäller."))
    return HttpResponseRedirect(reverse("card", args=[card.pk]), status=303)


def _text(child: Child, said: dict[str, str]) -> str:
    """Return the card's words: a rough age instead of an age, then what was written, under headings."""
    parts = [f"{_('Ålder')}: {STAGES[stage_of(child.birth_date, today())]}"]
    parts += [f"{CARD_PARTS[name]}\n{said[name].strip()}" for name in CARD_PARTS if said[name].strip()]
    return "\n\n".join(parts)


def _page(
    request: HttpRequest, child: Child, form: CardForm, *, text: str = "", status: int = 200
) -> HttpResponse:
    known = known_of_child(request.viewer, child, today=today())
    kept = {word.lower() for word in request.POST.getlist("behall")}
    context: dict[str, Any] = {
        "child": child,
        "name": name_on_page(request.viewer, child),
        "form": form,
        "text": text,
        "traps": [
            (trap, TRAPS[trap.kind], trap.piece.lower() in kept)
            for trap in (traps_in(text, known) if text else ())
        ],
        "small": known.small,
        "small_seen": "liten" in request.POST,
    }
    return render(request, "secrecy/consult.html", context, status=status)


@require_GET
def cards(request: HttpRequest) -> HttpResponse:
    return render(request, "secrecy/cards.html", {"rows": list_cards_for(request.viewer)})


@require_GET
def card(request: HttpRequest, card_id: int) -> HttpResponse:
    """One card, to copy or print."""
    row = get_card_for(request.viewer, card_id)
    if row is None:
        raise Http404
    return render(request, "secrecy/card.html", {"row": row})
