"""Detection on plain files, without a database: what `samhandla detect` does."""

from __future__ import annotations

import tempfile
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

import ibis
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from samhandla.analytics.calendar import calendar_from_days
from samhandla.analytics.derive import derive
from samhandla.analytics.engine import connect, read
from samhandla.analytics.errors import AnalyticsError
from samhandla.analytics.load import (
    Attendance,
    Names,
    read_attendance,
    read_calendar,
    read_declared,
    register,
)
from samhandla.analytics.quality import LOW_REPORTING, SENTENCES, Finding, examine, reporting_rate, set_aside
from samhandla.analytics.tables.attendance import CALENDAR, LESSONS, PUPILS
from samhandla.detect.rules.errors import RuleError
from samhandla.detect.rules.ruleset import RuleSet, load_rules
from samhandla.detect.rules.run import Signal, run_rules
from samhandla.lib.command import Refusal


def detect_files(
    data: Path, pupils: Path | None, calendar: Path | None, rules: Path | None, as_of: date | None
) -> dict[str, Any]:
    """Read the files, run the rules and return the JSON object of the command.

    Raises:
        Refusal: a file cannot be read or counted; the message has row and reason.
    """
    try:
        chosen = load_rules(rules) if rules else RuleSet()
        attendance, days = _read(data, pupils, calendar)
        return detect(attendance, days, as_of=as_of, rules=chosen)
    except (AnalyticsError, RuleError) as error:
        raise Refusal(str(error)) from error


def detect(
    attendance: Attendance, calendar: pa.Table | None, *, as_of: date | None, rules: RuleSet
) -> dict[str, Any]:
    """Run quality checks and rules on loaded attendance.

    Args:
        calendar: rows as declared in CALENDAR; told from the lessons when not given.
        as_of: the last day that counts; the last school day in the data when not given.

    Returns: `signals`, `quality` and `as_of`.
    """
    lessons, findings = set_aside(attendance.lessons)
    if not lessons.num_rows:
        reasons = " ".join(finding.text for finding in findings)
        raise Refusal(f"Inga rader gick att räkna. {reasons} Se kolumnerna i --help.")
    with tempfile.TemporaryDirectory(prefix="samhandla-") as folder:
        path = Path(folder) / "lessons.parquet"
        pq.write_table(lessons, path)
        sets = derive(path)
        days = pq.read_table(sets.days)
        if calendar is None:
            calendar, _ = calendar_from_days(days["unit"].to_numpy(), days["date"].to_numpy())
        quality = _quality(attendance, sets.days, calendar, findings, lessons.num_rows)
        last = as_of or _last_day(days, calendar)
        signals = run_rules(days, sets.subjects, attendance.pupils, calendar, as_of=last, rules=rules)
    return {"signals": [_plain(signal, attendance) for signal in signals], "quality": quality, "as_of": last}


def _last_day(days: pa.Table, calendar: pa.Table) -> date:
    last: date = min(pc.max(days["date"]).as_py(), pc.max(calendar["date"]).as_py())
    return last


def _read(data: Path, pupils: Path | None, calendar: Path | None) -> tuple[Attendance, pa.Table | None]:
    lessons = read_declared(data, LESSONS)
    known = read_declared(pupils, PUPILS) if pupils else None
    if lessons is not None and (pupils is None or known is not None):
        notes = () if known is not None else ("no_form",)
        attendance = Attendance(lessons, known or _pupils_of(lessons), Names(), Names(), Names(), notes)
    else:
        attendance = read_attendance(data, pupils)
    days = None
    if calendar:
        days = read_declared(calendar, CALENDAR) or read_calendar(calendar, attendance.unit_names)
    return attendance, days


def _pupils_of(lessons: pa.Table) -> pa.Table:
    first = lessons.group_by("pupil").aggregate([("unit", "max")])
    return register({"pupil": first["pupil"].combine_chunks(), "unit": first["unit_max"].combine_chunks()})


def _quality(
    attendance: Attendance, days: Path, calendar: pa.Table, aside: list[Finding], counted: int
) -> dict[str, Any]:
    with connect() as engine:
        rows = read(engine, days)
        pupils = ibis.memtable(attendance.pupils)
        school_days = ibis.memtable(calendar)
        rate = reporting_rate(rows)
        found = [*aside, *examine(rows, pupils, school_days)]
    return {
        "rows": attendance.lessons.num_rows,
        "counted_rows": counted,
        "pupils": attendance.pupils.num_rows,
        "reporting_rate": None if rate is None else round(rate, 4),
        "low_reporting": rate is None or rate < LOW_REPORTING,
        "assumed": list(attendance.notes),
        "findings": [_named(finding, attendance) for finding in found],
    }


def _named(finding: Finding, attendance: Attendance) -> dict[str, Any]:
    """Return a finding with the file's own name of the unit."""
    values = asdict(finding)
    del values["words"]
    if finding.unit:
        name = str(attendance.unit_names.word(finding.unit))
        values["unit"] = name
        if not finding.class_id:
            values["text"] = SENTENCES[finding.code].format(**{**finding.words, "where": name})
    return values


def _plain(signal: Signal, attendance: Attendance) -> dict[str, Any]:
    about: dict[str, Any] = {"pupil": None}
    if signal.subject_kind == "pupil":
        about["pupil"] = attendance.pupil_names.word(int(signal.subject_id))
    else:
        about[signal.subject_kind] = signal.numbers.get("class_name", signal.subject_id)
    return {
        **about,
        "rule": signal.rule,
        "version": signal.version,
        "since": signal.since,
        "numbers": signal.numbers,
        "text": signal.text,
        "opens": signal.opens,
        "legal_route": signal.legal_route,
        "unit": attendance.unit_names.word(signal.unit),
    }


def as_text(result: dict[str, Any]) -> str:
    """Word a result for a person at a terminal: the state of the data first, then the signals."""
    lines = ["Underlaget:"]
    lines += [f"  {finding['text']}" for finding in result["quality"]["findings"]] or ["  inget att anmärka"]
    lines.append(f"Signaler till och med {result['as_of']}:")
    for signal in result["signals"]:
        who = signal["pupil"] or signal.get("class") or signal.get("slot") or f"enhet {signal['unit']}"
        lines.append(f"  {who}: {signal['text']}")
    if not result["signals"]:
        lines.append("  inga")
    return "\n".join(lines)
