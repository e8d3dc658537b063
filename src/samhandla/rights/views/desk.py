"""The desk of those who work with requests: the list, one child, one request, its extract."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from samhandla.people.models import Child, ProcessingLimit
from samhandla.people.queries import limits_of_child, name_on_page, today
from samhandla.rights.actions import requests as actions
from samhandla.rights.errors import Conflict, NotAllowed, NotYours, Refused
from samhandla.rights.forms import AnswerForm, ExtendForm, LiftForm, RequestForm
from samhandla.rights.models import RightsRequest
from samhandla.rights.queries.correctable import list_correctable_for, list_corrections_for
from samhandla.rights.queries.requests import (
    RequestRow,
    askers_of,
    list_requests_for,
    list_requests_of_child_for,
)
from samhandla.rights.views.common import child_or_404, request_or_404, tell
from samhandla.rights.words import ASK_FIRST, PAGE_OF_KIND, PROBLEMS
from samhandla.trust.permissions import Permission
from samhandla.web.answers import see_other


@require_GET
def rights(request: HttpRequest) -> HttpResponse:
    """What waits for an answer, and what has been answered."""
    rows = list_requests_for(request.viewer, on=today())
    context = {
        "waiting": [row for row in rows if row.request.answered_on is None],
        "done": [row for row in rows if row.request.answered_on is not None],
    }
    return render(request, "rights/list.html", context)


def _child_page(
    request: HttpRequest, child: Child, form: RequestForm | None = None, lifting: LiftForm | None = None
) -> HttpResponse:
    viewer = request.viewer
    limits = limits_of_child(child.pk)
    receives = viewer.may(Permission.RIGHTS_RECEIVE)
    context = {
        "child": child,
        "name": name_on_page(viewer, child),
        "rows": list_requests_of_child_for(viewer, child, on=today()),
        "corrections": list_corrections_for(viewer, child.pk),
        "limits": [(row, _lift_form(row, lifting)) for row in limits],
        "form": form
        or (RequestForm(askers=askers_of(child), initial={"received_on": today()}) if receives else None),
    }
    return render(request, "rights/child.html", context, status=422 if form or lifting else 200)


def _lift_form(row: ProcessingLimit, lifting: LiftForm | None) -> LiftForm:
    same = lifting is not None and str(lifting.auto_id).startswith(row.kind)
    return lifting if same and lifting is not None else LiftForm(kind=row.kind)


@require_http_methods(["GET", "POST"])
def child(request: HttpRequest, ref: UUID) -> HttpResponse:
    """One child's requests, limits and corrections; a POST registers a request."""
    one = child_or_404(request, ref)
    if request.method == "GET":
        return _child_page(request, one)
    form = RequestForm(request.POST, askers=askers_of(one))
    if form.is_valid():
        try:
            row = actions.receive_request(by=request.viewer, child=one, wish=form.wish(), on=today())
        except NotAllowed:
            raise PermissionDenied from None
        except NotYours:
            raise Http404 from None
        except Conflict:
            messages.warning(request, _("Samma person har redan begärt det, och svaret är inte klart."))
            return see_other("child-rights", ref=ref)
        except Refused as refused:
            tell(form, refused)
        else:
            messages.success(request, _("Begäran är registrerad."))
            return see_other("rights-request", request_id=row.pk)
    return _child_page(request, one, form)


@require_POST
def lift(request: HttpRequest, ref: UUID, kind: str) -> HttpResponse:
    """Lift an objection or a restriction."""
    one = child_or_404(request, ref)
    if kind not in ProcessingLimit.Kind.values:
        raise Http404
    form = LiftForm(request.POST, kind=kind)
    if form.is_valid():
        try:
            actions.lift(by=request.viewer, child=one, kind=kind, on=today(), **form.cleaned_data)
        except (NotYours, NotAllowed):
            raise Http404 from None
        except Refused as refused:
            tell(form, refused)
        else:
            messages.success(request, _("Hävt. Reglerna används på eleven igen från nästa körning."))
            return see_other("child-rights", ref=ref)
    return _child_page(request, one, lifting=form)


def _decides(request: HttpRequest, row: RequestRow) -> bool:
    """Tell whether the viewer answers a request: extracts are handled, the others decided by the head."""
    extract = row.request.kind == RightsRequest.Kind.ACCESS
    return bool(request.viewer.may(Permission.RIGHTS_HANDLE if extract else Permission.RIGHTS_DECIDE))


def _answer_form(request: HttpRequest, row: RequestRow, data=None) -> AnswerForm:
    needed = row.request.kind == RightsRequest.Kind.RECTIFICATION
    correctable = list_correctable_for(request.viewer, row.request) if needed else []
    return AnswerForm(data, kind=row.request.kind, correctable=correctable)


def _request_page(
    request: HttpRequest,
    row: RequestRow,
    *,
    answer: AnswerForm | None = None,
    extend: ExtendForm | None = None,
) -> HttpResponse:
    waits = row.request.answered_on is None
    decides = waits and _decides(request, row)
    context = {
        "row": row,
        "decides": decides,
        "handles": decides and row.request.kind == RightsRequest.Kind.ACCESS,
        "who_answers": PAGE_OF_KIND[row.request.kind],
        "ask_first": ASK_FIRST,
        "answer_form": answer or (_answer_form(request, row) if decides else None),
        "extend_form": extend or ExtendForm(),
        "made": hasattr(row.request, "extract"),
        "reaches": Child.objects.filter(pk=row.child.pk).exists(),
    }
    return render(request, "rights/request.html", context, status=422 if answer or extend else 200)


@require_GET
def one_request(request: HttpRequest, request_id: int) -> HttpResponse:
    return _request_page(request, request_or_404(request, request_id))


@require_POST
def extend(request: HttpRequest, request_id: int) -> HttpResponse:
    """Give a request two months more."""
    row, form = request_or_404(request, request_id), ExtendForm(request.POST)
    if form.is_valid():
        try:
            actions.extend_request(by=request.viewer, request_id=request_id, on=today(), **form.cleaned_data)
        except NotAllowed:
            raise PermissionDenied from None
        except Conflict:
            messages.warning(request, _("Begäran är redan besvarad."))
            return see_other("rights-request", request_id=request_id)
        except Refused as refused:
            for problem in refused.problems:
                form.add_error("why", PROBLEMS[problem])
        else:
            messages.success(request, _("Tiden är förlängd. Berätta det och skälet för personen."))
            return see_other("rights-request", request_id=request_id)
    return _request_page(request, row, extend=form)


@require_POST
def answer(request: HttpRequest, request_id: int) -> HttpResponse:
    """Answer a request with reasons."""
    row = request_or_404(request, request_id)
    if row.request.answered_on is not None:
        messages.warning(request, _("Begäran är redan besvarad."))
        return see_other("rights-request", request_id=request_id)
    if not _decides(request, row):
        raise PermissionDenied
    form = _answer_form(request, row, request.POST)
    if form.is_valid():
        try:
            actions.answer_request(
                by=request.viewer, request_id=request_id, on=today(), right=form.right_said(),
                outcome=form.cleaned_data["outcome"], answer=form.cleaned_data["answer"],
            )  # fmt: skip
        except (NotYours, NotAllowed):
            raise Http404 from None
        except Conflict:
            messages.warning(request, _("Någon annan har redan svarat. Inget är ändrat."))
            return see_other("rights-request", request_id=request_id)
        except Refused as refused:
            tell(form, refused)
        else:
            messages.success(request, _("Svaret är sparat och gäller nu."))
            return see_other("rights-request", request_id=request_id)
    return _request_page(request, row, answer=form)
