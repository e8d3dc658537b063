"""What the staff of the invented municipality have done: weeks of answers, steps, decisions, meetings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, timedelta
from itertools import groupby

from samhandla.detect.actions.answers import answer_group_signal, answer_signal, finish_step
from samhandla.detect.actions.clock import pass_time
from samhandla.detect.actions.guidance import hold_guidance
from samhandla.detect.actions.inquiries import decide_inquiry, sign_notice
from samhandla.detect.actions.runs import run_rules_of_authority
from samhandla.detect.exports import notice_text
from samhandla.detect.models import GroupSignal, Signal, SignalState, StepTaken
from samhandla.detect.queries.guidance import group_figures_for, plain
from samhandla.detect.queries.inquiry import get_inquiry_page_for
from samhandla.detect.queries.steps import takes
from samhandla.detect.rules.law import INQUIRY, legal_route
from samhandla.detect.rules.loop import monday_of
from samhandla.people.models import Assignment, Duty, Organisation, Staff
from samhandla.people.queries import form_of_child, mentor_by_child, on_day, today, viewer_of_actor
from samhandla.trust.viewer import Viewer, acting_as

WEEKS_BACK = 5
ANSWERS = (
    ("act", "Jag pratar med eleven i veckan."),
    ("follow", "Eleven har varit förkyld, vi följer."),
    ("known", "Elevhälsan har redan kontakt."),
)
GROUP_REASON = "Vi ser över schemat och vem som möter klassen vid dagens slut."
INQUIRY_REASON = "Frånvaron har fortsatt efter samtalen. Vi utreder orsakerna tillsammans med eleven."
MOST_DECISIONS = 2


def let_weeks_pass(by: Viewer, last_day: date) -> None:
    """Run the rules on Mondays and the clock every day, and let the staff answer to some signals."""
    start = monday_of(last_day) - timedelta(weeks=WEEKS_BACK - 1)
    for offset in range((last_day - start).days + 1):
        day = start + timedelta(days=offset)
        if day.weekday() == 0:
            run_rules_of_authority(by=by, as_of=day, data_to=day - timedelta(days=1))
        else:
            pass_time(by=by, today=day)
        if day.weekday() == 2 and day < last_day - timedelta(days=7):
            _answer_some(by, day)
            _finish_steps(by, day)
            _answer_groups(by, day)
    run_rules_of_authority(by=by, as_of=today(), data_to=last_day)


def _mentors_then_and_now(by: Viewer, day: date) -> dict[int, Viewer]:
    """Return the mentor of each child who had the same one that day: access follows today's register."""
    staff = {
        p.pk: p.actor for p in Staff.objects.filter(authority_id=by.authority_id).select_related("actor")
    }
    now = mentor_by_child(by, on=today())
    same = {child: pk for child, pk in mentor_by_child(by, on=day).items() if now.get(child) == pk}
    viewers = {pk: viewer_of_actor(staff[pk]) for pk in set(same.values())}
    return {child: viewers[pk] for child, pk in same.items()}


def _answer_some(by: Viewer, day: date) -> None:
    """Let the mentors answer two of three open signals."""
    with acting_as(by):
        rows = list(Signal.objects.filter(state="open", good_news=False).order_by("pk"))
        mentors = _mentors_then_and_now(by, day)
    for number, row in enumerate(rows):
        if number % 3 == 2 or row.child_id not in mentors:
            continue
        kind, reason = ANSWERS[number % len(ANSWERS)]
        answer_signal(
            by=mentors[row.child_id],
            signal_id=row.pk,
            kind=kind,
            reason=reason,
            until=day + timedelta(days=21) if kind in ("follow", "known") else None,
            today=day,
            seconds=25 + 7 * (number % 6),
            clicks=1 + number % 4,
        )


def _finish_steps(by: Viewer, day: date) -> None:
    """Let the mentors finish the steps that are theirs; one of three helped."""
    with acting_as(by):
        rows = StepTaken.objects.filter(done_on=None, started_on__lt=day).select_related("step")
        steps = list(rows.order_by("pk"))
        mentors = _mentors_then_and_now(by, day)
    for number, step in enumerate(steps):
        if step.child_id in mentors and takes(mentors[step.child_id], step.step.role):
            finish_step(
                by=mentors[step.child_id],
                step_id=step.pk,
                solved=number % 3 == 0,
                today=day,
                note="Vi pratade om morgnarna och gjorde en plan.",
            )


