"""Dated rows of one thing (enrolments, memberships, assignments): what to add, change and end."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from samhandla.lib.schoolcalendar import school_year_start


@dataclass(frozen=True)
class Wanted:
    """A dated row as the source has it; `start` None means that the source does not tell."""

    ident: Hashable
    start: date | None
    end: date | None
    columns: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Existing:
    """A dated row as the register has it."""

    key: Any
    ident: Hashable
    start: date
    end: date | None


@dataclass
class Reconciled:
    """What makes the register's rows be as the source's."""

    insert: list[Wanted] = field(default_factory=list)
    settle: dict[Any, dict[str, Any]] = field(default_factory=dict)


def reconcile(
    existing: Sequence[Existing], wanted: Iterable[Wanted], today: date, *, end_missing: bool = True
) -> Reconciled:
    """Compare dated rows. A row that no longer comes is ended yesterday, never removed: history is kept."""
    left = {one.key: one for one in existing}
    found = Reconciled()
    for want in wanted:
        match = _match(left, want)
        if match is None:
            found.insert.append(want)
            continue
        del left[match.key]
        start = match.start if want.start is None else want.start
        found.settle[match.key] = {
            **want.columns,
            "valid_from": start,
            "valid_to": _not_before(want.end, start),
        }
    yesterday = today - timedelta(days=1)
    if end_missing:
        for one in left.values():
            if one.end is None or one.end > yesterday:
                found.settle[one.key] = {"valid_to": max(one.start, yesterday)}
    return found


def dates_of(want: Wanted, today: date) -> dict[str, date | None]:
    """Return the first and last day of a new row; an end before the start becomes the start."""
    start = want.start or school_year_start(today)
    return {"valid_from": start, "valid_to": _not_before(want.end, start)}


def _not_before(end: date | None, start: date) -> date | None:
    return None if end is None else max(end, start)


def _match(left: Mapping[Any, Existing], want: Wanted) -> Existing | None:
    same = [one for one in left.values() if one.ident == want.ident]
    exact = [one for one in same if want.start is None or one.start == want.start]
    open_ones = [one for one in exact if one.end is None]
    return next(iter(open_ones or exact), None)
