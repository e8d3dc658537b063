"""How a number in the register is written and read."""

from __future__ import annotations

import re

_WRITTEN = re.compile(r"^(?:(emi)\s+)?(\d{4})\s*[/:]\s*(\d{1,7})$", re.IGNORECASE)


def written(series: str, year: int, number: int) -> str:
    """Return a document's number as it is written.

    >>> written("", 2026, 17), written("EMI", 2026, 3)
    ('2026/17', 'EMI 2026/3')
    """
    return f"{series} {year}/{number}".strip()


def read_number(text: str) -> tuple[str, int, int] | None:
    """Return series, year and number of a written number; None when it is none.

    >>> read_number(" 2026/17 "), read_number("emi 2026:3"), read_number("Alma Prov")
    (('', 2026, 17), ('EMI', 2026, 3), None)
    """
    found = _WRITTEN.match(text.strip())
    if found is None:
        return None
    series, year, number = found.groups()
    return (series or "").upper(), int(year), int(number)
