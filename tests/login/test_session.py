"""The session: how sure it is, the lock, confirmation, what was written, where one is logged in."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from tests.login.conftest import LOA, PASSWORD, by_oidc, by_saml, is_in, log_in

from samhandla.login import actions, jobs, state
from samhandla.login.models import Demand, Draft
from samhandla.people import actions as people
from samhandla.people.errors import NotYours, Refused
from samhandla.trust.permissions import Permission
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db
NAME = "mentor@kommunen.se"


def age(client: Client, **changes: float) -> None:
    """Let the session's times lie so many minutes back."""
    session = client.session
    kept = dict(session[state.KEY])
    for name, minutes in changes.items():
        kept[name] = time.time() - minutes * 60
    session[state.KEY] = kept
    session.save()


def demand(cast, what: str, level: int) -> None:
    Demand.objects.create(authority=cast.authority["board"], what=what, level=level)


def test_a_session_that_was_left_alone_is_locked_and_opened_with_the_password(client, mentor):
    log_in(client)
    age(client, seen=29)
    assert client.get("/").status_code == 200
    age(client, seen=31)
    locked = client.get("/")
    assert (locked.status_code, locked["Location"]) == (303, "/bekrafta/?next=%2F")
    page = client.get(locked["Location"]).content.decode()
    assert "Samhandla är låst" in page
    assert "Bergaskolan" not in page
    assert client.get("/registret/").status_code == 303  # locked stays locked
    wrong = client.post("/bekrafta/losenord/?next=/om/", {"password": "fel"})
    assert wrong.status_code == 200
    opened = client.post("/bekrafta/losenord/?next=/om/", {"password": PASSWORD})
    assert opened["Location"] == "/om/"
    assert client.get("/").status_code == 200


def test_the_screen_can_lock_by_itself(client, mentor):
    log_in(client)
    assert "låst" in client.get("/bekrafta/?las=1&next=/").content.decode()
    assert client.get("/").status_code == 303


def test_confirmation_never_leads_to_another_host(client, mentor):
    log_in(client)
    for elsewhere in ("https://example.org/", "//example.org/"):
        answer = client.post(f"/bekrafta/losenord/?next={elsewhere}", {"password": PASSWORD})
        assert answer["Location"] == "/"


def test_a_form_that_came_too_late_is_kept_and_can_be_sent(client, mentor):
    log_in(client)
    age(client, seen=40)
    text = "Vi pratade länge om läxorna och kom överens om något."
    answer = client.post(
        "/byt-uppdrag/", {"actor": "1", "text": text}, headers={"referer": "http://testserver/x/"}
    )
    assert answer["Location"] == "/bekrafta/?next=%2Ffortsatt%2F"
    assert "Det du skrev är kvar" in client.get("/bekrafta/").content.decode()
    client.post("/bekrafta/losenord/?next=/fortsatt/", {"password": PASSWORD})
    page = client.get("/fortsatt/").content.decode()
    assert text in page
    assert 'action="/byt-uppdrag/"' in page
    assert client.post("/fortsatt/").status_code == 303  # thrown away
    assert client.get("/fortsatt/").status_code == 303


def test_what_is_kept_cannot_be_read_in_the_database_and_is_gone_with_the_session(client, mentor):
    from django.contrib.sessions.models import Session

    log_in(client)
    age(client, seen=40)
    client.post("/byt-uppdrag/", {"actor": "1", "text": "hemligt om någon"})
    row = Session.objects.get(session_key=client.session.session_key)
    assert "hemligt" not in str(row.get_decoded())
    client.post("/logga-ut/")
    log_in(client)
    assert client.get("/fortsatt/").status_code == 303


def test_htmx_is_told_to_load_the_whole_page(client, mentor):
    log_in(client)
    age(client, seen=40)
    here = {"hx-request": "true", "hx-current-url": "http://testserver/uppdrag/?enhet=1"}
    answer = client.get("/", headers=here)
    assert answer["HX-Redirect"] == "/bekrafta/?next=%2Fuppdrag%2F"


