"""Attendance of one school year as matrices: one row per pupil, one column per school day.

Column number n is the n-th school day of the pupil's own unit, so that streaks and windows are
plain arithmetic also when two schools have different breaks.
"""

from __future__ import annotations

from collections.abc import Hashable
from copy import copy
from dataclasses import dataclass, fields
from datetime import date
from functools import cached_property
from typing import Any, ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from samhandla.detect.rules.errors import NoDays
from samhandla.lib.i18n import N_, say
from samhandla.lib.schoolcalendar import school_year_start

# Names for the reader: numpy's own element types are too narrow to follow through arithmetic.
Ints = NDArray[Any]
Floats = NDArray[Any]
Bools = NDArray[Any]
Days = NDArray[Any]

CELLS = (
    "lessons", "offered", "valid", "invalid", "reported", "late", "apart", "lesson_bits", "absent_bits",
)  # fmt: skip
LOOP_FACTS = ("open_from", "contact", "watch_from", "watch_to", "class_watch_from", "class_watch_to")
NO_DAY = np.datetime64("NaT", "D")


@dataclass(frozen=True)
class UnitDays:
    """The school days of the units of one school year: one row per unit, one column per day number."""

    ids: Ints
    dates: Days
    after_break: Bools
    terms: NDArray[Any]

    @cached_property
    def weekdays(self) -> Ints:
        """Monday is 0; columns without a day are -1."""
        number = (self.dates.astype("datetime64[D]").astype(np.int64) + 3) % 7
        return np.where(np.isnat(self.dates), -1, number)

    def last_until(self, day: date) -> Ints:
        """Return per unit the column of its last school day until `day`, -1 when there is none."""
        until = ~np.isnat(self.dates) & (self.dates <= np.datetime64(day, "D"))
        columns = np.arange(self.dates.shape[1])
        return np.where(until, columns, -1).max(axis=1)  # type: ignore[no-any-return]


