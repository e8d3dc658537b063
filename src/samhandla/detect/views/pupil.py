"""The pupil page."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from samhandla.analytics.models import AttendanceDay
from samhandla.analytics.queries import data_up_to
from samhandla.detect.actions import answers
from samhandla.detect.errors import Conflict, NoSchool
from samhandla.detect.queries.proposals import proposed_steps_for
from samhandla.detect.queries.pupil import pupil_page_for
from samhandla.detect.queries.reporting import limit_of
from samhandla.detect.views.common import see_other, way_back
from samhandla.people.actions import note_reading
from samhandla.people.models import Child
from samhandla.people.protected import confirm_protected
from samhandla.people.queries import domain_of, get_child_for, today
from samhandla.trust.models import Branch
from samhandla.web.charts.absence_calendar import AbsenceCalendar, Day, absence_calendar


def _child_or_404(request: HttpRequest, ref: UUID) -> Child:
    child = get_child_for(request.viewer, ref)
    if child is None:
        raise Http404
    return child


def _calendar(days: list[AttendanceDay], until: date | None) -> AbsenceCalendar | None:
    """Lay out the school year's days so far; two units on one day are added together."""
    if not days:
        return None
    by_day: dict[date, list[AttendanceDay]] = {}
    for row in days:
        by_day.setdefault(row.date, []).append(row)
    squares = [
        Day(
            date=day,
            offered=sum(r.offered for r in rows),
            valid=sum(r.valid for r in rows),
            invalid=sum(r.invalid for r in rows),
            reported=sum(r.reported for r in rows),
            late=sum(r.late_lessons for r in rows),
        )
        for day, rows in by_day.items()
    ]
    return absence_calendar(squares, first=min(by_day), last=max(by_day), until=until)


@require_GET
def pupil(request: HttpRequest, ref: UUID) -> HttpResponse:
    child = _child_or_404(request, ref)
    stopped = confirm_protected(request, child)
    if stopped is not None:
        return stopped
    note_reading(by=request.viewer, child=child)
    page = pupil_page_for(request.viewer, child, today=today())
    following = proposed_steps_for(request.viewer, page.rows, today=today())
    data_to = data_up_to(request.viewer.authority_id)
    context = {
        "page": page,
        "rows": [(row, following[row.signal.pk]) for row in page.rows],
        "back": way_back(request.viewer),
        "shares": [(_("De senaste fyra veckorna"), page.recent), (_("Läsåret"), page.year)],
        "low": limit_of(request.viewer),
        "data_to": data_to,
        "calendar": _calendar(page.days, data_to),
        "today": today(),
    }
    return render(request, "detect/pupil.html", context)


@require_POST
def participation(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Mark: in the room today, but not taking part."""
    child = _child_or_404(request, ref)
    domain = domain_of(request.viewer.authority_id, Branch.SCHOOL)
    try:
        answers.mark_participation(by=request.viewer, child=child, domain_id=domain.pk, on=today())
    except NoSchool:
        messages.warning(request, _("I dag är ingen skoldag enligt skolans läsårsdata. Inget är markerat."))
    except Conflict:
        messages.info(request, _("Du har redan markerat eleven i dag."))
    else:
        messages.success(request, _("Markerat: på plats men inte med i undervisningen."))
    return see_other("pupil", ref=ref)
