"""A signed notice reaches somebody who receives, answers, or hands it out; and nobody else."""

from __future__ import annotations

from datetime import timedelta

import psycopg
import pytest
from django.conf import settings
from django.urls import reverse
from tests.detect.duty_officer import employ_officers, open_inquiry, signed
from tests.support.database import raw_connection

from samhandla.detect.actions import notices as actions
from samhandla.detect.errors import AnswerRefused, Conflict, NotYours
from samhandla.detect.models import DeliveredNotice, Inquiry, Notice, Signal
from samhandla.detect.queries.notes import note_of_notices
from samhandla.detect.queries.notices import notice_list_for
from samhandla.people import actions as people
from samhandla.people.models import Child, SchoolDay
from samhandla.people.queries import today
from samhandla.trust.crypto import sign_viewer
from samhandla.trust.models import Event
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db

REFUSED = (403, 404)
STRANGERS = ["mentor_7a", "principal_lunda", "nurse", "controller", "data_administrator", "principal_fria"]


@pytest.fixture
def officers(cast):
    employ_officers(cast)
    return cast


def listed(cast, name="duty_officer"):
    viewer = cast.viewer(name)
    with acting_as(viewer):
        return notice_list_for(viewer, today=today())


def test_signing_delivers_the_notice_with_a_clock_in_school_days(officers):
    row = signed(officers)
    with acting_as(officers.service()):
        days = SchoolDay.objects.filter(unit=row.unit_id, date__gt=today()).order_by("date")
        fifth = days[4].date
    assert row.due_on == fifth
    (one,) = listed(officers).new
    assert (one.days_left, one.overdue, one.name) == (5, False, "Alma Prov")


def test_the_start_page_says_how_many_notices_wait(officers):
    def note():
        viewer = officers.viewer("duty_officer")
        with acting_as(viewer):
            return note_of_notices(viewer)

    assert note() == ""
    row = signed(officers)
    assert note() == "1 anmälan väntar."
    actions.receive_notice(by=officers.viewer("duty_officer"), delivered_id=row.pk)
    assert note() == ""


def test_an_unsigned_notice_is_not_delivered(officers):
    open_inquiry(officers)
    assert not listed(officers).waiting


def test_the_receiver_reads_the_notice_and_nothing_else_about_the_child(officers, take):
    row = signed(officers)
    with acting_as(officers.viewer("duty_officer")):
        assert DeliveredNotice.objects.get().pk == row.pk
        for model in (Child, Inquiry, Notice, Signal):
            assert not model.objects.exists(), model


@pytest.mark.parametrize("name", STRANGERS)
def test_strangers_read_no_delivered_notice(officers, name):
    signed(officers)
    with acting_as(officers.viewer(name)):
        assert not DeliveredNotice.objects.exists()


def test_officers_of_another_authority_read_nothing(officers):
    row = signed(officers)
    with acting_as(officers.viewer("duty_officer_fria")):
        assert not DeliveredNotice.objects.exists()
    with pytest.raises(NotYours):
        actions.receive_notice(by=officers.viewer("duty_officer_fria"), delivered_id=row.pk)


@pytest.mark.parametrize(
    ("name", "rows"), [("duty_officer", 1), ("principal", 1), ("duty_officer_fria", 0), ("nurse", 0)]
)
def test_raw_sql_as_the_application_role_gives_no_more(officers, name, rows):
    signed(officers)
    viewer = officers.viewer(name)
    with acting_as(viewer):
        from django.db import connection

        with connection.cursor() as cursor:
            cursor.execute("select current_user, count(*) from detect_deliverednotice")
            assert cursor.fetchone() == ("samhandla_app", rows)
            cursor.execute("select count(*) from detect_notice")
            assert cursor.fetchone() == (1 if name == "principal" else 0,)


