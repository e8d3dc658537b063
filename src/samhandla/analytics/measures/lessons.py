"""Measures on lessons of the week and subjects, for pupils, classes and units.

A subject or a slot can point at one teacher. These measures are for the principal and for jobs;
nothing here is shown to a teacher with the subject's name, and no measure has a teacher in it.
"""

from __future__ import annotations

from collections.abc import Sequence

import ibis

from samhandla.analytics.measures.days import school_days
from samhandla.analytics.measures.declare import Measure, ratio
from samhandla.lib.i18n import N_

MOST_SLOTS = 20


def by_subject(subjects: ibis.Table) -> ibis.Table:
    """Sum absence per pupil and subject over all terms."""
    sums = subjects.group_by("pupil", "subject").agg(
        lessons=subjects.lessons.sum(),
        offered=subjects.offered.sum(),
        absent=(subjects.valid + subjects.invalid).sum(),
        missed=subjects.missed.sum(),
    )
    return sums.mutate(absence_share=ratio(sums.absent, sums.offered))


def clearest_subject(subjects: ibis.Table) -> ibis.Table:
    """Return each pupil's subject with the highest absence share; ties go to the first by name."""
    each = by_subject(subjects)
    order = ibis.window(group_by="pupil", order_by=[ibis.desc(each.absence_share), each.subject])
    return each.mutate(place=ibis.row_number().over(order)).filter(ibis._.place == 0).drop("place")


def by_slot(
    days: ibis.Table, calendar: ibis.Table, pupils: ibis.Table, by: Sequence[str] = ("class_id",)
) -> ibis.Table:
    """Count missed lessons per weekday and slot, on days that the pupil partly attended.

    Args:
        by: columns of PUPILS: pupil, class_id, unit.

    Returns: `by`, `weekday` (Monday 0), `slot` (from 1), `lessons`, `missed`, `missed_share`.
    """
    of_pupil = [name for name in by if name not in ("pupil", "unit")]
    members = pupils.select("pupil", *of_pupil)
    taught = school_days(days, calendar).inner_join(members, "pupil")
    slots = ibis.memtable(
        {"slot": list(range(1, MOST_SLOTS + 1)), "bit": [1 << n for n in range(MOST_SLOTS)]}
    )
    each = taught.cross_join(slots)
    each = each.filter((each.lesson_bits & each.bit) != 0)
    part = each.absent_bits != each.lesson_bits
    sums = each.group_by(*by, "weekday", "slot").agg(
        lessons=each.count(), missed=(part & ((each.absent_bits & each.bit) != 0)).ifelse(1, 0).sum()
    )
    return sums.mutate(missed_share=ratio(sums.missed, sums.lessons))


MEASURES = (
    Measure(
        "by_subject", 1, N_("Frånvaro per ämne"),
        N_("Elevens frånvaroandel per ämne. Visas för rektor, aldrig för en lärare med ämnets namn."),
        ("subjects",), "one pupil and subject", by_subject,
    ),
    Measure(
        "clearest_subject", 1, N_("Ämnet med högst frånvaro"),
        N_("Det ämne där elevens frånvaroandel är högst."), ("subjects",), "one pupil", clearest_subject,
    ),
    Measure(
        "by_slot", 1, N_("Missade lektioner per lektionspass"),
        N_("Andel missade lektioner per veckodag och pass, på dagar då eleven var i skolan en del av dagen."),
        ("days", "calendar", "pupils"), "one class, weekday and slot", by_slot,
    ),
)  # fmt: skip
