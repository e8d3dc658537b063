"""The list of sources, one source with its check, new and changed sources."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db import IntegrityError, transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from samhandla.analytics.queries import data_up_to
from samhandla.integrations import jobs
from samhandla.integrations.actions import batches, sources
from samhandla.integrations.actions.abandoned import ABANDONED_DAYS
from samhandla.integrations.forms import LimitsForm, RolesForm, RunForm, SourceForm, preset_choices
from samhandla.integrations.inbox import inbox_of
from samhandla.integrations.models import Source, SourceKind
from samhandla.integrations.queries import (
    check_view,
    duty_words_of,
    get_source_for,
    list_batches_for,
    list_sources_for,
    login_of,
    presets_for,
    register_sources,
    units_to_choose,
)
from samhandla.integrations.reading_form import ReadingForm
from samhandla.integrations.rules.limits import limits_for
from samhandla.integrations.source_check import OWN

PER_PAGE = 50
SETTINGS = ("base_url", "token_url", "client_id", "huvudman")


@require_GET
def source_list(request: HttpRequest) -> HttpResponse:
    page = Paginator(list_sources_for(request.viewer), PER_PAGE).get_page(request.GET.get("page"))
    context = {"page": page, "data_until": data_up_to(request.viewer.authority_id)}
    return render(request, "integrations/source_list.html", context)


def source_or_404(request: HttpRequest, source_id: int) -> Source:
    source = get_source_for(request.viewer, source_id)
    if source is None:
        raise Http404
    return source


@require_GET
def source_page(request: HttpRequest, source_id: int) -> HttpResponse:
    source = source_or_404(request, source_id)
    check = check_view(source)
    if request.htmx:
        answer = render(request, "integrations/source.html#checking", {"source": source, "check": check})
        if not check["checking"]:
            answer["HX-Refresh"] = "true"
        return answer
    context = {
        "source": source,
        "batches": list_batches_for(request.viewer, source.pk),
        "run_form": RunForm(units=units_to_choose(request.viewer)),
        "check": check,
        "template_name": _template_name(source),
        "inbox": inbox_of(source) if source.settings.get("inbox") else None,
        "kept_days": ABANDONED_DAYS,
    }
    return render(request, "integrations/source.html", context)


def _template_name(source: Source) -> str:
    shipped = dict(preset_choices([]))
    return str(shipped.get(source.preset_name, source.preset_name.removeprefix(OWN)))


@require_http_methods(["GET", "POST"])
def source_new(request: HttpRequest) -> HttpResponse:
    """Ask first what kind of source it is, then what that kind needs."""
    kind = request.POST.get("kind") or request.GET.get("slag", "")
    if kind not in SourceKind.values:
        status = 422 if request.method == "POST" else 200
        return render(request, "integrations/source_kind.html", {"kinds": SourceKind}, status=status)
    form = SourceForm(request.POST or None, kind=kind, sources=_others(request))
    if request.method == "POST" and form.is_valid():
        saved = _save(request, form, None, kind=kind)
        if saved is not None:
            return redirect("source", saved.pk)
    status = 422 if form.is_bound else 200
    context = {"form": form, "kind": kind, "kind_name": SourceKind(kind).label}
    return render(request, "integrations/source_edit.html", context, status=status)


@require_http_methods(["GET", "POST"])
def source_edit(request: HttpRequest, source_id: int) -> HttpResponse:
    source = source_or_404(request, source_id)
    login = login_of(source)
    initial = {
        **{name: source.settings.get(name, "") for name in SETTINGS},
        "name": source.name,
        "login": login or "none",
        "protection": source.protection,
        "register_source": source.register_source_id or "",
    }
    form = SourceForm(
        request.POST or None, kind=source.kind, kept=login, sources=_others(request), initial=initial
    )
    if request.method == "POST" and form.is_valid() and _save(request, form, source) is not None:
        return redirect("source", source.pk)
    status = 422 if form.is_bound else 200
    context = {"form": form, "source": source, "kind": source.kind}
    return render(request, "integrations/source_edit.html", context, status=status)


def _others(request: HttpRequest) -> list[tuple[int, str]]:
    return [(one.pk, one.name) for one in register_sources(request.viewer)]


def _save(request: HttpRequest, form: SourceForm, source: Source | None, *, kind: str = "") -> Source | None:
    data = form.cleaned_data
    fields: dict[str, Any] = {name: data[name] for name in ("name", "protection")}
    fields["settings"] = {**(source.settings if source else {}), **form.settings()}
    if "register_source" in data:
        fields["register_source_id"] = int(data["register_source"]) if data["register_source"] else None
    if source is None:
        fields["kind"] = kind
    try:
        with transaction.atomic():
            saved = sources.save_source(
                by=request.viewer, source=source, credentials=form.credentials(), **fields
            )
    except IntegrityError:
        form.add_error("name", _("Det finns redan en källa med det namnet."))
        return None
    messages.success(request, _("Källan är sparad."))
    return saved


@require_http_methods(["GET", "POST"])
def source_rules(request: HttpRequest, source_id: int) -> HttpResponse:
    """Which roles duties give, and when a run stops."""
    source = source_or_404(request, source_id)
    limits = limits_for("persons", source.limits)
    percent = {
        "missing": round(limits.max_missing_share * 100),
        "changed": round(limits.max_changed_share * 100),
        "refused": round(limits.max_refused_share * 100),
    }
    data = request.POST or None
    roles_form = RolesForm(data, words=duty_words_of(source), roles=source.roles)
    limits_form = LimitsForm(data, initial=percent)
    if data is not None and roles_form.is_valid() and limits_form.is_valid():
        own = {**source.limits}
        for resource in ("persons", "adults", "groups", "duties", "organisations", "attendances", "pupils"):
            own[resource] = limits_form.limits()
        sources.save_source(by=request.viewer, source=source, roles=roles_form.roles(), limits=own)
        messages.success(request, _("Källan är sparad. Rollerna gäller från nästa import."))
        return redirect("source", source.pk)
    context = {"source": source, "roles_form": roles_form, "limits_form": limits_form}
    return render(request, "integrations/source_rules.html", context, status=200 if data is None else 422)


@require_http_methods(["GET", "POST"])
def source_reading(request: HttpRequest, source_id: int) -> HttpResponse:
    """How a source is read and when: days back, changes only, areas, its words for units, the schedule."""
    source = source_or_404(request, source_id)
    own = list(presets_for(request.viewer).values_list("name", flat=True))
    initial = ReadingForm.initial_of(source)
    form = ReadingForm(request.POST or None, kind=source.kind, own=own, initial=initial)
    if request.method == "POST" and form.is_valid():
        settings = {**source.settings, **form.settings()}
        data = form.cleaned_data
        fields = {name: data[name] for name in ("schedule", "preset_name") if name in data}
        sources.save_source(by=request.viewer, source=source, settings=settings, **fields)
        messages.success(request, _("Källan är sparad. Det gäller från nästa import."))
        return redirect("source", source.pk)
    status = 422 if form.is_bound else 200
    context = {"form": form, "source": source}
    return render(request, "integrations/source_reading.html", context, status=status)


@require_POST
def source_check(request: HttpRequest, source_id: int) -> HttpResponse:
    """Let a job try the source; the page shows the outcome when it has come."""
    source = source_or_404(request, source_id)
    sources.ask_for_check(by=request.viewer, source=source)
    jobs.check_connection.defer(authority_id=source.authority_id, source_id=source.pk)
    return redirect("source", source.pk)


@require_POST
def source_run(request: HttpRequest, source_id: int) -> HttpResponse:
    """Start a rehearsal of a source that is fetched."""
    source = source_or_404(request, source_id)
    form = RunForm(request.POST, units=units_to_choose(request.viewer))
    if not form.is_valid():
        raise Http404
    unit = form.cleaned_data["unit"]
    batch = batches.start_batch(by=request.viewer, source=source, scope_id=int(unit) if unit else None)
    jobs.run_import.defer(authority_id=source.authority_id, batch_id=batch.pk)
    return redirect("batch", batch.pk)
