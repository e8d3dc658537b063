"""The mentor's list and the answer to a signal."""

from __future__ import annotations

import time

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from samhandla.analytics.queries import data_up_to
from samhandla.detect.actions import answers
from samhandla.detect.errors import AnswerRefused, Conflict, NotYours
from samhandla.detect.forms import PROBLEMS, AnswerForm, ContactForm, StepForm
from samhandla.detect.models import StepTaken
from samhandla.detect.queries.changes import latest_answer_for, may_change, rests_by_answer
from samhandla.detect.queries.classes import classes_led_by
from samhandla.detect.queries.lists import SignalRow, get_signal_row_for, worklist_for
from samhandla.detect.queries.proposals import proposed_steps_for
from samhandla.detect.queries.steps import NextStep, next_steps_for, takes
from samhandla.detect.views.common import quality_lines, see_other, way_back
from samhandla.detect.words import in_readers_words
from samhandla.people.actions import note_reading
from samhandla.people.protected import confirm_protected
from samhandla.people.queries import today
from samhandla.trust.roles import ROLES

# The answer and the contact stand on one page and both have a "kind".
CONTACT_IDS = "contact_%s"
CHANGE_IDS = "change_%s"
FIELD_OF = {"reason_missing": "reason", "unchanged": None}  # every other problem is about the day


@require_GET
def worklist(request: HttpRequest) -> HttpResponse:
    viewer = request.viewer
    rows = worklist_for(viewer, today=today())
    following = next_steps_for(viewer, rows.to_answer, today=today())
    units, classes = classes_led_by(viewer, on=today())
    context = {
        "worklist": rows,
        "quality": quality_lines(viewer, units, classes),
        "to_answer": [(row, following[row.signal.pk]) for row in rows.to_answer],
        "data_to": data_up_to(viewer.authority_id),
        "shortcut_keys": [{"key": "1–9", "what": _("Öppna eleven med det numret i listan")}],
        "today": today(),
    }
    return render(request, "detect/worklist.html", context)


def _row_or_404(request: HttpRequest, signal_id: int) -> SignalRow:
    row = get_signal_row_for(request.viewer, signal_id, today=today())
    if row is None:
        raise Http404
    return row


def _to_list(request: HttpRequest) -> HttpResponse:
    """Go to the list that the viewer works from: a mentor's, a principal's, the team's."""
    return HttpResponseRedirect(way_back(request.viewer)["url"], status=303)


def _page(request: HttpRequest, row: SignalRow, status: int = 200, **forms: object) -> HttpResponse:
    following = proposed_steps_for(request.viewer, [row], today=today())[row.signal.pk]
    context = {
        "row": row,
        "back": way_back(request.viewer),
        "data_to": data_up_to(request.viewer.authority_id),
        "answer_form": AnswerForm(initial={"started": int(time.time())}),
        "contact_form": ContactForm(auto_id=CONTACT_IDS),
        "step_form": StepForm(),
        "next": following,
        "first_step": following.step,
        **_standing(request, row),
        "own_step": row.step is not None and takes(request.viewer, row.step.step.role),
        "shortcut_keys": [
            {"key": "p", "what": _("Börja nästa steg")},
            {"key": "s", "what": _("Spara ställningstagandet")},
            {"key": _("Tabb och piltangenter"), "what": _("Gå mellan fälten och välj ställningstagande")},
        ],
        "today": today(),
        **forms,
    }
    return render(request, "detect/signal.html", context, status=status)


def _standing(request: HttpRequest, row: SignalRow) -> dict[str, object]:
    """Return the answer that holds while the signal rests, and the form to change it for who may."""
    if not rests_by_answer(row.signal):
        return {}
    answer = latest_answer_for(request.viewer, row.signal)
    if answer is None:
        return {}
    words = in_readers_words(answer.reason)
    shown: dict[str, object] = {"answer": answer, "answer_words": words}
    if may_change(request.viewer, row.signal, answer, today=today()):
        said = {"kind": answer.kind, "until": answer.until, "reason": words}
        shown["change_form"] = AnswerForm(initial=said, auto_id=CHANGE_IDS)
    return shown


@require_http_methods(["GET", "POST"])
def signal(request: HttpRequest, signal_id: int) -> HttpResponse:
    """Show one signal; POST records a ställningstagande."""
    row = _row_or_404(request, signal_id)
    stopped = confirm_protected(request, row.child)
    if stopped is not None:
        return stopped
    if request.method == "GET":
        note_reading(by=request.viewer, child=row.child)
        return _page(request, row)
    form = AnswerForm(request.POST)
    if form.is_valid():
        try:
            _answer(request, signal_id, form)
        except AnswerRefused as refused:
            for problem in refused.problems:
                form.add_error(FIELD_OF.get(problem, "until"), PROBLEMS[problem])
        except Conflict:
            messages.warning(request, _("Någon annan har redan tagit ställning. Ditt svar är inte sparat."))
            return _page(request, _row_or_404(request, signal_id), 409, unsaved=form.cleaned_data["reason"])
        else:
            messages.success(request, _("Ställningstagandet är sparat."))
            return _to_list(request)
    return _page(request, row, 422, answer_form=form)


