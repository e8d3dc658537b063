"""The log of reading: every answer about a child, also when the request came to nothing."""

from __future__ import annotations

import psycopg
import pytest
from django.db import connection
from django.urls import reverse
from tests.support.database import raw_connection

from samhandla.people import reading
from samhandla.trust.models import ReadEntry
from samhandla.trust.viewer import acting_as, token_of

pytestmark = pytest.mark.django_db


def entries(viewer):
    """What somebody has read in this test; the log itself outlives the test."""
    with acting_as(viewer):
        return list(ReadEntry.objects.order_by("at"))


@pytest.fixture
def principal(cast, client):
    """Return a function that tells what the principal, who is signed in, has read since now."""
    cast.login(client, "principal")
    before = {entry.pk for entry in entries(cast.viewer("principal"))}
    return lambda: [e for e in entries(cast.viewer("principal")) if e.pk not in before]


def card(cast, name):
    return reverse("register-child", args=[cast.child[name].ref])


def test_a_childs_page_is_logged_with_who_whom_which_page_and_why(cast, client, principal):
    assert client.get(card(cast, "alma")).status_code == 200
    (entry,) = principal()
    assert (entry.page, entry.method, entry.outcome) == ("register-child", "GET", "shown")
    assert entry.children == [cast.child["alma"].pk]
    assert entry.reasons == ["unit:principal"]


def test_a_list_is_one_entry_with_all_that_it_showed(cast, client, principal):
    client.get(reverse("register-group", args=[cast.group["7B"].pk]))
    (entry,) = principal()
    assert entry.children == sorted(cast.child[name].pk for name in ("alma", "omar", "tove"))


def test_a_page_without_children_is_not_logged(cast, client, principal):
    assert client.get(reverse("register-staff")).status_code == 200
    assert principal() == []


@pytest.mark.parametrize("name", ["nora", "elin"])
def test_a_refusal_is_logged_without_the_child(cast, client, principal, name):
    assert client.get(card(cast, name)).status_code == 404
    (entry,) = principal()
    assert (entry.page, entry.outcome, entry.children, entry.reasons) == ("register-child", "refused", [], [])


def test_the_entry_stands_when_the_request_is_rolled_back(cast, client, principal, monkeypatch):
    from samhandla.people.views import register

    shown = register.render

    def fail_after(request, *args, **kwargs):
        answer = shown(request, *args, **kwargs)
        connection.set_rollback(True)
        return answer

    monkeypatch.setattr(register, "render", fail_after)
    client.get(card(cast, "alma"))
    connection.set_rollback(False)
    assert [entry.children for entry in principal()] == [[cast.child["alma"].pk]]


def test_nothing_is_shown_when_the_log_cannot_be_written(cast, client, monkeypatch):
    cast.login(client, "principal")

    def down(*args):
        raise psycopg.OperationalError("the log is down")

    monkeypatch.setattr(reading._Line, "_write", down)
    answer = client.get(card(cast, "alma"))
    assert answer.status_code == 503
    assert "Alma" not in answer.content.decode()
    assert client.get(reverse("register-staff")).status_code == 200


def test_the_line_is_opened_again_after_it_was_lost(cast, client, principal):
    client.get(card(cast, "alma"))
    for line in reading._line._open.values():
        line.close()
    assert client.get(card(cast, "omar")).status_code == 200
    assert [entry.children for entry in principal()] == [[cast.child[n].pk] for n in ("alma", "omar")]


def test_nobody_logs_in_anothers_name(cast, postgres):
    viewer, other = cast.viewer("mentor_7b"), cast.viewer("mentor_7a")
    with raw_connection(postgres) as raw:
        raw.execute("select set_config('app.viewer', %s, false)", [token_of(viewer)])
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            raw.execute(
                "insert into trust_readentry (id, at, actor_id, authority_id, page, method, outcome,"
                " children, reasons) values (gen_random_uuid(), now(), %s, %s, 'x', 'GET',"
                " 'shown', '{}', '{}')",
                [other.actor_id, other.authority_id],
            )


def test_who_has_read_a_child_is_told_only_to_those_who_may_read_it(cast, client, principal):
    client.get(card(cast, "alma"))
    sql = "select actor_id, page, reasons from people_reads_of_child(%s, now() - interval '1 minute')"
    for who, sees in (
        ("mentor_7b", True), ("principal", True), ("mentor_7a", False), ("principal_lunda", False),
        ("principal_fria", False), ("controller", False),
    ):  # fmt: skip
        with acting_as(cast.viewer(who)), connection.cursor() as cursor:
            cursor.execute(sql, [cast.child["alma"].pk])
            rows = cursor.fetchall()
        assert bool(rows) == sees, who
        if sees:
            assert (cast.viewer("principal").actor_id, "register-child", ["unit:principal"]) in rows
