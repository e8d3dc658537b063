"""Measures of level: absence share, pupils over a threshold, each with n, missing and reporting rate."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

import ibis

from samhandla.analytics.derive import term_of
from samhandla.analytics.measures.declare import Measure, ratio
from samhandla.lib.i18n import N_

HIGH_ABSENCE = 0.15  # Helsingborg's limit; local data, the law gives no percentage (domain.md B10)
KINDS = ("valid", "invalid")


def absence(days: ibis.Table, by: Sequence[str] = ("pupil",)) -> ibis.Table:
    """Sum absence over some of the columns of the day rows.

    Returns: `by`, minutes, `absence_share`, `valid_share`, `invalid_share` and `reporting_rate`
    (0–1, empty without teaching), `days`.
    """
    sums = days.group_by(*by).agg(
        days=days.date.nunique(),
        offered=days.offered.sum(),
        valid=days.valid.sum(),
        invalid=days.invalid.sum(),
        reported=days.reported.sum(),
    )
    return sums.mutate(
        absence_share=ratio(sums.valid + sums.invalid, sums.offered),
        valid_share=ratio(sums.valid, sums.offered),
        invalid_share=ratio(sums.invalid, sums.offered),
        reporting_rate=ratio(sums.reported, sums.offered),
    )


def between(days: ibis.Table, first: date | None = None, last: date | None = None) -> ibis.Table:
    """Return the day rows from one day to another, both included; a rolling or any other window."""
    if first is not None:
        days = days.filter(days.date >= ibis.date(first.isoformat()))
    if last is not None:
        days = days.filter(days.date <= ibis.date(last.isoformat()))
    return days


def with_terms(days: ibis.Table) -> ibis.Table:
    """Return the day rows with the term of each day."""
    return days.mutate(term=term_of(days.date))


def over_threshold(
    days: ibis.Table,
    pupils: ibis.Table,
    by: Sequence[str] = ("form",),
    threshold: float = HIGH_ABSENCE,
    kinds: Sequence[str] = KINDS,
) -> ibis.Table:
    """Count pupils whose absence share is above a threshold.

    A pupil belongs to the group that the register of pupils gives, whichever unit held the
    lessons. A pupil without offered teaching is missing: in `missing`, not in `n`. A pupil with an
    adapted timetable is in `adapted`, not in `n`, since the offered minutes are not what was agreed.

    Args:
        days: the day rows of the period; filter them first for a term or a window.
        by: columns of PUPILS (form, unit, sex, grade, class_id), or `term` when the day rows have it.
        kinds: which absence counts, "valid", "invalid" or both.

    Day rows with `told` and `summed` have sums of sources without lessons among them (`counted_days`).
    The reporting rate is then of the teaching where it is told what is registered; it is empty where that
    is less than half, since nobody knows.

    Returns: `by`, `pupils` (= n + missing + adapted), `over`, `share_over` (of n, 0–1), `by_sums` (how many
    of n have minutes from sums), `reporting_rate`, and the `absence_share` of all minutes; the last two
    without the adapted.
    """
    if "told" not in days.columns:
        days = days.mutate(told=days.offered, summed=ibis.literal(0))
    of_pupil = [name for name in by if name != "term"]
    spans = ["term"] if "term" in by else []
    sums = days.group_by("pupil", *spans).agg(
        offered=days.offered.sum(),
        absent=sum(days[kind] for kind in kinds).sum(),
        reported=days.reported.sum(),
        told=days.told.sum(),
        summed=days.summed.max(),
    )
    register = pupils.select("pupil", "adapted", *of_pupil)
    if spans:
        register = register.cross_join(days.select(*spans).distinct())
    joined = register.left_join(sums, ["pupil", *spans]).drop("pupil_right", *[f"{s}_right" for s in spans])
    counted = (joined.offered.fill_null(0) > 0) & ~joined.adapted
    is_over = counted & (ratio(joined.absent, joined.offered) > threshold)
    counts = joined.group_by(*by).agg(
        pupils=joined.count(),
        n=counted.ifelse(1, 0).sum(),
        adapted=joined.adapted.ifelse(1, 0).sum(),
        over=is_over.fill_null(False).ifelse(1, 0).sum(),
        offered=counted.ifelse(joined.offered, 0).sum(),
        absent=counted.ifelse(joined.absent, 0).sum(),
        reported=counted.ifelse(joined.reported, 0).sum(),
        told=counted.ifelse(joined.told, 0).sum(),
        by_sums=(counted & (joined.summed.fill_null(0) > 0)).ifelse(1, 0).sum(),
    )
    known = (counts.told * 2 >= counts.offered).ifelse(counts.told, ibis.null("int64"))
    return counts.select(
        *by,
        "pupils",
        "n",
        "adapted",
        "over",
        "by_sums",
        missing=counts.pupils - counts.n - counts.adapted,
        share_over=ratio(counts.over, counts.n),
        reporting_rate=ratio(counts.reported, known),
        absence_share=ratio(counts.absent, counts.offered),
    )


def by_term(days: ibis.Table, pupils: ibis.Table, by: Sequence[str] = ("form",)) -> ibis.Table:
    """Count pupils over the usual threshold per term and group."""
    return over_threshold(with_terms(days), pupils, ("term", *by))


def by_class(days: ibis.Table, pupils: ibis.Table) -> ibis.Table:
    """Sum absence per class and unit; the class is that of the register of pupils."""
    members = pupils.select("pupil", "class_id", "class_name", main_unit=pupils.unit)
    joined = days.inner_join(members, "pupil").drop("unit").rename(unit="main_unit")
    return absence(joined, ("unit", "class_id", "class_name"))


MEASURES = (
    Measure(
        "absence", 1, N_("Frånvaro"),
        N_("Giltig och ogiltig frånvaro i minuter delat med erbjuden undervisning i minuter."),
        ("days",), "one pupil", absence,
    ),
    Measure(
        "over_threshold", 1, N_("Elever över gränsen för hög frånvaro"),
        N_("Andel elever vars frånvaro (giltig och ogiltig) är över gränsen, "
           "av elever med undervisning i perioden."),
        ("days", "pupils"), "one school form", over_threshold,
    ),
    Measure(
        "by_term", 1, N_("Elever över gränsen per termin"),
        N_("Samma andel, räknad för varje termin för sig."),
        ("days", "pupils"), "one term and school form", by_term,
    ),
    Measure(
        "by_class", 1, N_("Frånvaro per klass"),
        N_("Klassens frånvarominuter delat med klassens undervisningsminuter."),
        ("days", "pupils"), "one class", by_class,
    ),
)  # fmt: skip
