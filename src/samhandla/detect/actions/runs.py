"""Running the rules and taking their signals into the lists."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from samhandla.analytics.queries import absence_days, absent_before, load_for_rules
from samhandla.analytics.spans import sums_for_rules
from samhandla.detect.actions.clock import pass_time
from samhandla.detect.actions.moves import follow_register
from samhandla.detect.actions.reasons import refresh_reasons
from samhandla.detect.models import (
    ContactNote,
    GroupSignal,
    GroupWatch,
    ParticipationMark,
    Reason,
    RuleRun,
    Signal,
    SignalState,
    StepTaken,
    Watch,
)
from samhandla.detect.queries.settings import rule_set_for
from samhandla.detect.rules.catalogue import BY_CODE
from samhandla.detect.rules.context import Context, OpenSignal
from samhandla.detect.rules.context import Watch as WatchFact
from samhandla.detect.rules.level import look_back
from samhandla.detect.rules.loop import GOOD_NEWS
from samhandla.detect.rules.run import Signal as Found
from samhandla.detect.rules.run import run_rules
from samhandla.lib.schoolcalendar import school_year_end, school_year_start
from samhandla.people.queries import children_for, domain_of, mentor_by_child
from samhandla.trust.audit import action, record
from samhandla.trust.events import EventKind
from samhandla.trust.models import Branch
from samhandla.trust.viewer import Viewer, acting_as

NEAR_ZERO = "near_zero"
# Levels since the term or year began: they stay high for months after attendance has recovered.
SUMS_RULE = "level_totals"
CUMULATIVE = frozenset({"level_year", "level_term", SUMS_RULE})


def run_rules_of_authority(*, by: Viewer, as_of: date, data_to: date) -> RuleRun:
    """Compute the rules of an authority for a day and take what they found into the lists.

    The computing is outside the writing transaction: it takes seconds and locks nothing.
    """
    started = timezone.now()
    with acting_as(by):
        since = school_year_start(data_to)
        days, subjects, pupils, calendar = load_for_rules(by.authority_id, since=since, term_of_day=data_to)
        lessons, taught = (days, subjects) if len(days) else (None, None)
        sums = sums_for_rules(since, school_year_end(data_to), lessons)
        missed = absence_days(by.authority_id, since)
        rules, context = rule_set_for(by, on=as_of), _context(as_of)
    found: list[Found] = []
    if lessons is not None or len(sums) or len(missed):
        found = run_rules(
            lessons,
            taught,
            pupils,
            calendar,
            as_of=data_to,
            rules=rules,
            context=context,
            sums=sums if len(sums) else None,
            missed=missed if len(missed) else None,
        )
        found = looked_back(by, found, since)
    return take_in(by=by, found=found, as_of=as_of, data_to=data_to, started=started)


def looked_back(by: Viewer, found: list[Found], since: date) -> list[Found]:
    """Let those who have not been in school at all this school year be counted from the earlier ones.

    Only pupils for whom the rule holds are looked up, so that a run costs the same.

    Args:
        since: the first day of the school year that the rules saw.
    """
    never = {int(i.subject_id) for i in found if i.rule == NEAR_ZERO and not i.numbers.get("attended", 1)}
    if not never:
        return found
    with acting_as(by):
        before = absent_before(by, never, since)
    return [_longer(item, before) if item.rule == NEAR_ZERO else item for item in found]


def _longer(item: Found, before: dict[int, tuple[int, bool]]) -> Found:
    earlier = before.get(int(item.subject_id))
    if earlier is None:
        return item
    days, attended = earlier
    return replace(item, numbers=look_back(item.numbers, days, attended=attended))


def _contacts(children: QuerySet[Any]) -> dict[int, date]:
    """Return the latest contact with each child: noted, or made in a ladder step that is done."""
    noted = ContactNote.objects.filter(child_id__in=children).values_list("child_id", "on")
    # Whether it was solved is not said of a step that ended because the pupil moved.
    done = StepTaken.objects.filter(done_on__isnull=False, solved__isnull=False, step__is_inquiry=False)
    steps = done.filter(child_id__in=children)
    found: dict[int, date] = {}
    for child, day in [*noted, *steps.values_list("child_id", "done_on")]:
        if day is not None:
            found[child] = max(day, found.get(child, day))
    return found


def _marks(as_of: date) -> dict[int, list[date]]:
    """Return the school year's marks of pupils in the room but not taking part, by child."""
    rows = ParticipationMark.objects.filter(on__gte=school_year_start(as_of), on__lte=as_of)
    found: dict[int, list[date]] = defaultdict(list)
    for child, day in rows.values_list("child_id", "on"):
        found[child].append(day)
    return found