@require_POST
def change(request: HttpRequest, signal_id: int) -> HttpResponse:
    """Record that the answer is thought better of, before its day."""
    row, form = _row_or_404(request, signal_id), AnswerForm(request.POST, auto_id=CHANGE_IDS)
    if form.is_valid():
        said = {name: form.cleaned_data[name] for name in ("kind", "reason", "until")}
        try:
            answers.change_answer(by=request.viewer, signal_id=signal_id, today=today(), **said)
        except NotYours:
            raise Http404 from None
        except AnswerRefused as refused:
            for problem in refused.problems:
                form.add_error(FIELD_OF.get(problem, "until"), PROBLEMS[problem])
        except Conflict:
            messages.warning(request, _("Svaret kan inte ändras nu. Se vad som gäller nedan."))
            return _page(request, _row_or_404(request, signal_id), 409, unsaved=said["reason"])
        else:
            messages.success(request, _("Svaret är ändrat. Det tidigare står kvar på elevens sida."))
            return see_other("signal", signal_id=signal_id)
    return _page(request, row, 422, change_form=form)


def _answer(request: HttpRequest, signal_id: int, form: AnswerForm) -> None:
    data = form.cleaned_data
    seconds = int(time.time()) - data["started"] if data.get("started") else None
    answers.answer_signal(
        by=request.viewer,
        signal_id=signal_id,
        kind=data["kind"],
        reason=data["reason"],
        until=data["until"],
        today=today(),
        seconds=seconds,
        clicks=data.get("clicks"),
    )


@require_POST
def talk_today(request: HttpRequest, signal_id: int) -> HttpResponse:
    """One tap: the pupil's next step begins, or is handed over to the role whose step it is."""
    row = _row_or_404(request, signal_id)
    following = next_steps_for(request.viewer, [row], today=today())[row.signal.pk]
    if following.ended:
        messages.warning(request, _("Alla steg i närvarotrappan är tagna. Skriv vad ni gör nu."))
        return see_other("signal", signal_id=signal_id)
    reason, thanks = _words_of(following)
    try:
        answers.answer_signal(
            by=request.viewer,
            signal_id=signal_id,
            kind="act",
            reason=reason,
            today=today(),
            seconds=_seconds(request),
            clicks=1,
        )
    except Conflict:
        messages.warning(request, _("Någon annan har redan tagit ställning."))
        return see_other("signal", signal_id=signal_id)
    messages.success(request, thanks)
    return see_other("signal", signal_id=row.signal.pk)


def _words_of(following: NextStep) -> tuple[str, str]:
    """Return the reason that one tap records, and what is said afterwards."""
    afterwards = _("Bra. Skriv gärna två ord efteråt om vad samtalet handlade om.")
    if following.step is None or following.talk:
        return _("Jag pratar med eleven i dag."), afterwards
    words = {"step": _(following.step.name), "role": _(ROLES[following.step.role].name)}
    if following.handed:
        return (
            _("Jag lämnar över till %(role)s: %(step)s.") % words,
            _("Överlämnat. Steget står nu hos %(role)s, med sista dag.") % words,
        )
    return _("Jag börjar: %(step)s.") % words, afterwards


def _seconds(request: HttpRequest) -> int | None:
    started = request.POST.get("started", "")
    return int(time.time()) - int(started) if started.isdigit() else None


@require_POST
def contact(request: HttpRequest, signal_id: int) -> HttpResponse:
    row = _row_or_404(request, signal_id)
    form = ContactForm(request.POST, auto_id=CONTACT_IDS)
    if not form.is_valid():
        return _page(request, row, 422, contact_form=form)
    answers.note_contact(by=request.viewer, signal_id=signal_id, today=today(), **form.cleaned_data)
    messages.success(request, _("Kontakten är antecknad."))
    return see_other("signal", signal_id=signal_id)


@require_POST
def step_done(request: HttpRequest, signal_id: int, step_id: int) -> HttpResponse:
    row = _row_or_404(request, signal_id)
    form = StepForm(request.POST)
    if not form.is_valid():
        return _page(request, row, 422, step_form=form)
    try:
        done = answers.finish_step(by=request.viewer, step_id=step_id, today=today(), **form.cleaned_data)
    except NotYours:
        raise Http404 from None
    except Conflict:
        messages.warning(request, _("Steget var redan klart."))
    else:
        messages.success(request, _after_step(done))
    return see_other("signal", signal_id=signal_id)


def _after_step(done: StepTaken) -> str:
    """Say what became of the signal when a step was finished."""
    if done.solved:
        return _("Steget är klart och signalen är avslutad. Håll i: vänder det kommer en ny signal.")
    due = done.signal.due_on
    if due is None:
        return _("Steget är klart. Signalen är öppen igen: ta ställning till nästa steg.")
    words = _("Steget är klart. Signalen är öppen igen: ta ställning till nästa steg senast den %(day)s.")
    return words % {"day": date_format(due, "j F")}


@require_POST
def told(request: HttpRequest, signal_id: int) -> HttpResponse:
    """The pupil has been told that it goes the right way."""
    _row_or_404(request, signal_id)
    try:
        answers.tell_good_news(by=request.viewer, signal_id=signal_id, today=today())
    except Conflict:
        messages.info(request, _("Det var redan sagt."))
    else:
        messages.success(request, _("Fint att du sa det."))
    return _to_list(request)
