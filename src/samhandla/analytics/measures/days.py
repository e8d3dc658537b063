"""Measures that count days: days away, spells, streaks, weekdays, after a break, late arrival.

A school day has a number per unit, so a streak is one subtraction: consecutive days away have
day_no minus row number in common. No window runs over days on which the pupil was present.
"""

from __future__ import annotations

import ibis

from samhandla.analytics.measures.declare import Measure, ratio
from samhandla.lib.i18n import N_


def school_days(days: ibis.Table, calendar: ibis.Table) -> ibis.Table:
    """Return the day rows that fall on a school day of their unit, with its number, term and kind."""
    numbered = calendar.select("unit", "date", "day_no", "term", "after_break")
    joined = days.inner_join(numbered, ["unit", "date"])
    return joined.mutate(weekday=joined.date.day_of_week.index())


def days_away(days: ibis.Table) -> ibis.Table:
    """Return the days with at least half of the teaching missed."""
    absent = days.valid + days.invalid
    return days.filter((absent > 0) & (absent * 2 >= days.offered))


def spells(days: ibis.Table, calendar: ibis.Table) -> ibis.Table:
    """Find unbroken spells of days away.

    Returns: one row per spell: pupil, unit, `first`, `last`, `length` in school days. A day without
    lessons for the pupil breaks a spell.
    """
    away = days_away(school_days(days, calendar))
    order = ibis.window(group_by=["pupil", "unit"], order_by="day_no")
    placed = away.mutate(place=ibis.row_number().over(order))
    placed = placed.mutate(run=placed.day_no.cast("int64") - placed.place)
    return placed.group_by("pupil", "unit", "run").agg(
        first=placed.date.min(), last=placed.date.max(), length=placed.count()
    ).drop("run")  # fmt: skip


def spell_counts(days: ibis.Table, calendar: ibis.Table) -> ibis.Table:
    """Count spells per pupil: `spells`, `days_away`, `longest`, and `short_spells` of one to three days."""
    each = spells(days, calendar)
    return each.group_by("pupil").agg(
        spells=each.count(),
        days_away=each.length.sum(),
        longest=each.length.max(),
        short_spells=(each.length <= 3).ifelse(1, 0).sum(),
    )


def by_weekday(days: ibis.Table, calendar: ibis.Table) -> ibis.Table:
    """Sum absence per pupil and weekday (Monday 0)."""
    taught = school_days(days, calendar)
    sums = taught.group_by("pupil", "weekday").agg(
        days=taught.count(), offered=taught.offered.sum(), absent=(taught.valid + taught.invalid).sum()
    )
    return sums.mutate(absence_share=ratio(sums.absent, sums.offered))


def after_break(days: ibis.Table, calendar: ibis.Table) -> ibis.Table:
    """Compare absence on the first day after a weekend, holiday or break with other days, per pupil."""
    taught = school_days(days, calendar)
    absent = taught.valid + taught.invalid
    sums = taught.group_by("pupil").agg(
        after_days=taught.after_break.ifelse(1, 0).sum(),
        after_offered=taught.after_break.ifelse(taught.offered, 0).sum(),
        after_absent=taught.after_break.ifelse(absent, 0).sum(),
        other_offered=taught.after_break.ifelse(0, taught.offered).sum(),
        other_absent=taught.after_break.ifelse(0, absent).sum(),
    )
    return sums.mutate(
        after_share=ratio(sums.after_absent, sums.after_offered),
        other_share=ratio(sums.other_absent, sums.other_offered),
    )


def edges(days: ibis.Table) -> ibis.Table:
    """Count per pupil how often the day's first and last lesson was missed on days partly attended.

    Returns: pupil, `part_days`, `first_missed`, `last_missed`.
    """
    part = days.filter((days.absent_bits != 0) & (days.absent_bits != days.lesson_bits))
    lowest = part.lesson_bits & (-part.lesson_bits)
    first = (part.absent_bits & lowest) != 0
    last = part.absent_bits.cast("int64") * 2 > part.lesson_bits.cast("int64")
    return part.group_by("pupil").agg(
        part_days=part.count(), first_missed=first.ifelse(1, 0).sum(), last_missed=last.ifelse(1, 0).sum()
    )


def late_arrival(days: ibis.Table) -> ibis.Table:
    """Count late arrivals per pupil: lessons, days, minutes."""
    return days.group_by("pupil").agg(
        late=days.late.sum(),
        late_days=(days.late > 0).ifelse(1, 0).sum(),
        late_minutes=days.late_minutes.sum(),
    )


def rolling(days: ibis.Table, calendar: ibis.Table, last_days: int = 20) -> ibis.Table:
    """Sum absence per pupil over the unit's latest school days in the data.

    Returns: pupil, `offered`, `absent`, `absence_share`; pupils without a lesson in the window are left out.
    """
    taught = school_days(days, calendar)
    latest = taught.group_by("unit").agg(latest=taught.day_no.max())
    recent = taught.inner_join(latest, "unit")
    recent = recent.filter(recent.day_no > recent.latest - last_days)
    sums = recent.group_by("pupil").agg(
        offered=recent.offered.sum(), absent=(recent.valid + recent.invalid).sum()
    )
    return sums.mutate(absence_share=ratio(sums.absent, sums.offered))


MEASURES = (
    Measure(
        "spells", 1, N_("Frånvarotillfällen"),
        N_("Skoldagar i rad med minst halva dagen borta räknas som ett tillfälle."),
        ("days", "calendar"), "one spell", spells,
    ),
    Measure(
        "spell_counts", 1, N_("Tillfällen, dagar och längsta period"),
        N_("Antal tillfällen, dagar borta, längsta period och korta tillfällen (en till tre dagar)."),
        ("days", "calendar"), "one pupil", spell_counts,
    ),
    Measure(
        "by_weekday", 1, N_("Frånvaro per veckodag"), N_("Elevens frånvaroandel för varje veckodag."),
        ("days", "calendar"), "one pupil and weekday", by_weekday,
    ),
    Measure(
        "after_break", 1, N_("Frånvaro efter helg och lov"),
        N_("Frånvaroandel första skoldagen efter helg eller lov, mot andra dagar."),
        ("days", "calendar"), "one pupil", after_break,
    ),
    Measure(
        "edges", 1, N_("Dagens första och sista lektion"),
        N_("Hur ofta dagens första och sista lektion missas, av dagar då eleven var där en del av dagen."),
        ("days",), "one pupil", edges,
    ),
    Measure(
        "late_arrival", 1, N_("Sen ankomst"),
        N_("Lektioner där eleven kom men missade högst 30 minuter och mindre än hälften."),
        ("days",), "one pupil", late_arrival,
    ),
    Measure(
        "rolling", 1, N_("Frånvaro den senaste tiden"), N_("Frånvaroandel de senaste 20 skoldagarna."),
        ("days", "calendar"), "one pupil", rolling,
    ),
)  # fmt: skip
