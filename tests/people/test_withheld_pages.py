"""The pages of named staff and of jäv: what they show, whom they refuse, what comes of a slip."""

from __future__ import annotations

import pytest
from django.urls import reverse

from samhandla.people import actions
from samhandla.people.actions import withheld
from samhandla.people.models import Conflict, NamedStaff
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db


@pytest.fixture
def alma(cast):
    by = cast.service()
    with acting_as(by):
        return actions.update_child(by=by, child=cast.child["alma"], protection="protected")


def test_the_principal_names_and_ends_on_the_page(cast, client, alma):
    cast.login(client, "principal")
    page = client.get(reverse("named-staff")).content.decode()
    assert "ingen ännu – du ensam" in page
    assert "Alma" not in page
    address = reverse("named-child", args=[alma.ref])
    assert client.post(address, {"staff": ""}).status_code == 422
    assert client.post(address, {"staff": cast.staff["mentor_7a"].pk}).status_code == 422
    assert client.post(address, {"staff": cast.staff["counsellor"].pk}).status_code == 303
    shown = client.get(address).content.decode()
    assert "Counsellor Prov" in shown
    with acting_as(cast.viewer("principal")):
        row = NamedStaff.objects.get()
    assert client.post(reverse("named-end", args=[row.pk])).status_code == 303
    assert "Ingen är namngiven" in client.get(address).content.decode()
    again = client.post(reverse("named-end", args=[row.pk]), follow=True).content.decode()
    assert "redan avslutat" in again


def test_who_sees_says_why_so_few(cast, client, alma):
    cast.login(client, "principal")
    page = client.get(reverse("who-sees", args=[alma.ref])).content.decode()
    assert "bara rektor och den som rektor har namngett" in page
    assert "Counsellor Prov" not in page


@pytest.mark.parametrize("who", ["deputy", "counsellor", "administrator"])
def test_no_other_names_anybody(cast, client, alma, who):
    if who == "deputy":
        cast._duty("board", "deputy", "deputy_principal", "berga")
    cast.login(client, who)
    assert client.get(reverse("named-staff")).status_code in (403, 404)
    address = reverse("named-child", args=[alma.ref])
    assert client.post(address, {"staff": cast.staff["mentor_7b"].pk}).status_code in (403, 404)


def test_jav_is_noted_on_the_pupils_page_and_the_pupil_is_gone(cast, client):
    cast.login(client, "mentor_7b")
    omar = cast.child["omar"]
    assert (
        reverse("conflict-note", args=[omar.ref])
        in client.get(reverse("pupil", args=[omar.ref])).content.decode()
    )
    address = reverse("conflict-note", args=[omar.ref])
    assert client.post(address, {}).status_code == 422
    assert client.post(address, {"kind": "own"}).status_code == 303
    page = client.get(reverse("conflicts")).content.decode()
    assert "Du anmälde jäv för ett barn" in page
    assert "Omar" not in page
    assert client.get(reverse("pupil", args=[omar.ref])).status_code == 404
    assert client.get(address).status_code == 404


def test_the_head_says_who_takes_over_and_ends_it(cast, client):
    mentor = cast.viewer("mentor_7b")
    with acting_as(mentor):
        row = withheld.note_conflict(by=mentor, child=cast.child["omar"], kind="relative")
    cast.login(client, "principal")
    page = client.get(reverse("conflicts")).content.decode()
    assert "Mentor 7B Prov" in page
    assert "ingen ersättare" in page
    change = reverse("conflict-change", args=[row.pk])
    assert client.post(change, {"staff": cast.staff["nurse"].pk}, follow=True).status_code == 200
    with acting_as(cast.viewer("principal")):
        assert Conflict.objects.get().stand_in_id is None
    assert client.post(change, {"staff": cast.staff["mentor_7a"].pk}).status_code == 303
    with acting_as(cast.viewer("principal")):
        assert Conflict.objects.get().stand_in_id == cast.staff["mentor_7a"].pk
    assert client.post(reverse("conflict-end", args=[row.pk])).status_code == 303
    again = client.post(reverse("conflict-end", args=[row.pk]), follow=True).content.decode()
    assert "redan avslutat" in again


def test_a_principal_must_say_who_takes_over(cast, client):
    cast.login(client, "principal")
    address = reverse("conflict-note", args=[cast.child["omar"].ref])
    assert client.post(address, {"kind": "own"}).status_code == 422
    said = {"kind": "own", "stand_in": cast.staff["counsellor"].pk}
    assert client.post(address, said).status_code == 303
    assert client.get(address).status_code == 404
