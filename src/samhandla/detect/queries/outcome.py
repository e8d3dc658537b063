"""What a rehearsal came to, in words and rows that stand side by side."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext

from samhandla.analytics.disclosure import BOYS, BOYS_OR_UNKNOWN, GIRLS, UNKNOWN
from samhandla.detect.models import Rehearsal
from samhandla.detect.queries.rules import limit_text
from samhandla.detect.queries.units import list_all_units_for
from samhandla.detect.rules.catalogue import BY_CODE
from samhandla.trust.viewer import Viewer

TOO_FEW = "–"


@dataclass(frozen=True)
class Pair:
    """One line: what it is about, with today's limits and with the proposed ones."""

    label: str
    present: str
    proposed: str


@dataclass(frozen=True)
class Week:
    monday: date
    present: int
    proposed: int


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
        weeks=[
            Week(date.fromisoformat(monday), n, m)
            for (monday, n), (_same, m) in zip(present["weeks"], proposed["weeks"], strict=True)
        ],
    )


def _number(value: float | None) -> str:
    return TOO_FEW if value is None else f"{value:g}".replace(".", ",")


def _totals(present: dict[str, Any], proposed: dict[str, Any]) -> list[Pair]:
    labels = (
        (gettext("Elever som hade visats minst en gång"), "listed"),
        (gettext("Gånger som en elev hade visats som ny"), "entries"),
        (gettext("Signaler om klass, lektionspass eller skolenhet"), "groups"),
        (gettext("Nya elever per mentor och vecka, i genomsnitt"), "per_mentor_week"),
    )
    return [Pair(label, _number(present[key]), _number(proposed[key])) for label, key in labels]


def _spread(present: list[int] | None, proposed: list[int] | None) -> list[Pair]:
    if present is None or proposed is None:
        return []
    labels = [gettext("ingen ny elev"), "1", "2", "3", gettext("4 eller fler")]
    return [Pair(label, str(n), str(m)) for label, n, m in zip(labels, present, proposed, strict=True)]


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
