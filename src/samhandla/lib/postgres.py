"""Supervisor of the embedded PostgreSQL: start or attach, roles, databases, the last user stops it.

Every process that uses the server holds a shared lock on `pg.users`; starting and stopping happen under an
exclusive lock on `pg.gate`. The kernel drops both when a process is killed, so no list of users can go stale.
"""

from __future__ import annotations

import atexit
import fcntl
import os
import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self
from urllib.parse import quote

import psycopg
from psycopg import sql

from samhandla.lib.postgres_place import (
    BinariesMissing,
    DiskFull,
    PlaceRefused,
    PostgresError,
    ServerUnavailable,
    WrongVersion,
    check_owner,
    choose_home,
    explain_os_error,
    make_folder,
    write_once,
)
from samhandla.lib.postgres_server import ADMIN, PORT, Server

__all__ = [
    "ROLES",
    "BinariesMissing",
    "DiskFull",
    "EmbeddedPostgres",
    "PlaceRefused",
    "PostgresError",
    "ServerUnavailable",
    "WrongVersion",
]

# Short name used in code and settings -> role in the database.
ROLES = {
    "owner": "samhandla_owner",
    "app": "samhandla_app",
    "maint": "samhandla_maint",
    "admin": ADMIN,
}
_ATTRIBUTES = {
    "owner": "LOGIN NOINHERIT CREATEDB NOBYPASSRLS",
    "app": "LOGIN INHERIT NOBYPASSRLS",
    "maint": "LOGIN INHERIT BYPASSRLS",
}
_GATE_SECONDS = 120.0


