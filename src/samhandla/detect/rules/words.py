"""Puts the numbers of a signal into its Swedish sentence."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from samhandla.detect.rules.declare import Number, Numbers
from samhandla.lib.i18n import N_

WEEKDAYS = (
    N_("måndagar"), N_("tisdagar"), N_("onsdagar"), N_("torsdagar"), N_("fredagar"),
    N_("lördagar"), N_("söndagar"),
)  # fmt: skip
MONTHS = (
    N_("januari"), N_("februari"), N_("mars"), N_("april"), N_("maj"), N_("juni"), N_("juli"),
    N_("augusti"), N_("september"), N_("oktober"), N_("november"), N_("december"),
)  # fmt: skip
SHARES = ("share", "threshold")
DATES = ("first_day", "last_day")
Translate = Callable[[str], str]


class Words(dict[str, str]):
    """The numbers of a sentence in words. A reason kept since before its rule told a number has a gap."""

    def __missing__(self, name: str) -> str:
        return "…"


def as_words(numbers: Numbers, translate: Translate) -> Words:
    """Return each number as it is written in a sentence: shares as per cent, weekdays and dates in words."""
    return Words({name: _word(name, value, translate) for name, value in numbers.items()})


def _word(name: str, value: Number, translate: Translate) -> str:
    if name == "weekday" and isinstance(value, int):
        return translate(WEEKDAYS[value])
    if name in DATES and isinstance(value, str):
        day = date.fromisoformat(value)
        return f"{day.day} {translate(MONTHS[day.month - 1])} {day.year}"
    if isinstance(value, float) and name.endswith(SHARES):
        return per_cent(value)
    return str(value).replace(".", ",") if isinstance(value, float) else str(value)


# The sentences are written for several; one of something is put right afterwards, in both languages.
ONE = {
    "dagar": "dag",
    "skoldagar": "skoldag",
    "tillfällen": "tillfälle",
    "lektioner": "lektion",
    "days": "day",
    "school days": "school day",
    "occasions": "occasion",
    "lessons": "lesson",
}
_ONE = re.compile(r"(?<![\d,.])1 (" + "|".join(sorted(ONE, key=len, reverse=True)) + r")\b")


def in_singular(text: str) -> str:
    """Return a sentence in which one of something is in the singular.

    >>> in_singular("borta 1 dagar vid 1 tillfällen, 21 dagar i fjol, 1,1 dagar i snitt")
    'borta 1 dag vid 1 tillfälle, 21 dagar i fjol, 1,1 dagar i snitt'
    """
    return _ONE.sub(lambda found: f"1 {ONE[found[1]]}", text)


def per_cent(share: float) -> str:
    """Write a share 0–1 as per cent, with one decimal unless it is whole.

    >>> per_cent(0.152), per_cent(0.15)
    ('15,2\\xa0%', '15\\xa0%')
    """
    text = f"{share * 100:.1f}".removesuffix(".0")
    return text.replace(".", ",") + "\u00a0%"
