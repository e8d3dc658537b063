"""doctor finds what is wrong, and says nothing where all is well."""

from __future__ import annotations

import shutil

import pytest
from tests.project.conftest import lake_file

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def hurt(installed, new_installation, tmp_path_factory):
    """A copy of the installation, by backup and restore, that the tests may damage."""
    folder = tmp_path_factory.mktemp("copy") / "backup"
    assert installed.run("backup", str(folder)).code == 0
    copy = new_installation()
    assert copy.run("restore", str(folder)).code == 0
    shutil.copytree(installed.var / "static", copy.var / "static")
    return copy


def faults(installation, **environment):
    """Return the checks that failed, each with what it said."""
    answer = installation.run("doctor", "--json", **environment)
    assert "Traceback" not in answer.err, answer.err
    found = {check["check"]: check["faults"] for check in answer.json["checks"] if not check["ok"]}
    assert answer.code == (3 if found else 0)
    assert answer.json["ok"] == (not found)
    return found


def test_a_sound_installation_passes(installed):
    assert faults(installed) == {}
    assert "FEL" not in installed.run("doctor").out


@pytest.mark.parametrize(
    ("check", "harm", "cure"),
    [
        (
            "row_security",
            "alter table people_child no force row level security",
            "alter table people_child force row level security",
        ),
        (
            "roles",
            "grant truncate on people_child to samhandla_app",
            "revoke truncate on people_child from samhandla_app",
        ),
        (
            "roles",
            "grant select on trust_access to samhandla_app",
            "revoke select on trust_access from samhandla_app",
        ),
        (
            "roles",
            "grant update on trust_event to samhandla_app",
            "revoke update on trust_event from samhandla_app",
        ),
        (
            "migrations",
            "update django_migrations set name = '0001_x' where name = '0001_initial' and app = 'detect'",
            "update django_migrations set name = '0001_initial' where name = '0001_x' and app = 'detect'",
        ),
    ],
)
def test_harm_to_the_database_is_found(hurt, check, harm, cure):
    hurt.sql("owner", harm)
    assert list(faults(hurt)) == [check]
    hurt.sql("owner", cure)
    assert faults(hurt) == {}


def test_harm_to_files_is_found(hurt):
    changed = lake_file(hurt, "a/2/lessons.parquet", b"before")
    changed.write_bytes(b"after!")
    gone = lake_file(hurt, "a/3/lessons.parquet", b"x")
    gone.unlink()
    (hurt.var / "static/staticfiles.json").rename(hurt.var / "static/moved.json")
    found = faults(hurt)
    assert set(found) == {"lake", "static"}
    assert [("ändrats" in line, "saknas" in line) for line in found["lake"]] == [(True, False), (False, True)]
    hurt.sql("maint", "delete from analytics_lakefile where path like 'a/2/%%' or path like 'a/3/%%'")
    (hurt.var / "static/moved.json").rename(hurt.var / "static/staticfiles.json")


def test_another_secret_and_a_loose_secret_are_found(hurt):
    assert list(faults(hurt, SAMHANDLA_SECRET="another")) == ["signing_key"]
    secret = hurt.var / "secret"
    secret.write_text(hurt.environment["SAMHANDLA_SECRET"])
    secret.chmod(0o644)
    found = faults(hurt, SAMHANDLA_SECRET="")
    assert list(found) == ["secret"]
    assert "chmod 600" in found["secret"][0]
    secret.unlink()


def test_a_role_that_cannot_enter_is_named(hurt):
    hurt.sql("admin", "alter role samhandla_maint nologin")
    found = faults(hurt)
    hurt.sql("admin", "alter role samhandla_maint login")
    assert list(found) == ["database"]
    assert "maint" in found["database"][0]


def test_a_source_that_nobody_checked_is_named(hurt):
    hurt.sql(
        "maint",
        "insert into integrations_source (id, authority_id, name, kind, settings, protection, schedule,"
        " preset_name, limits, roles, capabilities, active)"
        " values (1, 1, 'Närvaro', 'file', '{}', 'skip', 'manual', '', '{}', '{}', '{}', true)",
    )
    assert "Närvaro" in faults(hurt)["sources"][0]
    hurt.sql("maint", "update integrations_source set checked_at = now()")
    assert faults(hurt) == {}
