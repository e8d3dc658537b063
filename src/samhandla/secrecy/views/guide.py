"""The decision guide, and the law that it rests on."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from samhandla.people.queries import today
from samhandla.secrecy.actions.guide import note_question
from samhandla.secrecy.actions.law import (
    add_opening,
    approve_opening,
    change_opening,
    deliver_law,
    withdraw_approval,
)
from samhandla.secrecy.errors import NotAllowed, NotYours, Refused
from samhandla.secrecy.forms import GuideForm, OpeningForm, StartForm
from samhandla.secrecy.models import LegalOpening
from samhandla.secrecy.queries.law import get_opening_for, law_for, list_openings_for
from samhandla.secrecy.rules.guide import Answer, Question, asks, decide
from samhandla.secrecy.rules.law import Law
from samhandla.secrecy.words import ALSO, ANSWERS, EXPLAINED, PLACES, PROBLEMS, WHY
from samhandla.trust.permissions import Permission

AT_ONCE = (Answer.PHONE, Answer.REPORT)
OPENS = (Answer.WITHIN, Answer.YES, Answer.MUST, Answer.RIGHT)


@require_http_methods(["GET", "POST"])
def guide(request: HttpRequest) -> HttpResponse:
    """May I hand over X to Y? First from where to where, then only what can change the answer.

    Danger, and suspicion that is to be reported, are answered at once. What was asked is recorded, but never
    about whom.
    """
    start = StartForm(request.POST or None)
    if request.method == "GET":
        return render(request, "secrecy/guide.html", {"start": start})
    if not start.is_valid():
        return render(request, "secrecy/guide.html", {"start": start}, status=422)
    question, rules = start.question(), law_for(request.viewer)
    asked: dict[str, Any] = {"start": question, "circumstances": asks(question, rules)}
    context: dict[str, Any] = {
        "start": start,
        "sender": PLACES[start.cleaned_data["sender"]],
        "recipient": PLACES[start.cleaned_data["recipient"]],
        "age": question.age,
    }
    if "steg" in request.POST:
        form = GuideForm(request.POST, **asked)
        if not form.is_valid():
            return render(request, "secrecy/guide.html", {**context, "form": form}, status=422)
        return _answered(request, context, form, form.question(), rules)
    form = GuideForm(**asked)
    at_once = decide(question, rules).answer in AT_ONCE
    if at_once or not form.decisive:
        return _answered(request, context, form, question, rules)
    return render(request, "secrecy/guide.html", {**context, "form": form})


def _answered(
    request: HttpRequest, context: dict[str, Any], form: GuideForm, question: Question, rules: Law
) -> HttpResponse:
    verdict = decide(question, rules)
    note_question(by=request.viewer, question=question, verdict=verdict)
    told = {
        "form": form,
        "verdict": verdict,
        "openings": [(one, LegalOpening.Mark(one.mark).label) for one in verdict.openings],
        "opens": verdict.answer in OPENS,
        "urgent": verdict.answer in AT_ONCE,
        "answer": ANSWERS[verdict.answer],
        "explained": EXPLAINED[verdict.answer],
        "why": [WHY[code] for code in verdict.why],
        "also": [ALSO[code] for code in verdict.also],
    }
    return render(request, "secrecy/guide.html", {**context, **told})


@require_GET
def law(request: HttpRequest) -> HttpResponse:
    """The openings of the authority: what is approved, what waits, what is a question."""
    context = {
        "rows": list_openings_for(request.viewer),
        "approves": request.viewer.may(Permission.LAW_APPROVE),
    }
    return render(request, "secrecy/law.html", context)


def _written(request: HttpRequest, opening_id: int | None) -> HttpResponse:
    """One form for a new opening of one's own and for a new version of one that is there."""
    row = get_opening_for(request.viewer, opening_id) if opening_id else None
    form = OpeningForm(request.POST or None, row=row)
    if request.method == "POST" and form.is_valid():
        said = {"by": request.viewer, "on": today(), **form.cleaned_data}
        try:
            if opening_id is None:
                add_opening(**said)
            else:
                change_opening(opening_id=opening_id, **said)
        except Refused as refused:
            for problem in refused.problems:
                form.add_error(problem if problem in form.fields else None, PROBLEMS[problem])
        else:
            messages.success(request, _("Sparat. Bestämmelsen kan användas när du har godkänt den."))
            return HttpResponseRedirect(reverse("law"), status=303)
    status = 422 if request.method == "POST" else 200
    return render(request, "secrecy/law_form.html", {"form": form, "row": row}, status=status)


@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    return _written(request, None)


@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, opening_id: int) -> HttpResponse:
    if get_opening_for(request.viewer, opening_id) is None:
        raise Http404
    return _written(request, opening_id)


@require_POST
def deliver(request: HttpRequest) -> HttpResponse:
    """Make the authority's list from what is delivered."""
    count = deliver_law(by=request.viewer)
    messages.success(request, _("%(count)s bestämmelser lades till. Ingen är godkänd än.") % {"count": count})
    return HttpResponseRedirect(reverse("law"), status=303)


@require_POST
def approve(request: HttpRequest, opening_id: int) -> HttpResponse:
    """Approve one, or take the approval back."""
    try:
        if "ta-tillbaka" in request.POST:
            row = withdraw_approval(by=request.viewer, opening_id=opening_id)
            messages.success(request, _("%(what)s är inte längre godkänd.") % {"what": row.paragraph})
        else:
            row = approve_opening(by=request.viewer, opening_id=opening_id, on=today())
            messages.success(request, _("%(what)s är godkänd.") % {"what": row.paragraph})
    except (NotYours, NotAllowed):
        raise Http404 from None
    except Refused as refused:
        for problem in refused.problems:
            messages.error(request, PROBLEMS[problem])
    return HttpResponseRedirect(reverse("law"), status=303)
