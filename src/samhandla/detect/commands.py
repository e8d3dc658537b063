"""`samhandla detect`: the rules on plain files, without a database."""

from __future__ import annotations

import argparse
import tempfile
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from samhandla.analytics.calendar import calendar_from_days
from samhandla.analytics.cells import Unreadable, parse_date
from samhandla.analytics.columns import CALENDAR_COLUMNS, LESSON_COLUMNS, PUPIL_COLUMNS
from samhandla.analytics.derive import derive
from samhandla.analytics.errors import AnalyticsError
from samhandla.analytics.load import Attendance, Names, read_attendance, read_calendar, read_declared
from samhandla.analytics.load import register as as_register
from samhandla.analytics.quality import examine, set_aside
from samhandla.analytics.tables.attendance import CALENDAR, LESSONS, PUPILS
from samhandla.detect.rules.errors import RuleError
from samhandla.detect.rules.run import Signal, run_rules
from samhandla.detect.rules.ruleset import RuleSet, load_rules
from samhandla.lib.command import DONE, BadArguments, Refusal, Subparsers, emit

EXPLANATION = """\
Läser lektioner ur en CSV-fil (; , eller tabb; UTF-8 eller cp1252) eller en Parquet-fil, och visar
vilka signaler som reglerna ger, med siffror och en mening för varje. Ingen databas behövs.

Kolumner i --data (stora och små bokstäver lika, inom parentes andra namn som går bra):
{lessons}

Bara pupil, date och någon av valid, invalid, absent, present och status behövs.
  offered            minuter undervisning; saknas den räknas varje rad som 60 minuter
  valid, invalid     minuter giltig och ogiltig frånvaro
  absent             minuter frånvaro utan uppgift om giltig eller ogiltig (räknas som giltig)
  status             en markering per lektion: närvarande, giltig, ogiltig, frånvarande,
                     annan skolverksamhet, eller tom när lektionen inte är registrerad
  start, slot        lektionens starttid (08:15) och vilken lektion på dagen (1, 2 …);
                     saknas båda räknas raderna i den ordning de står
  reported           ja eller nej: är lektionen registrerad
  participating      nej: på plats men inte med i undervisningen
En rad är en elevs lektion. Även lektioner med full närvaro ska finnas med, annars går det inte att
räkna andelar.

Kolumner i --pupils: {pupils}
Kolumner i --calendar (en rad per skolenhet och skoldag): {calendar}
Utan kalender är en skoldag en dag då minst var tionde av enhetens elever hade lektion.
Utan skolform räknas eleverna som grundskola (GR). Förskola och fritidshem ger aldrig signaler.

Svaret med --json: {{"signals": [{{"pupil", "rule", "since", "numbers", "text"}}], "quality": {{…}}}}.
Signaler om klass, lektionspass och skolenhet har "pupil": null och egna fält. "opens" är sant för
regler som själva sätter en elev på listan; de andra är skäl som visas tillsammans med dem.
Avslutskod: 0 klart, 2 fel i anropet eller en fil som inte går att läsa, 3 nekat med skäl.
"""


