"""Login with a real OpenID Connect provider, and everything that may be wrong with its answer."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from django.test import Client
from tests.login.conftest import LOA, by_oidc, free_port, is_in, path_of

from samhandla.login import state
from samhandla.people import actions
from samhandla.people.models import Staff
from samhandla.trust.models import Account

pytestmark = pytest.mark.django_db
NAME = "mentor@kommunen.se"


def test_somebody_known_is_let_in_and_led_to_the_page_that_was_asked_for(client, oidc, mentor):
    answer = by_oidc(client, oidc, "/om/", person=NAME, acr=f"{LOA}3")
    assert (answer.status_code, answer["Location"]) == (302, "/om/")
    assert "Bergaskolan" in client.get("/").content.decode()
    assert client.session[state.KEY] | {"level": 3, "via": "kommunen"} == client.session[state.KEY]


def test_capital_letters_in_the_name_do_not_count(client, oidc, mentor):
    by_oidc(client, oidc, person="Mentor@Kommunen.SE")
    assert is_in(client)


def test_nothing_of_the_providers_is_stored(client, oidc, mentor):
    from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken

    by_oidc(client, oidc, person=NAME)
    assert is_in(client)
    assert not any(model.objects.exists() for model in (SocialAccount, SocialApp, SocialToken))


def test_an_unknown_name_gets_a_clear_page_and_no_account(client, oidc, mentor):
    before = Account.objects.count()
    answer = by_oidc(client, oidc, person="okand@kommunen.se")
    assert answer.status_code == 403
    assert "finns inte bland dem" in answer.content.decode()
    assert (is_in(client), Account.objects.count()) == (False, before)


def test_somebody_at_work_without_account_gets_one_and_a_duty_is_needed(client, oidc, cast):
    Staff.objects.filter(pk=cast.staff["principal"].pk).update(eppn="rektor@kommunen.se")
    by_oidc(client, oidc, person="rektor@kommunen.se")
    assert is_in(client)
    account = Account.objects.get(actors=cast.staff["principal"].actor)
    assert (account.eppn, account.has_usable_password()) == ("rektor@kommunen.se", False)
    done = cast.staff["counsellor"]
    Staff.objects.filter(pk=done.pk).update(eppn="slutat@kommunen.se")
    done.duties.update(valid_to="2021-01-01")
    other = Client()
    answer = by_oidc(other, oidc, person="slutat@kommunen.se")
    assert "inget uppdrag" in answer.content.decode()
    assert not Account.objects.filter(eppn="slutat@kommunen.se").exists()


def test_a_name_that_the_register_gave_to_somebody_else_opens_nothing_old(client, oidc, cast, mentor):
    """The account still carries the name, but the register knows its owner by a new one."""
    Account.objects.filter(pk=mentor.pk).update(eppn="gammalt@kommunen.se")
    answer = by_oidc(client, oidc, person="gammalt@kommunen.se")
    assert answer.status_code == 403
    assert not is_in(client)


def test_two_accounts_with_one_name_are_both_kept_out(client, oidc, cast, mentor):
    other = cast.staff["mentor_7f"]
    actions.open_account(by=None, actors=[other.actor], username="annan", password=None)
    Staff.objects.filter(pk=other.pk).update(eppn=NAME)
    answer = by_oidc(client, oidc, person=NAME)
    assert "inte entydigt" in answer.content.decode()
    assert not is_in(client)


def test_a_pupil_comes_in_by_the_school_account(client, oidc, cast):
    from samhandla.trust.models import Actor

    actor = Actor.objects.create(kind="child", authority=cast.authority["board"], name="Alma Prov")
    account = actions.open_account(by=None, actors=[actor], username="alma", password=None)
    Account.objects.filter(pk=account.pk).update(eppn="alma@skola.kommunen.se")
    by_oidc(client, oidc, person="alma@skola.kommunen.se")
    assert client.session["_auth_user_id"] == str(account.pk)


def test_without_the_name_nobody_comes_in(client, oidc, mentor):
    answer = by_oidc(client, oidc, person=NAME, eppn=False)
    assert "skickade inget inloggningsnamn" in answer.content.decode()


def test_a_closed_account_stays_closed(client, oidc, mentor):
    Account.objects.filter(pk=mentor.pk).update(is_active=False)
    assert "avstängt" in by_oidc(client, oidc, person=NAME).content.decode()
    assert not is_in(client)


def test_whoever_cancels_is_told_so(client, oidc, mentor):
    assert "avbröts" in by_oidc(client, oidc, person="cancel").content.decode()


@pytest.mark.parametrize(
    ("odd", "why"),
    [
        ({"offset": -3 * 3600}, "expired"),
        ({"offset": 3600}, "made in the future"),
        ({"swap": "another"}, "meant for another"),
        ({"swap": "samhandla"}, "used before"),
        ({"swap": "unsigned"}, "not signed"),
        ({"swap": "forged"}, "another's signature"),
        ({"swap": "missing"}, "no token at all"),
    ],
    ids=lambda v: v if isinstance(v, str) else "",
)
def test_a_token_that_does_not_hold_lets_nobody_in(client, oidc, mentor, odd, why):
    _token_for_another(oidc)
    by_oidc(Client(), oidc, person=NAME)  # so that there is an earlier token of ours
    answer = by_oidc(client, oidc, person=NAME, **odd)
    assert answer.status_code == 401, why
    assert "gick inte att genomföra" in answer.content.decode()
    assert not is_in(client)


def _token_for_another(oidc) -> None:
    """Let the provider make a token for another client: real, signed, and not for us."""
    oidc.tell(person=NAME)
    back = "http://testserver/logga-in/via/kommunen/svar/"
    words = {"client_id": "another", "redirect_uri": back, "response_type": "code", "scope": "openid profile"}
    begun = requests.Request("GET", f"{oidc.address}/auth", params=words).prepare().url
    code = parse_qs(urlsplit(oidc.walk(begun)).query)["code"][0]
    secret = "another-secret-which-is-long-enough"
    sent = {"grant_type": "authorization_code", "code": code, "redirect_uri": back,
            "client_id": "another", "client_secret": secret}  # fmt: skip
    assert requests.post(f"{oidc.address}/token", data=sent, timeout=10).json()["id_token"]
    oidc.browser = requests.Session()


def test_clocks_that_differ_by_two_minutes_are_well(oidc, mentor):
    for offset in (-120, 120):
        client = Client()
        by_oidc(client, oidc, person=NAME, offset=offset)
        assert is_in(client), offset


def test_an_answer_is_used_once_and_only_by_the_browser_that_asked(client, oidc, mentor):
    oidc.tell(person=NAME)
    begun = client.get("/logga-in/via/kommunen/")
    back = path_of(oidc.walk(begun["Location"]))
    stranger = Client()
    assert stranger.get(back).status_code == 401
    assert not is_in(stranger)
    assert client.get(back).status_code == 302
    client.post("/logga-ut/")
    assert client.get(back).status_code == 401
    assert not is_in(client)


@pytest.mark.parametrize(
    "elsewhere", ["https://example.org/", "//example.org/", "/\\example.org", "javascript:1"]
)
def test_login_never_leads_to_another_host(client, oidc, mentor, elsewhere):
    assert by_oidc(client, oidc, elsewhere, person=NAME)["Location"] == "/"


def test_the_session_gets_a_new_number_at_login(client, oidc, mentor):
    client.get("/logga-in/via/kommunen/")
    before = client.session.session_key
    by_oidc(client, oidc, person=NAME)
    assert client.session.session_key != before


def test_a_provider_that_is_down_is_told_of(client, settings, oidc, mentor):
    app = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]
    app["settings"]["server_url"] = f"http://127.0.0.1:{free_port()}"
    answer = client.get("/logga-in/via/kommunen/")
    assert answer.status_code == 503
    assert "svarar inte" in answer.content.decode()
    assert "reservkontot" in answer.content.decode()


def test_a_provider_that_goes_down_on_the_way_back_is_told_of(client, settings, oidc, mentor):
    oidc.tell(person=NAME)
    back = path_of(oidc.walk(client.get("/logga-in/via/kommunen/")["Location"]))
    app = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"][0]
    app["settings"]["server_url"] = f"http://127.0.0.1:{free_port()}"
    assert client.get(back).status_code == 503
    assert not is_in(client)


def test_a_provider_that_is_not_in_the_file_does_not_exist(client, oidc):
    for path in ("/logga-in/via/annan/", "/logga-in/via/annan/svar/", "/logga-in/saml/kommunen/metadata/"):
        assert client.get(path).status_code == 404


def test_somebody_elses_login_ends_the_earlier_one(client, oidc, cast, mentor):
    cast.login(client, "principal")
    by_oidc(client, oidc, person=NAME)
    assert client.session["_auth_user_id"] == str(mentor.pk)
