"""Time passes: waiting signals get a place, answered ones come back, late ones are lifted."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import TypeVar

from django.db.models import Exists, OuterRef, Q

from samhandla.detect.actions.moves import follow_register
from samhandla.detect.models import (
    Answer,
    AnswerKind,
    GroupSignal,
    Inquiry,
    InquiryDecision,
    Signal,
    SignalState,
    StepTaken,
)
from samhandla.detect.queries.settings import loop_limits_for
from samhandla.detect.rules.inquiry import INQUIRY_DAYS
from samhandla.detect.rules.loop import LoopLimits, Waiting, choose_shown, day_after, monday_of, return_day
from samhandla.lib.schoolcalendar import add_school_days
from samhandla.people.queries import mentor_by_child, school_days_of
from samhandla.trust.audit import action, record
from samhandla.trust.events import EventKind
from samhandla.trust.viewer import Viewer

HORIZON = timedelta(days=250)
LOOK_BACK = timedelta(days=120)
Row = TypeVar("Row", Signal, GroupSignal)
COUNTED = (AnswerKind.DATA_ERROR, AnswerKind.ACT)  # the others rest until a day that somebody chose
RESTING = (SignalState.FOLLOWED, SignalState.KNOWN, SignalState.ACTED)


class SchoolDays:
    """The school days of each unit some months back and ahead, fetched once per unit."""

    def __init__(self, today: date) -> None:
        self._today = today
        self._days: dict[int, list[date]] = {}

    def of(self, unit_id: int) -> Sequence[date]:
        if unit_id not in self._days:
            self._days[unit_id] = school_days_of(
                unit_id, first=self._today - LOOK_BACK, last=self._today + HORIZON
            )
        return self._days[unit_id]


@action
def pass_time(*, by: Viewer, today: date, followed: bool = False) -> dict[str, int]:
    """Let a day begin: bring back, show, lift. Running it twice on a day changes nothing more.

    First it follows the register: who has moved, and who has a mentor today.
    The clock counts school days of the pupil's own unit, so it stands still in breaks.

    Args:
        followed: the register has been followed already, in the same transaction.
    """
    limits = loop_limits_for(by, on=today)
    days = SchoolDays(today)
    counts = {
        **({} if followed else follow_register(by=by, today=today)),
        "moved": _count_anew(by, today, limits, days),
        "found": _find_lost(by, today, limits, days),
        "returned": _bring_back(today, limits, days),
        "shown": _show(by, today, limits, days),
        "lifted": _lift(by, today),
        "groups": _time_groups(by, today, limits, days),
    }
    record(EventKind.RULES_RUN, by=by, details=counts)
    return counts


def _count_anew(by: Viewer, today: date, limits: LoopLimits, days: SchoolDays) -> int:
    """Move the last day of running clocks when the calendar or the limit has changed.

    A clock that began before the days that are fetched stays as it is: it ran out long ago.
    """
    since = {"clock_from__gte": today - LOOK_BACK}
    running = Signal.objects.filter(state=SignalState.OPEN, good_news=False, **since)
    moved = _moved(running, limits, days)
    Signal.objects.bulk_update(moved, ["due_on"], batch_size=500)
    groups = GroupSignal.objects.filter(authority_id=by.authority_id, state=SignalState.OPEN, **since)
    moved_groups = _moved(groups, limits, days)
    GroupSignal.objects.bulk_update(moved_groups, ["due_on"], batch_size=500)
    resting = (
        _count_steps_anew(today, days)
        + _count_inquiries_anew(today, days)
        + _count_answers_anew(today, limits, days)
        + _count_group_answers_anew(by, today, limits, days)
    )
    return len(moved) + len(moved_groups) + resting


def _moved(rows: Iterable[Row], limits: LoopLimits, days: SchoolDays) -> list[Row]:
    """Return the rows whose last day is another than it was, with the new one."""
    moved = []
    for row in rows:
        assert row.clock_from is not None  # the caller's filter
        due = add_school_days(days.of(row.unit_id), row.clock_from, limits.answer_days)
        if due != row.due_on:
            row.due_on = due
            moved.append(row)
    return moved


def _count_steps_anew(today: date, days: SchoolDays) -> int:
    """Do the same for the steps under way; the signal returns when its step should be done."""
    running = StepTaken.objects.filter(done_on=None, started_on__gte=today - LOOK_BACK)
    steps, signals = [], []
    for taken in running.select_related("step", "signal"):
        due = add_school_days(days.of(taken.unit_id), taken.started_on, taken.step.school_days)
        if due is None or due == taken.due_on:
            continue
        follows = taken.due_on is None or taken.signal.return_on == taken.due_on
        if taken.signal.state == SignalState.ACTED and follows:
            taken.signal.return_on = due
            signals.append(taken.signal)
        taken.due_on = due
        steps.append(taken)
    StepTaken.objects.bulk_update(steps, ["due_on"], batch_size=500)
    Signal.objects.bulk_update(signals, ["return_on"], batch_size=500)
    return len(steps)


def _count_inquiries_anew(today: date, days: SchoolDays) -> int:
    """Do the same for signals that rest while an inquiry is made, and that nothing later has moved."""
    open_ones = Inquiry.objects.filter(state=Inquiry.State.DRAFT, decision=InquiryDecision.OPEN)
    rows = open_ones.filter(signal__state=SignalState.ACTED, decided_on__gte=today - LOOK_BACK)
    answered_later = Answer.objects.filter(signal=OuterRef("signal"), on__gt=OuterRef("decided_on"))
    began_later = StepTaken.objects.filter(signal=OuterRef("signal"), started_on__gt=OuterRef("decided_on"))
    moved = []
    for inquiry in rows.exclude(Exists(answered_later)).exclude(Exists(began_later)).select_related("signal"):
        signal = inquiry.signal
        assert signal is not None
        assert inquiry.decided_on is not None  # both by the filter
        day = day_after(days.of(signal.unit_id), inquiry.decided_on, INQUIRY_DAYS)
        if day != signal.return_on:
            signal.return_on = day
            moved.append(signal)
    Signal.objects.bulk_update(moved, ["return_on"], batch_size=500)
    return len(moved)


def _count_answers_anew(today: date, limits: LoopLimits, days: SchoolDays) -> int:
    """Do the same for answers whose day was counted, not chosen: a fault in the data, or to act.

    Where a step or an inquiry is under way, that one says when the signal comes back.
    """
    resting = Signal.objects.filter(state__in=(SignalState.KNOWN, SignalState.ACTED))
    rows = resting.exclude(steps__in=StepTaken.objects.filter(done_on=None))
    fresh = {s.pk: s for s in rows.filter(Q(return_on=None) | Q(return_on__gte=today - LOOK_BACK))}
    opened = Inquiry.objects.filter(signal=OuterRef("signal"), decision=InquiryDecision.OPEN)
    held = opened.filter(Q(decided_on__gte=OuterRef("on")) | Q(finalised_on__gte=OuterRef("on")))
    answers = Answer.objects.filter(signal_id__in=fresh).annotate(held=Exists(held)).order_by("at", "pk")
    latest = {answer.signal_id: answer for answer in answers}
    moved = []
    for answer in latest.values():
        signal = fresh[answer.signal_id]
        if answer.held or answer.kind not in COUNTED or (signal.return_on and answer.on < today - LOOK_BACK):
            continue
        day = return_day(
            answer.kind, None, today=answer.on, school_days=days.of(signal.unit_id), limits=limits
        )
        if day != signal.return_on:
            signal.return_on = day
            moved.append(signal)
    Signal.objects.bulk_update(moved, ["return_on"], batch_size=500)
    return len(moved)


def _count_group_answers_anew(by: Viewer, today: date, limits: LoopLimits, days: SchoolDays) -> int:
    """Do the same for what principals have answered about classes, slots and units."""
    resting = GroupSignal.objects.filter(
        authority_id=by.authority_id, state__in=(SignalState.KNOWN, SignalState.ACTED), answer__in=COUNTED
    )
    moved = []
    for row in resting.filter(answered_at__isnull=False, clock_from__gte=today - LOOK_BACK):
        assert row.clock_from is not None  # the filter
        day = return_day(
            row.answer, None, today=row.clock_from, school_days=days.of(row.unit_id), limits=limits
        )
        if day != row.return_on:
            row.return_on = day
            moved.append(row)
    GroupSignal.objects.bulk_update(moved, ["return_on"], batch_size=500)
    return len(moved)


def _find_lost(by: Viewer, today: date, limits: LoopLimits, days: SchoolDays) -> int:
    """Give a day to what rests without one: it was answered where the calendar ended, and would rest on."""
    lost = list(Signal.objects.filter(state__in=RESTING, return_on=None))
    groups = list(GroupSignal.objects.filter(authority_id=by.authority_id, state__in=RESTING, return_on=None))
    every: list[Signal | GroupSignal] = [*lost, *groups]
    for row in every:
        row.return_on = day_after(days.of(row.unit_id), today, limits.error_days)
    Signal.objects.bulk_update(lost, ["return_on"], batch_size=500)
    GroupSignal.objects.bulk_update(groups, ["return_on"], batch_size=500)
    return len(lost) + len(groups)


def _bring_back(today: date, limits: LoopLimits, days: SchoolDays) -> int:
    """Open again what was followed, known or acted on until today; it does not count as new."""
    back = list(Signal.objects.filter(state__in=RESTING, return_on__lte=today))
    for signal in back:
        signal.state = SignalState.OPEN
        signal.return_on, signal.escalated_on, signal.clock_from = None, None, today
        signal.due_on = add_school_days(days.of(signal.unit_id), today, limits.answer_days)
    Signal.objects.bulk_update(
        back, ["state", "return_on", "escalated_on", "clock_from", "due_on"], batch_size=500
    )
    return len(back)


def _show(by: Viewer, today: date, limits: LoopLimits, days: SchoolDays) -> int:
    shown = Signal.objects.filter(good_news=False, shown_on__gte=monday_of(today), shown_on__lte=today)
    shown = shown.exclude(closed_why=Signal.Ending.MOVED)  # it took a place at another unit's mentor
    queued = Signal.objects.filter(state=SignalState.QUEUED).prefetch_related("reasons")
    rows = {s.pk: s for s in queued}
    if not rows:
        return 0
    places = [*shown.values_list("child_id", flat=True)]
    mentors = mentor_by_child(by, on=today, children={*places, *(s.child_id for s in rows.values())})
    used = Counter(mentors[child] for child in places if child in mentors)
    by_list: dict[int, list[Waiting]] = defaultdict(list)
    for signal in rows.values():
        rules = frozenset(r.rule for r in signal.reasons.all())
        # Without a mentor the principal of the unit owns the list; its number cannot meet a mentor's.
        place = mentors.get(signal.child_id, -signal.unit_id)
        by_list[place].append(Waiting(signal.pk, place, signal.opened_on, rules))
    chosen = [rows[i] for waiting in by_list.values() for i in choose_shown(waiting, used, limits)]
    for signal in chosen:
        signal.state, signal.shown_on, signal.clock_from = SignalState.OPEN, today, today
        signal.due_on = add_school_days(days.of(signal.unit_id), today, limits.answer_days)
    Signal.objects.bulk_update(chosen, ["state", "shown_on", "clock_from", "due_on"], batch_size=500)
    return len(chosen)


def _lift(by: Viewer, today: date) -> int:
    """Lift what nobody has answered in time to the principal, once."""
    late = list(
        Signal.objects.filter(state=SignalState.OPEN, due_on__lt=today, escalated_on=None, good_news=False)
    )
    for signal in late:
        signal.escalated_on = today
        record(
            EventKind.SIGNAL_ESCALATED,
            by=by,
            child_id=signal.child_id,
            unit_id=signal.unit_id,
            domain_id=signal.domain_id,
            about=signal,
        )
    Signal.objects.bulk_update(late, ["escalated_on"], batch_size=500)
    return len(late)


def _time_groups(by: Viewer, today: date, limits: LoopLimits, days: SchoolDays) -> int:
    rows = list(
        GroupSignal.objects.filter(authority_id=by.authority_id, state__in=RESTING, return_on__lte=today)
    )
    for row in rows:
        row.state, row.return_on = SignalState.OPEN, None
    fresh = list(
        GroupSignal.objects.filter(authority_id=by.authority_id, state=SignalState.OPEN, due_on=None)
    )
    for row in fresh + rows:
        row.clock_from = today
        row.due_on = add_school_days(days.of(row.unit_id), today, limits.answer_days)
    GroupSignal.objects.bulk_update(
        [*rows, *fresh], ["state", "return_on", "clock_from", "due_on"], batch_size=500
    )
    return len(rows)
