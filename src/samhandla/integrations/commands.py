"""`samhandla import`: files and SS 12000 sources, as an engine on its own or into the database."""

from __future__ import annotations

import argparse
import os
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from samhandla.integrations.delivery import REGISTER_RESOURCES, Counts, Delivery, capabilities_of
from samhandla.integrations.files import Kind, Mapping, Options, load_preset, preset_names, to_json
from samhandla.integrations.files.errors import UnknownPreset
from samhandla.integrations.gather import StagedPage, from_edlevo, from_file, from_pages, without_coming
from samhandla.integrations.ss12000.client import Client
from samhandla.integrations.ss12000.errors import BadSettings, Ss12000Error
from samhandla.integrations.ss12000.fetch import FetchedPage, ResourceDone, fetch_all
from samhandla.integrations.ss12000.markings import PROTECTED
from samhandla.integrations.ss12000.resources import NEEDED
from samhandla.integrations.ss12000.settings import BearerToken, ClientCredentials, Settings
from samhandla.lib.command import DONE, REFUSED, BadArguments, Refusal, Subparsers, emit

EDLEVO = "edlevo"
ROWS_LISTED = 1_000
DAYS_BACK = 7


def register(subparsers: Subparsers) -> None:
    """Add `import` to the command line."""
    parser = subparsers.add_parser(
        "import",
        help="hämta register och närvaro från en fil eller en SS 12000-källa",
        description="Läser en källa, visar vad som skiljer (--dry-run) och tar in det som en import som "
        "går att ångra. En provkörning behöver ingen databas: utan databas räknas allt som går att ta "
        "emot som nytt. "
        "Avslutskod: 0 klart, 2 fel i anropet, 3 nekat eller stoppat med skäl.",
    )
    kinds = parser.add_subparsers(dest="kind", required=True, metavar="slag")
    _add_file(kinds)
    _add_ss12000(kinds)


def _add_file(kinds: Subparsers) -> None:
    command = kinds.add_parser("file", help="en fil: CSV, Excel eller Edlevos XML")
    command.add_argument("path", type=Path, metavar="FIL")
    names = ", ".join([EDLEVO, *preset_names()])
    command.add_argument("--preset", required=True, metavar="MALL", help=f"kolumnmall: {names}")
    command.add_argument("--unit", metavar="SKOLENHET", help="skolenheten, när filen inte säger det")
    command.add_argument("--register-source", metavar="KÄLLA", help="källan vars beteckningar filen använder")
    _add_common(command)
    command.set_defaults(run=import_file)


def _add_ss12000(kinds: Subparsers) -> None:
    command = kinds.add_parser("ss12000", help="en källa som följer SS 12000")
    command.add_argument(
        "--base-url", required=True, metavar="ADRESS", help="början av adressen, t.ex. …/v2.0"
    )
    command.add_argument("--token", metavar="TOKEN", help="färdig behörighet (bearer)")
    command.add_argument("--token-url", metavar="ADRESS", help="inloggning med klientuppgifter")
    command.add_argument("--client-id", metavar="ID")
    command.add_argument("--client-secret", metavar="HEMLIGHET")
    command.add_argument("--from", dest="first", type=_day, metavar="DAG", help="första dag för närvaro")
    command.add_argument("--to", dest="last", type=_day, metavar="DAG", help="sista dag för närvaro")
    command.add_argument("--huvudman", metavar="ID", help="er huvudmans id i källan, om den har flera")
    _add_common(command)
    command.set_defaults(run=import_ss12000)


def _add_common(command: argparse.ArgumentParser) -> None:
    command.add_argument("--dry-run", action="store_true", help="provkör: ta inte in något")
    command.add_argument("--json", action="store_true", help="skriv svaret som JSON")
    command.add_argument("--authority", metavar="HUVUDMAN", help="namn eller nummer, om det finns flera")
    command.add_argument("--source", metavar="KÄLLA", help="källans namn; skapas om den saknas")
    command.add_argument(
        "--without-database", action="store_true", help="provkör utan databas även om en finns"
    )


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"{text} är inget datum; skriv ÅÅÅÅ-MM-DD") from error


def import_file(args: argparse.Namespace) -> int:
    """Import a file, or rehearse it."""
    if not args.path.is_file():
        raise BadArguments(f"Filen {args.path} finns inte.")
    mapping = None if args.preset == EDLEVO else _preset(args.preset)
    if args.dry_run and _engine_alone(args):
        today = date.today()  # noqa: DTZ011 - decides the century of ten-digit numbers
        options = Options(today=today, unit=args.unit, pseudonym_key=b"rehearsal")
        delivery = from_edlevo(args.path) if mapping is None else from_file(args.path, mapping, options)
        without_coming(delivery, today)
        return _answer(args, _counted(delivery), delivery, None, file=True)
    from samhandla.integrations.console import import_file_into_database

    text = EDLEVO if mapping is None else to_json(mapping).decode()
    answer = import_file_into_database(args, text, person_file=mapping is not None and _of_persons(mapping))
    return _print(args, answer)


def _preset(name: str) -> Mapping:
    try:
        return load_preset(name)
    except UnknownPreset as error:
        raise BadArguments(str(error)) from error


def _of_persons(mapping: Mapping) -> bool:
    return mapping.kind in (Kind.PUPILS, Kind.STAFF, Kind.GUARDIANS)