def test_a_sensitive_act_wants_a_late_confirmation(client, cast):
    administrator = cast.staff["data_administrator"]
    people.open_account(by=None, actors=[administrator.actor], username="forvaltare", password=PASSWORD)
    log_in(client, "forvaltare")
    change = {"vad": "principal", "niva": "2"}
    age(client, confirmed=16)
    answer = client.post("/krav-pa-inloggning/andra/", change)
    assert answer["Location"] == "/bekrafta/?next=%2Ffortsatt%2F"
    assert not Demand.objects.exists()
    client.post("/bekrafta/losenord/?next=/fortsatt/", {"password": PASSWORD})
    assert client.post("/krav-pa-inloggning/andra/", change)["Location"] == "/krav-pa-inloggning/"
    assert Demand.objects.get().level == 2
    assert client.get("/fortsatt/")["Location"] == "/"  # what was sent is no longer kept


def test_a_demand_is_lowered_only_when_that_is_confirmed(client, cast):
    administrator = cast.staff["data_administrator"]
    people.open_account(by=None, actors=[administrator.actor], username="forvaltare", password=PASSWORD)
    log_in(client, "forvaltare")
    send = "/krav-pa-inloggning/andra/"
    assert client.post(send, {"vad": "principal", "niva": "2"}).status_code == 303
    lower = {"vad": "principal", "niva": "1"}
    asked = client.post(send, lower)
    assert "Sänka kravet för rektor?" in asked.text
    assert Demand.objects.get().level == 2
    assert client.post(send, {**lower, "bekrafta": "1"}).status_code == 303
    assert not Demand.objects.filter(level__gt=1).exists()
    page = client.get("/krav-pa-inloggning/").text
    assert page.count("<details") > 10
    assert client.post(send, {"vad": "nobody", "niva": "1"}).status_code == 404


def test_opening_a_protected_childs_name_wants_a_late_confirmation(client, cast):
    child = cast.child["alma"]
    with acting_as(cast.service()):
        type(child).objects.filter(pk=child.pk).update(protection="marked", lifted_protection="marked")
    cast.login(client, "principal")
    assert client.get(f"/elev/{child.ref}/").status_code == 200
    age(client, confirmed=16)
    assert client.get(f"/elev/{child.ref}/")["Location"].startswith("/bekrafta/")
    assert client.get(f"/elev/{cast.child['omar'].ref}/").status_code == 200


def test_a_role_that_needs_more_is_kept_out_until_the_login_is_stronger(client, oidc, cast, mentor):
    demand(cast, "mentor", 3)
    by_oidc(client, oidc, person=NAME, acr=f"{LOA}2")
    answer = client.get("/")
    assert answer["Location"].startswith("/starkare-inloggning/")
    page = client.get(answer["Location"])
    assert page.status_code == 403
    assert "tillitsnivå 3" in page.content.decode()
    assert client.get("/att-ta-stallning-till/").status_code == 303
    by_oidc(client, oidc, person=NAME, acr=f"{LOA}3")
    assert client.get("/att-ta-stallning-till/").status_code == 200


def test_a_part_can_need_more_than_the_role(client, cast):
    demand(cast, str(Permission.TRANSFER_SEND), 2)
    cast.login(client, "principal")
    assert client.get("/").status_code == 200
    assert client.get(f"/elev/{cast.child['alma'].ref}/lamna-uppgift/")["Location"].startswith("/starkare-")


def test_the_demands_of_one_authority_say_nothing_of_another(client, cast):
    demand(cast, "principal", 3)
    cast.login(client, "principal_fria")
    assert client.get("/").status_code == 200


@pytest.mark.parametrize(("what", "level"), [("finns-inte", 2), ("principal", 9), ("service", 2), ("", 1)])
def test_what_is_no_demand_is_refused(cast, what, level):
    with pytest.raises(NotYours):
        actions.demand_level(by=cast.viewer("data_administrator"), what=what, level=level, reached=1)


def test_nobody_shuts_oneself_out(client, cast):
    by = cast.viewer("data_administrator")
    with pytest.raises(Refused):
        actions.demand_level(by=by, what="data_administrator", level=2, reached=1)
    actions.demand_level(by=by, what="data_administrator", level=2, reached=2)
    cast.login(client, "data_administrator")
    assert client.get("/krav-pa-inloggning/")["Location"].startswith("/starkare-inloggning/")


