"""What the pages of the room share."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import Http404, HttpRequest

from samhandla.people.models import Child
from samhandla.people.queries import children_for, today
from samhandla.rights.errors import Refused
from samhandla.rights.queries.requests import RequestRow, get_request_for
from samhandla.rights.words import PROBLEMS


def child_or_404(request: HttpRequest, ref: UUID) -> Child:
    """Return a child of the viewer's, also one whose data is kept and not used: that can be lifted here."""
    child = children_for(request.viewer).filter(ref=ref).select_related("unit").first()
    if child is None:
        raise Http404
    return child


def request_or_404(request: HttpRequest, request_id: int) -> RequestRow:
    row = get_request_for(request.viewer, request_id, on=today())
    if row is None:
        raise Http404
    return row


def tell(form: forms.Form, refused: Refused) -> None:
    """Put each problem at its field, or at the top of the form when it has none."""
    for problem in refused.problems:
        form.add_error(problem if problem in form.fields else None, PROBLEMS[problem])


def posted(request: HttpRequest) -> Any:
    return request.POST if request.method == "POST" else None
