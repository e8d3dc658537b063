"""What can be turned up, down and off in a simulated year; the defaults are an ordinary year."""

from __future__ import annotations

from dataclasses import dataclass

# The ways in which a problem can start. Each name is a value of the truth table.
SHAPES = (
    "step",  # from one day to the next, several days lost each week
    "slide",  # slowly more over one to three months
    "spells",  # one to three days away again and again
    "weekday",  # one day of the week
    "lessons_then_days",  # first single subjects, weeks later whole days
    "after_holiday",  # does not come back after a break; afterwards away after weekends and breaks
    "near_zero",  # within two weeks hardly ever in school
    "late",  # late more and more often and by more
    "not_taking_part",  # in the room, but not in the teaching
)
FAULTS = (
    "unreported_teacher", "unreported_school", "one_code", "late_corrections", "code_never_used",
    "weekend_events", "duplicates",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Settings:
    """How much of everything the year holds; 1.0 is an ordinary year and 0.0 takes the thing away.

    Args:
        faults: which data-entry faults are made; empty gives clean data.
        codes: no means that the source does not tell valid from invalid, everything is stored as valid.
        invalid_illness: probability that an ordinary day of illness lacks an accepted reason.
        invalid_problem: mean probability of that for a day lost to a problem (families differ around it).
        invalid_lesson: mean probability of that for a single lesson skipped.
        shapes: the ways in which problems may start.
        new_problems: scale of how many pupils get a problem that starts during the year.
        standing_problems: scale of how many pupils come to the year with high absence.
        illness, waves, skipping, lateness, weekday_effects: scales of ordinary absence and its parts.
    """

    faults: tuple[str, ...] = FAULTS
    codes: bool = True
    invalid_illness: float = 0.03
    invalid_problem: float = 0.35
    invalid_lesson: float = 0.6
    shapes: tuple[str, ...] = SHAPES
    new_problems: float = 1.0
    standing_problems: float = 1.0
    illness: float = 1.0
    waves: float = 1.0
    skipping: float = 1.0
    lateness: float = 1.0
    weekday_effects: float = 1.0
