"""`samhandla demo`: the invented municipality on this machine, with one command and one Ctrl-C."""

from __future__ import annotations

import argparse
import contextlib
import errno
import hashlib
import http.client
import json
import os
import shutil
import socket
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from samhandla.lib.command import DONE, BadArguments, Refusal
from samhandla.lib.postgres import EmbeddedPostgres, PostgresError
from samhandla.project.database import DATABASE_NAME
from samhandla.project.processes import Command, Runner, StopRequested

DEFAULT_PORT = 8000
ANSWER_SECONDS = 60.0
STAMPS = "steps.json"
BUILT_ON = (
    "django",
    "django-allauth",
    "django-htmx",
    "procrastinate",
)  # whose tables and files come with ours
LOGINS = "logins.json"  # written last, so its presence says that the municipality is whole
# A demonstration never touches a database that the environment happens to name.
_FOREIGN = ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_MAINT_URL", "PYTHONDONTWRITEBYTECODE")

_MANAGE = (sys.executable, "-m", "samhandla.project.manage")


@dataclass(frozen=True)
class Plan:
    """What a demonstration consists of: steps run once in order, then services that go on."""

    folder: Path
    port: int
    steps: tuple[Command, ...]
    services: tuple[Command, ...]

    @property
    def address(self) -> str:
        """The address for the browser; passkeys need the name, not the number."""
        return f"http://localhost:{self.port}/"


def run(args: argparse.Namespace) -> int:
    """Serve the demonstration until Ctrl-C.

    Raises: BadArguments for an impossible port; Refusal with one line for everything that stops it.
    """
    folder = (args.data or Path("var/demo")).resolve()
    return serve(plan_demo(folder, read_port(args.port, os.environ)), os.environ)


def plan_demo(folder: Path, port: int) -> Plan:
    """The steps and services of the real demonstration."""
    school_port = free_port()
    return Plan(folder, port, _steps(school_port), _services(folder, port, school_port))


def _steps(school_port: int) -> tuple[Command, ...]:
    return (
        Command(
            "Uppdatera databasen",
            "migrate",
            (*_MANAGE, "migrate", "--no-input"),
            {"SAMHANDLA_DB_ROLE": "owner"},
            stamp_of("*/migrations/*.py", "people/derivation.py", "trust/*.py"),
        ),
        Command(
            "Lägga ut stilmallar",
            "static",
            (*_MANAGE, "collectstatic", "--no-input"),
            stamp=stamp_of("*/static/**/*"),
        ),
        Command(
            "Göra demokommunen",
            "demo-data",
            (sys.executable, "-m", "samhandla.project.demo_data", f"--school-port={school_port}"),
        ),
    )


def _services(folder: Path, port: int, school_port: int) -> tuple[Command, ...]:
    school = ("samhandla.project.demo_school", f"--port={school_port}", f"--data={folder}")
    web = ("gunicorn", "samhandla.project.wsgi:application", "--workers=2", "--threads=4")
    options = (f"--bind=127.0.0.1:{port}", "--graceful-timeout=3", "--no-control-socket")
    return (
        Command("Webbservern", "web", (sys.executable, "-m", *web, *options)),
        Command("Bakgrundsjobben", "worker", (*_MANAGE, "procrastinate", "worker")),
        Command("Det påhittade skolsystemet", "school", (sys.executable, "-m", *school)),
    )


def serve(plan: Plan, environment: Mapping[str, str]) -> int:
    """Run a plan until the user stops it, and leave nothing running.

    Returns: 0 when the user stopped it.

    Raises: Refusal, one line: busy port, full disk, no right to write, a failed step or a dead service.
    """
    children = {key: value for key, value in environment.items() if key not in _FOREIGN}
    children |= {"SAMHANDLA_VAR": str(plan.folder), "SAMHANDLA_DEMO": "1", "PYTHONUNBUFFERED": "1"}
    try:
        with Runner(plan.folder, children, plan.address) as runner:
            check_port(plan.port)
            server = EmbeddedPostgres(plan.folder / "postgres")
            with contextlib.ExitStack() as stack:
                stack.callback(server.release)
                stack.callback(runner.stop)  # before the database goes
                _bring_up(runner, server, plan)
                runner.watch()
    except StopRequested:
        _say("Samhandla är avslutat.")
    except PostgresError as error:
        raise Refusal(str(error)) from error
    return DONE


