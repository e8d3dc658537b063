"""The municipality's colour: one value in the settings, checked for contrast when the server starts."""

from __future__ import annotations

import re
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

# White text lies on the colour and the colour lies on white; 7:1 leaves room for its paler shades.
LEAST_CONTRAST = 7.0
_HEX = re.compile(r"#[0-9a-fA-F]{6}")


def contrast_with_white(colour: str) -> float:
    """Return the contrast ratio between a colour such as "#0d4f5c" and white, 1–21.

    Raises: ValueError when it is no such colour.
    Source: WCAG 2.2, relative luminance and contrast ratio, checked 2026-11-22.
    """
    if not _HEX.fullmatch(colour):
        raise ValueError(colour)
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts)
    return 1.05 / (0.2126 * red + 0.7152 * green + 0.0722 * blue + 0.05)


@register()
def check_colour(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """Refuse a colour on which text could not be read."""
    colour = settings.SAMHANDLA_COLOUR
    if not colour:
        return []
    if not _HEX.fullmatch(colour):
        text = f"SAMHANDLA_COLOUR ska vara en färg som #0d4f5c, inte {colour}."
        return [Error(text, id="web.E001")]
    contrast = contrast_with_white(colour)
    if contrast < LEAST_CONTRAST:
        text = (
            f"SAMHANDLA_COLOUR {colour} har kontrasten {contrast:.1f}:1 mot vitt; den måste vara minst"
            f" {LEAST_CONTRAST:.0f}:1 för att text ska gå att läsa. Välj en mörkare färg."
        )
        return [Error(text, id="web.E002")]
    return []


@require_safe
@cache_control(max_age=3600, public=True)
def theme(request: HttpRequest) -> HttpResponse:
    """Answer the one line of style that differs between municipalities."""
    css = (
        f":root {{ --samhandla-colour: {settings.SAMHANDLA_COLOUR}; }}\n" if settings.SAMHANDLA_COLOUR else ""
    )
    return HttpResponse(css, content_type="text/css")
