"""A notice to a home municipality that receives here: delivered at once, as a copy and nothing more."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.apps import apps
from django.db import connection
from django.urls import reverse
from tests.detect.duty_officer import employ_officers, open_inquiry, signed

from samhandla.detect.actions import notices as actions
from samhandla.detect.actions.inquiries import sign_notice
from samhandla.detect.actions.settings import set_rule
from samhandla.detect.errors import AnswerRefused, NotYours
from samhandla.detect.models import DeliveredNotice, Notice
from samhandla.detect.queries.notices import notice_list_for
from samhandla.detect.queries.settings import LOOP
from samhandla.people import actions as people
from samhandla.people.models import Area, Child, Duty, SchoolDay
from samhandla.people.queries import today
from samhandla.trust.rls import protected_models
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db

HOME = "9901"
SENDER = {"by": "principal_fria", "recipient": "home_municipality", "other_home": True}


@pytest.fixture
def neighbours(cast):
    """Elin goes to the independent school and lives in the municipality of a third authority here."""
    employ_officers(cast)
    cast.authority["home"] = people.found_authority(
        by=None, name="Hemkommunens nämnd", kind="board", branches=("school", "emi"), municipality_code=HOME
    )
    cast._unit("home", "hem", "Hemskolan")
    for name, role in (
        ("duty_officer_home", "compulsory_school_officer"),
        ("principal_home", "principal"),
        ("data_administrator_home", "data_administrator"),
    ):
        cast._duty("home", name, role, "hem")
    _live_in(cast, HOME)
    return cast


def _live_in(cast, code):
    with acting_as(cast.service("independent")):
        area = Area.objects.create(name=f"Område {code}", municipality_code=code)
        Child.objects.filter(pk=cast.child["elin"].pk).update(lives_in=area)


def listed(cast, name):
    viewer = cast.viewer(name)
    with acting_as(viewer):
        return notice_list_for(viewer, today=today())


def fifth_school_day(cast, unit, number=5):
    days = SchoolDay.objects.filter(unit=cast.unit[unit], date__gt=today()).order_by("date")
    return days.values_list("date", flat=True)[number - 1]


def test_it_is_delivered_when_it_is_signed_and_has_a_clock(neighbours):
    row = signed(neighbours, "elin", **SENDER)
    assert row.authority_id == neighbours.authority["home"].pk
    assert row.due_on == fifth_school_day(neighbours, "fria")
    (one,) = listed(neighbours, "duty_officer_home").new
    assert (one.outside, one.sender) == (False, "Fria skolan, Fria Skolan AB")
    assert not listed(neighbours, "duty_officer_fria").waiting


def test_it_is_received_and_answered_and_the_sender_reads_it(neighbours, client):
    row = signed(neighbours, "elin", **SENDER)
    by = neighbours.viewer("duty_officer_home")
    with pytest.raises(NotYours):
        actions.receive_notice(by=neighbours.viewer("duty_officer_fria"), delivered_id=row.pk)
    actions.receive_notice(by=by, delivered_id=row.pk)
    actions.answer_notice(by=by, delivered_id=row.pk, reply="contact", words="Vi ringer.", today=today())
    neighbours.login(client, "principal_fria")
    page = client.get(reverse("notice", args=[row.notice_id])).text
    assert "Vi ringer." in page
    assert "Överlämnad direkt till Hemkommunens nämnd" in page
    neighbours.login(client, "duty_officer_home")
    assert "Fria Skolan AB" in client.get(reverse("delivered", args=[row.pk])).text


def unsigned(cast):
    """Open Elin's inquiry and return its notices by recipient."""
    open_inquiry(cast, "elin", by="principal_fria", other_home=True)
    with acting_as(cast.viewer("principal_fria")):
        return dict(Notice.objects.values_list("recipient", "pk"))


def test_the_principal_sees_where_it_goes_and_may_say_otherwise(neighbours, client):
    ids = unsigned(neighbours)
    home = neighbours.authority["home"].pk
    neighbours.login(client, "principal_fria")
    url = reverse("notice", args=[ids["home_municipality"]])
    assert f'<option value="{home}" selected>Hemkommunens nämnd</option>' in client.get(url).text
    assert "Hemkommunens nämnd" not in client.get(reverse("notice", args=[ids["huvudman"]])).text
    assert client.post(url, {"text": "Anmälan", "to": "999999"}).status_code == 422
    assert client.post(url, {"text": "Anmälan", "to": "by_hand"}).status_code == 303
    assert not listed(neighbours, "duty_officer_home").waiting
    assert len(listed(neighbours, "duty_officer_fria").to_hand_out) == 1


