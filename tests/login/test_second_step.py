"""Two steps: an app, codes on paper, what they open, and what cannot be got round."""

from __future__ import annotations

import re
import time

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.test import Client
from tests.login.conftest import PASSWORD, is_in, log_in
from tests.login.test_session import age, demand

from samhandla.login import state
from samhandla.trust.models import Account

pytestmark = pytest.mark.django_db


def code_of(secret: str, steps: int = 0) -> str:
    return format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps))


def add_app(client: Client) -> tuple[str, list[str]]:
    """Add an app as its owner does, and return its secret and the codes on paper."""
    page = client.get("/tva-steg/app/").content.decode()
    secret = re.search(r"<code>([A-Z2-7]+)</code>", page).group(1)
    answer = client.post("/tva-steg/app/", {"code": code_of(secret, -1)})
    assert answer["Location"] == "/tva-steg/koder/", answer.content.decode()
    return secret, re.findall(r"<li><code>(\w+)</code>", client.get("/tva-steg/koder/").content.decode())


@pytest.fixture
def with_app(client, mentor) -> tuple[str, list[str]]:
    log_in(client)
    client.post("/bekrafta/losenord/?next=/tva-steg/", {"password": PASSWORD})
    return add_app(client)


def test_an_app_is_added_after_the_password_and_its_secret_is_sealed(client, mentor):
    log_in(client)
    assert client.get("/tva-steg/app/")["Location"].startswith("/bekrafta/?next=")
    client.post("/bekrafta/losenord/?next=/tva-steg/app/", {"password": PASSWORD})
    secret, codes = add_app(client)
    assert len(codes) == 10
    kept = Authenticator.objects.get(type="totp").data["secret"]
    assert secret not in kept
    assert "De visas bara nu" not in client.get("/tva-steg/koder/").content.decode()


def test_a_wrong_first_code_adds_nothing(client, mentor):
    log_in(client)
    client.post("/bekrafta/losenord/?next=/tva-steg/app/", {"password": PASSWORD})
    client.get("/tva-steg/app/")
    assert "Koden stämmer inte" in client.post("/tva-steg/app/", {"code": "000000"}).content.decode()
    assert not Authenticator.objects.exists()


def test_the_password_alone_no_longer_lets_anybody_in(with_app):
    client = Client()
    answer = log_in(client)
    assert answer["Location"] == "/logga-in/kod/"
    assert not is_in(client)
    assert "Koden stämmer inte" in client.post("/logga-in/kod/", {"code": "000000"}).content.decode()
    assert not is_in(client)
    assert client.post("/logga-in/kod/", {"code": code_of(with_app[0])})["Location"] == "/"
    assert is_in(client)
    assert client.session[state.KEY]["level"] == 2


def test_a_code_is_used_once(with_app):
    code = code_of(with_app[0])
    for expected in (True, False):
        client = Client()
        log_in(client)
        client.post("/logga-in/kod/", {"code": code})
        assert is_in(client) is expected


def test_a_code_on_paper_is_used_once(with_app):
    for expected in (True, False):
        client = Client()
        log_in(client)
        client.post("/logga-in/kod/", {"code": with_app[1][0]})
        assert is_in(client) is expected


def test_guessing_codes_is_stopped(with_app):
    client = Client()
    log_in(client)
    for _ in range(5):
        client.post("/logga-in/kod/", {"code": "000000"})
    answer = client.post("/logga-in/kod/", {"code": code_of(with_app[0])})
    assert "för många försök" in answer.content.decode()
    assert not is_in(client)


def test_whoever_has_two_steps_confirms_with_the_second(client, with_app):
    age(client, seen=40)
    page = client.get(client.get("/")["Location"]).content.decode()
    assert "Bekräfta med en kod" in page
    assert "Bekräfta med lösenord" not in page
    client.post("/bekrafta/losenord/?next=/", {"password": PASSWORD})
    assert client.get("/").status_code == 303
    client.post("/bekrafta/kod/?next=/", {"code": code_of(with_app[0])})
    assert client.get("/").status_code == 200
    assert client.session[state.KEY]["level"] == 2


def test_a_role_that_needs_two_steps_is_led_to_add_one_and_then_let_in(client, cast, mentor):
    demand(cast, "mentor", 2)
    log_in(client)
    page = client.get(client.get("/")["Location"]).content.decode()
    assert "Lägg till en app eller en nyckel" in page
    client.post("/bekrafta/losenord/?next=/tva-steg/", {"password": PASSWORD})
    secret, _codes = add_app(client)
    assert client.get("/")["Location"].startswith("/starkare-inloggning/")  # added is not yet used
    client.post("/bekrafta/kod/?next=/", {"code": code_of(secret)})
    assert client.get("/").status_code == 200


def test_the_last_second_step_stays_while_the_role_needs_it(client, cast, with_app):
    demand(cast, "mentor", 2)
    client.post("/bekrafta/kod/?next=/", {"code": code_of(with_app[0])})
    answer = client.post("/tva-steg/app/ta-bort/")
    assert "kan inte tas bort" in answer.content.decode()
    assert Authenticator.objects.filter(type="totp").exists()


def test_a_second_step_is_taken_away_by_whoever_confirms(client, with_app):
    assert client.post("/tva-steg/app/ta-bort/").status_code == 303
    assert not Authenticator.objects.filter(type="totp").exists()
    other = Client()
    assert log_in(other)["Location"] == "/"


NO_KEYS = ("", "{}", "[]", "nonsense", '{"response": {"userHandle": "x"}}', '{"id": 1}', '{"rawId": "a"}')


@pytest.mark.parametrize("sent", NO_KEYS)
def test_a_key_that_cannot_be_one_lets_nobody_in(client, mentor, sent):
    client.get("/logga-in/nyckel/", headers={"x-requested-with": "XMLHttpRequest"})
    assert client.post("/logga-in/nyckel/", {"credential": sent}).status_code in (200, 303)
    assert not is_in(client)


def test_the_address_of_the_second_step_alone_leads_to_login(client):
    assert client.get("/logga-in/kod/")["Location"] == "/logga-in/"


def test_a_name_is_closed_for_the_day_after_thirty_wrong_passwords(client, mentor, settings):
    settings.ACCOUNT_RATE_LIMITS = {"login_failed": "60/m/ip,30/d/key"}
    for _ in range(30):
        log_in(client, password="fel")
    assert "för många försök" in log_in(client).content.decode()
    assert Account.objects.get(pk=mentor.pk).check_password(PASSWORD)


def test_whoever_lost_phone_and_codes_gets_a_new_link_and_starts_anew(client, cast, with_app):
    from samhandla.people import actions

    keeper = cast.viewer("data_administrator")
    actions.renew_link(by=keeper, staff_id=cast.staff["mentor_7b"].pk)
    assert not Authenticator.objects.exists()
    assert not is_in(client)
