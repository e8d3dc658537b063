"""The demonstration's runner with small stand-ins for its programs, and the real database."""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from samhandla.lib.command import BadArguments, Refusal
from samhandla.lib.postgres import EmbeddedPostgres
from samhandla.project import demo, processes
from samhandla.project.processes import Command, Runner, StopRequested

# A web server that answers, with a child of its own as gunicorn has.
WEB = """
import http.server, os, subprocess, sys
subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)", os.environ["SAMHANDLA_VAR"]])
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), http.server.SimpleHTTPRequestHandler).serve_forever()
"""
IDLE = "import time, sys; time.sleep(600)"
STUBBORN = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(600)"
DRIVER = """
import os, resource, sys
from pathlib import Path
from samhandla.lib.command import Refusal
from samhandla.project import demo
from samhandla.project.processes import Command
folder, port, web, worker, limit = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3], sys.argv[4], sys.argv[5]
if limit:
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(limit), int(limit)))
step = "import json, os, pathlib; pathlib.Path(os.environ['SAMHANDLA_VAR'], 'logins.json').write_text("
step += "json.dumps([{'role': 'Mentor', 'username': 'mia', 'password': 'ett långt ord'}]))"
plan = demo.Plan(folder, port, (Command("Göra data", "data", (sys.executable, "-c", step)),), (
    Command("Webbservern", "web", (sys.executable, "-c", web, str(port), str(folder))),
    Command("Bakgrundsjobben", "worker", (sys.executable, "-c", worker, str(folder))),
))
try:
    sys.exit(demo.serve(plan, os.environ))
except Refusal as error:
    print("NEJ:", error, flush=True)
    sys.exit(3)
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder with space and å that the database's account can reach; nothing in it is left running."""
    parent = Path(tempfile.mkdtemp(prefix="samhandla demo å "))
    parent.chmod(0o755)
    yield parent / "var"
    for pid in running(parent):
        os.kill(pid, signal.SIGKILL)
    socket_dir = EmbeddedPostgres(parent / "var" / "postgres").server.socket_dir
    pid_file = parent / "var" / "postgres" / "cluster" / "postmaster.pid"
    if pid_file.exists():
        os.kill(int(pid_file.read_text().split()[0]), signal.SIGKILL)
    shutil.rmtree(socket_dir, ignore_errors=True)
    shutil.rmtree(parent)


@pytest.fixture
def port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def running(folder: Path) -> list[int]:
    """The living processes of the stand-ins that name the folder among their words."""
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            words = (entry / "cmdline").read_bytes().decode(errors="replace").split("\0")
        except OSError:
            continue
        if any(word.startswith(str(folder)) for word in words) and processes.started(int(entry.name)):
            found.append(int(entry.name))
    return found


def start(
    folder: Path, port: int, *, web: str = WEB, worker: str = IDLE, limit: str = ""
) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", DRIVER, str(folder), str(port), web, worker, limit],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def read_until(process: subprocess.Popen[str], words: str) -> str:
    assert process.stdout is not None
    text = ""
    for line in process.stdout:
        text += line
        if words in line:
            return text
    raise AssertionError(f"{words!r} never came; it said:\n{text}")


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_one_stop_ends_all(folder: Path, port: int, how: signal.Signals) -> None:
    process = start(folder, port)
    text = read_until(process, "Ctrl-C")
    assert f"Samhandla är igång: http://localhost:{port}/" in text
    assert re.search(r"Mentor +mia +ett långt ord", text)
    assert demo.answers(port)
    assert len(running(folder)) == 4  # the driver, web, its child, worker
    os.killpg(process.pid, how)
    rest, _ = process.communicate(timeout=20)
    assert process.returncode == 0
    assert rest == "Samhandla är avslutat.\n"
    assert running(folder) == []
    assert not (folder / "postgres" / "cluster" / "postmaster.pid").exists()
    assert not (folder / "run.json").exists()


def test_a_start_after_kill_9_ends_what_was_left_and_works(folder: Path, port: int) -> None:
    first = start(folder, port)
    read_until(first, "Ctrl-C")
    first.kill()
    first.communicate(timeout=10)
    left = running(folder)
    assert len(left) == 3
    began = time.monotonic()
    second = start(folder, port)
    read_until(second, "Ctrl-C")
    assert time.monotonic() - began < 20
    assert not set(left) & set(running(folder))
    os.killpg(second.pid, signal.SIGINT)
    second.communicate(timeout=20)
    assert second.returncode == 0
    assert running(folder) == []


def test_a_number_that_now_names_another_program_is_left_alone(folder: Path, port: int) -> None:
    stranger = subprocess.Popen([sys.executable, "-c", IDLE], start_new_session=True)
    folder.mkdir()
    listed = {"address": "x", "children": [{"pid": stranger.pid, "started": "1"}, {"pid": 1, "started": ""}]}
    (folder / "run.json").write_text(json.dumps(listed))
    with Runner(folder, os.environ, "http://localhost:1/"):
        assert stranger.poll() is None
    stranger.kill()
    stranger.wait()


