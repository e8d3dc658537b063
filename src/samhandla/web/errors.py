"""Error pages in plain words. They ask the database nothing: the transaction may be broken."""

from __future__ import annotations

from django.core.exceptions import RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import Resolver404, resolve

_TOO_BIG = (RequestDataTooBig, TooManyFieldsSent, TooManyFilesSent)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 404 for what does not exist and for what may not be seen: the two must look alike."""
    return render(request, "web/errors/404.html", status=404)


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer 400, or 413 when what was sent is too large to be read."""
    status = 413 if isinstance(exception, _TOO_BIG) else 400
    return HttpResponse(render_to_string(f"web/errors/{status}.html"), status=status)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """Answer 403 when the form's one-time mark is missing or old; nothing was saved."""
    return HttpResponse(render_to_string("web/errors/csrf.html"), status=403)


def too_many(request: HttpRequest) -> HttpResponse:
    """Answer 429 when somebody tries too often."""
    return HttpResponse(render_to_string("web/errors/429.html"), status=429)


def not_logged(request: HttpRequest) -> HttpResponse:
    """Answer 503 when the log of reading cannot be written: what cannot be logged is not shown."""
    return HttpResponse(render_to_string("web/errors/503.html"), status=503)


def server_error(request: HttpRequest) -> HttpResponse:
    """Answer 500 without anything that could fail again."""
    return HttpResponse(render_to_string("web/errors/500.html"), status=500)


def not_by_this_way(request: HttpRequest, allowed: str) -> HttpResponse:
    """Answer 405 with a way back, for an address that only takes what a button sends."""
    response = render(request, "web/errors/405.html", {"back": _page_above(request.path_info)}, status=405)
    response.headers["Allow"] = allowed
    return response


def _page_above(path: str) -> str:
    """Return the nearest address above one that is there, the start page at last."""
    parts = path.strip("/").split("/")
    for count in range(len(parts) - 1, 0, -1):
        above = "/" + "/".join(parts[:count]) + "/"
        try:
            resolve(above)
        except Resolver404:
            continue
        return above
    return "/"
