"""Personal numbers as sources send them, brought to twelve characters and checked.

Ordinary and coordination numbers (day + 60) must have a right check digit. Temporary
numbers, which schools and regions give to those without a number, have two letters after
the date, or a letter in another place of the last four; they have no check digit.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from stdnum import luhn

_ORDINARY = re.compile(r"(\d{4})(\d{2})(\d{2})(\d{4})")
_TEMPORARY = re.compile(r"(\d{4})(\d{2})(\d{2})([A-Z]{2}\d{2}|[A-Z]\d{3}|\d[A-Z]\d{2})")
COORDINATION = 60


@dataclass(frozen=True)
class CivicNumber:
    """A number that can be right: twelve characters, and the birth date in it when there is one."""

    value: str
    birth_date: date | None


def read_civic(sent: str) -> CivicNumber:
    """Return the number without separators.

    Raises: ValueError, with a Swedish sentence, when it cannot be a number of a person.
    """
    text = re.sub(r"[\s+-]", "", sent).upper()
    if len(text) == 10 and text.isdigit():
        raise ValueError("personnumret har tio siffror, så århundradet är okänt")
    found = _ORDINARY.fullmatch(text)
    if found:
        if not luhn.is_valid(text[2:]):
            raise ValueError("personnumrets kontrollsiffra stämmer inte")
    else:
        found = _TEMPORARY.fullmatch(text)
    if not found:
        raise ValueError("personnumret har inte tolv tecken i rätt form")
    return CivicNumber(text, _birth_date(int(found[1]), int(found[2]), int(found[3])))


def _birth_date(year: int, month: int, day: int) -> date | None:
    if day > COORDINATION:
        day -= COORDINATION
        if month == 0 or day == 0:
            return None  # a coordination number may leave month and day open
    try:
        return date(year, month, day)
    except ValueError as error:
        raise ValueError("personnumret innehåller inget möjligt datum") from error
