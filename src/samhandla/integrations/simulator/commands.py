"""`samhandla simulate`: writes an invented municipality with a year of attendance."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from samhandla.integrations.simulator.numbers import NumbersUnreadable
from samhandla.integrations.simulator.settings import Settings
from samhandla.integrations.simulator.world import World, WorldImpossible, build_world
from samhandla.integrations.simulator.write import FORMATS, FolderUnusable, write_world
from samhandla.lib.command import DONE, BadArguments, Refusal, Subparsers, emit

NUMBERS_VARIABLE = "SAMHANDLA_TESTPERSONNUMMER"
PUPILS_PER_SCHOOL = 335  # when the number of schools is not given


def register(subparsers: Subparsers) -> None:
    """Add `simulate` to the command line."""
    command = subparsers.add_parser(
        "simulate",
        help="skriv en påhittad kommun med ett läsårs närvaro",
        description="Skriver en påhittad kommun: skolor, elever, vårdnadshavare, personal, scheman, frånvaro "
        "lektion för lektion, och facit över vad som ligger bakom. Samma frö ger samma filer.",
    )
    add = command.add_argument
    add(
        "--pupils",
        type=int,
        default=4000,
        metavar="N",
        help="antal elever (10–1 200 000; 4000 om inget anges)",
    )
    add("--schools", type=int, metavar="N", help="antal skolor (ungefär en per 335 elever om inget anges)")
    add("--seed", type=int, default=1, metavar="S", help="frö: ett heltal som styr slumpen")
    add("--out", type=Path, required=True, metavar="MAPP", help="mapp att skriva i; skapas om den saknas")
    add(
        "--school-year",
        type=int,
        default=2025,
        metavar="ÅR",
        help="året då läsåret börjar (2025 om inget anges)",
    )
    add("--days", type=int, default=178, metavar="N", help="antal skoldagar per skola (5–178)")
    add("--format", choices=FORMATS, default="parquet", help="filformat")
    add("--no-faults", action="store_true", help="utan inmatningsfel")
    add("--without-codes", action="store_true", help="källan skiljer inte giltig från ogiltig frånvaro")
    add(
        "--personnummer",
        type=Path,
        metavar="FIL",
        help=f"fil med testpersonnummer, ett per rad; annars tas den som {NUMBERS_VARIABLE} pekar på, "
        "annars får ingen något nummer",
    )
    add("--json", action="store_true", help="skriv svaret som JSON")
    command.set_defaults(run=simulate_command)


def simulate_command(args: argparse.Namespace) -> int:
    """Build the world, write it and say what was written."""
    settings = Settings(codes=not args.without_codes)
    if args.no_faults:
        settings = Settings(codes=not args.without_codes, faults=())
    world = _world(args)
    try:
        written = write_world(world, args.out, settings, args.format)
    except FolderUnusable as error:
        raise Refusal(str(error)) from error
    result = {
        "seed": args.seed,
        "pupils": world.pupil_count,
        "schools": len(world.plans),
        "school_year": args.school_year,
        "days": args.days,
        "faults": list(settings.faults),
        "codes": settings.codes,
        "written": [{"table": w.table, "path": str(w.path), "rows": w.rows} for w in written],
    }
    lines = [f"{w.rows:>12,}  {w.path}".replace(",", " ") for w in written]
    emit(result, as_json=args.json, text="\n".join([f"Skrev {len(written)} filer (rader, fil):", *lines]))
    return DONE


def _world(args: argparse.Namespace) -> World:
    variable = os.environ.get(NUMBERS_VARIABLE)
    numbers: Path | None = args.personnummer or (Path(variable) if variable else None)
    schools = args.schools if args.schools is not None else max(1, round(args.pupils / PUPILS_PER_SCHOOL))
    try:
        return build_world(args.pupils, schools, args.seed, args.school_year, args.days, numbers)
    except WorldImpossible as error:
        raise BadArguments(str(error)) from error
    except NumbersUnreadable as error:
        raise BadArguments(str(error)) from error
