"""One child: the family's answers, and what is handed over."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l
from django.views.decorators.http import require_GET, require_POST

from samhandla.people.models import Child
from samhandla.people.queries import get_child_for, name_on_page, today
from samhandla.secrecy.actions.replies import Reply
from samhandla.secrecy.actions.transfers import Fact, hand_over
from samhandla.secrecy.actions.waivers import Wish, answer_waiver, ask_waiver, correct_waiver, withdraw_waiver
from samhandla.secrecy.errors import Conflict, NotAllowed, NotYours, Refused
from samhandla.secrecy.forms import CorrectionForm, FactForm, ReplyForm, WaiverForm
from samhandla.secrecy.models import Waiver
from samhandla.secrecy.queries.transfers import (
    has_waiver,
    list_sent_for,
    list_waivers_for,
    usable_openings_for,
)
from samhandla.secrecy.rules.guide import Waiver as State
from samhandla.secrecy.words import PROBLEMS, STATES

USUAL_DAYS = 90


def child_or_404(request: HttpRequest, ref: UUID) -> Child:
    child = get_child_for(request.viewer, ref)
    if child is None:
        raise Http404
    return child


def _page(
    request: HttpRequest, child: Child, *, asks: WaiverForm | None = None, fact: FactForm | None = None
) -> HttpResponse:
    waivers = list_waivers_for(request.viewer, child, today=today())
    context = {
        "child": child,
        "name": name_on_page(request.viewer, child),
        "waivers": [(row, STATES[row.state]) for row in waivers],
        "hows": Waiver.How.choices,
        "sent": list_sent_for(request.viewer, child),
        "asks": asks or WaiverForm(initial={"valid_to": today() + timedelta(days=USUAL_DAYS)}),
        "fact": fact or _fact_form(request, child),
    }
    return render(request, "secrecy/child.html", context, status=422 if asks or fact else 200)


def _fact_form(request: HttpRequest, child: Child, data: object = None) -> FactForm:
    waivers = list_waivers_for(request.viewer, child, today=today())
    return FactForm(
        data,
        openings=usable_openings_for(request.viewer, today=today()),
        waivers=[row.waiver for row in waivers if row.state is State.GIVEN],
    )


@require_GET
def child(request: HttpRequest, ref: UUID) -> HttpResponse:
    return _page(request, child_or_404(request, ref))


def _back(ref: UUID) -> HttpResponse:
    return HttpResponseRedirect(reverse("hand-over", args=[ref]), status=303)


def _tell(form: WaiverForm | FactForm, refused: Refused) -> None:
    for problem in refused.problems:
        field = problem if problem in form.fields else None
        form.add_error(field, PROBLEMS[problem])


@require_POST
def ask(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Register that the family is asked."""
    one, form = child_or_404(request, ref), WaiverForm(request.POST)
    if form.is_valid():
        try:
            ask_waiver(by=request.viewer, child=one, wish=Wish(**form.cleaned_data), on=today())
        except Refused as refused:
            _tell(form, refused)
        else:
            messages.success(request, _("Frågan är antecknad. Fyll i vad var och en svarar."))
            return _back(ref)
    return _page(request, one, asks=form)


def reply_of(request: HttpRequest) -> Reply:
    """Return what an answer's form says, given today.

    Raises:
        BadRequest: it was not sent by one of the pages' own forms.
    """
    form = ReplyForm(request.POST, request.FILES)
    if not form.is_valid():
        raise BadRequest
    said = form.cleaned_data
    who = said.pop("who")
    try:
        return Reply(on=today(), guardian=None if who == "child" else UUID(who), **said)
    except ValueError as error:
        raise BadRequest from error


def correction_of(request: HttpRequest) -> dict[str, Any]:
    """Return what a correction's form says, as the actions take it, given today.

    Raises:
        BadRequest: it was not sent by one of the pages' own forms.
    """
    form = CorrectionForm(request.POST, request.FILES)
    if not form.is_valid():
        raise BadRequest
    said = form.cleaned_data
    about = {"voice_id": said.pop("voice"), "why": said.pop("why")}
    word = said.pop("yes")
    reply = None if word == "struket" else Reply(yes=word == "ja", on=today(), **said)
    return {**about, "reply": reply}


CORRECTED = _l("Svaret är ändrat. Det som stod förut finns kvar som historik.")


@require_POST
def answer(request: HttpRequest, ref: UUID, waiver_id: int) -> HttpResponse:
    """Register one voice, put one right, or withdraw the whole."""
    one = child_or_404(request, ref)
    if not has_waiver(request.viewer, one, waiver_id):
        raise Http404
    try:
        if "aterkalla" in request.POST:
            withdraw_waiver(by=request.viewer, waiver_id=waiver_id)
            messages.success(
                request,
                _(
                    "Samtycket är återkallat och gäller inte längre. Det som redan är lämnat finns kvar hos"
                    " mottagaren."
                ),
            )
            return _back(ref)
        if "voice" in request.POST:
            correct_waiver(by=request.viewer, waiver_id=waiver_id, **correction_of(request))
            messages.success(request, CORRECTED)
            return _back(ref)
        answer_waiver(by=request.viewer, waiver_id=waiver_id, reply=reply_of(request))
        messages.success(request, _("Svaret är antecknat."))
    except (NotYours, NotAllowed):
        raise Http404 from None
    except Conflict:
        messages.warning(request, _("Någon annan har redan antecknat det. Inget är ändrat."))
    except Refused as refused:
        for problem in refused.problems:
            messages.error(request, PROBLEMS[problem])
    return _back(ref)


@require_POST
def send(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Hand one fact over."""
    one = child_or_404(request, ref)
    form = _fact_form(request, one, request.POST)
    if form.is_valid():
        try:
            hand_over(by=request.viewer, child=one, fact=Fact(**form.cleaned_data))
        except Conflict:  # two taps on the button: what was wanted is done
            messages.info(request, _("Uppgiften är redan lämnad, en gång."))
            return _back(ref)
        except Refused as refused:
            _tell(form, refused)
        else:
            messages.success(request, _("Uppgiften är lämnad. Den står nedan, så som mottagaren ser den."))
            return _back(ref)
    return _page(request, one, fact=form)
