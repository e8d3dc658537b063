"""Ids, times and the meta block of the SS 12000 objects: made from the seed, never from the clock."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

Json = dict[str, Any]
STOCKHOLM = ZoneInfo("Europe/Stockholm")
_SPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://ekbacka.example/ss12000")


class Ids:
    """Gives every thing in one world an id that is the same each time."""

    def __init__(self, seed: int, school_year: int) -> None:
        self._own = uuid.uuid5(_SPACE, f"{seed} {school_year}")
        self._known: dict[tuple[str, int | str], str] = {}
        self.opened = date(school_year, 8, 1)
        self.closes = date(school_year + 1, 6, 30)
        self._created = moment(self.opened, 6 * 60)

    def of(self, kind: str, key: int | str) -> str:
        """Return the id of a thing; things that are pointed at often are remembered."""
        found = self._known.get((kind, key))
        if found is None:
            found = self._known[kind, key] = self.once(kind, key)
        return found

    def once(self, kind: str, key: int | str) -> str:
        """Return the id of a thing that nothing else points at."""
        return str(uuid.uuid5(self._own, f"{kind} {key}"))

    def meta(self, modified: str | None = None) -> Json:
        """Return when the object was made and last changed; the register is as old as the school year."""
        return {"created": modified or self._created, "modified": modified or self._created}


@lru_cache(maxsize=100_000)
def moment(day: date, minute: int) -> str:
    """Return a time of day in Swedish local time, with its offset.

    >>> moment(date(2025, 9, 1), 490), moment(date(2025, 12, 1), 490)
    ('2025-09-01T08:10:00+02:00', '2025-12-01T08:10:00+01:00')
    """
    return datetime(day.year, day.month, day.day, minute // 60, minute % 60, tzinfo=STOCKHOLM).isoformat()
