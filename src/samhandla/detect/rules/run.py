"""Runs the rules: on one day, or over every day of a year as they would have come."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field, fields, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from samhandla.detect.rules.catalogue import BY_CODE
from samhandla.detect.rules.context import Context
from samhandla.detect.rules.declare import FORMS, GroupState, Numbers, Rule, State
from samhandla.detect.rules.law import legal_route
from samhandla.detect.rules.panel import CELLS, AbsencePanel, Bools, Ints, Panel, build_panel, unit_batches
from samhandla.detect.rules.periods import QUIET_DAYS, new_entries, period_starts
from samhandla.detect.rules.ruleset import RuleSet, Setting
from samhandla.detect.rules.subject import term_lessons, with_subjects
from samhandla.detect.rules.sums import sum_panel, with_weekdays
from samhandla.detect.rules.waves import with_waves
from samhandla.detect.rules.words import Translate, as_words, in_singular

PUPILS_AT_A_TIME = 4000
THREADS = 2
QUIET_WEEKS = timedelta(weeks=4)
DAY_COLUMNS = ["pupil", "unit", "date", *CELLS]

Rows: TypeAlias = Any  # an Arrow table, an Ibis table, or the path of a Parquet file


@dataclass(frozen=True)
class Signal:
    """One reason about one subject on one day. It has numbers and a sentence, and no score.

    Attributes:
        subject_kind: "pupil", "class", "slot" or "unit".
        subject_id: the pupil's number, or the name of the group.
        since: the first day of the present period of this reason.
        opens: whether the rule puts the subject on a worklist by itself.
        legal_route: see law.py; empty for groups.
    """

    subject_kind: str
    subject_id: int | str
    rule: str
    version: int
    since: date
    numbers: Numbers
    opens: bool = False
    family: str = ""
    legal_route: str = ""
    unit: int = 0

    @property
    def text(self) -> str:
        """The sentence, in the language of the source; `describe` words it in another."""
        return describe(self)


@dataclass(frozen=True)
class Entry:
    """A subject that comes new to the list on a day, with the rules that held that day."""

    day: date
    subject_kind: str
    subject_id: int | str
    rules: tuple[str, ...]
    mentor: int = 0
    unit: int = 0


@dataclass(frozen=True)
class Found:
    """What one rule found with one setting in a part of a panel; `rows` are the panel rows of the pupils."""

    setting: Setting
    state: State
    part: Panel
    rows: Ints = field(default_factory=lambda: np.zeros(0, np.int64))


def run_rules(
    days: Rows | None,
    subjects: Rows | None,
    pupils: Rows,
    calendar: Rows,
    *,
    as_of: date,
    rules: RuleSet | None = None,
    context: Context | None = None,
    sums: pa.Table | None = None,
    missed: pa.Table | None = None,
) -> list[Signal]:
    """Tell which reasons hold for whom on a day.

    Only school days until `as_of` in its school year count. Pupils with an adapted timetable and
    pupils in a school form without signals get none.

    Args:
        days, pupils, calendar: rows as declared (DAYS, PUPILS, CALENDAR); a Parquet file, an Ibis
            or an Arrow table. No days where no source tells of lessons.
        subjects: rows as declared in SUBJECTS, for the rule on one subject; may be left out.
        rules: local limits; the declared ones when not given.
        context: open signals and quiet watches, for the rules that need them.
        sums: rows as declared in SUMS, of sources without lessons.
        missed: rows as declared in DAYS, of sources that tell of missed lessons alone.

    Returns: signals ordered by kind, subject and rule; empty when nothing holds.

    Raises:
        NoDays: the calendar has no school day in the school year until `as_of`.
    """
    signals: list[Signal] = []
    term = None if subjects is None else term_lessons(_arrow(subjects), as_of)

    def of_panel(panel: Panel) -> list[Signal]:
        whole = panel if term is None else with_subjects(panel, term)
        at = whole.units.last_until(as_of)
        found = _find(whole.asking(np.unique(at[at >= 0])), rules or RuleSet())
        return [signal for item in found for signal in _signals(whole, item, at, as_of)]

    for part in _side_by_side(
        of_panel, _all_panels(days, pupils, calendar, as_of, context or Context(), sums, missed)
    ):
        signals.extend(part)
    if sums is not None or missed is not None:  # a pupil whom two kinds of data tell of has a reason once
        signals = list({(s.subject_kind, s.subject_id, s.rule): s for s in reversed(signals)}.values())
    order = list(BY_CODE)
    return sorted(signals, key=lambda s: (s.subject_kind, str(s.subject_id).zfill(20), order.index(s.rule)))


def replay(
    days: Rows | None,
    pupils: Rows,
    calendar: Rows,
    *,
    until: date,
    rules: RuleSet | None = None,
    quiet_days: int = QUIET_DAYS,
    sums: pa.Table | None = None,
) -> list[Entry]:
    """Tell who would have come new to the list, day by day through a school year.

    A subject comes new when a rule that opens holds and none did in the latest `quiet_days` school
    days. What a day shows depends on that day and earlier days only.

    Returns: entries ordered by day, kind and subject.
    """
    entries: list[Entry] = []
    for panel in _all_panels(days, pupils, calendar, until, Context(), sums):
        found = list(_find(panel, rules or RuleSet(), opening_only=True))
        new = _pupil_entries(panel, found, quiet_days)
        entries.extend(new if panel.told_by == "lessons" else _not_just_listed(entries, new))
        for item in found:
            if isinstance(item.state, GroupState):
                entries.extend(_group_entries(panel, item, item.state, quiet_days))
    return sorted(entries, key=lambda e: (e.day, e.subject_kind, str(e.subject_id).zfill(20)))


def _side_by_side(work: Callable[[Panel], list[Signal]], parts: Iterator[Panel]) -> Iterator[list[Signal]]:
    """Do the work on a few panels at once, and give the results in the order of the panels.

    Counting in matrices leaves the interpreter to others. No more than a few panels are held.
    """
    with ThreadPoolExecutor(THREADS) as pool:
        waiting: deque[Future[list[Signal]]] = deque()
        for part in parts:
            waiting.append(pool.submit(work, part))
            if len(waiting) > THREADS:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _all_panels(
    days: Rows | None,
    pupils: Rows,
    calendar: Rows,
    as_of: date,
    context: Context,
    sums: pa.Table | None,
    missed: pa.Table | None = None,
) -> Iterator[Panel]:
    """Yield the panels of lessons, then those of missed lessons alone, then those of sums without lessons."""
    if days is not None:
        yield from panels(days, pupils, calendar, as_of, context)
    if missed is not None:
        yield from _absence_panels(missed, _arrow(pupils), _arrow(calendar), as_of, context)
    if sums is None:
        return
    lesson_days = None if days is None else _arrow(days, ["pupil", "date"])
    whole = sum_panel(sums, lesson_days, _arrow(pupils), _arrow(calendar), as_of)
    if whole is not None:
        for rows in unit_batches(whole, PUPILS_AT_A_TIME):
            yield context.into(whole.rows(rows))


def _absence_panels(
    missed: pa.Table, pupils: pa.Table, calendar: pa.Table, as_of: date, context: Context
) -> Iterator[Panel]:
    """Yield the panels of pupils of whom missed lessons alone are told; without calendar, weekdays count."""
    theirs = pupils.filter(pc.is_in(pupils["pupil"], value_set=pc.unique(missed["pupil"])))
    if theirs.num_rows:
        days = with_weekdays(calendar, pc.unique(theirs["unit"]).to_pylist(), as_of)
        for panel in panels(missed, theirs, days, as_of, context):
            yield AbsencePanel(**{part.name: getattr(panel, part.name) for part in fields(panel)})


def _not_just_listed(listed: list[Entry], new: Iterator[Entry]) -> list[Entry]:
    """Return new entries without those of pupils who came to the list by lessons in the weeks around them."""
    known: dict[tuple[str, int | str], list[date]] = {}
    for entry in listed:
        known.setdefault((entry.subject_kind, entry.subject_id), []).append(entry.day)

    def is_new(entry: Entry) -> bool:
        days = known.get((entry.subject_kind, entry.subject_id), [])
        return all(abs(entry.day - day) > QUIET_WEEKS for day in days)

    return [entry for entry in new if is_new(entry)]


def describe(signal: Signal, translate: Translate = str) -> str:
    """Word a signal in the reader's language, from its rule's sentence and its own numbers."""
    return sentence(BY_CODE[signal.rule], signal.numbers, translate)


def sentence(rule: Rule, numbers: Numbers, translate: Translate = str) -> str:
    """Put numbers into the sentence of a rule."""
    chosen = rule.sentence if rule.wording is None else rule.wording(numbers)
    return in_singular(translate(chosen).format_map(as_words(numbers, translate)))


def panels(days: Rows, pupils: Rows, calendar: Rows, as_of: date, context: Context) -> Iterator[Panel]:
    """Lay out the school year some units at a time, so that what is counted stays small.

    No rule compares pupils of two units, so what is found is what the whole at once would give.
    Pupils with an adapted timetable count in their class, but rules find nothing about them.

    Raises:
        NoDays: see `build_panel`.
    """
    whole = build_panel(_arrow(days, DAY_COLUMNS), _arrow(pupils), _arrow(calendar), as_of)
    for rows in unit_batches(whole, PUPILS_AT_A_TIME):
        yield context.into(with_waves(whole.rows(rows)))


def on_matrices(panel: Panel, rules: RuleSet) -> dict[str, Bools]:
    """Return for each rule on pupils that opens, on which days it holds for whom."""
    matrices: dict[str, Bools] = {}
    pupil_rules = replace(rules, rules=tuple(rule for rule in rules.rules if rule.level == "pupil"))
    for found in _find(panel, pupil_rules, opening_only=True):
        if not isinstance(found.state, GroupState):
            matrix = matrices.setdefault(found.setting.rule.code, np.zeros(panel.shape, bool))
            matrix[found.rows] = found.state.on
    return matrices


def _find(panel: Panel, rules: RuleSet, *, opening_only: bool = False) -> Iterator[Found]:
    """Run every rule with each of its settings on the asked days; those that do not open can be left out."""
    asked = panel.rows(~panel.adapted)
    chosen_rules = [rule for rule in rules.rules if panel.told_by in rule.told_by]
    taught = np.isin(panel.form, FORMS)
    schools = {unit: panel.rows((panel.unit == unit) & taught) for unit in np.unique(panel.unit[taught])}
    row_of = np.nonzero(~panel.adapted)[0]
    parts: dict[bytes, Panel] = {}  # many rules have the same pupils, and share what is counted
    for rule in chosen_rules:
        if rule.level == "pupil":
            for setting, chosen in rules.groups(rule, asked):
                if opening_only and not setting.opens:
                    continue
                key = chosen.tobytes()
                part = parts[key] = parts.get(key) or asked.rows(chosen)
                yield Found(setting, rule.test(part, setting.values), part, row_of[chosen])
        else:
            for unit, school in schools.items():
                own = rules.for_subject(rule, "", int(panel.units.ids[unit]), -1)
                if own is not None and (own.opens or not opening_only):
                    yield Found(own, rule.test(school, own.values), school)


def _signals(panel: Panel, found: Found, at: Ints, as_of: date) -> Iterator[Signal]:
    state = found.state
    unit = np.array(state.unit, np.int64) if isinstance(state, GroupState) else panel.unit[found.rows]
    column = at[unit]
    place = np.searchsorted(found.part.asked, column)  # a unit without a day so far has column -1
    rows = np.nonzero((column >= 0) & state.on[np.arange(len(unit)), place])[0]
    starts = period_starts(found.setting, state, found.part, rows, column[rows])
    for row, first in zip(rows, starts, strict=True):
        numbers = state.numbers(int(row), int(place[row]))
        since = panel.units.dates[unit[row], first].astype(object)
        yield _signal(panel, found, int(row), since, numbers, as_of)


def _signal(panel: Panel, found: Found, row: int, since: date, numbers: Numbers, as_of: date) -> Signal:
    rule, state = found.setting.rule, found.state
    if isinstance(state, GroupState):
        subject: int | str = state.ids[row]
        unit, route = int(panel.units.ids[state.unit[row]]), ""
    else:
        pupil = int(found.rows[row])
        subject, unit = int(panel.pupil[pupil]), int(panel.units.ids[panel.unit[pupil]])
        birth = None if np.isnat(panel.birth[pupil]) else panel.birth[pupil].astype(object)
        route = legal_route(str(panel.form[pupil]), birth, as_of)
    opens = found.setting.opens
    return Signal(
        rule.level, subject, rule.code, rule.version, since, numbers, opens, rule.family, route, unit
    )


def _pupil_entries(panel: Panel, found: list[Found], quiet_days: int) -> Iterator[Entry]:
    on: dict[str, Bools] = {}
    for item in found:
        if not isinstance(item.state, GroupState):
            matrix = on.setdefault(item.setting.rule.code, np.zeros(panel.shape, bool))
            matrix[item.rows] = item.state.on
    if not on:
        return
    stacked = np.stack(list(on.values()))
    for row, column in zip(
        *np.nonzero(new_entries(np.asarray(stacked.any(axis=0)), quiet_days)), strict=True
    ):
        held = tuple(code for code, matrix in on.items() if matrix[row, column])
        unit = int(panel.units.ids[panel.unit[row]])
        yield Entry(
            panel.day(row, column), "pupil", int(panel.pupil[row]), held, int(panel.mentor[row]), unit
        )


def _group_entries(panel: Panel, found: Found, state: GroupState, quiet_days: int) -> Iterator[Entry]:
    rule = found.setting.rule
    for row, column in zip(*np.nonzero(new_entries(state.on, quiet_days)), strict=True):
        unit = state.unit[row]
        day = panel.units.dates[unit, column].astype(object)
        yield Entry(day, rule.level, state.ids[row], (rule.code,), 0, int(panel.units.ids[unit]))


def _arrow(rows: Rows, columns: list[str] | None = None) -> pa.Table:
    if isinstance(rows, Path | str):
        return pq.read_table(rows, columns=columns)
    table = rows.select(columns) if columns else rows
    return table if isinstance(table, pa.Table) else table.to_pyarrow()
