"""Swedish personal numbers: personnummer, samordningsnummer, tillfälligt nummer."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from stdnum import luhn
from stdnum.exceptions import ValidationError

from samhandla.lib.i18n import N_

COORDINATION_DAY = 60
_SHAPE = re.compile(r"^(\d{8}|\d{6})([-+]?)([0-9A-Z]{4})$")
_TEMPORARY = re.compile(r"^(\d{8})[A-Z]{2}\d{2}$")


class PersonnummerError(ValueError):
    """The text is not a number of a person."""


@dataclass(frozen=True)
class Personnummer:
    """A checked number: twelve characters, its kind, the date of birth it says."""

    number: str
    kind: str
    birth_date: date | None


def parse_personnummer(text: str, *, today: date | None = None) -> Personnummer:
    """Return a number in the one form it is stored in: twelve characters, no separator.

    Args:
        today: decides the century of a ten-digit number with '-' or without a sign.
    Raises:
        PersonnummerError: wrong shape, impossible date or wrong check digit.
    Source: SKV 704; temporary numbers (two letters after the date) as school registers use them.

    >>> parse_personnummer("20130101-TF01").kind
    'tillfalligt'
    """
    cleaned = text.strip().upper().replace(" ", "").replace("\u2013", "-").replace("\u2212", "-")
    if not _SHAPE.match(cleaned):
        raise PersonnummerError(N_("Numret ska ha formen ÅÅÅÅMMDD-NNNN."))
    temporary = cleaned.replace("-", "")
    if _TEMPORARY.match(temporary):
        return Personnummer(temporary, "tillfalligt", _birth_date(temporary))
    digits = _twelve_digits(cleaned, today or date.today())  # noqa: DTZ011 - only picks a century
    day = int(digits[6:8])
    plain = digits if day <= COORDINATION_DAY else f"{digits[:6]}{day - COORDINATION_DAY:02}{digits[8:]}"
    born = _birth_date(plain)
    try:
        luhn.validate(digits[2:])
    except ValidationError:
        raise PersonnummerError(N_("Kontrollsiffran stämmer inte.")) from None
    kind = "samordningsnummer" if day > COORDINATION_DAY else "personnummer"
    return Personnummer(digits, kind, born)


def _birth_date(digits: str) -> date:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8]))
    except ValueError:
        raise PersonnummerError(N_("Datumet i numret finns inte.")) from None


def _twelve_digits(cleaned: str, today: date) -> str:
    sign = cleaned[-5] if cleaned[-5] in "-+" else ""
    digits = cleaned.replace("-", "").replace("+", "")
    if not digits.isdigit():
        raise PersonnummerError(N_("Numret får bara ha bokstäver när det är ett tillfälligt nummer."))
    if len(digits) == 12:
        return digits
    century = today.year // 100
    year = int(digits[:2])
    if century * 100 + year > today.year:
        century -= 1
    if sign == "+":
        century -= 1
    return f"{century}{digits}"
