"""How often somebody may search. A search is for one person at a time; nobody needs hundreds an hour."""

from __future__ import annotations

import time

from django.core.cache import cache

from samhandla.trust.viewer import Viewer

MOST_SEARCHES = 60
WINDOW_SECONDS = 10 * 60


def may_search(viewer: Viewer) -> bool:
    """Count one search, and tell whether the viewer is within the limit of ten minutes."""
    window = int(time.time()) // WINDOW_SECONDS
    key = f"search.{viewer.actor_id}.{window}"
    count = int(cache.get(key, 0)) + 1
    cache.set(key, count, WINDOW_SECONDS)
    return count <= MOST_SEARCHES
