"""What a rehearsal came to, in words and rows that stand side by side."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext

from samhandla.analytics.disclosure import BOYS, BOYS_OR_UNKNOWN, GIRLS, UNKNOWN
from samhandla.detect.models import Rehearsal
from samhandla.detect.queries.reporting import UNKNOWN as UNKNOWN_REPORTING
from samhandla.detect.queries.reporting import Reporting, limit_of
from samhandla.detect.queries.rules import limit_text
from samhandla.detect.queries.units import list_all_units_for
from samhandla.detect.rules.catalogue import BY_CODE
from samhandla.trust.viewer import Viewer

TOO_FEW = "–"
FEWEST = 10  # smaller numbers are not shown


@dataclass(frozen=True)
class Pair:
    """One line: what it is about, with today's limits and with the proposed ones."""

    label: str
    present: str
    proposed: str


@dataclass(frozen=True)
class Week:
    """New pupils of one week; a dash where they are too few to be shown."""

    monday: date
    present: str
    proposed: str


@dataclass(frozen=True)
class Outcome:
    """A finished rehearsal; `too_few` when the unit is too small to be counted."""

    too_few: bool
    pupils: int
    mentors: int
    changes: list[str]
    totals: list[Pair]
    spread: list[Pair]
    units: list[Pair]
    sexes: list[Pair]
    rules: list[Pair]
    weeks: list[Week]


def outcome_of(viewer: Viewer, row: Rehearsal) -> Outcome:
    """Put the counts of a rehearsal side by side. Queries: one."""
    present, proposed = row.result["present"], row.result["proposed"]
    changes = _changes(row.changes)
    if present.get("too_few"):
        return Outcome(True, 0, 0, changes, [], [], [], [], [], [])
    units = {str(unit.pk): unit.name for unit in list_all_units_for(viewer)}
    sexes = {
        GIRLS: gettext("flickor"),
        BOYS: gettext("pojkar"),
        BOYS_OR_UNKNOWN: gettext("pojkar och okänt kön"),
        UNKNOWN: gettext("okänt kön"),
    }
    rules = {code: gettext(rule.title) for code, rule in BY_CODE.items()}
    return Outcome(
        too_few=False,
        pupils=present["pupils"],
        mentors=present["mentors"],
        changes=changes,
        totals=_totals(present, proposed),
        spread=_spread(present["spread"], proposed["spread"]),
        units=_cells(present["units"], proposed["units"], units),
        sexes=_cells(present["sex"], proposed["sex"], sexes),
        rules=_rules(present["rules"], proposed["rules"], rules),
        weeks=_weeks(present["weeks"], proposed["weeks"]),
    )


def reporting_in(viewer: Viewer, row: Rehearsal) -> Reporting:
    """Return how much of the rehearsed year's teaching is registered, and whether it is low.

    Queries: one. A rehearsal from before this was counted tells nothing.
    """
    share = row.result.get("reporting")
    return UNKNOWN_REPORTING if share is None else Reporting(share, share < limit_of(viewer))


def rehearsed_units(row: Rehearsal) -> list[int]:
    """Return the numbers of the units that a rehearsal counted."""
    if row.unit_id is not None:
        return [row.unit_id]
    return [int(unit) for unit in row.result["present"].get("units", {})]


def _number(value: float | None) -> str:
    return TOO_FEW if value is None else f"{value:g}".replace(".", ",")


def _totals(present: dict[str, Any], proposed: dict[str, Any]) -> list[Pair]:
    labels = (
        (gettext("Elever som hade visats minst en gång"), "listed"),
        (gettext("Gånger som en elev hade visats som ny"), "entries"),
        (gettext("Signaler om klass, lektionspass eller skolenhet"), "groups"),
        (gettext("Nya elever per mentor och vecka, i genomsnitt"), "per_mentor_week"),
    )
    columns = [{**column, "entries": _hide_few(column["entries"])} for column in (present, proposed)]
    return [Pair(label, *(_number(column[key]) for column in columns)) for label, key in labels]


def _hide_few(n: int) -> int | None:
    return n if n == 0 or n >= FEWEST else None


def _spread(present: list[int] | None, proposed: list[int] | None) -> list[Pair]:
    if present is None or proposed is None:
        return []
    labels = [gettext("ingen ny elev"), "1", "2", "3", gettext("4 eller fler")]
    columns = zip(labels, shown_counts(present), shown_counts(proposed), strict=True)
    return [Pair(label, n, m) for label, n, m in columns]


def _weeks(present: list[list[Any]], proposed: list[list[Any]]) -> list[Week]:
    mondays = [date.fromisoformat(monday) for monday, _count in present]
    before, after = (shown_counts([n for _monday, n in column]) for column in (present, proposed))
    return [Week(*row) for row in zip(mondays, before, after, strict=True)]


def shown_counts(counts: Sequence[int]) -> list[str]:
    """Return counts that add up to a total that is shown, those under ten as a dash.

    What is hidden must not be found by subtraction: at least two are hidden, and ten together, if any is.

    >>> shown_counts([40, 12, 3, 11])
    ['40', '12', '–', '–']
    >>> shown_counts([40, 12])
    ['40', '12']
    """
    by_size = sorted(range(len(counts)), key=lambda place: (counts[place], place))
    hidden: set[int] = set()
    for place in by_size:
        held = sum(counts[n] for n in hidden)
        if counts[place] >= FEWEST and (not hidden or (len(hidden) > 1 and held >= FEWEST)):
            break
        hidden.add(place)
    return [TOO_FEW if place in hidden else str(n) for place, n in enumerate(counts)]


def _cells(present: dict[str, Any], proposed: dict[str, Any], names: dict[str, str]) -> list[Pair]:
    rows = [Pair(names.get(key, key), _cell(present[key]), _cell(proposed.get(key))) for key in present]
    return sorted(rows, key=lambda row: row.label)


def _cell(cell: dict[str, int] | None) -> str:
    if cell is None:
        return TOO_FEW
    return gettext("%(listed)d av %(pupils)d") % cell


def _rules(present: dict[str, Any], proposed: dict[str, Any], names: dict[str, str]) -> list[Pair]:
    codes = list(dict.fromkeys([*present, *proposed]))
    return [Pair(names[c], _number(present.get(c, 0)), _number(proposed.get(c, 0))) for c in codes]


def _changes(entries: list[dict[str, Any]]) -> list[str]:
    """Return the proposal in words: one line per rule."""
    lines = []
    for entry in entries:
        rule = BY_CODE[entry["rule"]]
        words = [
            f"{gettext(p.meaning)}: {limit_text(p, entry[p.name])}"
            for p in rule.parameters
            if p.name in entry
        ]
        switches = {
            "on": (gettext("används"), gettext("används inte")),
            "opens": (gettext("räcker ensam för en plats"), gettext("räcker inte ensam för en plats")),
        }
        words += [yes if entry[name] else no for name, (yes, no) in switches.items() if name in entry]
        lines.append(f"{gettext(rule.title)} – {'; '.join(words)}")
    return lines
