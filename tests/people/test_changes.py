"""The page of changes: who, when, before and after, for those who may read the row itself."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from samhandla.people import actions as people
from samhandla.people.models import Child, Enrolment
from samhandla.people.queries.changes import list_changes_for
from samhandla.trust.history import HISTORY
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db


def _page(cast, client, who, child):
    return cast.login(client, who).get(reverse("child-changes", args=[cast.child[child].ref]))


def test_the_page_tells_who_changed_what(cast, client):
    people.set_adapted(by=cast.viewer("principal"), child=cast.child["alma"], adapted=True)
    answer = _page(cast, client, "principal", "alma")
    text = " ".join(answer.content.decode().split())
    assert "Anpassad studiegång: nej → ja" in text
    assert cast.viewer("principal").name in text


def test_what_was_removed_and_what_was_done_by_hand_stand_there(cast, client):
    child = cast.child["alma"]
    with acting_as(cast.service()):
        Child.objects.filter(pk=child.pk).update(birth_date=date(2013, 1, 2))
        Enrolment.objects.filter(child=child).delete()
    text = " ".join(_page(cast, client, "principal", "alma").content.decode().split())
    assert "2 januari 2013" in text
    assert "Plats på en skolenhet togs bort" in text


def test_nothing_changed_says_so(cast, client):
    assert "Inget har ändrats" in _page(cast, client, "principal", "alma").content.decode()


@pytest.mark.parametrize("who", ["principal_lunda", "principal_fria", "mentor_7b", "controller"])
def test_the_page_is_not_there_for_others(cast, client, who):
    people.set_adapted(by=cast.viewer("principal"), child=cast.child["alma"], adapted=True)
    assert _page(cast, client, who, "alma").status_code == 404


def test_a_new_school_does_not_read_what_was_before_the_move(cast, client):
    child = cast.child["alma"]
    people.set_adapted(by=cast.viewer("principal"), child=child, adapted=True)
    with acting_as(cast.service()):
        people.update_child(by=cast.service(), child=child, unit=cast.unit["lunda"])
        people.enrol_child(
            by=cast.service(), child=child, unit=cast.unit["lunda"], form="GR", school_year=7,
            valid_from=date(2020, 8, 2),
        )  # fmt: skip
    answer = _page(cast, client, "principal_lunda", "alma")
    assert answer.status_code == 200
    assert "Anpassad studiegång" not in answer.content.decode()


def test_a_protected_name_is_not_in_the_changes_of_those_who_may_not_read_it(cast, client):
    child = cast.child["alma"]
    with acting_as(cast.service()):
        Child.objects.filter(pk=child.pk).update(given_name="Hemlig", protection="protected")
    principal, administrator = cast.viewer("principal"), cast.viewer("administrator")
    with acting_as(principal):
        lines = list_changes_for(principal, Child.objects.get(pk=child.pk))
        words = " ".join(f"{f.before} {f.after}" for line in lines for f in line.fields)
    assert "Hemlig" in words
    assert "ingen markering" in words
    with acting_as(administrator):  # not named, so what the row held before is withheld too
        assert not HISTORY[Child].objects.filter(id=child.pk).exists()
    with acting_as(principal):
        assert HISTORY[Child].objects.filter(id=child.pk).exists()


def test_the_page_stays_flat(cast, django_assert_max_num_queries):
    by, child = cast.viewer("principal"), cast.child["alma"]
    for adapted in (True, False) * 10:
        people.set_adapted(by=by, child=child, adapted=adapted)
    with acting_as(by), django_assert_max_num_queries(29):
        assert len(list_changes_for(by, Child.objects.get(pk=child.pk))) == 20
