"""EMI's wall: its notes are read by EMI alone, and EMI reads nothing of the school's. Asked in raw SQL."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction
from django.urls import reverse
from tests.cast import LONG_AGO
from tests.detect.conftest import found

from samhandla.detect.actions.runs import take_in
from samhandla.people import actions as people
from samhandla.people.actions import withheld
from samhandla.people.errors import Refused as RegisterRefused
from samhandla.people.models import Substitution
from samhandla.people.queries import domain_of, today
from samhandla.secrecy.actions.emi import finish_emi_request, write_emi_note
from samhandla.secrecy.errors import Conflict, NotAllowed, NotYours, Refused
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db
SCHOOL = ("principal", "counsellor", "mentor_7b", "officer", "administrator")


def _write(cast, kind="contact", by="nurse", child="alma", text="Mamma ringde om hälsobesöket."):
    viewer = cast.viewer(by)
    with acting_as(viewer):
        return write_emi_note(by=viewer, child=cast.child[child], kind=kind, text=text)


def _count(viewer, table, where="true") -> int:
    with acting_as(viewer), connection.cursor() as cursor:
        cursor.execute(f"select count(*) from {table} where {where}")
        return cursor.fetchone()[0]


def test_only_emi_reads_what_emi_has_written(cast):
    row = _write(cast)
    assert _count(cast.viewer("nurse"), "secrecy_eminote") == 1
    for name in SCHOOL:
        viewer = cast.viewer(name)
        assert _count(viewer, "secrecy_eminote") == 0, name
        assert _count(viewer, "trust_event", f"about = 'secrecy.eminote' and about_id = '{row.pk}'") == 0
        with acting_as(viewer), connection.cursor() as cursor:
            cursor.execute("update secrecy_eminote set text = 'x'")
            assert cursor.rowcount == 0


def test_emi_reads_nothing_of_the_schools(cast):
    by = cast.service()
    take_in(by=by, found=[found(cast.child["alma"])], as_of=today(), data_to=today(), started=_now())
    nurse = cast.viewer("nurse")
    assert _count(cast.viewer("principal"), "detect_signal") == 1
    tables = ("detect_signal", "detect_reason", "people_enrolment", "people_membership", "secrecy_waiver")
    for table in tables:
        assert _count(nurse, table) == 0, table
    assert _count(nurse, "people_child") == 4  # the pupils of the own unit, by name
    emi, school = domain_of(nurse.authority_id, "emi").pk, domain_of(nurse.authority_id, "school").pk
    child = cast.child["alma"]
    into = (
        "insert into secrecy_eminote (child_id, unit_id, domain_id, kind, text, by_id, by_name, at,"
        f" done_name) values ({child.pk}, {child.unit_id}, {{0}}, 'contact', 'x', {{1}}, 'x', now(), '')"
    )
    for viewer, domain in ((nurse, school), (cast.viewer("principal"), emi)):
        with pytest.raises(DatabaseError), acting_as(viewer), transaction.atomic():
            connection.cursor().execute(into.format(domain, viewer.actor_id))


def _now():
    from django.utils import timezone

    return timezone.now()


def test_who_does_not_work_there_writes_nothing(cast):
    with pytest.raises(NotAllowed):
        _write(cast, by="counsellor")
    with pytest.raises(Refused):
        _write(cast, text="  ")
    with pytest.raises(Refused):
        _write(cast, kind="diagnosis")
    with pytest.raises(NotYours):
        _write(cast, child="nora")


def test_a_question_is_taken_care_of_once(cast):
    row = _write(cast, kind="request")
    nurse = cast.viewer("nurse")
    finish_emi_request(by=nurse, note_id=row.pk)
    with pytest.raises(Conflict):
        finish_emi_request(by=nurse, note_id=row.pk)
    with pytest.raises(NotYours):
        finish_emi_request(by=cast.viewer("principal"), note_id=row.pk)


def test_nobody_of_the_school_stands_in_for_emi(cast):
    """Neither by the page's action nor by a row written past it."""
    _write(cast)
    day, principal = today(), cast.viewer("principal")
    pair = {"absent": cast.staff["nurse"], "stand_in": cast.staff["principal"]}
    with pytest.raises(RegisterRefused):
        people.set_stand_in(by=principal, **pair, valid_from=day, valid_to=day)
    by = cast.service()
    with acting_as(by):
        Substitution.objects.create(**pair, valid_from=day, valid_to=day)
        people.derive_access(by.authority_id)
    assert _count(principal, "secrecy_eminote") == 0
    assert _count(principal, "secrecy_receiver", "id = any(viewer_receivers())") == 0


