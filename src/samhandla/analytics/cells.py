"""Turns the text of one cell into a value, or says in Swedish why it cannot."""

from __future__ import annotations

import re
from datetime import date

TRUE_WORDS = frozenset({"1", "true", "t", "ja", "j", "yes", "y", "sant", "x"})
FALSE_WORDS = frozenset({"0", "false", "f", "nej", "n", "no", "falskt"})
EMPTY_WORDS = frozenset({"", "-", "na", "n/a", "null", "none", "nan"})
STATUS_WORDS = {
    "present": "present", "närvarande": "present", "narvarande": "present", "närvaro": "present",
    "p": "present",
    "valid": "valid", "giltig": "valid", "giltig frånvaro": "valid", "excused": "valid", "g": "valid",
    "invalid": "invalid", "ogiltig": "invalid", "ogiltig frånvaro": "invalid", "unexcused": "invalid",
    "o": "invalid", "og": "invalid",
    "absent": "valid", "frånvarande": "valid", "frånvaro": "valid", "a": "valid",
    "other": "other", "annan skolverksamhet": "other", "annan aktivitet": "other",
    "unreported": "", "ej rapporterad": "", "ej registrerad": "", "": "",
}  # fmt: skip
NO_CODE_WORDS = frozenset({"absent", "frånvarande", "frånvaro", "a"})
_DATE = re.compile(r"(\d{4})-?(\d{2})-?(\d{2})(?:[T ].*)?")
_TIME = re.compile(r"(?:.*[T ])?(\d{1,2})[:.](\d{2})(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})?")


class Unreadable(ValueError):
    """A cell cannot be read; the message says what stood there and what was expected."""


def parse_date(text: str) -> date:
    """Read a day as 2025-09-01, 20250901 or the start of a time stamp.

    >>> parse_date("2025-09-01T08:15")
    datetime.date(2025, 9, 1)
    """
    match = _DATE.fullmatch(text.strip())
    if not match:
        raise Unreadable(f"”{text}” är inget datum (skriv som 2025-09-01)")
    year, month, day = (int(part) for part in match.groups())
    try:
        return date(year, month, day)
    except ValueError:
        raise Unreadable(f"”{text}” är inget datum som finns") from None


def parse_minutes(text: str) -> int:
    """Read a number of minutes, with comma or point; halves are rounded to the even minute.

    >>> parse_minutes("62,0")
    62
    """
    try:
        value = float(text.strip().replace("\u00a0", "").replace(",", "."))
    except ValueError:
        raise Unreadable(f"”{text}” är inget antal minuter") from None
    if not abs(value) < 30_000:  # also refuses nan and inf
        raise Unreadable(f"”{text}” är inget rimligt antal minuter")
    return round(value)


def parse_whole(text: str) -> int:
    """Read a whole number."""
    try:
        return int(text.strip())
    except ValueError:
        raise Unreadable(f"”{text}” är inget heltal") from None


def parse_clock(text: str) -> int:
    """Read a time of day as minutes after midnight.

    >>> parse_clock("08:15"), parse_clock("495")
    (495, 495)
    """
    match = _TIME.fullmatch(text.strip())
    if match:
        minutes = int(match[1]) * 60 + int(match[2])
    elif text.strip().isdigit():
        minutes = int(text)
    else:
        raise Unreadable(f"”{text}” är ingen tid på dagen (skriv som 08:15)")
    if minutes > 1439:
        raise Unreadable(f"”{text}” är ingen tid på dagen")
    return minutes


def parse_yes(text: str) -> bool:
    """Read yes or no in the words that Swedish and English systems write."""
    word = text.strip().lower()
    if word in TRUE_WORDS:
        return True
    if word in FALSE_WORDS:
        return False
    raise Unreadable(f"”{text}” är varken ja eller nej")


def parse_maybe(text: str) -> bool | None:
    """Read yes, no or nothing."""
    return None if text.strip().lower() in EMPTY_WORDS else parse_yes(text)


def parse_status(text: str) -> str:
    """Read an attendance mark as present, valid, invalid, other, or empty for not registered."""
    word = text.strip().lower()
    if word not in STATUS_WORDS:
        raise Unreadable(
            f"”{text}” är ingen känd närvaromarkering (närvarande, giltig, ogiltig, annan skolverksamhet)"
        )
    return STATUS_WORDS[word]


def parse_sex(text: str) -> str:
    """Read sex as K, M or O (unknown); anything else is unknown."""
    first = text.strip().upper()[:1]
    return {"K": "K", "F": "K", "M": "M", "P": "M"}.get(first, "O")
