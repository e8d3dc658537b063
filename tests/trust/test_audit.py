"""A write and its event live or die together."""

from __future__ import annotations

import pytest
from django.db import connection, transaction

from samhandla.people import actions
from samhandla.people.models import Child
from samhandla.trust.audit import ACTIONS, UnrecordedAction, action, record
from samhandla.trust.events import EventKind
from samhandla.trust.models import Event
from samhandla.trust.viewer import Viewer, acting_as

pytestmark = pytest.mark.django_db


@pytest.fixture
def made():
    """Take the actions that a test declares out of the list again."""
    before = dict(ACTIONS)
    yield
    ACTIONS.clear()
    ACTIONS.update(before)


def events(by: Viewer, **conditions) -> int:
    with acting_as(by):
        return Event.objects.filter(**conditions).count()


def test_a_change_writes_who_what_and_about_whom(cast):
    by = cast.viewer("principal")
    actions.update_child(by=by, child=cast.child["alma"], adapted=True)
    with acting_as(by):
        event = Event.objects.filter(about="people.child", actor_id=by.actor_id).latest("at")
    assert (event.event, event.authority_id) == (EventKind.REGISTER_CHANGED, by.authority_id)
    assert event.about_id == str(cast.child["alma"].pk)
    assert event.child_key // 65536 == cast.child["alma"].pk


def test_a_rollback_takes_both(cast):
    by = cast.viewer("principal")
    before = events(by)

    def change_and_fail():
        with transaction.atomic():
            actions.update_child(by=by, child=cast.child["alma"], given_name="Ändrad")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        change_and_fail()
    assert events(by) == before
    with acting_as(by):
        assert not Child.objects.filter(given_name="Ändrad").exists()


def test_an_action_without_event_changes_nothing(cast, made):
    by = cast.viewer("principal")

    @action
    def forgetful(*, by):
        Child.objects.filter(given_name="Alma").update(given_name="Ändrad")

    with pytest.raises(UnrecordedAction, match="forgetful"):
        forgetful(by=by)
    with acting_as(by):
        assert Child.objects.filter(given_name="Alma").exists()


def test_an_event_of_an_earlier_action_does_not_count(cast, made):
    by = cast.viewer("principal")

    @action
    def careful(*, by):
        record(EventKind.REGISTER_CHANGED, by=by)

    @action
    def forgetful(*, by):
        return None

    careful(by=by)
    with pytest.raises(UnrecordedAction):
        forgetful(by=by)


def test_an_action_runs_as_its_actor_whoever_called(cast, made):
    seen = []

    @action
    def look(*, by):
        seen.append(set(Child.objects.values_list("given_name", flat=True)))
        record(EventKind.REGISTER_CHANGED, by=by)

    with acting_as(cast.viewer("principal")):
        look(by=cast.viewer("mentor_7a"))
    assert seen == [{"Hugo"}]


def test_an_event_is_read_as_the_row_it_is_about(cast):
    by = cast.service()
    actions.update_child(by=by, child=cast.child["alma"], adapted=True)
    about = {"about": "people.child", "about_id": str(cast.child["alma"].pk)}
    for name in ("mentor_7b", "principal"):
        assert events(cast.viewer(name), **about) > 0, name
    for name in ("mentor_7a", "principal_lunda", "principal_fria", "nurse"):
        assert events(cast.viewer(name), **about) == 0, name


def test_nobody_writes_an_event_in_anothers_name(cast):
    with acting_as(cast.viewer("mentor_7a")), pytest.raises(Exception, match="row-level security"):
        record(EventKind.REGISTER_CHANGED, by=cast.viewer("mentor_7b"))


def test_an_event_can_be_neither_changed_nor_removed(cast):
    with acting_as(cast.service()):
        for sql in ("update trust_event set reason = 'x'", "delete from trust_event"):
            with (
                pytest.raises(Exception, match="permission denied"),
                transaction.atomic(),
                connection.cursor() as cursor,
            ):
                cursor.execute(sql)
