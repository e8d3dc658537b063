"""Edlevo's Absence API v2: XML with events per lesson and sums per period → the same records.

One event is one reason for some minutes of one lesson; the events of a lesson are joined.

Source: Tietoevry's public description of Absence API v2 (schema tieto-edu-absence-v2),
read 2026-11.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from pathlib import Path
from typing import IO
from xml.etree.ElementTree import Element, ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import iterparse

from samhandla.analytics.tables.attendance import MAX_LESSON_MINUTES
from samhandla.integrations.files.errors import EmptyFile, NotATable, TooLarge, Truncated
from samhandla.integrations.files.parsed import Counts
from samhandla.integrations.files.values import STOCKHOLM, BadValue, parse_whole, shown, weekend_name
from samhandla.integrations.files.wording import DUPLICATE
from samhandla.integrations.records import LessonRow, Refused, TotalsRow
from samhandla.lib.i18n import N_, say

MAX_DEPTH = 20  # an event lies four deep
MAX_HELD = 200_000  # elements at once; a pupil's whole year is about 20,000


class Reason(StrEnum):
    """Edlevo's codes; an older API swaps the Swedish words, so only the English ones count."""

    VALID = "Valid"
    INVALID = "Invalid"
    LATE = "LateArrival"
    PRESENT = "Present"


PART = {Reason.VALID: "valid", Reason.INVALID: "invalid", Reason.LATE: "invalid", Reason.PRESENT: "present"}


@dataclass(frozen=True)
class ParsedEdlevo:
    """Lessons and totals of one answer.

    `counts` are of events and sums as sent: read = accepted + refused + duplicates. `row` in
    the lists is the running number of the event or sum in the file. Several accepted events
    may make one lesson. Comments are never read.
    """

    lessons: tuple[LessonRow, ...]
    totals: tuple[TotalsRow, ...]
    counts: Counts
    refused: tuple[Refused, ...]
    duplicates: tuple[Refused, ...]
    marks: tuple[Refused, ...]


@dataclass(frozen=True)
class _Event:
    row: int
    reason: Reason
    minutes: int
    lesson: LessonRow


@dataclass(frozen=True)
class _Sum:
    row: int
    reason: Reason
    minutes: int
    totals: TotalsRow


@dataclass
class _Gathered:
    read: int = 0
    events: dict[tuple[str, date, int | None], list[_Event]] = field(default_factory=dict)
    sums: dict[tuple[str, str | None, date, date], list[_Sum]] = field(default_factory=dict)
    refused: list[Refused] = field(default_factory=list)
    duplicates: list[Refused] = field(default_factory=list)
    marks: list[Refused] = field(default_factory=list)
    accepted: int = 0

    def refuse(self, row: int, name: str, reason: str) -> None:
        self.refused.append(Refused(row=row, field=name, reason=reason))


def parse_edlevo(source: Path | IO[bytes]) -> ParsedEdlevo:
    """Parse an answer of Edlevo's Absence API v2.

    An event with an unknown reason, impossible minutes or no readable time is refused alone;
    preschool events are left out with a reason, since preschool never gives signals.

    Raises:
        NotATable: entities or external references (an attack), or XML of another kind.
        Truncated: the XML ends too early. EmptyFile: it holds no person.
        TooLarge: elements in elements, or more than a person has, which would fill the memory.
    """
    gathered = _Gathered()
    persons = 0
    try:
        for person in _persons(source):
            persons += 1
            _take_person(gathered, person)
    except DefusedXmlException as error:
        raise NotATable(
            N_("XML-filen innehåller definitioner som kan skada läsningen och tas inte emot.")
        ) from error
    except (ParseError, UnicodeDecodeError, LookupError) as error:
        raise Truncated(N_("XML-filen är avklippt eller felaktig. Hämta den på nytt ur Edlevo.")) from error
    if not persons:
        raise EmptyFile(N_("XML-filen innehåller inga personer."))
    lessons = tuple(_lessons(gathered))
    totals = tuple(_totals(gathered))
    counts = Counts(
        read=gathered.read,
        accepted=gathered.accepted,
        refused=len({entry.row for entry in gathered.refused}),
        duplicates=len(gathered.duplicates),
    )
    return ParsedEdlevo(
        lessons,
        totals,
        counts,
        tuple(sorted(gathered.refused, key=lambda entry: int(entry.row))),
        tuple(sorted(gathered.duplicates, key=lambda entry: int(entry.row))),
        tuple(sorted(gathered.marks, key=lambda entry: int(entry.row))),
    )


