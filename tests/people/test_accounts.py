"""Accounts of staff: who opens, renews and closes whose; links that work once; what is refused."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from samhandla.people import actions, queries
from samhandla.people.errors import NotAllowed, NotYours, Refused
from samhandla.people.models import Staff
from samhandla.trust.events import EventKind
from samhandla.trust.models import Account, Actor, Event
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db
PASSWORD = "lugn-tall-vid-sjon"


def opened(cast, *names, by="administrator"):
    return actions.open_accounts(by=cast.viewer(by), staff_ids=[cast.staff[name].pk for name in names])


def address(link):
    return reverse("account_reset_password_from_key", kwargs={"uidb36": link.uid, "key": link.key})


def choose(link, password=PASSWORD):
    """Open a link in a browser of its own and choose a password; return the browser and its last answer."""
    client = Client()
    page = client.get(address(link), follow=True)
    if "form" not in page.context or page.context.get("token_fail"):
        return client, page
    form = {"password1": password, "password2": password}
    return client, client.post(page.request["PATH_INFO"], form)


def account_of(cast, name):
    return Account.objects.filter(actors=cast.staff[name].actor_id).first()


def states(cast, by="administrator", unit="berga"):
    viewer = cast.viewer(by)
    with acting_as(viewer):
        rows = queries.list_accounts_for(viewer, cast.unit[unit])
    return {row.staff.given_name: (row.state, row.problem) for row in rows}


def test_an_account_is_opened_and_its_owner_chooses_the_password(cast):
    (link,) = opened(cast, "mentor_7b")
    assert link.username == "mentor.7b.prov"
    assert states(cast)["Mentor 7B"] == ("waiting", "")
    client, answer = choose(link)
    assert (answer.status_code, answer["Location"]) == (303, "/")
    assert "Bergaskolan" in client.get("/").content.decode()
    assert account_of(cast, "mentor_7b").check_password(PASSWORD)
    assert states(cast)["Mentor 7B"] == ("open", "")


def test_each_act_is_an_event(cast, monkeypatch):
    from samhandla.people.actions import accounts

    written = []
    record = accounts.record
    monkeypatch.setattr(accounts, "record", lambda *a, **k: written.append(record(*a, **k)))
    opened(cast, "mentor_7b")
    staff = cast.staff["mentor_7b"].pk
    actions.renew_link(by=cast.viewer("administrator"), staff_id=staff)
    actions.close_account(by=cast.viewer("data_administrator"), staff_id=staff)
    kinds = [EventKind.ACCOUNT_OPENED, EventKind.ACCOUNT_RENEWED, EventKind.ACCOUNT_CLOSED]
    assert [(e.event, e.details) for e in written] == [(kind, {"staff": staff}) for kind in kinds]
    assert written[2].actor_id == cast.staff["data_administrator"].actor_id


def test_a_chosen_password_is_an_event_that_no_colleague_reads(cast, monkeypatch):
    from samhandla.web import accounts

    written = []
    record = accounts.record
    monkeypatch.setattr(accounts, "record", lambda *a, **k: written.append(record(*a, **k)))
    choose(opened(cast, "mentor_7b")[0])
    assert [e.event for e in written] == [EventKind.PASSWORD_CHOSEN, EventKind.SIGNED_IN]
    assert {e.about_id for e in written} == {str(account_of(cast, "mentor_7b").pk)}
    with acting_as(cast.viewer("principal")):
        assert not Event.objects.filter(event=EventKind.PASSWORD_CHOSEN).exists()


def test_a_first_password_is_chosen_and_a_later_one_changed(cast):
    (link,) = opened(cast, "mentor_7b")
    client, _ = choose(link)
    assert "Lösenordet är valt." in client.get("/").content.decode()
    words = {
        "oldpassword": PASSWORD,
        "password1": "annat-langt-losenord",
        "password2": "annat-langt-losenord",
    }
    client.post("/byt-losenord/", words)
    assert "Lösenordet är bytt." in client.get("/").content.decode()


def test_a_link_works_once(cast):
    (link,) = opened(cast, "mentor_7b")
    choose(link)
    _, again = choose(link, "annat-langt-losenord")
    assert "Länken gäller inte" in again.content.decode()
    assert account_of(cast, "mentor_7b").check_password(PASSWORD)


def test_a_link_ends_after_two_weeks(cast, settings):
    (link,) = opened(cast, "mentor_7b")
    assert (link.ends - timezone.now()).days == 13
    settings.PASSWORD_RESET_TIMEOUT = -1
    assert states(cast)["Mentor 7B"][0] == "expired"
    assert "Länken gäller inte" in choose(link)[1].content.decode()
    settings.PASSWORD_RESET_TIMEOUT = 60
    assert states(cast)["Mentor 7B"][0] == "waiting"
    assert choose(link)[1].status_code == 303


@pytest.mark.parametrize("wrong", ["key", "uid"])
def test_a_made_up_link_opens_nothing(client, cast, wrong):
    (link,) = opened(cast, "mentor_7b")
    parts = {"uidb36": link.uid, "key": link.key} | ({"key": "x-y"} if wrong == "key" else {"uidb36": "zz"})
    page = client.get(reverse("account_reset_password_from_key", kwargs=parts), follow=True)
    assert "Länken gäller inte" in page.content.decode()


def test_reading_the_link_uses_nothing_up_and_a_weak_password_is_refused(cast):
    (link,) = opened(cast, "mentor_7b")
    Client().get(address(link), follow=True)
    _, answer = choose(link, "kort")
    assert "12 tecken" in answer.content.decode()
    assert not account_of(cast, "mentor_7b").has_usable_password()
    assert choose(link)[1].status_code == 303


def test_a_new_link_ends_the_old_one_the_password_and_the_session(cast):
    (old,) = opened(cast, "mentor_7b")
    client, _ = choose(old)
    new = actions.renew_link(by=cast.viewer("administrator"), staff_id=cast.staff["mentor_7b"].pk)
    assert client.get("/").status_code == 302
    assert not Client().login(username="mentor.7b.prov", password=PASSWORD)
    assert "Länken gäller inte" in choose(old)[1].content.decode()
    assert choose(new, "annat-langt-losenord")[1].status_code == 303


def test_a_closed_account_is_shut_at_once_and_can_be_opened_again(cast):
    (link,) = opened(cast, "mentor_7b")
    client, _ = choose(link)
    by, staff = cast.viewer("administrator"), cast.staff["mentor_7b"].pk
    actions.close_account(by=by, staff_id=staff)
    assert client.get("/").status_code == 302
    assert not Client().login(username="mentor.7b.prov", password=PASSWORD)
    assert "Länken gäller inte" in choose(link)[1].content.decode()
    for deed in (actions.close_account, actions.renew_link):
        with pytest.raises(Refused, match="no_account"):
            deed(by=by, staff_id=staff)
    (again,) = opened(cast, "mentor_7b")
    assert again.username == "mentor.7b.prov"
    assert choose(again)[1].status_code == 303


def test_what_is_open_is_not_opened_again_and_nobody_else_either(cast):
    opened(cast, "mentor_7b")
    with pytest.raises(Refused, match="already_open"):
        opened(cast, "mentor_7a", "mentor_7b")
    assert account_of(cast, "mentor_7a") is None


@pytest.mark.parametrize("name", ["principal", "administrator", "data_administrator", "controller"])
def test_a_schools_administrator_keeps_no_account_with_more_rights(cast, name):
    problem = "own_account" if name == "administrator" else "account_above"
    with pytest.raises(Refused, match=problem):
        opened(cast, name)
    assert account_of(cast, name) is None
    assert states(cast)[cast.staff[name].given_name][1] == problem


def test_a_role_at_another_school_or_a_coming_one_counts(cast):
    """A coach here who becomes principal elsewhere next week is no longer the administrator's."""
    day = queries.today()
    by, officer = cast.viewer("data_administrator"), cast.staff["officer"]
    assert states(cast)["Officer"][1] == ""
    actions.give_duty(
        by=by, staff=officer, unit=cast.unit["lunda"], role="principal", valid_from=day + timedelta(days=7)
    )
    assert states(cast)["Officer"][1] == "account_above"
    with pytest.raises(Refused, match="account_above"):
        opened(cast, "officer")


