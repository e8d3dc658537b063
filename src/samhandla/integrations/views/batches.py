"""Upload, columns, and one batch: differences, refused rows, take in, undo."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from samhandla.integrations import files, jobs, uploads
from samhandla.integrations.actions import batches, sources
from samhandla.integrations.actions.resuming import MOST_ATTEMPTS, broken_off
from samhandla.integrations.actions.running import has_rows_to_mend, to_mend
from samhandla.integrations.errors import ImportRefused
from samhandla.integrations.forms import MappingForm, UploadForm
from samhandla.integrations.mapping_form import initial_of, mapping_of
from samhandla.integrations.models import Batch
from samhandla.integrations.queries import (
    EDLEVO,
    batch_view,
    get_batch_for,
    in_words,
    list_refusals_for,
    presets_for,
    same_file_before,
    takes_nothing,
    units_to_choose,
)
from samhandla.integrations.views.sources import source_or_404
from samhandla.integrations.views.templates import templates_offered
from samhandla.lib.safe_csv import csv_text
from samhandla.trust.crypto import CryptoError

FILE_FAULTS = (files.FileSourceError, ImportRefused, CryptoError)


@require_http_methods(["GET", "POST"])
def upload(request: HttpRequest, source_id: int) -> HttpResponse:
    """Take a file; the next page shows how its columns are read."""
    source = source_or_404(request, source_id)
    own = list(presets_for(request.viewer).values_list("name", flat=True))
    initial = {"preset": source.preset_name}
    form = UploadForm(
        request.POST or None,
        request.FILES or None,
        own=own,
        units=units_to_choose(request.viewer),
        initial=initial,
    )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        scope = int(data["unit"]) if data["unit"] else None
        file = data["file"]
        batch = uploads.receive(request.viewer, source, file.name, file.chunks(), data["preset"], scope)
        if batch.state == Batch.State.FAILED:
            return redirect("batch", batch.pk)
        if data["preset"] == EDLEVO:
            return _rehearse(batch)
        return redirect("batch-columns", batch.pk)
    status = 422 if form.is_bound else 200
    context = {"form": form, "source": source, "templates": templates_offered()}
    return render(request, "integrations/upload.html", context, status=status)


def _batch_or_404(request: HttpRequest, batch_id: int) -> Batch:
    batch = get_batch_for(request.viewer, batch_id)
    if batch is None:
        raise Http404
    return batch


def _rehearse(batch: Batch) -> HttpResponse:
    jobs.run_import.defer(authority_id=batch.authority_id, batch_id=batch.pk)
    return redirect("batch", batch.pk)


@require_http_methods(["GET", "POST"])
def columns(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Show what each column means and what the first rows become; rehearse when it is right."""
    batch = _batch_or_404(request, batch_id)
    try:
        table, mapping = uploads.opened(batch)
    except FILE_FAULTS as error:
        messages.error(request, in_words(str(error)))
        return redirect("batch", batch.pk)
    headers = list(table.headers)
    if request.method == "GET":
        mapping = uploads.suggested(table, mapping)
    form = MappingForm(request.POST or None, headers=headers, initial=initial_of(mapping, headers))
    problem, preview = "", None
    try:
        if form.is_bound and form.is_valid():
            mapping = mapping_of(mapping, headers, form.cleaned_data)
        if not form.is_bound or form.is_valid():
            period = form.period() if form.is_bound else None
            preview = uploads.preview_of(table, mapping, period)
    except FILE_FAULTS as error:
        problem = in_words(str(error))
    if preview is not None and request.POST.get("next") == "rehearse":
        _keep_mapping(request, batch, mapping, form)
        return _rehearse(batch)
    context = {"batch": batch, "form": form, "preview": preview, "problem": problem if form.is_bound else ""}
    context["same"] = same_file_before(batch)
    context["advice"] = "" if form.is_bound else problem
    context["notes"] = [in_words(note) for note in table.notes]
    if preview is not None:
        context["refused"] = [(one.row, in_words(one.reason)) for one in preview.refused]
    status = 422 if form.is_bound and preview is None else 200
    return render(request, "integrations/columns.html", context, status=status)


