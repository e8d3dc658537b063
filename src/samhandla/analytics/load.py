"""Reads lessons, pupils and calendars from plain files into the declared tables."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from samhandla.analytics.calendar import number_days
from samhandla.analytics.cells import (
    NO_CODE_WORDS,
    parse_clock,
    parse_date,
    parse_maybe,
    parse_minutes,
    parse_sex,
    parse_status,
    parse_whole,
    parse_yes,
)
from samhandla.analytics.columns import CALENDAR_COLUMNS, LESSON_COLUMNS, PUPIL_COLUMNS
from samhandla.analytics.errors import BadColumns, UnreadableFile
from samhandla.analytics.source import Source, open_source, require
from samhandla.analytics.tables.attendance import CALENDAR, LESSONS, PUPILS
from samhandla.analytics.tables.declare import Table

DEFAULT_LESSON_MINUTES = 60
DEFAULT_FORM = "GR"  # a file without school forms is read as compulsory school, and the result says so
FIRST_START = 8 * 60


@dataclass
class Names:
    """Numbers for the words of a file, and the words back: 1 is the first word."""

    words: list[str] = field(default_factory=list)
    numbers: dict[str, int] = field(default_factory=dict)

    def number(self, words: pa.Array) -> np.ndarray:
        """Return one number per word, giving new words the next number."""
        coded = pc.fill_null(words, "").dictionary_encode()  # an empty cell has been noted as unreadable
        for word in coded.dictionary.to_pylist():
            if word not in self.numbers:
                self.words.append(word)
                self.numbers[word] = len(self.words)
        table = np.array([self.numbers[word] for word in coded.dictionary.to_pylist()], np.int64)
        return table[coded.indices.to_numpy(zero_copy_only=False)] if len(words) else np.zeros(0, np.int64)

    def word(self, number: int) -> str | int:
        """Return the word of a number; a whole number where every word of the file was one."""
        if not self.words:
            return number
        word = self.words[number - 1]
        return int(word) if self._whole else word

    @property
    def _whole(self) -> bool:
        return all(word.isdigit() and str(int(word)) == word for word in self.words)


@dataclass
class Attendance:
    """What one set of files holds, in the declared tables, with the words to map back to."""

    lessons: pa.Table
    pupils: pa.Table
    pupil_names: Names
    unit_names: Names
    class_names: Names
    notes: tuple[str, ...] = ()


def read_attendance(lessons: Path, pupils: Path | None = None) -> Attendance:
    """Read lessons, and pupils when given, from text or Parquet files.

    Columns are found by name, see columns.py. Only pupil, date and one of the absence columns
    (valid, invalid, absent, status) are needed. Words for pupils, units and classes get numbers.
    Implausible values are kept: quality.py finds them and sets them aside.

    Returns: the declared tables; `notes` are codes for what had to be assumed.

    Raises:
        UnreadableFile, EmptyFile, BadColumns, BadRows: what cannot be read, with row and reason.
    """
    if pupils is not None and not pupils.is_file():
        raise UnreadableFile(f"Filen {pupils} finns inte. Kontrollera sökvägen.")
    source = open_source(lessons, LESSON_COLUMNS)
    require(source, "pupil", "date")
    names, units, classes = Names(), Names(), Names()
    notes: list[str] = []
    table = _lessons(source, names, units, notes)
    source.finish()
    register = _pupils_from_file(pupils, names, units, classes, notes) if pupils else None
    if register is None:
        register = _pupils_from_lessons(source, table, classes, notes)
    return Attendance(table, register, names, units, classes, tuple(dict.fromkeys(notes)))


def read_declared(path: Path, table: Table) -> pa.Table | None:
    """Return a Parquet file that already has exactly the declared columns, else nothing."""
    if path.suffix.lower() != ".parquet" or not path.is_file():
        return None
    try:
        if not set(table.names) <= set(pq.read_schema(path).names):
            return None
        return pq.read_table(path, columns=table.names).cast(table.schema)
    except (pa.ArrowException, OSError):
        return None


def _lessons(source: Source, names: Names, units: Names, notes: list[str]) -> pa.Table:
    minutes = _minutes(source, notes)
    pupil = names.number(_required_text(source, "pupil"))
    day = source.read("date", parse_date, pa.date32())
    start, slot = _start_and_slot(source, pupil, day)
    columns: dict[str, pa.Array | np.ndarray] = {
        "pupil": pupil,
        "unit": units.number(source.text("unit")) if source.has("unit") else np.zeros(source.rows, np.int32),
        "group": Names().number(source.text("group"))
        if source.has("group")
        else np.zeros(source.rows, np.int32),
        "date": day,
        "start": start,
        "slot": slot,
        "subject": (
            source.text("subject") if source.has("subject") else pa.array([""] * source.rows, pa.string())
        ),
        "participating": (
            source.read("participating", parse_maybe, pa.bool_(), False)
            if source.has("participating")
            else pa.nulls(source.rows, pa.bool_())
        ),
        **minutes,
    }
    subject = source.text("subject") if source.has("subject") else pa.array([""] * source.rows, pa.string())
    columns["subject"] = subject.dictionary_encode().cast(pa.dictionary(pa.int16(), pa.string()))
    fields = {field.name: field.type for field in LESSONS.schema}
    arrays = [pa.array(columns[name]).cast(kind) for name, kind in fields.items()]
    return pa.Table.from_arrays(arrays, names=list(fields))


def _required_text(source: Source, name: str) -> pa.Array:
    def parse(text: str) -> str:
        return text.strip()

    return source.read(name, parse, pa.string())


def _minutes(source: Source, notes: list[str]) -> dict[str, np.ndarray]:
    if not any(source.has(name) for name in ("valid", "invalid", "absent", "status", "present")):
        raise BadColumns(
            f"{source.path.name} saknar frånvaro: någon av kolumnerna valid, invalid, absent, present "
            "eller status behövs. Se --help."
        )
    offered = _numbers(source, "offered", DEFAULT_LESSON_MINUTES)
    if not source.has("offered"):
        notes.append("no_minutes")
    zeros = np.zeros(source.rows, np.int32)
    valid, invalid, other = (_numbers(source, name, 0) for name in ("valid", "invalid", "other"))
    reported = np.ones(source.rows, bool)
    if source.has("absent") and not source.has("valid"):
        valid = np.where(invalid > 0, valid, _numbers(source, "absent", 0))
        notes.append("no_codes")
    if source.has("status"):
        status = source.read("status", parse_status, pa.string(), "").to_numpy(zero_copy_only=False)
        valid, invalid, other = (
            np.where(status == word, offered, zeros) for word in ("valid", "invalid", "other")
        )
        reported = status != ""
        if pc.any(pc.is_in(pc.utf8_lower(source.text("status")), pa.array(sorted(NO_CODE_WORDS)))).as_py():
            notes.append("no_codes")
    if source.has("reported"):
        given = source.read("reported", parse_yes, pa.bool_(), False)
        reported = pc.fill_null(given, False).to_numpy(zero_copy_only=False)
    present = np.where(reported, np.maximum(offered - valid - invalid - other, 0), zeros)
    if source.has("present"):
        present = _numbers(source, "present", 0)
        if not any(source.has(name) for name in ("valid", "invalid", "absent", "status")):
            valid = np.where(reported, np.maximum(offered - present - other, 0), zeros)
            notes.append("no_codes")
    kept = {"offered": offered, "present": present, "valid": valid, "invalid": invalid, "other": other}
    return {**{name: np.clip(values, -30_000, 30_000) for name, values in kept.items()}, "reported": reported}


def _numbers(source: Source, name: str, otherwise: int) -> np.ndarray:
    if not source.has(name):
        return np.full(source.rows, otherwise, np.int32)
    empty = None if name == "offered" else 0
    column = source.read(name, parse_minutes, pa.int32(), empty)
    return np.asarray(pc.fill_null(column, 0).to_numpy(zero_copy_only=False))


def _start_and_slot(source: Source, pupil: np.ndarray, day: pa.Array) -> tuple[np.ndarray, np.ndarray]:
    """Return start and slot; one that is missing is told from the other, or from the row order."""
    days = pc.fill_null(day.cast(pa.int32()), 0).to_numpy(zero_copy_only=False)
    if source.has("slot"):
        slot = pc.fill_null(source.read("slot", parse_whole, pa.int32()), 1).to_numpy(zero_copy_only=False)
        slot = np.clip(slot, 1, 20)
    if source.has("start"):
        start = pc.fill_null(source.read("start", parse_clock, pa.int32()), 0).to_numpy(zero_copy_only=False)
        if not source.has("slot"):
            slot = _rank(pupil, days, start, same_shares=True)
    else:
        if not source.has("slot"):
            slot = _rank(pupil, days, np.arange(source.rows), same_shares=False)
        start = np.minimum(FIRST_START + (slot - 1) * DEFAULT_LESSON_MINUTES, 1439)
    return start, slot


def _rank(pupil: np.ndarray, day: np.ndarray, start: np.ndarray, *, same_shares: bool) -> np.ndarray:
    """Number the lessons of each pupil's day from 1 by start, at most 20."""
    order = np.lexsort((start, day, pupil))
    p, d, s = pupil[order], day[order], start[order]
    new_day = np.ones(len(order), bool)
    new_day[1:] = (p[1:] != p[:-1]) | (d[1:] != d[:-1])
    step = np.ones(len(order), np.int64)
    if same_shares:
        step[1:] = new_day[1:] | (s[1:] != s[:-1])
    count = np.cumsum(step)
    first = np.maximum.accumulate(np.where(new_day, count, 0))
    ranks = np.empty(len(order), np.int64)
    ranks[order] = np.minimum(count - first + 1, 20)
    return ranks