@dataclass(frozen=True)
class Panel:
    """Pupils and their days; every matrix is (pupils × school days), minutes or lessons per day.

    Rules are asked about some of the days only, `asked`; what they count from are all days until then.
    """

    told_by: ClassVar[str] = "lessons"

    units: UnitDays
    asked: Ints  # columns, in order
    pupil: Ints
    unit: Ints  # row of the pupil's unit in `units`
    class_id: Ints
    class_name: NDArray[Any]
    mentor: Ints
    form: NDArray[Any]
    grade: Ints
    adapted: Bools
    birth: Days
    started: Ints  # column of the first day in the unit, 0 when from the start or unknown
    transition: Bools
    lessons: Ints
    offered: Ints
    valid: Ints
    invalid: Ints
    reported: Ints
    late: Ints
    apart: Ints
    lesson_bits: Ints
    absent_bits: Ints
    open_from: Ints  # column from which a signal about the pupil is open, -1 when none is
    contact: Ints  # column of the last contact noted after that, -1 when none is
    watch_from: Ints  # column from which a quiet watch runs, -1 when none does
    watch_to: Ints
    class_watch_from: Ints  # the same for the pupil's class
    class_watch_to: Ints
    subject_lessons: Ints  # (pupils × subjects) in the term; no columns when subjects are not known
    subject_missed: Ints
    wave: Floats  # how many times its usual absence the pupil's class has that day, at least 1

    @property
    def shape(self) -> tuple[int, int]:
        return self.offered.shape  # type: ignore[return-value]

    @cached_property
    def absent(self) -> Ints:
        """Valid and invalid absence, minutes."""
        return self.valid + self.invalid

    @cached_property
    def away(self) -> Bools:
        """Days with at least half of the teaching missed."""
        return (self.offered > 0) & (self.absent > 0) & (self.absent.astype(np.int32) * 2 >= self.offered)

    @cached_property
    def weekday(self) -> Ints:
        return self.units.weekdays[self.unit]

    @cached_property
    def after_break(self) -> Bools:
        return self.units.after_break[self.unit]

    @cached_property
    def taught(self) -> Bools:
        """Days with lessons."""
        return self.offered > 0  # type: ignore[no-any-return]

    @cached_property
    def spell_day(self) -> Ints:
        """Which day of an unbroken spell a day away is (1 first); 0 on other days.

        Days without lessons neither count nor break.
        """
        days_away, there = self.total("away")[:, 1:], self.taught & ~self.away
        before = np.maximum.accumulate(np.where(there, days_away, 0), axis=1)
        return np.where(self.away, days_away - before, 0)

    @cached_property
    def begun(self) -> Bools:
        """Days on which a spell began."""
        return self.spell_day == 1  # type: ignore[no-any-return]

    @cached_property
    def invalid_day(self) -> Bools:
        """Days with some invalid absence."""
        return self.invalid > 0  # type: ignore[no-any-return]

    @cached_property
    def apart_day(self) -> Bools:
        """Days with a lesson not taken part in."""
        return self.apart > 0  # type: ignore[no-any-return]

    @cached_property
    def wave_day(self) -> Bools:
        """Days on which the rest of the class had at least twice its usual absence."""
        return self.wave >= 2  # type: ignore[no-any-return]

    @cached_property
    def part_day(self) -> Bools:
        """Days on which some lessons were missed and some attended."""
        return np.asarray((self.absent_bits != 0) & (self.absent_bits != self.lesson_bits))

    def total(self, name: str) -> Ints:
        """Return running totals of one of the matrices along the days, with a zero column in front."""
        key = "total", name
        if key not in self.kept:
            self.kept[key] = sums(getattr(self, name), np.int32)  # one pupil's minutes of a year fit
        return self.kept[key]  # type: ignore[no-any-return]

    def so_far(self, name: str) -> Ints:
        """Return the sum of one of the matrices until each asked day, (pupils × asked)."""
        return self.total(name)[:, self.asked + 1]  # type: ignore[no-any-return]

    def window(self, name: str, days: int) -> Ints:
        """Return the sum over the last `days` school days until each asked day, that day included."""
        before = np.maximum(self.asked + 1 - days, 0)
        return self.so_far(name) - self.total(name)[:, before]  # type: ignore[no-any-return]

    def now(self, matrix: np.ndarray) -> np.ndarray:
        """Return the asked days of a matrix."""
        return matrix[:, self.asked]

    @cached_property
    def kept(self) -> dict[Hashable, Any]:
        """What several rules need and one has computed."""
        return {}

    def day(self, row: int, column: int) -> date:
        """Return the date of a pupil's school day."""
        return self.units.dates[self.unit[row], column].astype(object)  # type: ignore[no-any-return]

    def asking(self, columns: Ints) -> Panel:
        """Return the panel asked about other days; what has been computed is shared."""
        other = copy(self)
        other.__dict__.update(kept=self.kept, asked=columns)
        return other

    def rows(self, which: Ints) -> Panel:
        """Return the panel of some pupils."""
        if which.dtype == bool and which.all():
            return self
        parts = {f.name: getattr(self, f.name) for f in fields(self)}
        shared = ("units", "asked")
        return type(self)(**{name: part if name in shared else part[which] for name, part in parts.items()})


@dataclass(frozen=True)
class AbsencePanel(Panel):
    """Pupils of whom only missed lessons are told: no share, no whole day and no unbroken spell can be known.

    Every school day counts as one with teaching; a day without a row may have been attended or not reported.
    """

    told_by: ClassVar[str] = "absence"

    @cached_property
    def taught(self) -> Bools:
        return ~np.isnat(self.units.dates[self.unit])


def sums(values: Ints, kind: type = np.int64) -> Ints:
    """Return running totals along the days, with a zero column in front."""
    totals = np.zeros((values.shape[0], values.shape[1] + 1), kind)
    np.cumsum(values, axis=1, out=totals[:, 1:])
    return totals


def group_sums(rows: np.ndarray, group: Ints, count: int) -> Ints:
    """Add up the rows of each group.

    Args:
        rows: one row per pupil, of whole numbers, marks or shares.
        group: the number of each row's group, below `count`.

    Returns: one row per group; zeros for a group without rows.
    """
    whole = rows.dtype.kind != "f"
    out = np.zeros((count, *rows.shape[1:]), np.int64 if whole else np.float64)
    if len(rows):
        order = np.argsort(group, kind="stable")
        present, first = np.unique(group[order], return_index=True)
        out[present] = np.add.reduceat(rows[order], first, axis=0, dtype=out.dtype)
    return out


def window(values: Ints, days: int) -> Ints:
    """Return for each day the sum of the last `days` school days, that day included."""
    totals = sums(values)
    start = np.maximum(np.arange(values.shape[1]) + 1 - days, 0)
    return totals[:, 1:] - totals[:, start]


