"""Which figures of a term may be shown: no small group, not by subtraction, not by comparing pages.

A small group is hidden; then as few others as it takes so that neither it nor the hidden groups
together can be had by subtraction (`analytics.disclosure.close`). The same is done with the *change*
since each frozen page of the term: a group that changed by few pupils keeps its published figure, so
that two pages never differ by a small group.

Source: Skolverket's legend (fewer than 10 pupils; 1–4 not told apart), domain reference B11;
docs/adr/0008.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from samhandla.analytics.disclosure import BOYS, BOYS_OR_UNKNOWN, Span, Sum, close, is_shown, room_of, span_of
from samhandla.govern.counting import Counted, Group

SMALL, BESIDE = "small", "beside"
COUNTS = ("pupils", "above", "missing", "by_sums")
OF_THE_DATA = ("missing", "by_sums")  # how complete the data are is no figure about pupils
# What is lost when a group is hidden beside a small one: a whole school form most, a unit's girls least.
WHOLE_FORM, ONE_SEX, UNIT_OR_GRADE, PART = 1000.0, 100.0, 30.0, 3.0


@dataclass(frozen=True)
class Published:
    """What a frozen page said of a group; a count is None where it said nothing.

    Attributes:
        row: the page's own row.
        as_published: the row was already then that of an earlier page.
    """

    pupils: int | None
    above: int | None
    row: Mapping[str, Any]
    as_published: bool = False


@dataclass(frozen=True)
class Hiding:
    """What may not be shown of a group: all of it, its share, its missing or how many are counted by sums; or
    its published row instead."""

    group: str = ""
    share: str = ""
    missing: str = ""
    by_sums: str = ""
    published: Mapping[str, Any] | None = None


@dataclass
class _Term:
    """The counts of a term while it is decided what to hide of them."""

    sums: list[Sum[Group]]
    counts: dict[str, dict[Group, int]]
    limits: dict[str, int]
    pages: Sequence[Mapping[Group, Published]]
    little: set[Group] = field(default_factory=set)


def published_counts(content: Mapping[str, Any]) -> dict[Group, Published]:
    """Return what a frozen page's content said, by group."""
    found = {}
    for row in content["rows"]:
        sex = BOYS if row["sex"] == BOYS_OR_UNKNOWN else row["sex"]
        group = Group(row["form"], row["unit"], sex, row.get("grade"))
        found[group] = Published(row["pupils"], row["above"], row, bool(row["as_published"]))
    return found


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
    verdicts: dict[Group, Hiding] = {}
    for form in sorted({c.group.form for c in counted}):
        of_form = [c for c in counted if c.group.form == form]
        term = _Term(
            sums_of([c.group for c in of_form]),
            {name: {c.group: getattr(c, name) for c in of_form} for name in COUNTS},
            {"pupils": group_limit, "above": count_limit, "missing": group_limit, "by_sums": group_limit},
            published,
        )
        verdicts |= _verdicts(term, same_definition=same_definition)
    return verdicts


def _verdicts(term: _Term, *, same_definition: bool) -> dict[Group, Hiding]:
    few = {
        name: {g for g, n in term.counts[name].items() if not is_shown(n, term.limits[name])}
        for name in COUNTS
    }
    term.little = _changed_little(term)
    kept, gone = _settled(term, few)
    verdicts = {}
    for g, n in term.counts["pupils"].items():
        if not n:
            # A group where all are missing says nothing and needs nothing hidden beside it.
            verdicts[g] = Hiding(SMALL, SMALL, SMALL, SMALL)
        elif g in kept:
            row = term.pages[-1][g].row
            verdicts[g] = Hiding(published=row) if same_definition else Hiding(BESIDE, BESIDE, BESIDE, BESIDE)
        else:
            why = {name: _why(g, few[name], gone[name]) for name in COUNTS}
            verdicts[g] = Hiding(why["pupils"], why["above"], why["missing"], why["by_sums"])
    return verdicts


def _why(group: Group, few: set[Group], gone: set[Group]) -> str:
    if group not in gone:
        return ""
    return SMALL if group in few else BESIDE


def _settled(term: _Term, few: Mapping[str, set[Group]]) -> tuple[set[Group], dict[str, set[Group]]]:
    """Return the groups that keep their published row, and for each count the groups hidden in it.

    What is hidden for one count widens what another must hide, so it is done until nothing is added.
    """
    latest = term.pages[-1] if term.pages else {}
    said = {g for g, page in latest.items() if page.pupils is not None}
    silent = {name: _silent(term, name) for name in ("pupils", "above")}
    kept = term.little & said
    gone = {name: few[name] | silent.get(name, set()) | kept for name in COUNTS}
    while True:
        before = sum(map(len, gone.values()))
        for name in COUNTS:
            gone[name] |= gone["pupils"]
            gone[name] |= _beside(term, name, few, gone)
        # A group that is hidden beside another, and that the latest page told, shows what that page told.
        for name in ("pupils", "above"):
            kept |= (gone[name] - few["pupils"] - few["above"] - silent[name]) & said
        for name in COUNTS:
            gone[name] |= kept
        if sum(map(len, gone.values())) == before:
            return kept, gone


