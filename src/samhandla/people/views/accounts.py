"""Accounts of staff: who has one, one-time links for those who get one. A link is shown once."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from samhandla.lib.safe_csv import csv_text
from samhandla.people import actions, queries
from samhandla.people.actions import OneTimeLink
from samhandla.people.forms import PROBLEMS, organisation_choices
from samhandla.people.models import Staff
from samhandla.people.views.common import attempt, chosen, see_other, tell
from samhandla.trust.permissions import Permission

T = TypeVar("T")
MOST_AT_ONCE = 300


@require_GET
def accounts(request: HttpRequest) -> HttpResponse:
    """The people of a unit and the state of their accounts."""
    reached = queries.organisations_for(request.viewer, Permission.ACCOUNT_EDIT)
    place = chosen(request, reached)
    rows = queries.list_accounts_for(request.viewer, place) if place else []
    context = {
        "choices": organisation_choices(reached),
        "place": place,
        "rows": [{"row": row, "why": PROBLEMS.get(row.problem, "")} for row in rows],
        "missing": queries.count_to_open(rows),
        "empty_handed": len(_without(rows)),
    }
    return render(request, "people/accounts.html", context)


def _without(rows: list[queries.AccountRow]) -> list[int]:
    return [row.staff.pk for row in rows if row.state == "none" and not row.problem]


def _wanted(request: HttpRequest) -> list[int]:
    sent = request.POST.getlist("person")[:MOST_AT_ONCE]
    return [int(one) for one in sent if one.isascii() and one.isdigit() and len(one) < 18]


def _ask_first(request: HttpRequest) -> HttpResponse:
    """Show whom "all" would be, each ticked, before any account is opened."""
    reached = queries.organisations_for(request.viewer, Permission.ACCOUNT_EDIT)
    place = next((one for one in reached if str(one.pk) == request.POST.get("enhet")), None)
    rows = queries.list_accounts_for(request.viewer, place) if place else []
    missing = set(_without(rows)[:MOST_AT_ONCE])
    if not missing:
        messages.warning(request, _("Ingen där saknar konto."))
        return _back(request)
    context = {"place": place, "rows": [row for row in rows if row.staff.pk in missing]}
    return render(request, "people/accounts_confirm.html", context)


def _back(request: HttpRequest) -> HttpResponse:
    place = request.POST.get("enhet", "")
    return see_other("accounts", f"?enhet={place}" if place.isascii() and place.isdigit() else "")


@require_POST
def open_accounts(request: HttpRequest) -> HttpResponse:
    """Open accounts for the chosen people; the answer itself holds their links, this once."""
    if "alla" in request.POST:
        return _ask_first(request)
    wanted = _wanted(request)
    if not wanted:
        messages.warning(request, _("Välj minst en person i listan."))
        return _back(request)
    show = _as_file if "fil" in request.POST else _links
    return _done(
        request, lambda: actions.open_accounts(by=request.viewer, staff_ids=wanted), partial(show, request)
    )


@require_POST
def renew(request: HttpRequest, staff_id: int) -> HttpResponse:
    """Make a new link for somebody who has lost the password or the link."""
    return _done(
        request,
        lambda: actions.renew_link(by=request.viewer, staff_id=staff_id),
        lambda made: _links(request, [made]),
    )


@require_POST
def close(request: HttpRequest, staff_id: int) -> HttpResponse:
    def said(person: Staff) -> HttpResponse:
        messages.success(
            request, _("Kontot för %(name)s är stängt. Den som var inloggad är det inte längre.")
            % {"name": person.full_name},
        )  # fmt: skip
        return _back(request)

    return _done(request, lambda: actions.close_account(by=request.viewer, staff_id=staff_id), said)


def _done(request: HttpRequest, deed: Callable[[], T], show: Callable[[T], HttpResponse]) -> HttpResponse:
    """Do something to an account and show what came of it; a refusal is told on the list."""
    made = attempt(deed, partial(tell, request))
    return _back(request) if made is None else show(made)


def _addresses(request: HttpRequest, made: list[OneTimeLink]) -> list[dict[str, Any]]:
    return [
        {
            "link": one,
            "address": request.build_absolute_uri(
                reverse("account_reset_password_from_key", kwargs={"uidb36": one.uid, "key": one.key})
            ),
        }
        for one in made
    ]


def _links(request: HttpRequest, made: list[OneTimeLink]) -> HttpResponse:
    context = {"rows": _addresses(request, made), "place": request.POST.get("enhet", "")}
    answer = render(request, "people/account_links.html", context)
    answer["Cache-Control"] = "no-store"
    return answer


def _as_file(request: HttpRequest, made: list[OneTimeLink]) -> HttpResponse:
    header = [
        _("Efternamn"),
        _("Förnamn"),
        _("E-post"),
        _("Användarnamn"),
        _("Engångslänk"),
        _("Gäller till"),
    ]
    rows = [
        (
            row["link"].staff.family_name,
            row["link"].staff.given_name,
            row["link"].staff.email,
            row["link"].username,
            row["address"],
            date_format(row["link"].ends, "Y-m-d"),
        )
        for row in _addresses(request, made)
    ]
    answer = HttpResponse(csv_text(header, rows), content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = 'attachment; filename="engangslankar.csv"'
    answer["Cache-Control"] = "no-store"
    return answer