def _persons(source: Path | IO[bytes]) -> Iterator[Element]:
    given = str(source) if isinstance(source, Path) else source
    root: Element | None = None
    depth = held = 0
    for step, element in iterparse(given, events=("start", "end"), forbid_dtd=True):
        if root is None:
            root = element
            if _name(element) != "persons":
                raise NotATable(N_("XML-filen är inte frånvaro ur Edlevo (persons saknas)."))
        depth += 1 if step == "start" else -1
        held += step == "start"
        if depth > MAX_DEPTH or held > MAX_HELD:
            raise _too_large()
        if step == "end" and _name(element) == "person":
            yield element
        if step == "end" and depth == 1:
            root.clear()
            held = 0


def _too_large() -> TooLarge:
    return TooLarge(
        N_("XML-filen är byggd så att den sväller när den läses och tas inte emot. Hämta den på nytt.")
    )


def _name(element: Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _child(element: Element, name: str) -> Element | None:
    return next((child for child in element if _name(child) == name), None)


def _text(element: Element | None, name: str) -> str:
    child = None if element is None else _child(element, name)
    return (child.text or "").strip() if child is not None else ""


def _take_person(gathered: _Gathered, person: Element) -> None:
    pupil = _text(person, "personid")
    for element in person:
        kind = _name(element)
        if kind not in {"event", "aggregation"}:
            continue
        gathered.read += 1
        row = gathered.read
        try:
            if not pupil:
                raise BadValue("personid", N_("Personens beteckning saknas."))
            if kind == "event":
                event = _event(element, pupil, row)
                key = (pupil, event.lesson.day, event.lesson.start)
                gathered.events.setdefault(key, []).append(event)
            else:
                total = _sum(element, pupil, row)
                window = (pupil, total.totals.activity, total.totals.start, total.totals.end)
                gathered.sums.setdefault(window, []).append(total)
        except BadValue as error:
            gathered.refuse(row, *_field_and_reason(error))


def _field_and_reason(error: BadValue) -> tuple[str, str]:
    return (error.args[0], error.args[1]) if len(error.args) == 2 else ("", str(error))


def _event(element: Element, pupil: str, row: int) -> _Event:
    details = _child(element, "schoolevent")
    if details is None:
        raise BadValue("schoolevent", N_("Händelsen gäller inte en lektion (förskola) och tas inte emot."))
    moment = _moment(element, "start")
    offered = _whole(details, "lessonminutes")
    if offered > MAX_LESSON_MINUTES:
        raise BadValue(
            "lessonminutes",
            say(
                N_("Lektionen är {offered} minuter; längre än {limit} minuter tas inte emot."),
                offered=offered,
                limit=MAX_LESSON_MINUTES,
            ),
        )
    minutes = _whole(details, "minutes")
    if minutes > offered:
        raise BadValue(
            "minutes",
            say(
                N_("Frånvaron är {absent} minuter men undervisningstiden bara {offered}."),
                absent=minutes,
                offered=offered,
            ),
        )
    lesson = LessonRow(
        pupil=pupil,
        day=moment.date(),
        start=moment.hour * 60 + moment.minute,
        unit=_text(element, "unitid") or None,
        group=_text(details, "grouporclassid") or None,
        subject=_text(details, "courseorsubjectcode"),
        offered=offered,
    )
    return _Event(row, _reason(details), minutes, lesson)


def _sum(element: Element, pupil: str, row: int) -> _Sum:
    start, end = _moment(element, "start").date(), _moment(element, "stop").date()
    if end < start:
        raise BadValue("stop", N_("Perioden slutar innan den börjar."))
    offered, minutes = _whole(element, "offeredminutes"), _whole(element, "minutes")
    if minutes > offered:
        raise BadValue(
            "minutes",
            say(
                N_("Frånvaron är {absent} minuter men undervisningstiden bara {offered}."),
                absent=minutes,
                offered=offered,
            ),
        )
    totals = TotalsRow(
        pupil=pupil,
        start=start,
        end=end,
        activity=_text(element, "courseorsubjectid") or None,
        subject=_text(element, "courseorsubjectcode"),
        offered=offered,
    )
    return _Sum(row, _reason(element), minutes, totals)


def _moment(element: Element, name: str) -> datetime:
    text = _text(element, name)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise BadValue(name, say(N_("{value} är ingen tidpunkt."), value=shown(text))) from error
    return moment.astimezone(STOCKHOLM) if moment.tzinfo else moment


def _whole(element: Element, name: str) -> int:
    try:
        number = parse_whole(_text(element, name))
    except BadValue as error:
        raise BadValue(name, str(error)) from error
    if number < 0:
        raise BadValue(name, say(N_("{value} är negativt."), value=shown(str(number))))
    return number


def _reason(element: Element) -> Reason:
    code = _text(element, "reason")
    if code not in set(Reason):
        raise BadValue(
            "reason", say(N_("Koden {value} är inte kopplad till någon betydelse."), value=shown(code))
        )
    return Reason(code)


def _lessons(gathered: _Gathered) -> Iterator[LessonRow]:
    for events in gathered.events.values():
        first = events[0].lesson
        parts = _join(gathered, [(e.row, e.reason, e.minutes, e.lesson) for e in events], first.offered)
        if parts is None:
            continue
        rest = first.offered - sum(parts.values())
        present = parts["present"] + (rest if parts["valid"] + parts["invalid"] else 0)
        weekend = weekend_name(first.day)
        if weekend:
            reason = say(N_("Dagen {day} är en {weekday}."), day=first.day, weekday=weekend)
            gathered.marks.append(Refused(row=events[0].row, field="start", reason=reason, kept=True))
        yield _replace_lesson(first, present, parts)


def _replace_lesson(lesson: LessonRow, present: int, parts: dict[str, int]) -> LessonRow:
    return LessonRow(
        pupil=lesson.pupil,
        day=lesson.day,
        unit=lesson.unit,
        group=lesson.group,
        start=lesson.start,
        subject=lesson.subject,
        offered=lesson.offered,
        present=present,
        valid=parts["valid"],
        invalid=parts["invalid"],
    )


def _totals(gathered: _Gathered) -> Iterator[TotalsRow]:
    for sums in gathered.sums.values():
        first = sums[0].totals
        parts = _join(gathered, [(s.row, s.reason, s.minutes, s.totals) for s in sums], first.offered)
        if parts is None:
            continue
        told = any(s.reason is Reason.PRESENT for s in sums)
        rest = first.offered - parts["valid"] - parts["invalid"]
        yield TotalsRow(
            pupil=first.pupil,
            start=first.start,
            end=first.end,
            activity=first.activity,
            subject=first.subject,
            offered=first.offered,
            present=parts["present"] if told else rest,
            valid=parts["valid"],
            invalid=parts["invalid"],
        )


def _join(
    gathered: _Gathered,
    items: Iterable[tuple[int, Reason, int, LessonRow | TotalsRow]],
    offered: int,
) -> dict[str, int] | None:
    """Add up the parts of one lesson or window; what does not belong is refused, alone."""
    parts = {"present": 0, "valid": 0, "invalid": 0}
    seen: dict[Reason, int] = {}
    whose: LessonRow | TotalsRow | None = None
    for row, reason, minutes, record in items:
        if whose is not None and record != whose:
            _repeat(gathered, row, N_("Eleven har redan en annan lektion eller summa för samma tid."))
        elif reason in seen:
            _repeat(gathered, row, say(N_("Samma händelse finns redan som nummer {row}."), row=seen[reason]))
        elif sum(parts.values()) + minutes > offered:
            gathered.refuse(
                row,
                "minutes",
                say(
                    N_("Minuterna blir tillsammans {total} men undervisningstiden är {offered}."),
                    total=sum(parts.values()) + minutes,
                    offered=offered,
                ),
            )
        else:
            whose = record
            seen[reason] = row
            parts[PART[reason]] += minutes
            gathered.accepted += 1
    return parts if seen else None


def _repeat(gathered: _Gathered, row: int, reason: str) -> None:
    gathered.duplicates.append(Refused(row=row, field=DUPLICATE, reason=reason))
