"""Why a file, a mapping or a preset was refused as a whole.

A fault in one row never raises: it becomes a `Refused` with row and reason.
"""

from __future__ import annotations

from samhandla.lib.command import Refusal


class FileSourceError(Refusal):
    """Base of everything this package refuses as a whole."""


class EmptyFile(FileSourceError):
    """There is no row to read."""


class Truncated(FileSourceError):
    """The end of the file is missing."""


class WrongEncoding(FileSourceError):
    """The letters of the file cannot be read with certainty."""


class NotATable(FileSourceError):
    """The file is something else than a table of text or an Excel workbook."""


class TooLarge(FileSourceError):
    """The file is larger than what is read, or pretends to be small."""


class MissingColumn(FileSourceError):
    """A column that the mapping needs is not in the file."""


class BadMapping(FileSourceError):
    """The mapping contradicts itself or lacks what the file does not say."""


class UnknownPreset(FileSourceError):
    """No preset has that name."""
