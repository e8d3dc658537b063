"""Guardians come by e-identification through a broker: level 3, no number, connected by the school."""

from __future__ import annotations

import pytest
from django.test import Client
from tests.login.conftest import LOA, by_oidc

from samhandla.login import actions
from samhandla.login.errors import LoginRefused
from samhandla.people.errors import NotAllowed
from samhandla.trust.models import Account, Actor

pytestmark = pytest.mark.django_db


@pytest.fixture
def broker(oidc, settings):
    """The same provider, as a broker of guardians: it says no EPPN, and its own name for each person."""
    settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]["settings"]["people"] = "guardians"
    return oidc


@pytest.fixture
def guardian(cast) -> Actor:
    return Actor.objects.create(kind="guardian", authority=cast.authority["board"], name="Förälder Prov")


def test_a_connected_guardian_comes_in_without_any_number(client, broker, cast, guardian):
    actions.connect_guardian(by=cast.service(), actor=guardian, provider="kommunen", subject="foralder")
    answer = by_oidc(client, broker, person="foralder", eppn=False, acr=f"{LOA}3")
    assert answer.status_code == 302, answer.content.decode()
    account = Account.objects.get(actors=guardian)
    assert client.session["_auth_user_id"] == str(account.pk)


@pytest.mark.parametrize("acr", [None, f"{LOA}2"])
def test_a_weak_identification_is_refused(client, broker, cast, guardian, acr):
    actions.connect_guardian(by=cast.service(), actor=guardian, provider="kommunen", subject="foralder")
    answer = by_oidc(client, broker, person="foralder", eppn=False, acr=acr)
    assert "tillitsnivå 3" in answer.content.decode()
    assert "_auth_user_id" not in client.session


def test_somebody_unconnected_is_told_to_ask_the_school_and_gets_no_account(client, broker, cast):
    before = Account.objects.count()
    answer = by_oidc(client, broker, person="okand", eppn=False, acr=f"{LOA}3")
    assert "Kontakta skolan" in answer.content.decode()
    assert Account.objects.count() == before


def test_a_guardians_provider_opens_no_account_of_staff(broker, mentor):
    client = Client()
    by_oidc(client, broker, person="mentor@kommunen.se", acr=f"{LOA}3")
    assert "_auth_user_id" not in client.session


def test_one_identification_is_connected_with_one_guardian(cast, guardian):
    words = {"provider": "kommunen", "subject": "abc"}
    actions.connect_guardian(by=cast.service(), actor=guardian, **words)
    other = Actor.objects.create(kind="guardian", authority=cast.authority["board"], name="Annan")
    with pytest.raises(LoginRefused):
        actions.connect_guardian(by=cast.service(), actor=other, **words)


def test_only_guardians_of_ones_own_authority_are_connected(cast, guardian):
    for by, actor in (
        (cast.service("independent"), guardian),
        (cast.service(), cast.staff["mentor_7b"].actor),
        (cast.viewer("principal"), guardian),
    ):
        with pytest.raises(NotAllowed):
            actions.connect_guardian(by=by, actor=actor, provider="kommunen", subject="abc")