def spells_in(panel: Panel, days: int) -> Ints:
    """Return for each asked day how many spells touch the last `days` school days."""
    before = panel.asked - days
    ongoing = np.where(before >= 0, panel.away[:, np.maximum(before, 0)], False)
    goes_on = ongoing & (panel.spell_day[:, np.maximum(before + 1, 0)] > 1)
    return panel.window("begun", days) + goes_on


def share(part: Ints, whole: Ints) -> Floats:
    """Return part / whole, 0 where there is no whole."""
    return np.divide(part, whole, out=np.zeros(part.shape, np.float64), where=whole > 0)


def unit_days(calendar: pa.Table, as_of: date) -> UnitDays:
    """Lay out the school days of the school year of `as_of`, per unit.

    Raises:
        NoDays: the calendar has no school day in that school year until `as_of`.
    """
    first = school_year_start(as_of)
    after = first.replace(year=first.year + 1)
    kept = calendar.filter(
        pc.and_(
            pc.greater_equal(calendar["date"], pa.scalar(first)), pc.less(calendar["date"], pa.scalar(after))
        )
    )
    if not kept.num_rows or pc.min(kept["date"]).as_py() > as_of:
        raise NoDays(
            say(
                N_(
                    "Kalendern har ingen skoldag i läsåret till och med {day}. "
                    "Kontrollera datum och kalender."
                ),
                day=as_of.isoformat(),
            )
        )
    unit = kept["unit"].to_numpy().astype(np.int64)
    ids, row = np.unique(unit, return_inverse=True)
    column = kept["day_no"].to_numpy().astype(np.int64) - 1
    shape = (len(ids), int(column.max()) + 1)
    dates = np.full(shape, NO_DAY)
    dates[row, column] = kept["date"].to_numpy().astype("datetime64[D]")
    after_break = np.zeros(shape, bool)
    after_break[row, column] = kept["after_break"].to_numpy(zero_copy_only=False)
    terms = np.full(shape, "", "U6")
    terms[row, column] = kept["term"].to_numpy(zero_copy_only=False).astype("U6")
    return UnitDays(ids, dates, after_break, terms)


def unit_batches(panel: Panel, most: int) -> list[Ints]:
    """Part the pupils into batches of about `most`, whole units in each; a larger unit is a batch of its own.

    Returns: panel rows, in order, one array per batch.
    """
    batch_of = np.zeros(len(panel.units.ids), np.int64)
    batch = held = 0
    for unit, size in enumerate(np.bincount(panel.unit, minlength=len(batch_of))):
        if held and size and held + size > most:
            batch, held = batch + 1, 0
        batch_of[unit], held = batch, held + size
    rows = (np.nonzero(batch_of[panel.unit] == number)[0] for number in range(batch + 1))
    return [some for some in rows if len(some)]


def build_panel(days: pa.Table, pupils: pa.Table, calendar: pa.Table, as_of: date) -> Panel:
    """Lay the day rows of one school year out as matrices.

    Only days until `as_of` and on a school day of the pupil's own unit are taken; a pupil without
    a single such day is left out. A pupil's day rows in two units are added.

    Args:
        days: rows as declared in DAYS.
        pupils: rows as declared in PUPILS.
        calendar: rows as declared in CALENDAR.
    """
    units = unit_days(calendar, as_of)
    pupils = pupils.filter(pc.is_in(pupils["unit"], value_set=pa.array(units.ids).cast(pa.int32())))
    pupils = pupils.sort_by("pupil")
    if not pupils.num_rows:
        raise NoDays(say(N_("Ingen elev går på en enhet som har skoldagar i kalendern.")))
    ids = pupils["pupil"].to_numpy().astype(np.int64)
    unit = np.searchsorted(units.ids, pupils["unit"].to_numpy().astype(np.int64))
    place, chosen = _places(days, ids, unit, units, as_of)
    matrices = _matrices(days, place, chosen, (len(ids), units.dates.shape[1]))
    present = matrices["offered"].any(axis=1)
    return Panel(
        units=units,
        asked=np.arange(units.dates.shape[1]),
        pupil=ids,
        unit=unit,
        **facts_of(pupils, units, unit),
        **matrices,
        wave=np.ones((len(ids), units.dates.shape[1])),
    ).rows(present)