def test_whoever_came_by_the_provider_confirms_there(client, oidc, mentor):
    by_oidc(client, oidc, person=NAME)
    before = client.session.session_key
    assert "kommunens inloggning" in client.get("/bekrafta/?las=1").content.decode()
    answer = _confirm_by(client, oidc, person=NAME, acr=f"{LOA}3")
    assert answer["Location"] == "/om/"
    assert client.session[state.KEY]["level"] == 3
    assert not client.session[state.KEY]["locked"]
    assert client.session.session_key == before  # nothing that was kept is lost


def _confirm_by(client, oidc, **told):
    from tests.login.conftest import path_of

    oidc.tell(**told)
    begun = client.get("/bekrafta/via/?next=/om/")
    assert "prompt=login" in begun["Location"]
    return client.get(path_of(oidc.walk(begun["Location"])))


def test_somebody_else_cannot_confirm(client, oidc, cast, mentor):
    from samhandla.people.models import Staff

    Staff.objects.filter(pk=cast.staff["principal"].pk).update(eppn="rektor@kommunen.se")
    by_oidc(client, oidc, person=NAME)
    age(client, seen=40)
    client.get("/")
    import requests

    oidc.browser = requests.Session()
    assert (
        "någon annan som bekräftade"
        in _confirm_by(client, oidc, person="rektor@kommunen.se").content.decode()
    )
    assert client.get("/").status_code == 303


def test_a_saml_provider_is_asked_to_force_a_new_login(client, saml, mentor):
    import requests
    from tests.login.conftest import send

    by_saml(client, saml, person=NAME)
    saml.tell(person=NAME)
    posted = requests.get(client.get("/bekrafta/via/?next=/om/")["Location"], timeout=10).json()
    assert posted["asked"]["forceAuthn"] == "true"
    assert send(client, posted["SAMLResponse"])["Location"] == "/om/"


def test_drafts_are_kept_sealed_and_are_ones_own(client, cast, mentor):
    log_in(client)
    sent = {"sida": "/signal/1/", "falt": "#note", "text": "Halva meningen"}
    assert client.post("/utkast/", sent).status_code == 200
    assert b"Halva" not in bytes(Draft.objects.get().sealed)
    assert client.get("/utkast/?sida=/signal/1/").json() == {"drafts": {"#note": "Halva meningen"}}
    assert client.get("/utkast/?sida=/signal/2/").json() == {"drafts": {}}
    other = Client()
    cast.login(other, "principal")
    assert other.get("/utkast/?sida=/signal/1/").json() == {"drafts": {}}
    assert Client().get("/utkast/?sida=/signal/1/").status_code == 403
    client.post("/utkast/", sent | {"text": " "})
    assert not Draft.objects.exists()


@pytest.mark.parametrize(
    ("change", "status"),
    [
        ({"text": "x" * 20_001}, 422),
        ({"falt": ""}, 422),
        ({"falt": "x" * 81}, 422),
        ({"sida": "https://a/"}, 404),
    ],
)
def test_a_draft_that_cannot_be_meant_is_refused(client, mentor, change, status):
    log_in(client)
    answer = client.post("/utkast/", {"sida": "/a/", "falt": "#b", "text": "c"} | change)
    assert (answer.status_code, Draft.objects.count()) == (status, 0)


def test_a_draft_moved_to_another_account_cannot_be_read(client, cast, mentor):
    log_in(client)
    client.post("/utkast/", {"sida": "/a/", "falt": "#b", "text": "mitt"})
    other = people.open_account(by=None, actors=[], username="annan", password=PASSWORD)
    Draft.objects.update(account=other)
    assert Draft.objects.texts(other.pk, "/a/") == {}


def test_a_draft_is_thrown_away_when_the_form_was_taken_in_and_after_a_week(client, mentor):
    log_in(client)
    for page in ("/sprak/", "/annan/"):
        client.post("/utkast/", {"sida": page, "falt": "#b", "text": "c"})
    client.post("/sprak/", {"language": "sv", "next": "/"})
    assert [row.page for row in Draft.objects.all()] == ["/annan/"]
    jobs.forget_drafts(0)
    assert Draft.objects.count() == 1
    Draft.objects.update(saved_at=timezone.now() - timedelta(days=8))
    jobs.forget_drafts(0)
    assert not Draft.objects.exists()


