"""Rådfråga utan namn: from the pupil's page to a card that nothing joins to the pupil."""

from __future__ import annotations

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from samhandla.people import actions as people
from samhandla.people.queries import today
from samhandla.secrecy.actions.cards import answer_card, make_card, send_card
from samhandla.secrecy.errors import Conflict, NotAllowed, NotYours, Refused
from samhandla.secrecy.models import ConsultationCard
from samhandla.secrecy.queries.cards import known_of_child
from samhandla.trust.models import Actor, Event
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db
SAID = {"happens": "Eleven kommer sent.", "asks": "Hur gör andra?", "liten": "1"}


@pytest.fixture
def alma(cast):
    return cast.child["alma"]


def test_one_click_begins_a_card_and_what_is_kept_names_nobody(cast, client, alma):
    cast.login(client, "counsellor")
    address = reverse("consult", args=[alma.ref])
    assert address in client.get(reverse("pupil", args=[alma.ref])).text
    begun = client.post(address, {"borja": "1", "happens": ["Borta en dag i veckan.", "Sen varje måndag."]})
    assert begun.status_code == 200
    assert "Borta en dag i veckan.\nSen varje måndag." in begun.text
    answer = client.post(address, SAID)
    assert answer.status_code == 303
    page = client.get(answer["Location"]).text
    assert "Ålder: högstadieåldern" in page
    assert "Alma" not in page
    assert "Eleven kommer sent." in client.get(reverse("cards")).text
    with acting_as(cast.viewer("counsellor")):
        event = Event.objects.get(event="secrecy:card:made")
    assert (event.child_key, event.unit_key, event.about_id, event.details) == (None, None, "", {"kept": 0})
    columns = {field.name for field in ConsultationCard._meta.get_fields()}
    assert not columns & {"child", "unit", "child_key", "unit_key", "domain", "made_at"}


@pytest.mark.parametrize("words", ["Alma", "prov", "Bergaskolan", "7B", "20130502-1234"])
def test_what_tells_who_it_is_stops_the_card_and_nothing_is_lost(cast, client, alma, words):
    cast.login(client, "counsellor")
    address = reverse("consult", args=[alma.ref])
    said = {**SAID, "happens": f"Eleven sa {words} igen.", "behall": [words]}
    answer = client.post(address, said)
    assert answer.status_code == 422
    assert "Måste bort." in answer.text
    assert f"Eleven sa {words} igen." in answer.text
    with acting_as(cast.viewer("counsellor")):
        assert not ConsultationCard.objects.exists()


def test_a_small_class_and_a_rare_word_are_read_before_the_card_is_made(cast, client, alma):
    """7B has three pupils."""
    cast.login(client, "mentor_7b")
    address = reverse("consult", args=[alma.ref])
    said = {"happens": "Eleven har en tvilling.", "asks": "Hur gör andra?"}
    answer = client.post(address, said)
    assert answer.status_code == 422
    assert "färre än tio elever" in answer.text
    assert "något som få har" in answer.text
    assert client.post(address, {**said, "behall": ["tvilling"]}).status_code == 422
    assert client.post(address, {**said, "behall": ["tvilling"], "liten": "1"}).status_code == 303


def test_family_and_mentor_are_known_but_nobody_protected_is_confirmed(cast, alma):
    by = cast.service()
    for name, protection in (("Vera", "none"), ("Hemlig", "protected")):
        adult = people.register_guardian(by=by, given_name=name, family_name="Annan", protection=protection)
        people.open_guardianship(
            by=by, child=cast.child["omar"], guardian=adult, kind="vardnadshavare", valid_from=today()
        )
    viewer = cast.viewer("principal")  # the others do not see a child whose adult is protected
    with acting_as(viewer):
        omar = known_of_child(viewer, cast.child["omar"], today=today())
    assert {"Omar", "Prov", "Vera", "Mentor"} <= omar.persons
    assert "Hemlig" not in omar.persons
    assert omar.places == {"Bergaskolan", "7B"}
    assert omar.small == 3


