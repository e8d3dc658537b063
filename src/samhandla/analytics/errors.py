"""What can go wrong in analytics; every message is in Swedish and says what to do."""

from __future__ import annotations

from dataclasses import dataclass


class AnalyticsError(Exception):
    """Something in the analytics package could not be done."""


class BadColumns(AnalyticsError):
    """A file lacks a column that nothing can be counted without, or names one twice."""


class EmptyFile(AnalyticsError):
    """A file has no rows to count."""


class UnreadableFile(AnalyticsError):
    """A file is missing, damaged, or of a kind that cannot be read."""


@dataclass(frozen=True)
class BadRow:
    """One refused row: its number in the file (the header is row 1) and why."""

    row: int
    reason: str


class BadRows(AnalyticsError):
    """Rows in a file cannot be read; carries the first of them."""

    def __init__(self, rows: list[BadRow], total: int) -> None:
        self.rows = rows
        self.total = total
        shown = "; ".join(f"rad {bad.row}: {bad.reason}" for bad in rows)
        more = f" (och {total - len(rows)} rader till)" if total > len(rows) else ""
        super().__init__(
            f"{total} rader gick inte att läsa, därför räknades ingenting. {shown}{more}. "
            "Rätta raderna i filen och försök igen."
        )
