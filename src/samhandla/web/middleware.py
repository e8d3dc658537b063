"""What every answer carries."""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse

from samhandla.web.errors import not_by_this_way

# data: images are the icons inside the design system's own stylesheet.
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)


class SeeOther:
    """After a POST the browser fetches the next page by GET: 303, whatever the view said.

    Reloading that page never sends the form again. Django's own shortcuts and those of packages say 302.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if request.method == "POST" and response.status_code == HTTPStatus.FOUND:
            response.status_code = HTTPStatus.SEE_OTHER
        return response


class WayBack:
    """An address that only takes what a button sends is no empty page when somebody opens it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code != HTTPStatus.METHOD_NOT_ALLOWED or request.method != "GET":
            return response
        if getattr(response, "streaming", False) or response.content:
            return response
        return not_by_this_way(request, response.headers.get("Allow", "POST"))


class SecurityHeaders:
    """No inline script, no foreign host, and nothing that somebody logged in was answered left in a cache."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        response.headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        # Also what a lock or a check answered before it was known as whom.
        if request.user.is_authenticated or getattr(request, "viewer", None) is not None:
            response.headers["Cache-Control"] = "no-store"
        return response