def test_others_neither_make_nor_read_a_card(cast, client, alma):
    with pytest.raises(NotAllowed):
        make_card(by=cast.viewer("controller"), child=alma, text="x", on=today())
    with pytest.raises(NotYours):
        make_card(by=cast.viewer("principal_lunda"), child=alma, text="x", on=today())
    with pytest.raises(Refused, match="text"):
        make_card(by=cast.viewer("counsellor"), child=alma, text="  ", on=today())
    card = make_card(
        by=cast.viewer("counsellor"), child=alma, text="eleven vill", small_seen=True, on=today()
    )
    for who in ("principal", "principal_fria"):
        cast.login(client, who)
        assert client.get(reverse("card", args=[card.pk])).status_code == 404
        assert "eleven vill" not in client.get(reverse("cards")).text
    cast.login(client, "mentor_7a")
    assert client.get(reverse("consult", args=[alma.ref])).status_code == 404


def test_an_empty_form_is_told(cast, client, alma):
    cast.login(client, "counsellor")
    assert client.post(reverse("consult", args=[alma.ref]), {"happens": " "}).status_code == 422


def test_the_list_stays_flat(cast, client, alma):
    def more(count):
        for _number in range(count):
            make_card(by=cast.viewer("counsellor"), child=alma, text="eleven", small_seen=True, on=today())

    def cost():
        client.get(reverse("cards"))
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse("cards")).status_code == 200
        return len([q for q in captured if "SAVEPOINT" not in q["sql"]])

    cast.login(client, "counsellor")
    more(1)
    few = cost()
    more(8)
    assert cost() == few


def _worker(town, client):
    """Sign the one who works at the reception in."""
    actor = Actor.objects.select_related("account").get(pk=town.worker.actor_id)
    account = actor.account or people.open_account(by=None, actors=[actor], username="sara", password=None)
    client.force_login(account)


def test_a_card_is_sent_and_answered_without_school_or_name(town, client, alma):
    card = make_card(by=town.counsellor, child=alma, text="Hur gör ni?", small_seen=True, on=today())
    address = reverse("card", args=[card.pk])
    town.cast.login(client, "counsellor")
    assert client.post(address, {"receiver": ""}).status_code == 422
    assert client.post(address, {"receiver": town.reception.pk}).status_code == 303
    assert "Inget svar än." in client.get(address).text
    assert "redan skickat" in client.post(address, {"receiver": town.reception.pk}, follow=True).text
    _worker(town, client)
    page = client.get(reverse("inbox")).text
    assert "Hur gör ni?" in page
    assert "Barn- och skolnämnden" in page
    assert not [name for name in ("Counsellor", "Berga", "Alma") if name in page]
    answers = reverse("card-reply", args=[card.pk])
    assert "Skriv ett svar först" in client.post(answers, {"svar": " "}, follow=True).text
    client.post(answers, {"svar": "Prova att ringa."})
    assert "redan svarat" in client.post(answers, {"svar": "Annat."}, follow=True).text
    town.cast.login(client, "counsellor")
    assert "Prova att ringa." in client.get(address).text


def test_only_the_reception_reads_and_answers_and_what_was_said_stays(town, client, alma):
    card = make_card(by=town.counsellor, child=alma, text="Hur gör ni?", small_seen=True, on=today())
    for who in (town.worker, town.cast.viewer("principal_fria")):
        with acting_as(who):
            assert not ConsultationCard.objects.exists()
        with pytest.raises(NotYours):
            answer_card(by=who, card_id=card.pk, answer="x", on=today())
    send_card(by=town.counsellor, card_id=card.pk, receiver=town.reception, on=today())
    with pytest.raises(Conflict):
        send_card(by=town.counsellor, card_id=card.pk, receiver=town.reception, on=today())
    with pytest.raises(NotYours):
        send_card(by=town.cast.viewer("principal"), card_id=card.pk, receiver=town.reception, on=today())
    with acting_as(town.worker), pytest.raises(ProgrammingError), transaction.atomic():
        ConsultationCard.objects.update(text="annat")
    with acting_as(town.counsellor):
        assert ConsultationCard.objects.filter(pk=card.pk).update(answered_on=None) == 0
    with pytest.raises(NotYours):
        answer_card(by=town.counsellor, card_id=card.pk, answer="eget", on=today())
