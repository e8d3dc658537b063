"""In every test that meets a page: no child's name is in an answer without being in the log of reading."""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from samhandla.trust import shown

NAMES: dict[str, int] = {}  # full name of each child of the cast → its number


class NamesAreLogged:
    """Middleware of the tests alone, inside the one that writes the log."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        noted = shown._shown.get()
        if getattr(request, "viewer", None) is None or noted is None or response.streaming:
            return response
        text = response.content.decode("utf-8", "replace")
        missed = [name for name, number in NAMES.items() if name in text and number not in noted]
        assert not missed, (
            f"{request.path} visade {missed} utan att läsningen antecknas: trust.shown.note_shown"
        )
        return response
