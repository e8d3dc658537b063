"""What makes a step of the närvarotrappa be proposed, said with its numbers. Nothing begins by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

# Kind → lowest and highest value: school days, per cent. The other kinds take none.
VALUES = {"after_step": (0, 60), "absence": (1, 100)}
KINDS = ("signal", "after_step", "absence", "new_spell", "principal")


@dataclass(frozen=True)
class Day:
    """One day of a pupil's attendance, in minutes."""

    date: date
    offered: int
    absent: int


@dataclass(frozen=True)
class Facts:
    """What is known of a pupil whose signal waits for an answer.

    Args:
        opened_on: when the signal came; `step_on`: when its latest step was done, None before the first.
        school_days: school days after the latest step, else after the signal came, until today.
        share: absent minutes of offered ones in the last four weeks, None where nothing was offered.
        again_on: the first day away after a day in school, after the latest step or the signal; None without.
    """

    opened_on: date
    step_on: date | None
    school_days: int
    share: float | None
    again_on: date | None


def is_met(kind: str, value: int | None, facts: Facts) -> bool:
    """Tell whether a step's trigger has happened. The principal's own choice never has, for a machine.

    >>> facts = Facts(date(2026, 9, 1), None, 4, 0.2, None)
    >>> is_met("signal", None, facts), is_met("after_step", 5, facts), is_met("absence", 15, facts)
    (True, False, True)
    """
    if kind == "signal":
        return True
    if kind == "after_step":
        return facts.school_days >= (value or 0)
    if kind == "absence":
        return facts.share is not None and facts.share * 100 > (value or 0)
    return kind == "new_spell" and facts.again_on is not None


def allows(kind: str, value: int | None) -> bool:
    """Tell whether a value belongs to a kind of trigger and lies within its range.

    >>> allows("absence", 15), allows("absence", None), allows("signal", 3), allows("sunday", None)
    (True, False, False, False)
    """
    if kind not in VALUES:
        return kind in KINDS and value is None
    low, high = VALUES[kind]
    return value is not None and low <= value <= high


def share_of(days: Sequence[Day]) -> float | None:
    """Return the share of offered minutes that were absence, None where nothing was offered."""
    offered = sum(day.offered for day in days)
    return sum(day.absent for day in days) / offered if offered else None


def away_again(days: Sequence[Day], after: date) -> date | None:
    """Return the first day away after `after` that follows a day wholly in school.

    An absence that only goes on is not a new one. Days on which nothing was offered are passed over.

    Args:
        days: in order of date.
    """
    before_in_school = False
    for day in days:
        if not day.offered:
            continue
        if day.absent and before_in_school and day.date > after:
            return day.date
        before_in_school = not day.absent
    return None
