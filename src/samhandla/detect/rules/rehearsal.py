"""Tries limits on a school year and counts what would have been shown. Nobody is named or numbered."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, timedelta
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from samhandla.analytics.disclosure import joined_sexes
from samhandla.detect.rules.hide import FEWEST, Cell, at_least, hidden_in
from samhandla.detect.rules.ruleset import RuleSet
from samhandla.detect.rules.run import Entry, replay
from samhandla.detect.rules.sums import with_weekdays
from samhandla.lib.schoolcalendar import school_year_start

MOST = 4  # "four or more" new pupils of a mentor in a week stand together
FEWEST_MENTORS = 3  # with fewer, the spread would tell of a person


def rehearse(
    days: pa.Table | None,
    pupils: pa.Table,
    calendar: pa.Table,
    *,
    until: date,
    rules: RuleSet,
    sums: pa.Table | None = None,
) -> dict[str, Any]:
    """Run rules through the school year of a day and return counts, small ones left out.

    Args:
        days, pupils, calendar: rows as declared (DAYS, PUPILS, CALENDAR); no days where no source tells of
            lessons.
        sums: rows as declared in SUMS, of sources without lessons.
    Returns: see `count`.
    Raises:
        NoDays: the calendar has no school day in that school year.
    """
    entries = replay(days, pupils, calendar, until=until, rules=rules, sums=sums)
    if sums is not None:
        of_sums = pupils.filter(pc.is_in(pupils["pupil"], value_set=pc.unique(sums["pupil"])))
        weekdays = with_weekdays(calendar, pc.unique(of_sums["unit"]).to_pylist(), until)
        calendar = pa.concat_tables([calendar, weekdays])
    return count(entries, pupils, weeks_of(calendar, until))


def weeks_of(calendar: pa.Table, until: date) -> list[date]:
    """Return the Mondays of the weeks with school days until a day, in order."""
    first = school_year_start(until)
    found = {_monday(day) for day in pc.unique(calendar["date"]).to_pylist() if first <= day <= until}
    return sorted(found)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def count(entries: Iterable[Entry], pupils: pa.Table, weeks: list[date]) -> dict[str, Any]:
    """Return what the entries come to.

    Returns: `{"too_few": True}` for fewer than ten pupils, else pupils, listed (different pupils),
    entries, mentors, per_mentor_week, spread (mentor-weeks by new pupils), weeks, sex, units, rules,
    groups. None stands for a number too small to be shown. Pupils of unknown sex are counted with the
    boys, under a code that says so; sex is empty where too many are unknown.
    """
    people = {row["pupil"]: row for row in pupils.select(["pupil", "unit", "sex", "mentor"]).to_pylist()}
    if len(people) < FEWEST:
        return {"too_few": True}
    every = list(entries)
    new = [e for e in every if e.subject_kind == "pupil" and int(e.subject_id) in people]
    listed = {int(e.subject_id) for e in new}
    mentors = {row["mentor"] for row in people.values()} - {0}
    by_rule = Counter(rule for e in new for rule in e.rules)
    return {
        "pupils": len(people),
        "listed": at_least(len(listed)),
        "entries": len(new),
        "groups": sum(1 for e in every if e.subject_kind != "pupil"),
        "mentors": len(mentors),
        **_per_mentor(new, mentors, weeks),
        "weeks": _per_week(new, weeks),
        "sex": _cells(people, listed, "sex"),
        "units": _cells(people, listed, "unit"),
        "rules": {rule: at_least(n) for rule, n in sorted(by_rule.items(), key=lambda i: (-i[1], i[0]))},
    }


def _per_mentor(new: list[Entry], mentors: set[int], weeks: list[date]) -> dict[str, Any]:
    """Return the mean per mentor and week and how many mentor-weeks had none, one, two … new pupils."""
    total = len(mentors) * len(weeks)
    if len(mentors) < FEWEST_MENTORS or not total:
        return {"per_mentor_week": None, "spread": None}
    held = Counter((e.mentor, _monday(e.day)) for e in new if e.mentor in mentors)
    spread = Counter(min(n, MOST) for n in held.values())
    spread[0] = total - len(held)
    return {
        "per_mentor_week": round(sum(held.values()) / total, 3),
        "spread": [spread[n] for n in range(MOST + 1)],
    }


def _per_week(new: list[Entry], weeks: list[date]) -> list[list[Any]]:
    found = Counter(_monday(e.day) for e in new)
    return [[week.isoformat(), found[week]] for week in weeks]


def _cells(people: dict[int, dict[str, Any]], listed: set[int], by: str) -> dict[str, dict[str, int] | None]:
    """Return pupils and listed pupils per group; None for a group that must not be shown."""
    code = {number: str(row[by]) for number, row in people.items()}
    if by == "sex":  # a handful of unknown sex would else hide every girl or boy by subtraction
        joined = joined_sexes(Counter(code.values()))
        code = {number: joined[sex] for number, sex in code.items()} if joined else {}
    size = Counter(code.values())
    hits = Counter(code[pupil] for pupil in listed if pupil in code)
    cells = {name: Cell(n, hits[name]) for name, n in size.items()}
    hidden = hidden_in(cells)
    return {
        name: None if name in hidden else {"pupils": cell.pupils, "listed": cell.count}
        for name, cell in sorted(cells.items())
    }
