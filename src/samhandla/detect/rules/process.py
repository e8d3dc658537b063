"""How the way of working goes in a unit: answers in time, and why it is not used. Never about a person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from samhandla.lib.schoolcalendar import school_days_between

PERIOD = timedelta(days=56)
OLD_DATA = timedelta(days=7)
OLD_MEETING = timedelta(days=45)
FEWEST = 10


@dataclass(frozen=True)
class Shown:
    """A signal: the day it was shown, and the day of its first answer."""

    shown_on: date
    answered_on: date | None


def answered_in_time(
    signals: Iterable[Shown], days: Sequence[date], *, today: date, answer_days: int
) -> tuple[int, int]:
    """Return how many signals should have been answered by now, and how many were in time.

    Args:
        days: the unit's school days in order.

    >>> week = [date(2026, 9, 7) + timedelta(days=n) for n in range(5)]
    >>> answered_in_time([Shown(week[0], week[1]), Shown(week[0], None)], week, today=week[4], answer_days=2)
    (2, 1)
    """
    due = in_time = 0
    for signal in signals:
        until = signal.answered_on or today
        taken = school_days_between(days, signal.shown_on, until)
        if signal.answered_on is not None:
            due += 1
            in_time += taken <= answer_days
        elif taken > answer_days:
            due += 1
    return due, in_time


def why_not_used(counts: Mapping[str, Any], *, today: date) -> list[str]:
    """Return codes for why the way of working is not in use in a unit, from its tally; empty when it is.

    Codes: no_data, old_data, nobody_answers, late_answers, long_queue, no_guidance.
    """
    codes = []
    data_to = counts.get("data_to")
    if data_to is None:
        return ["no_data"]
    if date.fromisoformat(data_to) < today - OLD_DATA:
        codes.append("old_data")
    due = counts["due"]
    if due >= FEWEST and not counts["answered"]:
        codes.append("nobody_answers")
    elif due >= FEWEST and counts["in_time"] < due / 2:
        codes.append("late_answers")
    if counts["queued"] >= FEWEST:
        codes.append("long_queue")
    held = counts.get("guidance_on")
    if held is None or date.fromisoformat(held) < today - OLD_MEETING:
        codes.append("no_guidance")
    return codes
