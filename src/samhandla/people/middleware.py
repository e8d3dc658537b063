"""Who asks, for the whole of a request and its answer."""

from __future__ import annotations

from collections.abc import Callable

from django.db import transaction
from django.http import HttpRequest, HttpResponse

from samhandla.people.queries import viewer_of_account
from samhandla.trust.viewer import acting_as


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

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """Undo what a failing view had written; the error page is still rendered as the viewer."""
        if transaction.get_connection().in_atomic_block:
            transaction.set_rollback(True)
