"""Logins of guardians and pupils: only for those with a right, by the school, for its own pupils alone."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse
from tests.cast import LONG_AGO

from samhandla.people import actions, queries
from samhandla.people.actions import families
from samhandla.people.errors import NotYours, Refused
from samhandla.people.models import Child
from samhandla.trust.models import Account, Actor
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db


@pytest.fixture
def tie(cast, guardian_of):
    """Alma's guardian with a right."""
    adult = guardian_of("alma", valid_from=LONG_AGO)
    with acting_as(cast.service()):
        return adult.guardianships.get()


def _open(cast, tie, by="administrator", child="alma"):
    viewer = cast.viewer(by)
    with acting_as(viewer):
        return families.open_guardian_account(by=viewer, ref=cast.child[child].ref, guardianship_id=tie.pk)


@pytest.mark.parametrize("who", ["administrator", "principal"])
def test_a_guardian_gets_a_link_and_sees_the_own_child_alone(cast, tie, who):
    link = _open(cast, tie, who)
    account = Account.objects.get(username=link.username)
    assert not account.has_usable_password()
    assert "eva" not in link.username.lower()
    guardian = queries.viewer_of_actor(account.actors.get())
    with acting_as(guardian):
        assert [c.pk for c in Child.objects.all()] == [cast.child["alma"].pk]


def test_a_new_link_ends_the_earlier(cast, tie):
    first, second = _open(cast, tie), _open(cast, tie)
    assert first.username == second.username
    assert first.key != second.key
    address = "account_reset_password_from_key"
    page = Client().get(reverse(address, args=[first.uid, first.key]), follow=True)
    assert "password1" not in page.content.decode()


def test_a_kind_without_rights_is_refused(cast, guardian_of):
    adult = guardian_of("alma", kind="umgangesforalder")
    with acting_as(cast.service()):
        tie = adult.guardianships.get()
    with pytest.raises(Refused, match="no_right"):
        _open(cast, tie)
    assert not Actor.objects.filter(kind=Actor.Kind.GUARDIAN).exists()


def test_it_ends_the_day_the_child_is_eighteen(cast, tie):
    link, by, day = _open(cast, tie), cast.service(), queries.today()
    grown = date(day.year - 18, day.month, min(day.day, 28))
    with acting_as(by):
        actions.update_child(by=by, child=cast.child["alma"], birth_date=grown)
    guardian = queries.viewer_of_actor(Account.objects.get(username=link.username).actors.get())
    with acting_as(guardian):
        assert not Child.objects.exists()
    with pytest.raises(Refused, match="no_right"):
        _open(cast, tie)


@pytest.mark.parametrize("who", ["counsellor", "mentor_7b", "principal_lunda", "data_administrator"])
def test_others_open_nothing(cast, tie, who):
    with pytest.raises(NotYours):
        _open(cast, tie, who)


def test_a_tie_of_another_child_is_not_there(cast, tie):
    with pytest.raises(NotYours):
        _open(cast, tie, child="omar")


def test_a_pupil_of_sixteen_comes_in_with_the_school_account(cast):
    by, viewer, day = cast.service(), cast.viewer("administrator"), queries.today()
    ref = cast.child["alma"].ref
    with acting_as(viewer), pytest.raises(Refused, match="too_young"):
        families.open_pupil_account(by=viewer, ref=ref)
    with acting_as(by):
        actions.update_child(by=by, child=cast.child["alma"], birth_date=date(day.year - 17, 1, 1))
        staff = cast.staff["mentor_7b"]
        type(staff).objects.filter(pk=staff.pk).update(eppn="mentor@kommun.example")
    with acting_as(viewer):
        for taken in ("mentor@kommun.example", "MENTOR@kommun.example"):
            with pytest.raises(Refused, match="eppn_taken"):
                families.connect_school_account(by=viewer, ref=ref, eppn=taken)
        for wrong in ("", "alma", "a@b@c", "al ma@x"):
            with pytest.raises(Refused, match="no_eppn"):
                families.connect_school_account(by=viewer, ref=ref, eppn=wrong)
        families.connect_school_account(by=viewer, ref=ref, eppn="alma@elev.example")
    (account,) = queries.accounts_by_eppn("Alma@elev.example")
    pupil = queries.viewer_of_actor(account.actors.get())
    with acting_as(pupil):
        assert [c.pk for c in Child.objects.all()] == [cast.child["alma"].pk]


def test_closing_ends_the_session_at_once(cast, tie, client):
    link, viewer = _open(cast, tie), cast.viewer("administrator")
    account = Account.objects.get(username=link.username)
    client.force_login(account)
    assert client.get("/").status_code == 200
    with acting_as(viewer):
        families.close_family_account(by=viewer, ref=cast.child["alma"].ref, guardianship_id=tie.pk)
    assert client.get("/").status_code == 302
    with acting_as(viewer), pytest.raises(NotYours):
        families.close_family_account(by=viewer, ref=cast.child["alma"].ref, guardianship_id=tie.pk)


def test_the_page_opens_and_shows_the_link_once(cast, tie, client):
    cast.login(client, "administrator")
    ref = cast.child["alma"].ref
    page = client.get(reverse("family-logins", args=[ref])).content.decode()
    assert "ingen inloggning" in page
    assert "eget konto från 16 år" in page
    answer = client.post(reverse("family-link", args=[ref]), {"vuxen": tie.pk})
    assert answer["Cache-Control"] == "no-store"
    address = re.search(r"<code[^>]*>(\S+)</code>", answer.content.decode())
    assert address is not None
    assert "länken är inte använd" in client.get(reverse("family-logins", args=[ref])).content.decode()
    assert client.post(reverse("family-link", args=[ref]), {"vuxen": "x" * 30}).status_code == 303
    assert client.get(reverse("family-logins", args=[cast.child["nora"].ref])).status_code == 404


def test_a_protected_guardian_has_no_name_on_what_colleagues_see(cast, guardian_of):
    adult = guardian_of("alma", protection="protected", valid_from=LONG_AGO)
    with acting_as(cast.service()):
        tie = adult.guardianships.get()
    link = _open(cast, tie, "principal")
    assert link.name == "Skyddade personuppgifter"
    assert Actor.objects.get(account__username=link.username).name == "Skyddade personuppgifter"


# A marking by hand


def test_the_administrator_marks_and_sees_the_child_no_more(cast, client):
    cast.login(client, "administrator")
    address = reverse("register-protect", args=[cast.child["alma"].ref])
    assert client.post(address, {"skydd": "sometimes"}).status_code == 400
    assert client.post(address, {"skydd": "marked"}).status_code == 303
    assert client.get(reverse("register-child", args=[cast.child["alma"].ref])).status_code == 404
    with acting_as(cast.service()):
        assert Child.objects.get(pk=cast.child["alma"].pk).is_masked


def test_only_the_principal_takes_a_marking_away(cast):
    by, child = cast.service(), cast.child["alma"]
    with acting_as(by):
        child = actions.update_child(by=by, child=child, protection="unknown")
    viewer = cast.viewer("administrator")
    with acting_as(viewer), pytest.raises(Refused, match="principal_only"):
        actions.set_protection(by=viewer, child=child, protection="none")
    principal = cast.viewer("principal")
    with acting_as(principal):
        child = actions.set_protection(by=principal, child=child, protection="marked")
        child = actions.set_protection(by=principal, child=child, protection="none")
        with pytest.raises(Refused, match="marked_already"):
            actions.set_protection(by=principal, child=child, protection="none")
