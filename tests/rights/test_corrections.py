"""Rectification (article 16): both values are kept, and an own text is never written over."""

from __future__ import annotations

import pytest
from django.db import ProgrammingError, connection, transaction
from django.urls import reverse

from samhandla.detect.models import ContactNote
from samhandla.people import actions as people
from samhandla.people.queries import today
from samhandla.rights.actions.requests import Right, answer_request
from samhandla.rights.errors import Refused
from samhandla.rights.models import Correction, RightsRequest
from samhandla.rights.queries.correctable import list_correctable_for, list_corrections_for
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db


def _choices(office, request) -> dict[str, str]:
    with acting_as(office.principal):
        row = RightsRequest.objects.get(pk=request.pk)
        return {one.said: one.key for one in list_correctable_for(office.principal, row)}


def _grant(office, request, what: str, right: str, outcome: str = "granted"):
    return answer_request(
        by=office.principal, request_id=request.pk, outcome=outcome, answer="Det stämmer.", on=today(),
        right=Right(what, right),
    )  # fmt: skip


def test_an_own_text_keeps_its_words_and_gets_the_correction_beside_it(office, client):
    office.contact("Alma har två bröder.")
    request = office.ask(office.adult("Eva"), kind="rectification")
    _grant(office, request, _choices(office, request)["Alma har två bröder."], "Alma har en bror.")
    with acting_as(office.cast.viewer("mentor_7b")):
        assert ContactNote.objects.get().words == "Alma har två bröder."
        (row,) = list_corrections_for(office.cast.viewer("mentor_7b"), office.child().pk)
    assert (row.correction.said, row.correction.right) == ("Alma har två bröder.", "Alma har en bror.")
    assert not row.correction.at_source
    office.cast.login(client, "mentor_7b")
    page = client.get(reverse("pupil", args=[office.child().ref])).text
    assert "Alma har två bröder." in page
    assert "Alma har en bror." in page


def test_what_the_school_register_owns_waits_until_the_register_says_otherwise(office):
    request = office.ask(office.adult("Eva"), kind="rectification")
    key = next(k for k in _choices(office, request).values() if k.endswith(":given_name"))
    _grant(office, request, key, "Almah")
    with acting_as(office.principal):
        (row,) = list_corrections_for(office.principal, office.child().pk)
    assert row.correction.at_source
    assert row.waits
    assert office.child().given_name == "Alma", "the register is not written by this room"
    with acting_as(office.cast.service()):
        people.update_child(by=office.cast.service(), child=office.child(), given_name="Almah")
    with acting_as(office.principal):
        (row,) = list_corrections_for(office.principal, office.child().pk)
    assert (row.waits, row.present, row.correction.said) == (False, "Almah", "Alma")


def test_what_is_wrong_and_what_is_right_must_be_said(office):
    request = office.ask(office.adult("Eva"), kind="rectification")
    with pytest.raises(Refused, match="what"):
        _grant(office, request, "detect.contactnote:1:words", "x")
    key = next(iter(_choices(office, request).values()))
    with pytest.raises(Refused, match="right"):
        _grant(office, request, key, "  ")
    denied = answer_request(
        by=office.principal, request_id=request.pk, outcome="denied", answer="Uppgiften är rätt.", on=today()
    )
    assert denied.outcome == "denied"
    with acting_as(office.principal):
        assert not Correction.objects.exists()


def test_a_correction_is_never_changed_and_is_read_where_its_row_is(office):
    office.contact("Alma har två bröder.")
    request = office.ask(office.adult("Eva"), kind="rectification")
    _grant(office, request, _choices(office, request)["Alma har två bröder."], "Alma har en bror.")
    with acting_as(office.cast.viewer("principal_lunda")):
        assert not Correction.objects.exists()
    with acting_as(office.principal), connection.cursor() as cursor:
        for statement in ("update rights_correction set \"right\" = 'x'", "delete from rights_correction"):
            with pytest.raises(ProgrammingError), transaction.atomic():
                cursor.execute(statement)


def test_it_is_in_an_extract(office):
    office.contact("Alma har två bröder.")
    mother = office.adult("Eva")
    request = office.ask(mother, kind="rectification")
    _grant(office, request, _choices(office, request)["Alma har två bröder."], "Alma har en bror.")
    sections = office.made(office.ask(mother))
    section = next(s for s in sections if s["table"] == "rights.correction")
    assert section["rows"][0]["values"]["right"] == "Alma har en bror."


def test_the_page_lists_what_can_be_wrong(office, client):
    office.contact("Alma har två bröder.")
    request = office.ask(office.adult("Eva"), kind="rectification")
    office.cast.login(client, "principal")
    path = reverse("rights-request", args=[request.pk])
    assert "Alma har två bröder." in client.get(path).text
    said = {
        "outcome": "granted",
        "answer": "Det stämmer.",
        "what": _choices(office, request)["Alma har två bröder."],
    }
    bad = client.post(reverse("rights-answer", args=[request.pk]), said)
    assert bad.status_code == 422
    assert "Skriv det som är rätt." in bad.text
    done = client.post(reverse("rights-answer", args=[request.pk]), {**said, "right": "Alma har en bror."})
    assert done.status_code == 303


def test_what_a_row_held_before_is_in_an_extract(office):
    """The database keeps what a row held; whoever asks reads it beside what it holds now."""
    office.contact("Vi pratade.")
    with acting_as(office.cast.service()):
        note = ContactNote.objects.get()
        note.words = "Vi pratade om rasten."
        note.save(update_fields=["words"])
    sections = office.made(office.ask(office.adult("Eva")))
    past = next(s for s in sections if s["table"] == "detect.contactnote.past")
    assert [row["values"]["words"] for row in past["rows"]] == ["Vi pratade."]
