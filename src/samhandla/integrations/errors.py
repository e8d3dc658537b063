"""What the import refuses, each with a sentence for the person who imports."""

from __future__ import annotations

from samhandla.lib.command import Refusal


class ImportRefused(Refusal):
    """Base of everything the import says no to; nothing was changed."""


class ImportBusy(ImportRefused):
    """Another import of the same source is running."""


class NotReady(ImportRefused):
    """The batch is in a state in which this cannot be done."""


class UndoRefused(ImportRefused):
    """The batch cannot be taken back: something newer builds on it."""


class SourceUnusable(ImportRefused):
    """The source's settings, connection or file cannot be used."""
