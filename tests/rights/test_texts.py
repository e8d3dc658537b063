"""Information (articles 13–14), the register of processings (30), the basis of an impact assessment (35)."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest
from django.db import ProgrammingError, connection, transaction
from django.urls import reverse
from docx import Document

from samhandla.people.queries import today
from samhandla.rights.actions.texts import approve_text, set_contact
from samhandla.rights.errors import NotAllowed, NotYours, Refused
from samhandla.rights.models import Audience, InformationText
from samhandla.rights.queries.information import delivered_texts, drafted, information_for
from samhandla.rights.queries.register import list_tables, threats
from samhandla.secrecy.actions.processings import approve_processing, deliver_processings
from samhandla.secrecy.models import Processing
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db
ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def lawyer(office):
    """The board's lawyer, with the processings approved and the officer's contact filled in."""
    by = office.cast.viewer("lawyer_r")
    deliver_processings(by=by)
    with acting_as(by):
        ids = list(Processing.objects.values_list("pk", flat=True))
    for number in ids:
        approve_processing(by=by, processing_id=number, on=today())
    set_contact(by=office.officer, name="Dataskyddsombudet", email="dso@prov.example", phone="", address="")
    return by


def words(content) -> str:
    return " ".join([content["lead"], *(w for p in content["parts"] for w in (*p["text"], *p["list"]))])


@pytest.mark.parametrize("audience", Audience.values)
def test_each_text_says_what_it_must(office, lawyer, audience):
    with acting_as(lawyer):
        said = words(drafted(lawyer.authority_id, audience))
    assert "dso@prov.example" in said
    if audience != "personal":
        assert "profilering" in said
    if audience in ("elev", "vardnadshavare"):
        for word in ("Barn- och skolnämnden", "skollagen", "invänd", "Registerutdrag", "IMY", "två läsår"):
            assert word.lower() in said.lower(), word
    assert "samtycker" not in said


def test_it_is_a_draft_until_somebody_approves_and_then_stays_as_it_was(office, lawyer):
    with acting_as(lawyer):
        assert information_for(lawyer.authority_id, "elev").draft
    approve_text(by=office.officer, audience="elev", on=today())
    with acting_as(lawyer):
        held = information_for(lawyer.authority_id, "elev")
    assert (held.version, held.draft) == (1, False)
    set_contact(by=office.officer, name="Ny funktion", email="", phone="08-1", address="")
    with acting_as(lawyer):
        assert information_for(lawyer.authority_id, "elev").content == held.content
        assert drafted(lawyer.authority_id, "elev") != held.content
    approve_text(by=lawyer, audience="elev", on=today())
    with acting_as(lawyer):
        assert information_for(lawyer.authority_id, "elev").version == 2
        assert InformationText.objects.count() == 2
        with connection.cursor() as cursor, pytest.raises(ProgrammingError), transaction.atomic():
            cursor.execute("update rights_informationtext set version = 9")


def test_a_text_that_cannot_say_what_it_must_is_not_approved(office):
    with pytest.raises(Refused) as refused:
        approve_text(by=office.officer, audience="elev", on=today())
    assert set(refused.value.problems) == {"contact", "processings"}
    with pytest.raises(NotAllowed):
        approve_text(by=office.principal, audience="elev", on=today())
    with pytest.raises(NotYours):
        approve_text(by=office.officer, audience="alla", on=today())
    with pytest.raises(Refused, match="reach"):
        set_contact(by=office.officer, name="Ombudet", email="", phone=" ", address="")


def test_the_texts_for_pupils_are_in_two_levels_and_short():
    young, older = delivered_texts()["yngre-elev"], delivered_texts()["elev"]
    sentences = [
        s for part in young["part"] for text in part.get("text", []) for s in re.split(r"[.!?]\s*", text)
    ]
    longest = max(len(s.split()) for s in sentences)
    assert longest <= 22
    assert len(str(young)) < len(str(older))


def test_the_family_reads_its_text_and_everybody_logged_in_may_print(office, client, lawyer):
    mother = office.adult("Eva")
    office.login(client, mother)
    assert reverse("information", args=["vardnadshavare"]) in client.get(reverse("own-rights")).text
    page = client.get(reverse("information", args=["vardnadshavare"]))
    assert "Ingen har godkänt texten än" in page.text
    assert client.get(reverse("information", args=["alla"])).status_code == 404
    office.cast.login(client, "dpo")
    assert client.post(reverse("information-approve", args=["vardnadshavare"])).status_code == 303
    office.login(client, mother)
    page = client.get(reverse("information", args=["vardnadshavare"]))
    assert "Ingen har godkänt" not in page.text
    assert "Version 1" in page.text


def test_the_officers_page_shows_what_has_changed(office, client, lawyer):
    office.cast.login(client, "dpo")
    assert "utkast" in client.get(reverse("information-texts")).text
    for audience in Audience.values:
        client.post(reverse("information-approve", args=[audience]))
    assert "underlaget har ändrats" not in client.get(reverse("information-texts")).text
    bad = client.post(reverse("information-contact"), {"name": "Ombudet"})
    assert bad.status_code == 422
    client.post(reverse("information-contact"), {"name": "Ombudet", "phone": "08-123"})
    assert "underlaget har ändrats" in client.get(reverse("information-texts")).text


def test_the_register_as_table_and_word(office, client, lawyer):
    office.cast.login(client, "dpo")
    rows = list(
        csv.reader(
            io.StringIO(client.get(reverse("data-register-file", args=["csv"])).content.decode("utf-8-sig")),
            delimiter=";",
        )
    )
    assert rows[0][:3] == ["Personuppgiftsansvarig", "Behandling", "Ändamål"]
    assert {row[0] for row in rows[1:]} == {"Barn- och skolnämnden"}
    assert len(rows) == 9
    word = Document(io.BytesIO(client.get(reverse("data-register-file", args=["word"])).content))
    said = [p.text for p in word.paragraphs]
    assert "Följa elevers närvaro" in said
    assert not any("UTKAST" in text for text in said)
    assert client.get(reverse("data-register-file", args=["pdf"])).status_code == 404


def test_the_basis_of_an_impact_assessment_follows_from_fields_roles_rules_and_threats(
    office, client, lawyer
):
    office.cast.login(client, "dpo")
    file = client.get(reverse("data-register-file", args=["konsekvensbedomning"])).content
    word = Document(io.BytesIO(file))
    headings = [p.text for p in word.paragraphs if p.style.name.startswith("Heading")]
    assert {"Profilering", "Hot, åtgärder och det som är kvar", "Dataskyddsombudets råd"} <= set(headings)
    cells = {cell.text for table in word.tables for row in table.rows for cell in row.cells}
    assert {line.table for line in list_tables()} <= cells
    assert "rektor" in cells
    assert {one.name for one in threats()} <= cells


def test_an_unapproved_register_says_that_it_is_a_draft(office, client):
    deliver_processings(by=office.cast.viewer("lawyer_r"))
    office.cast.login(client, "dpo")
    assert "inte godkända av juristen" in client.get(reverse("data-register")).text
    word = Document(io.BytesIO(client.get(reverse("data-register-file", args=["word"])).content))
    assert any("UTKAST" in p.text for p in word.paragraphs)


def test_the_threats_are_those_of_the_threat_model():
    text = (ROOT / "docs/threat-model.md").read_text(encoding="utf-8")
    assert len(re.findall(r"^## \d+\.", text, re.MULTILINE)) == len(threats())
    assert all(one.threats and one.measures and one.left for one in threats())


def test_whoever_has_another_role_reaches_neither(office, client):
    for name in ("mentor_7b", "principal", "administrator"):
        office.cast.login(client, name)
        for page in ("data-register", "information-texts"):
            assert client.get(reverse(page)).status_code == 404
