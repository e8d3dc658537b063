"""An extract: taken out, looked through, handed out, printed, as a file."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from samhandla.people.queries import today
from samhandla.rights.actions.extracts import hand_out, look_through, make_extract
from samhandla.rights.errors import Conflict, NotAllowed, NotYours, Refused
from samhandla.rights.forms import HandOutForm, LookForm
from samhandla.rights.queries.extracts import ExtractPage, as_file, extract_page_for
from samhandla.rights.queries.requests import RequestRow
from samhandla.rights.views.common import request_or_404, tell
from samhandla.rights.views.family import file_answer
from samhandla.rights.words import BECAUSE
from samhandla.web.answers import see_other


@require_POST
def make(request: HttpRequest, request_id: int) -> HttpResponse:
    """Take everything out of the tables."""
    request_or_404(request, request_id)
    try:
        make_extract(by=request.viewer, request_id=request_id)
    except (NotYours, NotAllowed):
        raise Http404 from None
    except Conflict:
        messages.warning(request, _("Begäran är redan besvarad."))
        return see_other("rights-request", request_id=request_id)
    messages.success(request, _("Utdraget är framtaget. Läs igenom det innan det lämnas ut."))
    return see_other("rights-extract", request_id=request_id)


def _found(request: HttpRequest, request_id: int) -> tuple[RequestRow, ExtractPage]:
    row = request_or_404(request, request_id)
    page = extract_page_for(request.viewer, row.request)
    if page is None:
        raise Http404
    return row, page


def _show(
    request: HttpRequest,
    row: RequestRow,
    page: ExtractPage,
    *,
    look: LookForm | None = None,
    hand: HandOutForm | None = None,
) -> HttpResponse:
    form = look or LookForm(texts=page.texts, initial={"weighing": row.request.weighing})
    chosen = [(one, [BECAUSE[code] for code in one.because], field) for one, field in form.choices]
    context = {
        "row": row,
        "page": page,
        "look": form,
        "pointed_out": [item for item in chosen if item[1]],
        "others": [item for item in chosen if not item[1]],
        "hand": hand or HandOutForm(has_page=row.request.asked_by_id is not None),
        "open": row.request.answered_on is None,
    }
    return render(request, "rights/extract.html", context, status=422 if look or hand else 200)


@require_http_methods(["GET", "POST"])
def extract(request: HttpRequest, request_id: int) -> HttpResponse:
    """Look an extract through; a POST keeps what is decided."""
    row, page = _found(request, request_id)
    if request.method == "GET":
        return _show(request, row, page)
    form = LookForm(request.POST, texts=page.texts)
    if form.is_valid():
        said = form.cleaned_data
        try:
            look_through(
                by=request.viewer, request_id=request_id, decisions=form.decisions(),
                weighing=said["weighing"], done=said["done"],
            )  # fmt: skip
        except (NotYours, NotAllowed):
            raise Http404 from None
        except Conflict:
            messages.warning(request, _("Begäran är redan besvarad."))
            return see_other("rights-request", request_id=request_id)
        except Refused as refused:
            tell(form, refused)
        else:
            words = (
                _("Genomgånget. Nu kan det lämnas ut.")
                if said["done"]
                else _("Sparat. Det är inte genomgånget än.")
            )
            messages.success(request, words)
            return see_other("rights-extract", request_id=request_id)
    return _show(request, row, page, look=form)


@require_POST
def out(request: HttpRequest, request_id: int) -> HttpResponse:
    """Hand an extract out."""
    row, page = _found(request, request_id)
    form = HandOutForm(request.POST, has_page=row.request.asked_by_id is not None)
    if form.is_valid():
        try:
            hand_out(by=request.viewer, request_id=request_id, on=today(), **form.cleaned_data)
        except (NotYours, NotAllowed):
            raise Http404 from None
        except Conflict:
            messages.warning(request, _("Begäran är redan besvarad."))
            return see_other("rights-request", request_id=request_id)
        except Refused as refused:
            tell(form, refused)
        else:
            messages.success(request, _("Utdraget är utlämnat och begäran besvarad."))
            return see_other("rights-request", request_id=request_id)
    return _show(request, row, page, hand=form)


@require_GET
def extract_print(request: HttpRequest, request_id: int) -> HttpResponse:
    """The extract as it is handed out, on one page to print."""
    row, page = _found(request, request_id)
    return render(request, "rights/extract_print.html", {"row": row.request, "page": page, "own": False})


@require_GET
def extract_file(request: HttpRequest, request_id: int) -> HttpResponse:
    """The extract as it is handed out, for a machine."""
    row, page = _found(request, request_id)
    return file_answer(as_file(request.viewer, row.request, page))
