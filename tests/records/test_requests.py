"""A request: taken, collected for, tested, masked, answered, refused."""

from __future__ import annotations

import io
import re
import zlib

import pypdf
import pytest
from django.db import ProgrammingError, connection, transaction
from tests.records.conftest import Office, finished_letter

from samhandla.people import actions as people
from samhandla.people.queries import today
from samhandla.records.actions.decisions import give_delegation, refuse_release, send_back
from samhandla.records.actions.requests import (
    Asked,
    answer_request,
    ask_decision,
    collect,
    judge_item,
    mask_item,
    take_request,
    unmask_item,
)
from samhandla.records.errors import Conflict, NotAllowed, Refused
from samhandla.records.models import Document, ReleaseItem, ReleaseRequest
from samhandla.records.queries.documents import Search, text_of
from samhandla.records.queries.requests import copy_of, items_of
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db
NUMBER = "201305020016"


def ask(office: Office, kind: str = "public", **more: object) -> ReleaseRequest:
    values = {"how": "phone", "asked_on": today(), "what": "Anmälan i höst", **more}
    return take_request(by=office.registrar, asked=Asked(kind=kind, **values))


def collected(office: Office, row: ReleaseRequest, document: Document) -> ReleaseItem:
    collect(by=office.registrar, request_id=row.pk, search=Search(number=document.written))
    with acting_as(office.registrar):
        return ReleaseItem.objects.get(request=row, document=document)


def which(row: ReleaseRequest, item: ReleaseItem) -> dict[str, int]:
    return {"request_id": row.pk, "item_id": item.pk}


def test_the_text_is_read_only_when_somebody_has_asked(office):
    notice, row = office.notice(), ask(office)
    with acting_as(office.registrar):
        assert text_of(office.registrar, notice) is None
    collected(office, row, notice)
    with acting_as(office.registrar):
        assert text_of(office.registrar, notice) == "Anmälan om Alma Prov"


def everything_in(content: bytes) -> str:
    """Return all that a PDF file holds: its bytes, every stream unpacked, its properties and its text."""
    reader = pypdf.PdfReader(io.BytesIO(content))
    found = [content.decode("latin-1"), str(reader.metadata), str(reader.xmp_metadata and "")]
    found += [page.extract_text() for page in reader.pages]
    for packed in re.findall(rb"stream\r?\n(.*?)\r?\nendstream", content, re.DOTALL):
        try:
            found.append(zlib.decompress(packed).decode("latin-1"))
        except zlib.error:
            found.append(packed.decode("latin-1"))
    return "\n".join(found)


def test_what_is_masked_is_nowhere_in_the_file(office):
    notice, row = office.notice(), ask(office)
    item = collected(office, row, notice)
    mask_item(by=office.registrar, **which(row, item), paragraph="osl_23_2_2", words="Alma Prov")
    judge_item(by=office.registrar, **which(row, item), verdict="masked")
    answer_request(by=office.registrar, request_id=row.pk)
    with acting_as(office.registrar):
        content, kind, number = copy_of(office.registrar, row.pk, item.pk)
    said = everything_in(content)
    assert (kind, number) == ("application/pdf", notice.written)
    assert "maskat: 23 kap. 2 §" in re.sub(r"\s+", " ", said)
    assert "Anmälan om" in said
    hidden = "Alma Prov"
    shapes = (hidden, "Alma", "Prov", hidden.encode("utf-16-be").hex(), hidden.encode().hex())
    assert not [shape for shape in shapes if shape.lower() in said.lower()]
    assert "/StructTreeRoot" in said
    assert "sv-SE" in said


def test_whole_needs_no_mask_and_masked_needs_one(office):
    notice, row = office.notice(), ask(office)
    item = collected(office, row, notice)
    for verdict in ("masked", "nonsense"):
        with pytest.raises(Refused):
            judge_item(by=office.registrar, **which(row, item), verdict=verdict)
    with pytest.raises(Refused, match="paragraph"):
        judge_item(by=office.registrar, **which(row, item), verdict="refused", words="men")
    with pytest.raises(Refused, match="reasons"):
        judge_item(by=office.registrar, **which(row, item), verdict="refused", paragraph="osl_23_2_2")
    with pytest.raises(Refused, match="untested"):
        answer_request(by=office.registrar, request_id=row.pk)
    judge_item(by=office.registrar, **which(row, item), verdict="whole")
    answer_request(by=office.registrar, request_id=row.pk)
    with pytest.raises(Conflict):
        mask_item(by=office.registrar, **which(row, item), paragraph="osl_23_2_2", words="Alma")
    with acting_as(office.registrar), pytest.raises(ProgrammingError), transaction.atomic():
        ReleaseItem.objects.filter(pk=item.pk).update(copy=b"")