def _places(days: pa.Table, ids: Ints, unit: Ints, units: UnitDays, as_of: date) -> tuple[Ints, Bools]:
    """Return the place of each day row in the matrices, row by row, and which day rows have one."""
    pupil = days["pupil"].to_numpy()
    day = days["date"].cast(pa.int32()).to_numpy()
    known = units.dates[~np.isnat(units.dates)].astype(np.int64)
    low, high = int(known.min()), int(known.max())
    lookup = np.full((len(units.ids), high - low + 1), -1, np.int64)
    at_unit, at_column = np.nonzero(~np.isnat(units.dates))
    lookup[at_unit, units.dates[at_unit, at_column].astype(np.int64) - low] = at_column
    lookup[:, max((as_of - date(1970, 1, 1)).days + 1 - low, 0) :] = -1
    # A file has a pupil's days in a row: each run of one pupil is looked up once.
    first = np.flatnonzero(np.append(True, pupil[1:] != pupil[:-1])) if len(pupil) else np.zeros(0, int)
    row = np.minimum(np.searchsorted(ids, pupil[first]), len(ids) - 1)
    found, length = ids[row] == pupil[first], np.diff(np.append(first, len(pupil)))
    inside = (day >= low) & (day <= high) & np.repeat(found, length)
    column = lookup[np.repeat(unit[row], length), np.clip(day - low, 0, high - low)]
    return np.repeat(row * units.dates.shape[1], length) + column, inside & (column >= 0)


def _matrices(days: pa.Table, place: Ints, chosen: Bools, shape: tuple[int, int]) -> dict[str, Any]:
    every = bool(chosen.all())
    place = place if every else place[chosen]
    single = not len(place) or int(np.bincount(place).max()) == 1
    out = {}
    for name in CELLS:
        column = days[name].to_numpy()
        values = column if every else column[chosen]
        matrix = np.zeros(shape[0] * shape[1], np.int32 if name.endswith("bits") else np.int16)
        if single:
            matrix[place] = values
        elif name.endswith("bits"):
            np.bitwise_or.at(matrix, place, values)
        else:
            np.add.at(matrix, place, values)
        out[name] = matrix.reshape(shape)
    return out


def facts_of(pupils: pa.Table, units: UnitDays, unit: Ints) -> dict[str, Any]:
    """Return what a panel tells of its pupils besides attendance, by the names of its fields.

    Args:
        pupils: rows as declared in PUPILS, in the panel's order.
        unit: the row in `units` of each pupil's unit.
    """
    started = pupils["started"].to_numpy().astype("datetime64[D]")
    first_column = np.zeros(len(unit), np.int64)
    for row in range(len(units.ids)):
        mine = (unit == row) & ~np.isnat(started)
        first_column[mine] = np.searchsorted(units.dates[row][~np.isnat(units.dates[row])], started[mine])
    elsewhere = pc.fill_null(pupils["from_other_unit"], False).to_numpy(zero_copy_only=False).astype(bool)
    form = pupils["form"].to_numpy(zero_copy_only=False).astype("U8")
    grade = pupils["grade"].to_numpy().astype(np.int64)
    return {
        "class_id": pupils["class_id"].to_numpy().astype(np.int64),
        "class_name": pupils["class_name"].to_numpy(zero_copy_only=False).astype("U30"),
        "mentor": pupils["mentor"].to_numpy().astype(np.int64),
        "form": form,
        "grade": grade,
        "adapted": pupils["adapted"].to_numpy(zero_copy_only=False).astype(bool),
        "birth": pupils["birth_date"].to_numpy().astype("datetime64[D]"),
        "started": first_column,
        "transition": starts_a_stage(form, grade)
        | (first_column > 0)
        | (elsewhere & this_year(units, started)),
        **dict.fromkeys(LOOP_FACTS, np.full(len(unit), -1)),
        "subject_lessons": np.zeros((len(unit), 0), np.int64),
        "subject_missed": np.zeros((len(unit), 0), np.int64),
    }


def this_year(units: UnitDays, started: NDArray[Any]) -> Bools:
    """Tell who began in the unit in the school year of the calendar, the summer before it included."""
    days = units.dates[~np.isnat(units.dates)]
    if not len(days):
        return np.zeros(len(started), bool)
    first = np.datetime64(school_year_start(days.max().astype("datetime64[D]").item()))
    return np.asarray(~np.isnat(started) & (started >= first))


def starts_a_stage(form: NDArray[Any], grade: Ints) -> Bools:
    """Tell who is in the first year of a stage: the preschool class, grade 7, upper-secondary year 1."""
    first_upper = np.isin(form, ("GY", "GYS", "GYAN")) & (grade == 1)
    seventh = np.isin(form, ("GR", "GRS", "SP", "SAM")) & (grade == 7)
    return np.asarray((form == "FKLASS") | seventh | first_upper)
