"""The pages that belong to no room."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def fresh_limits(settings):
    """Each test counts its own login attempts."""
    from django.core.cache import cache

    settings.CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
    cache.clear()