def test_the_principal_chooses_where_the_register_does_not_say(neighbours, client):
    _live_in(neighbours, "")
    url = reverse("notice", args=[unsigned(neighbours)["home_municipality"]])
    neighbours.login(client, "principal_fria")
    assert 'value="by_hand" selected' in client.get(url).text
    sent = {"text": "Anmälan", "to": str(neighbours.authority["home"].pk)}
    assert client.post(url, sent).status_code == 303
    assert len(listed(neighbours, "duty_officer_home").new) == 1


def test_an_authority_without_a_receiver_cannot_be_chosen(neighbours):
    notice_id = unsigned(neighbours)["home_municipality"]
    for to in (neighbours.authority["independent"].pk, 999_999):
        with pytest.raises(AnswerRefused) as refused:
            sign_notice(
                by=neighbours.viewer("principal_fria"),
                notice_id=notice_id,
                text="x",
                today=today(),
                to=str(to),
            )
        assert refused.value.problems == ["to"]


@pytest.mark.parametrize("missing", ["area", "code", "authority", "officer"])
def test_it_is_handed_out_by_hand_when_nobody_receives_here(neighbours, missing, client):
    if missing == "area":
        with acting_as(neighbours.service("independent")):
            Child.objects.filter(pk=neighbours.child["elin"].pk).update(lives_in=None)
    elif missing == "officer":
        with acting_as(neighbours.service("home")):
            officer = neighbours.staff["duty_officer_home"]
            Duty.objects.filter(staff=officer).update(valid_to=today() - timedelta(days=1))
    else:
        _live_in(neighbours, "" if missing == "code" else "9902")
    row = signed(neighbours, "elin", **SENDER)
    assert (row.authority_id, row.due_on) == (neighbours.authority["independent"].pk, None)
    assert not listed(neighbours, "duty_officer_home").waiting
    assert len(listed(neighbours, "duty_officer_fria").to_hand_out) == 1
    neighbours.login(client, "principal_fria")
    assert client.get(reverse("notice-print", args=[row.notice_id])).status_code == 200


def test_raw_sql_in_the_other_authority_gives_the_copy_and_no_other_row(neighbours, take):
    row, child = signed(neighbours, "elin", **SENDER), neighbours.child["elin"].pk
    about = [m for m in protected_models(apps.get_models()) if _child_column(m)]
    assert len(about) > 15
    for name in ("duty_officer_home", "principal_home", "data_administrator_home"):
        with acting_as(neighbours.viewer(name)), connection.cursor() as cursor:
            cursor.execute("select current_user")
            assert cursor.fetchone() == ("samhandla_app",)
            for model in about:
                cursor.execute(
                    f"select count(*) from {model._meta.db_table} where {_child_column(model)} = %s", [child]
                )
                seen = 1 if model is DeliveredNotice and name == "duty_officer_home" else 0
                assert cursor.fetchone() == (seen,), (name, model)
    with acting_as(neighbours.viewer("duty_officer_home")), connection.cursor() as cursor:
        cursor.execute("select id, pupil, text from detect_deliverednotice")
        assert cursor.fetchall() == [(row.pk, "Elin Prov", "Anmälan om Elin Prov")]
        cursor.execute("select count(*) from trust_event where child_key / 65536 = %s", [child])
        assert cursor.fetchone() == (0,)


def _child_column(model) -> str:
    if model is Child:
        return "id"
    return "child_id" if any(f.name == "child" for f in model._meta.fields) else ""


def test_of_a_child_with_protected_identity_neither_side_is_shown_name_or_text(neighbours, client):
    row = signed(neighbours, "elin", **SENDER)
    by = neighbours.service("independent")
    people.update_child(by=by, child=neighbours.child["elin"], protection="protected")
    for name, route, number in (
        ("duty_officer_home", "delivered", row.pk),
        ("duty_officer_home", "delivered-print", row.pk),
        ("principal_fria", "notice-print", row.notice_id),
    ):
        neighbours.login(client, name)
        page = client.get(reverse(route, args=[number])).text
        assert "Elin" not in page, (name, route)
        assert "kyddade personuppgifter" in page, (name, route)


def test_the_days_to_answer_are_the_authoritys_own(neighbours):
    by = neighbours.viewer("process_leader")
    set_rule(by=by, rule=LOOP, parameters={"notice_days": 8}, today=today(), reason="Vi hinner så.")
    assert signed(neighbours).due_on == fifth_school_day(neighbours, "berga", 8)
    assert signed(neighbours, "elin", **SENDER).due_on == fifth_school_day(neighbours, "fria")
    for wrong in (0, 31):
        with pytest.raises(AnswerRefused):
            set_rule(by=by, rule=LOOP, parameters={"notice_days": wrong}, today=today())


def test_the_page_of_the_limits_says_default_and_source(neighbours, client):
    neighbours.login(client, "process_leader")
    page = client.get(reverse("rule-loop")).text
    assert "Om ingen ändrar: 5" in page
    assert "nämner inget antal dagar" in page
