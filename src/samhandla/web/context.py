"""What every page knows."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest


def house(request: HttpRequest) -> dict[str, Any]:
    viewer = getattr(request, "viewer", None)
    return {
        "viewer": viewer,
        "demo": settings.DEMO,
        "may": {p.name.lower(): True for p in viewer.permissions} if viewer else {},
    }