def test_a_forged_viewer_opens_no_notice(officers, postgres):
    officer = officers.viewer("duty_officer")
    token = sign_viewer("guessed", officer.actor_id, officer.authority_id)
    assert token != sign_viewer(settings.SAMHANDLA_SECRET, officer.actor_id, officer.authority_id)
    with raw_connection(postgres) as connection, connection.cursor() as cursor:
        cursor.execute("select set_config('app.viewer', %s, false)", [token])
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            cursor.execute("select viewer_receives()")


def test_an_ended_duty_closes_the_list(officers):
    signed(officers)
    from samhandla.people.models import Duty

    with acting_as(officers.service()):
        duty = Duty.objects.get(staff=officers.staff["duty_officer"])
        Duty.objects.filter(pk=duty.pk).update(valid_to=today() - timedelta(days=1))
    with acting_as(officers.viewer("duty_officer")):
        assert not DeliveredNotice.objects.exists()


def test_received_by_whom_and_when_and_only_once(officers):
    row = signed(officers)
    by = officers.viewer("duty_officer")
    received = actions.receive_notice(by=by, delivered_id=row.pk)
    assert received.received_by_id == by.actor_id
    with pytest.raises(Conflict):
        actions.receive_notice(by=by, delivered_id=row.pk)
    with acting_as(officers.viewer("principal")):
        seen = DeliveredNotice.objects.get()
        assert seen.received_at is not None
        assert Event.objects.filter(event="detect:notice:received").exists()


def test_the_answer_is_a_choice_with_own_words_and_ends_the_clock(officers):
    row = signed(officers)
    by = officers.viewer("duty_officer")
    with pytest.raises(AnswerRefused):
        actions.answer_notice(by=by, delivered_id=row.pk, reply="other", words=" ", today=today())
    actions.answer_notice(by=by, delivered_id=row.pk, reply="contact", words="Jag ringer.", today=today())
    with pytest.raises(Conflict):
        actions.answer_notice(by=by, delivered_id=row.pk, reply="await", words="", today=today())
    (one,) = listed(officers).done
    assert (one.days_left, one.row.reply_words) == (None, "Jag ringer.")
    assert one.row.received_at is not None


@pytest.mark.parametrize("name", ["principal", "counsellor", "mentor_7b"])
def test_the_sender_reads_but_neither_receives_nor_answers(officers, name):
    row = signed(officers)
    by = officers.viewer(name)
    with pytest.raises(NotYours):
        actions.receive_notice(by=by, delivered_id=row.pk)
    with pytest.raises(NotYours):
        actions.answer_notice(by=by, delivered_id=row.pk, reply="await", words="", today=today())


def test_late_is_counted_in_school_days(officers):
    row = signed(officers)
    with acting_as(officers.service()):
        DeliveredNotice.objects.filter(pk=row.pk).update(
            due_on=today() - timedelta(days=7), delivered_on=today() - timedelta(days=20)
        )
    (one,) = listed(officers).new
    assert one.overdue
    assert -6 <= one.days_left <= -1


def test_a_notice_to_a_home_municipality_is_handed_out_by_hand(officers):
    row = signed(officers, recipient="home_municipality", other_home=True)
    assert row.due_on is None
    assert [one.row.pk for one in listed(officers).to_hand_out] == [row.pk]
    by = officers.viewer("principal")
    for to, on, fault in (
        (" ", today(), "to"),
        ("Grannkommun", today() + timedelta(days=1), "on"),
        ("Grannkommun", today() - timedelta(days=1), "on"),
    ):
        with pytest.raises(AnswerRefused) as refused:
            actions.hand_out_notice(by=by, delivered_id=row.pk, to=to, on=on, today=today())
        assert refused.value.problems == [fault]
    out = actions.hand_out_notice(by=by, delivered_id=row.pk, to="Grannkommun", on=today(), today=today())
    assert (out.outside_to, out.outside_by_id) == ("Grannkommun", by.actor_id)
    with pytest.raises(Conflict):
        actions.hand_out_notice(by=by, delivered_id=row.pk, to="Annan", on=today(), today=today())
    with pytest.raises(NotYours):
        actions.hand_out_notice(
            by=officers.viewer("counsellor"), delivered_id=row.pk, to="x", on=today(), today=today()
        )


