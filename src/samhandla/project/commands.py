"""Commands of the installation itself; each is imported only when it is called."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from samhandla.lib.command import DONE, REFUSED, BadArguments, Refusal, Subparsers, emit


def register(subparsers: Subparsers) -> None:
    """Add the installation's commands."""
    demo = subparsers.add_parser("demo", help="starta en påhittad kommun på den här datorn")
    demo.add_argument("--port", type=int, help="webbserverns port (annars PORT eller 8000)")
    demo.add_argument("--data", type=Path, metavar="MAPP", help="var allt sparas (annars var/demo)")
    demo.set_defaults(run=_demo)
    _register_operations(subparsers)
    _register_setup(subparsers)


def _register_operations(subparsers: Subparsers) -> None:
    migrate = subparsers.add_parser("migrate", help="gör eller uppdatera databasen")
    migrate.set_defaults(run=_migrate)
    doctor = subparsers.add_parser("doctor", help="kontrollera att installationen är hel")
    doctor.set_defaults(run=_doctor)
    backup = subparsers.add_parser("backup", help="ta en säkerhetskopia av databasen och närvarofilerna")
    backup.add_argument("folder", type=Path, metavar="MAPP", help="en ny eller tom mapp")
    backup.set_defaults(run=_backup)
    restore = subparsers.add_parser("restore", help="läs in en säkerhetskopia i en tom installation")
    restore.add_argument("folder", type=Path, metavar="MAPP", help="säkerhetskopians mapp")
    restore.add_argument(
        "--withdrawals", type=Path, metavar="FIL", help="listan över återkallelser sedan kopian togs"
    )
    restore.add_argument(
        "--without-withdrawals", default="", metavar="SKÄL", help="läs in utan listan, och säg varför"
    )
    restore.set_defaults(run=_restore)
    for parser in (migrate, doctor, backup, restore):
        parser.add_argument("--json", action="store_true", help="svara med JSON")


def _register_setup(subparsers: Subparsers) -> None:
    parser = subparsers.add_parser("setup", help="lägg upp en huvudman och dess första systemförvaltare")
    parser.add_argument("--name", required=True, metavar="NAMN", help="nämndens eller huvudmannens namn")
    parser.add_argument(
        "--kind", choices=("board", "independent"), default="board", help="nämnd eller enskild huvudman"
    )
    parser.add_argument("--municipality-code", default="", metavar="KOD", help="kommunkod, fyra siffror")
    parser.add_argument("--username", required=True, metavar="NAMN", help="första användarnamnet")
    parser.add_argument("--given-name", required=True, metavar="NAMN", help="användarens förnamn")
    parser.add_argument("--family-name", required=True, metavar="NAMN", help="användarens efternamn")
    parser.add_argument("--email", default="", metavar="ADRESS", help="användarens e-postadress")
    parser.add_argument(
        "--password-file",
        type=Path,
        metavar="FIL",
        help="fil med lösenordet på första raden; utan den görs ett lösenord, som visas en gång",
    )
    parser.add_argument("--json", action="store_true", help="svara med JSON")
    parser.set_defaults(run=_setup)


def _demo(args: argparse.Namespace) -> int:
    from samhandla.project import demo

    return demo.run(args)


def start_django(role: str) -> None:
    """Read the settings with the database as one role.

    Raises:
        Refusal: the embedded database or the folder of the installation cannot be used.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "samhandla.project.settings")
    os.environ["SAMHANDLA_DB_ROLE"] = role
    os.environ["SAMHANDLA_RUNS_JOBS"] = "0"
    import django

    from samhandla.lib.postgres_place import PostgresError, explain_os_error

    try:
        django.setup()
    except PostgresError as error:
        raise Refusal(str(error)) from error
    except OSError as error:
        path = Path(error.filename or os.environ.get("SAMHANDLA_VAR", "var"))
        raise Refusal(str(explain_os_error(error, path))) from error


def _migrate(args: argparse.Namespace) -> int:
    start_django("owner")
    from samhandla.project.installation import migrate

    done = migrate()
    key = {"made": "gjord", "unchanged": "oförändrad", "renewed": "förnyad"}[done["signing_key"]]
    count = len(done["applied"])
    text = f"Databasen är uppdaterad: {count} ändringar gjordes nu. Signeringsnyckeln är {key}."
    emit(done, as_json=args.json, text=text)
    return DONE


def _doctor(args: argparse.Namespace) -> int:
    start_django("app")
    from samhandla.project.doctor import examine

    found = examine()
    lines = []
    for finding in found:
        lines.append(f"{'ok ' if finding.ok else 'FEL'}  {finding.title}")
        lines += [f"     {fault}" for fault in finding.faults]
    sound = all(finding.ok for finding in found)
    result = {"ok": sound, "checks": [finding.as_dict() for finding in found]}
    emit(result, as_json=args.json, text="\n".join(lines))
    return DONE if sound else REFUSED


def _backup(args: argparse.Namespace) -> int:
    start_django("app")
    from samhandla.project.backup import back_up

    manifest = back_up(args.folder)
    size = sum(file["bytes"] for file in manifest["files"]) // 1_000_000
    text = (
        f"Säkerhetskopian ligger i {args.folder}: {sum(manifest['rows'].values())} rader och "
        f"{len(manifest['files']) - 1} filer, {size} MB. "
        "Hemligheten finns inte i kopian: förvara den för sig."
    )
    emit({"folder": str(args.folder), **manifest}, as_json=args.json, text=text)
    return DONE


def _restore(args: argparse.Namespace) -> int:
    start_django("app")
    from samhandla.project.backup import restore

    done = restore(args.folder, given=args.withdrawals, without=args.without_withdrawals)
    text = f"Säkerhetskopian är inläst: {done['rows']} rader och {done['files']} filer."
    if done["withdrawn_again"]:
        text += f" {done['withdrawn_again']} samtycken som hade återkallats efter kopian är återkallade igen."
    emit(done, as_json=args.json, text=text)
    return DONE


def _setup(args: argparse.Namespace) -> int:
    code = args.municipality_code
    if code and not (code.isascii() and code.isdecimal() and len(code) == 4):
        raise BadArguments(f"kommunkoden ska ha fyra siffror, inte {code}")
    password = _password(args.password_file)
    start_django("app")
    from django.conf import settings

    from samhandla.people.queries import today
    from samhandla.project.installation import FirstLogin, set_up
    from samhandla.project.only_demo import mark_as_real

    first = FirstLogin(args.username, args.given_name, args.family_name, args.email, password)
    done = set_up(name=args.name, kind=args.kind, municipality_code=code, first=first, today=today())
    mark_as_real(settings.VAR_DIR)
    told = f" med lösenordet {done['password']} (visas bara nu)" if "password" in done else ""
    emit(done, as_json=args.json, text=f"{args.name} är upplagd. Logga in som {args.username}{told}.")
    return DONE


def _password(path: Path | None) -> str | None:
    if path is None:
        return None
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise BadArguments(f"lösenordsfilen {path} går inte att läsa: {error}") from error
    if not lines or not lines[0]:
        raise BadArguments(f"lösenordsfilen {path} är tom")
    return lines[0]