def _pupils_from_lessons(source: Source, lessons: pa.Table, classes: Names, notes: list[str]) -> pa.Table:
    """Make the register of pupils from what the lesson rows say; the last row of a pupil wins."""
    pupil = lessons["pupil"].to_numpy()
    ids, first_from_end = np.unique(pupil[::-1], return_index=True)
    last = len(pupil) - 1 - first_from_end
    if not source.has("form"):
        notes.append("no_form")
    grade = source.read("grade", parse_whole, pa.int32(), 0) if source.has("grade") else None
    sex = source.read("sex", parse_sex, pa.string(), "O") if source.has("sex") else None
    source.finish()
    class_words = source.text("class").take(pa.array(last)) if source.has("class") else None
    return register(
        {
            "pupil": ids,
            "unit": lessons["unit"].to_numpy()[last],
            "class_id": classes.number(class_words) if class_words is not None else None,
            "class_name": class_words,
            "form": source.text("form").take(pa.array(last)) if source.has("form") else None,
            "grade": grade.take(pa.array(last)) if grade is not None else None,
            "sex": sex.take(pa.array(last)) if sex is not None else None,
        }
    )


def _pupils_from_file(path: Path, names: Names, units: Names, classes: Names, notes: list[str]) -> pa.Table:
    source = open_source(path, PUPIL_COLUMNS)
    require(source, "pupil")
    parsers = {
        "grade": (parse_whole, pa.int32(), 0),
        "sex": (parse_sex, pa.string(), "O"),
        "adapted": (parse_yes, pa.bool_(), False),
        "mentor": (parse_whole, pa.int32(), 0),
    }
    columns = {name: source.read(name, *how) for name, how in parsers.items() if source.has(name)}
    for name in ("birth_date", "started"):
        if source.has(name):
            columns[name] = source.read(name, lambda text: str(parse_date(text)), pa.string(), "")
            columns[name] = pc.if_else(pc.equal(columns[name], ""), None, columns[name]).cast(pa.date32())
    known = _required_text(source, "pupil")
    source.finish()
    class_words = source.text("class") if source.has("class") else None
    name_words = source.text("class_name") if source.has("class_name") else class_words
    if not source.has("form"):
        notes.append("no_form")
    return register(
        {
            **columns,
            "pupil": names.number(known),
            "unit": units.number(source.text("unit")) if source.has("unit") else None,
            "class_id": classes.number(class_words if class_words is not None else name_words)
            if name_words is not None
            else None,
            "class_name": name_words,
            "form": source.text("form") if source.has("form") else None,
        }
    )


