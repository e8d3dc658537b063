"""Information texts: to read and print, and to approve; and the register of processings as files."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from samhandla.people.queries import today
from samhandla.rights.actions.texts import approve_text, set_contact
from samhandla.rights.errors import NotYours, Refused
from samhandla.rights.exports import CSV, WORD, dpia_as_word, register_as_csv, register_as_word
from samhandla.rights.forms import ContactForm
from samhandla.rights.models import Audience
from samhandla.rights.queries.information import contact_of, information_for, list_texts_for
from samhandla.rights.queries.register import data_register_for
from samhandla.rights.words import PROBLEMS
from samhandla.web.answers import see_other

FILES = {
    "csv": (register_as_csv, CSV, "registerforteckning.csv"),
    "word": (register_as_word, WORD, "registerforteckning.docx"),
    "konsekvensbedomning": (dpia_as_word, WORD, "underlag-konsekvensbedomning.docx"),
}


@require_GET
def information(request: HttpRequest, audience: str) -> HttpResponse:
    """What one audience is told, on one page to print."""
    if audience not in Audience.values:
        raise Http404
    text = information_for(request.viewer.authority_id, audience)
    return render(request, "rights/information.html", {"information": text})


def _texts(request: HttpRequest, form: ContactForm | None = None) -> HttpResponse:
    held = contact_of(request.viewer.authority_id)
    context = {
        "rows": list_texts_for(request.viewer),
        "contact": held,
        "form": form or ContactForm(instance=held),
    }
    return render(request, "rights/texts.html", context, status=422 if form else 200)


@require_GET
def texts(request: HttpRequest) -> HttpResponse:
    return _texts(request)


@require_POST
def approve(request: HttpRequest, audience: str) -> HttpResponse:
    """Approve what an audience is told, as it stands today."""
    try:
        row = approve_text(by=request.viewer, audience=audience, on=today())
        messages.success(request, _("Version %(n)s är godkänd och visas nu.") % {"n": row.version})
    except NotYours:
        raise Http404 from None
    except Refused as refused:
        for problem in refused.problems:
            messages.error(request, PROBLEMS[problem])
    return see_other("information-texts")


@require_POST
def contact(request: HttpRequest) -> HttpResponse:
    """Say how the data protection officer is reached."""
    form = ContactForm(request.POST)
    if form.is_valid():
        try:
            set_contact(by=request.viewer, **form.cleaned_data)
        except Refused as refused:
            for problem in refused.problems:
                form.add_error("name" if problem == "name" else None, PROBLEMS[problem])
        else:
            messages.success(request, _("Kontaktuppgifterna är sparade."))
            return see_other("information-texts")
    return _texts(request, form)


@require_GET
def register(request: HttpRequest) -> HttpResponse:
    """The register of processings and what it lacks, with its files."""
    return render(request, "rights/register.html", {"register": data_register_for(request.viewer)})


@require_GET
def register_file(request: HttpRequest, kind: str) -> HttpResponse:
    """The register, or the basis of an impact assessment, as a file."""
    if kind not in FILES:
        raise Http404
    write, content_type, name = FILES[kind]
    answer = HttpResponse(write(data_register_for(request.viewer)), content_type=content_type)
    answer["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer
