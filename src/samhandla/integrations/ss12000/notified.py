"""What a notified absence explains of the lessons that it covers.

A notified absence and granted leave are valid absence. They explain what nobody has registered: a lesson
without attendance, and those minutes of a registered lesson that are neither presence nor absence of any
kind. What the school has registered always stands, invalid absence too: teacher and school judge each case.
A lesson that was not registered is still not registered, so that the reporting rate is the teachers' own.

Source: SS 12000 2.1, Absence ("Anmäld frånvaro", "Beviljad ledighet"); docs/adr/0019.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
import numpy.typing as npt

from samhandla.integrations.ss12000.records import AbsenceRecord

Ints = npt.NDArray[np.integer[Any]]
EPOCH = datetime(1970, 1, 1).toordinal()  # noqa: DTZ001 - only its day is used
MINUTES_PER_DAY = 24 * 60
BAND = 1 << 26  # above every number of minutes since 1970, so that pupil and minute make one number


@dataclass(frozen=True)
class Notified:
    """Spans of notified absence that do not overlap, in order; pupil and minute as one number."""

    start: Ints
    end: Ints
    unknown: int = 0  # of pupils outside the register

    def minutes(self, pupil: Ints, start: Ints, length: Ints) -> Ints:
        """Return how many minutes from a start are notified, for one pupil each.

        Args:
            pupil: inner number. start: minutes since 1970 in Stockholm. length: minutes.
        """
        if not len(self.start):
            return np.zeros(len(pupil), np.int64)
        begins = pupil.astype(np.int64) * BAND + start
        return self._until(begins + length) - self._until(begins)

    def _until(self, moment: Ints) -> Ints:
        """Return how many notified minutes lie before each moment, those of earlier pupils included."""
        before = np.append(0, np.cumsum(self.end - self.start))
        place = np.searchsorted(self.start, moment, side="right") - 1
        inside = np.minimum(moment - self.start[place], (self.end - self.start)[place])
        found: Ints = np.where(place < 0, 0, before[np.maximum(place, 0)] + inside)
        return found


def spans_of(absences: Iterable[AbsenceRecord], pupils: Mapping[str, int]) -> Notified:
    """Return what was notified as spans; the same hour notified twice is one.

    Args:
        pupils: the source's id → inner number.
    """
    rows: list[tuple[int, int]] = []
    unknown = 0
    for one in absences:
        pupil = pupils.get(one.student)
        if pupil is None:
            unknown += 1
        elif one.end > one.start:
            rows.append((pupil * BAND + _minute(one.start), pupil * BAND + _minute(one.end)))
    if not rows:
        nothing = np.empty(0, np.int64)
        return Notified(nothing, nothing, unknown)
    spans = np.array(sorted(rows), np.int64)
    reach = np.maximum.accumulate(spans[:, 1])
    first = np.append(True, spans[1:, 0] > reach[:-1])
    last = np.append(np.flatnonzero(first)[1:] - 1, len(spans) - 1)
    return Notified(spans[first, 0], reach[last], unknown)


def _minute(moment: datetime) -> int:
    return (moment.toordinal() - EPOCH) * MINUTES_PER_DAY + moment.hour * 60 + moment.minute
