"""The database backend: the viewer at every BEGIN, and a loud refusal where there is none."""

from __future__ import annotations

import pytest
from django.apps import apps
from django.db import connection

from samhandla.people.models import Child, Membership
from samhandla.trust.models import Authority, Event
from samhandla.trust.rls import protected_models
from samhandla.trust.viewer import NoViewer, acting_as

pytestmark = pytest.mark.django_db
LOUD = [m for m in protected_models(apps.get_models()) if m.row_security != "event"]


@pytest.mark.parametrize("model", LOUD, ids=lambda m: m._meta.label)
def test_every_protected_table_is_loud_without_viewer(model):
    with pytest.raises(NoViewer, match="acting_as"):
        model.objects.exists()


def test_joins_and_writes_are_loud_too():
    table = Child._meta.db_table
    for sql in (
        f"select 1 from trust_authority join {table} on true",
        f'SELECT 1 FROM "{table}"',
        f"update {table} set adapted = true",
        f"insert into {table} (id) values (1)",
        f"delete from {table}",
        f"select 1 from trust_authority where exists (select 1 from\n {table})",
    ):
        with pytest.raises(NoViewer), connection.cursor() as cursor:
            cursor.execute(sql)


def test_open_tables_and_events_are_not():
    assert Authority.objects.count() == 0
    assert Event.objects.count() == 0


def test_a_table_whose_name_only_begins_alike_is_not(cast):
    with connection.cursor() as cursor:
        cursor.execute("create temp table people_child_like (id int)")
        cursor.execute("select count(*) from people_child_like")
        assert cursor.fetchone() == (0,)


def test_the_viewer_is_told_in_the_transaction_only(cast):
    viewer = cast.viewer("mentor_7b")
    with acting_as(viewer), connection.cursor() as cursor:
        cursor.execute("select viewer_actor(), viewer_authority()")
        assert cursor.fetchone() == (viewer.actor_id, viewer.authority_id)
    with connection.cursor() as cursor:
        cursor.execute("select viewer_actor(), viewer_authority(), viewer_child_keys(), viewer_unit_ids()")
        assert cursor.fetchone() == (None, None, [], [])


def test_a_child_row_is_read_by_its_key(cast):
    with acting_as(cast.viewer("mentor_7b")):
        row = Membership.objects.get(child=cast.child["alma"])
    assert row.child_key == cast.child["alma"].pk * 65536 + row.domain_id
    assert row.unit_key == cast.unit["berga"].pk * 65536 + row.domain_id
