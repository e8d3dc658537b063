"""Ställningstagande, contact notes, ladder steps, participation marks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from samhandla.detect.actions.clock import SchoolDays
from samhandla.detect.errors import AnswerRefused, Conflict, NoSchool, NotYours, OthersStep
from samhandla.detect.models import (
    Answer,
    AnswerEffort,
    AnswerKind,
    ContactNote,
    GroupSignal,
    GroupWatch,
    LadderStep,
    ParticipationMark,
    Signal,
    SignalState,
    StepTaken,
    Watch,
)
from samhandla.detect.queries.changes import latest_answer_for, may_change, rests_by_answer
from samhandla.detect.queries.pupil import has_school
from samhandla.detect.queries.settings import list_ladder_for, loop_limits_for
from samhandla.detect.queries.steps import takes
from samhandla.detect.queries.units import PRINCIPALS, unit_ids_for
from samhandla.detect.rules.loop import Step, check_answer, monday_of, next_step, return_day
from samhandla.lib.schoolcalendar import add_school_days
from samhandla.people.models import Child, Organisation, Term
from samhandla.people.queries import form_of_child
from samhandla.people.rules import is_adult
from samhandla.trust.audit import action, record
from samhandla.trust.events import EventKind
from samhandla.trust.viewer import Viewer

STATE_AFTER = {
    AnswerKind.ACT: SignalState.ACTED,
    AnswerKind.FOLLOW: SignalState.FOLLOWED,
    AnswerKind.KNOWN: SignalState.KNOWN,
    AnswerKind.DATA_ERROR: SignalState.KNOWN,
}
ANSWERED = ("answer_reason", "answered_by", "answered_at")
LONGEST_EFFORT = 3600  # seconds; a page left open over lunch says nothing about the work


def _lock(signal_id: int) -> Signal:
    """Return the signal, locked, so that two answers at once become one answer and one clear message."""
    signal = Signal.objects.select_for_update().filter(pk=signal_id).first()
    if signal is None:
        raise NotYours
    return signal


def _about(signal: Signal) -> dict[str, Any]:
    return {"child_id": signal.child_id, "unit_id": signal.unit_id, "domain_id": signal.domain_id}


@action
def answer_signal(
    *,
    by: Viewer,
    signal_id: int,
    kind: str,
    reason: str,
    today: date,
    until: date | None = None,
    begins: bool = False,
    seconds: int | None = None,
    clicks: int | None = None,
) -> Answer:
    """Record a ställningstagande. It is the only way off the list, and it is never a formal decision.

    Args:
        begins: the answerer takes the step that follows, instead of handing it over to whose it is.
        seconds, clicks: how much the answer took; kept per unit and week only, never per person.
    Raises:
        NotYours: no such signal for the viewer.
        Conflict: somebody else has answered it.
        AnswerRefused: reason or date is missing or out of bounds.
        OthersStep: `begins`, and the step is another role's; nothing is recorded.
    """
    signal = _lock(signal_id)
    # A pupil who still waits for a place may be answered too: by the team or the principal.
    if signal.state not in (SignalState.OPEN, SignalState.QUEUED) or signal.good_news:
        raise Conflict
    limits = loop_limits_for(by, on=today)
    days = SchoolDays(today).of(signal.unit_id)
    problems = check_answer(kind, reason, until, today=today, school_days=days, limits=limits)
    if problems:
        raise AnswerRefused(problems)
    answer = Answer.objects.create(
        **_about(signal),
        signal=signal,
        kind=kind,
        reason=reason.strip(),
        until=until,
        by_id=by.actor_id,
        on=today,
    )
    signal.state = STATE_AFTER[AnswerKind(kind)]
    signal.return_on = return_day(kind, until, today=today, school_days=days, limits=limits)
    signal.due_on = None
    if kind == AnswerKind.ACT:
        step = _start_next_step(by, signal, today, days)
        if begins and step is not None and not takes(by, step.role):
            raise OthersStep(step.name, step.role)
    signal.save(update_fields=["state", "return_on", "due_on"])
    _keep_effort(signal, today, seconds, clicks)
    record(EventKind.ANSWER_GIVEN, by=by, **_about(signal), about=answer, details={"kind": kind})
    return answer


@action
def change_answer(
    *, by: Viewer, signal_id: int, kind: str, reason: str, today: date, until: date | None = None
) -> Answer:
    """Record that a ställningstagande is thought better of before its day; the earlier one stays as history.

    A step that the earlier answer began, and that nobody has finished, is taken back when the new one is
    not to act. What is counted in school days counts from today; the longest time to follow, from the first
    answer.

    Raises:
        NotYours: no such signal for the viewer, or neither the viewer's answer nor the viewer's signal.
        Conflict: it waits for an answer again, is closed, or rests while an inquiry is made.
        AnswerRefused: as `answer_signal`, and `unchanged` when nothing is another.
    """
    signal = _lock(signal_id)
    earlier = latest_answer_for(by, signal)
    if earlier is None or not rests_by_answer(signal):
        raise Conflict
    if not may_change(by, signal, earlier, today=today):
        raise NotYours
    limits = loop_limits_for(by, on=today)
    days = SchoolDays(today).of(signal.unit_id)
    since = _first_of(earlier).on
    problems = check_answer(kind, reason, until, today=today, school_days=days, limits=limits, since=since)
    if (kind, reason.strip(), until) == (earlier.kind, earlier.reason, earlier.until):
        problems.append("unchanged")
    if problems:
        raise AnswerRefused(problems)
    answer = Answer.objects.create(
        **_about(signal), signal=signal, kind=kind, reason=reason.strip(), until=until, by_id=by.actor_id,
        on=today, replaces=earlier,
    )  # fmt: skip
    signal.state = STATE_AFTER[AnswerKind(kind)]
    if kind != AnswerKind.ACT:
        signal.return_on = return_day(kind, until, today=today, school_days=days, limits=limits)
        StepTaken.objects.filter(signal=signal, done_on=None, started_on__gte=since).delete()
    elif earlier.kind != AnswerKind.ACT:
        signal.return_on = return_day(kind, until, today=today, school_days=days, limits=limits)
        _start_next_step(by, signal, today, days)
    signal.save(update_fields=["state", "return_on"])
    record(EventKind.ANSWER_CHANGED, by=by, **_about(signal), about=answer, details={"kind": kind})
    return answer


def _first_of(answer: Answer) -> Answer:
    """Return the answer that began the resting that a changed one prolongs."""
    while answer.replaces is not None:
        answer = answer.replaces
    return answer


def _start_next_step(by: Viewer, signal: Signal, today: date, days: Sequence[date]) -> LadderStep | None:
    """Open the next step of the närvarotrappa that this signal has not had, with its own clock.

    Returns: the step that is open now; None when there is none to take.
    """
    going = StepTaken.objects.filter(signal=signal, done_on=None).select_related("step").first()
    if going is not None:
        return going.step
    taken = set(StepTaken.objects.filter(signal=signal).values_list("step__number", flat=True))
    ladder = {row.number: row for row in list_ladder_for(by, on=today)}
    chosen = next_step(
        (Step(row.number, tuple(row.forms), row.with_guardian) for row in ladder.values()),
        taken,
        form=form_of_child(by, signal.child_id, on=today),
        adult=is_adult(signal.child.birth_date, today),
    )
    if chosen is None:
        return None
    step = ladder[chosen.number]
    due = add_school_days(days, today, step.school_days)
    StepTaken.objects.create(**_about(signal), signal=signal, step=step, started_on=today, due_on=due)
    signal.return_on = due or signal.return_on
    return step


def _keep_effort(signal: Signal, today: date, seconds: int | None, clicks: int | None) -> None:
    if seconds is not None and clicks is not None and 0 < seconds <= LONGEST_EFFORT:
        AnswerEffort.objects.create(
            unit_id=signal.unit_id, week=monday_of(today), seconds=seconds, clicks=min(clicks, 1000)
        )


@action
def note_contact(
    *,
    by: Viewer,
    signal_id: int,
    kind: str,
    today: date,
    chips: Sequence[str] = (),
    words: str = "",
) -> ContactNote:
    """Note that somebody talked with the pupil. It does not take the signal off the list."""
    signal = _lock(signal_id)
    note = ContactNote.objects.create(
        **_about(signal),
        signal=signal,
        kind=kind,
        chips=list(chips),
        words=words.strip(),
        by_id=by.actor_id,
        on=today,
    )
    record(EventKind.CONTACT_NOTED, by=by, **_about(signal), about=note, details={"kind": kind})
    return note


@action
def finish_step(*, by: Viewer, step_id: int, solved: bool, today: date, note: str = "") -> StepTaken:
    """Record that a ladder step is done: solved closes the signal under a quiet watch, else it comes back.

    Raises:
        NotYours: no such step for the viewer, or it is another role's to finish.
        Conflict: it is done already.
    """
    rows = StepTaken.objects.select_for_update(of=("self",)).select_related("step")
    taken = rows.filter(pk=step_id).first()
    if taken is None or not takes(by, taken.step.role):
        raise NotYours
    if taken.done_on is not None:
        raise Conflict
    signal = _lock(taken.signal_id)
    taken.done_on, taken.done_by_id, taken.solved, taken.note = today, by.actor_id, solved, note.strip()
    taken.done_at = timezone.now()
    taken.save(update_fields=["done_on", "done_at", "done_by", "solved", "note"])
    if solved:
        _close(signal, today)
        _watch_over(signal, today)
    else:
        signal.state, signal.return_on, signal.clock_from = SignalState.OPEN, None, today
        limits = loop_limits_for(by, on=today)
        signal.due_on = add_school_days(SchoolDays(today).of(signal.unit_id), today, limits.answer_days)
        signal.save(update_fields=["state", "return_on", "clock_from", "due_on"])
    record(EventKind.STEP_DONE, by=by, **_about(signal), about=taken, details={"solved": solved})
    return taken


def _close(signal: Signal, today: date) -> None:
    signal.state, signal.closed_on = SignalState.CLOSED, today
    signal.due_on = signal.return_on = None
    signal.save(update_fields=["state", "closed_on", "due_on", "return_on"])


def _watch_over(signal: Signal, today: date) -> None:
    """Keep a quiet watch for a term."""
    until = _watch_end(signal.unit, today)
    Watch.objects.create(**_about(signal), signal=signal, from_date=today, until=until)


def _watch_end(unit: Organisation, today: date) -> date:
    """Return the end of the next term, or half a year ahead where no calendar reaches."""
    ids, above = [unit.pk], unit.parent
    while above is not None:
        ids.append(above.pk)
        above = above.parent
    ends = Term.objects.filter(valid_to__gt=today, organisation_id__in=ids).order_by("valid_to")
    dates = [t.valid_to for t in ends[:2] if t.valid_to]
    return dates[-1] if dates else today + timedelta(days=182)


@action
def tell_good_news(*, by: Viewer, signal_id: int, today: date) -> Signal:
    """Record that the pupil has been told that it goes the right way."""
    signal = _lock(signal_id)
    if not signal.good_news or signal.state == SignalState.CLOSED:
        raise Conflict
    note = ContactNote.objects.create(
        **_about(signal),
        signal=signal,
        kind=ContactNote.Kind.TALK,
        chips=["good_news"],
        by_id=by.actor_id,
        on=today,
    )
    _close(signal, today)
    record(EventKind.CONTACT_NOTED, by=by, **_about(signal), about=note, details={"kind": "good_news"})
    return signal


@action
def mark_participation(*, by: Viewer, child: Child, domain_id: int, on: date) -> ParticipationMark:
    """Mark that a pupil was in the room but not taking part; apart from attendance, never a judgement.

    Raises:
        NoSchool: the pupil's unit has no school that day.
        Conflict: the viewer has marked it already.
    """
    if not has_school(child.unit_id, on):
        raise NoSchool
    same = ParticipationMark.objects.filter(child=child, domain_id=domain_id, on=on, by_id=by.actor_id)
    if same.exists():
        raise Conflict
    mark = ParticipationMark.objects.create(
        child=child, domain_id=domain_id, unit_id=child.unit_id, on=on, by_id=by.actor_id
    )
    record(
        EventKind.PARTICIPATION_MARKED,
        by=by,
        child_id=child.pk,
        unit_id=child.unit_id,
        domain_id=domain_id,
        about=mark,
    )
    return mark


@action
def answer_group_signal(
    *, by: Viewer, signal_id: int, kind: str, reason: str, today: date, until: date | None = None
) -> GroupSignal:
    """Record the principal's ställningstagande to a signal about a class, a slot or the unit."""
    row = GroupSignal.objects.select_for_update().filter(pk=signal_id, authority_id=by.authority_id).first()
    if row is None or row.unit_id not in unit_ids_for(by, *PRINCIPALS):
        raise NotYours
    if row.state != SignalState.OPEN:
        raise Conflict
    limits = loop_limits_for(by, on=today)
    days = SchoolDays(today).of(row.unit_id)
    problems = check_answer(kind, reason, until, today=today, school_days=days, limits=limits)
    if problems:
        raise AnswerRefused(problems)
    row.state = STATE_AFTER[AnswerKind(kind)]
    row.answer, row.answer_reason, row.answered_by_id = kind, reason.strip(), by.actor_id
    row.return_on = return_day(kind, until, today=today, school_days=days, limits=limits)
    # From here the day of return is counted anew when the calendar changes.
    row.due_on, row.clock_from, row.answered_at = None, today, timezone.now()
    row.save(update_fields=["state", "answer", *ANSWERED, "return_on", "due_on", "clock_from"])
    record(EventKind.ANSWER_GIVEN, by=by, unit_id=row.unit_id, about=row, details={"kind": kind})
    return row


@action
def finish_group_signal(
    *, by: Viewer, signal_id: int, solved: bool, today: date, note: str = ""
) -> GroupSignal:
    """Record whether it became better in a class, slot or unit; solved closes it under a quiet watch.

    Raises:
        NotYours: not the principal's unit.
        Conflict: nobody has said yet that something is done, or it is closed.
    """
    row = GroupSignal.objects.select_for_update().filter(pk=signal_id, authority_id=by.authority_id).first()
    if row is None or row.unit_id not in unit_ids_for(by, *PRINCIPALS):
        raise NotYours
    if row.state != SignalState.ACTED:
        raise Conflict
    row.state = SignalState.CLOSED if solved else SignalState.OPEN
    row.return_on, row.due_on = None, None
    row.answer_reason = note.strip() or row.answer_reason
    row.save(update_fields=["state", "return_on", "due_on", "answer_reason"])
    if solved and row.group_id is not None:
        GroupWatch.objects.create(
            signal=row, group_id=row.group_id, from_date=today, until=_watch_end(row.unit, today)
        )
    record(EventKind.STEP_DONE, by=by, unit_id=row.unit_id, about=row, details={"solved": solved})
    return row
