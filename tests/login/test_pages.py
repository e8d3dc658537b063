"""Every page of login: in the house's look, closed to whom it does not concern, marked where sensitive."""

from __future__ import annotations

import re

import pytest
from tests.login.conftest import PASSWORD, log_in
from tests.sweeps.test_urls import CLOSED, OURS

pytestmark = pytest.mark.django_db
SENSITIVE = {
    "family-eppn",
    "family-link",
    "limit-lift",
    "linkage-approve",
    "linkage-make",
    "register-protect",
    "rights-answer",
    "rights-extract-make",
    "rights-extract-out",
    "account-renew",
    "accounts-open",
    "archive-fetch",
    "dispose",
    "law-add",
    "law-approve",
    "law-change",
    "law-deliver",
    "login-demand-change",
    "register-personnummer",
    "release-answer",
    "release-decide",
    "retention-decide",
    "transfer-send",
}
OWN = ("/tva-steg/", "/tva-steg/nycklar/", "/mina-inloggningar/", "/bekrafta/", "/bekrafta/losenord/",
       "/fortsatt/", "/starkare-inloggning/", "/tva-steg/app/", "/tva-steg/nyckel/", "/tva-steg/koder/",
       "/tva-steg/koder/nya/", "/bekrafta/kod/", "/bekrafta/nyckel/", "/bekrafta/via/",
       "/tva-steg/app/ta-bort/", "/tva-steg/nyckel/1/ta-bort/")  # fmt: skip


def test_sensitive_acts_are_marked():
    assert {p.name for _, p in CLOSED if p.callback.confirm} == SENSITIVE


def test_every_page_of_login_is_known_to_these_tests():
    """A new page of the room is added to OWN, or is one of those that are open to whoever logs in."""
    entrance = {"logga-in/", "utkast/", "krav-pa-inloggning/"}
    paths = [r for r, p in OURS if p.callback.__module__.startswith("samhandla.login")]
    left = [r for r in paths if not r.startswith(tuple(entrance))]
    assert {"/" + r.replace("<int:pk>", "1") for r in left} == set(OWN)


@pytest.mark.parametrize("path", OWN)
def test_ones_own_pages_lead_the_anonymous_to_login(client, path):
    for answer in (client.get(path), client.post(path)):
        assert answer.status_code in (302, 303, 405), path
        assert answer.status_code == 405 or answer["Location"].startswith("/logga-in/?next="), path


@pytest.mark.parametrize("path", OWN)
def test_ones_own_pages_are_in_the_houses_look_without_inline_script_or_style(client, mentor, path):
    log_in(client)
    client.post("/bekrafta/losenord/?next=/", {"password": PASSWORD})
    answer = client.get(path)
    if answer.status_code in (302, 303, 404, 405):
        return  # leads on, or there is no such key
    page = answer.content.decode()
    assert "site-header" in page
    assert '<html lang="sv"' in page
    assert not re.search(r"<style|\sstyle=|\son\w+=\"", page)
    inline = re.findall(r"<script(?![^>]*(?:src=|application/json))[^>]*>", page)
    assert inline == []
    assert "form-action 'self'" in answer.headers["Content-Security-Policy"]


def test_the_login_page_offers_the_municipalitys_login_and_keeps_where_one_was_going(client, oidc):
    page = client.get("/logga-in/?next=/om/").content.decode()
    assert "Kommunens inloggning" in page
    assert "/logga-in/via/kommunen/?next=/om/" in page


def test_without_a_provider_the_login_page_is_as_it_was(client):
    page = client.get("/logga-in/").content.decode()
    assert "/logga-in/via/" not in page
    assert "Användarnamn" in page


def test_where_passwords_are_closed_the_form_says_that_it_is_the_emergency_account(client, oidc, settings):
    settings.SAMHANDLA_LOCAL_LOGIN = "emergency"
    page = client.get("/logga-in/").content.decode()
    assert "Reservkonto" in page
    assert "Använd en nyckel i stället" not in page