class EmbeddedPostgres:
    """One PostgreSQL server in a folder, shared by all processes that name the same folder.

    Args:
        data_dir: the folder of the database; made when absent. `home` is where it really lies.
        durable: False trades safety at power failure for speed, for tests only.
    """

    def __init__(self, data_dir: Path, *, durable: bool = True) -> None:
        self.home, self.notice = choose_home(Path(os.path.realpath(data_dir)))
        self.durable = durable
        self.server = Server(self.home, durable=durable)
        self._users_lock: int | None = None
        self._locked_by = 0

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    def start(self) -> Self:
        """Start the server, or attach to it when it runs; hold it until `release` or the end of the process.

        Calling it again is harmless. After a kill -9 of the server it retries for ten seconds.

        Raises: PostgresError, one of its kinds, with a line for the user.
        """
        if self._users_lock is not None and self._locked_by == os.getpid():
            return self
        check_owner(self.home)
        # Others may pass through (the server account must), but not list it.
        make_folder(self.home, 0o711 if self.server.user.is_other else 0o700)
        with self._gate():
            lock = _open_lock(self.home / "pg.users")
            try:
                is_alone = _try_lock(lock, fcntl.LOCK_EX)
                fcntl.flock(lock, fcntl.LOCK_SH)
                self._bring_up(is_alone=is_alone)
            except BaseException:
                os.close(lock)
                raise
            self._users_lock, self._locked_by = lock, os.getpid()
        atexit.register(self.release)
        return self

    def release(self) -> None:
        """Stop using the server; the last user stops it.

        In a forked child it only forgets the parent's lock, which the parent still holds.
        """
        if self._users_lock is None:
            return
        os.close(self._users_lock)
        self._users_lock = None
        atexit.unregister(self.release)
        if self._locked_by != os.getpid() or not self.home.exists():
            return
        with self._gate():
            lock = _open_lock(self.home / "pg.users")
            try:
                if _try_lock(lock, fcntl.LOCK_EX):
                    self.server.stop()
            finally:
                os.close(lock)

    def params(self, role: str, database: str) -> dict[str, str]:
        """Connection words for psycopg: host (the socket folder), port, user, password, dbname.

        Args:
            role: "owner", "app", "maint" or "admin".

        Raises: PlaceRefused when the role has no password file: the server was never started here.
        """
        path = self._password_file(role)
        try:
            password = path.read_text(encoding="ascii")
        except OSError as error:
            raise PlaceRefused(
                f"Lösenordsfilen {path} går inte att läsa. Återställ den från säkerhetskopian; "
                "utan den kan databasen inte öppnas."
            ) from error
        return {
            "host": str(self.server.socket_dir),
            "port": PORT,
            "user": ROLES[role],
            "password": password,
            "dbname": database,
        }

    def url(self, role: str, database: str) -> str:
        """The same as `params`, as a URL for `DATABASE_URL`. It holds the password: never log it."""
        words = self.params(role, database)
        login = f"{words['user']}:{quote(words['password'], safe='')}"
        return f"postgresql://{login}@/{quote(database)}?host={quote(words['host'])}&port={words['port']}"

    def has_database(self, name: str) -> bool:
        """Tell whether a database with this name exists."""
        with self._connect() as connection:
            found = connection.execute("select 1 from pg_database where datname = %s", [name]).fetchone()
        return found is not None

    def create_database(self, name: str, template: str | None = None) -> None:
        """Make a database owned by the owner role, which only our roles may enter.

        Args:
            template: a database to copy; nobody may be connected to it.

        Raises: psycopg.errors.DuplicateDatabase, psycopg.errors.ObjectInUse.
        """
        strategy = sql.SQL("wal_log" if self.durable or template is None else "file_copy")
        with self._connect() as connection:
            connection.execute(
                sql.SQL("create database {} owner {} template {} strategy {}").format(
                    sql.Identifier(name),
                    sql.Identifier(ROLES["owner"]),
                    sql.Identifier(template or "template0"),
                    strategy,
                )
            )
            # Privileges on the database itself are never copied from a template.
            connection.execute(sql.SQL("revoke all on database {} from public").format(sql.Identifier(name)))
            connection.execute(
                sql.SQL("grant connect, temporary on database {} to {}, {}").format(
                    sql.Identifier(name), sql.Identifier(ROLES["app"]), sql.Identifier(ROLES["maint"])
                )
            )

    def ensure_database(self, name: str) -> bool:
        """Make the database when it is absent, and tell whether it was made now."""
        if self.has_database(name):
            return False
        try:
            self.create_database(name)
        except psycopg.errors.DuplicateDatabase:  # another process was first
            return False
        return True

    def drop_database(self, name: str) -> None:
        """Remove a database if it exists and end all connections to it."""
        with self._connect() as connection:
            connection.execute(
                sql.SQL("drop database if exists {} with (force)").format(sql.Identifier(name))
            )

    def _bring_up(self, *, is_alone: bool) -> None:
        if not self._answers():
            if not self.server.made_by() and not self._password_file("admin").exists():
                self._keep_password("admin", secrets.token_urlsafe(24))
            password = self.params("admin", "postgres")["password"]
            self.server.start(password, is_alone=is_alone, answers=self._answers)
        self._ensure_roles()

    def _password_file(self, role: str) -> Path:
        if role not in ROLES:
            raise ValueError(f"unknown role {role!r}, expected one of {', '.join(ROLES)}")
        return self.home / "secrets" / role

    def _keep_password(self, role: str, password: str) -> None:
        path = self._password_file(role)
        make_folder(path.parent, 0o700)
        path.unlink(missing_ok=True)
        write_once(path, password)

    def _ensure_roles(self) -> None:
        """Make the roles that are absent and give a role whose password file was lost a new one.

        A password is kept only after the database has it: a start killed in between is simply done again.
        """
        made: dict[str, str] = {}
        with self._connect() as connection, connection.transaction():
            known = {row[0] for row in connection.execute("select rolname from pg_roles").fetchall()}
            for role, attributes in _ATTRIBUTES.items():
                if ROLES[role] in known and self._password_file(role).exists():
                    continue
                made[role] = secrets.token_urlsafe(24)
                verb = "alter" if ROLES[role] in known else "create"
                connection.execute(
                    sql.SQL(f"{verb} role {{}} with {attributes} password {{}}").format(
                        sql.Identifier(ROLES[role]), sql.Literal(made[role])
                    )
                )
            if ROLES["maint"] not in known:
                connection.execute("grant pg_read_all_data to samhandla_maint")
                # May become maint by SET ROLE, but never has its rights without saying so.
                connection.execute("grant samhandla_maint to samhandla_owner with inherit false, set true")
        for role, password in made.items():
            self._keep_password(role, password)

    def _connect(self) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(
            self.url("admin", "postgres"),
            autocommit=True,
            connect_timeout=10,
            application_name="samhandla supervisor",
        )

    def _answers(self) -> bool:
        if not self.server.made_by():
            return False
        try:
            with self._connect():
                return True
        except psycopg.OperationalError as error:
            if "password authentication failed" in str(error):
                raise PlaceRefused(
                    f"Lösenordet i {self._password_file('admin')} hör inte till den här databasen. "
                    "Återställ filen från säkerhetskopian."
                ) from error
            return False

    @contextmanager
    def _gate(self) -> Iterator[None]:
        gate = _open_lock(self.home / "pg.gate")
        try:
            deadline = time.monotonic() + _GATE_SECONDS
            while not _try_lock(gate, fcntl.LOCK_EX):
                if time.monotonic() > deadline:
                    raise ServerUnavailable(
                        f"En annan start eller ett stopp av databasen i {self.home} har pågått för länge. "
                        "Avsluta det programmet och starta igen."
                    )
                time.sleep(0.02)
            yield
        finally:
            os.close(gate)


def _open_lock(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
    except OSError as error:
        raise explain_os_error(error, path.parent) from error


def _try_lock(descriptor: int, kind: int) -> bool:
    try:
        fcntl.flock(descriptor, kind | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
