"""The medical pupil health (EMI): its start page, and one pupil."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from samhandla.people.limits import name_searched_for
from samhandla.people.protected import confirm_protected
from samhandla.people.queries import name_on_page, search_children_for
from samhandla.secrecy.actions.emi import finish_emi_request, write_emi_note
from samhandla.secrecy.errors import Conflict, NotAllowed, NotYours, Refused
from samhandla.secrecy.forms.emi import EmiNoteForm
from samhandla.secrecy.queries import emi as queries
from samhandla.secrecy.views.child import child_or_404
from samhandla.secrecy.words import PROBLEMS

MOST_FOUND = 30


@require_GET
def start(request: HttpRequest) -> HttpResponse:
    """What waits, what EMI can do here, and a search among the pupils of the own units."""
    text, status = name_searched_for(request)
    found = list(search_children_for(request.viewer, text)[: MOST_FOUND + 1]) if text else []
    context = {
        "text": text,
        "found": found[:MOST_FOUND],
        "more": len(found) > MOST_FOUND,
        "waiting": queries.list_waiting_for(request.viewer),
        "latest": queries.list_latest_for(request.viewer),
        "named": queries.list_named_to(request.viewer),
    }
    return render(request, "secrecy/emi.html", context, status=status)


@require_http_methods(["GET", "POST"])
def child(request: HttpRequest, ref: UUID) -> HttpResponse:
    """EMI's own notes about one pupil; POST writes one."""
    one = child_or_404(request, ref)
    stopped = confirm_protected(request, one)
    if stopped is not None:
        return stopped
    form = EmiNoteForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            write_emi_note(by=request.viewer, child=one, **form.cleaned_data)
        except (NotAllowed, NotYours):
            raise Http404 from None
        except Refused as refused:
            for problem in refused.problems:
                form.add_error(problem, PROBLEMS[problem])
        else:
            messages.success(
                request, _("Anteckningen är sparad. Bara elevhälsans medicinska insats läser den.")
            )
            return _back(ref)
    context = {
        "child": one,
        "name": name_on_page(request.viewer, one),
        "notes": queries.list_notes_of(request.viewer, one),
        "form": form,
    }
    return render(request, "secrecy/emi_child.html", context, status=422 if form.is_bound else 200)


@require_POST
def done(request: HttpRequest, note_id: int) -> HttpResponse:
    """Take care of a question."""
    try:
        row = finish_emi_request(by=request.viewer, note_id=note_id)
    except NotYours:
        raise Http404 from None
    except Conflict:
        messages.info(request, _("Någon annan har redan tagit hand om frågan."))
        return HttpResponseRedirect(reverse("emi"), status=303)
    messages.success(request, _("Frågan är omhändertagen."))
    return _back(row.child.ref)


def _back(ref: UUID) -> HttpResponse:
    return HttpResponseRedirect(reverse("emi-child", args=[ref]), status=303)
