"""Notices of absence where they arrive, and on their way out of the system."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from samhandla.detect.actions import notices as actions
from samhandla.detect.errors import AnswerRefused, Conflict, NotYours
from samhandla.detect.forms.inquiry import WHY_NOT, OutsideForm, ReplyForm
from samhandla.detect.queries.inquiry import get_notice_for
from samhandla.detect.queries.notices import NoticeRow, delivered_of, get_delivered_for, notice_list_for
from samhandla.detect.views.common import see_other
from samhandla.people.queries import today


@require_GET
def notices(request: HttpRequest) -> HttpResponse:
    """The receiver's list: new, received, to hand out, done."""
    found = notice_list_for(request.viewer, today=today())
    return render(request, "detect/notices.html", {"list": found})


def _delivered_or_404(request: HttpRequest, delivered_id: int) -> NoticeRow:
    row = get_delivered_for(request.viewer, delivered_id, today=today())
    if row is None:
        raise Http404
    return row


def _show(request: HttpRequest, one: NoticeRow, status: int = 200, **forms: object) -> HttpResponse:
    context = {"one": one, "form": ReplyForm(), "outside_form": OutsideForm(initial={"on": today()}), **forms}
    return render(request, "detect/delivered.html", context, status=status)


@require_http_methods(["GET", "POST"])
def delivered(request: HttpRequest, delivered_id: int) -> HttpResponse:
    """One notice as its receiver reads it; a POST answers the school."""
    one = _delivered_or_404(request, delivered_id)
    if request.method == "GET":
        return _show(request, one)
    form = ReplyForm(request.POST)
    if form.is_valid():
        try:
            actions.answer_notice(
                by=request.viewer, delivered_id=delivered_id, today=today(), **form.cleaned_data
            )
        except AnswerRefused as refused:
            for name in refused.problems:
                form.add_error(name, WHY_NOT[name])
        except Conflict:
            messages.warning(request, _("Någon har redan svarat. Det du skrev är inte sparat."))
            return see_other("delivered", delivered_id=delivered_id)
        else:
            messages.success(request, _("Svaret är sparat. Skolan läser det vid utredningen."))
            return see_other("delivered", delivered_id=delivered_id)
    return _show(request, one, 422, form=form)


@require_POST
def receive(request: HttpRequest, delivered_id: int) -> HttpResponse:
    """Acknowledge a notice."""
    _delivered_or_404(request, delivered_id)
    try:
        actions.receive_notice(by=request.viewer, delivered_id=delivered_id)
    except Conflict:
        messages.warning(request, _("Anmälan är redan mottagen."))
    else:
        messages.success(request, _("Anmälan är mottagen av dig."))
    return see_other("delivered", delivered_id=delivered_id)


@require_POST
def outside(request: HttpRequest, delivered_id: int) -> HttpResponse:
    """Mark that the receiver handed a notice out outside the system."""
    one = _delivered_or_404(request, delivered_id)
    form = OutsideForm(request.POST)
    if _hand_out(request, one, form):
        return see_other("delivered", delivered_id=delivered_id)
    return _show(request, one, 422, outside_form=form)


def _hand_out(request: HttpRequest, one: NoticeRow, form: OutsideForm) -> bool:
    """Record it; False when the form says what is missing."""
    if not form.is_valid():
        return False
    try:
        actions.hand_out_notice(
            by=request.viewer, delivered_id=one.row.pk, today=today(), **form.cleaned_data
        )
    except AnswerRefused as refused:
        for name in refused.problems:
            form.add_error(name, WHY_NOT[name])
        return False
    except Conflict:
        messages.warning(request, _("Det är redan antecknat att anmälan har lämnats ut."))
    except NotYours:
        raise PermissionDenied from None
    else:
        messages.success(request, _("Antecknat: utlämnad utanför systemet."))
    return True


@require_GET
def delivered_print(request: HttpRequest, delivered_id: int) -> HttpResponse:
    """A notice as one page to print."""
    one = _delivered_or_404(request, delivered_id)
    return render(
        request, "detect/notice_print.html", {"one": one, "back": "delivered", "number": delivered_id}
    )


def _signed_or_404(request: HttpRequest, notice_id: int) -> NoticeRow:
    """Return the principal's own signed notice as it was delivered."""
    notice = get_notice_for(request.viewer, notice_id)
    sent = delivered_of(request.viewer, [notice.pk], today=today()) if notice else {}
    if notice_id not in sent:
        raise Http404
    return sent[notice_id]


@require_GET
def signed_print(request: HttpRequest, notice_id: int) -> HttpResponse:
    """The principal's signed notice as one page to print, for a municipality outside the system."""
    one = _signed_or_404(request, notice_id)
    return render(request, "detect/notice_print.html", {"one": one, "back": "notice", "number": notice_id})


@require_POST
def signed_outside(request: HttpRequest, notice_id: int) -> HttpResponse:
    """Mark that the principal handed a notice out outside the system."""
    one = _signed_or_404(request, notice_id)
    form = OutsideForm(request.POST)
    if not _hand_out(request, one, form):
        for faults in form.errors.values():
            messages.warning(request, " ".join(str(fault) for fault in faults))
    return see_other("notice", notice_id=notice_id)
