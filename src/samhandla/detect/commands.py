"""`samhandla detect`: the rules on plain files, without a database."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from samhandla.analytics.cells import Unreadable, parse_date
from samhandla.analytics.columns import CALENDAR_COLUMNS, LESSON_COLUMNS, PUPIL_COLUMNS
from samhandla.lib.command import DONE, BadArguments, Subparsers, emit

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


def register(subparsers: Subparsers) -> None:
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
    parser.add_argument(
        "--as-of", metavar="DATUM", help="räkna till och med denna dag (annars sista dagen i filen)"
    )
    parser.add_argument("--json", action="store_true", help="svara med JSON")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Run the rules on the files that the arguments name, and print what they found."""
    as_of = _day(args.as_of)
    for path in (args.data, args.pupils, args.calendar, args.rules):
        if path is not None and not path.is_file():
            raise BadArguments(f"Filen {path} finns inte. Kontrollera sökvägen.")
    # The engine takes half a second to import; the other commands should not wait for it.
    from samhandla.detect.plain import as_text, detect_files

    result = detect_files(args.data, args.pupils, args.calendar, args.rules, as_of)
    emit(result, as_json=args.json, text=as_text(result))
    return DONE


def _day(text: str | None) -> date | None:
    try:
        return None if text is None else parse_date(text)
    except Unreadable as error:
        raise BadArguments(f"--as-of: {error}") from error