def test_another_nurse_stands_in(cast):
    _write(cast)
    cast._duty("board", "nurse_two", "school_nurse", "lunda")
    day = today()
    assert _count(cast.viewer("nurse_two"), "secrecy_eminote") == 0
    people.set_stand_in(
        by=cast.service(), absent=cast.staff["nurse"], stand_in=cast.staff["nurse_two"], valid_from=day,
        valid_to=day,
    )  # fmt: skip
    assert _count(cast.viewer("nurse_two"), "secrecy_eminote") == 1


def test_nobody_works_on_both_sides_as_one_person(cast):
    _write(cast)
    by = cast.viewer("principal")
    with pytest.raises(RegisterRefused):
        people.give_duty(
            by=by, staff=cast.staff["nurse"], unit=cast.unit["berga"], role="counsellor", valid_from=today()
        )
    with pytest.raises(RegisterRefused):
        people.give_duty(
            by=by, staff=cast.staff["counsellor"], unit=cast.unit["berga"], role="school_nurse",
            valid_from=today(),
        )  # fmt: skip
    people.give_duty(  # an import says what its source says: then the duty in EMI opens nothing
        by=cast.service(), staff=cast.staff["counsellor"], unit=cast.unit["berga"], role="school_nurse",
        valid_from=LONG_AGO,
    )  # fmt: skip
    assert _count(cast.viewer("counsellor"), "secrecy_eminote") == 0


def test_emi_too_is_named_for_a_protected_child(cast):
    by, nurse = cast.service(), cast.viewer("nurse")
    _write(cast)
    with acting_as(by):
        child = people.update_child(by=by, child=cast.child["alma"], protection="marked")
    assert _count(nurse, "secrecy_eminote") == 0
    withheld.name_staff(by=cast.viewer("principal"), child=child, staff_id=cast.staff["nurse"].pk)
    assert _count(nurse, "secrecy_eminote") == 1
    assert _count(nurse, "people_enrolment") == 0


def test_the_page_says_what_it_is_and_saves(client, cast):
    cast.login(client, "nurse")
    page = client.get(reverse("emi"), {"namn": "alma"}).content.decode()
    assert "Samhandla är inte er patientjournal" in page
    assert "Alma Prov" in page
    address = reverse("emi-child", args=[cast.child["alma"].ref])
    assert client.post(address, {"kind": "request", "text": ""}).status_code == 422
    assert client.post(address, {"kind": "request", "text": "Kan ni ringa hem?"}).status_code == 303
    assert "Kan ni ringa hem?" in client.get(address).content.decode()
    assert "Frågor som väntar" in client.get(reverse("emi")).content.decode()
    assert client.get(reverse("hand-over", args=[cast.child["alma"].ref])).status_code == 200
    cast.login(client, "counsellor")
    assert client.get(address).status_code in (403, 404)


def test_whoever_works_on_both_sides_switches_and_sees_where(client, cast):
    """Two persons of the register, one login: one at a time, and the head of the page says which."""
    cast.login(client, "nurse")
    cast._duty("board", "nurse_as_counsellor", "counsellor", "lunda")
    account = cast.staff["nurse"].actor.account or _account_of(cast)
    other = cast.staff["nurse_as_counsellor"].actor
    type(other).objects.filter(pk=other.pk).update(account=account)
    at_first = client.get(reverse("emi")).content.decode()
    assert "Barn- och skolnämnden, elevhälsans medicinska insats (EMI)" in at_first
    page = client.get(reverse("choose_actor")).content.decode()
    assert "skolsköterska, Bergaskolan" in page
    assert "kurator, Lundaskolan" in page
    assert "här arbetar du nu" in page
    assert client.post(reverse("choose_actor"), {"actor": other.pk}).status_code == 303
    assert client.get(reverse("emi")).status_code in (403, 404)
    after = client.get("/", follow=True).content.decode()
    assert "kurator, Lundaskolan · Barn- och skolnämnden" in after
    assert "EMI" not in after.split("who__panel")[0]


def _account_of(cast):
    from samhandla.trust.models import Account

    return Account.objects.get(actors=cast.staff["nurse"].actor_id)
