"""What the room's pages share: how a refusal is told."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from django import forms
from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from samhandla.records.errors import Conflict, NotAllowed, NotYours, Refused
from samhandla.records.words import PROBLEMS

Made = TypeVar("Made")


def attempt(request: HttpRequest, deed: Callable[[], Made], form: forms.Form | None = None) -> Made | None:
    """Do a deed and return what it made; None when it was refused, and that has been told.

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
    except Conflict:
        messages.warning(request, _("Någon har redan ändrat det, eller så är det avslutat. Inget är ändrat."))
    except Refused as refused:
        _tell(request, form, refused)
    return None


def _tell(request: HttpRequest, form: forms.Form | None, refused: Refused) -> None:
    for problem in refused.problems:
        if form is None:
            messages.error(request, PROBLEMS[problem])
        else:
            form.add_error(problem if problem in form.fields else None, PROBLEMS[problem])
