"""Counts the groups of the board page in one term: from day rows and register to plain numbers."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import ibis
import pyarrow as pa

from samhandla.analytics.disclosure import ALL_SEXES, BOYS, BOYS_OR_UNKNOWN, joined_sexes
from samhandla.analytics.measures.level import KINDS, over_threshold

# A school form's groups are two tables that share their margins: units by sex, and grades by sex.
GROUPINGS = (
    ("form", "unit", "sex"),
    ("form", "unit"),
    ("form", "grade", "sex"),
    ("form", "grade"),
    ("form", "sex"),
    ("form",),
)
SUMMED = ("offered", "valid", "invalid", "reported", "told")


@dataclass(frozen=True)
class Group:
    """One group of pupils; empty unit, sex or grade means all.

    Boys and the few whose sex is not known are one group: its sex is that of the boys.
    """

    form: str
    unit: int | None
    sex: str
    grade: int | None = None

    @property
    def order(self) -> tuple[str, int, int, str]:
        return (self.form, self.unit or 0, -1 if self.grade is None else self.grade, self.sex)


@dataclass(frozen=True)
class Counted:
    """What was counted of a group, before disclosure control.

    Attributes:
        pupils: n, those with teaching in the term; `above` of them are above the limit.
        missing: enrolled without any teaching recorded.
        by_sums: how many of n are counted wholly or partly by sums of a source without lessons.
        absence_share, reporting_share: 0–1 of all the group's minutes; None without teaching.
        with_unknown: pupils whose sex is not known are in the group as well.
    """

    group: Group
    pupils: int
    above: int
    missing: int
    absence_share: Decimal | None
    reporting_share: Decimal | None
    with_unknown: bool = False
    by_sums: int = 0


def count_groups(
    days: ibis.Table,
    pupils: pa.Table,
    *,
    forms: Sequence[str],
    threshold: Decimal,
    kinds: Sequence[str] = KINDS,
) -> list[Counted]:
    """Count every group of some school forms.

    Args:
        days: the day rows of one term, and the sums where there are none, as `counted_days` gives them.
        pupils: PUPILS as they were at the end of the term.
        kinds: which absence counts, "valid", "invalid" or both.

    Returns: units by sex and grades by sex with all margins, per school form; a form with one grade
        only is not split by grade, nor one by sex where too many are unknown. Empty when nobody is
        enrolled.
    """
    register = _with_joined_sexes(pupils, forms)
    engine = days.get_backend()
    # The term's day rows are read and summed once; every grouping adds up the same sums.
    sums_of = {name: days[name].sum() for name in SUMMED}
    of_pupil = days.group_by("pupil").agg(**sums_of, summed=days.summed.max())
    sums = ibis.memtable(engine.to_pyarrow(of_pupil))
    found: list[Counted] = []
    for by in GROUPINGS:
        rows = engine.to_pyarrow(over_threshold(sums, register, by, float(threshold), kinds)).to_pylist()
        found.extend(_counted(row) for row in rows if row.get("sex") != ALL_SEXES)
    return sorted(_without_single_grades(found), key=lambda c: c.group.order)


def _with_joined_sexes(pupils: pa.Table, forms: Sequence[str]) -> ibis.Table:
    """Return the pupils of the forms, with the sex under which each is counted; empty where it is not."""
    sizes: dict[str, Counter[str]] = defaultdict(Counter)
    for form, sex in zip(pupils["form"].to_pylist(), pupils["sex"].to_pylist(), strict=True):
        sizes[form][sex] += 1
    codes = {form: joined_sexes(sizes[form]) for form in sizes if form in forms}
    register = ibis.memtable(pupils)
    register = register.filter(register.form.isin(list(codes)))
    cases = [
        ((register.form == form) & (register.sex == sex), code)
        for form, joined in codes.items()
        for sex, code in joined.items()
    ]
    return register.mutate(sex=ibis.cases(*cases, else_=ALL_SEXES) if cases else ibis.literal(ALL_SEXES))


def _without_single_grades(counted: Sequence[Counted]) -> list[Counted]:
    grades: dict[str, set[int]] = defaultdict(set)
    for c in counted:
        if c.group.grade is not None:
            grades[c.group.form].add(c.group.grade)
    return [c for c in counted if c.group.grade is None or len(grades[c.group.form]) > 1]


def _counted(row: dict[str, Any]) -> Counted:
    joined = row.get("sex") == BOYS_OR_UNKNOWN
    sex = BOYS if joined else row.get("sex", ALL_SEXES)
    return Counted(
        Group(row["form"], row.get("unit"), sex, row.get("grade")),
        int(row["n"]),
        int(row["over"]),
        int(row["missing"]),
        _share(row["absence_share"]),
        _share(row["reporting_rate"]),
        joined,
        int(row["by_sums"]),
    )


def _share(value: float | None) -> Decimal | None:
    return None if value is None else Decimal(value).quantize(Decimal("0.00001"))
