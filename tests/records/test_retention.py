"""Nothing goes without the board's decision, nothing that is held, and what goes leaves a proof."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import ProgrammingError, connection, transaction
from tests.records.conftest import Office, finished_letter
from tests.records.test_requests import ask, collected, which

from samhandla.detect.actions.notices import receive_notice
from samhandla.detect.models import DeliveredNotice, Inquiry, Notice
from samhandla.people.queries import today
from samhandla.records.actions.requests import answer_request, judge_item
from samhandla.records.actions.retention import (
    decide_retention,
    dispose,
    lift_hold,
    place_hold,
    remove_one,
)
from samhandla.records.errors import Conflict, NotAllowed, Refused
from samhandla.records.models import Document, DocumentText, RetentionRule
from samhandla.records.queries.documents import text_of
from samhandla.records.queries.retention import fingerprint_of, list_due_for, list_kinds_for, model_rows
from samhandla.records.rules.retention import Decision
from samhandla.trust.models import Event
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db


def decide(office: Office, kind: str, years: int | None = 0, **more: object) -> RetentionRule:
    values = {
        "keep": years is None, "years": years, "counted_from": "dated", "reference": "§ 45",
        "decided_on": today(), **more,
    }  # fmt: skip
    return decide_retention(by=office.archivist, said=Decision(kind=kind, **values))


def due(office: Office, by: str = "archivist"):
    with acting_as(office.viewer(by)):
        return [one for one in list_due_for(office.viewer(by)) if not one.keeps]


def kept(office: Office) -> dict[str, str]:
    with acting_as(office.archivist):
        return {one.document.written: one.keeps for one in list_due_for(office.archivist) if one.keeps}


def run(office: Office):
    return dispose(by=office.archivist, seen=fingerprint_of(due(office)))


def remaining(office: Office, document: Document) -> bool:
    with acting_as(office.archivist):
        return DocumentText.objects.filter(document=document).exists()


def test_without_a_decision_the_database_removes_nothing(office):
    letter = finished_letter(office)
    assert due(office) == []
    with pytest.raises(Refused, match="none_due"):
        run(office)
    with acting_as(office.archivist), pytest.raises(Refused, match="decision"):
        remove_one(letter.pk)
    assert remaining(office, letter)


def test_a_decision_to_keep_or_one_whose_time_has_not_come_removes_nothing(office):
    finished_letter(office)
    decide(office, "letter_in", None)
    assert due(office) == []
    decide(office, "letter_in", 5)
    assert due(office) == []
    with acting_as(office.archivist):
        assert RetentionRule.objects.filter(kind="letter_in", ended_on=None).count() == 1
        assert RetentionRule.objects.filter(kind="letter_in").count() == 2


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        ("years", {"years": -1}), ("reference", {"reference": " "}),
        ("counted_from", {"counted_from": "adult"}),
        ("decided_on", {"decided_on": today() + timedelta(days=1)}), ("kind", {"kind": "disposal"}),
        ("years_kept", {"keep": True}),
    ],
)  # fmt: skip
def test_a_decision_that_is_not_whole_is_refused(office, problem, said):
    with pytest.raises(Refused, match=problem):
        decide(office, **{"kind": "letter_in", "years": 1, **said})


def test_only_the_archivist_decides_and_removes(office):
    finished_letter(office)
    decide(office, "letter_in")
    for name in ("registrar", "principal", "lawyer"):
        with pytest.raises(NotAllowed):
            dispose(by=office.viewer(name), seen="")
        with acting_as(office.viewer(name)), pytest.raises(Refused, match="decision"):
            remove_one(office.document("letter_in").pk)
    with pytest.raises(NotAllowed):
        decide_retention(by=office.registrar, said=Decision("letter_in", True, None, "dated", "§ 1", today()))


def test_what_goes_leaves_its_number_and_a_proof_without_its_content(office):
    letter = finished_letter(office, title="Brev från Kim", text="Något om någon.", sender="Privatperson")
    decide(office, "letter_in")
    done = run(office)
    assert done.counts == {"letter_in": 1}
    with acting_as(office.archivist):
        left = Document.objects.get(pk=letter.pk)
        proof = Document.objects.get(pk=done.protocol_id)
        said = text_of(office.archivist, proof)
    assert (left.written, left.title, left.sender, left.disposed_on) == (letter.written, "", "", today())
    assert not remaining(office, letter)
    assert letter.written in said
    assert "§ 45" in said
    assert "Något om någon" not in said
    assert "Kim" not in said
    with acting_as(office.archivist):
        assert Event.objects.filter(event="records:documents:disposed").exists()


def test_the_row_behind_goes_with_its_document_and_the_notice_before_the_inquiry(office):
    notice = office.notice()
    decision = office.document("inquiry_decision")
    decide(office, "inquiry_decision")
    # The notice hangs on the inquiry, and what was delivered on the notice: nothing can go yet.
    with pytest.raises(Refused, match="none_due"):
        run(office)
    assert remaining(office, decision)
    office.cast._duty("board", "duty_officer", "compulsory_school_officer", "berga")
    officer = office.viewer("duty_officer")
    with acting_as(officer):
        delivered = DeliveredNotice.objects.get()
    receive_notice(by=officer, delivered_id=delivered.pk)
    for kind in ("notice", "notice_received"):
        decide(office, kind)
    assert run(office).counts == {"inquiry_decision": 1, "notice": 1, "notice_received": 1}
    with acting_as(office.cast.service()):
        assert not Notice.objects.exists()
        assert not Inquiry.objects.exists()
    assert not remaining(office, notice)


def test_what_is_held_or_asked_for_stays(office):
    held, asked, free = (finished_letter(office, title=f"Brev {n}") for n in "abc")
    decide(office, "letter_in")
    hold = place_hold(
        by=office.archivist, number=held.written, whole_child=False, reason="Tillsyn", ends_on=None
    )
    row = ask(office)
    item = collected(office, row, asked)
    assert kept(office) == {held.written: "hold", asked.written: "request"}
    with acting_as(office.archivist):
        for document, why in ((held, "hold"), (asked, "request")):
            with pytest.raises(Refused, match=why):
                remove_one(document.pk)
    run(office)
    assert [remaining(office, one) for one in (held, asked, free)] == [True, True, False]
    lift_hold(by=office.archivist, hold_id=hold.pk)
    with pytest.raises(Conflict):
        lift_hold(by=office.archivist, hold_id=hold.pk)
    judge_item(by=office.registrar, **which(row, item), verdict="whole")
    answer_request(by=office.registrar, request_id=row.pk)
    run(office)
    assert not remaining(office, held)


def test_a_hold_on_a_child_holds_all_its_documents(office):
    notice = office.notice()
    place_hold(
        by=office.archivist, number=notice.written, whole_child=True, reason="Överklagande", ends_on=None
    )
    decide(office, "inquiry_decision")
    assert set(kept(office).values()) == {"hold"}
    for problem, said in (("document", {"number": "1999/1"}), ("reason", {"reason": ""}),
                          ("ends_on", {"ends_on": today() - timedelta(days=1)})):  # fmt: skip
        with pytest.raises(Refused, match=problem):
            place_hold(
                by=office.archivist,
                **{"number": notice.written, "whole_child": False, "reason": "x", "ends_on": None, **said},
            )


def test_another_list_than_the_one_that_was_read_is_not_confirmed(office):
    finished_letter(office)
    decide(office, "letter_in")
    seen = fingerprint_of(due(office))
    finished_letter(office)
    with pytest.raises(Refused, match="changed"):
        dispose(by=office.archivist, seen=seen)


def test_another_authoritys_archivist_removes_nothing_here(office):
    office.cast._duty("independent", "archivist_fria", "archivist", "fria")
    letter = finished_letter(office)
    decide(office, "letter_in")
    assert due(office, "archivist_fria") == []
    with acting_as(office.viewer("archivist_fria")), pytest.raises(Refused, match="decision"):
        remove_one(letter.pk)


def test_the_running_role_removes_nothing_by_itself(office):
    letter = finished_letter(office)
    with acting_as(office.archivist), connection.cursor() as cursor:
        cursor.execute("delete from records_document where id = %s", [letter.pk])
        assert cursor.rowcount == 0
        with pytest.raises(ProgrammingError), transaction.atomic():
            cursor.execute("update records_document set disposed_on = now() where id = %s", [letter.pk])
        cursor.execute("delete from records_documenttext where document_id = %s", [letter.pk])
        assert cursor.rowcount == 0


def test_every_kind_and_every_model_has_its_rule_shown(office):
    with acting_as(office.archivist):
        assert all(row.proposal for row in list_kinds_for(office.archivist))
    names = {name for row in model_rows() for name in row.names}
    assert {"detect.Signal", "secrecy.Transfer", "records.Document"} <= names