def register(subparsers: Subparsers[Any]) -> None:
    """Add `detect` to the command line."""
    parser = subparsers.add_parser(
        "detect",
        help="visa signaler ur frånvarodata (CSV eller Parquet)",
        description=EXPLANATION.format(
            lessons="\n".join(f"  {name} ({', '.join(others)})" for name, others in LESSON_COLUMNS.items()),
            pupils=", ".join(PUPIL_COLUMNS),
            calendar=", ".join(CALENDAR_COLUMNS),
        ),
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--data", type=Path, required=True, metavar="FIL", help="lektioner")
    parser.add_argument("--pupils", type=Path, metavar="FIL", help="elever: klass, skolform, årskurs …")
    parser.add_argument("--calendar", type=Path, metavar="FIL", help="skoldagar")
    parser.add_argument("--rules", type=Path, metavar="FIL", help="lokala gränsvärden (TOML eller JSON)")
    parser.add_argument("--as-of", metavar="DATUM", help="räkna till och med denna dag (annars sista dagen i filen)")
    parser.add_argument("--json", action="store_true", help="svara med JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Run the rules on the files that the arguments name, and print what they found."""
    as_of = _day(args.as_of)
    try:
        rules = load_rules(args.rules) if args.rules else RuleSet()
        attendance, calendar = _read(args.data, args.pupils, args.calendar)
        result = detect(attendance, calendar, as_of=as_of, rules=rules)
    except AnalyticsError as error:
        raise Refusal(str(error)) from error
    except RuleError as error:
        raise Refusal(str(error)) from error
    emit(result, as_json=args.json, text=_as_text(result))
    return DONE


def detect(
    attendance: Attendance, calendar: pa.Table | None, *, as_of: date | None, rules: RuleSet
) -> dict[str, Any]:
    """Run quality checks and rules on loaded attendance.

    Returns: the JSON object of the command, see EXPLANATION.
    """
    lessons, put_aside = set_aside(attendance.lessons)
    if not lessons.num_rows:
        raise Refusal("Inga rader gick att räkna: alla är orimliga. Se kolumnerna i --help.")
    last = as_of or pc.max(lessons["date"]).as_py()
    with tempfile.TemporaryDirectory(prefix="samhandla-") as folder:
        path = Path(folder) / "lessons.parquet"
        pq.write_table(lessons, path)
        derived = derive(path)
        days, subjects = pq.read_table(derived.days), pq.read_table(derived.subjects)
    if calendar is None:
        calendar, _ = calendar_from_days(days["unit"].to_numpy(), days["date"].to_numpy())
    quality = examine(attendance, lessons, days, calendar, put_aside)
    signals = run_rules(days, subjects, attendance.pupils, calendar, as_of=last, rules=rules)
    return {"signals": [_plain(signal, attendance) for signal in signals], "quality": quality, "as_of": last}


def _read(data: Path, pupils: Path | None, calendar: Path | None) -> tuple[Attendance, pa.Table | None]:
    lessons = read_declared(data, LESSONS)
    known = read_declared(pupils, PUPILS) if pupils else None
    if lessons is not None and (pupils is None or known is not None):
        attendance = Attendance(lessons, known or _pupils_of(lessons), Names(), Names(), Names())
    else:
        attendance = read_attendance(data, pupils)
    days = None
    if calendar:
        days = read_declared(calendar, CALENDAR) or read_calendar(calendar, attendance.unit_names)
    return attendance, days


def _pupils_of(lessons: pa.Table) -> pa.Table:
    first = lessons.group_by("pupil").aggregate([("unit", "max")])
    return as_register({"pupil": first["pupil"].combine_chunks(), "unit": first["unit_max"].combine_chunks()})


def _plain(signal: Signal, attendance: Attendance) -> dict[str, Any]:
    about: dict[str, Any] = {"pupil": None}
    if signal.subject_kind == "pupil":
        about["pupil"] = attendance.pupil_names.word(int(signal.subject_id))
    else:
        about[signal.subject_kind] = signal.subject_id
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


def _as_text(result: dict[str, Any]) -> str:
    lines = [f"Signaler till och med {result['as_of']}:"]
    for signal in result["signals"]:
        who = signal["pupil"] or signal.get("class") or signal.get("slot") or f"enhet {signal['unit']}"
        lines.append(f"  {who}: {signal['text']}")
    if not result["signals"]:
        lines.append("  inga")
    lines.append("Underlaget:")
    lines.extend(f"  {finding['text']}" for finding in result["quality"]["findings"])
    return "\n".join(lines)


def _day(text: str | None) -> date | None:
    try:
        return None if text is None else parse_date(text)
    except Unreadable as error:
        raise BadArguments(f"--as-of: {error}") from error
