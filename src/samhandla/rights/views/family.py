"""The family's own page: information, what one can ask for, and what has been answered."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from samhandla.people.queries import today
from samhandla.rights.actions.requests import ask_oneself
from samhandla.rights.errors import Conflict, NotAllowed, NotYours, Refused
from samhandla.rights.forms import AskForm
from samhandla.rights.models import RightsRequest
from samhandla.rights.queries.extracts import as_file, own_extract_for
from samhandla.rights.queries.information import audience_of, information_for
from samhandla.rights.queries.requests import handed_out_ids, own_children_for
from samhandla.rights.views.common import child_or_404, tell
from samhandla.web.answers import see_other


def _page(request: HttpRequest, form: AskForm | None = None, about: UUID | None = None) -> HttpResponse:
    children = own_children_for(request.viewer)
    audience = audience_of(request.viewer, [one.child for one in children], on=today())
    context = {
        "rows": [(one, form if one.child.ref == about else AskForm()) for one in children],
        "handed": handed_out_ids(request.viewer),
        "audience": audience,
        "information": information_for(request.viewer.authority_id, audience),
        "kinds": dict(RightsRequest.Kind.choices),
    }
    return render(request, "rights/own.html", context, status=422 if form else 200)


@require_GET
def own(request: HttpRequest) -> HttpResponse:
    return _page(request)


@require_POST
def own_ask(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Ask for something about one's own child, or about oneself."""
    child, form = child_or_404(request, ref), AskForm(request.POST)
    if form.is_valid():
        try:
            ask_oneself(by=request.viewer, child=child, on=today(), **form.cleaned_data)
        except (NotYours, NotAllowed):
            raise Http404 from None
        except Conflict:
            messages.info(request, _("Du har redan begärt det. Svaret är inte klart än."))
            return see_other("own-rights")
        except Refused as refused:
            tell(form, refused)
        else:
            messages.success(request, _("Din begäran är mottagen. Du får svar inom en månad."))
            return see_other("own-rights")
    return _page(request, form, ref)


@require_GET
def own_extract(request: HttpRequest, request_id: int) -> HttpResponse:
    """What has been handed out to the viewer, to read and print."""
    found = own_extract_for(request.viewer, request_id)
    if found is None:
        raise Http404
    return render(request, "rights/extract_print.html", {"row": found[0], "page": found[1], "own": True})


@require_GET
def own_extract_file(request: HttpRequest, request_id: int) -> HttpResponse:
    """The same for a machine."""
    found = own_extract_for(request.viewer, request_id)
    if found is None:
        raise Http404
    return file_answer(as_file(request.viewer, *found))


def file_answer(content: dict) -> JsonResponse:
    """Return an extract as a file to keep, whose name tells no name."""
    answer = JsonResponse(content, json_dumps_params={"ensure_ascii": False, "indent": 1})
    answer["Content-Disposition"] = 'attachment; filename="registerutdrag.json"'
    answer["Cache-Control"] = "private, no-store"
    return answer
