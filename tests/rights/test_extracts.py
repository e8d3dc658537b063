"""An extract (article 15): what is in, what is not, who looks, who is handed it."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.db import connection
from django.urls import reverse
from tests.secrecy.conftest import town  # noqa: F401 - the social board beside the school board

from samhandla.people import actions as people
from samhandla.people.models import Child
from samhandla.people.queries import service_viewer, today
from samhandla.rights.actions.extracts import hand_out, look_through, make_extract
from samhandla.rights.errors import Conflict, NotAllowed, NotYours, Refused
from samhandla.rights.models import Extract, RightsRequest, Withheld
from samhandla.rights.queries.extracts import as_file, extract_page_for, own_extract_for
from samhandla.rights.queries.requests import get_request_for
from samhandla.rights.rules.pieces import Decision
from samhandla.trust.models import Event, ReadEntry
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db


def texts(sections) -> str:
    return json.dumps(sections, ensure_ascii=False)


def test_everything_that_the_school_has_is_in_it_and_is_handed_out(office):
    mother = office.adult("Eva")
    office.contact("Alma vill byta plats i klassrummet.")
    request = office.ask(mother)
    sections = office.made(request)
    tables = [section["table"] for section in sections]
    assert {
        "people.child",
        "people.guardian",
        "people.enrolment",
        "people.membership",
        "people.guardianship",
    } <= set(tables)
    assert {"detect.signal", "detect.reason", "detect.contactnote", "trust.event"} <= set(tables)
    assert "Alma vill byta plats i klassrummet." in texts(sections)
    assert "mentor" not in {c["name"] for s in sections for c in s["columns"]}
    office.read(request)
    office.hand(request)
    with acting_as(office.officer):
        row = RightsRequest.objects.get(pk=request.pk)
    assert (row.outcome, row.grounds) == ("granted", "")
    with pytest.raises(Conflict):
        make_extract(by=office.officer, request_id=request.pk)


def test_the_file_has_field_names_and_a_manifest_of_what_is_not_there(office):
    request = office.ask(office.adult("Eva"))
    office.contact("Alma vill byta plats.")
    office.made(request)
    with acting_as(office.officer):
        row = RightsRequest.objects.get(pk=request.pk)
        content = as_file(office.officer, row, extract_page_for(office.officer, row))
    manifest = json.loads(json.dumps(content))["manifest"]
    notes = next(t for t in content["tables"] if t["table"] == "detect.contactnote")
    assert {"name": "words", "label": "egna ord"} in notes["fields"]
    assert notes["rows"][0]["values"]["words"] == "Alma vill byta plats."
    assert manifest["authority"]["name"] == "Barn- och skolnämnden"
    assert {t["table"] for t in manifest["tables"]} == {t["table"] for t in content["tables"]}
    assert "integrations.childlink" in {row["what"] for row in manifest["not_included"]}


def test_what_points_at_another_person_must_be_decided_before_it_is_read(office):
    mother, father = office.adult("Eva"), office.adult("Adam", phone="0701234567")
    office.contact("Adam säger att de bor på Storgatan 4.")
    request = office.ask(mother)
    sections = office.made(request)
    because = next(s for s in sections if s["table"] == "detect.contactnote")["rows"][0]["because"]
    assert {"address", "person"} <= set(because["words"])
    assert "0701234567" not in texts(sections)
    assert father.given_name not in texts([s for s in sections if s["table"] == "people.guardianship"])
    with pytest.raises(Refused, match="undecided"):
        look_through(by=office.officer, request_id=request.pk, decisions={}, weighing="", done=True)
    with pytest.raises(Refused, match="not_read"):
        office.hand(request)
    office.read(request, ground="other")
    office.hand(request)
    with acting_as(office.officer):
        row = RightsRequest.objects.select_related("extract").get(pk=request.pk)
        given = extract_page_for(office.officer, row)
    assert row.outcome == "partly"
    assert "artikel 15.4" in row.grounds
    assert "Storgatan" not in texts(given.sections)


def test_a_text_is_withheld_only_on_a_ground_and_only_one_that_is_there(office):
    request = office.ask(office.adult("Eva"))
    office.contact("Vi pratade.")
    office.made(request)
    for decisions in (
        {"detect.contactnote:0:words": Decision(True)},
        {"people.child:1:given_name": Decision(False, "x")},
    ):
        with pytest.raises(Refused, match="piece"):
            look_through(
                by=office.officer, request_id=request.pk, decisions=decisions, weighing="", done=False
            )


def test_nothing_of_the_other_side_of_a_wall_is_in_it(office, town):  # noqa: F811 - a fixture
    """Alma is known to the social board too, which has sent to and received from the school."""
    town.cast = office.cast
    sent = town.send("information_in_inquiry", text="Närvaron i oktober.", weighing="utredning pågår")
    social = service_viewer(town.worker.authority_id)
    from samhandla.secrecy.actions.transfers import receive

    receive(by=town.worker, transfer_id=sent.pk)
    with acting_as(social):
        twin = Child.objects.create(
            authority_id=social.authority_id, unit=town.reception.unit, given_name="Alma", family_name="Prov",
            birth_date=office.child().birth_date, sex="K", protection="none",
        )  # fmt: skip
    sections = office.made(office.ask(office.adult("Eva")))
    handed = next(s for s in sections if s["table"] == "secrecy.transfer")
    assert [row["values"]["text"] for row in handed["rows"]] == ["Närvaron i oktober."]
    assert "handed_over" in handed["rows"][0]["because"]["text"]
    names = {c["name"] for c in handed["columns"]}
    assert not {"received_at", "received_by", "receiver"} & names
    found = texts(sections)
    for word in ("Socialnämnden", "Mottagningen", "Sara Social", str(twin.ref), "mottagen"):
        assert word not in found, word


def test_another_domain_of_the_own_board_is_neither_in_it_nor_named(office):
    """EMI is an independent branch: what it has about Alma is left out, and so is that it has anything."""
    from samhandla.detect.models import ContactNote, Signal
    from samhandla.people.queries import domain_of

    office.signal()
    by = office.cast.service()
    with acting_as(by):
        emi = domain_of(by.authority_id, "emi")
        signal = Signal.objects.get(child=office.cast.child["alma"])
        ContactNote.objects.create(
            child=office.cast.child["alma"], domain=emi, unit=office.cast.unit["berga"], signal=signal,
            kind="talk", words="Hälsosamtal om sömn", by_id=by.actor_id, on=today(),
        )  # fmt: skip
    sections = office.made(office.ask(office.adult("Eva")))
    assert "Hälsosamtal" not in texts(sections)
    assert "detect.contactnote" not in {s["table"] for s in sections}
    assert "EMI" not in texts(sections)


def test_rows_of_an_earlier_school_of_the_board_are_in_it(office):
    office.contact("Skrivet på Bergaskolan.")
    with acting_as(office.cast.service()):
        people.move_child(
            by=office.cast.service(), child=office.child(), unit=office.cast.unit["lunda"], on=today()
        )
    office.cast._duty("board", "administrator_lunda", "school_administrator", "lunda")
    mother = office.adult("Eva")
    from samhandla.rights.actions.requests import Wish, receive_request

    wish = Wish("access", today(), "meeting", "card", guardian=mother.pk)
    lunda = office.cast.viewer("administrator_lunda")
    request = receive_request(by=lunda, child=office.child(), wish=wish, on=today())
    assert "Skrivet på Bergaskolan." in texts(office.made(request))
    with acting_as(lunda):
        assert not Extract.objects.exists(), "the new school reads the request, never the extract"
        assert RightsRequest.objects.count() == 1


def test_where_a_protected_child_is_is_told_to_nobody_but_the_child(office):
    mother = office.adult("Eva")
    pupil = office.pupil()
    with acting_as(office.cast.service()):
        people.update_child(by=office.cast.service(), child=office.child(), protection="protected")
    for asker, hidden in ((mother, True), (None, False)):
        request = office.ask(asker, weighing="Alma förstår vad det gäller.")
        office.made(request)
        office.read(request)
        office.hand(request)
        with acting_as(office.officer):
            row = RightsRequest.objects.get(pk=request.pk)
            page = extract_page_for(office.officer, row)
        assert page.hidden_places is hidden
        assert (
            "Bergaskolan" in texts([row["values"] for s in page.sections for row in s["rows"]])
        ) is not hidden
        assert row.outcome == ("partly" if hidden else "granted")
    assert pupil.kind == "child"


def test_who_has_turned_eighteen_since_gets_nothing_handed_out_to_a_guardian(office):
    request = office.ask(office.adult("Eva"))
    office.made(request)
    office.read(request)
    office.born("alma", 18)
    with pytest.raises(Refused, match="adult"):
        office.hand(request)
    with acting_as(office.officer):
        assert RightsRequest.objects.get(pk=request.pk).answered_on is None


def test_only_whoever_handles_requests_makes_reads_and_hands_out(office):
    request = office.ask(office.adult("Eva"))
    office.made(request)
    for other in (office.principal, office.administrator, office.cast.viewer("mentor_7b")):
        with pytest.raises(NotAllowed):
            make_extract(by=other, request_id=request.pk)
        with pytest.raises(NotAllowed):
            hand_out(by=other, request_id=request.pk, how="paper", on=today())
        with acting_as(other):
            assert not Extract.objects.exists()
            assert not Withheld.objects.exists()
    with pytest.raises(NotYours):
        make_extract(by=office.officer, request_id=999_999)


def test_it_is_sealed_in_the_database(office):
    request = office.ask(office.adult("Eva"))
    office.contact("Alma vill byta plats.")
    office.made(request)
    with acting_as(office.officer), connection.cursor() as cursor:
        cursor.execute("select sealed from rights_extract")
        (sealed,) = cursor.fetchone()
    assert b"Alma" not in bytes(sealed)
    assert b"byta" not in bytes(sealed)


def test_raw_sql_reads_writes_and_changes_nothing_of_anothers(office):
    mother, father = office.adult("Eva"), office.adult("Adam")
    request = office.ask(mother)
    office.made(request)
    office.read(request)
    office.hand(request)
    readers = {
        "mentor": office.cast.viewer("mentor_7b"), "other_school": office.cast.viewer("principal_lunda"),
        "other_board": office.cast.viewer("principal_fria"), "father": office.viewer_of(father),
        "mother": office.viewer_of(mother),
    }  # fmt: skip
    for who, viewer in readers.items():
        with acting_as(viewer), connection.cursor() as cursor:
            for table in ("rights_rightsrequest", "rights_extract", "rights_withheld"):
                cursor.execute(f"select count(*) from {table}")
                assert cursor.fetchone() == (0,), f"{who} {table}"
            cursor.execute("update rights_rightsrequest set outcome = 'denied', grounds = 'x'")
            assert cursor.rowcount == 0, who
    with acting_as(office.officer), connection.cursor() as cursor:
        cursor.execute("update rights_extract set handed_how = 'page'")
        assert cursor.rowcount == 0, "what has been handed out is never changed"
        cursor.execute("delete from rights_extract")
        assert cursor.rowcount == 0


def test_each_step_is_an_event_that_no_other_adult_reads(office):
    mother, father = office.adult("Eva"), office.adult("Adam")
    request = office.ask(mother)
    office.made(request)
    office.read(request)
    office.hand(request)
    with acting_as(office.officer):
        kinds = set(Event.objects.filter(about="rights.rightsrequest").values_list("event", flat=True))
    assert {"rights:extract:made", "rights:extract:looked_through", "rights:extract:handed_out"} <= kinds
    with acting_as(office.viewer_of(father)):
        assert not Event.objects.filter(event__startswith="rights:").exists()


def test_the_pages_from_request_to_the_guardians_own_page(office, client):
    """A guardian asks on her page, the officer works it through, and she reads it and fetches the file."""
    mother = office.adult("Eva")
    office.contact("Alma vill byta plats.")
    office.login(client, mother)
    client.post(reverse("own-rights-ask", args=[office.child().ref]), {"kind": "access", "words": ""})
    with acting_as(office.officer):
        request = RightsRequest.objects.get()
    assert client.get(reverse("own-extract", args=[request.pk])).status_code == 404
    office.cast.login(client, "dpo")
    assert "Alma Prov" in client.get(reverse("rights")).text
    client.post(reverse("rights-extract-make", args=[request.pk]))
    page = client.get(reverse("rights-extract", args=[request.pk]))
    assert "Alma vill byta plats." in page.text
    fields = {name: "give" for name in page.context["look"].fields if name.startswith("text-")}
    client.post(reverse("rights-extract", args=[request.pk]), {**fields, "done": "on"})
    answer = client.post(reverse("rights-extract-out", args=[request.pk]), {"how": "page"})
    assert answer.status_code == 303
    office.login(client, mother)
    shown = client.get(reverse("own-extract", args=[request.pk]))
    assert "Alma vill byta plats." in shown.text
    assert "UTKAST" not in shown.text
    told = client.get(reverse("own-extract-file", args=[request.pk]))
    assert told["Content-Disposition"] == 'attachment; filename="registerutdrag.json"'
    assert told.json()["manifest"]["for"] == "guardian"
    with acting_as(office.viewer_of(mother)):
        pages = set(
            ReadEntry.objects.filter(children__contains=[office.child().pk]).values_list("page", flat=True)
        )
    assert {"own-extract", "own-extract-file"} <= pages


def test_the_day_a_child_turns_eighteen_the_guardians_page_is_empty(office):
    mother = office.adult("Eva")
    viewer = office.viewer_of(mother)
    from samhandla.rights.actions.requests import ask_oneself

    with acting_as(viewer):
        child = office.child()
    request = ask_oneself(by=viewer, child=child, kind="access", words="", on=today())
    office.made(request)
    office.read(request)
    office.hand(request, how="page")
    with acting_as(viewer):
        assert own_extract_for(viewer, request.pk) is not None
    office.born("alma", 18)
    with acting_as(viewer):
        assert own_extract_for(viewer, request.pk) is None
        assert not RightsRequest.objects.exists()
    with acting_as(office.officer):
        assert get_request_for(office.officer, request.pk, on=today() + timedelta(days=1)) is not None