def register(columns: dict[str, pa.Array | np.ndarray | None]) -> pa.Table:
    """Fill what is unknown about pupils with the declared "unknown", and check the shape.

    Args:
        columns: any of the columns of PUPILS; `pupil` is needed.

    Returns: one row per pupil, as declared in PUPILS, ordered by pupil.
    """
    rows = len(columns["pupil"])  # type: ignore[arg-type]  # a list
    unknown = {"form": DEFAULT_FORM, "sex": "O", "class_name": "", "adapted": False}
    arrays = []
    for item in PUPILS.schema:
        values = columns.get(item.name)
        if values is None:
            blank = None if item.nullable else unknown.get(item.name, 0)
            values = pa.array([blank] * rows, item.type)
        arrays.append(pa.array(values).cast(item.type))
    return pa.Table.from_arrays(arrays, schema=PUPILS.schema).sort_by("pupil")


def read_calendar(path: Path, units: Names) -> pa.Table:
    """Read school days per unit; day numbers, terms and breaks that are missing are worked out.

    Returns: rows as declared in CALENDAR.
    """
    source = open_source(path, CALENDAR_COLUMNS)
    require(source, "date")
    days = source.read("date", parse_date, pa.date32())
    source.finish()
    numbers = units.number(source.text("unit")) if source.has("unit") else np.zeros(source.rows, np.int64)
    return number_days(numbers, days.to_numpy(zero_copy_only=False)).cast(CALENDAR.schema)