def _silent(term: _Term, what: str) -> set[Group]:
    """Return the groups of which some frozen page said nothing: they stay hidden."""
    every = {group for page in term.pages for group, said in page.items() if getattr(said, what) is None}
    return every & set(term.counts[what])


def _beside(
    term: _Term, name: str, few: Mapping[str, set[Group]], gone: Mapping[str, set[Group]]
) -> set[Group]:
    """Return what must be hidden of one count beside what is hidden: on the page, and against each page."""
    limit = term.limits[name]
    small = few["pupils"] | few[name]
    found = close(
        term.sums,
        term.counts[name],
        {g: room_of(limit) if g in small else 1 for g in gone[name]},
        span=lambda g: _span(term, name, g, few, gone),
        cost=lambda g: _cost(g, term),
        limit=limit,
    )
    if name in OF_THE_DATA:  # pages are not compared
        return found
    for page in term.pages:
        found |= _beside_page(term, name, page, gone[name] | found)
    return found


def _span(
    term: _Term, name: str, group: Group, few: Mapping[str, set[Group]], gone: Mapping[str, set[Group]]
) -> Span:
    """Return what the page tells of a count that is hidden, by the reason that stands beside it."""
    value, limit = term.counts[name][group], term.limits[name]
    said = term.pages[-1].get(group) if term.pages else None
    then = getattr(said, name, None) if group in term.little else None
    if then is not None:  # "changed by few": told within the limit on either side
        near = term.limits["pupils"] - 1
        return Span(min(value, max(0, then - near)), max(value, then + near))
    if name != "pupils" and group in gone["pupils"]:
        return Span(0, term.limits["pupils"] - 1 if group in few["pupils"] else None)
    told = span_of(value, limit)
    return Span(told.low, term.counts["pupils"][group]) if name == "above" and told.high is None else told


def _beside_page(term: _Term, name: str, page: Mapping[Group, Published], gone: set[Group]) -> set[Group]:
    """Return what must also be hidden so that no small change since a page can be worked out."""
    changes = {g: _change(term, name, page, g) for g in term.counts[name]}
    unknown = {g for g, change in changes.items() if change is None}
    limit = term.limits["pupils"]
    free = Span(None, None)
    return close(
        term.sums,
        {g: change or 0 for g, change in changes.items()},
        {g: room_of(limit) if g in term.little and g not in unknown else 1 for g in gone | unknown},
        span=lambda g: Span(-limit + 1, limit - 1) if g in term.little and g not in unknown else free,
        cost=lambda g: _cost(g, term),
        limit=limit,
    )


def _change(term: _Term, name: str, page: Mapping[Group, Published], group: Group) -> int | None:
    """Return a count's change since a page; None where the page did not tell the count of that day."""
    said = page.get(group)
    then = None if said is None or said.as_published else getattr(said, name)
    return None if then is None else term.counts[name][group] - int(then)


def _changed_little(term: _Term) -> set[Group]:
    """Return the groups whose difference from a frozen page would be a small group."""
    limit = term.limits["pupils"]
    return {
        group
        for page in term.pages
        for group, said in page.items()
        if group in term.counts["pupils"]
        for name, then in (("pupils", said.pupils), ("above", said.above))
        if then is not None and 0 < abs(term.counts[name][group] - then) < limit
    }


def _cost(group: Group, term: _Term) -> float:
    """Return what hiding a group loses: first by what kind of group it is, then by its size."""
    if group.unit is None and group.grade is None:
        level = ONE_SEX if group.sex else WHOLE_FORM
    else:
        level = PART if group.sex else UNIT_OR_GRADE
    return level + term.counts["pupils"][group] / (1 + max(term.counts["pupils"].values()))


def sums_of(groups: Iterable[Group]) -> list[Sum[Group]]:
    """Return the sums of each school form: its sexes, units and grades, and the sexes of each of these."""
    known = set(groups)
    sums = []
    for total in sorted(known, key=lambda g: g.order):
        same = [g for g in known if g.form == total.form and g != total]
        if not total.sex:
            sums.append((total, [g for g in same if (g.unit, g.grade) == (total.unit, total.grade)]))
        if total.unit is None and total.grade is None:
            sums.append((total, [g for g in same if g.unit is not None and g.sex == total.sex]))
            sums.append((total, [g for g in same if g.grade is not None and g.sex == total.sex]))
    return [Sum(total, tuple(sorted(parts, key=lambda g: g.order))) for total, parts in sums if parts]
