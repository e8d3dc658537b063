"""A backup read into an empty installation gives back every row and file; nothing else is accepted."""

from __future__ import annotations

import json
import shutil

import pytest

pytestmark = pytest.mark.slow
SAME = (
    "select username, password from trust_account",
    "select id, at, event, actor_id from trust_event order by id",
    "select inner_pad from trust_signingkey",
    "select actor_id, unit_id, domain_id, role from trust_access order by 1, 2, 3",
    "select tablename, policyname, qual, with_check from pg_policies order by 1, 2",
    """select proname, proowner::regrole::text, proconfig from pg_proc
    where pronamespace = 'public'::regnamespace order by 1, pg_get_function_identity_arguments(oid)""",
    """select relname, relacl::text, relowner::regrole::text, relrowsecurity, relforcerowsecurity
    from pg_class where relnamespace = 'public'::regnamespace and relkind = 'r' order by 1""",
    "select defaclrole::regrole::text, defaclobjtype, defaclacl::text from pg_default_acl order by 1, 2",
)


@pytest.fixture(scope="module")
def kept(installed, tmp_path_factory):
    """A backup of the installation."""
    uploads = installed.var / "uploads" / "1"
    uploads.mkdir(parents=True, exist_ok=True)
    (uploads / "narvaro.csv").write_bytes(b"pupil;date\n")
    folder = tmp_path_factory.mktemp("backup") / "now"
    answer = installed.run("backup", str(folder), "--json")
    assert answer.code == 0, answer.err
    return folder


@pytest.fixture
def copy(kept, tmp_path):
    return shutil.copytree(kept, tmp_path / "copy")


def test_only_the_account_itself_can_read_a_backup(kept):
    assert kept.stat().st_mode & 0o077 == 0
    files = [path for path in kept.rglob("*") if path.is_file()]
    assert {path.name for path in files} == {
        "database.dump",
        "manifest.json",
        "lessons.parquet",
        "narvaro.csv",
    }
    assert [path for path in files if path.stat().st_mode & 0o077] == []


def test_the_secret_is_not_in_a_backup(installed, kept):
    secret = installed.environment["SAMHANDLA_SECRET"].encode()
    assert [path for path in kept.rglob("*") if path.is_file() and secret in path.read_bytes()] == []


def test_restore_gives_back_every_row_file_right_and_guard(installed, kept, new_installation):
    copy = new_installation()
    answer = copy.run("restore", str(kept), "--json")
    assert answer.code == 0, answer.err
    assert answer.json["files"] == 2
    rows = json.loads((kept / "manifest.json").read_text())["rows"]
    assert rows["trust_authority"] == 1
    for question in SAME:
        assert copy.sql("maint", question) == installed.sql("maint", question), question
    assert (copy.var / "lake/a/1/lessons.parquet").read_bytes() == b"attendance"
    assert (copy.var / "uploads/1/narvaro.csv").read_bytes() == b"pupil;date\n"
    assert copy.run("migrate", "--json").json == {"applied": [], "signing_key": "unchanged"}


def test_backup_refuses_a_folder_with_something_in_it(installed, tmp_path):
    (tmp_path / "mine").write_text("kept")
    answer = installed.run("backup", str(tmp_path), "--json")
    assert (answer.code, "inte tom" in answer.json["refused"]) == (3, True)
    assert [path.name for path in tmp_path.iterdir()] == ["mine"]


def test_backup_refuses_a_changed_attendance_file(installed, tmp_path):
    path = installed.var / "lake/a/1/lessons.parquet"
    path.write_bytes(b"something else")
    answer = installed.run("backup", str(tmp_path / "b"), "--json")
    path.write_bytes(b"attendance")
    assert (answer.code, "har ändrats" in answer.json["refused"]) == (3, True)
    assert not (tmp_path / "b/manifest.json").exists()


def test_restore_refuses_an_installation_that_holds_something(installed, kept):
    before = installed.sql("maint", "select count(*) from trust_event")
    answer = installed.run("restore", str(kept), "--json")
    assert (answer.code, "ny installation" in answer.json["refused"]) == (3, True)
    assert installed.sql("maint", "select count(*) from trust_event") == before


def test_restore_refuses_what_is_not_whole(copy, new_installation):
    empty = new_installation()
    refusals = []
    refusals.append(empty.run("restore", str(copy), "--json", SAMHANDLA_SECRET="another"))
    (copy / "lake/a/1/lessons.parquet").write_bytes(b"damaged")
    refusals.append(empty.run("restore", str(copy), "--json"))
    (copy / "lake/a/1/lessons.parquet").unlink()
    refusals.append(empty.run("restore", str(copy), "--json"))
    manifest = json.loads((copy / "manifest.json").read_text())
    manifest["files"].append({"path": "../outside", "bytes": 0, "sha256": ""})
    (copy.parent / "outside").write_text("x")
    (copy / "manifest.json").write_text(json.dumps({**manifest, "files": manifest["files"][-1:]}))
    refusals.append(empty.run("restore", str(copy), "--json"))
    (copy / "manifest.json").write_text("{")
    refusals.append(empty.run("restore", str(copy), "--json"))
    (copy / "manifest.json").unlink()
    refusals.append(empty.run("restore", str(copy), "--json"))
    words = ("hemlighet", "skadad", "saknas", "saknas", "går inte att läsa", "ingen hel")
    for answer, word in zip(refusals, words, strict=True):
        assert (answer.code, word in answer.json["refused"]) == (3, True), answer.json
    assert empty.sql("maint", "select to_regclass('trust_authority')") == [(None,)]
    assert not (empty.var / "lake").exists()
