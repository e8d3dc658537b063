"""Counting how far each unit has come, for those who read sums only."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import date, timedelta
from typing import Any

from django.db.models import Count, Max, Min

from samhandla.analytics.models import AttendanceDay, AttendanceWindow
from samhandla.detect.models import Answer, Guidance, Signal, SignalState, UnitTally
from samhandla.detect.queries.settings import loop_limits_for
from samhandla.detect.queries.units import list_all_units_for
from samhandla.detect.rules.loop import monday_of
from samhandla.detect.rules.process import PERIOD, Shown, answered_in_time
from samhandla.people.queries import children_for, domain_of, school_days_of
from samhandla.trust.audit import action, record
from samhandla.trust.events import EventKind
from samhandla.trust.models import Branch
from samhandla.trust.rls import key_of
from samhandla.trust.viewer import Viewer


@action
def count_tallies(*, by: Viewer, today: date) -> int:
    """Count every unit of the service's authority for the week of a day; counting again replaces it.

    Returns: how many units were counted.
    """
    pupils = dict(children_for(by).values_list("unit_id").annotate(n=Count("pk")).order_by())
    states = _states(today)
    shown = _shown(today)
    meetings = dict(Guidance.objects.values_list("unit_id").annotate(last=Max("held_on")).order_by())
    domain = domain_of(by.authority_id, Branch.SCHOOL).pk
    answer_days = loop_limits_for(by, on=today).answer_days
    units = list_all_units_for(by)
    for unit in units:
        days = school_days_of(unit.pk, first=today - PERIOD, last=today)
        due, in_time = answered_in_time(shown[unit.pk], days, today=today, answer_days=answer_days)
        latest = _latest(key_of(unit.pk, domain), today)
        counts: dict[str, Any] = {
            "pupils": pupils.get(unit.pk, 0),
            **states[unit.pk],
            "shown": len(shown[unit.pk]),
            "answered": sum(1 for s in shown[unit.pk] if s.answered_on is not None),
            "due": due,
            "in_time": in_time,
            "in_time_percent": round(100 * in_time / due) if due else None,
            "guidance_on": _iso(meetings.get(unit.pk)),
            "data_to": _iso(latest),
        }
        UnitTally.objects.update_or_create(
            unit=unit,
            week=monday_of(today),
            defaults={"authority_id": by.authority_id, "counted_on": today, "counts": counts},
        )
    record(EventKind.TALLIES_COUNTED, by=by, details={"units": len(units)})
    return len(units)


def _latest(unit_key: int, today: date) -> date | None:
    """Return the last day that lessons or sums tell of at a unit; a period that goes on tells until today."""
    lessons = AttendanceDay.objects.filter(unit_key=unit_key).aggregate(last=Max("date"))["last"]
    begun = AttendanceWindow.objects.filter(unit_key=unit_key, first_date__lte=today)
    sums = begun.aggregate(last=Max("last_date"))["last"]
    return max((day for day in (lessons, sums and min(sums, today)) if day), default=None)


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _states(today: date) -> dict[int, dict[str, int]]:
    """Return per unit how many signals are open, late and waiting for a place."""
    found: dict[int, Counter[str]] = defaultdict(Counter)
    rows = Signal.objects.filter(good_news=False, state__in=(SignalState.OPEN, SignalState.QUEUED))
    for unit, state, due in rows.values_list("unit_id", "state", "due_on"):
        found[unit]["open" if state == SignalState.OPEN else "queued"] += 1
        found[unit]["late"] += state == SignalState.OPEN and due is not None and due < today
    return defaultdict(
        lambda: {"open": 0, "late": 0, "queued": 0},
        {unit: {k: n[k] for k in ("open", "late", "queued")} for unit, n in found.items()},
    )


def _shown(today: date) -> dict[int, list[Shown]]:
    """Return per unit the signals shown in the period, each with the day of its first answer."""
    since = today - PERIOD + timedelta(days=1)
    rows = Signal.objects.filter(good_news=False, shown_on__gte=since, shown_on__lte=today)
    # What nobody had answered when the pupil moved away was not answered late.
    rows = rows.exclude(closed_why=Signal.Ending.MOVED, answers=None)
    signals = {
        pk: (unit, shown) for pk, unit, shown in rows.values_list("pk", "unit_id", "shown_on") if shown
    }
    firsts = Answer.objects.filter(signal_id__in=signals).values_list("signal_id").annotate(first=Min("on"))
    answered = dict(firsts.order_by())
    found: dict[int, list[Shown]] = defaultdict(list)
    for pk, (unit, day) in signals.items():
        found[unit].append(Shown(day, answered.get(pk)))
    return found
