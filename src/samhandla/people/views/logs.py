"""Who can see a child, who has read about it, the family's own log, and the checks of the log."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from samhandla.people import queries
from samhandla.people.actions.logs import clear_family_log, sign_review
from samhandla.people.errors import Refused
from samhandla.people.forms import SignForm, tell_problem
from samhandla.people.logcheck import MANY_CHILDREN, ODD, REFUSED_A_DAY, SAMPLE
from samhandla.people.models import Child
from samhandla.people.protected import confirm_protected
from samhandla.people.queries import changes as past
from samhandla.people.queries import logs, who
from samhandla.people.views.common import attempt, chosen_day, see_other

DAYS = 90  # how far back a log is shown


def _child(request: HttpRequest, ref: UUID) -> Child:
    child = queries.get_child_for(request.viewer, ref)
    if child is None:
        raise Http404
    return child


@require_GET
def who_sees(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Who in the own authority can see a child and why, on a day."""
    child, day = _child(request, ref), min(chosen_day(request), queries.today())
    context = {
        "child": child,
        "name": queries.name_on_page(request.viewer, child),
        "rows": who.who_sees_for(request.viewer, child, on=day),
        "day": day,
        "past": day != queries.today(),
    }
    return render(request, "people/who_sees.html", context)


@require_GET
def who_has_read(request: HttpRequest, ref: UUID) -> HttpResponse:
    """Who in the own authority has read about a child."""
    child = _child(request, ref)
    context = {
        "child": child,
        "name": queries.name_on_page(request.viewer, child),
        "lines": who.list_reads_for(request.viewer, child, days=DAYS),
        "days": DAYS,
        "most": who.MOST_LINES,
    }
    return render(request, "people/who_has_read.html", context)


@require_GET
def changes(request: HttpRequest, ref: UUID) -> HttpResponse:
    """What has been changed about a child: who, when, before and after."""
    child = _child(request, ref)
    stopped = confirm_protected(request, child)
    if stopped is not None:
        return stopped
    context = {
        "child": child,
        "name": queries.name_on_page(request.viewer, child),
        "lines": past.list_changes_for(request.viewer, child),
        "most": past.MOST_LINES,
    }
    return render(request, "people/changes.html", context)


@require_GET
def own_log(request: HttpRequest) -> HttpResponse:
    """The family's own log: roles, times and reasons, no names."""
    open_ = logs.family_log_open(request.viewer)
    context = {
        "open": open_,
        "logs": who.family_logs_for(request.viewer, days=DAYS) if open_ else [],
        "days": DAYS,
    }
    return render(request, "people/own_log.html", context)


@require_GET
def reviews(request: HttpRequest) -> HttpResponse:
    """The checks that are the viewer's to sign."""
    context = {"rows": logs.list_reviews_for(request.viewer)}
    return render(request, "people/log_reviews.html", context)


def _review(request: HttpRequest, review_id: int, form: SignForm, *, status: int = 200) -> HttpResponse:
    page = logs.review_for(request.viewer, review_id)
    if page is None:
        raise Http404
    rules = {"refused": REFUSED_A_DAY, "many": MANY_CHILDREN, "sample": SAMPLE}
    context = {"page": page, "form": form, "rules": rules, "odd": [_(words) for words in ODD.values()]}
    return render(request, "people/log_review.html", context, status=status)


@require_GET
def review(request: HttpRequest, review_id: int) -> HttpResponse:
    return _review(request, review_id, SignForm())


@require_POST
def sign(request: HttpRequest, review_id: int) -> HttpResponse:
    """Sign one check."""
    form = SignForm(request.POST)
    if not form.is_valid():
        return _review(request, review_id, form, status=422)

    def refuse(refused: Refused) -> None:
        tell_problem(form, refused.problem)

    said = form.cleaned_data
    row = attempt(lambda: sign_review(by=request.viewer, review_id=review_id, **said), refuse)
    if row is None:
        return _review(request, review_id, form, status=422)
    messages.success(request, _("Loggkontrollen är signerad."))
    return see_other("log-reviews")


@require_GET
def family_log(request: HttpRequest) -> HttpResponse:
    """Whether the families of the authority may read their own log."""
    context = {"row": logs.family_log_clearance_for(request.viewer)}
    return render(request, "people/family_log.html", context)


@require_POST
def clear(request: HttpRequest) -> HttpResponse:
    """Open or close the families' log."""
    open_ = "oppna" in request.POST
    clear_family_log(by=request.viewer, open_=open_, on=queries.today())
    said = _("Familjerna kan nu läsa sin logg.") if open_ else _("Familjernas logg är stängd.")
    messages.success(request, said)
    return see_other("family-log")
