"""Retention: what the board has decided, the list before, the confirmed act, holds, and the archive."""

from __future__ import annotations

from collections import Counter

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from samhandla.people.queries import today
from samhandla.records.actions.archive import Range, export_archive
from samhandla.records.actions.retention import decide_retention, dispose, lift_hold, place_hold
from samhandla.records.forms import ArchiveForm, HoldForm, RetentionForm
from samhandla.records.queries.retention import (
    fingerprint_of,
    list_disposals_for,
    list_due_for,
    list_holds_for,
    list_kinds_for,
    model_rows,
)
from samhandla.records.rules.retention import Decision
from samhandla.records.views.common import attempt
from samhandla.records.words import KEEPS
from samhandla.web.answers import see_other


@require_GET
def retention(request: HttpRequest) -> HttpResponse:
    rows = list_kinds_for(request.viewer)
    context = {
        "decided": [row for row in rows if row.decided],
        "undecided": [row for row in rows if not row.decided],
        "models": model_rows(), "disposals": list_disposals_for(request.viewer),
    }  # fmt: skip
    return render(request, "records/retention.html", context)


@require_http_methods(["GET", "POST"])
def decide(request: HttpRequest) -> HttpResponse:
    """Register a decision of the board."""
    form = RetentionForm(request.POST or None, initial={"kind": request.GET.get("slag", "")})
    if request.method == "POST" and form.is_valid():
        said = dict(form.cleaned_data)
        source = said.pop("source")
        decision = Decision(**said)
        if attempt(request, lambda: decide_retention(by=request.viewer, said=decision, source=source), form):
            messages.success(request, _("Nämndens beslut är registrerat."))
            return see_other("retention")
    return render(
        request, "records/retention_decide.html", {"form": form}, status=422 if form.errors else 200
    )


@require_GET
def due(request: HttpRequest) -> HttpResponse:
    """What would go, before anything goes."""
    rows = list_due_for(request.viewer)
    going = [one for one in rows if not one.keeps]
    context = {
        "going": going, "kept": [(one, KEEPS[one.keeps]) for one in rows if one.keeps],
        "counts": sorted(Counter(one.document.kind_name for one in going).items()),
        "seen": fingerprint_of(going),
    }  # fmt: skip
    return render(request, "records/due.html", context)


@require_POST
def remove(request: HttpRequest) -> HttpResponse:
    """Remove what was listed; whoever does it has just confirmed who it is."""
    made = attempt(request, lambda: dispose(by=request.viewer, seen=request.POST.get("seen", "")))
    if made is None:
        return see_other("disposal-list")
    count = sum(made.counts.values())
    words = ngettext("%(n)s handling är gallrad.", "%(n)s handlingar är gallrade.", count) % {"n": count}
    messages.success(request, f"{words} {_('Protokollet är registrerat.')}")
    return see_other("retention")


@require_http_methods(["GET", "POST"])
def holds(request: HttpRequest) -> HttpResponse:
    """What must not be removed."""
    form = HoldForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        made = attempt(request, lambda: place_hold(by=request.viewer, **form.cleaned_data), form)
        if made:
            messages.success(request, _("Handlingen är undantagen från gallring."))
            return see_other("holds")
    context = {"rows": list_holds_for(request.viewer), "form": form, "today": today()}
    return render(request, "records/holds.html", context, status=422 if form.errors else 200)


@require_POST
def lift(request: HttpRequest, hold_id: int) -> HttpResponse:
    """Lift a hold."""
    if attempt(request, lambda: lift_hold(by=request.viewer, hold_id=hold_id)):
        messages.success(request, _("Undantaget är hävt."))
    return see_other("holds")


@require_GET
def archive(request: HttpRequest) -> HttpResponse:
    return render(request, "records/archive.html", {"form": ArchiveForm(initial={"year": today().year})})


@require_POST
def fetch(request: HttpRequest) -> HttpResponse:
    """Make the zip for the archive."""
    form = ArchiveForm(request.POST)
    if form.is_valid():
        wanted = Range(**form.cleaned_data)
        content = attempt(request, lambda: export_archive(by=request.viewer, wanted=wanted), form)
        if content is not None:
            name = f"arkivexport-{wanted.year}-{wanted.first}.zip"
            headers = {"Content-Disposition": f'attachment; filename="{name}"'}
            return HttpResponse(content, content_type="application/zip", headers=headers)
    return render(request, "records/archive.html", {"form": form}, status=422)
