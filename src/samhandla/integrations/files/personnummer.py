"""Personal, coordination and temporary numbers: brought to 12 characters and checked."""

from __future__ import annotations

import re
from datetime import date

from stdnum import luhn
from stdnum.exceptions import ValidationError

from samhandla.integrations.files.values import BadValue
from samhandla.lib.i18n import N_

COORDINATION_DAYS = 60
PLAIN = re.compile(r"(\d{6}|\d{8})([-+ ]?)(\d{4})")
TEMPORARY = re.compile(r"(\d{8})[- ]?([A-ZÅÄÖ]{2}\d{2}|[A-ZÅÄÖ]\d{3})")


def normalise_personnummer(text: str, today: date) -> str:
    """Bring a number to the 12 characters YYYYMMDDNNNN and check it.

    Coordination numbers have 60 added to the day; temporary numbers have letters after the
    date and no check digit. The reasons never repeat the number.

    Args:
        today: decides the century of a number written with 10 digits.

    Raises:
        BadValue: wrong length, no such day, or a check digit that does not fit.

    Source: Skatteverket's rules as gathered in SS 12000's description of civicNo.

    >>> normalise_personnummer("20130101-TF01", date(2026, 1, 1))
    '20130101TF01'
    """
    written = text.strip().upper()
    if temporary := TEMPORARY.fullmatch(written):
        _check_day(temporary[1])
        return temporary[1] + temporary[2]
    found = PLAIN.fullmatch(written)
    if not found:
        raise BadValue(_why_not(written))
    number = (found[1] if len(found[1]) == 8 else _with_century(found[1], found[2], today)) + found[3]
    _check_day(number[:8])
    try:
        luhn.validate(number[2:])
    except ValidationError as error:
        raise BadValue(N_("Personnumrets kontrollsiffra stämmer inte.")) from error
    return number


def birth_date(number: str) -> date:
    """The day of birth in a checked number."""
    day = int(number[6:8])
    return date(
        int(number[:4]), int(number[4:6]), day - COORDINATION_DAYS if day > COORDINATION_DAYS else day
    )


def _with_century(six: str, sign: str, today: date) -> str:
    century = today.year // 100 * 100
    day = int(six[4:6])
    plain_day = day - COORDINATION_DAYS if day > COORDINATION_DAYS else day
    born = (century + int(six[:2]), int(six[2:4]), plain_day)
    if born > (today.year, today.month, today.day):
        century -= 100
    if sign == "+":
        century -= 100
    return f"{century // 100}{six}"


def _check_day(eight: str) -> None:
    try:
        birth_date(eight)
    except ValueError as error:
        raise BadValue(N_("Personnumrets datum finns inte.")) from error


def _why_not(written: str) -> str:
    digits = re.sub(r"\D", "", written)
    if re.fullmatch(r"\d([.,]\d+)?E\+?\d+", written):
        return N_(
            "Personnumret har blivit avrundat i Excel. Formatera kolumnen som text och hämta filen på nytt."
        )
    if digits == written and len(digits) in {8, 9}:
        return N_("Personnumret har tappat nollan i början. Formatera kolumnen som text i Excel.")
    return N_("Personnumret ska ha 10 eller 12 siffror.")
