"""The lists: the mentor's Monday, and the words of a signal."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import Any

from django.db.models import OuterRef, Prefetch, QuerySet, Subquery
from django.utils.translation import gettext

from samhandla.detect.models import Answer, Reason, RuleRun, Signal, SignalState, StepTaken
from samhandla.detect.queries.reporting import UNKNOWN, Reporting, reporting_of
from samhandla.detect.rules.catalogue import BY_CODE
from samhandla.detect.rules.run import sentence
from samhandla.lib.schoolcalendar import school_days_between
from samhandla.people.models import Child
from samhandla.people.queries import children_led_by, class_names, restricted_children, school_days_of_units
from samhandla.trust.viewer import Viewer

BEHIND, AHEAD = timedelta(days=120), timedelta(days=250)  # school days are counted to a due date within these
LEADING = 2
# Which family of reasons says most about what to do; a family that is not here comes after these, and the
# loop's own last. The same order holds on every page.
FAMILY_ORDER = {name: place for place, name in enumerate(("long", "change", "level", "invalid", "spells"))}
LOOP_FAMILY = "loop"
RULE_ORDER = {code: place for place, code in enumerate(BY_CODE)}


@dataclass(frozen=True)
class ReasonLine:
    """One reason in words, with its plain numbers and the version of its rule.

    `until` is the last day on which it held; None while it holds.
    """

    rule: str
    title: str
    text: str
    since: date
    version: int
    numbers: dict[str, Any]
    until: date | None = None

    @property
    def holds(self) -> bool:
        return self.until is None

    @property
    def by_loop(self) -> bool:
        """Whether it is about what was done, not about attendance."""
        return BY_CODE[self.rule].family == LOOP_FAMILY


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
    reporting: Reporting = UNKNOWN

    @property
    def leading(self) -> tuple[ReasonLine, ...]:
        """Return the reasons for a list: one per family, two at most.

        Those that hold; where none about attendance does, also those that did, so that the list tells
        why. In the order of the signal's own page.
        """
        families: dict[str, ReasonLine] = {}
        chosen = self.holding if self.still_holds else self.reasons
        for line in chosen:
            families.setdefault(BY_CODE[line.rule].family, line)
        return tuple(families.values())[:LEADING]

    @property
    def still_holds(self) -> bool:
        """Whether any reason about attendance holds now; the loop's own may outlive them."""
        return any(not line.by_loop for line in self.holding)

    @property
    def outlived(self) -> bool:
        """Whether it waits for an answer though none of its reasons about attendance holds any more."""
        waits = self.signal.state in (SignalState.OPEN, SignalState.QUEUED) and not self.signal.good_news
        return waits and bool(self.reasons) and not self.still_holds

    @property
    def uncontacted(self) -> bool:
        """Whether the loop itself asks for something: no contact has been noted."""
        return any(line.by_loop for line in self.holding)

    @property
    def holding(self) -> tuple[ReasonLine, ...]:
        """Return the reasons that hold now."""
        return tuple(line for line in self.reasons if line.holds)

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


def reason_line(reason: Reason, latest: date | None = None) -> ReasonLine:
    """Word a stored reason in the reader's language.

    Args:
        latest: the day of the latest run of the rules; a reason that it did not see has ended.
    """
    rule = BY_CODE[reason.rule]
    return ReasonLine(
        rule=reason.rule,
        title=gettext(rule.title),
        text=sentence(rule, reason.numbers, gettext),
        since=reason.since,
        version=reason.version,
        numbers=reason.numbers,
        until=reason.last_seen if latest is not None and reason.last_seen < latest else None,
    )


def latest_run_for(viewer: Viewer) -> date | None:
    """Return the day of the authority's latest run of the rules, None before the first."""
    runs = RuleRun.objects.filter(authority_id=viewer.authority_id)
    return runs.order_by("-as_of").values_list("as_of", flat=True).first()


def in_order(lines: Iterable[ReasonLine]) -> tuple[ReasonLine, ...]:
    """Return reasons in the order of every page: those that hold first, then by what says most."""
    return tuple(sorted(lines, key=_place))