def test_a_decision_is_not_withheld_under_the_school_paragraph(office):
    office.notice()
    decision, row = office.document("inquiry_decision"), ask(office)
    item = collected(office, row, decision)
    said = {"paragraph": "osl_23_2_2", "words": "men"}
    with pytest.raises(Refused, match="public"):
        judge_item(by=office.registrar, **which(row, item), verdict="refused", **said)
    with pytest.raises(Refused, match="public"):
        mask_item(by=office.registrar, **which(row, item), **said)


def delegate(office: Office) -> None:
    give_delegation(
        by=office.registrar, staff=office.cast.staff["lawyer"], reference="§ 12, punkt 4",
        decided_on=today(), first=today(),
    )  # fmt: skip


def refused_request(office: Office) -> ReleaseRequest:
    notice, row = office.notice(), ask(office)
    item = collected(office, row, notice)
    judge_item(
        by=office.registrar, **which(row, item), verdict="refused", paragraph="osl_23_2_2",
        words="Eleven kan lida men.",
    )  # fmt: skip
    answer_request(by=office.registrar, request_id=row.pk)
    ask_decision(by=office.registrar, request_id=row.pk)
    return row


def test_only_whoever_has_delegation_refuses_and_the_decision_tells_how_to_appeal(office):
    row = refused_request(office)
    lawyer = office.viewer("lawyer")
    with pytest.raises(NotAllowed):
        refuse_release(by=lawyer, request_id=row.pk, reasons="Sekretess.")
    delegate(office)
    with pytest.raises(Refused, match="reasons"):
        refuse_release(by=lawyer, request_id=row.pk, reasons=" ")
    with pytest.raises(Refused, match="secret"):
        refuse_release(by=lawyer, request_id=row.pk, reasons="Ring 070-123 45 67.")
    done = refuse_release(by=lawyer, request_id=row.pk, reasons="Det står inte klart.")
    assert done.state == "refused"
    with acting_as(office.registrar):
        text = text_of(office.registrar, Document.objects.get(pk=done.decision_id))
    assert "kammarrätten" in text
    assert "tre veckor" in text
    assert "§ 12, punkt 4" in text
    assert "Alma" not in text
    with pytest.raises(Conflict):
        refuse_release(by=lawyer, request_id=row.pk, reasons="En gång till.")


def test_the_database_lets_nobody_refuse_without_delegation(office):
    row = refused_request(office)
    with (
        acting_as(office.registrar),
        pytest.raises(ProgrammingError, match="delegation"),
        transaction.atomic(),
    ):
        ReleaseRequest.objects.filter(pk=row.pk).update(
            state="refused", decision_id=row.document_id, decided_by_id=office.registrar.actor_id,
            decided_on=today(),
        )  # fmt: skip


def test_nobody_delegates_to_oneself_and_the_delegate_can_send_it_back(office):
    with pytest.raises(Refused, match="staff"):
        give_delegation(
            by=office.registrar, staff=office.cast.staff["registrar"], reference="§ 1", decided_on=today(),
            first=today(),
        )  # fmt: skip
    row = refused_request(office)
    delegate(office)
    assert send_back(by=office.viewer("lawyer"), request_id=row.pk).state == "open"


def with_number(office: Office, name: str = "alma") -> str:
    people.store_personnummer(by=office.cast.service(), child=office.cast.child[name], number=NUMBER)
    return NUMBER


def guardian(office: Office, name: str, **more: object):
    by = office.cast.service()
    adult = people.register_guardian(
        by=by, given_name=name, family_name="Prov", **{"protection": "none", **more}
    )
    with acting_as(by):
        people.open_guardianship(
            by=by, child=office.cast.child["alma"], guardian=adult, kind="vardnadshavare",
            valid_from=office.cast.child["alma"].birth_date,
        )  # fmt: skip
    return adult


def test_a_guardian_never_gets_the_others_address(office):
    number, one = with_number(office), guardian(office, "Eva", email="eva@example.se")
    guardian(office, "Kim", email="kim.hemlig@example.se", protection="protected")
    letter = finished_letter(
        office, "letter_child_in", personnummer=number,
        text="Kim Prov ringde. Nås på kim.hemlig@example.se, Björkgatan 3. Eva Prov vet.",
    )  # fmt: skip
    who = {"personnummer": number, "identity": "legitimation"}
    with pytest.raises(Refused, match="guardian"):
        ask(office, "guardian", **who)
    row = ask(office, "guardian", guardian=one.pk, **who)
    item = collected(office, row, letter)
    for mask in range(len(item.masks)):
        with pytest.raises(Refused, match="forced"):
            unmask_item(by=office.registrar, **which(row, item), number=mask)
    judge_item(by=office.registrar, **which(row, item), verdict="masked")
    answer_request(by=office.registrar, request_id=row.pk)
    with acting_as(office.registrar):
        said = everything_in(copy_of(office.registrar, row.pk, item.pk)[0])
    assert not [word for word in ("Kim", "hemlig", "Björkgatan", "example.se") if word in said]
    assert "Eva" in said


