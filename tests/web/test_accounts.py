"""Login, logout, change of password and assignment."""

from __future__ import annotations

import re

import pytest
from django.core import mail

from samhandla.people import actions
from samhandla.trust.audit import record
from samhandla.trust.events import EventKind
from samhandla.trust.models import Account, Actor
from samhandla.trust.viewer import acting_as
from samhandla.web import accounts

pytestmark = pytest.mark.django_db
PASSWORD = "lugn-tall-vid-sjon"


@pytest.fixture
def mentor(cast) -> Account:
    return actions.open_account(
        by=None, actors=[cast.staff["mentor_7b"].actor], username="mentor", password=PASSWORD
    )


def log_in(client, username="mentor", password=PASSWORD, **more):
    return client.post("/logga-in/", {"login": username, "password": password, **more})


def test_login_works_and_is_recorded(client, mentor, monkeypatch):
    written = []
    monkeypatch.setattr(accounts, "record", lambda *args, **more: written.append(record(*args, **more)))
    answer = log_in(client)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")
    assert [(e.event, e.about_id, e.details) for e in written] == [(EventKind.SIGNED_IN, str(mentor.pk), {})]
    assert "Bergaskolan" in client.get("/").content.decode()


def test_login_leads_to_the_page_that_was_asked_for_but_never_to_another_host(client, mentor):
    assert log_in(client, next="/om/").headers["Location"] == "/om/"
    client.post("/logga-ut/")
    assert log_in(client, next="https://example.org/").headers["Location"] == "/"


def test_wrong_name_and_wrong_password_look_the_same(client, mentor):
    wrong_password = log_in(client, password="fel").content.decode()
    wrong_name = log_in(client, username="ingen", password="fel").content.decode()
    assert "stämmer inte" in wrong_password
    assert _without_values(wrong_password) == _without_values(wrong_name)


def _without_values(html: str) -> str:
    return re.sub(r'(csrfmiddlewaretoken" value|name="login" value)="[^"]*"', "", html)


def test_closed_account_cannot_log_in(client, mentor):
    Account.objects.filter(pk=mentor.pk).update(is_active=False)
    assert "stämmer inte" in log_in(client).content.decode()


def test_too_many_wrong_attempts_are_stopped(client, mentor):
    for _ in range(5):
        log_in(client, password="fel")
    answer = log_in(client)
    assert "för många försök" in answer.content.decode()
    assert client.get("/").status_code == 302


def test_nobody_registers_oneself(client):
    from django.urls import NoReverseMatch, reverse

    with pytest.raises(NoReverseMatch):
        reverse("account_signup")


def test_logout_needs_a_post(client, cast):
    cast.login(client, "mentor_7b")
    assert client.get("/logga-ut/").status_code == 405
    assert client.get("/").status_code == 200
    assert client.post("/logga-ut/").status_code == 303
    assert client.get("/").status_code == 302


def test_password_is_changed_with_the_old_one_only(client, mentor):
    client.force_login(mentor)
    new = {"password1": "annat-langt-losenord", "password2": "annat-langt-losenord"}
    refused = client.post("/byt-losenord/", {"oldpassword": "fel", **new})
    assert "nuvarande lösenordet stämmer inte" in refused.content.decode()
    assert client.post("/byt-losenord/", {"oldpassword": PASSWORD, **new}).status_code == 303
    assert Account.objects.get(pk=mentor.pk).check_password("annat-langt-losenord")
    assert mail.outbox == []


def test_short_password_is_refused(client, mentor):
    client.force_login(mentor)
    answer = client.post(
        "/byt-losenord/", {"oldpassword": PASSWORD, "password1": "kort", "password2": "kort"}
    )
    assert "12 tecken" in answer.content.decode()
    assert Account.objects.get(pk=mentor.pk).check_password(PASSWORD)


def test_account_without_local_password_is_told_where_it_is_changed(client, cast):
    cast.login(client, "mentor_7b")
    answer = client.get("/byt-losenord/", follow=True)
    assert "kommunens gemensamma inloggning" in answer.content.decode()


@pytest.mark.parametrize("path", ["/byt-losenord/", "/byt-losenord/sso/", "/byt-uppdrag/"])
def test_anonymous_is_sent_to_login(client, path):
    answer = client.get(path)
    assert answer.status_code == 302
    assert answer.headers["Location"].startswith("/logga-in/?next=")


def test_account_with_two_assignments_changes_between_them(client, cast):
    actors = [cast.staff["mentor_7b"].actor, cast.staff["principal_fria"].actor]
    account = actions.open_account(by=None, actors=actors, username="tva", password=PASSWORD)
    client.force_login(account)
    assert "Bergaskolan" in client.get("/").content.decode()
    assert "Byt uppdrag" in client.get("/").content.decode()
    assert client.post("/byt-uppdrag/", {"actor": actors[1].pk}).status_code == 303
    page = client.get("/").content.decode()
    assert "Fria skolan" in page
    assert "Bergaskolan" not in page


@pytest.mark.parametrize("wanted", ["", "abc", "²", "9" * 40])
def test_nonsense_assignment_is_refused(client, cast, wanted):
    cast.login(client, "mentor_7b")
    assert client.post("/byt-uppdrag/", {"actor": wanted}).status_code == 422


def test_somebody_elses_assignment_is_refused(client, cast):
    cast.login(client, "mentor_7b")
    other = cast.staff["principal"].actor.pk
    assert client.post("/byt-uppdrag/", {"actor": other}).status_code == 422
    assert "Rektor" not in client.get("/").content.decode()


def test_account_without_assignment_is_told_so_and_not_sent_round(client, cast, mentor):
    with acting_as(cast.service()):
        Actor.objects.filter(pk=cast.staff["mentor_7b"].actor.pk).update(account=None)
    client.force_login(mentor)
    for path in ("/", "/logga-in/"):
        answer = client.get(path)
        assert answer.status_code == 403
        assert "inget uppdrag" in answer.content.decode()


def test_language_is_chosen_and_kept(client, cast):
    cast.login(client, "mentor_7b")
    assert client.post("/sprak/", {"language": "en", "next": "/"}).status_code == 303
    page = client.get("/").content.decode()
    assert '<html lang="en"' in page
    assert "Log out" in page
