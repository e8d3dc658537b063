"""Counts the groups of the board page in one term: from day rows and register to plain numbers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import ibis
import pyarrow as pa

from samhandla.analytics.measures.level import over_threshold

# Each is a margin of the one before: the groups of a school form are a table of units by sex.
GROUPINGS = (("form", "unit", "sex"), ("form", "unit"), ("form", "sex"), ("form",))


@dataclass(frozen=True)
class Group:
    """One group of pupils; empty unit or sex means all."""

    form: str
    unit: int | None
    sex: str


@dataclass(frozen=True)
class Counted:
    """What was counted of a group, before disclosure control.

    Attributes:
        pupils: n, those with teaching in the term; `above` of them are above the limit.
        missing: enrolled without any teaching recorded.
        absence_share, reporting_share: 0–1 of all the group's minutes; None without teaching.
    """

    group: Group
    pupils: int
    above: int
    missing: int
    absence_share: Decimal | None
    reporting_share: Decimal | None


def count_groups(
    days: ibis.Table, pupils: pa.Table, *, forms: Sequence[str], threshold: Decimal
) -> list[Counted]:
    """Count every group of some school forms.

    Args:
        days: the day rows of one term (`pupil`, `date`, `offered`, `valid`, `invalid`, `reported`).
        pupils: PUPILS as they were at the end of the term.

    Returns: units by sex with all margins, per school form; empty when nobody is enrolled.
    """
    register = ibis.memtable(pupils)
    register = register.filter(register.form.isin(list(forms)))
    found: list[Counted] = []
    for by in GROUPINGS:
        rows = over_threshold(days, register, by, float(threshold)).to_pyarrow().to_pylist()
        found.extend(_counted(row) for row in rows)
    return sorted(found, key=lambda c: (c.group.form, c.group.unit or 0, c.group.sex))


def _counted(row: dict[str, Any]) -> Counted:
    group = Group(row["form"], row.get("unit"), row.get("sex", ""))
    return Counted(
        group,
        int(row["n"]),
        int(row["over"]),
        int(row["missing"]),
        _share(row["absence_share"]),
        _share(row["reporting_rate"]),
    )


def _share(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(value).quantize(Decimal("0.00001"))


def forms_of(counted: Iterable[Counted]) -> list[str]:
    return sorted({c.group.form for c in counted})
