"""What the register's pages share: which unit and which day a page is about."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseRedirect
from django.urls import reverse

from samhandla.people.errors import Refused
from samhandla.people.forms import PROBLEMS
from samhandla.people.models import Organisation
from samhandla.people.queries import today


def chosen(request: HttpRequest, organisations: list[Organisation]) -> Organisation | None:
    """Return the organisation that `?enhet=` names, else the first school unit, else the first.

    Raises:
        Http404: the number names none within reach.
    """
    wanted = request.GET.get("enhet", "")
    if wanted:
        for one in organisations:
            if str(one.pk) == wanted:
                return one
        raise Http404
    units = [o for o in organisations if o.kind == Organisation.Kind.SCHOOL_UNIT]
    return next(iter([*units, *organisations]), None)


def chosen_day(request: HttpRequest) -> date:
    """Return the day that `?dag=` names, else today; what is no day counts as today."""
    try:
        return date.fromisoformat(request.GET.get("dag", ""))
    except ValueError:
        return today()


def see_other(name: str, query: str = "", **arguments: object) -> HttpResponseRedirect:
    """Lead on after a POST with 303, so that reloading the next page never sends the form again."""
    return HttpResponseRedirect(reverse(name, kwargs=arguments or None) + query, status=303)


def tell(request: HttpRequest, refused: Refused) -> None:
    messages.warning(request, PROBLEMS[refused.problem])
