"""CSV for people's spreadsheets: a cell never begins as a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r")
BOM = "\ufeff"  # lets Excel see that the file is UTF-8


def safe_cell(value: object) -> str:
    """Return a cell that a spreadsheet shows as text.

    >>> safe_cell("=1+1"), safe_cell("rad 4")
    ("'=1+1", 'rad 4')
    """
    text = str(value)
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA_SIGNS) else text


def csv_text(header: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Return a whole file: semicolons, as Swedish Excel expects, and a mark for UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out, delimiter=";")
    writer.writerow(header)
    writer.writerows([safe_cell(cell) for cell in row] for row in rows)
    return BOM + out.getvalue()
