"""The list of withdrawals beside the database: whole, in order, and of this installation."""

from __future__ import annotations

import json

import pytest
from django.conf import settings as live
from tests.secrecy.conftest import town  # noqa: F401 - the social board beside the school board

from samhandla.secrecy.actions.waivers import withdraw_waiver
from samhandla.trust.journal import BrokenJournal, Withdrawal, append, last_seal, read

ONE = Withdrawal("secrecy_waiver", 1, "2026-11-01T10:00:00+00:00", 7)
TWO = Withdrawal("secrecy_consent", 2, "2026-11-02T10:00:00+00:00", 8)


@pytest.fixture
def kept(tmp_path):
    path = tmp_path / "sub" / "withdrawals.jsonl"
    append(path, "s", ONE)
    append(path, "s", TWO)
    return path


def test_what_was_written_is_read_in_order(kept):
    assert [one for one, _ in read(kept, "s")] == [ONE, TWO]
    assert last_seal(kept, "s") == list(read(kept, "s"))[-1][1]
    assert kept.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("damage", ["change", "swap", "remove", "secret", "garbage"])
def test_a_line_that_is_not_what_was_written_is_named(kept, damage):
    lines = kept.read_text().splitlines()
    if damage == "change":
        lines[0] = json.dumps({**json.loads(lines[0]), "row": json.loads(lines[1])["row"]})
    if damage == "swap":
        lines.reverse()
    if damage == "remove":
        lines.pop(0)
    if damage == "garbage":
        lines[0] = "{"
    kept.write_text("\n".join(lines) + "\n")
    with pytest.raises(BrokenJournal) as broken:
        list(read(kept, "another" if damage == "secret" else "s"))
    assert broken.value.line == 1


@pytest.mark.django_db
def test_a_withdrawal_is_on_the_list_when_it_is_committed(
    town,  # noqa: F811 - a fixture
    tmp_path,
    settings,
    django_capture_on_commit_callbacks,
):
    settings.SAMHANDLA_WITHDRAWALS = tmp_path / "w.jsonl"
    waiver = town.ask()
    with django_capture_on_commit_callbacks(execute=True):
        withdraw_waiver(by=town.counsellor, waiver_id=waiver.pk)
    ((found, _),) = read(settings.SAMHANDLA_WITHDRAWALS, live.SAMHANDLA_SECRET)
    assert (found.table, found.number, found.actor) == ("secrecy_waiver", waiver.pk, town.counsellor.actor_id)
