"""One row of indicators per pupil, from the derived sets or straight from the lessons.

Both ways give the same rows. The sets that an import wrote are the usual way; the lessons are read
when there are no sets.
"""

from __future__ import annotations

from datetime import date

import ibis
import pyarrow as pa
from ibis.backends import BaseBackend

from samhandla.analytics.derive import absent_minutes, as_declared, is_late, is_missed
from samhandla.analytics.engine import keep
from samhandla.analytics.measures.days import edges
from samhandla.analytics.measures.declare import ratio
from samhandla.analytics.tables.declare import Column, Table

INDICATORS = Table(
    name="indicators",
    row="one pupil with at least one lesson in the period",
    key=("pupil",),
    columns=(
        Column("pupil", pa.int64(), "the pupil's number in the register", low=1),
        Column("offered", pa.int64(), "teaching offered", "minutes", low=0),
        Column("valid", pa.int64(), "valid absence", "minutes", low=0),
        Column("invalid", pa.int64(), "invalid absence", "minutes", low=0),
        Column("reported", pa.int64(), "offered in registered lessons", "minutes", low=0),
        Column("late", pa.int64(), "lessons with a late arrival", "lessons", low=0),
        Column("apart", pa.int64(), "lessons in the room but not taking part", "lessons", low=0),
        Column("recent_offered", pa.int64(), "teaching offered in the latest window", "minutes", low=0),
        Column("recent_absent", pa.int64(), "absence in the latest window", "minutes", low=0),
        Column(
            "worst_weekday", pa.int64(), "weekday with the highest absence share, Monday 0", low=0, high=6
        ),
        Column("weekday_share", pa.float64(), "absence share of that weekday", "share", low=0),
        Column("worst_subject", pa.string(), "subject with the highest absence share, first by name"),
        Column("subject_share", pa.float64(), "absence share of that subject", "share", low=0),
        Column("days_away", pa.int64(), "school days with half or more missed", "days", low=0),
        Column("spells", pa.int64(), "unbroken spells of such days", "spells", low=0),
        Column("longest", pa.int64(), "longest such spell", "days", low=0),
        Column("after_break", pa.int64(), "such days that follow a weekend or break", "days", low=0),
        Column("part_days", pa.int64(), "days with some but not all lessons missed", "days", low=0),
        Column("first_missed", pa.int64(), "of these, with the first lesson missed", "days", low=0),
        Column("last_missed", pa.int64(), "of these, with the last lesson missed", "days", low=0),
    ),
)
DAY_COUNTS = ("days_away", "spells", "longest", "after_break", "part_days", "first_missed", "last_missed")


def from_sets(
    engine: BaseBackend, days: ibis.Table, subjects: ibis.Table, calendar: ibis.Table, recent_from: date
) -> pa.Table:
    """Compute the indicators from the derived sets.

    Args:
        recent_from: first day of the latest window.

    Returns: rows as declared in INDICATORS, ordered by pupil.
    """
    recent = days.date >= ibis.date(recent_from.isoformat())
    absent = days.valid + days.invalid
    weekdays = days.group_by("pupil", weekday=days.date.day_of_week.index()).agg(
        offered=days.offered.sum(),
        valid=days.valid.sum(),
        invalid=days.invalid.sum(),
        reported=days.reported.sum(),
        late=days.late.sum(),
        apart=days.apart.sum(),
        recent_offered=recent.ifelse(days.offered, 0).sum(),
        recent_absent=recent.ifelse(absent, 0).sum(),
    )
    cells = subjects.group_by("pupil", "subject").agg(
        offered=subjects.offered.sum(), absent=(subjects.valid + subjects.invalid).sum()
    )
    missed = days.filter(absent > 0).select(
        "pupil", "unit", "date", "offered", "lesson_bits", "absent_bits", absent=absent
    )
    week = keep(engine, weekdays)
    names = ("offered", "valid", "invalid", "reported", "late", "apart", "recent_offered", "recent_absent")
    totals = week.group_by("pupil").agg(**{name: week[name].sum() for name in names})
    shares = week.select("pupil", "weekday", "offered", absent=week.valid + week.invalid)
    days_missed = keep(engine, missed)
    return _joined(totals, _worst(shares, "weekday"), _worst(cells, "subject"), days_missed, calendar)


def from_lessons(
    engine: BaseBackend, lessons: ibis.Table, calendar: ibis.Table, recent_from: date
) -> pa.Table:
    """Compute the same from the lessons themselves.

    Lessons with absence are few; they are kept aside once, and all that is about absence is told
    from them. The other lessons are only summed.
    """
    names = ("pupil", "unit", "date", "slot", "subject", "offered", "present", "valid", "invalid")
    missed = keep(engine, lessons.filter(absent_minutes(lessons) > 0).select(*names))
    days = keep(engine, _days_missed(lessons, missed))
    cells = keep(engine, _cells(lessons))
    weekday = keep(engine, _share_of(cells, _with_weekday(missed), "weekday"))
    subject = keep(engine, _share_of(cells, missed, "subject"))
    totals = _totals(lessons, missed, cells, recent_from)
    return _joined(totals, _worst(weekday, "weekday"), _worst(subject, "subject"), days, calendar)


