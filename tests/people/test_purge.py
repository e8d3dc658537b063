"""A marking purges what may not be kept: areas, ways to reach the marked, drafts, what an undo has kept."""

from __future__ import annotations

import pytest
from django.db import connection
from django.urls import reverse

from samhandla.login.models import Draft
from samhandla.people import actions
from samhandla.people.models import Area, Child, Guardian
from samhandla.trust.events import EventKind
from samhandla.trust.models import Actor, Event
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db


@pytest.fixture
def lives(cast):
    """Alma and Nora live in an area; both are children of one adult who can be reached."""
    by = cast.service()
    area = Area.objects.create(name="Norr")
    with acting_as(by):
        Child.objects.filter(pk__in=[cast.child["alma"].pk, cast.child["nora"].pk]).update(lives_in=area)
    return area


def _stored(cast, name):
    with acting_as(cast.service()):
        return Child.objects.get(pk=cast.child[name].pk)


def test_areas_of_the_whole_family_go_also_at_another_school(cast, lives, guardian_of):
    guardian_of("alma", "nora")
    by = cast.viewer("administrator")  # sees Alma's school only
    with acting_as(by):
        actions.update_child(by=by, child=cast.child["alma"], protection="protected")
    assert _stored(cast, "alma").lives_in_id is None
    assert _stored(cast, "nora").lives_in_id is None
    assert _stored(cast, "nora").is_masked
    event = Event.objects.filter(event=EventKind.PROTECTED_PURGED)
    with acting_as(by):
        counted = event.get().details
        assert (counted["areas"], counted["earlier"] >= 2) == (2, True)
    with acting_as(cast.service()):
        assert not Child.pgh_event_model.objects.exclude(lives_in=None).exists()


def test_how_to_reach_a_marked_adult_goes_and_no_other(cast, guardian_of):
    by = cast.service()
    marked, other = guardian_of("alma"), guardian_of("alma")
    with acting_as(by):
        Guardian.objects.update(email="x@example.org", phone="070")
        Guardian.objects.filter(pk=marked.pk).update(protection="marked")
        actions.derive_access(by.authority_id)
        rows = dict(Guardian.objects.values_list("pk", "email"))
        earlier = Guardian.pgh_event_model.objects.filter(id=marked.pk).exclude(email="")
        assert not earlier.exists()
    assert rows == {marked.pk: "", other.pk: "x@example.org"}


def test_drafts_about_the_child_go_and_others_stay(cast, client):
    cast.login(client, "mentor_7b")
    account = Actor.objects.get(pk=cast.staff["mentor_7b"].actor_id).account_id
    pages = {name: reverse("hand-over", args=[cast.child[name].ref]) for name in ("alma", "omar")}
    for page in pages.values():
        Draft.objects.keep(account, page, "text", "bor på Storgatan")
    by = cast.service()
    with acting_as(by):
        actions.update_child(by=by, child=cast.child["alma"], protection="marked")
    assert set(Draft.objects.values_list("page", flat=True)) == {pages["omar"]}
    with acting_as(by):
        assert Event.objects.get(event=EventKind.PROTECTED_PURGED).details["drafts"] == 1


def test_a_guardian_reads_no_other_adult(cast, guardian_of):
    """Not in raw SQL either: neither name nor how to reach each other, whether protected or not."""
    by = cast.service()
    mother, father = guardian_of("alma"), guardian_of("alma")
    actor = actions.open_actor(
        by=by, authority_id=by.authority_id, kind=Actor.Kind.GUARDIAN, name="Vårdnadshavare"
    )
    with acting_as(by):
        Guardian.objects.filter(pk=mother.pk).update(actor=actor)
        actions.derive_access(by.authority_id)
    from samhandla.people.queries import viewer_of_actor

    with acting_as(viewer_of_actor(actor)), connection.cursor() as cursor:
        cursor.execute("select id from people_guardian")
        assert [key for (key,) in cursor.fetchall()] == [mother.pk]
        cursor.execute("update people_guardian set phone = '1' where id = %s", [father.pk])
        assert cursor.rowcount == 0


def test_the_jobs_alone_are_told_whom_to_purge(cast):
    """Asked by somebody of another authority, nothing is told and nothing counted."""
    with acting_as(cast.viewer("principal_fria")), connection.cursor() as cursor:
        cursor.execute("select * from people_purge_protected(%s)", [cast.authority["board"].pk])
        assert cursor.fetchall() == []
