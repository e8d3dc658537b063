"""The lists: the mentor's Monday, and the words of a signal."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from django.db.models import Prefetch, QuerySet
from django.utils.translation import gettext

from samhandla.detect.models import Reason, Signal, SignalState, StepTaken
from samhandla.detect.rules.catalogue import BY_CODE
from samhandla.detect.rules.run import sentence
from samhandla.lib.schoolcalendar import school_days_between
from samhandla.people.models import Child
from samhandla.people.queries import children_led_by, class_names, school_days_of
from samhandla.trust.viewer import Viewer

LEADING = 2
# Which family of reasons says most about what to do; a family that is not here comes after these.
FAMILY_ORDER = {name: place for place, name in enumerate(("long", "change", "level", "invalid", "spells"))}
LOOP_FAMILY = "loop"


@dataclass(frozen=True)
class ReasonLine:
    """One reason in words, with its plain numbers and the version of its rule."""

    rule: str
    title: str
    text: str
    since: date
    version: int
    numbers: dict[str, Any]


@dataclass(frozen=True)
class SignalRow:
    """One pupil on a list: who, why, and how long there is left."""

    signal: Signal
    child: Child
    class_name: str
    reasons: tuple[ReasonLine, ...]
    days_left: int | None
    step: StepTaken | None = None
    good_line: ReasonLine | None = None

    @property
    def leading(self) -> tuple[ReasonLine, ...]:
        """Return the reasons for a list: one per family, two at most; the signal's page has all."""
        families = {BY_CODE[line.rule].family: line for line in reversed(self.reasons)}
        first = sorted(families, key=lambda family: FAMILY_ORDER.get(family, len(FAMILY_ORDER)))
        return tuple(families[family] for family in first[:LEADING])

    @property
    def more(self) -> int:
        """How many reasons the list leaves out."""
        return len(self.reasons) - len(self.leading)

    @property
    def late(self) -> bool:
        return self.days_left is not None and self.days_left < 0


@dataclass(frozen=True)
class Worklist:
    """A mentor's Monday: what to answer, what comes back when, what goes the right way."""

    to_answer: list[SignalRow] = field(default_factory=list)
    under_way: list[SignalRow] = field(default_factory=list)
    good_news: list[SignalRow] = field(default_factory=list)
    waiting: int = 0


def reason_line(reason: Reason) -> ReasonLine:
    """Word a stored reason in the reader's language."""
    rule = BY_CODE[reason.rule]
    return ReasonLine(
        rule=reason.rule,
        title=gettext(rule.title),
        text=sentence(rule, reason.numbers, gettext),
        since=reason.since,
        version=reason.version,
        numbers=reason.numbers,
    )


def signals_for(viewer: Viewer) -> QuerySet[Signal]:
    """Return the viewer's signals with child, reasons and open step; four queries however many rows."""
    reasons = Prefetch("reasons", queryset=Reason.objects.order_by("-last_seen", "first_seen", "pk"))
    steps = Prefetch("steps", queryset=StepTaken.objects.filter(done_on=None).select_related("step"))
    return (
        Signal.objects.filter(child__authority_id=viewer.authority_id)
        .select_related("child", "unit")
        .prefetch_related(reasons, steps)
    )


def rows_of(viewer: Viewer, signals: Iterable[Signal], *, today: date) -> list[SignalRow]:
    """Put words and days left to signals; reasons that no longer hold are left out when any does."""
    signals = list(signals)
    classes = class_names(viewer, [s.child_id for s in signals], on=today)
    days = {unit: _days_near(unit, today) for unit in {s.unit_id for s in signals}}
    return [_row(s, classes.get(s.child_id, ""), days[s.unit_id], today) for s in signals]


def _days_near(unit_id: int, today: date) -> list[date]:
    return school_days_of(
        unit_id,
        first=date.fromordinal(today.toordinal() - 120),
        last=date.fromordinal(today.toordinal() + 250),
    )


def _row(signal: Signal, class_name: str, days: list[date], today: date) -> SignalRow:
    reasons = list(signal.reasons.all())
    lines = tuple(reason_line(r) for r in _present(reasons))
    left = None
    if signal.due_on is not None:
        ahead = signal.due_on >= today
        span = (today, signal.due_on) if ahead else (signal.due_on, today)
        left = school_days_between(days, *span) * (1 if ahead else -1)
    steps = list(signal.steps.all())
    return SignalRow(signal, signal.child, class_name, lines, left, steps[0] if steps else None)


def _present(reasons: list[Reason]) -> list[Reason]:
    """Return the reasons that hold now, with the latest about attendance where only the loop's own hold."""
    latest = max((r.last_seen for r in reasons), default=None)
    about = [r for r in reasons if BY_CODE[r.rule].family != LOOP_FAMILY]
    latest_about = max((r.last_seen for r in about), default=None)
    return [
        r
        for r in reasons
        if (r in about and r.last_seen == latest_about) or (r not in about and r.last_seen == latest)
    ]


def worklist_for(viewer: Viewer, *, today: date) -> Worklist:
    """Return the list of the groups that the viewer answers for, own ones and as stand-in."""
    children = children_led_by(viewer, on=today)
    living = signals_for(viewer).filter(child_id__in=children).exclude(state=SignalState.CLOSED)
    rows = rows_of(viewer, living.order_by("due_on", "shown_on", "pk"), today=today)
    rows = _with_good_lines(rows)
    resting = (SignalState.ACTED, SignalState.FOLLOWED, SignalState.KNOWN)
    other = {r.child.pk for r in rows if not r.signal.good_news and r.signal.state != SignalState.QUEUED}
    return Worklist(
        to_answer=[r for r in rows if r.signal.state == SignalState.OPEN and not r.signal.good_news],
        under_way=[r for r in rows if r.signal.state in resting],
        good_news=[r for r in rows if r.signal.good_news and r.child.pk not in other],
        waiting=sum(1 for r in rows if r.signal.state == SignalState.QUEUED),
    )


def _with_good_lines(rows: list[SignalRow]) -> list[SignalRow]:
    """Put a pupil's good news on the row of its other signal, so that one pupil is one row."""
    good = {r.child.pk: r.reasons[0] for r in rows if r.signal.good_news and r.reasons}
    return [r if r.signal.good_news else replace(r, good_line=good.get(r.child.pk)) for r in rows]


def get_signal_row_for(viewer: Viewer, signal_id: int, *, today: date) -> SignalRow | None:
    """Return one signal as a row; None alike when it is missing and when it is forbidden."""
    rows = rows_of(viewer, signals_for(viewer).filter(pk=signal_id), today=today)
    return rows[0] if rows else None
