"""Every write of the lake's manifest and of the rows that pages read; each records an event."""

from samhandla.analytics.actions.lake import (
    NoBatch,
    UnknownPersons,
    replace_window,
    set_batch_live,
    store_lessons,
    store_totals,
    sweep_lake,
)
from samhandla.analytics.actions.quality import examine_quality, set_low_reporting

__all__ = [
    "NoBatch",
    "UnknownPersons",
    "examine_quality",
    "replace_window",
    "set_batch_live",
    "set_low_reporting",
    "store_lessons",
    "store_totals",
    "sweep_lake",
]
