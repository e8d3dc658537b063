"""What the register's pages share: which unit and which day a page is about."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import TypeVar

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest

from samhandla.people.errors import NotAllowed, NotYours, Refused
from samhandla.people.forms import PROBLEMS
from samhandla.people.models import Organisation
from samhandla.people.queries import today
from samhandla.web.answers import see_other

__all__ = ["attempt", "chosen", "chosen_day", "see_other", "tell"]

Made = TypeVar("Made")


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


def attempt(deed: Callable[[], Made], refuse: Callable[[Refused], None]) -> Made | None:
    """Do a deed and return what it made; None when a rule of the register refused it, after `refuse`.

    Raises:
        Http404: it is about what is not the viewer's, or not there.
        PermissionDenied: the viewer sees it and may not do this with it.
    """
    try:
        return deed()
    except NotYours:
        raise Http404 from None
    except NotAllowed:
        raise PermissionDenied from None
    except Refused as refused:
        refuse(refused)
        return None


def tell(request: HttpRequest, refused: Refused) -> None:
    messages.warning(request, PROBLEMS[refused.problem])
