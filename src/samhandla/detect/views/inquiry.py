"""The principal's decision, the inquiry of absence, its notices and its documents."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from samhandla.detect.actions import inquiries
from samhandla.detect.errors import AnswerRefused, Conflict, NotYours
from samhandla.detect.exports import WORD, inquiry_as_word, law_in_words, notice_text
from samhandla.detect.forms.inquiry import (
    NEEDED,
    REFUSED,
    AskForm,
    DecideForm,
    InquiryForm,
    NoticeForm,
    OutsideForm,
)
from samhandla.detect.models import Inquiry, InquiryDecision, Notice
from samhandla.detect.queries.inquiry import (
    InquiryPage,
    asked_inquiry_of,
    get_inquiry_page_for,
    get_notice_for,
    homes_of_notice,
    may_begin,
    open_inquiry_of,
    pupil_facts_for,
)
from samhandla.detect.views.common import posted, see_other
from samhandla.people.queries import domain_of, get_child_for, today
from samhandla.trust.models import Authority, Branch


@require_http_methods(["GET", "POST"])
def decide(request: HttpRequest, ref: UUID) -> HttpResponse:
    """The principal's decision about an inquiry; it is public, and the page says so while writing."""
    viewer = request.viewer
    child = get_child_for(viewer, ref)
    if child is None:
        raise Http404
    under_way = open_inquiry_of(viewer, child)
    if under_way is not None:
        return see_other("inquiry", inquiry_id=under_way.pk)
    pupil = pupil_facts_for(viewer, child, today=today())
    form = DecideForm(
        posted(request), initial={"other_home": pupil.authority.kind == Authority.Kind.INDEPENDENT}
    )
    if request.method == "POST" and form.is_valid():
        answer = _decide(request, child, form)
        if answer is not None:
            return answer
    status = 422 if form.errors else 200
    basis = inquiries.legal_basis_of(child, today())
    asked = asked_inquiry_of(viewer, child)
    context = {"form": form, "pupil": pupil, "child": child, "basis": basis, "asked": asked}
    return render(request, "detect/inquiry_decide.html", context, status=status)


