"""Rådfråga utan namn: a card about a situation, looked through before it is made."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from samhandla.people.models import Child
from samhandla.people.queries import name_on_page, today
from samhandla.secrecy.actions.cards import answer_card, make_card, send_card
from samhandla.secrecy.errors import Conflict, NotYours, Refused
from samhandla.secrecy.forms import CardForm, SendForm
from samhandla.secrecy.queries.cards import (
    get_card_for,
    known_of_child,
    list_cards_for,
    receivers_of_cards,
)
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


@require_http_methods(["GET", "POST"])
def card(request: HttpRequest, card_id: int) -> HttpResponse:
    """One card, to copy, or to send to a receiving function."""
    row = get_card_for(request.viewer, card_id)
    if row is None:
        raise Http404
    form = SendForm(request.POST or None, receivers=receivers_of_cards(request.viewer))
    if request.method == "POST" and form.is_valid():
        try:
            send_card(by=request.viewer, card_id=row.pk, receiver=form.cleaned_data["receiver"], on=today())
            messages.success(request, _("Kortet är skickat. Svaret visas här."))
        except Conflict:
            messages.warning(request, _("Kortet är redan skickat. Inget är ändrat."))
        return HttpResponseRedirect(reverse("card", args=[row.pk]), status=303)
    status = 422 if request.method == "POST" else 200
    return render(request, "secrecy/card.html", {"row": row, "form": form}, status=status)


@require_POST
def reply(request: HttpRequest, card_id: int) -> HttpResponse:
    """Answer a card that has come to a function that the viewer works in."""
    try:
        answer_card(by=request.viewer, card_id=card_id, answer=request.POST.get("svar", ""), on=today())
        messages.success(request, _("Svaret är skickat."))
    except NotYours:
        raise Http404 from None
    except Conflict:
        messages.warning(request, _("Någon annan har redan svarat. Inget är ändrat."))
    except Refused:
        messages.error(request, _("Skriv ett svar först."))
    return HttpResponseRedirect(reverse("inbox"), status=303)
