"""migrate and setup: what an installation begins with."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest
from tests.project.conftest import STAFF

from samhandla.project import cli

pytestmark = pytest.mark.slow
BOARD = ("--name", "Ny nämnd", "--username", "ny", *STAFF)
CHILD = """
    insert into people_child
        (id, ref, authority_id, unit_id, given_name, family_name, protection, lifted_protection, sex, adapted)
    values (1, gen_random_uuid(), 1, 1, 'A', 'B', 'none', 'none', 'K', false)
"""
NUMBER = """
    insert into people_childidentity (child_id, domain_id, unit_id, kind, sealed, blind_index)
    select 1, min(id), 1, 'personnummer', '\\x00', 'x' from trust_domain
"""


def test_migrate_makes_the_database_and_may_be_run_again(installed):
    again = installed.run("migrate", "--json")
    assert (again.code, again.json) == (0, {"applied": [], "signing_key": "unchanged"})
    assert "oförändrad" in installed.run("migrate").out


def test_another_secret_renews_the_key_only_while_nothing_is_sealed(new_installation, migrated):
    installation = new_installation(migrated)
    installation.environment["SAMHANDLA_SECRET"] = "a second secret"
    assert installation.run("migrate", "--json").json["signing_key"] == "renewed"
    done = installation.run("setup", *BOARD)
    assert done.code == 0, done.err
    seal_a_number(installation)
    refused = installation.run("migrate", "--json", SAMHANDLA_SECRET="a third secret")
    assert refused.code == 3
    assert "1 uppgifter är förseglade" in refused.json["refused"]
    by_django = manage(installation, "migrate", SAMHANDLA_SECRET="a third secret", SAMHANDLA_DB_ROLE="owner")
    assert by_django.returncode == 3
    assert "1 uppgifter är förseglade" in by_django.stderr
    assert installation.run("migrate", "--json").json["signing_key"] == "unchanged"
    assert manage(installation, "migrate", SAMHANDLA_DB_ROLE="owner").returncode == 0


def manage(installation, *words, **environment):
    """Run one of Django's own commands, as the demonstration does."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("SAMHANDLA_", "DATABASE_"))}
    return subprocess.run(
        [sys.executable, "-m", "samhandla.project.manage", *words],
        env={**kept, "SAMHANDLA_VAR": str(installation.var), **installation.environment, **environment},
        capture_output=True,
        text=True,
        check=False,
        timeout=900,
    )


def seal_a_number(installation) -> None:
    """Give the database one sealed row, as an import would."""
    installation.sql("maint", CHILD)
    installation.sql("maint", NUMBER)


def test_setup_gives_a_board_with_a_login(installed):
    (board,) = installed.sql(
        "maint",
        "select a.name, o.kind from trust_authority a join people_organisation o on o.authority_id = a.id",
    )
    assert board == ("Barn- och skolnämnden", "board")
    (login,) = installed.sql(
        "maint",
        "select username, d.role, password like 'pbkdf2%%' from trust_account c join trust_actor a"
        " on a.account_id = c.id join people_staff s on s.actor_id = a.id"
        " join people_duty d on d.staff_id = s.id",
    )
    assert login == ("disa", "data_administrator", True)
    branches = installed.sql("maint", "select branch from trust_domain order by 1")
    assert ("emi",) in branches


def test_setup_refuses_what_exists_and_leaves_nothing_half_made(installed):
    same = installed.run("setup", "--name", "Barn- och skolnämnden", "--username", "x", *STAFF, "--json")
    assert (same.code, "finns redan" in same.json["refused"]) == (3, True)
    taken = installed.run("setup", "--name", "Annan nämnd", "--username", "disa", *STAFF, "--json")
    assert (taken.code, "disa" in taken.json["refused"]) == (3, True)
    assert installed.sql("maint", "select count(*) from trust_authority") == [(1,)]


