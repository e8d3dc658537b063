"""Login with a real SAML identity provider, and everything that may be wrong with its answer."""

from __future__ import annotations

import base64
import xml.etree.ElementTree as Xml

import pytest
from django.test import Client
from tests.login.conftest import LOA, by_saml, is_in, saml_answer, send

from samhandla.login import state

pytestmark = pytest.mark.django_db
NAME = "mentor@kommunen.se"


def test_somebody_known_is_let_in_and_led_to_the_page_that_was_asked_for(client, saml, mentor):
    answer = by_saml(client, saml, "/om/", person=NAME, acr=f"{LOA}3")
    assert (answer.status_code, answer["Location"]) == (302, "/om/")
    assert "Bergaskolan" in client.get("/").content.decode()
    kept = client.session[state.KEY]
    assert (kept["level"], kept["via"]) == (3, "kommunen")


def test_an_unknown_name_gets_a_clear_page_and_no_account(client, saml, mentor):
    answer = by_saml(client, saml, person="okand@kommunen.se")
    assert answer.status_code == 403
    assert "finns inte bland dem" in answer.content.decode()
    assert not is_in(client)


@pytest.mark.parametrize(
    ("odd", "why"),
    [
        ({"offset": -3600}, "expired"),
        ({"offset": 3600}, "not valid yet"),
        ({"audience": "https://another.example/"}, "meant for another"),
        ({"recipient": "https://another.example/acs"}, "sent to another"),
        ({"issuer": "urn:another:idp"}, "from another"),
        ({"inResponseTo": "_never-asked"}, "answer to no question"),
        ({"sign": "nothing"}, "not signed"),
        ({"sign": "message"}, "the message is signed, the assertion not"),
        ({"instead": "principal@kommunen.se"}, "changed after it was signed"),
    ],
    ids=lambda v: v if isinstance(v, str) else "",
)
def test_an_assertion_that_does_not_hold_lets_nobody_in(client, saml, mentor, odd, why):
    answer = by_saml(client, saml, person=NAME, **odd)
    assert answer.status_code == 401, why
    assert "gick inte att genomföra" in answer.content.decode()
    assert not is_in(client)


def test_clocks_that_differ_by_two_minutes_are_well(saml, mentor):
    for offset in (-120, 120):
        client = Client()
        by_saml(client, saml, person=NAME, offset=offset)
        assert is_in(client), offset


def test_an_answer_is_used_once_and_only_by_the_browser_that_asked(client, saml, mentor):
    posted = saml_answer(client, saml, person=NAME)["SAMLResponse"]
    stranger = Client()
    assert send(stranger, posted).status_code == 401
    assert not is_in(stranger)
    assert send(client, posted).status_code == 302
    assert is_in(client)
    client.post("/logga-ut/")
    assert send(client, posted).status_code == 401
    assert not is_in(client)


def test_an_assertion_is_used_once_even_when_the_question_stands_open_again(client, saml, mentor):
    """Somebody who holds the answer and can put back the question still gets nothing."""
    posted = saml_answer(client, saml, person=NAME)["SAMLResponse"]
    asked = client.session["socialaccount_states"]
    send(client, posted)
    client.post("/logga-ut/")
    session = client.session
    session["socialaccount_states"] = asked
    session.save()
    client.cookies["sessionid"] = session.session_key
    assert send(client, posted).status_code == 401
    assert not is_in(client)


@pytest.mark.parametrize("sent", ["", "not base64 at all", base64.b64encode(b"<a").decode(), "x" * 5000])
def test_nonsense_is_refused(client, saml, mentor, sent):
    assert send(client, sent).status_code == 401
    assert not is_in(client)


def test_entities_in_the_answer_are_not_read(client, saml, mentor):
    evil = b'<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>'
    answer = send(client, base64.b64encode(evil).decode())
    assert answer.status_code == 401
    assert "root:" not in answer.content.decode()


def test_the_answer_is_taken_only_by_post_and_finished_only_after_it(client, saml, mentor):
    assert client.get("/logga-in/saml/kommunen/svar/").status_code == 405
    assert client.get("/logga-in/saml/kommunen/klar/").status_code == 401


@pytest.mark.parametrize("elsewhere", ["https://example.org/", "//example.org/"])
def test_login_never_leads_to_another_host(client, saml, mentor, elsewhere):
    assert by_saml(client, saml, elsewhere, person=NAME)["Location"] == "/"


def test_the_session_gets_a_new_number_at_login(client, saml, mentor):
    client.get("/logga-in/via/kommunen/")
    before = client.session.session_key
    by_saml(client, saml, person=NAME)
    assert client.session.session_key != before


def test_the_metadata_tells_where_answers_go_and_that_they_are_signed(client, saml):
    told = Xml.fromstring(client.get("/logga-in/saml/kommunen/metadata/").content)
    names = {"md": "urn:oasis:names:tc:SAML:2.0:metadata"}
    ours = told.find("md:SPSSODescriptor", names)
    assert ours.get("WantAssertionsSigned") == "true"
    assert (
        ours.find("md:AssertionConsumerService", names)
        .get("Location")
        .endswith("/logga-in/saml/kommunen/svar/")
    )
