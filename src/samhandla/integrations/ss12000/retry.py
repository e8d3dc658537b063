"""How long to wait before the next try: what the server asks for, else growing steps with jitter."""

from __future__ import annotations

import random
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

FIRST_WAIT = 1.0  # seconds
LONGEST_STEP = 60.0


def backoff(attempt: int, chance: random.Random) -> float:
    """Seconds before try number `attempt + 1`; jitter keeps many clients from returning at once."""
    step = min(LONGEST_STEP, FIRST_WAIT * 2.0 ** (attempt - 1))
    return step * (0.5 + chance.random() / 2)


def retry_after(value: str | None, now: datetime) -> float | None:
    """Read a Retry-After header, given as seconds or as a date.

    Returns: seconds from `now`, never negative; None when missing or unreadable.
    Source: RFC 9110 section 10.2.3.
    """
    if not value:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - now).total_seconds())
