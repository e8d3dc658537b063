"""Which subjects a class has in a week and how long the lessons are.

The amounts are ordinary ones for the stage and sum to about six lessons a day; no school's real timetable.
"""

from __future__ import annotations

LANGUAGE = "M2"  # the slot where a year's pupils split into language groups
LANGUAGE_FROM = 12  # the age of the first year with language choice
CLASS_TEACHER_UNTIL = 12  # one teacher has most subjects until the pupils are this old

# Subject codes as schools write them, lessons a week and minutes a lesson.
LOW = (
    ("SV", 8, 50), ("MA", 6, 50), ("EN", 1, 40), ("NO", 3, 50), ("SO", 3, 50), ("IDH", 3, 45), ("BL", 2, 50),
    ("MU", 2, 40), ("SL", 1, 60), ("TK", 1, 40),
)  # fmt: skip
MIDDLE = (
    ("SV", 6, 50), ("MA", 5, 50), ("EN", 3, 50), ("BI", 1, 50), ("FY", 1, 50), ("KE", 1, 50), ("TK", 1, 50),
    ("GE", 1, 50), ("HI", 1, 50), ("RE", 1, 50), ("SH", 1, 50), ("IDH", 3, 55), ("BL", 1, 60), ("MU", 2, 45),
    ("SL", 2, 60),
)  # fmt: skip
WITH_LANGUAGE = (("SV", 4, 50), *MIDDLE[1:], (LANGUAGE, 2, 50))
HIGH = (
    ("SV", 4, 55), ("MA", 4, 55), ("EN", 3, 55), (LANGUAGE, 3, 50), ("BI", 1, 60), ("FY", 1, 60),
    ("KE", 1, 60), ("TK", 1, 60), ("GE", 1, 60), ("HI", 1, 60), ("RE", 1, 60), ("SH", 2, 50),
    ("IDH", 3, 60), ("BL", 1, 60), ("MU", 1, 60), ("SL", 2, 70), ("HKK", 2, 70),
)  # fmt: skip
UPPER = (
    ("SV", 3, 75), ("EN", 3, 75), ("MA", 4, 75), ("SH", 2, 75), ("HI", 2, 75), ("IDH", 2, 80),
    ("PROG1", 4, 90), ("PROG2", 4, 90), ("PROG3", 3, 75),
)  # fmt: skip


def week_of(cohort: int) -> tuple[tuple[str, int, int], ...]:
    """Return (subject, lessons a week, minutes) for the year in which pupils turn that age.

    >>> sum(lessons for _, lessons, _ in week_of(14))
    32
    """
    if cohort <= 9:
        return LOW
    if cohort < LANGUAGE_FROM:
        return MIDDLE
    if cohort == LANGUAGE_FROM:
        return WITH_LANGUAGE
    return HIGH if cohort <= 15 else UPPER


def subjects_of(cohort: int) -> list[str]:
    """Return the subjects that a class of that age has together, language choice left out."""
    return [subject for subject, _, _ in week_of(cohort) if subject != LANGUAGE]