def test_a_second_start_says_where_the_first_is(folder: Path, port: int) -> None:
    first = start(folder, port)
    read_until(first, "Ctrl-C")
    second = start(folder, port + 1)
    text, _ = second.communicate(timeout=20)
    assert second.returncode == 3
    assert re.fullmatch(rf"NEJ: Samhandla körs redan i .*: http://localhost:{port}/ – avsluta .*\n", text)
    assert demo.answers(port)
    os.killpg(first.pid, signal.SIGTERM)
    first.communicate(timeout=20)


@pytest.mark.parametrize(("name", "title"), [("web", "Webbservern"), ("worker", "Bakgrundsjobben")])
def test_a_service_that_dies_is_named_and_all_stops(folder: Path, port: int, name: str, title: str) -> None:
    dying = "import sys, time; time.sleep(1); sys.exit('ingen mjölk hemma')"
    process = start(folder, port, **{name: dying})
    text, _ = process.communicate(timeout=30)
    assert process.returncode == 3
    last = text.splitlines()[-1]
    assert last.startswith(
        f"NEJ: {title} avslutades oväntat (kod 1). Loggen ligger i {folder}/log/{name}.log."
    )
    assert last.endswith("ingen mjölk hemma")
    assert running(folder) == []


def test_a_killed_service_is_named(folder: Path, port: int) -> None:
    process = start(folder, port)
    read_until(process, "Ctrl-C")
    web = next(child["pid"] for child in json.loads((folder / "run.json").read_text())["children"])
    os.kill(web, signal.SIGKILL)
    text, _ = process.communicate(timeout=20)
    assert "Webbservern avslutades oväntat (signal 9)" in text
    assert running(folder) == []


