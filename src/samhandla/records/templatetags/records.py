"""What stands in the place of masked words, and what a row of another room is registered as."""

from __future__ import annotations

from typing import Any

from django import template
from django.utils.translation import gettext

from samhandla.records.models import ReleaseItem
from samhandla.records.pdf import masked_words
from samhandla.records.queries.documents import registered_as
from samhandla.records.rules.paragraphs import PARAGRAPHS

register = template.Library()


@register.simple_tag
def masked(paragraph: str) -> str:
    return masked_words(paragraph)


@register.simple_tag
def grounds(item: ReleaseItem) -> str:
    """Return the provisions of an item's masks."""
    codes = sorted({str(one[2]) for one in item.masks})
    return ", ".join(gettext(PARAGRAPHS[code].place) for code in codes)


@register.inclusion_tag("records/_state.html")
def document_state(row: Any, kind: str, final: bool) -> dict[str, Any]:
    """Say whether what is written on a page is a draft or finalised, and under which number."""
    return {"document": registered_as(row, kind) if final else None, "final": final}