def test_a_stand_in_for_the_principal_has_the_principals_rights(cast):
    day = queries.today()
    (link,) = opened(cast, "mentor_7a")
    actions.set_stand_in(
        by=cast.viewer("principal"), absent=cast.staff["principal"], stand_in=cast.staff["mentor_7a"],
        valid_from=day, valid_to=day,
    )  # fmt: skip
    with pytest.raises(Refused, match="account_above"):
        actions.renew_link(by=cast.viewer("administrator"), staff_id=link.staff.pk)


def test_the_data_administrator_keeps_everybodys_but_its_own(cast):
    names = ("principal", "principal_lunda", "administrator", "mentor_8c", "controller")
    assert len(opened(cast, *names, by="data_administrator")) == 5
    with pytest.raises(Refused, match="own_account"):
        opened(cast, "data_administrator", by="data_administrator")


def test_another_unit_or_authority_is_not_there(cast):
    for name in ("mentor_8c", "principal_fria"):
        with pytest.raises(NotYours):
            opened(cast, name)
    with pytest.raises(NotYours):
        opened(cast, "mentor_7f", by="data_administrator")
    with pytest.raises(NotYours):
        actions.open_accounts(by=cast.viewer("administrator"), staff_ids=[])
    assert Account.objects.count() == 0


