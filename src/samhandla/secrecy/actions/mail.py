"""The words of a message: never about whom or what, and where to sign in."""

from __future__ import annotations

from django.conf import settings
from django.template.loader import render_to_string


def plain_mail(template: str) -> str:
    """Return the body of a message, which says only that something waits and where."""
    return render_to_string(template, {"address": settings.SAMHANDLA_ADDRESS}).strip()
