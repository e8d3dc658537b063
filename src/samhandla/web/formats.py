"""Numbers and days as people in Sweden write them; in English as English readers do.

Shares are stored 0–1. Per cent and percentage points are different words and are never mixed.
"""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext, ngettext

NBSP = "\N{NO-BREAK SPACE}"
MINUS = "\N{MINUS SIGN}"
NOTHING = "\N{EN DASH}"


def number(value: float | None, decimals: int = 0) -> str:
    """Write a number with the language's decimal sign and thousands; a dash when there is none."""
    if value is None:
        return NOTHING
    text = f"{abs(value):,.{decimals}f}"
    if not _english():
        text = text.replace(",", NBSP).replace(".", ",")
    negative = value < 0 and any(sign in "123456789" for sign in text)
    return (MINUS if negative else "") + text


def percent(share: float | None, decimals: int = 1) -> str:
    """Write a share (0–1) as per cent: 0.123 is "12,3 %"."""
    if share is None:
        return NOTHING
    return number(share * 100, decimals) + ("%" if _english() else NBSP + "%")


def percentage_points(difference: float | None, decimals: int = 1) -> str:
    """Write a difference between two shares with its sign: -0.012 is "−1,2 procentenheter"."""
    if difference is None:
        return NOTHING
    text = number(difference * 100, decimals)
    if difference > 0 and any(sign in "123456789" for sign in text):
        text = "+" + text
    return text + NBSP + gettext("procentenheter")


def day(value: date | None, *, year: bool = False) -> str:
    """Write a day as "tisdag 3 mars"; the year follows when asked for or when it is not this one."""
    if value is None:
        return NOTHING
    value = _local(value)
    shown = year or value.year != timezone.localdate().year
    return date_format(value, "l j F Y" if shown else "l j F", use_l10n=False)


def short_day(value: date | None) -> str:
    """Write a day as "3 mars"; with its year when it is not this one."""
    if value is None:
        return NOTHING
    value = _local(value)
    return date_format(value, "j F" if value.year == timezone.localdate().year else "j F Y", use_l10n=False)


def brief_day(value: date | None) -> str:
    """Write a day for a narrow column: "3 mar 2026"; months have capitals in English."""
    if value is None:
        return NOTHING
    return date_format(_local(value), "j M Y" if _english() else "j b Y", use_l10n=False)


def month(value: date) -> str:
    """Write a month as "mars 2026"."""
    return date_format(value, "F Y", use_l10n=False)


def school_days(count: int | None) -> str:
    """Write a number of school days: "1 skoldag", "3 skoldagar"."""
    if count is None:
        return NOTHING
    return ngettext("%(count)s skoldag", "%(count)s skoldagar", count) % {"count": number(count)}


def minutes(count: int | None) -> str:
    """Write minutes as hours and minutes: 130 is "2 h 10 min"."""
    if count is None:
        return NOTHING
    hours, rest = divmod(round(count), 60)
    parts = [f"{number(hours)}{NBSP}h"] if hours else []
    if rest or not hours:
        parts.append(f"{rest}{NBSP}min")
    return " ".join(parts)


def _english() -> bool:
    return (get_language() or "sv").startswith("en")


def _local(value: date) -> date:
    return timezone.localdate(value) if isinstance(value, datetime) and timezone.is_aware(value) else value
