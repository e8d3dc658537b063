"""One child's consents, the family's switch, papers; and everything that ends soon."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from samhandla.people.models import Child
from samhandla.people.queries import name_on_page, today
from samhandla.secrecy.actions.consents import (
    Question,
    answer_consent,
    ask_consent,
    correct_consent,
    withdraw_consent,
)
from samhandla.secrecy.actions.switch import switch_off, switch_on
from samhandla.secrecy.errors import Conflict, NotAllowed, NotYours, Refused
from samhandla.secrecy.forms import ConsentForm
from samhandla.secrecy.models import Waiver
from samhandla.secrecy.queries.consents import (
    content_of,
    get_paper_for,
    has_consent,
    list_consents_for,
    list_ending_for,
)
from samhandla.secrecy.queries.switch import list_switches_for, preview_for
from samhandla.secrecy.rules.papers import kind_of
from samhandla.secrecy.views.child import CORRECTED, USUAL_DAYS, child_or_404, correction_of, reply_of
from samhandla.secrecy.words import CONSENT_STATES, CONSENT_UNDONE, PROBLEMS, SWITCHES, ways_in_words
from samhandla.trust.shown import note_shown


def _page(request: HttpRequest, child: Child, form: ConsentForm | None = None) -> HttpResponse:
    rows = list_consents_for(request.viewer, child, today=today())
    switches = list_switches_for(request.viewer, child, today=today())
    context = {
        "child": child,
        "name": name_on_page(request.viewer, child),
        "rows": [(row, CONSENT_STATES[row.state], ways_in_words(row.ways)) for row in rows],
        "hows": Waiver.How.choices,
        "switches": [(one, SWITCHES[one.state]) for one in switches],
        "form": form or ConsentForm(initial={"valid_to": today() + timedelta(days=USUAL_DAYS)}),
    }
    return render(request, "secrecy/consents.html", context, status=422 if form else 200)


@require_GET
def consents(request: HttpRequest, ref: UUID) -> HttpResponse:
    return _page(request, child_or_404(request, ref))


def _back(ref: UUID) -> HttpResponse:
    return HttpResponseRedirect(reverse("consents", args=[ref]), status=303)


@require_POST
def ask(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Register what the family is asked to say yes to."""
    one, form = child_or_404(request, ref), ConsentForm(request.POST)
    if form.is_valid():
        try:
            ask_consent(by=request.viewer, child=one, question=Question(**form.cleaned_data), on=today())
        except Refused as refused:
            for problem in refused.problems:
                form.add_error(problem, PROBLEMS[problem])
        else:
            messages.success(request, _("Frågan är antecknad. Fyll i vad var och en svarar."))
            return _back(ref)
    return _page(request, one, form)


@require_POST
def answer(request: HttpRequest, ref: UUID, consent_id: int) -> HttpResponse:
    """Register one voice, put one right, or withdraw the whole."""
    one = child_or_404(request, ref)
    if not has_consent(request.viewer, one, consent_id):
        raise Http404
    try:
        if "aterkalla" in request.POST:
            row = withdraw_consent(by=request.viewer, consent_id=consent_id)
            messages.success(request, CONSENT_UNDONE[row.kind])
        elif "voice" in request.POST:
            correct_consent(by=request.viewer, consent_id=consent_id, **correction_of(request))
            messages.success(request, CORRECTED)
        else:
            answer_consent(by=request.viewer, consent_id=consent_id, reply=reply_of(request))
            messages.success(request, _("Svaret är antecknat."))
    except (NotYours, NotAllowed):
        raise Http404 from None
    except Conflict:
        messages.warning(request, _("Någon annan har redan antecknat det. Inget är ändrat."))
    except Refused as refused:
        for problem in refused.problems:
            messages.error(request, PROBLEMS[problem])
    return _back(ref)


@require_GET
def paper(request: HttpRequest, ref: UUID, key: UUID) -> HttpResponse:
    """A scanned paper as a file to keep, never shown inside a page."""
    one = child_or_404(request, ref)
    row = get_paper_for(request.viewer, one, key)
    if row is None:
        raise Http404
    note_shown((one.pk,))
    content = content_of(row)
    response = HttpResponse(content, content_type=row.content_type)
    response["Content-Disposition"] = f'attachment; filename="samtycke.{kind_of(content)[1]}"'
    response["Cache-Control"] = "private, no-store"
    return response


@require_GET
def preview(request: HttpRequest, ref: UUID, receiver_id: int) -> HttpResponse:
    """What turning one switch would change, before it is turned."""
    one = child_or_404(request, ref)
    found = preview_for(request.viewer, one, receiver_id, today=today())
    if found is None:
        raise Http404
    context = {"child": one, "name": name_on_page(request.viewer, one), "preview": found}
    return render(request, "secrecy/switch.html", context)


@require_POST
def turn(request: HttpRequest, ref: UUID, receiver_id: int) -> HttpResponse:
    """Turn one switch on or off, as the family says."""
    one = child_or_404(request, ref)
    try:
        if "av" in request.POST:
            switch_off(by=request.viewer, child=one, receiver_id=receiver_id, today=today())
            messages.success(
                request, _("Avstängt. Inget mer lämnas med samtycke dit. Det som redan är lämnat finns kvar.")
            )
        else:
            switch_on(
                by=request.viewer, child=one, receiver_id=receiver_id, today=today(),
                valid_to=today() + timedelta(days=USUAL_DAYS),
            )  # fmt: skip
            messages.success(
                request, _("Frågan är ställd igen. Det gäller när var och en har svarat ja på nytt.")
            )
    except (NotYours, NotAllowed):
        raise Http404 from None
    except Conflict:
        messages.warning(request, _("Någon annan har redan ändrat det. Inget är ändrat."))
    return _back(ref)


@require_GET
def ending(request: HttpRequest) -> HttpResponse:
    """Everything that holds today and ends within two weeks."""
    return render(request, "secrecy/ending.html", {"rows": list_ending_for(request.viewer, today=today())})