def _with_weekday(lessons: ibis.Table) -> ibis.Table:
    return lessons.mutate(weekday=lessons.date.day_of_week.index())


def _bit(lessons: ibis.Table) -> ibis.Column:
    return ibis.literal(1, "int32") << (lessons.slot.cast("int32") - 1)


def _days_missed(lessons: ibis.Table, missed: ibis.Table) -> ibis.Table:
    """Return the days on which something was missed, with all that was offered on them."""
    keys = ["pupil", "unit", "date"]
    bits = is_missed(missed).ifelse(_bit(missed), 0).bit_or()
    days = missed.group_by(keys).agg(absent=absent_minutes(missed).sum(), absent_bits=bits)
    those = lessons.select(*keys, "slot", "offered").semi_join(days, keys)
    whole = those.group_by(keys).agg(offered=those.offered.sum(), lesson_bits=_bit(those).bit_or())
    return days.inner_join(whole, keys)


def _cells(lessons: ibis.Table) -> ibis.Table:
    """Sum what was offered to one row per pupil, weekday and subject: few enough to sum again."""
    return (
        _with_weekday(lessons)
        .group_by("pupil", "subject", "weekday")
        .agg(offered=lessons.offered.sum(), reported=lessons.reported.ifelse(lessons.offered, 0).sum())
    )


def _share_of(cells: ibis.Table, missed: ibis.Table, what: str) -> ibis.Table:
    """Return offered and absent minutes per pupil and weekday, or per pupil and subject."""
    offered = cells.group_by("pupil", what).agg(offered=cells.offered.sum())
    absent = missed.group_by("pupil", what).agg(absent=absent_minutes(missed).sum())
    joined = offered.left_join(absent, ["pupil", what])
    return joined.select("pupil", what, "offered", absent=joined.absent.fill_null(0))


def _totals(lessons: ibis.Table, missed: ibis.Table, cells: ibis.Table, recent_from: date) -> ibis.Table:
    """Sum what stands in INDICATORS without a weekday; rare things are counted where they are."""
    since = ibis.date(recent_from.isoformat())
    offered = cells.group_by("pupil").agg(offered=cells.offered.sum(), reported=cells.reported.sum())
    absent = missed.group_by("pupil").agg(
        valid=missed.valid.sum(),
        invalid=missed.invalid.sum(),
        late=is_late(missed).ifelse(1, 0).sum(),
        recent_absent=(missed.date >= since).ifelse(absent_minutes(missed), 0).sum(),
    )
    recent = lessons.filter(lessons.date >= since)
    apart = lessons.filter(lessons.participating == ibis.literal(False))
    parts = (
        absent,
        recent.group_by("pupil").agg(recent_offered=recent.offered.sum()),
        apart.group_by("pupil").agg(apart=apart.count()),
    )
    joined = offered
    for part in parts:
        joined = joined.left_join(part, "pupil").drop("pupil_right")
    names = ("valid", "invalid", "late", "recent_absent", "recent_offered", "apart")
    return joined.mutate(**{name: joined[name].fill_null(0) for name in names})


def _worst(sums: ibis.Table, what: str) -> ibis.Table:
    """Return each pupil's weekday or subject with the highest absence share; ties go to the first."""
    each = sums.mutate(share=ratio(sums.absent, sums.offered))
    if what == "subject":
        each = each.mutate(subject=each.subject.cast("string"))
    highest = each.group_by("pupil").agg(highest=each.share.max())
    tied = each.inner_join(highest, "pupil")
    tied = tied.filter(tied.share.identical_to(tied.highest))
    return tied.group_by("pupil").agg(
        **{f"{what}_share": tied.highest.max(), f"worst_{what}": tied[what].min()}
    )


def _spells(days: ibis.Table, calendar: ibis.Table) -> ibis.Table:
    away = days.filter((days.absent * 2 >= days.offered) & (days.absent > 0))
    numbered = away.inner_join(calendar.select("unit", "date", "day_no", "after_break"), ["unit", "date"])
    order = ibis.window(group_by=["pupil", "unit"], order_by="day_no")
    placed = numbered.mutate(place=ibis.row_number().over(order))
    runs = placed.mutate(run=placed.day_no.cast("int64") - placed.place)
    each = runs.group_by("pupil", "unit", "run").agg(
        length=runs.count(), after=runs.after_break.ifelse(1, 0).sum()
    )
    return each.group_by("pupil").agg(
        days_away=each.length.sum(),
        spells=each.count(),
        longest=each.length.max(),
        after_break=each.after.sum(),
    )


def _joined(
    totals: ibis.Table, weekday: ibis.Table, subject: ibis.Table, days: ibis.Table, calendar: ibis.Table
) -> pa.Table:
    joined = totals
    for part in (weekday, subject, _spells(days, calendar), edges(days)):
        joined = joined.left_join(part, "pupil").drop("pupil_right")
    filled = joined.mutate(**{name: joined[name].fill_null(0) for name in DAY_COUNTS})
    return as_declared(filled, INDICATORS).order_by("pupil").to_pyarrow()
