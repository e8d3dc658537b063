"""Empty files with the headers of the shipped column templates."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.views.decorators.http import require_GET

from samhandla.integrations.files import load_preset
from samhandla.integrations.files.errors import UnknownPreset
from samhandla.integrations.files.templates import columns_of, empty_file, has_headers, in_order
from samhandla.integrations.words import PRESETS


@require_GET
def template_csv(request: HttpRequest, name: str) -> HttpResponse:
    """Give an empty file with the headers of a shipped template."""
    try:
        content = empty_file(name)
    except UnknownPreset:
        raise Http404 from None
    answer = HttpResponse(content, content_type="text/csv; charset=utf-8")
    answer["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return answer


def templates_offered() -> list[dict[str, Any]]:
    """Return the shipped templates that have headers, our own first, with the columns they need."""
    found = [(name, load_preset(name)) for name in in_order()]
    return [
        {
            "name": name,
            "title": gettext(PRESETS[name]),
            "needed": [column.header for column in columns_of(preset) if column.needed],
        }
        for name, preset in found
        if has_headers(preset)
    ]
