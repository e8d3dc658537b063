"""How often somebody may search. A search is for one person at a time; nobody needs hundreds an hour."""

from __future__ import annotations

import time

from django.contrib import messages
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import gettext as _

from samhandla.trust.viewer import Viewer

MOST_SEARCHES = 60
WINDOW_SECONDS = 10 * 60
TOO_MANY_REQUESTS = 429


def may_search(viewer: Viewer) -> bool:
    """Count one search, and tell whether the viewer is within the limit of ten minutes."""
    window = int(time.time()) // WINDOW_SECONDS
    key = f"search.{viewer.actor_id}.{window}"
    count = int(cache.get(key, 0)) + 1
    cache.set(key, count, WINDOW_SECONDS)
    return count <= MOST_SEARCHES


def name_searched_for(request: HttpRequest) -> tuple[str, int]:
    """Return the name that `?namn=` asks for and the status of the answer.

    Past the limit no name is searched for, and a message says why.
    """
    text = request.GET.get("namn", "").strip()[:80]
    viewer: Viewer = request.viewer  # type: ignore[attr-defined]  # the middleware sets it
    if not text or may_search(viewer):
        return text, 200
    messages.warning(request, _("Du har sökt många gånger på kort tid. Vänta tio minuter och sök igen."))
    return "", TOO_MANY_REQUESTS
