"""CSV for people's spreadsheets: a cell never begins as a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence

# Also as full-width letters, which some spreadsheets take for the same signs.
FORMULA_SIGNS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
BOM = "\ufeff"  # lets Excel see that the file is UTF-8


def safe_cell(value: object) -> str:
    """Return a cell that a spreadsheet shows as text; nothing for None.

    >>> safe_cell("=1+1"), safe_cell("rad 4"), safe_cell(None)
    ("'=1+1", 'rad 4', '')
    """
    text = "" if value is None else str(value)
    hidden = text.startswith(FORMULA_SIGNS) or text.lstrip().startswith(FORMULA_SIGNS)
    return f"'{text}" if hidden else text


def csv_text(header: Sequence[object], rows: Iterable[Sequence[object]], *, delimiter: str = ";") -> str:
    """Return a whole file: semicolons, as Swedish Excel expects, and a mark for UTF-8.

    The headings are made safe too: they can come from a file that somebody has sent.
    """
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter)
    writer.writerows([safe_cell(cell) for cell in row] for row in (header, *rows))
    return BOM + out.getvalue()