def _bring_up(runner: Runner, server: EmbeddedPostgres, plan: Plan) -> None:
    _say("Startar databasen …")
    server.start()
    if server.notice:
        _say(server.notice)
    forget_half_made(plan.folder, server)
    done = read_stamps(plan.folder) if server.has_database(DATABASE_NAME) else {}
    for step in plan.steps:
        if step.stamp and done.get(step.name) == step.stamp:
            continue
        began = time.monotonic()
        runner.run_step(step)
        done[step.name] = step.stamp
        (plan.folder / STAMPS).write_text(json.dumps(done), encoding="utf-8")
        _say(f"{step.title}: klart på {time.monotonic() - began:.1f} s".replace(".", ","))
    for service in plan.services:
        runner.start(service)
    runner.wait_for(lambda: answers(plan.port), seconds=ANSWER_SECONDS, title="Webbservern")
    _say(describe(plan))


def read_stamps(folder: Path) -> dict[str, str]:
    """Return the stamps of the steps that are done; none when the file is missing or broken."""
    try:
        return {str(name): str(stamp) for name, stamp in json.loads((folder / STAMPS).read_text()).items()}
    except (OSError, ValueError, AttributeError):
        return {}


def stamp_of(*patterns: str) -> str:
    """Return a word that changes with the program's files of some patterns, and with what it is built on."""
    package = Path(__file__).resolve().parents[1]
    digest = hashlib.sha256()
    for path in sorted(path for pattern in patterns for path in package.glob(pattern) if path.is_file()):
        facts = path.stat()
        digest.update(f"{path} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    for name in BUILT_ON:
        digest.update(version(name).encode())
    return digest.hexdigest()


def forget_half_made(folder: Path, server: EmbeddedPostgres) -> None:
    """Throw away a municipality whose making was broken off: its logins were never written."""
    if (folder / LOGINS).exists() or not server.has_database(DATABASE_NAME):
        return
    _say("Demokommunen blev inte klar förra gången och görs om.")
    server.drop_database(DATABASE_NAME)
    for name in ("lake", "uploads"):
        shutil.rmtree(folder / name, ignore_errors=True)


def read_port(given: int | None, environment: Mapping[str, str]) -> int:
    """Choose the port: the option, else `PORT` (as in `make demo PORT=8001`), else 8000.

    Raises: BadArguments when it is no port number.
    """
    text = str(given) if given is not None else environment.get("PORT", "") or str(DEFAULT_PORT)
    if not text.isascii() or not text.isdecimal() or not 1 <= int(text) <= 65535:
        raise BadArguments(f"porten ska vara ett tal mellan 1 och 65535, inte {text}")
    return int(text)


def check_port(port: int) -> None:
    """Refuse a port that cannot be used, on either of the two addresses that "localhost" can mean.

    Raises: Refusal that names the port and a free one.
    """
    problem = _try_port(port)
    if problem is None:
        return
    free = next(
        (near for near in range(port + 1, port + 100) if near > 1023 and _try_port(near) is None), 8800
    )
    what = (
        "får inte användas av det här kontot"
        if problem == errno.EACCES
        else "är upptagen av ett annat program"
    )
    raise Refusal(
        f"Port {port} {what}. Välj en annan: make demo PORT={free} (eller samhandla demo --port {free})."
    )


def _try_port(port: int) -> int | None:
    for family, host in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        try:
            with socket.socket(family, socket.SOCK_STREAM) as probe:
                # A port that only waits out its last connections is free.
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                probe.bind((host, port))
                probe.listen(1)
        except OSError as error:
            if error.errno in (errno.EADDRINUSE, errno.EACCES):
                return error.errno
        except OverflowError:
            return errno.EADDRINUSE
    return None


def free_port() -> int:
    """Return a port of this machine that nobody uses now."""
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def answers(port: int) -> bool:
    """Tell whether the web server gives a page; an error of the server is no page."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request("GET", "/", headers={"Host": f"localhost:{port}"})
        return connection.getresponse().status < 500
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def describe(plan: Plan) -> str:
    """The address, one login per role and how to stop, as lines for the terminal."""
    logins = read_logins(plan.folder / LOGINS)
    width = max((len(role) for role, _, _ in logins), default=0)
    name_width = max((len(name) for _, name, _ in logins), default=0)
    rows = [f"  {role:<{width}}  {name:<{name_width}}  {password}" for role, name, password in logins]
    heading = ["Logga in med (roll, användarnamn, lösenord):", *rows] if rows else []
    return "\n".join(["", f"Samhandla är igång: {plan.address}", *heading, "Avsluta med Ctrl-C."])


def read_logins(path: Path) -> list[tuple[str, str, str]]:
    """Read what the demonstration data wrote: a JSON list of objects with role, username and password.

    Returns: role, user name, password, in the file's order; nothing when there is no file.

    Raises: Refusal when the file is something else.
    """
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
        return [(str(row["role"]), str(row["username"]), str(row["password"])) for row in rows]
    except FileNotFoundError:
        return []
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise Refusal(f"Inloggningarna i {path} går inte att läsa. Ta bort filen och starta igen.") from error


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()
