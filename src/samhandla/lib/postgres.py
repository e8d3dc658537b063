"""Supervisor of the embedded PostgreSQL: start or attach, roles with passwords, databases, last one out stops.

Every process that uses the server holds a shared lock on `pg.users`; starting and stopping happen under an
exclusive lock on `pg.gate`. The kernel drops both when a process is killed, so no list of users can go stale.
"""

from __future__ import annotations

import atexit
import fcntl
import os
import secrets
import shutil
import subprocess
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
    SOCKET_PARENT,
    BinariesMissing,
    DiskFull,
    PlaceRefused,
    PostgresError,
    ServerUnavailable,
    ServerUser,
    WrongVersion,
    check_owner,
    check_room,
    choose_home,
    explain_os_error,
    explain_output,
    make_folder,
    runnable_binaries,
    server_user,
    short_hash,
)

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
    "admin": "postgres",
}
_ATTRIBUTES = {
    "owner": "LOGIN NOINHERIT CREATEDB NOBYPASSRLS",
    "app": "LOGIN INHERIT NOBYPASSRLS",
    "maint": "LOGIN INHERIT BYPASSRLS",
}
_PORT = "5432"  # only names the socket file; nothing listens on TCP
_GATE_SECONDS = 120.0
_RETRY_SECONDS = 10.0  # after kill -9 of the server its shared memory lingers until its children notice
_RECOVERY_SECONDS = 120


