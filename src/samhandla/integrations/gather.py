"""From files and fetched pages to one Delivery. Knows no Django and no register."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa
import pyarrow.compute as pc

from samhandla.integrations import files
from samhandla.integrations.delivery import LESSONS, REGISTER_RESOURCES, TOTALS, Delivery
from samhandla.integrations.files import ParsedLessons, ParsedPersons, ParsedTotals
from samhandla.integrations.files.parsed import LESSON_SCHEMA, TOTALS_SCHEMA
from samhandla.integrations.files.persons import PERSON_KINDS
from samhandla.integrations.files.place import FilePlace, place_of
from samhandla.integrations.records import PersonRecord, Protection, Refused
from samhandla.integrations.rules.attendance import REFUSALS_LISTED
from samhandla.integrations.ss12000.across import ended, last_days, places_ended, with_forms
from samhandla.integrations.ss12000.client import Page
from samhandla.integrations.ss12000.deviations import DEVIATIONS
from samhandla.integrations.ss12000.lessons import LessonBuilder
from samhandla.integrations.ss12000.markings import markings_in, strictest, with_markings
from samhandla.integrations.ss12000.parse import parse_deleted, parse_rows
from samhandla.integrations.ss12000.records import AbsenceRecord
from samhandla.integrations.ss12000.rows import Findings, ParseOptions
from samhandla.integrations.ss12000.teaching import with_teaching
from samhandla.integrations.ss12000.timetable import Ids
from samhandla.lib.i18n import N_

EDLEVO = "edlevo"
STUDENT = re.compile(rb'"student"\s*:\s*\{[^{}]*?"id"\s*:\s*"([^"]+)"')
SET_ASIDE = {
    "lesson_not_in_window": N_("Närvaro om lektioner utanför perioden lämnades därhän."),
    "sent_again": N_("Närvaro som skickats flera gånger räknades en gång."),
    "cancelled": N_("Närvaro på inställda lektioner räknades inte."),
    "not_teaching": N_("Närvaro på annat än undervisning räknades inte."),
    "activity_unknown": N_("Närvaro på lektioner utan känd aktivitet räknades inte."),
    "not_participating": N_("Närvaro för elever som inte ska delta räknades inte."),
    "same_time": N_("Av två lektioner på samma tid räknades en."),
    "notified_unknown": N_("Anmäld frånvaro för elever utanför registret lämnades därhän."),
}
EXPLAINED = {
    "unreported": N_("Oregistrerade lektioner fick giltig frånvaro, eftersom den var anmäld."),
    "without_code": N_(
        "Registrerade lektioner där tid saknade kod fick giltig frånvaro, eftersom den var anmäld."
    ),
    "kept_invalid": N_("Ogiltig frånvaro som läraren registrerat står kvar, fast frånvaro var anmäld."),
}
COMING = N_("Dagen har inte varit än. Kontrollera datumet: närvaro rapporteras först efteråt.")
NOTIFIED = N_("Anmälningar om frånvaro lästes.")
SENT_TWICE = N_("Rader som kom två gånger räknades en gång.")


def from_file(path: Path | FilePlace, mapping: files.Mapping, options: files.Options) -> Delivery:
    """Read a file by its mapping.

    Raises:
        FileSourceError: the file as a whole cannot be used; the message says why and what to do.
    """
    table = files.open_file(path, header_row=mapping.header_row, sheet=mapping.sheet)
    if mapping.kind in PERSON_KINDS:
        return from_parsed(files.parse_persons(table, mapping, options))
    return from_parsed(files.parse_attendance(table, mapping, options))


def from_edlevo(path: Path | FilePlace) -> Delivery:
    """Read an answer of Edlevo's absence interface. It lists absence alone.

    Raises:
        FileSourceError: the file as a whole cannot be used.
    """
    with place_of(path).opened() as file:
        parsed = files.parse_edlevo(file)
    delivery, name = Delivery(absence_only=True), LESSONS
    if parsed.lessons or not parsed.totals:
        rows = [{**msgspec.structs.asdict(row), "date": row.day} for row in parsed.lessons]
        delivery.lessons = _table(LESSON_SCHEMA, rows)
    else:
        name = TOTALS
        delivery.totals = _table(TOTALS_SCHEMA, [msgspec.structs.asdict(r) for r in parsed.totals])
    refused = len({one.row for one in parsed.refused})
    taken = delivery.attendance
    delivery.read[name] = (0 if taken is None else taken.num_rows) + refused + len(parsed.duplicates)
    delivery.refuse(name, list(parsed.refused), refused)
    delivery.refuse(name, list(parsed.duplicates), len(parsed.duplicates))
    delivery.remarks = list(Counter(one.reason for one in parsed.marks).items())
    delivery.window = None if taken is None else _window(taken)
    return delivery


def without_coming(delivery: Delivery, today: date) -> Delivery:
    """Refuse attendance of days that have not been, and return the same delivery.

    A school system reports what has been; a day ahead is a date read or written wrong, and would stand in the
    figures until it came. A period counts by its first day: the present one ends later.
    """
    rows, day = delivery.attendance, "date" if delivery.lessons is not None else "start"
    if rows is None:
        return delivery
    coming = pc.fill_null(pc.greater(rows[day], pa.scalar(today, rows[day].type)), False)
    numbers = rows["row"].filter(coming)
    if not len(numbers):
        return delivery
    name, own = delivery.attendance_name, rows.filter(pc.invert(coming))
    listed = [Refused(row=row, field=day, reason=COMING) for row in numbers[:REFUSALS_LISTED].to_pylist()]
    delivery.refuse(name, listed, len(numbers))
    if delivery.lessons is not None:
        delivery.lessons = own
    else:
        delivery.totals = own
    return delivery


def _table(schema: pa.Schema, rows: list[dict[str, Any]]) -> pa.Table:
    """Return rows as a table; where they have no row number they are numbered from 1."""
    columns = {name: [row.get(name) for row in rows] for name in schema.names}
    columns["row"] = list(range(1, len(rows) + 1))
    arrays = [
        pa.array(columns[f.name], pa.string()).dictionary_encode().cast(f.type)
        if pa.types.is_dictionary(f.type)
        else pa.array(columns[f.name], f.type)
        for f in schema
    ]
    return pa.Table.from_arrays(arrays, schema=schema)


def from_parsed(parsed: files.ParsedLessons | files.ParsedTotals | ParsedPersons) -> Delivery:
    """Turn the outcome of a file into a delivery."""
    name = "persons"
    delivery = Delivery(
        absence_only=parsed.mapping.absence_only,
        by_personnummer=parsed.mapping.person_key == "personnummer",
    )
    if isinstance(parsed, ParsedLessons):
        delivery.lessons, name = parsed.table, LESSONS
    elif isinstance(parsed, ParsedTotals):
        delivery.totals, name = parsed.table, TOTALS
        delivery.offered_with_absence = parsed.mapping.absence_only
    elif isinstance(parsed, ParsedPersons):
        _persons_of_file(delivery, parsed)
    counts = parsed.counts
    delivery.read[name] = counts.read
    delivery.protected[name] = counts.protected
    delivery.refuse(name, parsed.refused, counts.refused)
    delivery.refuse(name, parsed.duplicates, counts.duplicates)
    delivery.remarks += [(p.reason, rows) for p, rows in parsed.findings.counted() if p.kept]
    delivery.remarks += [(note, 1) for note in parsed.notes]
    if delivery.attendance is not None:
        delivery.window = _window(delivery.attendance)
    return delivery


def _persons_of_file(delivery: Delivery, parsed: ParsedPersons) -> None:
    delivery.persons = list(parsed.persons)
    delivery.groups = list(parsed.groups)
    delivery.duties = list(parsed.duties)
    delivery.guardians = list(parsed.guardians)
    delivery.children_of_protected = parsed.children_of_protected
    delivery.read["groups"] = len(parsed.groups)
    delivery.read["duties"] = len(parsed.duties)
    if parsed.mapping.kind == "pupils":
        delivery.complete |= {"persons", "groups"}
    elif parsed.mapping.kind == "staff":
        delivery.complete |= {"duties"}


def _window(rows: pa.Table) -> tuple[date, date] | None:
    if not rows.num_rows:
        return None
    first, last = ("date", "date") if "date" in rows.column_names else ("start", "end")
    return pc.min(rows[first]).as_py(), pc.max(rows[last]).as_py()


@dataclass(frozen=True)
class StagedPage:
    """One fetched page: the JSON of its rows, as sent."""

    resource: str
    number: int
    data: bytes


def from_pages(
    pages: Iterable[StagedPage],
    states: Mapping[str, tuple[str, str | None]],
    *,
    window: tuple[date, date] | None = None,
    changes_of: Collection[str] = (),
    options: ParseOptions | None = None,
) -> Delivery:
    """Read everything that was fetched from an SS 12000 source.

    Args:
        pages: in the order fetched, resource by resource.
        states: resource → how it went (`fetch.State`), and why when it is not complete.
        changes_of: resources of which only what has changed was asked for; nothing of them is missing.
    """
    gatherer = _Gatherer(options or ParseOptions())
    for page in pages:
        gatherer.take(page)
    delivery = gatherer.delivery
    for name in REGISTER_RESOURCES:
        gatherer.finish(name)
    delivery.marked = gatherer.marked
    _across(delivery)
    complete = {name for name, (state, _why) in states.items() if state == "complete"}
    delivery.complete = (complete & set(REGISTER_RESOURCES)) - set(changes_of)
    delivery.changes_of = frozenset(changes_of)
    delivery.state = {name: why or "" for name, (state, why) in states.items() if state != "complete"}
    delivery.teaching_known = "activities" in complete - set(changes_of)
    if delivery.teaching_known:
        delivery.duties = with_teaching(delivery.duties, gatherer.others["activities"])
    delivery.failed = {name for name, (state, _why) in states.items() if state == "failed"}
    gatherer.attendance(window, complete, known="attendances" not in states or "attendances" in complete)
    return delivery


def _across(delivery: Delivery) -> None:
    """Let what came of one resource say what it does about another."""
    placed = with_forms(delivery.persons, delivery.organisations)
    last = last_days(delivery.organisations)
    delivery.persons = with_markings(places_ended(placed.persons, last), delivery.marked)
    delivery.unplaced = frozenset(placed.without)
    delivery.groups, delivery.duties = ended(delivery.groups, last), ended(delivery.duties, last)
    delivery.refuse("persons", placed.refused, 0)


class _Gatherer:
    """Collects the pages of one fetch."""

    def __init__(self, options: ParseOptions) -> None:
        self.delivery = Delivery()
        self.options = options
        self.records: dict[str, dict[str, Any]] = {name: {} for name in REGISTER_RESOURCES}
        self.taken: Counter[str] = Counter()
        self.findings: dict[str, Findings] = {}
        self.others: dict[str, list[Any]] = {
            "syllabuses": [],
            "activities": [],
            "absences": [],
            "aggregatedAttendance": [],
        }
        self.raw: dict[str, list[bytes]] = {"calendarEvents": [], "attendances": []}
        self.deleted: set[str] = set()
        self.marked: dict[str, Protection] = {}

    def take(self, page: StagedPage) -> None:
        for who, mark in markings_in(page.data).items():
            self.marked[who] = strictest(self.marked.get(who), mark)
        if page.resource in self.raw:
            self.raw[page.resource].append(page.data)
            return
        findings = self.findings.setdefault(page.resource, Findings())
        if page.resource == "deletedEntities":
            self.deleted |= {one.id for one in parse_deleted(msgspec.json.decode(page.data), findings)}
            self.delivery.deleted = frozenset(self.deleted)
            return
        rows = Page(page.resource, page.number, page.data).rows()
        if page.resource in self.records:
            found = parse_rows(page.resource, rows, findings, self.options)
            self.taken[page.resource] += len(found)
            self.records[page.resource].update((record.id, record) for record in found)  # type: ignore[attr-defined]  # every record has an id
        elif page.resource in self.others:
            self.others[page.resource] += parse_rows(page.resource, rows, findings, self.options)

    def finish(self, name: str) -> None:
        records, findings = list(self.records[name].values()), self.findings.get(name)
        setattr(self.delivery, name, records)
        if findings is None:
            return
        self.delivery.read[name] = len(records) + findings.rows_refused
        self.delivery.refuse(name, findings.refused, findings.rows_refused)
        twice = self.taken[name] - len(records)
        if twice:
            self.delivery.remarks.append((SENT_TWICE, twice))
        self._deviations(findings)

    def _deviations(self, findings: Findings) -> None:
        self.delivery.remarks += [
            (DEVIATIONS[code], times)
            for code, times in sorted(findings.deviations.items())
            if code in DEVIATIONS
        ]

    def attendance(self, window: tuple[date, date] | None, complete: set[str], *, known: bool) -> None:
        """Make lessons of the lessons and attendance fetched, or where there are none, the totals.

        Args:
            known: attendance came in full; without it every lesson would look unregistered.
        """
        delivery = self.delivery
        if self.raw["calendarEvents"] and known and "calendarEvents" in complete:
            self._lessons(self._notified() if "absences" in complete else [])
        elif self.others["aggregatedAttendance"] and "aggregatedAttendance" in complete:
            self._totals()
        delivery.window = window

    def _notified(self) -> list[AbsenceRecord]:
        """Return the notified absence that the source still has, and note what was read and refused."""
        findings = self.findings.get("absences", Findings())
        kept = [one for one in self.others["absences"] if one.id not in self.deleted]
        self.delivery.refuse("absences", findings.refused, findings.rows_refused)
        if kept:
            self.delivery.remarks.append((NOTIFIED, len(kept)))
        self._deviations(findings)
        return kept

    def _lessons(self, notified: list[AbsenceRecord]) -> None:
        delivery, findings = self.delivery, Findings()
        people = [p.id for p in delivery.persons if p.enrolments]
        if "persons" in delivery.changes_of:
            people = list(dict.fromkeys([*people, *self._named_pupils()]))
        units = [one.id for one in delivery.organisations]
        groups = [one.id for one in delivery.groups]
        number = {name: place for place, name in enumerate(people, start=1)}
        unit_number = {name: place for place, name in enumerate(units, start=1)}
        homes = {number[p.id]: unit_number.get(_home(p), 0) for p in delivery.persons if p.enrolments}
        ids = Ids(number, unit_number, {name: n for n, name in enumerate(groups, start=1)}, homes)
        builder = LessonBuilder(ids, findings)
        builder.timetable.add_groups(delivery.groups)
        builder.timetable.add_syllabuses(self.others["syllabuses"])
        builder.timetable.add_activities(self.others["activities"])
        for data in self.raw["calendarEvents"]:
            builder.add_events(data)
        for data in self.raw["attendances"]:
            builder.add_attendances(data)
        builder.add_absences(notified)
        lessons = builder.finish()
        delivery.lessons = _with_words(lessons.table, people, units, groups)
        delivery.read[LESSONS] = lessons.table.num_rows + findings.rows_refused
        delivery.refuse(LESSONS, findings.refused, findings.rows_refused)
        delivery.remarks += [(SET_ASIDE[why], n) for why, n in lessons.set_aside.items() if why in SET_ASIDE]
        delivery.remarks += [(EXPLAINED[what], n) for what, n in lessons.explained.items()]
        self._deviations(findings)

    def _named_pupils(self) -> Iterator[str]:
        """Return those whom groups and attendance name: when only changed persons came, the others too."""
        yield from (member.person for group in self.delivery.groups for member in group.memberships)
        for data in (*self.raw["calendarEvents"], *self.raw["attendances"]):
            yield from (found.decode() for found in STUDENT.findall(data))

    def _totals(self) -> None:
        rows = self.others["aggregatedAttendance"]
        findings = self.findings[TOTALS]
        self.delivery.totals = _table(TOTALS_SCHEMA, [msgspec.structs.asdict(row) for row in rows])
        self.delivery.read[TOTALS] = len(rows) + findings.rows_refused
        self.delivery.refuse(TOTALS, findings.refused, findings.rows_refused)
        self._deviations(findings)


def _home(person: PersonRecord) -> str:
    """Return the unit of the last place, one that was ended early only when there is no other."""
    return ([e for e in person.enrolments if not e.cancelled] or person.enrolments)[-1].unit


def _with_words(lessons: pa.Table, people: list[str], units: list[str], groups: list[str]) -> pa.Table:
    """Give lessons their source's ids back in place of the numbers that they were built with."""
    columns = {name: lessons[name] for name in lessons.column_names if name in LESSON_SCHEMA.names}
    for name, words in (("pupil", people), ("unit", units), ("group", groups)):
        places = pc.subtract(lessons[name].cast(pa.int32()).combine_chunks(), 1)
        places = pc.if_else(pc.less(places, 0), pa.scalar(None, pa.int32()), places)
        columns[name] = pa.DictionaryArray.from_arrays(places, pa.array(words, pa.string()))
    columns["row"] = pa.array(range(1, lessons.num_rows + 1), pa.int64())
    columns["subject"] = lessons["subject"].cast(pa.string()).combine_chunks().dictionary_encode()
    return pa.table({name: columns[name] for name in LESSON_SCHEMA.names}).cast(LESSON_SCHEMA)
