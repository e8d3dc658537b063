"""The pages: the guide, the lawyer's list, one child, and what has come."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from samhandla.people.models import Child
from samhandla.people.queries import today
from samhandla.secrecy.models import LegalOpening, Transfer, Waiver
from samhandla.trust.models import Event
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db
STARTED = {"sender": "pupil_health", "recipient": "social", "age": "13"}
ASKED = {**STARTED, "steg": "2", "waiver": "missing"}


@pytest.fixture
def alma(cast):
    return cast.child["alma"]


def test_the_guide_answers_and_records_no_child(town, client):
    town.cast.login(client, "counsellor")
    answer = client.post(reverse("guide"), ASKED)
    assert "Bara med samtycke" in answer.text
    with acting_as(town.counsellor):
        event = Event.objects.get(event="secrecy:guide:asked")
    assert event.details == {
        "from": "pupil_health", "to": "social", "under_18": True, "answer": "waiver", "openings": [],
    }  # fmt: skip
    assert event.child_key is None


def test_the_guide_says_report_and_under_which_law(town, client):
    town.cast.login(client, "counsellor")
    answer = client.post(reverse("guide"), {**ASKED, "suspicion": "on", "routes": ["absence"]})
    assert "Du ska göra en orosanmälan" in answer.text
    assert "19 kap. 1 § SoL" in answer.text
    assert "7 kap. 19 a § skollagen" in answer.text


def test_the_guide_shows_what_is_not_approved(town, client):
    town.cast.login(client, "counsellor")
    answer = client.post(reverse("guide"), {**ASKED, "circumstances": ["custody"]})
    assert "Inte godkänt av er jurist" in answer.text


def test_the_guide_asks_next_only_what_can_change_the_answer(town, client):
    town.cast.login(client, "counsellor")
    asked = client.post(reverse("guide"), STARTED)
    assert "Vad har familjen svarat?" in asked.text
    assert "Socialtjänsten har inlett en utredning och frågar." in asked.text
    assert "Den vuxna har inte vårdnaden" not in asked.text
    assert "Lagrum" not in asked.text
    home = client.post(reverse("guide"), {**STARTED, "recipient": "guardian"})
    assert "Den vuxna har inte vårdnaden" in home.text
    assert "Socialtjänsten har inlett" not in home.text
    inside = client.post(reverse("guide"), {**STARTED, "recipient": "school"})
    assert "Ingen sekretessgräns" in inside.text


def test_what_cannot_wait_is_answered_at_once(town, client):
    town.cast.login(client, "counsellor")
    danger = client.post(reverse("guide"), {**STARTED, "danger": "on"}).text
    assert "Ring nu" in danger
    assert "Vad har familjen svarat?" not in danger
    assert "Du ska göra en orosanmälan" in client.post(reverse("guide"), {**STARTED, "suspicion": "on"}).text


def test_an_unfinished_question_is_told(town, client):
    town.cast.login(client, "counsellor")
    answer = client.post(reverse("guide"), {**ASKED, "age": "gammal"})
    assert answer.status_code == 422


def test_the_lawyer_approves_and_takes_back_and_others_do_not(town, client):
    row = town.opening("general_clause")
    address = reverse("law-approve", args=[row.pk])
    town.cast.login(client, "lawyer")
    assert client.post(address, {"ta-tillbaka": "1"}).status_code == 303
    with acting_as(town.counsellor):
        assert LegalOpening.objects.get(pk=row.pk).approved_on is None
    assert "inte godkänd" in client.get(reverse("law")).text
    client.post(address)
    with acting_as(town.counsellor):
        assert LegalOpening.objects.get(pk=row.pk).approved_on == today()
    town.cast.login(client, "counsellor")
    assert client.get(reverse("law")).status_code == 200
    assert client.post(address, {"ta-tillbaka": "1"}).status_code == 404


def test_what_is_a_question_cannot_be_approved(town, client):
    town.cast.login(client, "lawyer")
    answer = client.post(reverse("law-approve", args=[town.opening("custody_inquiry").pk]), follow=True)
    assert "inte verifierad" in answer.text


def test_from_the_question_to_the_family_to_what_has_come(town, client, alma):
    """The whole way: ask, answer, hand over, receive."""
    vera = town.guardian()
    page = reverse("hand-over", args=[alma.ref])
    town.cast.login(client, "counsellor")
    asked = client.post(
        reverse("waiver-ask", args=[alma.ref]),
        {"facts": "närvaron", "purpose": "stöd hemma", "receiver": town.reception.pk,
         "valid_to": today().isoformat()},
    )  # fmt: skip
    assert asked.status_code == 303
    with acting_as(town.counsellor):
        waiver = Waiver.objects.get()
    assert "svar saknas" in client.get(page).text
    client.post(
        reverse("waiver-answer", args=[alma.ref, waiver.pk]),
        {"who": str(vera.pk), "yes": "ja", "how": "meeting"},
    )
    assert "gäller" in client.get(page).text
    sent = client.post(
        reverse("transfer-send", args=[alma.ref]),
        {"text": "Tolv dagar borta.", "reason": "samtycke", "receiver": town.reception.pk,
         "opening": town.opening("waiver").pk, "waiver": waiver.pk},
    )  # fmt: skip
    assert sent.status_code == 303
    assert "Tolv dagar borta." in client.get(page).text
    _sign_in_worker(town, client)
    assert "1 ny uppgift." in client.get("/").text
    inbox = client.get(reverse("inbox"))
    assert "Tolv dagar borta." in inbox.text
    with acting_as(town.worker):
        row = Transfer.objects.get()
    assert client.post(reverse("transfer-receive", args=[row.pk])).status_code == 303
    assert "mottagen" in client.get(reverse("inbox")).text
    assert client.get(page).status_code == 404


def _sign_in_worker(town, client):
    from samhandla.people import actions
    from samhandla.trust.models import Actor

    with acting_as(town.worker):
        actor = Actor.objects.select_related("account").get(pk=town.worker.actor_id)
    account = actor.account or actions.open_account(by=None, actors=[actor], username="sara", password=None)
    client.force_login(account)


def test_what_the_database_refuses_is_told_and_nothing_is_lost(town, client, alma):
    town.cast.login(client, "counsellor")
    answer = client.post(
        reverse("transfer-send", args=[alma.ref]),
        {"text": "Tolv dagar borta.", "reason": "x", "receiver": town.reception.pk,
         "opening": town.opening("waiver").pk},
    )  # fmt: skip
    assert answer.status_code == 422
    assert "inget samtycke som gäller" in answer.text
    assert "Tolv dagar borta." in answer.text
    with acting_as(town.counsellor):
        assert not Transfer.objects.exists()


def test_withdrawing_says_what_it_cannot_undo(town, client, alma):
    waiver = town.ask()
    town.yes(waiver, town.guardian())
    town.cast.login(client, "counsellor")
    answer = client.post(
        reverse("waiver-answer", args=[alma.ref, waiver.pk]), {"aterkalla": "1"}, follow=True
    )
    assert "finns kvar hos mottagaren" in answer.text
    assert "återkallat" in answer.text
    again = client.post(reverse("waiver-answer", args=[alma.ref, waiver.pk]), {"aterkalla": "1"}, follow=True)
    assert "redan" in again.text


@pytest.mark.parametrize("who", ["mentor_7b", "mentor_7a", "principal_lunda", "principal_fria", "controller"])
def test_others_do_not_reach_the_page(town, client, alma, who):
    town.cast.login(client, who)
    assert client.get(reverse("hand-over", args=[alma.ref])).status_code == 404
    data = {"text": "x", "reason": "x"}
    assert client.post(reverse("transfer-send", args=[alma.ref]), data).status_code == 404


def test_another_schools_waiver_cannot_be_answered_under_ones_own_child(town, client, alma):
    by = town.cast.service()
    with acting_as(by):
        Child.objects.filter(pk=town.cast.child["nora"].pk).exists()
    waiver = town.ask("omar")
    town.cast.login(client, "principal_lunda")
    nora = town.cast.child["nora"]
    answer = client.post(reverse("waiver-answer", args=[nora.ref, waiver.pk]), {"aterkalla": "1"})
    assert answer.status_code == 404
    with acting_as(town.counsellor):
        assert Waiver.objects.get(pk=waiver.pk).withdrawn_at is None


def test_the_lists_stay_flat(town, client, alma):
    """One and many: waivers with two voices each, and what is handed over and has come."""
    vera = town.guardian()

    def more(count):
        for _number in range(count):
            waiver = town.ask(maturity="mogen")
            town.yes(waiver)
            town.yes(waiver, vera)
            town.send("waiver", waiver=waiver, text=f"Uppgift {waiver.pk}.")

    more(1)
    pages = [
        ("counsellor", reverse("hand-over", args=[alma.ref])),
        ("lawyer", reverse("law")),
        ("", reverse("inbox")),
    ]

    def costs():
        found = []
        for who, address in pages:
            town.cast.login(client, who) if who else _sign_in_worker(town, client)
            client.get(address)
            with CaptureQueriesContext(connection) as captured:
                assert client.get(address).status_code == 200
            found.append(len([q for q in captured if "SAVEPOINT" not in q["sql"]]))
        return found

    few = costs()
    more(9)
    assert costs() == few
    assert max(few) < 40


@pytest.mark.parametrize(("who", "leads"), [("counsellor", True), ("mentor_7b", False)])
def test_the_pupils_page_leads_there_for_whoever_hands_over(town, client, alma, who, leads):
    town.cast.login(client, who)
    answer = client.get(reverse("pupil", args=[alma.ref]))
    assert answer.status_code == 200
    assert (reverse("hand-over", args=[alma.ref]) in answer.text) == leads
