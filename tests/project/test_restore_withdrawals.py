"""A backup older than a withdrawal: the withdrawal is made again, or the restore refuses."""

from __future__ import annotations

import json

import pytest
from tests.project.conftest import SECRET, STAFF

from samhandla.trust.journal import Withdrawal, append

pytestmark = pytest.mark.slow
QUESTION = """
    with unit as (
        insert into people_organisation (authority_id, kind, name, skolenhetskod, school_forms, adult_phone)
        values (1, 'school_unit', 'x', '', '[]', '') returning id
    ), child as (
        insert into people_child (authority_id, unit_id, ref, given_name, family_name, protection,
            lifted_protection, sex, adapted)
        select 1, id, gen_random_uuid(), 'x', 'y', 'none', 'none', 'K', false from unit returning id, unit_id
    )
    insert into secrecy_waiver (child_id, unit_id, domain_id, facts, purpose, outside, maturity, asked_on,
        valid_to, registered_by_id)
    select child.id, child.unit_id, 1, 'x', 'x', 'x', '', current_date, current_date + 90, 1 from child
    returning id
"""
AT = "2026-11-20T10:00:00+00:00"


@pytest.fixture
def asked(new_installation, migrated, tmp_path):
    """A backup with an open question in it, which is taken back afterwards."""
    installation = new_installation(migrated)
    assert installation.run("setup", "--name", "Nämnden", "--username", "disa", *STAFF).code == 0
    ((number,),) = installation.sql("maint", QUESTION)
    folder = tmp_path / "backup"
    assert installation.run("backup", str(folder), "--json").code == 0
    journal = installation.var / "withdrawals.jsonl"
    append(journal, SECRET, Withdrawal("secrecy_waiver", number, AT, 1))
    append(journal, SECRET, Withdrawal("secrecy_waiver", number + 1, AT, 1))
    return folder, journal, number


def test_restore_refuses_without_the_list_and_makes_the_withdrawal_again_with_it(
    asked, new_installation, tmp_path
):
    folder, journal, number = asked
    copy = new_installation()
    refused = copy.run("restore", str(folder), "--json")
    assert (refused.code, "återkallats" in refused.json["refused"]) == (3, True)
    damaged = tmp_path / "damaged"
    damaged.write_text(journal.read_text().replace("waiver", "consent", 1))
    answer = copy.run("restore", str(folder), "--json", "--withdrawals", str(damaged))
    assert (answer.code, "Rad 1" in answer.json["refused"]) == (3, True)
    assert copy.sql("maint", "select to_regclass('trust_authority')") == [(None,)]
    done = copy.run("restore", str(folder), "--json", "--withdrawals", str(journal))
    assert (done.code, done.json["withdrawn_again"]) == (0, 1), done.err
    now = "select withdrawn_by_id, withdrawn_at is null from secrecy_waiver where id = %s"
    rows = copy.sql("maint", now, number)
    assert rows == [(1, False)]
    assert (copy.var / "withdrawals.jsonl").read_text() == journal.read_text()


def test_a_list_that_ends_before_the_backup_is_refused(asked, new_installation, tmp_path):
    folder, journal, _ = asked
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["withdrawals"] = json.loads(journal.read_text().splitlines()[-1])["seal"]
    (folder / "manifest.json").write_text(json.dumps(manifest))
    older = tmp_path / "older.jsonl"
    older.write_text(journal.read_text().splitlines()[0] + "\n")
    answer = new_installation().run("restore", str(folder), "--json", "--withdrawals", str(older))
    assert (answer.code, "äldre än kopian" in answer.json["refused"]) == (3, True)


def test_whoever_has_no_list_says_why(asked, new_installation):
    folder, _, number = asked
    copy = new_installation()
    done = copy.run("restore", str(folder), "--json", "--without-withdrawals", "disken brann")
    assert (done.code, done.json["withdrawn_again"]) == (0, 0), done.err
    assert copy.sql("maint", "select withdrawn_at from secrecy_waiver where id = %s", number) == [(None,)]
