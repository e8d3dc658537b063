"""What rules need besides attendance: open signals, quiet watches, absence by subject."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date

import pyarrow as pa

from samhandla.detect.rules.panel import Panel


@dataclass(frozen=True)
class OpenSignal:
    """A signal that waits: since when, and the last contact noted after it."""

    since: date
    last_contact: date | None = None


@dataclass(frozen=True)
class Watch:
    """A quiet watch after a solved signal, normally for a term."""

    since: date
    until: date


@dataclass(frozen=True)
class Context:
    """Facts about pupils and classes that come from the loop, not from attendance."""

    open_signals: Mapping[int, OpenSignal] = field(default_factory=dict)
    watched_pupils: Mapping[int, Watch] = field(default_factory=dict)
    watched_classes: Mapping[int, Watch] = field(default_factory=dict)
    subjects: pa.Table | None = None

    def with_subjects(self, subjects: pa.Table, as_of: date) -> Context:
        """Return the context with the subject sums of the term of a day."""
        return replace(self, subjects=subjects)

    def into(self, panel: Panel) -> Panel:
        """Return the panel that carries these facts to the rules."""
        return panel
