"""What rules need besides attendance: open signals, quiet watches, absence by subject."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date

import numpy as np

from samhandla.detect.rules.panel import Ints, Panel


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
    """Facts about pupils and classes that come from the loop, not from attendance.

    Args:
        open_signals, watched_pupils: by the pupil's number.
        watched_classes: by class number.
        apart_marks: by the pupil's number, the days of teachers' marks of not taking part; a day as often
            as it was marked.
    """

    open_signals: Mapping[int, OpenSignal] = field(default_factory=dict)
    watched_pupils: Mapping[int, Watch] = field(default_factory=dict)
    watched_classes: Mapping[int, Watch] = field(default_factory=dict)
    apart_marks: Mapping[int, Sequence[date]] = field(default_factory=dict)

    def into(self, panel: Panel) -> Panel:
        """Return the panel that carries these facts to the rules, dates turned into school days."""
        opened = {pupil: signal.since for pupil, signal in self.open_signals.items()}
        contacts = {p: s.last_contact for p, s in self.open_signals.items() if s.last_contact is not None}
        return replace(
            panel,
            apart=_with_marks(panel, self.apart_marks),
            open_from=_columns(panel, panel.pupil, opened),
            contact=_columns(panel, panel.pupil, contacts),
            watch_from=_columns(panel, panel.pupil, {p: w.since for p, w in self.watched_pupils.items()}),
            watch_to=_columns(panel, panel.pupil, {p: w.until for p, w in self.watched_pupils.items()}),
            class_watch_from=_columns(
                panel, panel.class_id, {c: w.since for c, w in self.watched_classes.items()}
            ),
            class_watch_to=_columns(
                panel, panel.class_id, {c: w.until for c, w in self.watched_classes.items()}
            ),
        )


def _with_marks(panel: Panel, marks: Mapping[int, Sequence[date]]) -> Ints:
    """Return lessons marked as present but not taking part, with each mark of its own as one more."""
    apart = panel.apart.copy()
    for pupil, days in marks.items():
        for row in np.nonzero(panel.pupil == pupil)[0]:
            known = panel.units.dates[panel.unit[row]]
            for day in days:
                apart[row, known == np.datetime64(day, "D")] += 1
    return apart


def _columns(panel: Panel, keys: Ints, days: Mapping[int, date]) -> Ints:
    """Return per pupil the column of the first school day from the date of its key on, -1 without a date."""
    out = np.full(len(keys), -1)
    if days:
        named = np.array(sorted(days))
        dates = np.array([days[key] for key in named.tolist()], "datetime64[D]")
        place = np.minimum(np.searchsorted(named, keys), len(named) - 1)
        rows = np.nonzero(named[place] == keys)[0]
        out[rows] = (panel.units.dates[panel.unit[rows]] < dates[place[rows], None]).sum(axis=1)
    return out
