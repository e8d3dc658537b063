"""Runs a few processes together: one start, one Ctrl-C, and nothing left behind.

Every child has a session of its own, so that Ctrl-C reaches only the runner, which then ends the children in
an orderly way. The folder's `run.lock` is held for the runner's life (the kernel drops it on kill -9), and
`run.json` names the children by number and start time, so that the next start ends those of a killed runner
and never another program that has got the same number.
"""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import re
import shutil
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType, TracebackType
from typing import Any, Self

from samhandla.lib.command import Refusal

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
GRACE_SECONDS = 10.0
_POLL_SECONDS = 0.05


class StopRequested(Exception):
    """The user asked the runner to stop, by Ctrl-C or a signal."""


@dataclass(frozen=True)
class Command:
    """A program to run.

    Args:
        title: what it is, in Swedish, as the user reads it.
        name: of its log file.
        environment: added to the runner's own.
        stamp: what a step depends on, in a word; a step done with the same stamp is not done again.
    """

    title: str
    name: str
    words: Sequence[str]
    environment: Mapping[str, str] = field(default_factory=dict)
    stamp: str = ""


class Runner:
    """Runs steps to their end and services until one of them dies or the user stops.

    Use as a context manager; leaving it ends every child.

    Args:
        folder: of lock, list of children and logs; made when absent.
        environment: of all children.
        address: where the services are found, named to whoever tries to start a second time.
    """

    def __init__(self, folder: Path, environment: Mapping[str, str], address: str) -> None:
        self.folder = folder
        self.log_dir = folder / "log"
        self._environment = dict(environment)
        self._address = address
        self._children: list[tuple[Command, subprocess.Popen[bytes]]] = []
        self._stop = threading.Event()
        self._former_handlers: dict[signal.Signals, Any] = {}
        self._lock = -1

    def __enter__(self) -> Self:
        """Take the folder, end what a killed runner left, and listen to Ctrl-C.

        Raises: Refusal when another runner has the folder, or the folder cannot be used.
        """
        try:
            self.log_dir.mkdir(parents=True, exist_ok=True)
            self._lock = os.open(self.folder / "run.lock", os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise refuse_os_error(error, self.folder) from error
        try:
            self._take_folder()
        except BaseException:
            os.close(self._lock)
            raise
        for number in STOP_SIGNALS:
            if number == signal.SIGHUP and signal.getsignal(number) == signal.SIG_IGN:
                continue  # started with nohup: goes on when the terminal closes
            self._former_handlers[number] = signal.signal(number, self._on_signal)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        for number, handler in self._former_handlers.items():
            signal.signal(number, handler)
        os.close(self._lock)

    def run_step(self, step: Command) -> None:
        """Run a program to its end.

        Raises: Refusal when it fails, with the last line it wrote; StopRequested.
        """
        child = self._spawn(step)
        while child.poll() is None:
            self.check_stop()
            time.sleep(_POLL_SECONDS)
        self._children.remove((step, child))
        self._write_list()
        if child.returncode:
            raise self._explain_end(step, child.returncode, "misslyckades")

    def start(self, service: Command) -> None:
        """Start a program that shall run until the end."""
        self._spawn(service)

    def wait_for(self, is_ready: Callable[[], bool], *, seconds: float, title: str) -> None:
        """Wait until something is ready.

        Raises: Refusal when a child dies or the time is out; StopRequested.
        """
        deadline = time.monotonic() + seconds
        while not is_ready():
            self.check_children()
            if time.monotonic() > deadline:
                raise Refusal(f"{title} svarade inte inom {seconds:.0f} sekunder. Loggar: {self.log_dir}.")
            self._stop.wait(0.1)

    def watch(self) -> None:
        """Wait until the user stops or a service dies.

        Raises: StopRequested; Refusal that names the service.
        """
        while True:
            self.check_children()
            self._stop.wait(0.2)

    def check_children(self) -> None:
        """Raise StopRequested when the user has asked, Refusal when a service has died."""
        self.check_stop()
        for command, child in self._children:
            code = child.poll()
            if code is not None:
                raise self._explain_end(command, code, "avslutades oväntat")

    def check_stop(self) -> None:
        """Raise StopRequested when the user has asked."""
        if self._stop.is_set():
            raise StopRequested

    def stop(self) -> None:
        """End all children with their own children: politely, and by force after ten seconds."""
        for _, child in self._children:
            _signal_group(child.pid, signal.SIGTERM)
        deadline = time.monotonic() + GRACE_SECONDS
        for _, child in self._children:
            with contextlib.suppress(subprocess.TimeoutExpired):
                child.wait(timeout=max(0.0, deadline - time.monotonic()))
            _signal_group(child.pid, signal.SIGKILL)
            child.wait()
        self._children.clear()
        (self.folder / "run.json").unlink(missing_ok=True)

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self._stop.set()

    def _take_folder(self) -> None:
        listed = self.folder / "run.json"
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            where = _read_list(listed).get("address") or self._address
            raise Refusal(
                f"Samhandla körs redan i {self.folder}: {where} – avsluta det med Ctrl-C där det startades."
            ) from None
        for child in _read_list(listed).get("children", []):
            _end_stale(int(child["pid"]), str(child["started"]))
        listed.unlink(missing_ok=True)

    def _spawn(self, command: Command) -> subprocess.Popen[bytes]:
        self.check_stop()
        try:
            with self._log(command).open("wb") as log:
                child = subprocess.Popen(  # noqa: S603 - our own commands, no shell
                    list(command.words),
                    env={**self._environment, **command.environment},
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                )
        except OSError as error:
            raise refuse_os_error(error, Path(error.filename or self.log_dir)) from error
        self._children.append((command, child))
        self._write_list()
        return child

    def _write_list(self) -> None:
        children = [{"pid": child.pid, "started": started(child.pid)} for _, child in self._children]
        fresh = self.folder / "run.json.new"
        try:
            fresh.write_text(json.dumps({"address": self._address, "children": children}), encoding="utf-8")
            fresh.replace(self.folder / "run.json")
        except OSError as error:
            raise refuse_os_error(error, self.folder) from error

    def _log(self, command: Command) -> Path:
        return self.log_dir / f"{command.name}.log"

    def _explain_end(self, command: Command, code: int, what: str) -> Refusal:
        log = self._log(command)
        text = log.read_text(encoding="utf-8", errors="replace")[-20_000:]
        is_full = shutil.disk_usage(self.folder).free < 1_000_000
        if is_full or re.search(r"No space left on device|Disk quota exceeded|File too large", text):
            return Refusal(
                f"Disken är full: {command.title} {what}. Frigör utrymme vid {self.folder} och starta igen."
            )
        lines = [line.strip() for line in text.splitlines() if line.strip()]
        last = f" Sista raden: {lines[-1][:300]}" if lines else ""
        how = f"signal {-code}" if code < 0 else f"kod {code}"
        return Refusal(f"{command.title} {what} ({how}). Loggen ligger i {log}.{last}")


def started(pid: int) -> str:
    """Return when a living process started, as text that never changes, or "" when there is none.

    A process that has ended but is not yet collected counts as none.
    """
    if Path("/proc/self/stat").exists():
        try:
            fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
        except OSError:
            return ""
        return "" if fields[0] in (b"Z", b"X") else fields[19].decode()
    words = ["/bin/ps", "-o", "lstart=", "-p", str(pid)]
    return subprocess.run(words, check=False, capture_output=True, text=True).stdout.strip()  # noqa: S603


def refuse_os_error(error: OSError, path: Path) -> Refusal:
    """Turn a failed file operation into one line for the user."""
    from samhandla.lib.postgres_place import explain_os_error

    return Refusal(str(explain_os_error(error, path)))


def _read_list(path: Path) -> dict[str, Any]:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):  # none, or broken by a full disk: then nobody can be named
        return {}
    return content if isinstance(content, dict) else {}


def _end_stale(pid: int, start_time: str) -> None:
    """End a child of a killed runner, if the number still names that very process."""
    if not start_time or started(pid) != start_time:
        return
    _signal_group(pid, signal.SIGTERM)
    deadline = time.monotonic() + GRACE_SECONDS
    while started(pid) == start_time:
        if time.monotonic() > deadline:
            _signal_group(pid, signal.SIGKILL)
        time.sleep(_POLL_SECONDS)
    _signal_group(pid, signal.SIGKILL)  # its own children


def _signal_group(leader: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, number)