@pytest.mark.parametrize("who", ["mentor_7b", "principal", "counsellor", "controller", "process_leader"])
def test_nobody_else_opens_renews_or_closes(cast, who):
    opened(cast, "mentor_7a")
    by, staff = cast.viewer(who), cast.staff["mentor_7a"].pk
    with pytest.raises(NotYours):
        actions.open_accounts(by=by, staff_ids=[cast.staff["mentor_7b"].pk])
    with pytest.raises(NotYours):
        actions.renew_link(by=by, staff_id=staff)
    with pytest.raises(NotYours):
        actions.close_account(by=by, staff_id=staff)
    with pytest.raises(NotAllowed):
        actions.open_account(by=by, actors=[cast.staff[who].actor], username="egen", password=PASSWORD)


@pytest.fixture
def shared(cast):
    """One account that is mentor of 7B here and principal of another authority."""
    actors = [cast.staff["mentor_7b"].actor, cast.staff["principal_fria"].actor]
    return actions.open_account(by=None, actors=actors, username="tva", password=PASSWORD)


def test_an_account_that_works_elsewhere_too_is_not_taken_over(cast, shared):
    with pytest.raises(Refused, match="account_elsewhere"):
        actions.renew_link(by=cast.viewer("data_administrator"), staff_id=cast.staff["mentor_7b"].pk)
    assert Account.objects.get(pk=shared.pk).check_password(PASSWORD)


def test_closing_it_takes_only_what_was_this_authoritys(cast, shared):
    actions.close_account(by=cast.viewer("administrator"), staff_id=cast.staff["mentor_7b"].pk)
    assert list(Actor.objects.filter(account=shared).values_list("pk", flat=True)) == [
        cast.staff["principal_fria"].actor_id
    ]
    assert Client().login(username="tva", password=PASSWORD)


def test_names_are_given_without_telling_who_has_them(cast):
    by = cast.service()
    rows = [
        actions.register_staff(by=by, given_name="Åsa", family_name="Öberg-Ek", email=email, eppn=eppn)
        for email, eppn in (
            ("Asa@Kommunen.se", "asa@kommunen.se"), ("asa@kommunen.se", "asa@kommunen.se"), ("", ""),
        )
    ]  # fmt: skip
    made = actions.open_accounts(by=cast.viewer("data_administrator"), staff_ids=[r.pk for r in rows])
    found = {one.staff.pk: one.username for one in made}
    assert [found[r.pk] for r in rows] == ["asa.oberg.ek", "asa.oberg.ek2", "asa.oberg.ek3"]
    eppns = [Staff.objects.get(pk=r.pk).actor.account.eppn for r in rows]
    assert eppns == ["asa@kommunen.se", None, None]


def test_a_logged_in_colleague_who_opens_somebodys_link_becomes_that_somebody(client, cast):
    """Shared computer: the earlier session ends, nothing breaks, and the event names whose session it was."""
    (link,) = opened(cast, "mentor_7b")
    cast.login(client, "counsellor")
    page = client.get(address(link), follow=True)
    form = {"password1": PASSWORD, "password2": PASSWORD}
    assert client.post(page.request["PATH_INFO"], form).status_code == 303
    assert "Mentor 7B Prov" in client.get("/").content.decode()