def _answer_groups(by: Viewer, day: date) -> None:
    """Let each principal answer the oldest signal about a class, slot or unit; the others stay open."""
    rows = GroupSignal.objects.filter(authority_id=by.authority_id).order_by("unit_id", "pk")
    for unit_id, found in groupby(rows, key=lambda row: row.unit_id):
        signals = list(found)
        if len(signals) < 2 or signals[0].state != SignalState.OPEN:
            continue
        for principal in _principals(unit_id):
            answer_group_signal(
                by=principal, signal_id=signals[0].pk, kind="act", reason=GROUP_REASON, today=day
            )


def _principals(unit_id: int) -> Iterator[Viewer]:
    """Yield the principal of a unit, if it has one."""
    unit = Organisation.objects.get(pk=unit_id)
    duties = Duty.objects.filter(role="principal", unit_id__in=[unit.pk, unit.parent_id], valid_to=None)
    for duty in duties.select_related("staff__actor").order_by("pk")[:1]:
        yield viewer_of_actor(duty.staff.actor)


def shown_unit(by: Viewer) -> Organisation:
    """Return the compulsory school with most to see: signals about groups first, then about pupils.

    Only a school that has mentors: in F–6 the class teachers answer.
    """
    with acting_as(by):
        mentors = Assignment.objects.filter(on_day(today()), role="mentor").values("group__unit_id")
        compulsory = Organisation.objects.filter(school_forms__contains=["GR"], pk__in=mentors)
        living = GroupSignal.objects.filter(authority_id=by.authority_id, unit__in=compulsory)
        groups = Counter(living.exclude(state=SignalState.CLOSED).values_list("unit_id", flat=True))
        rows = Signal.objects.filter(state="open", good_news=False, unit__in=compulsory)
        pupils = Counter(rows.values_list("unit_id", flat=True))
        best = max(pupils, key=lambda unit: (min(groups[unit], 2), pupils[unit]))
        return Organisation.objects.get(pk=best)


def teacher_of(unit: Organisation) -> Staff | None:
    """Return who teaches most groups of a unit and leads none: no list of signals, only own groups."""
    at_unit = Assignment.objects.filter(on_day(today()), group__unit=unit)
    leads = at_unit.exclude(role="teacher").values_list("staff_id", flat=True)
    taught = at_unit.filter(role="teacher").exclude(staff_id__in=set(leads))
    counted = Counter(taught.order_by("staff_id").values_list("staff_id", flat=True))
    return Staff.objects.get(pk=counted.most_common(1)[0][0]) if counted else None


def decide_and_meet(by: Viewer, unit: Organisation, mentor: Staff | None, officer: Staff) -> None:
    """Let the shown school's principal decide on inquiries, and the officer hold a meeting with a mentor."""
    _decide_inquiries(by, unit)
    _answer_groups(by, today())
    if mentor is not None:
        with acting_as(by):
            held = Assignment.objects.filter(staff=mentor, group__unit=unit, valid_to=None)
            group = held.select_related("group").order_by("pk")[0].group
        leader = viewer_of_actor(officer.actor)
        with acting_as(leader):
            figures = plain(group_figures_for(leader, group))
        hold_guidance(
            by=leader,
            group=group,
            mentor=mentor,
            figures=figures,
            today=today(),
            works="Morgonsamlingen: nästan alla är på plats när dagen börjar så.",
            wonder="Varför faller närvaron efter lunch på torsdagar?",
            need="Hjälp att komma i gång med samtalen hem.",
            we_do="Närvaroansvarig är med vid första samtalet.",
            next_on=today() + timedelta(days=28),
        )


def _decide_inquiries(by: Viewer, unit: Organisation) -> None:
    """Open an inquiry for a few pupils of the unit who have been away longest; the notices wait."""
    with acting_as(by):
        rows = Signal.objects.filter(
            unit=unit, good_news=False, reasons__rule__in=("near_zero", "long", "level_year")
        ).exclude(state=SignalState.CLOSED)
        chosen = list(rows.distinct().select_related("child").order_by("opened_on", "pk"))
        form = {row.child_id: form_of_child(by, row.child_id, on=today()) for row in chosen}
    decided = [r for r in chosen if legal_route(form[r.child_id], None, today()) == INQUIRY][:MOST_DECISIONS]
    for principal in _principals(unit.pk):
        for row in decided:
            inquiry = decide_inquiry(
                by=principal,
                child=row.child,
                domain_id=row.domain_id,
                decision="open",
                reason=INQUIRY_REASON,
                today=today(),
            )
            if row is decided[0]:
                _sign_first(principal, inquiry.pk)


def _sign_first(principal: Viewer, inquiry_id: int) -> None:
    """Let one notice be on its way, so that its receiver has something to take in."""
    with acting_as(principal):
        page = get_inquiry_page_for(principal, inquiry_id, today=today())
        if page is None:
            return
        for notice in page.notices:
            sign_notice(by=principal, notice_id=notice.pk, text=notice_text(notice, page), today=today())
