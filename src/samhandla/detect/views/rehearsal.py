"""Rehearsal of limits: what would have been listed on a school year that has been."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from samhandla.analytics.queries import data_up_to
from samhandla.detect import jobs
from samhandla.detect.actions.rehearsals import ask_rehearsal
from samhandla.detect.errors import AnswerRefused, NotYours
from samhandla.detect.forms.rules import RehearsalForm, rehearsed_rules
from samhandla.detect.models import Rehearsal
from samhandla.detect.queries.outcome import outcome_of, rehearsed_units, reporting_in
from samhandla.detect.queries.rehearsal import (
    get_rehearsal_for,
    list_rehearsal_units_for,
    list_years_for,
    rehearsals_for,
    sees_all_units,
)
from samhandla.detect.queries.settings import rule_set_for
from samhandla.detect.views.common import in_words, posted, quality_lines, see_other
from samhandla.lib.schoolcalendar import school_year_start
from samhandla.people.queries import today

LATEST = 10
ENDED = (Rehearsal.State.DONE, Rehearsal.State.FAILED)


def _form(request: HttpRequest, years) -> RehearsalForm:
    chosen = rule_set_for(request.viewer, on=today())
    present = {}
    for rule in rehearsed_rules():
        setting = chosen.for_subject(rule, "", 0, -1)
        present[rule.code] = setting.values if setting else rule.defaults()
    return RehearsalForm(
        posted(request),
        years=[(year.until.isoformat(), year.label) for year in years],
        units=list_rehearsal_units_for(request.viewer),
        wide=sees_all_units(request.viewer),
        present=present,
    )


@require_http_methods(["GET", "POST"])
def rehearsals(request: HttpRequest) -> HttpResponse:
    """Propose limits; a POST puts the counting in the queue."""
    years = list_years_for(request.viewer)
    form = _form(request, years)
    if request.method == "POST" and form.is_valid() and not form.changes():
        form.add_error(
            None, _("Inget gränsvärde är ändrat, så det finns inget att provköra. Fyll i minst ett nedan.")
        )
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            row = ask_rehearsal(
                by=request.viewer,
                unit_id=data["unit_id"],
                until=date.fromisoformat(data["until"]),
                changes=form.changes(),
            )
        except AnswerRefused as refused:
            form.add_error(None, in_words(refused.problems[0]))
        except NotYours:
            raise PermissionDenied from None
        else:
            jobs.rehearse.defer(authority_id=row.authority_id, rehearsal_id=row.pk)
            messages.success(request, _("Provkörningen är beställd."))
            return see_other("rehearsal", rehearsal_id=row.pk)
    context = {"form": form, "years": years, "latest": rehearsals_for(request.viewer)[:LATEST]}
    return render(request, "detect/rehearsals.html", context, status=422 if form.errors else 200)


def _row_or_404(request: HttpRequest, rehearsal_id: int) -> Rehearsal:
    row = get_rehearsal_for(request.viewer, rehearsal_id)
    if row is None:
        raise Http404
    return row


def _context(request: HttpRequest, row: Rehearsal) -> dict:
    steps = [str(s) for s in Rehearsal.State if s != Rehearsal.State.FAILED]
    done = steps.index(row.state) if row.state in steps else 0
    problem = in_words(row.result.get("problem") or row.problem)
    return {
        "row": row,
        "done": done,
        "total": len(steps) - 1,
        "ended": row.state in ENDED,
        "problem": problem,
    }


@require_GET
def rehearsal(request: HttpRequest, rehearsal_id: int) -> HttpResponse:
    """How far a rehearsal has come, or what it came to."""
    row = _row_or_404(request, rehearsal_id)
    context = _context(request, row)
    if row.state == Rehearsal.State.DONE:
        context["outcome"] = outcome_of(request.viewer, row)
        context["reporting"] = reporting_in(request.viewer, row)
        # The notes are of the school year with the latest data: of an earlier one they tell nothing.
        last = data_up_to(request.viewer.authority_id)
        if last is not None and school_year_start(last) == school_year_start(row.until):
            context["quality"] = quality_lines(request.viewer, rehearsed_units(row))
    return render(request, "detect/rehearsal.html", context)


@require_GET
def progress(request: HttpRequest, rehearsal_id: int) -> HttpResponse:
    """The part of the page that is fetched again while the job runs."""
    row = _row_or_404(request, rehearsal_id)
    return render(request, "detect/rehearsal_progress.html", _context(request, row))
