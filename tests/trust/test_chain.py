"""The chain over the logs: whole while nobody touches them, broken at the first row that somebody did."""

from __future__ import annotations

import psycopg
import pytest
from django.db import connection
from tests.support.database import raw_connection

from samhandla.people.queries import today
from samhandla.trust import chain
from samhandla.trust.audit import record
from samhandla.trust.events import EventKind
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def logged(cast):
    """Five events of the mentor's, sealed in two rounds on what the cast itself has left."""
    mentor = cast.viewer("mentor_7b")
    chain.seal_logs()
    for number in range(5):
        with acting_as(mentor):
            record(EventKind.STEP_DONE, by=mentor, reason=f"åäö {number}", details={"on": str(today())})
        if number == 2:
            assert chain.seal_logs()["write"] == 3
    assert chain.seal_logs() == {"write": 2, "read": 0}
    return chain.verify("write").last


@pytest.fixture
def maint(postgres):
    """Somebody who has got hold of the database past everything."""
    with psycopg.connect(postgres.url("maint", connection.settings_dict["NAME"]), autocommit=True) as raw:
        yield raw


def test_an_untouched_log_is_whole(logged):
    found = chain.verify("write")
    assert (found.broken, found.why, found.waiting) == (None, "", 0)
    assert found.last.number > 5
    assert len(found.last.hash) == 64


def test_sealing_again_changes_nothing(logged):
    assert chain.seal_logs() == {"write": 0, "read": 0}
    assert chain.verify("write", logged).last == logged


@pytest.mark.parametrize(
    "column", ["reason = 'nej'", "at = at + interval '1 second'", "actor_id = 1", "hash = '\\x00'"]
)
def test_a_changed_row_is_named(logged, maint, column):
    number = logged.number - 2
    maint.execute(f"update trust_event set {column} where number = %s", [number])
    found = chain.verify("write")
    assert (found.broken, found.why) == (number, "changed")


def test_a_removed_row_is_named(logged, maint):
    maint.execute("delete from trust_event where number = %s", [logged.number - 3])
    found = chain.verify("write")
    assert (found.broken, found.why) == (logged.number - 3, "gone")


def test_rows_taken_from_the_end_are_found_with_an_anchor_only(logged, maint):
    maint.execute("delete from trust_event where number > %s", [logged.number - 2])
    assert chain.verify("write").broken is None
    found = chain.verify("write", logged)
    assert (found.broken, found.why) == (logged.number, "anchor")


def test_the_running_role_seals_but_never_numbers_or_changes(logged, cast, postgres):
    viewer = cast.viewer("mentor_7b")
    from samhandla.trust.viewer import token_of

    numbered = (
        "insert into trust_event (id, at, event, actor_id, about, about_id, reason, details, number)"
        f" values (gen_random_uuid(), now(), 'x', {viewer.actor_id}, '', '', '', '{{}}', 999)"
    )
    with raw_connection(postgres) as raw:
        raw.execute("select set_config('app.viewer', %s, false)", [token_of(viewer)])
        raw.commit()
        for statement in (
            "update trust_event set hash = null",
            "delete from trust_event",
            "update trust_readentry set page = ''",
            "delete from trust_readentry",
            "select trust_seal('people_child'::regclass)",
            "select * from trust_verify('trust_access'::regclass, 0, '')",
            numbered,
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                raw.execute(statement)
            raw.rollback()

    assert chain.verify("write", logged).last == logged
