"""Who asks, for the whole of a request and its answer."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from samhandla.people.errors import Restricted
from samhandla.people.queries import viewer_of_account
from samhandla.people.reading import NotLogged, log_reading
from samhandla.trust.models import ReadEntry
from samhandla.trust.shown import collecting
from samhandla.trust.viewer import acting_as
from samhandla.web.errors import not_logged

REFUSED = (403, 404)
FAILED = 500


class ViewerMiddleware:
    """One transaction as the viewer around the view and the rendering of its answer.

    Django's own ATOMIC_REQUESTS wraps the view alone; a template that is rendered late would then
    find no rows.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.viewer = None  # type: ignore[attr-defined]  # added to Django's
        if not request.user.is_authenticated:
            return self.get_response(request)
        viewer = viewer_of_account(request.user.pk, request.session.get("actor"))
        if viewer is None:
            return self.get_response(request)
        request.viewer = viewer  # type: ignore[attr-defined]  # added to Django's
        with acting_as(viewer):
            return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Undo what a failing view had written; the error page is still rendered as the viewer.

        A child whose data may not be used has a page of its own that says so, whichever page was asked for.
        It is met at the door, before anything has been written.
        """
        if isinstance(exception, Restricted):
            return render(request, "people/restricted.html", status=403)
        if transaction.get_connection().in_atomic_block:
            transaction.set_rollback(True)
        return None


class ReadLogMiddleware:
    """Logs what an answer showed about children, or that it refused to, before the answer is sent.

    Outside the viewer's transaction: whether that is kept or rolled back, the answer has been made.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with collecting() as shown:
            response = self.get_response(request)
        viewer = getattr(request, "viewer", None)
        refused = response.status_code in REFUSED and request.resolver_match is not None
        if viewer is None or response.status_code >= FAILED or not (shown or refused):
            return response
        try:
            log_reading(
                viewer,
                page=request.resolver_match.view_name if request.resolver_match else "",
                method=request.method or "",
                outcome=ReadEntry.Outcome.REFUSED if refused else ReadEntry.Outcome.SHOWN,
                children=() if refused else shown,
            )
        except NotLogged:
            return not_logged(request)
        return response