def test_a_child_protected_since_is_masked_on_every_page(officers, client):
    row = signed(officers)
    people.update_child(by=officers.service(), child=officers.child["alma"], protection="protected")
    officers.login(client, "duty_officer")
    for name, args in (("notices", []), ("delivered", [row.pk]), ("delivered-print", [row.pk])):
        page = client.get(reverse(name, args=args)).text
        assert "Alma" not in page, name
        assert "kyddade personuppgifter" in page, name


def test_the_pages_of_the_receiver(officers, client):
    row = signed(officers)
    officers.login(client, "duty_officer")
    assert "Nya" in client.get(reverse("notices")).text
    url = reverse("delivered", args=[row.pk])
    page = client.get(url).text
    assert "Anmälan om Alma Prov" in page
    assert "allmän handling" in page
    assert client.post(reverse("delivered-receive", args=[row.pk])).status_code == 303
    assert "mottagen" in client.get(url).text
    assert client.post(url, {"reply": "other", "words": ""}).status_code == 422
    assert client.post(url, {"reply": "coordinate", "words": ""}).status_code == 303
    assert "Besvarade" in client.get(reverse("notices")).text
    assert client.get(reverse("delivered-print", args=[row.pk])).status_code == 200


def test_the_receiver_marks_as_handed_out(officers, client):
    row = signed(officers, recipient="home_municipality", other_home=True)
    officers.login(client, "duty_officer")
    url = reverse("delivered-outside", args=[row.pk])
    assert client.post(url, {"to": "", "on": str(today())}).status_code == 422
    assert client.post(url, {"to": "Grannkommun", "on": str(today())}).status_code == 303
    assert "utlämnad utanför systemet" in client.get(reverse("delivered", args=[row.pk])).text


@pytest.mark.parametrize("name", ["principal", "counsellor", "mentor_7b", "duty_officer_fria", "controller"])
@pytest.mark.parametrize("route", ["delivered", "delivered-print", "delivered-receive", "delivered-outside"])
def test_others_do_not_reach_the_receivers_pages(officers, client, name, route):
    url = reverse(route, args=[signed(officers).pk])
    officers.login(client, name)
    answer = client.get(url) if route in ("delivered", "delivered-print") else client.post(url, {})
    assert answer.status_code in REFUSED


def test_the_principal_prints_marks_and_sees_what_became_of_it(officers, client):
    row = signed(officers)
    officers.login(client, "principal")
    page = client.get(reverse("notice", args=[row.notice_id])).text
    assert "inte mottagen än" in page
    printed = client.get(reverse("notice-print", args=[row.notice_id]))
    assert printed.status_code == 200
    assert "av Principal Prov." in printed.text
    answer = client.post(
        reverse("notice-outside", args=[row.notice_id]), {"to": "Grannkommun", "on": str(today())}
    )
    assert answer.status_code == 303
    assert "utlämnad utanför systemet" in client.get(reverse("inquiry", args=[_inquiry(officers)])).text
    officers.login(client, "principal_lunda")
    assert client.get(reverse("notice-print", args=[row.notice_id])).status_code == 404


def _inquiry(cast):
    with acting_as(cast.service()):
        return Inquiry.objects.get().pk


def test_the_list_costs_the_same_queries_for_one_and_many(officers, django_assert_num_queries):
    viewer = officers.viewer("duty_officer")
    signed(officers)
    with acting_as(viewer), django_assert_num_queries(2):
        notice_list_for(viewer, today=today())
    signed(officers, "omar")
    signed(officers, "nora", by="principal_lunda")
    with acting_as(viewer), django_assert_num_queries(2):
        assert notice_list_for(viewer, today=today()).waiting == 3
