"""The statistical linkage run: asked for, approved by two lawyers, made once."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from samhandla.govern import actions, queries
from samhandla.govern.forms import LinkageFileForm, LinkageForm
from samhandla.govern.linkage import MOST_BYTES
from samhandla.people.queries import today
from samhandla.web.answers import see_other

UNPROCESSABLE = 422


@require_GET
def runs(request: HttpRequest) -> HttpResponse:
    """The runs in which the own board takes part."""
    return _page(request)


def _page(request: HttpRequest, *, status: int = 200, **more: Any) -> HttpResponse:
    schools = queries.linkage_schools_for(request.viewer)
    context = {
        "rows": queries.list_linkages_for(request.viewer),
        "may_ask": request.viewer.may(queries.Permission.LINKAGE_RUN) and schools.exists(),
        "file_form": LinkageFileForm(),
        **more,
    }
    return render(request, "govern/linkage.html", context, status=status)


@require_http_methods(["GET", "POST"])
def ask(request: HttpRequest) -> HttpResponse:
    """Say why a run is needed."""
    schools = queries.linkage_schools_for(request.viewer)
    if not schools.exists():
        raise Http404
    form = LinkageForm(request.POST or None, schools=schools)
    if request.method == "POST" and form.is_valid():
        found = form.cleaned_data
        wanted = actions.Wanted(
            found["school"].pk, found["purpose"], found["ground"], found["first"], found["last"]
        )
        try:
            actions.ask_linkage(by=request.viewer, wanted=wanted, on=today())
        except actions.LinkageRefused as error:
            form.add_error(*_refused(error.code))
        else:
            messages.success(
                request, _("Samkörningen är begärd. Nu ska båda nämndernas jurister godkänna den.")
            )
            return see_other("linkage")
    status = UNPROCESSABLE if form.is_bound else 200
    return render(request, "govern/linkage_ask.html", {"form": form}, status=status)


def _refused(code: str) -> tuple[str | None, str]:
    return {
        "words": ("purpose", _("Skriv mer om ändamålet, så att juristen kan pröva det.")),
        "dates": ("last", _("Sista dagen ligger före den första.")),
    }.get(code, (None, _("Bara socialnämndens controller kan begära en samkörning.")))


@require_POST
def approve(request: HttpRequest, run_id: int) -> HttpResponse:
    """Approve for the own board."""
    try:
        actions.approve_linkage(by=request.viewer, run_id=run_id, on=today())
    except actions.LinkageRefused as error:
        if error.code == "missing":
            raise Http404 from None
        messages.warning(request, _("Samkörningen är redan godkänd eller gjord, eller begärd av dig själv."))
    else:
        messages.success(request, _("Godkänd för den egna nämnden."))
    return see_other("linkage")


@require_POST
def make(request: HttpRequest, run_id: int) -> HttpResponse:
    """Read the file, count, forget the file."""
    form = LinkageFileForm(request.POST, request.FILES)
    if not form.is_valid():
        return _page(request, status=UNPROCESSABLE, problem=_("Välj en fil."), problem_run=run_id)
    upload = form.cleaned_data["file"]
    data = b"" if upload.size > MOST_BYTES else upload.read()
    try:
        if upload.size > MOST_BYTES:
            raise actions.BadFile("size")
        actions.make_linkage(by=request.viewer, run_id=run_id, data=data)
    except actions.BadFile as error:
        return _page(request, status=UNPROCESSABLE, problem=_bad_file(error), problem_run=run_id)
    except actions.LinkageRefused as error:
        if error.code == "missing":
            raise Http404 from None
        words = _(
            "Samkörningen är inte godkänd av båda nämndernas jurister, eller redan gjord. Inget har lästs."
        )
        return _page(request, status=UNPROCESSABLE, problem=words, problem_run=run_id)
    messages.success(request, _("Samkörningen är gjord. Filen finns inte kvar, bara summorna."))
    return see_other("linkage")


def _bad_file(error: actions.BadFile) -> str:
    words = {
        "size": _("Filen är för stor. Högst två megabyte."),
        "text": _("Filen är inte en textfil i UTF-8. Spara den som CSV UTF-8."),
        "columns": _("Första raden ska vara: personnummer;slag"),
        "empty": _("Filen har inga rader."),
        "rows": _("De här raderna går inte att läsa: %(rows)s. Rätta dem och välj filen igen.")
        % {"rows": ", ".join(map(str, error.rows))},
    }
    return words[error.code]
