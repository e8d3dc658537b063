"""What every page knows."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from samhandla.web.identity import Identity
from samhandla.web.start import menu_for


def house(request: HttpRequest) -> dict[str, Any]:
    viewer = None if getattr(request, "locked", False) else getattr(request, "viewer", None)
    known: dict[str, Any] = {"viewer": viewer, "demo": settings.DEMO, "may": {}, "menu": [], "identity": None}
    known["idle_minutes"] = settings.SAMHANDLA_IDLE_MINUTES
    if viewer is not None:
        known["may"] = {p.name.lower(): True for p in viewer.permissions}
        known["menu"] = menu_for(viewer, request)
        known["identity"] = Identity(viewer, int(request.user.pk or 0))
    return known
