"""Which step of the närvarotrappa is proposed for a pupil, and why, in words with the numbers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from django.utils.formats import date_format, localize
from django.utils.translation import gettext, ngettext

from samhandla.analytics.models import AttendanceDay
from samhandla.detect.models import LadderStep, SignalState, StepTaken
from samhandla.detect.queries.lists import SignalRow
from samhandla.detect.queries.steps import NextStep, next_steps_for
from samhandla.detect.rules.triggers import Day, Facts, away_again, is_met, share_of
from samhandla.people.queries import school_days_of_units
from samhandla.trust.viewer import Viewer

WINDOW = timedelta(days=28)  # the same four weeks as the pupil page's figures
LOOKS_BACK = timedelta(days=120)
WAITS = (SignalState.OPEN, SignalState.QUEUED)
Kind = LadderStep.Trigger


def proposed_steps_for(viewer: Viewer, rows: Sequence[SignalRow], *, today: date) -> dict[int, NextStep]:
    """Return the next step of each signal with why it is proposed now, or what is waited for.

    Nothing is said of a step that goes on, nor of a signal that somebody has answered and that rests.

    Queries: six, however many rows.
    """
    following = next_steps_for(viewer, rows, today=today)
    asked = [row for row in rows if _is_asked(row, following[row.signal.pk])]
    if not asked:
        return following
    done = _latest_done(asked)
    school = school_days_of_units({r.signal.unit_id for r in asked}, first=today - LOOKS_BACK, last=today)
    days = _days_of([r.child.pk for r in asked], today)
    for row in asked:
        facts = _facts(row, done.get(row.signal.pk), school[row.signal.unit_id], days[row.child.pk], today)
        step = following[row.signal.pk].step
        if step is not None:
            met = is_met(step.trigger_kind, step.trigger_value, facts)
            following[row.signal.pk] = replace(
                following[row.signal.pk],
                why=_why(step, facts, done.get(row.signal.pk)) if met else "",
                awaits="" if met else _awaits(step, facts),
            )
    return following


def _is_asked(row: SignalRow, following: NextStep) -> bool:
    waits = row.signal.state in WAITS and not row.signal.good_news
    return waits and following.step is not None and not following.going


def _latest_done(rows: Sequence[SignalRow]) -> dict[int, StepTaken]:
    """Return the latest finished step of each signal."""
    found = StepTaken.objects.filter(signal_id__in=[r.signal.pk for r in rows], done_on__isnull=False)
    return {taken.signal_id: taken for taken in found.select_related("step").order_by("done_on", "pk")}


def _days_of(children: Sequence[int], today: date) -> dict[int, list[Day]]:
    """Return each pupil's days of attendance, in order."""
    rows = AttendanceDay.objects.filter(
        child_id__in=children, date__range=(today - LOOKS_BACK, today), absence_only=False
    )
    days: dict[int, list[Day]] = defaultdict(list)
    for child, day, offered, valid, invalid in rows.order_by("date", "pk").values_list(
        "child_id", "date", "offered", "valid", "invalid"
    ):
        days[child].append(Day(day, offered, valid + invalid))
    return days


def _facts(
    row: SignalRow, done: StepTaken | None, school: Sequence[date], days: Sequence[Day], today: date
) -> Facts:
    since = done.done_on if done is not None and done.done_on is not None else row.signal.opened_on
    return Facts(
        opened_on=row.signal.opened_on,
        step_on=done.done_on if done is not None else None,
        school_days=sum(1 for day in school if since < day <= today),
        share=share_of([day for day in days if day.date > today - WINDOW]),
        again_on=away_again(days, since),
    )


def _why(step: LadderStep, facts: Facts, done: StepTaken | None) -> str:
    """Say why a step is proposed, with the numbers."""
    if step.trigger_kind == Kind.ABSENCE:
        words = gettext("frånvaron de senaste fyra veckorna är %(share)s procent, över gränsen %(limit)s")
        return words % {"share": _per_cent(facts), "limit": step.trigger_value}
    if step.trigger_kind == Kind.NEW_SPELL:
        return gettext("eleven är borta igen sedan %(day)s") % {"day": _on(facts.again_on)}
    if step.trigger_kind == Kind.AFTER_STEP and done is not None:
        return ngettext(
            "”%(step)s” gjordes %(day)s och signalen är kvar efter %(n)d skoldag",
            "”%(step)s” gjordes %(day)s och signalen är kvar efter %(n)d skoldagar",
            facts.school_days,
        ) % {"step": gettext(done.step.name), "day": _on(facts.step_on), "n": facts.school_days}
    return gettext("signalen kom %(day)s") % {"day": _on(facts.opened_on)}


def _awaits(step: LadderStep, facts: Facts) -> str:
    """Say what a step waits for, with where it stands now."""
    numbers = {"limit": step.trigger_value or 0, "n": facts.school_days, "share": _per_cent(facts)}
    if step.trigger_kind == Kind.ABSENCE:
        return (
            gettext("frånvaron de senaste fyra veckorna är över %(limit)d procent (nu: %(share)s)") % numbers
        )
    if step.trigger_kind == Kind.NEW_SPELL:
        return gettext("eleven är borta igen efter det förra steget")
    if step.trigger_kind == Kind.AFTER_STEP:
        return (
            ngettext(
                "signalen är kvar %(limit)d skoldag efter det förra steget (nu: %(n)d)",
                "signalen är kvar %(limit)d skoldagar efter det förra steget (nu: %(n)d)",
                step.trigger_value or 0,
            )
            % numbers
        )
    return gettext("rektor bestämmer det")


def _per_cent(facts: Facts) -> str:
    return gettext("okänd") if facts.share is None else str(localize(round(facts.share * 100, 1)))


def _on(day: date | None) -> str:
    return date_format(day, "j F") if day is not None else ""
