"""Which figures of a term may be shown: no small group, not by subtraction, not by comparing pages.

A school form's groups are a table of units by sex with margins. A small group is hidden; then, in
every line of the table, enough others that neither it nor the hidden groups together can be had by
subtraction. The same is done with the *change* since each frozen page of the term: a group that
changed by few pupils keeps its published figure, so that two pages never differ by a small group.

Source: Skolverket's legend (fewer than 10 pupils; 1–4 not told apart), domain reference B11.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from samhandla.analytics.disclosure import is_shown
from samhandla.govern.counting import Counted, Group

SMALL, BESIDE = "small", "beside"


@dataclass(frozen=True)
class Published:
    """What a frozen page said of a group; `pupils` or `above` is None where it said nothing."""

    pupils: int | None
    above: int | None
    row: Mapping[str, Any]


@dataclass(frozen=True)
class Hiding:
    """What may not be shown of a group: all of it, or the share alone; or its published row instead."""

    group: str = ""
    share: str = ""
    published: Mapping[str, Any] | None = None


@dataclass(frozen=True)
class Line:
    """Cells that add up to their total."""

    total: Group
    parts: tuple[Group, ...]

    @property
    def cells(self) -> tuple[Group, ...]:
        return (*self.parts, self.total)


def published_counts(content: Mapping[str, Any]) -> dict[Group, Published]:
    """Return what a frozen page's content said, by group."""
    return {
        Group(row["form"], row["unit"], row["sex"]): Published(row["pupils"], row["above"], row)
        for row in content["rows"]
    }


def hide(
    counted: Sequence[Counted],
    *,
    group_limit: int,
    count_limit: int,
    published: Sequence[Mapping[Group, Published]] = (),
    same_definition: bool = True,
) -> dict[Group, Hiding]:
    """Decide what may be shown of each group of a term.

    Args:
        counted: every group of every school form, with all margins.
        group_limit: a group of fewer pupils is hidden.
        count_limit: a share with fewer pupils above the limit (but at least one) is hidden.
        published: the frozen pages of the same term, earliest first.
        same_definition: whether the latest page used the present definition; if not, a group that
            changed little is hidden, since its published figure says something else.

    Returns: one verdict per group.
    """
    lines = lines_of([c.group for c in counted])
    pupils = {c.group: c.pupils for c in counted}
    above = {c.group: c.above for c in counted}
    kept = _changed_little(lines, pupils, above, group_limit, count_limit, published)
    # What is kept shows the published numbers, so those are what can be subtracted.
    pupils |= {group: said.pupils or 0 for group, said in kept.items()}
    above |= {group: said.above for group, said in kept.items() if said.above is not None}
    small = {g for g, n in pupils.items() if not is_shown(n, group_limit)} | _silent(published, "pupils")
    hidden = close(lines, pupils, small & set(pupils), group_limit)
    few = {g for g, n in above.items() if not is_shown(n, count_limit)} | _silent(published, "above")
    share_hidden = close(lines, above, hidden | (few & set(above)), count_limit)
    verdicts = {g: Hiding(_why(g, small, hidden), _why(g, few | small, share_hidden)) for g in pupils}
    # A group where all are missing says nothing and needs nothing hidden beside it.
    verdicts |= {g: Hiding(SMALL, SMALL) for g, n in pupils.items() if not n}
    for group in kept:
        if not verdicts[group].group:
            said = replace(verdicts[group], published=kept[group].row)
            verdicts[group] = said if same_definition else Hiding(BESIDE, BESIDE)
    return verdicts


def _silent(published: Sequence[Mapping[Group, Published]], what: str) -> set[Group]:
    """Return the groups of which some frozen page said nothing: they stay hidden."""
    return {group for page in published for group, said in page.items() if getattr(said, what) is None}


def _why(group: Group, small: set[Group], hidden: set[Group]) -> str:
    if group not in hidden:
        return ""
    return SMALL if group in small else BESIDE