def _context(as_of: date) -> Context:
    # Where nothing is promised, or somebody else has the contact, no contact is missed.
    living = Signal.objects.filter(good_news=False, state__in=(SignalState.OPEN, SignalState.ACTED))
    contacts = _contacts(living.values("child_id"))
    watches = Watch.objects.filter(from_date__lte=as_of, until__gte=as_of)
    classes = GroupWatch.objects.filter(from_date__lte=as_of, until__gte=as_of)
    return Context(
        open_signals={
            child: OpenSignal(day, contacts.get(child))
            for child, day in living.values_list("child_id", "shown_on")
            if day is not None
        },
        watched_pupils={w.child_id: WatchFact(w.from_date, w.until) for w in watches},
        watched_classes={w.group_id: WatchFact(w.from_date, w.until) for w in classes},
        apart_marks=_marks(as_of),
    )


@action
def take_in(*, by: Viewer, found: Iterable[Found], as_of: date, data_to: date, started: Any) -> RuleRun:
    """Bundle what the rules found into one signal per pupil, and show what has a place.

    A living signal keeps its state and its clock; its reasons are brought up to date. A pupil gets
    a new signal only from a rule that opens. Group signals go to the principal.
    """
    domain = domain_of(by.authority_id, Branch.SCHOOL)
    pupils: dict[int, list[Found]] = defaultdict(list)
    groups: list[Found] = []
    for item in found:
        if item.subject_kind == "pupil":
            pupils[int(item.subject_id)].append(item)
        else:
            groups.append(item)
    follow_register(by=by, today=as_of)  # first, so that the new unit gets its signal in the same run
    counts = {
        "pupils": _take_in_pupils(by, pupils, domain.pk, as_of, good_news=False),
        "good_news": _take_in_pupils(by, pupils, domain.pk, as_of, good_news=True),
        "groups": _take_in_groups(by, groups, as_of),
    }
    counts["shown"] = pass_time(by=by, today=as_of, followed=True)["shown"]
    run = RuleRun.objects.create(
        authority_id=by.authority_id,
        as_of=as_of,
        data_to=data_to,
        started_at=started,
        finished_at=timezone.now(),
        counts=counts,
    )
    record(EventKind.RULES_RUN, by=by, about=run, details=counts)
    return run


def _take_in_pupils(
    by: Viewer, pupils: dict[int, list[Found]], domain_id: int, as_of: date, *, good_news: bool
) -> int:
    """Write signals and reasons of one kind; return how many signals are new."""
    wanted = {
        child: chosen
        for child, items in pupils.items()
        if (chosen := [i for i in items if (i.rule in GOOD_NEWS) == good_news])
    }
    living = {
        s.child_id: s
        for s in Signal.objects.exclude(state=SignalState.CLOSED).filter(
            domain_id=domain_id, good_news=good_news
        )
    }
    opening = [
        c for c, items in wanted.items() if c not in living and (good_news or _opens(items, pupils[c]))
    ]
    recently = _recently_closed(as_of) if good_news else _same_sums({c: wanted[c] for c in opening})
    units = dict(children_for(by).filter(pk__in=opening).values_list("pk", "unit_id"))
    mentors = mentor_by_child(by, on=as_of, children=opening) if opening else {}
    new = [
        Signal(
            child_id=child,
            domain_id=domain_id,
            unit_id=units[child],
            state=SignalState.OPEN if good_news else SignalState.QUEUED,
            good_news=good_news,
            owner_role="mentor" if child in mentors else "principal",
            opened_on=as_of,
            shown_on=as_of if good_news else None,
        )
        for child in opening
        if child in units and child not in recently
    ]
    if good_news:
        _end_old_news([s for child, s in living.items() if child not in wanted], as_of)
    Signal.objects.bulk_create(new, batch_size=500)
    living.update({s.child_id: s for s in new})
    refresh_reasons({c: i for c, i in wanted.items() if c in living}, living, as_of)
    return len(new)


