"""The server process of the embedded PostgreSQL and its cluster folder: make, start, stop.

Nothing here locks: `samhandla.lib.postgres` calls it under its gate.
"""

from __future__ import annotations

import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

from samhandla.lib.postgres_place import (
    SOCKET_PARENT,
    BinariesMissing,
    PlaceRefused,
    ServerUnavailable,
    ServerUser,
    WrongVersion,
    check_room,
    explain_os_error,
    explain_output,
    make_folder,
    runnable_binaries,
    server_user,
    short_hash,
    write_once,
)

ADMIN = "postgres"
PORT = "5432"  # only names the socket file; nothing listens on TCP
_RETRY_SECONDS = 10.0  # after kill -9 of the server its shared memory lingers until its children notice
_RECOVERY_SECONDS = 120
_FAST_BUT_UNSAFE = {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}


class Server:
    """The cluster in `<home>/cluster` and the process that serves it.

    Args:
        durable: False trades safety at power failure for speed, for tests only.
    """

    def __init__(self, home: Path, *, durable: bool) -> None:
        self.home = home
        self.cluster = home / "cluster"
        self.durable = durable

    @property
    def user(self) -> ServerUser:
        """The OS account of the server; as root it follows the owner of an existing cluster."""
        return server_user(self.cluster)

    @property
    def socket_dir(self) -> Path:
        """The folder of the socket: short whatever the data folder is called."""
        return SOCKET_PARENT / f"samhandla-{self.user.uid}-{short_hash(str(self.home))}"

    def start(self, password: str, *, is_alone: bool, answers: Callable[[], bool]) -> None:
        """Start the server, making the cluster first when there is none.

        Args:
            password: of the admin role, used when the cluster is made.
            is_alone: no other process uses the server.
            answers: asks the server whether it takes connections.

        Raises: PostgresError, one of its kinds.
        """
        make_folder(self.socket_dir, 0o700, self.user)
        if self.made_by():
            self._check_version()
            self._clear_remains(is_alone=is_alone)
        else:
            self._init_cluster(password)
        self._start(answers)

    def stop(self) -> None:
        """Stop the server and end its connections; nothing happens when it does not run.

        Raises: ServerUnavailable when it does not stop within a minute.
        """
        if (self.cluster / "postmaster.pid").exists():
            self._stop()
        shutil.rmtree(self.socket_dir, ignore_errors=True)

    def _stop(self) -> None:
        self._run("pg_ctl", "stop", "-w", "-t", "60", "-m", "fast")

    def made_by(self) -> str:
        """The major version of PostgreSQL that made the cluster, or "" when there is none.

        Raises: PlaceRefused when the folder is something else or cannot be read.
        """
        stamp = self.cluster / "PG_VERSION"
        try:
            return stamp.read_text(encoding="ascii").strip()
        except FileNotFoundError:
            if self.cluster.exists():
                raise PlaceRefused(
                    f"{self.cluster} finns men är ingen databas. Flytta undan mappen och starta igen."
                ) from None
            return ""
        except OSError as error:
            raise explain_os_error(error, stamp) from error

    def _check_version(self) -> None:
        made_by = self.made_by()
        answer = self._run("postgres", "--version").split()
        ours = answer[2].split(".")[0] if len(answer) > 2 else "?"
        if made_by != ours:
            raise WrongVersion(
                f"Databasen i {self.home} är gjord med PostgreSQL {made_by}, men programmet har {ours}. "
                "Ta en säkerhetskopia med den tidigare versionen av Samhandla, flytta undan mappen och "
                "läs in kopian."
            )

    def _init_cluster(self, password: str) -> None:
        """Make the cluster beside its place and rename it: a killed start leaves nothing half done."""
        check_room(self.home)
        fresh = self.home / "cluster.new"
        shutil.rmtree(fresh, ignore_errors=True)
        make_folder(fresh, 0o700, self.user)
        password_copy = self.socket_dir / "initdb.password"
        try:
            password_copy.unlink(missing_ok=True)
            write_once(password_copy, password)
            self.user.give(password_copy)  # initdb runs as that account and must read it
            self._run(
                "initdb",
                f"--pgdata={fresh}",
                f"--username={ADMIN}",
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
            pid = int(pid_file.read_bytes().split()[0])  # the file also holds the path, in any encoding
            is_dead = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z"
        except (OSError, IndexError, ValueError):
            return  # no pid file, no such process, or no /proc: PostgreSQL judges by itself
        if is_dead or (is_alone and not _is_postgres(pid)):
            pid_file.unlink(missing_ok=True)
        elif is_alone:
            self._stop()

    def _start(self, answers: Callable[[], bool]) -> None:
        log = self.socket_dir / "start.log"
        # The folder goes in PGDATA: pg_ctl hands -D to a shell, where "$" in a path would break.
        command = [
            "pg_ctl",
            "start",
            "-w",
            "-t",
            str(_RECOVERY_SECONDS),
            "-l",
            str(log),
            "-o",
            self._options(),
        ]
        deadline = time.monotonic() + _RETRY_SECONDS
        while True:
            log.unlink(missing_ok=True)
            done = self._call(*command)
            if done.returncode == 0 or answers():
                return
            problem = explain_output(f"{done.stdout}\n{self._last_messages(log)}", self.home)
            if not isinstance(problem, ServerUnavailable) or time.monotonic() > deadline:
                raise problem
            time.sleep(0.25)

    def _options(self) -> str:
        options = {
            "listen_addresses": "",
            "port": PORT,
            "unix_socket_directories": str(self.socket_dir),
            "unix_socket_permissions": "0700",
            "logging_collector": "on",
            "log_filename": "postgresql-%a.log",
            "log_truncate_on_rotation": "on",
            "log_rotation_age": "1d",
            **({} if self.durable else _FAST_BUT_UNSAFE),
        }
        return " ".join(f"-c {name}={value}" for name, value in options.items())

    def _last_messages(self, log: Path) -> str:
        """What the server said in its last attempt: an older attempt may have failed for another reason."""
        collected = sorted(self.cluster.glob("log/*.log"), key=lambda path: path.stat().st_mtime)
        texts = [
            path.read_text(encoding="utf-8", errors="replace")
            for path in (*collected[-1:], log)
            if path.exists()
        ]
        return "\n".join(text.rpartition("starting PostgreSQL")[2][-4000:] for text in texts)

    def _run(self, program: str, *arguments: str) -> str:
        done = self._call(program, *arguments)
        if done.returncode:
            raise explain_output(done.stdout, self.home)
        return done.stdout

    def _call(self, program: str, *arguments: str) -> subprocess.CompletedProcess[str]:
        user = self.user
        command = [str(runnable_binaries(user) / program), *arguments]
        try:
            return user.run(command, timeout=_RECOVERY_SECONDS + 30, env={"PGDATA": str(self.cluster)})
        except subprocess.TimeoutExpired as error:
            raise ServerUnavailable(f"Databasen i {self.home} svarade inte i tid ({program}).") from error
        except OSError as error:
            raise BinariesMissing(
                f"PostgreSQL-programmet {program} går inte att köra: {error.strerror}. "
                "Installera om med make demo."
            ) from error


def _is_postgres(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/comm").read_text().strip() == "postgres"
    except OSError:
        return False