def test_setup_refuses_bad_words(installed, tmp_path):
    weak = tmp_path / "password"
    weak.write_text("kort\n")
    empty = tmp_path / "empty"
    empty.touch()
    for words in (
        ("--password-file", str(weak)),
        ("--password-file", str(empty)),
        ("--password-file", str(tmp_path / "missing")),
        ("--municipality-code", "18"),
    ):
        answer = installed.run("setup", *BOARD, *words)
        assert (answer.code, "Traceback" in answer.err) == (2, False), words
    assert installed.run("setup", "--name", "Ny nämnd").code == 2


def test_a_folder_that_cannot_be_used_gives_one_line(new_installation, tmp_path):
    blocked = tmp_path / "file"
    blocked.write_text("not a folder")
    answer = new_installation().run("migrate", "--json", SAMHANDLA_VAR=str(blocked))
    assert (answer.code, "Traceback" in answer.err) == (3, False)
    assert answer.json["refused"]


def test_an_account_is_opened_renewed_listed_and_closed(new_installation, migrated):
    installation = new_installation(migrated)
    assert installation.run("setup", *BOARD).code == 0
    (row,) = installation.run("account", "list", "--json").json["accounts"]
    assert (row["username"], row["state"], row["roles"]) == ("ny", "open", ["data_administrator"])
    number = str(row["staff"])
    taken = installation.run("account", "open", "--staff", number, "--json")
    assert (taken.code, "redan öppet" in taken.json["refused"]) == (3, True)
    (link,) = installation.run("account", "open", "--staff", number, "--renew", "--json").json["links"]
    assert link["link"].startswith("http://localhost:8000/valj-losenord/")
    assert installation.run("account", "list", "--json").json["accounts"][0]["state"] == "waiting"
    assert installation.run("account", "close", "--staff", number, "--json").json["closed"] == row["staff"]
    assert installation.run("account", "close", "--staff", number).code == 3
    opened = installation.run("account", "open", "--unit", "Ny nämnd")
    assert "Länkarna visas bara nu" in opened.out


@pytest.mark.parametrize(
    ("words", "code", "told"),
    [
        (("list", "--authority", "Ingen"), 2, "Ange huvudman"),
        (("list", "--unit", "Ingen"), 2, "0 enheter"),
        (("open", "--staff", "999"), 3, "finns inte i registret"),
        (("close", "--staff", "999"), 3, "finns inte i registret"),
    ],
)
def test_an_account_that_is_not_there_says_what_to_do(installed, words, code, told):
    answer = installed.run("account", *words)
    assert (answer.code, told in answer.err) == (code, True), answer.err


def test_each_command_is_loaded_alone_and_knows_its_module():
    whole = cli.build_parser()
    (commands,) = (action.choices for action in whole._actions if action.dest == "command")
    assert set(commands) == set(cli.COMMANDS)
    for name, module in cli.COMMANDS.items():
        (alone,) = (a.choices for a in cli.build_parser(name)._actions if a.dest == "command")
        assert name in alone, module


def test_a_command_of_the_installation_starts_without_the_engines(installed):
    """They take two seconds to load, and no such command counts anything."""
    code = (
        "import sys; from samhandla.project.commands import start_django; start_django('app');"
        "print({'ibis', 'pandas', 'pyarrow', 'scipy', 'numpy', 'openpyxl', 'docx'} & set(sys.modules))"
    )
    environment = {**os.environ, "SAMHANDLA_VAR": str(installed.var), **installed.environment}
    done = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True, timeout=900
    )
    assert done.stdout == "set()\n", done.stdout


def test_an_account_is_made_the_emergency_account(new_installation, migrated):
    installation = new_installation(migrated)
    assert installation.run("setup", *BOARD).code == 0
    assert (installation.var / "real").exists()
    number = str(installation.run("account", "list", "--json").json["accounts"][0]["staff"])
    assert installation.run("account", "emergency", "--staff", number, "--json").json["emergency"] == "ny"
    assert installation.run("account", "emergency", "--staff", "999").code == 3
    demo = installation.run("account", "list", SAMHANDLA_DEMO="1")
    assert demo.code != 0
    assert "kända lösenord" in demo.err
