"""The emergency account: who may use a password at all, and who is told that it was used."""

from __future__ import annotations

import pytest
from django.core import mail
from django.test import Client
from tests.login.conftest import PASSWORD, is_in, log_in

from samhandla.login import actions
from samhandla.login.models import EmergencyUse
from samhandla.people import actions as people
from samhandla.people.errors import NotAllowed
from samhandla.people.models import Staff
from samhandla.trust.models import Account

pytestmark = pytest.mark.django_db


@pytest.fixture
def emergency(cast, settings) -> Account:
    """An emergency account in the process leader's hands, where passwords are closed to all others."""
    settings.SAMHANDLA_LOCAL_LOGIN = "emergency"
    settings.SAMHANDLA_ALERT = "sakerhet@kommunen.se"
    Staff.objects.filter(pk=cast.staff["data_administrator"].pk).update(email="forvaltare@kommunen.se")
    account = people.open_account(
        by=None, actors=[cast.staff["process_leader"].actor], username="reserv", password=PASSWORD
    )
    actions.open_emergency_account(by=cast.service(), account=account)
    return account


def test_passwords_are_closed_to_all_but_the_emergency_account(client, emergency, mentor):
    assert "kommunens inloggning" in log_in(client).content.decode()
    assert not is_in(client)
    log_in(client, "reserv")
    assert is_in(client)


def test_its_use_is_told_to_those_who_answer_for_login(client, emergency):
    log_in(client, "reserv")
    (sent,) = mail.outbox
    assert sent.to == ["forvaltare@kommunen.se", "sakerhet@kommunen.se"]
    assert "reserv" in sent.body
    assert EmergencyUse.objects.get().ip == "127.0.0.1"


def test_a_mail_server_that_is_down_does_not_stop_the_login(client, emergency, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", 9, 1
    log_in(client, "reserv")
    assert is_in(client)
    assert EmergencyUse.objects.exists()


def test_another_person_signs_that_it_was_seen(client, emergency, cast):
    log_in(client, "reserv")
    use = EmergencyUse.objects.get()
    other = Client()
    cast.login(other, "data_administrator")
    assert "Reservkontot har använts" in other.get("/krav-pa-inloggning/").content.decode()
    assert other.post(f"/krav-pa-inloggning/reservkonto/{use.pk}/").status_code == 303
    assert EmergencyUse.objects.get().seen_by.actors.get() == cast.staff["data_administrator"].actor
    assert other.post(f"/krav-pa-inloggning/reservkonto/{use.pk}/").status_code == 404


def test_whoever_used_it_does_not_sign(client, cast, settings):
    actor = cast.staff["data_administrator"].actor
    account = people.open_account(by=None, actors=[actor], username="reserv", password=PASSWORD)
    actions.open_emergency_account(by=cast.service(), account=account)
    log_in(client, "reserv")
    use = EmergencyUse.objects.get()
    answer = client.post(f"/krav-pa-inloggning/reservkonto/{use.pk}/", follow=True)
    assert "kan inte kvittera" in answer.content.decode()
    assert EmergencyUse.objects.get().seen_at is None


def test_another_authoritys_use_is_not_there(client, emergency, cast):
    log_in(client, "reserv")
    use = EmergencyUse.objects.get()
    cast._duty("independent", "keeper_fria", "data_administrator", "fria")
    other = Client()
    cast.login(other, "keeper_fria")
    assert "reserv" not in other.get("/krav-pa-inloggning/").content.decode().lower().replace(
        "reservkoder", ""
    )
    assert other.post(f"/krav-pa-inloggning/reservkonto/{use.pk}/").status_code == 404


def test_no_person_makes_an_emergency_account(cast, mentor):
    with pytest.raises(NotAllowed):
        actions.open_emergency_account(by=cast.viewer("data_administrator"), account=mentor)
