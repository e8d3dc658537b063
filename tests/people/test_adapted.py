"""An adapted course of study: noted by whoever leads the unit, and then the rules find nothing."""

from __future__ import annotations

import pytest
from django.urls import reverse

from samhandla.analytics.register import pupils_table
from samhandla.people import actions
from samhandla.people.errors import NotYours
from samhandla.people.models import Child
from samhandla.trust.models import Event
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db


def address(cast, name="alma"):
    return reverse("register-adapted", args=[cast.child[name].ref])


def stored(cast, name="alma") -> bool:
    with acting_as(cast.service()):
        return Child.objects.get(pk=cast.child[name].pk).adapted


def test_the_principal_notes_it_and_takes_it_back(client, cast):
    principal = cast.login(client, "principal")
    card = reverse("register-child", args=[cast.child["alma"].ref])
    assert "Anteckna anpassad studiegång" in principal.get(card).content.decode()
    answer = principal.post(address(cast), {"anpassad": "ja"})
    assert answer.status_code == 303
    assert stored(cast)
    with acting_as(cast.service()):
        rows = pupils_table(cast.service()).to_pylist()
    assert [row["pupil"] for row in rows if row["adapted"]] == [cast.child["alma"].pk]
    assert "inte längre anpassad" in principal.get(card).content.decode()
    principal.post(address(cast), {"anpassad": "nej"})
    assert not stored(cast)
    with acting_as(cast.service()):
        told = Event.objects.filter(event="people:adapted:set").order_by("at")
        assert [one.details["adapted"] for one in told] == [True, False]


def test_what_is_neither_yes_nor_no_changes_nothing(client, cast):
    assert cast.login(client, "principal").post(address(cast), {"anpassad": "x"}).status_code == 400
    assert not stored(cast)


@pytest.mark.parametrize("who", ["principal_lunda", "mentor_7b", "administrator"])
def test_nobody_else_notes_it(client, cast, who):
    assert cast.login(client, who).post(address(cast), {"anpassad": "ja"}).status_code == 404
    assert not stored(cast)


def test_the_administrator_reads_it_without_a_button(client, cast):
    with acting_as(cast.service()):
        actions.set_adapted(by=cast.service(), child=cast.child["alma"], adapted=True)
    card = cast.login(client, "administrator").get(reverse("register-child", args=[cast.child["alma"].ref]))
    assert "reglerna räknar inte på eleven" in card.content.decode()
    assert "inte längre anpassad" not in card.content.decode()


def test_a_mentor_of_the_child_has_no_right_in_the_action_either(cast):
    by = cast.viewer("mentor_7b")
    with acting_as(by), pytest.raises(NotYours):
        actions.set_adapted(by=by, child=cast.child["alma"], adapted=True)
    assert not stored(cast)
