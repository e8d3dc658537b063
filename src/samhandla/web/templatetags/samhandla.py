"""`{% load samhandla %}`: numbers, days, permissions and addresses in templates."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import template
from django.core.paginator import Page
from django.forms.boundfield import BoundField
from django.forms.utils import ErrorList
from django.template import Context
from django.template.loader import render_to_string
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

from samhandla.trust.permissions import Permission
from samhandla.trust.viewer import Viewer
from samhandla.web import form_words, formats
from samhandla.web.beside import beside_of

register = template.Library()


@register.filter
def errors_in_words(field: BoundField) -> ErrorList:
    """`{{ field|errors_in_words }}` lists a field's errors, each saying what to fill in."""
    return form_words.errors_of(field)


@register.filter
def naming(error: str, label: str) -> str:
    """`{{ error|naming:field.label }}` says of which field an error is, unless it does itself."""
    return error if str(label) in error else f"{label}: {error}"


@register.filter
def control(field: BoundField) -> str:
    """`{{ field|control }}` draws a field; a long text is never cut."""
    return form_words.drawn(field)


@register.filter
def text_limit(field: BoundField) -> int | None:
    """`{{ field|text_limit }}` is how many characters a long text may have."""
    return form_words.limit_of(field)


@register.filter
def number(value: float | None, decimals: int = 0) -> str:
    """`{{ 1234.5|number:1 }}` gives "1 234,5"."""
    return formats.number(value, decimals)


@register.filter
def percent(share: float | None, decimals: int = 1) -> str:
    """`{{ 0.123|percent }}` gives "12,3 %"."""
    return formats.percent(share, decimals)


@register.filter
def percentage_points(difference: float | None, decimals: int = 1) -> str:
    """`{{ -0.012|percentage_points }}` gives "−1,2 procentenheter"."""
    return formats.percentage_points(difference, decimals)


@register.filter
def day(value: date | None) -> str:
    """`{{ date|day }}` gives "tisdag 3 mars"."""
    return formats.day(value)


@register.filter
def day_with_year(value: date | None) -> str:
    """`{{ date|day_with_year }}` gives "tisdag 3 mars 2026"."""
    return formats.day(value, year=True)


@register.filter
def short_day(value: date | None) -> str:
    """`{{ date|short_day }}` gives "3 mars"."""
    return formats.short_day(value)


@register.filter
def brief_day(value: date | None) -> str:
    """`{{ date|brief_day }}` gives "3 mar 2026"."""
    return formats.brief_day(value)


@register.filter
def school_days(count: int | None) -> str:
    """`{{ 3|school_days }}` gives "3 skoldagar"."""
    return formats.school_days(count)


@register.filter
def minutes(count: int | None) -> str:
    """`{{ 130|minutes }}` gives "2 h 10 min"."""
    return formats.minutes(count)


@register.filter
def may(viewer: Viewer | None, permission: str) -> bool:
    """`{% if viewer|may:"signal_list" %}`; a name that is no permission fails loudly."""
    return viewer is not None and viewer.may(Permission[permission.upper()])


@register.simple_tag
def page_numbers(page: Page) -> list[int | str]:
    """Return the numbers that the pagination shows, with an ellipsis where some are left out."""
    return list(page.paginator.get_elided_page_range(page.number, on_each_side=2, on_ends=1))


@register.simple_tag(takes_context=True)
def same_page(context: Context, **changes: Any) -> str:
    """Return the address of this page with some parts of its query changed: `{% same_page page=2 %}`."""
    query = context["request"].GET.copy()
    for key, value in changes.items():
        if value in (None, ""):
            query.pop(key, None)
        else:
            query[key] = value
    return f"?{query.urlencode()}"


@register.simple_tag(takes_context=True)
def beside(context: Context, place: str, about: object) -> SafeString:
    """`{% beside "child" page.child %}`: what later rooms have to say about it; nothing when nothing."""
    request = context["request"]
    drawn = []
    for one in beside_of(place):
        filled = one.gather(request.viewer, about)
        if filled:
            drawn.append((render_to_string(one.template, filled, request=request),))
    return format_html_join("", "{}", drawn)