def _changed_little(
    lines: Sequence[Line],
    pupils: Mapping[Group, int],
    above: Mapping[Group, int],
    group_limit: int,
    count_limit: int,
    published: Sequence[Mapping[Group, Published]],
) -> dict[Group, Published]:
    """Return, as last published, the groups whose difference from a frozen page would be a small group."""
    kept: set[Group] = set()
    for page in published:
        said = {g: page[g] for g in pupils if g in page and page[g].pupils is not None}
        changes = dict.fromkeys(pupils, 0)
        for group, then in said.items():
            more = 0 if then.above is None else abs(above[group] - then.above)
            changes[group] = max(abs(pupils[group] - (then.pupils or 0)), more)
        little = {g for g, change in changes.items() if 0 < change < group_limit}
        kept |= close(lines, changes, little, min(group_limit, count_limit))
    latest = published[-1] if published else {}
    return {g: latest[g] for g in kept if g in latest and latest[g].pupils is not None}


def lines_of(groups: Iterable[Group]) -> list[Line]:
    """Return the sums of each school form: sexes of a unit, units of a sex, units of the form, its sexes."""
    known = set(groups)
    lines = []
    for total in sorted(known, key=lambda g: (g.form, g.unit or 0, g.sex)):
        same_form = [g for g in known if g.form == total.form and g != total]
        if not total.sex:
            lines.append((total, [g for g in same_form if g.unit == total.unit and g.sex]))
        if total.unit is None:
            lines.append((total, [g for g in same_form if g.unit is not None and g.sex == total.sex]))
    return [
        Line(total, tuple(sorted(parts, key=lambda g: (g.unit or 0, g.sex))))
        for total, parts in lines
        if parts
    ]


def close(lines: Sequence[Line], values: Mapping[Group, int], hidden: set[Group], limit: int) -> set[Group]:
    """Hide more until nothing hidden follows from what is shown.

    A hidden cell follows when it stands alone in a chain of lines (a bridge between lines in the
    graph whose edges are the hidden cells); and hidden parts of a shown total are together a group
    that subtraction gives, so they must reach the limit as well.

    Returns: the given cells and those that must be hidden beside them.
    """
    hidden = set(hidden)
    while (extra := _next_to_hide(lines, values, hidden, limit)) is not None:
        hidden.add(extra)
    return hidden


def _next_to_hide(
    lines: Sequence[Line], values: Mapping[Group, int], hidden: set[Group], limit: int
) -> Group | None:
    bridges = _bridges(lines, hidden)
    for line in lines:
        gone = [g for g in line.cells if g in hidden]
        alone = len(gone) == 1 or any(g in bridges for g in gone)
        together = sum(values[g] for g in gone)
        too_few = line.total not in hidden and bool(gone) and together < limit
        if not (alone or too_few):
            continue
        choices = [g for g in line.parts if g not in hidden and values[g]] or [
            g for g in line.cells if g not in hidden
        ]
        if choices:
            return min(choices, key=lambda g: (values[g], g.unit or 0, g.sex))
    return None


def _bridges(lines: Sequence[Line], hidden: set[Group]) -> set[Group]:
    """Return hidden cells that join two parts of the table in one place only."""
    ends: dict[Group, list[int]] = {g: [] for g in hidden}
    for number, line in enumerate(lines):
        for group in line.cells:
            if group in ends:
                ends[group].append(number)
    edges = {g: (e[0], e[1]) for g, e in ends.items() if len(e) == 2}
    return {g for g, (start, goal) in edges.items() if not _joined(edges, start, goal, without=g)}


def _joined(edges: Mapping[Group, tuple[int, int]], start: int, goal: int, *, without: Group) -> bool:
    near: dict[int, list[int]] = {}
    for group, (one, other) in edges.items():
        if group != without:
            near.setdefault(one, []).append(other)
            near.setdefault(other, []).append(one)
    seen, waiting = {start}, [start]
    while waiting:
        for node in near.get(waiting.pop(), ()):
            if node not in seen:
                seen.add(node)
                waiting.append(node)
    return goal in seen