def _end_old_news(signals: list[Signal], as_of: date) -> None:
    """Close good news that is no longer true. It asked nothing of anybody, so no answer is missing."""
    for signal in signals:
        signal.state, signal.closed_on = SignalState.CLOSED, as_of
    Signal.objects.bulk_update(signals, ["state", "closed_on"], batch_size=500)


def _opens(items: list[Found], everything: list[Found]) -> bool:
    """Tell whether reasons open a signal; a cumulative level alone does not when it goes the right way."""
    openers = {i.rule for i in items if i.opens}
    recovering = any(i.rule in GOOD_NEWS for i in everything)
    return bool(openers - CUMULATIVE if recovering else openers)


def _recently_closed(as_of: date) -> set[int]:
    """Return the pupils whose good news has been told in the latest weeks: it is not told again at once."""
    told = ContactNote.objects.filter(signal__good_news=True).values("signal_id")
    closed = Signal.objects.filter(pk__in=told, state=SignalState.CLOSED, closed_on__lte=as_of)
    return {c for c, day in closed.values_list("child_id", "closed_on") if day and (as_of - day).days < 60}


def _same_sums(found: dict[int, list[Found]]) -> set[int]:
    """Return the pupils whom the sums of a closed signal alone would open again: they tell nothing new.

    A sum stays as it is until the next is delivered, often for months.
    """
    by_sums = {
        child: item.numbers
        for child, items in found.items()
        for item in items
        if item.rule == SUMS_RULE and all(i.rule == SUMS_RULE for i in items if i.opens)
    }
    if not by_sums:
        return set()
    closed = Reason.objects.filter(rule=SUMS_RULE, child_id__in=by_sums, signal__state=SignalState.CLOSED)
    latest = dict(closed.order_by("signal_id").values_list("child_id", "numbers"))
    alike = ("first_day", "last_day", "absent_minutes", "offered_minutes")
    return {
        child
        for child, numbers in latest.items()
        if all(numbers.get(name) == by_sums[child].get(name) for name in alike)
    }


def _class_of(item: Found) -> int | None:
    """Return the class that a group's name begins with: "12" a class, "12:4:1" a class, weekday and slot."""
    return int(str(item.subject_id).split(":")[0]) if item.rule.startswith("class_") else None


def _take_in_groups(by: Viewer, groups: list[Found], as_of: date) -> int:
    living = {
        (g.unit_id, g.rule, g.key): g
        for g in GroupSignal.objects.filter(authority_id=by.authority_id).exclude(state=SignalState.CLOSED)
    }
    new: list[GroupSignal] = []
    known: list[GroupSignal] = []
    for item in groups:
        key = (item.unit, item.rule, str(item.subject_id))
        row = living.get(key)
        if row is not None:
            row.numbers, row.last_seen = item.numbers, as_of
            known.append(row)
        elif BY_CODE[item.rule].opens or item.opens:
            new.append(
                GroupSignal(
                    authority_id=by.authority_id,
                    unit_id=item.unit,
                    group_id=_class_of(item),
                    level=item.subject_kind,
                    key=str(item.subject_id),
                    rule=item.rule,
                    version=item.version,
                    since=item.since,
                    numbers=item.numbers,
                    opened_on=as_of,
                    last_seen=as_of,
                )
            )
    GroupSignal.objects.bulk_update(known, ["numbers", "last_seen"], batch_size=500)
    GroupSignal.objects.bulk_create(new)
    return len(new)