def test_one_sees_ones_sessions_and_ends_them(client, mentor):
    log_in(client)
    other, third = Client(headers={"user-agent": "Mozilla (iPhone) Safari/1"}), Client()
    log_in(other)
    log_in(third)
    page = client.get("/mina-inloggningar/").content.decode()
    assert "Safari på iPhone" in page
    assert "den du använder nu" in page
    from allauth.usersessions.models import UserSession

    number = UserSession.objects.get(session_key=other.session.session_key).pk
    client.post("/mina-inloggningar/", {"inloggning": number})
    assert (is_in(other), is_in(third), is_in(client)) == (False, True, True)
    client.post("/mina-inloggningar/", {"andra": "1"})
    assert (is_in(third), is_in(client)) == (False, True)


@pytest.mark.parametrize("sent", ["", "x", "²", "9" * 40, "424242"])
def test_somebody_elses_session_cannot_be_ended(client, cast, mentor, sent):
    other = Client()
    people.open_account(by=None, actors=[cast.staff["principal"].actor], username="annan", password=PASSWORD)
    log_in(other, "annan")
    log_in(client)
    from allauth.usersessions.models import UserSession

    foreign = UserSession.objects.get(session_key=other.session.session_key).pk
    for number in (sent, foreign):
        assert client.post("/mina-inloggningar/", {"inloggning": number}).status_code == 404
    assert is_in(other)


def test_a_duty_that_ends_ends_a_running_session_the_same_minute(client, cast, mentor):
    log_in(client)
    assert client.get("/att-ta-stallning-till/").status_code == 200
    task = cast.staff["mentor_7b"].assignments.get()
    people.end_assignment_now(by=cast.viewer("principal"), assignment_id=task.pk)
    assert client.get("/att-ta-stallning-till/").status_code == 404
    assert "inget uppdrag" in client.get("/").content.decode()


def test_a_closed_account_is_out_at_once_also_when_it_came_by_the_provider(client, oidc, cast, mentor):
    by_oidc(client, oidc, person=NAME)
    assert is_in(client)
    people.close_account(by=cast.viewer("data_administrator"), staff_id=cast.staff["mentor_7b"].pk)
    assert not is_in(client)


def test_pages_are_not_kept_by_the_browser_after_logout(client, mentor):
    log_in(client)
    for path in ("/", "/mina-inloggningar/", "/tva-steg/", "/bekrafta/", "/fortsatt/"):
        assert "no-store" in client.get(path).headers.get("Cache-Control", ""), path
    answer = client.post("/logga-ut/")
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert client.get("/mina-inloggningar/").status_code == 302


def test_forms_of_login_want_their_mark(mentor):
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(mentor)
    for path in ("/bekrafta/losenord/", "/fortsatt/", "/mina-inloggningar/", "/utkast/", "/logga-ut/",
                 "/krav-pa-inloggning/andra/", "/tva-steg/app/", "/logga-in/nyckel/"):  # fmt: skip
        assert strict.post(path, {"password": PASSWORD}).status_code == 403, path


def test_the_session_gets_a_new_number_at_login_with_password(client, mentor):
    client.get("/logga-in/")
    client.post("/sprak/", {"language": "sv"})
    session = client.session
    session["before"] = 1
    session.save()
    client.cookies["sessionid"] = planted = session.session_key
    log_in(client)
    assert client.session.session_key != planted
    stranger = Client()
    stranger.cookies["sessionid"] = planted
    assert not is_in(stranger)


def test_where_one_was_logged_in_is_forgotten_with_the_session(client, mentor):
    from allauth.usersessions.models import UserSession
    from django.contrib.sessions.models import Session

    other = Client()
    for one in (client, other):
        log_in(one)
    Session.objects.filter(pk=other.session.session_key).update(
        expire_date=timezone.now() - timedelta(days=1)
    )
    jobs.forget_sessions(0)
    assert [row.session_key for row in UserSession.objects.all()] == [client.session.session_key]
    assert is_in(client)


def test_only_so_many_drafts_are_kept(client, mentor, monkeypatch):
    monkeypatch.setattr("samhandla.login.models.MOST_DRAFTS", 3)
    for number in range(5):
        Draft.objects.keep(mentor.pk, "/a/", f"#{number}", "text")
    assert sorted(Draft.objects.texts(mentor.pk, "/a/")) == ["#2", "#3", "#4"]
