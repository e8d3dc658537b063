"""What the register's pages share: which unit and which day a page is about."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import Http404, HttpRequest

from samhandla.people.errors import Refused
from samhandla.people.forms import PROBLEMS
from samhandla.people.models import Organisation
from samhandla.people.queries import today
from samhandla.web.answers import see_other

__all__ = ["chosen", "chosen_day", "see_other", "tell"]


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


def tell(request: HttpRequest, refused: Refused) -> None:
    messages.warning(request, PROBLEMS[refused.problem])
