"""Decisions of the register: data and dates in, verdict and reasons out."""

from __future__ import annotations

from calendar import isleap
from datetime import date

ADULT_AGE = 18
OWN_RIGHT_IN_SCHOOL_AGE = 16  # skollagen 29 kap. 12 §

# Rights follow the kind; god man, familjehem, umgängesförälder, "annan" and unknown have none here.
# Source: föräldrabalken 6 kap.; domain reference T25.
KINDS_WITH_RIGHTS = ("vardnadshavare", "sarskilt_forordnad")

COMPULSORY_FORMS = frozenset({"FKLASS", "GR", "GRS", "SP", "SAM"})
UPPER_SECONDARY_FORMS = frozenset({"GY", "GYS"})


def birthday(born: date, age: int) -> date:
    """Return the day somebody turns `age`; a leap-day child's is 28 February in ordinary years.

    Source: lag (1930:173) om beräkning av lagstadgad tid 1 § (no such day in the month: its last day), mark P.

    >>> birthday(date(2008, 2, 29), 18)
    datetime.date(2026, 2, 28)
    """
    year = born.year + age
    if (born.month, born.day) == (2, 29) and not isleap(year):
        return date(year, 2, 28)
    return born.replace(year=year)


def age_on(born: date, day: date) -> int:
    """Return the age in whole years on a day.

    >>> age_on(date(2010, 5, 2), date(2026, 5, 1))
    15
    """
    age = day.year - born.year
    return age if birthday(born, age) <= day else age - 1


def guardian_rights(kind: str, born: date | None, day: date) -> bool:
    """Tell whether a guardianship gives rights on a day: by its kind, and only until the child is 18.

    Without a date of birth nobody knows, and nobody gets rights.
    """
    return kind in KINDS_WITH_RIGHTS and born is not None and day < birthday(born, ADULT_AGE)


def speaks_for_self(born: date | None, day: date) -> bool:
    """Tell whether the pupil speaks for itself in school matters.

    Source: skollagen 29 kap. 12 § (16 years).
    """
    return born is not None and day >= birthday(born, OWN_RIGHT_IN_SCHOOL_AGE)


def is_adult(born: date | None, day: date) -> bool:
    return born is not None and day >= birthday(born, ADULT_AGE)


def strictest(markings: list[str]) -> str:
    """Return the strictest marking among a child, its guardians and its siblings; none given is unknown."""
    order = ("protected", "marked", "unknown", "none")
    return min(markings, key=order.index) if markings else "unknown"