@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Propose an inquiry to the principal, with reasons."""
    viewer = request.viewer
    child = get_child_for(viewer, ref)
    if child is None or may_begin(viewer, child) == "":
        raise Http404
    form = AskForm(posted(request))
    if request.method == "POST" and form.is_valid():
        domain = domain_of(viewer.authority_id, Branch.SCHOOL)
        try:
            inquiries.ask_for_inquiry(
                by=viewer, child=child, domain_id=domain.pk, today=today(), **form.cleaned_data
            )
        except AnswerRefused as refused:
            for problem in refused.problems:
                form.add_error("reason" if problem == "reason_missing" else None, REFUSED[problem])
        except Conflict:
            messages.warning(request, _("En utredning är redan föreslagen eller pågår."))
            return see_other("pupil", ref=ref)
        else:
            messages.success(request, _("Förslaget ligger hos rektor."))
            return see_other("pupil", ref=ref)
    context = {
        "form": form,
        "child": child,
        "pupil": pupil_facts_for(viewer, child, today=today()),
        "basis": inquiries.legal_basis_of(child, today()),
    }
    return render(request, "detect/inquiry_ask.html", context, status=422 if form.errors else 200)


def _decide(request: HttpRequest, child, form: DecideForm) -> HttpResponse | None:
    """Record the decision; None when it was refused and the form says why."""
    domain = domain_of(request.viewer.authority_id, Branch.SCHOOL)
    try:
        inquiry = inquiries.decide_inquiry(
            by=request.viewer, child=child, domain_id=domain.pk, today=today(), **form.cleaned_data
        )
    except NotYours:
        raise PermissionDenied from None
    except AnswerRefused as refused:
        for problem in refused.problems:
            form.add_error("reason" if problem == "reason_missing" else None, REFUSED[problem])
        return None
    except Conflict:
        messages.warning(request, _("En utredning pågår redan. Ditt beslut är inte sparat."))
        return see_other("pupil", ref=child.ref)
    messages.success(request, _("Beslutet är sparat."))
    if inquiry.decision == InquiryDecision.NEEDLESS:
        return see_other("pupil", ref=child.ref)
    return see_other("inquiry", inquiry_id=inquiry.pk)


def _page_or_404(request: HttpRequest, inquiry_id: int) -> InquiryPage:
    page = get_inquiry_page_for(request.viewer, inquiry_id, today=today())
    if page is None:
        raise Http404
    return page


def _form_of(page: InquiryPage, data=None) -> InquiryForm:
    return InquiryForm(data, initial={**page.content, "seen": page.fingerprint}, pupil_alone=page.pupil_alone)


def _show(
    request: HttpRequest, page: InquiryPage, form: InquiryForm | None, status: int = 200
) -> HttpResponse:
    context = {
        "page": page,
        "form": form,
        "law": law_in_words(page),
        "may_finalise": inquiries.may_finalise(request.viewer),
        "conflict": status == 409,
    }
    return render(request, "detect/inquiry.html", context, status=status)


@require_http_methods(["GET", "POST"])
def inquiry(request: HttpRequest, inquiry_id: int) -> HttpResponse:
    """Show an inquiry; a POST saves the draft, or finalises it."""
    page = _page_or_404(request, inquiry_id)
    if request.method == "GET":
        return _show(request, page, _form_of(page) if page.draft else None)
    finalise = "finalise" in request.POST
    if finalise and not inquiries.may_finalise(request.viewer):
        raise PermissionDenied
    form = _form_of(page, request.POST)
    if not form.is_valid():
        return _show(request, page, form, 422)
    try:
        inquiries.write_inquiry(
            by=request.viewer, inquiry_id=inquiry_id, finalise=finalise, today=today(), **form.cleaned_data
        )
    except AnswerRefused as refused:
        for name in refused.problems:
            form.add_error(None if name == "levels" else name, NEEDED[name])
        return _show(request, page, form, 422)
    except Conflict:
        messages.warning(request, _("Någon annan har skrivit under tiden. Din text är kvar men inte sparad."))
        return _show(request, _page_or_404(request, inquiry_id), form, 409)
    messages.success(request, _("Utredningen är färdigställd.") if finalise else _("Utkastet är sparat."))
    return see_other("inquiry", inquiry_id=inquiry_id)


@require_GET
def inquiry_print(request: HttpRequest, inquiry_id: int) -> HttpResponse:
    """The inquiry as one page to print: one child, no menu."""
    page = _page_or_404(request, inquiry_id)
    return render(request, "detect/inquiry_print.html", {"page": page, "law": law_in_words(page)})


@require_GET
def inquiry_word(request: HttpRequest, inquiry_id: int) -> HttpResponse:
    """The inquiry as an editable Word file; its name tells no child's name."""
    page = _page_or_404(request, inquiry_id)
    answer = HttpResponse(inquiry_as_word(page), content_type=WORD)
    kind = "utkast" if page.inquiry.state == Inquiry.State.DRAFT else "utredning"
    answer["Content-Disposition"] = f'attachment; filename="{kind}-av-franvaro-{inquiry_id}.docx"'
    return answer


def _notice_form(request: HttpRequest, row: Notice, page: InquiryPage) -> NoticeForm:
    homes = homes_of_notice(row, on=today())
    return NoticeForm(posted(request), initial={"text": notice_text(row, page)}, homes=homes)


@require_http_methods(["GET", "POST"])
def notice(request: HttpRequest, notice_id: int) -> HttpResponse:
    """A notice, ready for the principal to read, change and sign."""
    row = get_notice_for(request.viewer, notice_id)
    if row is None:
        raise Http404
    page = _page_or_404(request, row.inquiry_id)
    form = None if row.signed_on else _notice_form(request, row, page)
    if request.method == "POST":
        if form is None:
            messages.warning(request, _("Anmälan är redan undertecknad."))
            return see_other("notice", notice_id=notice_id)
        if form.is_valid():
            try:
                inquiries.sign_notice(
                    by=request.viewer, notice_id=notice_id, today=today(), **form.cleaned_data
                )
            except NotYours:
                raise PermissionDenied from None
            except Conflict:
                messages.warning(request, _("Anmälan är redan undertecknad."))
            else:
                messages.success(request, _("Anmälan är undertecknad och överlämnad."))
            return see_other("notice", notice_id=notice_id)
    status = 422 if form is not None and form.errors else 200
    context = {
        "notice": row,
        "page": page,
        "form": form,
        "sent": page.delivered.get(row.pk),
        "outside_form": OutsideForm(initial={"on": today()}),
    }
    return render(request, "detect/notice.html", context, status=status)
