"""The editor of the närvarotrappa."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from samhandla.detect.actions import settings
from samhandla.detect.errors import Conflict, NotYours
from samhandla.detect.forms.ladder import LadderForm
from samhandla.detect.models import LadderStep
from samhandla.detect.queries.delivered import delivered_changes_for, mark_of
from samhandla.detect.queries.settings import get_ladder_step_for, ladder_history_for, list_ladder_for
from samhandla.detect.views.common import posted, see_other
from samhandla.people.queries import today

FIELDS = tuple(LadderForm.base_fields)


@require_GET
def ladder(request: HttpRequest) -> HttpResponse:
    """The steps as the staff meet them, and the ones that have ended."""
    context = {
        "steps": list_ladder_for(request.viewer, on=today()),
        "history": ladder_history_for(request.viewer),
        "delivered": len(delivered_changes_for(request.viewer, on=today())),
    }
    return render(request, "detect/ladder.html", context)


@require_POST
def adopt(request: HttpRequest) -> HttpResponse:
    """Begin with the house's example."""
    try:
        settings.adopt_default_ladder(by=request.viewer, today=today())
    except Conflict:
        messages.warning(request, _("Det finns redan en närvarotrappa."))
    else:
        messages.success(request, _("Exemplet är inlagt. Gör det till ert eget."))
    return see_other("ladder")


@require_http_methods(["GET", "POST"])
def delivered(request: HttpRequest) -> HttpResponse:
    """Show what the delivered ladder would change in one's own; a POST takes it up from today on."""
    if request.method == "POST":
        try:
            count = settings.take_up_delivered(
                by=request.viewer, mark=request.POST.get("mark", ""), today=today()
            )
        except Conflict:
            messages.warning(
                request,
                _("Inget är ändrat: närvarotrappan har ändrats sedan du såg förslaget. Se efter igen."),
            )
        else:
            words = ngettext(
                "%(count)d steg är ändrat från och med i dag.",
                "%(count)d steg är ändrade från och med i dag.",
                count,
            )
            messages.success(request, words % {"count": count})
        return see_other("ladder")
    proposals = delivered_changes_for(request.viewer, on=today())
    context = {"proposals": proposals, "mark": mark_of(proposals)}
    return render(request, "detect/ladder_delivered.html", context)


@require_http_methods(["GET", "POST"])
def add(request: HttpRequest) -> HttpResponse:
    form = LadderForm(posted(request), initial={"school_days": 5})
    context: dict[str, object] = {"form": form}
    if request.method == "POST" and form.is_valid():
        if "preview" not in request.POST:
            settings.add_ladder_step(by=request.viewer, today=today(), **form.cleaned_data)
            messages.success(request, _("Steget är tillagt."))
            return see_other("ladder")
        shown = LadderStep(**form.cleaned_data)
        shown.is_first = not list_ladder_for(request.viewer, on=today())
        context |= {"first_step": shown, "preview": True}
    return render(request, "detect/ladder_step.html", context, status=422 if form.errors else 200)


@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, step_id: int) -> HttpResponse:
    step = get_ladder_step_for(request.viewer, step_id)
    if step is None:
        raise Http404
    form = LadderForm(posted(request), initial={name: getattr(step, name) for name in FIELDS})
    preview = None
    if request.method == "POST" and form.is_valid():
        if "preview" not in request.POST:
            settings.change_ladder_step(
                by=request.viewer, step_id=step_id, today=today(), **form.cleaned_data
            )
            messages.success(request, _("Steget är ändrat från och med i dag."))
            return see_other("ladder")
        preview = LadderStep(**form.cleaned_data)
    shown = preview or step
    shown.is_first = any(s.pk == step.pk and s.is_first for s in list_ladder_for(request.viewer, on=today()))
    context = {"form": form, "step": step, "first_step": shown, "preview": preview is not None}
    return render(request, "detect/ladder_step.html", context, status=422 if form.errors else 200)


@require_POST
def end(request: HttpRequest, step_id: int) -> HttpResponse:
    try:
        settings.end_ladder_step(by=request.viewer, step_id=step_id, today=today())
    except NotYours:
        raise Http404 from None
    messages.success(request, _("Steget börjar inte längre. De som har påbörjat det kan avsluta det."))
    return see_other("ladder")
