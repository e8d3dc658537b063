"""What the school years are called, by the day from which they are."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from itertools import groupby

from samhandla.people.models import GradeLabel, SchoolForm
from samhandla.people.queries.common import label_rows


@dataclass(frozen=True)
class FormLabels:
    """One school form's years with their names, in order."""

    name: str
    years: tuple[GradeLabel, ...]


@dataclass(frozen=True)
class LabelSet:
    """The names that begin on one day.

    Args:
        approved: by whom, each once; sources: the laws and decisions, each once.
        waiting: how many names nobody has approved.
    """

    valid_from: date
    forms: tuple[FormLabels, ...]
    sources: tuple[str, ...]
    approved: tuple[str, ...]
    waiting: int


def list_label_sets(authority_id: int) -> list[LabelSet]:
    """Return an authority's names, the latest day first. Queries: one."""
    days = [(day, list(found)) for day, found in groupby(label_rows(authority_id), key=_day)]
    return [_set(day, rows) for day, rows in reversed(days)]


def _day(row: GradeLabel) -> date:
    return row.valid_from


def _set(day: date, rows: list[GradeLabel]) -> LabelSet:
    names = dict(SchoolForm.choices)
    return LabelSet(
        valid_from=day,
        forms=tuple(
            FormLabels(str(names[form]), tuple(years)) for form, years in groupby(rows, key=lambda r: r.form)
        ),
        sources=tuple(sorted({row.source for row in rows})),
        approved=tuple(sorted({row.approved_by for row in rows if row.approved_by})),
        waiting=sum(1 for row in rows if not row.approved_by),
    )