def _place(line: ReasonLine) -> tuple[bool, int, int, int]:
    family = BY_CODE[line.rule].family
    order = FAMILY_ORDER.get(family, len(FAMILY_ORDER))
    return not line.holds, line.by_loop, order, RULE_ORDER[line.rule]


def signals_for(viewer: Viewer) -> QuerySet[Signal]:
    """Return the viewer's signals with child, reasons and open step; four queries however many rows.

    Not those of a child whose data is kept and not used.

    Each has `answer_kind`, the kind of its latest answer: two kinds rest in the same state.
    """
    latest = Answer.objects.filter(signal=OuterRef("pk")).order_by("-at", "-pk")
    reasons = Prefetch("reasons", queryset=Reason.objects.order_by("pk"))
    steps = Prefetch("steps", queryset=StepTaken.objects.filter(done_on=None).select_related("step"))
    return (
        Signal.objects.filter(child__authority_id=viewer.authority_id)
        .exclude(child_id__in=restricted_children())
        .select_related("child", "unit")
        .prefetch_related(reasons, steps)
        .annotate(answer_kind=Subquery(latest.values("kind")[:1]))
    )


def rows_of(viewer: Viewer, signals: Iterable[Signal], *, today: date) -> list[SignalRow]:
    """Put words, days left and how sure the figures are to signals; reasons that have ended say until when.

    Queries: six more than the signals' own, however many rows.
    """
    signals = list(signals)
    children = [s.child_id for s in signals]
    classes = class_names(viewer, children, on=today)
    days = school_days_of_units({s.unit_id for s in signals}, first=today - BEHIND, last=today + AHEAD)
    latest = latest_run_for(viewer)
    known = reporting_of(viewer, children)
    rows = [_row(s, classes.get(s.child_id, ""), days[s.unit_id], today, latest) for s in signals]
    return [replace(row, reporting=known[row.child.pk]) for row in rows]


def _row(signal: Signal, class_name: str, days: list[date], today: date, latest: date | None) -> SignalRow:
    lines = in_order(reason_line(r, latest) for r in signal.reasons.all())
    left = None
    if signal.due_on is not None:
        ahead = signal.due_on >= today
        span = (today, signal.due_on) if ahead else (signal.due_on, today)
        left = school_days_between(days, *span) * (1 if ahead else -1)
    steps = list(signal.steps.all())
    return SignalRow(signal, signal.child, class_name, lines, left, steps[0] if steps else None)


def worklist_for(viewer: Viewer, *, today: date) -> Worklist:
    """Return the list of the groups that the viewer answers for, own ones and as stand-in."""
    children = children_led_by(viewer, on=today)
    living = signals_for(viewer).filter(child_id__in=children).exclude(state=SignalState.CLOSED)
    rows = rows_of(viewer, living.order_by("due_on", "shown_on", "pk"), today=today)
    rows = one_row_each(rows)
    resting = (SignalState.ACTED, SignalState.FOLLOWED, SignalState.KNOWN)
    return Worklist(
        to_answer=[r for r in rows if r.signal.state == SignalState.OPEN and not r.signal.good_news],
        under_way=sorted(
            (r for r in rows if r.signal.state in resting), key=lambda r: r.signal.return_on or date.max
        ),
        good_news=[r for r in rows if r.signal.good_news],
        waiting=sum(1 for r in rows if r.signal.state == SignalState.QUEUED),
    )


def one_row_each(rows: list[SignalRow]) -> list[SignalRow]:
    """Put a pupil's good news on the row of its other signal, so that one pupil is one row.

    A signal that still waits for a place is on no mentor's list: the good news keeps its own row.
    """
    good = {r.child.pk: r.holding[0] for r in rows if r.signal.good_news and r.holding}
    listed = {r.child.pk for r in rows if not r.signal.good_news and r.signal.state != SignalState.QUEUED}
    kept = [r for r in rows if not (r.signal.good_news and r.child.pk in listed)]
    return [r if r.signal.good_news else replace(r, good_line=good.get(r.child.pk)) for r in kept]


def get_signal_row_for(viewer: Viewer, signal_id: int, *, today: date) -> SignalRow | None:
    """Return one signal as a row; None alike when it is missing and when it is forbidden."""
    rows = rows_of(viewer, signals_for(viewer).filter(pk=signal_id), today=today)
    return rows[0] if rows else None