def test_a_letter_about_a_protected_child_is_registered_and_stays_closed_until_asked_for(office):
    by, number = office.cast.service(), with_number(office)
    with acting_as(by):
        people.update_child(by=by, child=office.cast.child["alma"], protection="marked")
    letter = finished_letter(office, "letter_child_in", personnummer=number)
    with acting_as(office.registrar):
        assert text_of(office.registrar, letter) is None
    who = {"personnummer": number, "identity": "legitimation"}
    collected(office, ask(office, "own", **who), letter)
    with acting_as(office.registrar):
        assert text_of(office.registrar, letter) == "Ett brev."


def test_the_public_gets_contacts_masked_and_they_can_be_lifted(office):
    letter = finished_letter(office, "letter_in", text="Kontoret nås på 040-12 34 56.")
    row = ask(office)
    item = collected(office, row, letter)
    assert [mask[3] for mask in item.masks] == [False]
    assert unmask_item(by=office.registrar, **which(row, item), number=0).masks == []


def test_all_about_the_child_is_collected_once(office):
    number = with_number(office)
    office.notice()
    row = ask(office, "own", personnummer=number, identity="legitimation")
    assert collect(by=office.registrar, request_id=row.pk, every=True) == 2
    assert collect(by=office.registrar, request_id=row.pk, every=True) == 0


def test_a_request_about_one_child_never_holds_anothers_document(office):
    number = with_number(office)
    row = ask(office, "own", personnummer=number, identity="legitimation")
    hugos = office.notice("hugo")
    with pytest.raises(Refused, match="nothing"):
        collect(by=office.registrar, request_id=row.pk, search=Search(number=hugos.written))
    with acting_as(office.registrar), pytest.raises(ProgrammingError, match="item"), transaction.atomic():
        ReleaseItem.objects.create(request=row, document=hugos, domain_id=hugos.domain_id)


def test_what_is_asked_for_wrongly_is_refused(office):
    for problem, values in (
        ("what", {"what": " "}), ("identity", {"kind": "own", "personnummer": NUMBER}),
        ("personnummer", {"kind": "own", "identity": "legitimation", "personnummer": "hej"}),
    ):  # fmt: skip
        with pytest.raises(Refused, match=problem):
            ask(office, **values)
    with pytest.raises(NotAllowed):
        take_request(
            by=office.viewer("principal"),
            asked=Asked(kind="public", how="mail", asked_on=today(), what="allt"),
        )
    with pytest.raises(Refused, match="independent"):
        take_request(
            by=office.viewer("registrar_fria"),
            asked=Asked(kind="public", how="mail", asked_on=today(), what="allt"),
        )


def test_another_authority_reads_nothing_of_it(office):
    notice, row = office.notice(), ask(office)
    collected(office, row, notice)
    with acting_as(office.viewer("registrar_fria")), connection.cursor() as cursor:
        for table in ("document", "documenttext", "releaserequest", "releaseitem", "hold"):
            cursor.execute(f"select count(*) from records_{table}")
            assert cursor.fetchone() == (0,), table


def test_emi_answers_for_its_own_and_reads_nothing_of_the_board(office):
    office.cast._duty("board", "emi_head", "emi_head", "berga")
    letter, row = finished_letter(office), ask(office)
    mine = finished_letter(office, by="emi_head")
    give_delegation(
        by=office.registrar, staff=office.cast.staff["emi_head"], reference="§ 13", decided_on=today(),
        first=today(),
    )  # fmt: skip
    head = office.viewer("emi_head")
    with acting_as(head):
        assert not ReleaseRequest.objects.filter(pk=row.pk).exists()
        assert list(Document.objects.values_list("pk", flat=True)) == [mine.pk]
    asked = take_request(by=head, asked=Asked(kind="public", how="mail", asked_on=today(), what="journal"))
    collect(by=head, request_id=asked.pk, search=Search(kind="letter_in"))
    with acting_as(head):
        assert [item.document_id for item in items_of(asked)] == [mine.pk]
    assert letter.series == ""
