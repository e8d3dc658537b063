"""When an answer that stands wrong may be put right without a word, and when it must be said why."""

from __future__ import annotations

from datetime import date


def needs_reason(*, written_by: int | None, written_on: date | None, by: int | None, today: date) -> bool:
    """Tell whether a correction must say why: always, but for the writer's own slip on the same day.

    Args:
        written_by, written_on: None for what was written before this was kept.

    >>> needs_reason(written_by=7, written_on=date(2026, 3, 2), by=7, today=date(2026, 3, 2))
    False
    >>> needs_reason(written_by=7, written_on=date(2026, 3, 2), by=8, today=date(2026, 3, 2))
    True
    >>> needs_reason(written_by=None, written_on=None, by=None, today=date(2026, 3, 2))
    True
    """
    return written_by is None or written_by != by or written_on != today
