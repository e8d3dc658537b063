"""Which paragraph a pupil's signal leads to. The law gives no percentage; it names the duty."""

from __future__ import annotations

from datetime import date

from samhandla.detect.rules.declare import COMPULSORY, UPPER_SECONDARY

INQUIRY = "skollagen_7_19a"
UPPER_SECONDARY_NOTICE = "skollagen_15_15_16"
PUPIL_ALONE = "skollagen_15_15_16_myndig"
NO_SIGNAL = ""
OF_AGE = 18


def legal_route(form: str, birth: date | None, as_of: date) -> str:
    """Return the legal route of a signal about a pupil, empty where no signal may be raised.

    From the 18th birthday the notice goes to the pupil alone. A pupil in upper secondary school
    whose birth date is unknown is treated as under age for the route; who may be told is decided
    by the register, never here.

    >>> legal_route("GR", None, date(2026, 1, 8))
    'skollagen_7_19a'

    Source: skollagen (2010:800) 7 kap. 19 a §, 15 kap. 15–16 §§; domain.md B1, T24; checked 2026-11-22.
    """
    if form in COMPULSORY:
        return INQUIRY
    if form not in UPPER_SECONDARY:
        return NO_SIGNAL
    return PUPIL_ALONE if birth is not None and is_of_age(birth, as_of) else UPPER_SECONDARY_NOTICE


def is_of_age(birth: date, day: date) -> bool:
    """Tell whether somebody born on `birth` has turned 18 on `day`."""
    return (day.year - birth.year, day.month, day.day) >= (OF_AGE, birth.month, birth.day)
