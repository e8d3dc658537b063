"""What is finalised in any room is registered in the same transaction."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import DatabaseError, ProgrammingError, connection, transaction
from django.utils import timezone
from tests.cast import LONG_AGO
from tests.detect.duty_officer import signed
from tests.records.conftest import finished_letter
from tests.secrecy.conftest import town  # noqa: F401 - the social board beside the school board

from samhandla.detect.models import Notice
from samhandla.people import actions as people
from samhandla.people.actions.logs import sign_review
from samhandla.people.models import LogReview, Organisation
from samhandla.people.queries import domain_of, service_viewer, today, viewer_of_actor
from samhandla.records.actions.documents import (
    Finalised,
    Letter,
    change_letter,
    finalise_letter,
    purge_drafts,
    register_document,
    set_paragraph,
    throw_letter,
    write_letter,
)
from samhandla.records.errors import Conflict, NotAllowed, NotYours, Refused
from samhandla.records.models import Document, DocumentText
from samhandla.records.queries.documents import Search, diary_for
from samhandla.secrecy.actions.transfers import receive
from samhandla.trust.models import Authority, Event
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db


def test_a_signed_notice_and_its_decision_are_registered(office):
    notice = office.notice()
    decision = office.document("inquiry_decision")
    assert (notice.number, decision.number) == (2, 1)
    assert notice.child_id == decision.child_id == office.cast.child["alma"].pk
    assert (decision.public, decision.likely) == (True, "none")
    assert (notice.public, notice.likely) == (False, "osl_23_2_2")
    assert "Alma" not in f"{notice.title}{notice.sender}{notice.recipient}"


def test_what_is_drawn_in_each_room_is_registered(office, town):  # noqa: F811 - a fixture
    notice = office.notice()
    waiver = town.ask()
    transfer = town.send("information_in_inquiry", weighing="utredning pågår")
    sent = office.document("transfer")
    assert (sent.source, sent.source_key) == ("secrecy_transfer", str(transfer.pk))
    assert sent.child_id == transfer.child_id == waiver.child_id == notice.child_id
    receive(by=town.worker, transfer_id=transfer.pk)
    with acting_as(office.registrar):
        assert not Document.objects.filter(kind="transfer_received").exists()


def test_the_receiver_registers_its_copy_in_its_own_register(office, town):  # noqa: F811
    transfer = town.send("information_in_inquiry", weighing="utredning pågår")
    receive(by=town.worker, transfer_id=transfer.pk)
    board = Authority.objects.get(pk=town.worker.authority_id)
    keeper = _registrar_of(office, board)
    with acting_as(keeper):
        (copy,) = Document.objects.all()
    assert (copy.kind, copy.number, copy.likely) == ("transfer_received", 1, "osl_26_1")
    assert copy.authority_id == board.pk


def _registrar_of(office, board):
    by = service_viewer(board.pk)
    unit = Organisation.objects.filter(authority=board).first()
    staff = people.register_staff(by=by, given_name="Social", family_name="Registrator")
    people.give_duty(by=by, staff=staff, unit=unit, role="registrar", valid_from=LONG_AGO)
    return viewer_of_actor(staff.actor)


def _give_up(office):
    with transaction.atomic():
        office.notice()
        raise ZeroDivisionError


def test_nothing_is_registered_when_what_was_finalised_is_rolled_back(office):
    with pytest.raises(ZeroDivisionError):
        _give_up(office)
    with acting_as(office.registrar):
        assert not Document.objects.exists()
    assert office.notice().number == 2


def _register(cast, *, child="alma", source=None, by="principal", kind="notice", **more):
    one = cast.child[child]
    said = Finalised(
        kind=kind, text="x", domain_id=domain_of(cast.authority["board"].pk, "school").pk, dated=today(),
        child_id=one.pk if child and kind == "notice" else None, source=source, **more,
    )  # fmt: skip
    return register_document(by=cast.viewer(by), said=said)


def test_a_document_is_about_its_sources_child_and_no_other(office):
    delivered = signed(office.cast)
    with acting_as(office.viewer("principal")):
        notice = Notice.objects.get(pk=delivered.notice_id)
    with pytest.raises(ProgrammingError, match="another child"):
        _register(office.cast, child="hugo", source=notice)


def test_the_database_holds_one_child_or_none_by_the_kind(office):
    office.notice()
    with acting_as(office.registrar), pytest.raises(DatabaseError), transaction.atomic():
        Document.objects.create(
            authority=office.cast.authority["board"], kind="letter_child_in", way="received", title="x",
            domain=domain_of(office.cast.authority["board"].pk, "school"), dated=today(), likely="none",
            drawn_by_id=office.registrar.actor_id, touched_at=timezone.now(),
        )  # fmt: skip
    with acting_as(office.registrar), pytest.raises(DatabaseError), transaction.atomic():
        Document.objects.filter(kind="notice").update(child=office.cast.child["hugo"])


@pytest.mark.parametrize("by", ["principal", "mentor_7b", "registrar_fria"])
def test_a_refusal_or_a_row_from_nowhere_is_not_registered(office, by):
    with pytest.raises(ProgrammingError):
        _register(office.cast, by=by, kind="refusal")
    with pytest.raises(ProgrammingError):
        _register(office.cast, by=by)


def test_the_running_role_numbers_nothing_and_changes_nothing_finalised(office):
    notice = office.notice()
    with acting_as(office.registrar), connection.cursor() as cursor:
        for sql in (
            "update records_document set number = 9 where id = %s",
            "update records_document set title = 'x' where id = %s",
            "update records_document set public = true where id = %s",
        ):
            with pytest.raises(ProgrammingError), transaction.atomic():
                cursor.execute(sql, [notice.pk])
        with pytest.raises(ProgrammingError), transaction.atomic():
            Document.objects.create(
                authority_id=notice.authority_id, domain_id=notice.domain_id, kind="letter_in",
                way="received", state="final", year=2026, number=99, finalised_at=timezone.now(), title="x",
                dated=today(),
                likely="none", drawn_by_id=office.registrar.actor_id, touched_at=timezone.now(),
            )  # fmt: skip


def test_another_authority_reads_and_changes_nothing(office):
    notice = office.notice()
    with acting_as(office.viewer("registrar_fria")), connection.cursor() as cursor:
        cursor.execute("select count(*) from records_document where id = %s", [notice.pk])
        assert cursor.fetchone() == (0,)
        cursor.execute("update records_document set paragraph = 'none' where id = %s", [notice.pk])
        assert cursor.rowcount == 0


def test_the_register_of_emi_is_its_own(office):
    office.cast._duty("board", "emi_head", "emi_head", "berga")
    finished_letter(office)
    mine = finished_letter(office, by="emi_head")
    assert (mine.written.startswith("EMI "), mine.number) == (True, 1)
    with acting_as(office.registrar):
        assert not Document.objects.filter(pk=mine.pk).exists()


def test_drafts_have_no_number_are_changed_and_thrown(office):
    letter = Letter(kind="letter_in", title="Brev", text="Hej", dated=today())
    row = write_letter(by=office.registrar, letter=letter)
    assert (row.state, row.written) == ("draft", "")
    changed = replace(letter, title="Nytt")
    assert change_letter(by=office.registrar, document_id=row.pk, letter=changed).title == "Nytt"
    office.cast._duty("board", "registrar_two", "registrar", "berga")
    for other in ("registrar_two", "registrar_fria", "principal"):
        with pytest.raises(NotYours):
            finalise_letter(by=office.viewer(other), document_id=row.pk)
    done = finalise_letter(by=office.registrar, document_id=row.pk)
    assert done.written == f"{today().year}/1"
    with pytest.raises(Conflict):
        throw_letter(by=office.registrar, document_id=row.pk)
    second = write_letter(by=office.registrar, letter=letter)
    throw_letter(by=office.registrar, document_id=second.pk)
    with acting_as(office.registrar):
        assert not Document.objects.filter(pk=second.pk).exists()


@pytest.mark.parametrize(
    ("problem", "said"),
    [
        ("title", {"title": " "}), ("text", {"text": ""}), ("kind", {"kind": "notice"}),
        ("dated", {"dated": today() + timedelta(days=1)}), ("title_secret", {"title": "Ring 070-123 45 67"}),
        ("personnummer", {"kind": "letter_child_in", "personnummer": "19990101-0000"}),
        ("no_child", {"personnummer": "19990101-0000"}),
    ],
)  # fmt: skip
def test_a_letter_that_is_not_whole_is_refused(office, problem, said):
    letter = Letter(**{"kind": "letter_in", "title": "Brev", "text": "Hej", "dated": today(), **said})
    with pytest.raises(Refused, match=problem):
        write_letter(by=office.registrar, letter=letter)


def test_abandoned_drafts_are_purged_and_counted(office):
    letter = Letter(kind="letter_in", title="Brev", text="Hej", dated=today())
    old = write_letter(by=office.registrar, letter=letter)
    fresh = write_letter(by=office.registrar, letter=letter)
    with acting_as(office.registrar):
        Document.objects.filter(pk=old.pk).update(touched_at=timezone.now() - timedelta(days=61))
    with pytest.raises(ProgrammingError, match="service"):
        purge_drafts(by=office.registrar)
    assert purge_drafts(by=office.cast.service()) == 1
    with acting_as(office.cast.service()):
        assert Event.objects.filter(event="records:drafts:purged", details__drafts=1).exists()
    with acting_as(office.registrar):
        assert list(Document.objects.values_list("pk", flat=True)) == [fresh.pk]


def test_the_register_is_searched_by_number_kind_and_day(office):
    notice = office.notice()
    by = office.registrar
    with acting_as(by):
        assert [d.pk for d in diary_for(by, Search(number=notice.written))] == [notice.pk]
        assert not diary_for(by, Search(number="Alma Prov"))
        assert [d.kind for d in diary_for(by, Search(kind="notice"))] == ["notice"]
        assert not diary_for(by, Search(first=today() + timedelta(days=1)))
        assert diary_for(by, Search(last=today())).count() == 2


def test_the_registrar_sets_the_paragraph_and_the_principal_does_not(office):
    notice = office.notice()
    assert set_paragraph(by=office.registrar, document_id=notice.pk, paragraph="osl_21_1").paragraph
    with pytest.raises(Refused, match="paragraph"):
        set_paragraph(by=office.registrar, document_id=notice.pk, paragraph="hitte")
    with pytest.raises(NotAllowed):
        set_paragraph(by=office.viewer("principal"), document_id=notice.pk, paragraph="none")


def test_a_guardian_reads_no_document_by_raw_sql(office):
    """Secrecy can hold against a guardian (OSL 12:3): insight goes by a request that is tested."""
    office.notice()
    by = office.cast.service()
    actor = people.open_actor(by=by, authority_id=by.authority_id, kind="guardian", name="Eva Prov")
    adult = people.register_guardian(
        by=by, given_name="Eva", family_name="Prov", protection="none", actor=actor
    )
    with acting_as(by):
        people.open_guardianship(
            by=by, child=office.cast.child["alma"], guardian=adult, kind="vardnadshavare",
            valid_from=LONG_AGO,
        )  # fmt: skip
    with acting_as(viewer_of_actor(actor)):
        assert not Document.objects.exists()
        assert not DocumentText.objects.exists()


def test_frozen_figures_and_a_signed_check_are_registered(office):
    by, page = office.viewer("controller"), office.cast.authority["board"]
    review = LogReview.objects
    with acting_as(office.cast.service()):
        row = review.create(
            authority=page, unit=office.cast.unit["berga"], first=today(), last=today(), entries=3,
            made_at=timezone.now(),
        )  # fmt: skip
    sign_review(by=office.viewer("principal"), review_id=row.pk, outcome="nothing", words="")
    check = office.document("log_review")
    assert (check.source, check.source_key, check.child_id) == ("people_logreview", str(row.pk), None)
    register_document(
        by=by,
        said=Finalised(kind="board_figures", text="{}", domain_id=check.domain_id, dated=today()),
    )
    assert office.document("board_figures").public