def _keep_mapping(request: HttpRequest, batch: Batch, mapping: files.Mapping, form: MappingForm) -> None:
    if save_as := form.cleaned_data["save_as"]:
        sources.save_preset(by=request.viewer, name=save_as, mapping=mapping)
        messages.success(request, _("Kolumnmallen är sparad."))
    batches.attach_file(
        by=request.viewer,
        batch=batch,
        name=batch.file_name,
        sha256=batch.file_sha256,
        mapping=files.to_json(mapping).decode(),
        unit=batch.cursor.get("unit"),
        period=form.period(),
    )


@require_GET
def batch_page(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Show one batch; htmx asks for its progress alone."""
    batch = _batch_or_404(request, batch_id)
    name = "integrations/batch.html"
    if request.htmx:
        name += "#progress"
    context = batch_view(request.viewer, batch)
    context["mendable"] = context["refusals_total"] and has_rows_to_mend(batch)
    context["broken"] = context["running"] and batch.pk in broken_off(request.viewer)
    context["most_attempts"] = MOST_ATTEMPTS
    answer = render(request, name, context)
    if request.htmx and not context["running"]:
        answer["HX-Refresh"] = "true"
    return answer


@require_POST
def batch_commit(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Let a job take the batch in."""
    batch = _batch_or_404(request, batch_id)
    if batch.state != Batch.State.REHEARSED:
        messages.warning(request, _("Bara en provkörd import kan tas in."))
        return redirect("batch", batch.pk)
    if takes_nothing(batch):
        messages.warning(request, _("Det finns inget att ta in: ingen rad gick att ta emot."))
        return redirect("batch", batch.pk)
    batches.ask_for(by=request.viewer, batch=batch, what="write")
    jobs.run_import.defer(authority_id=batch.authority_id, batch_id=batch.pk, take_in=True)
    return redirect("batch", batch.pk)


@require_POST
def batch_again(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Take up a run that stopped, failed or was broken off, from where it was."""
    batch = _batch_or_404(request, batch_id)
    if batch.state in (Batch.State.COMMITTED, Batch.State.UNDONE):
        messages.warning(request, _("Importen är redan klar."))
        return redirect("batch", batch.pk)
    batches.ask_for(by=request.viewer, batch=batch, what="waiting")
    return _rehearse(batch)


@require_POST
def batch_undo(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Let a job take the batch back."""
    batch = _batch_or_404(request, batch_id)
    if batch.state != Batch.State.COMMITTED:
        messages.warning(request, _("Bara en import som är intagen kan ångras."))
        return redirect("batch", batch.pk)
    batches.ask_for(by=request.viewer, batch=batch, what="undo")
    jobs.undo_import.defer(authority_id=batch.authority_id, batch_id=batch.pk)
    return redirect("batch", batch.pk)


@require_GET
def refusals_csv(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Give every row that was not taken as a file: row, field, reason."""
    batch = _batch_or_404(request, batch_id)
    rows = [
        (one.resource, one.row, one.field, one.reason, _("nej") if one.kept else _("ja"))
        for one in list_refusals_for(request.viewer, batch.pk, None)
    ]
    batches.note_fetched(by=request.viewer, batch=batch, rows=len(rows))
    header = [_("Slag"), _("Rad"), _("Fält"), _("Skäl"), _("Hela raden")]
    answer = HttpResponse(csv_text(header, rows), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="ej-mottagna-{batch.pk}.csv"'
    return answer


@require_GET
def to_mend_csv(request: HttpRequest, batch_id: int) -> HttpResponse:
    """Give the rows that were not taken as they stood, each once with its reasons: to mend and send again."""
    batch = _batch_or_404(request, batch_id)
    reasons: dict[str, list[str]] = {}
    for one in list_refusals_for(request.viewer, batch.pk, None):
        if not one.kept:
            words = f"{one.field}: {one.reason}" if one.field else one.reason
            reasons.setdefault(one.row, []).append(words)
    try:
        found = to_mend(batch, reasons)
    except FILE_FAULTS as error:
        messages.error(request, in_words(str(error)))
        return redirect("batch", batch.pk)
    if found is None or not found.rows:
        messages.warning(request, _("Raderna finns inte kvar här. Rätta dem i skolans system eller i filen."))
        return redirect("batch", batch.pk)
    rows = [(*row, number, " ".join(reasons[str(number)])) for number, row in found.rows.items()]
    batches.note_fetched(by=request.viewer, batch=batch, rows=len(rows))
    header = [*found.headers, _("Rad i den förra filen"), _("Varför raden inte togs emot")]
    answer = HttpResponse(csv_text(header, rows), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="att-ratta-{batch.pk}.csv"'
    return answer