class EmbeddedPostgres:
    """One PostgreSQL server in a folder, shared by all processes that name the same folder.

    Args:
        data_dir: the folder of the database; made when absent. `home` is where it really lies.
        durable: False trades safety at power failure for speed, for tests only.
    """

    def __init__(self, data_dir: Path, *, durable: bool = True) -> None:
        self.home, self.notice = choose_home(Path(os.path.realpath(data_dir)))
        self.durable = durable
        self.cluster = self.home / "cluster"
        self._users_lock: int | None = None
        self._locked_by = 0

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()

    @property
    def socket_dir(self) -> Path:
        """The folder of the socket: short whatever the data folder is called."""
        return SOCKET_PARENT / f"samhandla-{self._user.uid}-{short_hash(str(self.home))}"

    @property
    def _user(self) -> ServerUser:
        return server_user(self.cluster)

    def start(self) -> Self:
        """Start the server, or attach to it when it runs; hold it until `release` or the end of the process.

        Calling it again is harmless. After a kill -9 of the server it retries for ten seconds.

        Raises: PostgresError, one of its kinds, with a line for the user.
        """
        if self._users_lock is not None and self._locked_by == os.getpid():
            return self
        check_owner(self.home)
        # Others may pass through (the server account must), but not list it.
        make_folder(self.home, 0o711 if self._user.is_other else 0o700)
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
                    self._stop_server("fast")
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
            "host": str(self.socket_dir),
            "port": _PORT,
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

    # -- start and stop, always under the gate ------------------------------------------------------------

    def _bring_up(self, *, is_alone: bool) -> None:
        if not self._answers():
            self._check_version()
            make_folder(self.socket_dir, 0o700, self._user)
            if not self.cluster.exists():
                self._init_cluster()
            else:
                self._clear_remains(is_alone=is_alone)
            self._start_server()
        self._ensure_roles()

    def _check_version(self) -> None:
        stamp = self.cluster / "PG_VERSION"
        try:
            made_by = stamp.read_text(encoding="ascii").strip()
        except FileNotFoundError:
            if self.cluster.exists():
                raise PlaceRefused(
                    f"{self.cluster} finns men är ingen databas. Flytta undan mappen och starta igen."
                ) from None
            return
        except OSError as error:
            raise explain_os_error(error, stamp) from error
        answer = self._run("postgres", "--version").split()
        ours = answer[2].split(".")[0] if len(answer) > 2 else "?"
        if made_by != ours:
            raise WrongVersion(
                f"Databasen i {self.home} är gjord med PostgreSQL {made_by}, men programmet har {ours}. Ta en "
                "säkerhetskopia med den tidigare versionen av Samhandla, flytta undan mappen och läs in kopian."
            )

    def _init_cluster(self) -> None:
        """Make the cluster beside its place and rename it, so that a killed start leaves nothing half done."""
        check_room(self.home)
        fresh = self.home / "cluster.new"
        shutil.rmtree(fresh, ignore_errors=True)
        make_folder(fresh, 0o700, self._user)
        password_copy = self.socket_dir / "initdb.password"
        try:
            password_copy.unlink(missing_ok=True)
            _write_secret(password_copy, self._password("admin"))
            self._user.give(password_copy)  # initdb runs as that account and must read it
            self._run(
                "initdb",
                f"--pgdata={fresh}",
                f"--username={ROLES['admin']}",
                f"--pwfile={password_copy}",
                "--auth=scram-sha-256",
                "--encoding=UTF8",
                "--locale-provider=builtin",
                "--builtin-locale=C.UTF-8",
                "--locale=C",
                "--data-checksums",
                *(() if self.durable else ("--no-sync",)),
            )
            fresh.rename(self.cluster)
        except OSError as error:
            raise explain_os_error(error, self.home) from error
        finally:
            password_copy.unlink(missing_ok=True)
            shutil.rmtree(fresh, ignore_errors=True)

    def _clear_remains(self, *, is_alone: bool) -> None:
        """Remove what a killed server left: its pid file, or itself when its socket is gone.

        A pid file can name a process that is dead but not reaped (where process 1 does not reap), or whose
        number another program has now; PostgreSQL would then refuse to start. While others use the server
        only the first is certain: the number may belong to another container that shares the folder.
        """
        pid_file = self.cluster / "postmaster.pid"
        try:
            pid = int(pid_file.read_text(encoding="ascii").split()[0])
            is_dead = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
        except (OSError, IndexError, ValueError):
            return  # no pid file, no such process, or no /proc: PostgreSQL judges by itself
        if is_dead or (is_alone and not _is_postgres(pid)):
            pid_file.unlink(missing_ok=True)
        elif is_alone:
            self._stop_server("fast")

    def _start_server(self) -> None:
        options = {
            "listen_addresses": "",
            "port": _PORT,
            "unix_socket_directories": str(self.socket_dir),
            "unix_socket_permissions": "0700",
            "logging_collector": "on",
            "log_filename": "postgresql-%a.log",
            "log_truncate_on_rotation": "on",
            "log_rotation_age": "1d",
        }
        if not self.durable:
            options |= {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
        words = " ".join(f"-c {name}={value}" for name, value in options.items())
        log = self.socket_dir / "start.log"
        deadline = time.monotonic() + _RETRY_SECONDS
        while True:
            log.unlink(missing_ok=True)
            try:
                # The folder goes in PGDATA: pg_ctl hands -D to a shell, where "$" in a path would break.
                self._run("pg_ctl", "start", "-w", "-t", str(_RECOVERY_SECONDS), "-l", str(log), "-o", words)
                return
            except ServerUnavailable as error:
                if self._answers():
                    return
                if time.monotonic() > deadline:
                    raise explain_output(self._start_messages(log), self.home) from error
                time.sleep(0.25)

    def _start_messages(self, log: Path) -> str:
        collected = sorted(self.cluster.glob("log/*.log"), key=lambda path: path.stat().st_mtime)
        texts = [path.read_text(errors="replace")[-2000:] for path in (log, *collected[-1:]) if path.exists()]
        return "\n".join(texts)

    def _stop_server(self, mode: str) -> None:
        if (self.cluster / "postmaster.pid").exists():
            self._run("pg_ctl", "stop", "-w", "-t", "60", "-m", mode)

    def _run(self, program: str, *arguments: str) -> str:
        user = self._user
        command = [str(runnable_binaries(user) / program), *arguments]
        try:
            done = user.run(command, timeout=_RECOVERY_SECONDS + 30, env={"PGDATA": str(self.cluster)})
        except subprocess.TimeoutExpired as error:
            raise ServerUnavailable(f"Databasen i {self.home} svarade inte i tid ({program}).") from error
        except OSError as error:
            raise BinariesMissing(
                f"PostgreSQL-programmet {program} går inte att köra: {error.strerror}. Installera om med make demo."
            ) from error
        if done.returncode:
            raise explain_output(done.stdout, self.home)
        return done.stdout

    # -- roles and passwords --------------------------------------------------------------------------------

    def _password_file(self, role: str) -> Path:
        if role not in ROLES:
            raise ValueError(f"unknown role {role!r}, expected one of {', '.join(ROLES)}")
        return self.home / "secrets" / role

    def _password(self, role: str) -> str:
        path = self._password_file(role)
        if not path.exists():
            make_folder(path.parent, 0o700)
            fresh = path.with_suffix(".new")
            fresh.unlink(missing_ok=True)
            _write_secret(fresh, secrets.token_urlsafe(24))
            fresh.rename(path)
        return path.read_text(encoding="ascii")

    def _ensure_roles(self) -> None:
        """Make the roles that are absent and give a role whose password file was lost a new one."""
        with self._connect() as connection:
            known = {row[0] for row in connection.execute("select rolname from pg_roles").fetchall()}
            for role, attributes in _ATTRIBUTES.items():
                if ROLES[role] in known and self._password_file(role).exists():
                    continue
                verb = "alter" if ROLES[role] in known else "create"
                connection.execute(
                    sql.SQL(f"{verb} role {{}} with {attributes} password {{}}").format(
                        sql.Identifier(ROLES[role]), sql.Literal(self._password(role))
                    )
                )
            if ROLES["maint"] not in known:
                connection.execute("grant pg_read_all_data to samhandla_maint")
                # May become maint by SET ROLE, but never has its rights without saying so.
                connection.execute("grant samhandla_maint to samhandla_owner with inherit false, set true")

    def _connect(self) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(
            self.url("admin", "postgres"),
            autocommit=True,
            connect_timeout=10,
            application_name="samhandla supervisor",
        )

    def _answers(self) -> bool:
        if not self.cluster.exists():
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


def _is_postgres(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip() == "postgres"
    except OSError:
        return False


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


def _write_secret(path: Path, text: str) -> None:
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(text)
    except OSError as error:
        raise explain_os_error(error, path.parent) from error