def import_ss12000(args: argparse.Namespace) -> int:
    """Import from an SS 12000 source, or rehearse it."""
    settings = _settings(args)
    if args.dry_run and _engine_alone(args):
        try:
            delivery, states = _fetch(settings, _window(args))
        except Ss12000Error as error:
            raise Refusal(str(error)) from error
        without_coming(delivery, date.today())  # noqa: DTZ011 - a lesson of tomorrow has not been
        return _answer(args, _counted(delivery), delivery, states, file=False)
    from samhandla.integrations.console import import_ss12000_into_database

    return _print(args, import_ss12000_into_database(args))


def _settings(args: argparse.Namespace) -> Settings:
    by_client = [args.token_url, args.client_id, args.client_secret]
    if args.token and any(by_client):
        raise BadArguments("Ange antingen --token eller --token-url, --client-id och --client-secret.")
    if any(by_client) and not all(by_client):
        raise BadArguments(
            "Inloggning med klientuppgifter kräver --token-url, --client-id och --client-secret."
        )
    credentials: BearerToken | ClientCredentials | None = None
    if args.token:
        credentials = BearerToken(args.token)
    elif all(by_client):
        credentials = ClientCredentials(args.token_url, args.client_id, args.client_secret)
    try:
        return Settings(base_url=args.base_url, credentials=credentials).checked()
    except BadSettings as error:
        raise BadArguments(str(error)) from error


def _window(args: argparse.Namespace) -> tuple[date, date]:
    last = args.last or date.today()  # noqa: DTZ011 - the last week, when no day is given
    first = args.first or last - timedelta(days=DAYS_BACK)
    if first > last:
        raise BadArguments("--from är senare än --to.")
    return first, last


def _fetch(
    settings: Settings, window: tuple[date, date]
) -> tuple[Delivery, dict[str, tuple[str, str | None]]]:
    pages: list[StagedPage] = []
    states: dict[str, tuple[str, str | None]] = {}
    with Client(settings) as client:
        for one in fetch_all(client, None, window):
            if isinstance(one, FetchedPage):
                pages.append(StagedPage(one.resource, one.number, one.data))
            elif isinstance(one, ResourceDone):
                states[one.resource] = (str(one.state), one.reason)
    order = {name: place for place, name in enumerate(NEEDED)}
    pages.sort(key=lambda page: (order[page.resource], page.number))
    return from_pages(pages, states, window=window), states


def _engine_alone(args: argparse.Namespace) -> bool:
    """Tell whether to rehearse without a database: asked for, or none is set up here."""
    if args.without_database:
        return True
    if args.authority or args.source or os.environ.get("DATABASE_URL"):
        return False
    var = Path(os.environ.get("SAMHANDLA_VAR", Path.cwd() / "var"))
    return not (var / "postgres").exists()


def _counted(delivery: Delivery) -> dict[str, dict[str, int]]:
    """Return the counts when nothing is known before: all that can be taken is new.

    People with protected identity are left out, as they are until a source's policy says otherwise.
    """
    found = {}
    for name in (*REGISTER_RESOURCES, delivery.attendance_name):
        read = delivery.read[name]
        if read or delivery.refused_total[name] or (name in REGISTER_RESOURCES and name in delivery.complete):
            left_out = delivery.protected[name]
            if name == "persons":
                left_out += sum(person.protection in PROTECTED for person in delivery.persons)
            counts = Counts(read=read, refused=delivery.refused_total[name], protected=left_out)
            counts.new = read - counts.refused - counts.protected
            found[name] = counts.as_dict()
    return found


def _answer(
    args: argparse.Namespace,
    resources: dict[str, dict[str, int]],
    delivery: Delivery,
    states: dict[str, tuple[str, str | None]] | None,
    *,
    file: bool,
) -> int:
    broken = [why for name, why in delivery.state.items() if name in delivery.failed]
    answer: dict[str, Any] = {
        "resources": resources,
        "capabilities": capabilities_of(states),
        "stopped": " ".join(broken) or None,
        "state": "rehearsed",
    }
    if file:
        rows = [one for some in delivery.refused.values() for one in some if not one.kept]
        answer["rows"] = sum(counts["read"] for counts in resources.values())
        answer["refused_rows"] = [{"row": one.row, "reason": one.reason} for one in rows[:ROWS_LISTED]]
    return _print(args, answer)


def _print(args: argparse.Namespace, answer: dict[str, Any]) -> int:
    emit(answer, as_json=args.json, text=_as_text(answer))
    return REFUSED if answer["stopped"] else DONE


def _as_text(answer: dict[str, Any]) -> str:
    lines = [f"{'':24}{'lästa':>10}{'nya':>10}{'ändrade':>10}{'lika':>10}{'saknas':>10}{'ej mottagna':>13}"]
    for name, counts in answer["resources"].items():
        numbers = [counts[key] for key in ("read", "new", "changed", "unchanged", "missing")]
        lines.append(f"{name:24}" + "".join(f"{n:>10}" for n in numbers) + f"{counts['refused']:>13}")
    lines += [f"rad {one['row']}: {one['reason']}" for one in answer.get("refused_rows", [])[:20]]
    done = {"rehearsed": "Provkörd; inget är intaget.", "committed": "Intagen."}
    lines.append(answer["stopped"] or done.get(answer["state"], ""))
    return "\n".join(lines)
