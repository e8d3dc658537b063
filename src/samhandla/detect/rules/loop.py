"""Decisions of the loop: who is shown when, by when an answer is due, which answers are allowed."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from samhandla.lib.schoolcalendar import add_school_days

# Rules whose pupils never wait for a place on a mentor's list: the child is hardly in school at all.
AT_ONCE = frozenset({"long", "near_zero"})
GOOD_NEWS = frozenset({"recovered", "held"})


@dataclass(frozen=True)
class LoopLimits:
    """Local limits of the loop, all set by people.

    Attributes:
        new_per_mentor_week: new pupils on one mentor's list in a week.
        answer_days: school days to a ställningstagande.
        known_days: the longest "känt – hanteras", in school days.
        follow_days: the longest "följs till", in school days.
        error_days: school days for a fault in the data to be mended before the signal comes back.
        notice_days: school days until a notice of absence should have been answered by its receiver; the
            law says promptly (skollagen 7 kap. 19 a §, 22 §), the number is ours.
    """

    new_per_mentor_week: int = 2
    answer_days: int = 5
    known_days: int = 20
    follow_days: int = 40
    error_days: int = 10
    notice_days: int = 5


@dataclass(frozen=True)
class Waiting:
    """A pupil's signal that waits for a place: since when, at whose list, with which rules."""

    signal_id: int
    mentor_id: int
    opened_on: date
    rules: frozenset[str]


def choose_shown(
    waiting: Iterable[Waiting], shown_this_week: Mapping[int, int], limits: LoopLimits
) -> list[int]:
    """Return which waiting signals are shown now: oldest first, at most so many per mentor and week.

    Pupils who are hardly in school are shown at once, above the limit; nobody is ranked otherwise.

    Args:
        shown_this_week: how many new pupils each mentor has had since Monday.
    """
    taken = dict(shown_this_week)
    chosen = []
    for item in sorted(waiting, key=lambda w: (w.opened_on, w.signal_id)):
        used = taken.get(item.mentor_id, 0)
        if used < limits.new_per_mentor_week or item.rules & AT_ONCE:
            chosen.append(item.signal_id)
            taken[item.mentor_id] = used + 1
    return chosen


@dataclass(frozen=True)
class Step:
    """A step of the närvarotrappa as a decision needs it; no forms means all school forms."""

    number: int
    forms: tuple[str, ...]
    with_guardian: bool


def next_step(steps: Iterable[Step], taken: Container[int], *, form: str, adult: bool) -> Step | None:
    """Return the first step that a pupil has not had and that is meant for the pupil.

    A step in another school form is passed over, and one that turns to guardians when the pupil is
    of age: the school may then not tell them without the pupil's own yes.

    Source: föräldrabalken 9 kap. 1 § (18 years); domain reference T24.
    """
    for step in sorted(steps, key=lambda s: s.number):
        meant = not step.forms or form in step.forms
        if step.number not in taken and meant and not (step.with_guardian and adult):
            return step
    return None


def monday_of(day: date) -> date:
    """Return the Monday of a day's week.

    >>> monday_of(date(2026, 11, 22))
    datetime.date(2026, 11, 16)
    """
    return day - timedelta(days=day.weekday())


def check_answer(
    kind: str,
    reason: str,
    until: date | None,
    *,
    today: date,
    school_days: Sequence[date],
    limits: LoopLimits,
    since: date | None = None,
) -> list[str]:
    """Return what is wrong with a ställningstagande, as codes; empty when it may be recorded.

    Codes: reason_missing, until_missing, until_past, until_far (with the limit of its kind).

    Args:
        since: for an answer that is changed, the day of the first one: the longest time counts from there,
            so that nobody rests for ever by changing.
    """
    problems = [] if reason.strip() else ["reason_missing"]
    if kind not in ("follow", "known"):
        return problems
    if until is None:
        return [*problems, "until_missing"]
    if until <= today:
        return [*problems, "until_past"]
    longest = limits.known_days if kind == "known" else limits.follow_days
    last = add_school_days(school_days, since or today, longest)
    if last is not None and until > last:
        problems.append("until_far")
    return problems


def return_day(
    kind: str, until: date | None, *, today: date, school_days: Sequence[date], limits: LoopLimits
) -> date | None:
    """Return when an answered signal comes back to be looked at again.

    None only for a kind that needs `until` and has none.
    """
    if kind in ("follow", "known"):
        return until
    days = limits.error_days if kind == "data_error" else limits.answer_days
    return day_after(school_days, today, days)


def day_after(school_days: Sequence[date], start: date, count: int) -> date:
    """Return the day `count` school days after `start`; by the weekdays where the calendar ends before.

    Next school year is often not set yet: a day that is nearly right brings the signal back, none never.

    >>> day_after([], date(2026, 6, 8), 10)
    datetime.date(2026, 6, 22)
    """
    weeks_of_five = timedelta(days=-(-count * 7 // 5))
    return add_school_days(school_days, start, count) or start + weeks_of_five