def test_a_busy_port_is_named_with_a_free_one(folder: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen(1)
        busy = other.getsockname()[1]
        process = start(folder, busy)
        text, _ = process.communicate(timeout=20)
    assert process.returncode == 3
    found = re.fullmatch(
        rf"NEJ: Port {busy} är upptagen av ett annat program\. "
        r"Välj en annan: make demo PORT=(\d+) \(eller samhandla demo --port \1\)\.\n",
        text,
    )
    assert found
    demo.check_port(int(found[1]))
    assert not (folder / "postgres").exists()


def test_a_full_disk_gives_one_line(folder: Path, port: int) -> None:
    """A limit on the size of files stops the database in the way a full disk does."""
    process = start(folder, port, limit="3000000")
    text, _ = process.communicate(timeout=30)
    assert process.returncode == 3
    assert re.fullmatch(r"Startar databasen …\nNEJ: Disken är full: .*\n", text)
    assert running(folder) == []


def test_a_disk_that_fills_up_later_is_named(tmp_path: Path) -> None:
    full = Command(
        "Göra data", "data", (sys.executable, "-c", "raise OSError(28, 'No space left on device')")
    )
    with (
        Runner(tmp_path, os.environ, "x") as runner,
        pytest.raises(Refusal, match=r"Disken är full: Göra data misslyckades\. Frigör utrymme"),
    ):
        runner.run_step(full)


def test_a_folder_without_write_right_gives_one_line(port: int) -> None:
    process = start(Path("/sys/samhandla"), port)
    text, _ = process.communicate(timeout=20)
    assert process.returncode == 3
    assert re.fullmatch(r"NEJ: Skrivrätt saknas i /sys/samhandla\. .*\n", text)


def test_a_failed_step_tells_its_last_line(tmp_path: Path) -> None:
    step = Command("Uppdatera databasen", "migrate", (sys.executable, "-c", "raise SystemExit('fel i 0007')"))
    with (
        Runner(tmp_path, os.environ, "x") as runner,
        pytest.raises(Refusal, match=r"Uppdatera databasen misslyckades \(kod 1\).*fel i 0007"),
    ):
        runner.run_step(step)


def test_a_missing_program_is_named(tmp_path: Path) -> None:
    with (
        Runner(tmp_path, os.environ, "x") as runner,
        pytest.raises(Refusal, match="/no/such/program"),
    ):
        runner.start(Command("Webbservern", "web", ("/no/such/program",)))


def test_a_service_that_never_answers_is_given_up(tmp_path: Path) -> None:
    with Runner(tmp_path, os.environ, "x") as runner:
        runner.start(Command("Webbservern", "web", (sys.executable, "-c", IDLE, str(tmp_path))))
        with pytest.raises(Refusal, match="Webbservern svarade inte inom 0 sekunder"):
            runner.wait_for(lambda: False, seconds=0.3, title="Webbservern")
    assert running(tmp_path) == []


def test_a_child_that_will_not_stop_is_forced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(processes, "GRACE_SECONDS", 0.3)
    with Runner(tmp_path, os.environ, "x") as runner:
        runner.start(Command("Bakgrundsjobben", "worker", (sys.executable, "-c", STUBBORN, str(tmp_path))))
        time.sleep(0.3)
        assert len(running(tmp_path)) == 1
    assert running(tmp_path) == []


def test_a_stop_during_a_step_ends_the_step_and_restores_the_handlers(tmp_path: Path) -> None:
    before = signal.getsignal(signal.SIGTERM)
    step = Command("Göra data", "data", (sys.executable, "-c", IDLE, str(tmp_path)))
    with Runner(tmp_path, os.environ, "x") as runner:
        threading.Timer(0.5, signal.raise_signal, [signal.SIGTERM]).start()
        with pytest.raises(StopRequested):
            runner.run_step(step)
    assert running(tmp_path) == []
    assert signal.getsignal(signal.SIGTERM) == before


def test_a_broken_list_of_children_does_not_block(tmp_path: Path) -> None:
    (tmp_path / "run.json").write_text('{"children": [')
    with Runner(tmp_path, os.environ, "x") as runner:
        runner.run_step(Command("Steg", "step", (sys.executable, "-c", "print('hej')")))
    assert (tmp_path / "log" / "step.log").read_text() == "hej\n"


@pytest.mark.parametrize(
    ("given", "environment", "expected"),
    [
        (None, {}, 8000),
        (None, {"PORT": "8123"}, 8123),
        (9000, {"PORT": "8123"}, 9000),
        (None, {"PORT": ""}, 8000),
    ],
)
def test_port_comes_from_option_then_environment(
    given: int | None, environment: dict[str, str], expected: int
) -> None:
    assert demo.read_port(given, environment) == expected


@pytest.mark.parametrize(
    ("given", "environment"),
    [(0, {}), (70000, {}), (-1, {}), (None, {"PORT": "åtta"}), (None, {"PORT": "²"})],
)
def test_an_impossible_port_is_refused(given: int | None, environment: dict[str, str]) -> None:
    with pytest.raises(BadArguments, match="porten ska vara ett tal mellan 1 och 65535"):
        demo.read_port(given, environment)


def test_the_plan_never_uses_a_named_database(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A demonstration in a shell where DATABASE_URL is set must not touch that database."""
    code = "import os; print(sorted(k for k in os.environ if k.startswith(('DATABASE', 'SAMHANDLA'))))"
    plan = demo.Plan(folder, 1, (Command("Visa", "show", (sys.executable, "-c", code)),), ())
    monkeypatch.setattr(demo, "check_port", lambda port: None)
    monkeypatch.setattr(demo, "answers", lambda port: signal.raise_signal(signal.SIGINT) is None)
    environment = {
        "DATABASE_URL": "postgresql://prod/",
        "DATABASE_OWNER_URL": "x",
        "PATH": os.environ["PATH"],
    }
    assert demo.serve(plan, environment) == 0
    assert (folder / "log" / "show.log").read_text() == "['SAMHANDLA_DEMO', 'SAMHANDLA_VAR']\n"


def test_broken_logins_are_refused_and_absent_ones_are_none(tmp_path: Path) -> None:
    assert demo.read_logins(tmp_path / "logins.json") == []
    (tmp_path / "logins.json").write_text('[{"role": "Mentor"}]')
    with pytest.raises(Refusal, match="går inte att läsa"):
        demo.read_logins(tmp_path / "logins.json")


class Database:
    """A server that is up; whether it has the municipality's database is told from outside."""

    notice = ""

    def __init__(self, made: bool) -> None:
        self.made = made

    def start(self) -> None: ...

    def has_database(self, name: str) -> bool:
        return self.made


def test_a_step_is_left_out_until_what_it_depends_on_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(demo, "answers", lambda port: True)
    (tmp_path / "logins.json").write_text("[]")
    program = "import sys; open(sys.argv[1], 'a').write('x')"
    seen = []
    for stamp, made in (("a", True), ("a", True), ("b", True), ("b", False), ("", True), ("", True)):
        words = (sys.executable, "-c", program, str(tmp_path / "ran"))
        plan = demo.Plan(tmp_path, 1, (Command("Steg", "step", words, stamp=stamp),), ())
        with Runner(tmp_path, os.environ, "x") as runner:
            demo._bring_up(runner, Database(made), plan)
        seen.append(len((tmp_path / "ran").read_text()))
    assert seen == [1, 1, 2, 3, 4, 5]


def test_a_stamp_follows_the_files(tmp_path: Path) -> None:
    assert demo.stamp_of("*/migrations/*.py") == demo.stamp_of("*/migrations/*.py")
    assert demo.stamp_of("*/migrations/*.py") != demo.stamp_of("trust/*.py")
    (tmp_path / "steps.json").write_text('{"migrate": ')
    assert demo.read_stamps(tmp_path) == {}


def test_the_real_plan_migrates_as_owner_and_serves_on_the_port(tmp_path: Path) -> None:
    plan = demo.plan_demo(tmp_path, 8123)
    assert [step.name for step in plan.steps] == ["migrate", "static", "demo-data"]
    assert plan.steps[0].environment == {"SAMHANDLA_DB_ROLE": "owner"}
    assert [service.name for service in plan.services] == ["web", "worker", "school"]
    assert "--bind=127.0.0.1:8123" in plan.services[0].words
    assert all("SAMHANDLA_DB_ROLE" not in service.environment for service in plan.services)
