"""The register's pages: who opens them, what they say, what they cost."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from samhandla.people import actions
from samhandla.people.models import Assignment, Break, Duty, SchoolDay, Substitution
from samhandla.people.queries import today
from samhandla.trust.events import EventKind
from samhandla.trust.models import Event
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db
LISTS = ("register", "register-staff", "duties", "stand-ins", "calendar")


def text(answer):
    return answer.content.decode()


@pytest.fixture
def principal(client, cast):
    return cast.login(client, "principal")


@pytest.fixture
def administrator(client, cast):
    return cast.login(client, "administrator")


def test_units_groups_and_their_mentors_on_a_day(principal, cast):
    page = text(principal.get(reverse("register")))
    assert "Bergaskolan" in page
    assert "Lundaskolan" not in page
    assert "Mentor 7B Prov" in page
    past = text(principal.get(reverse("register"), {"dag": "2019-01-01"}))
    assert "Du ser registret som det var" in past
    assert "Mentor 7B" not in past
    assert principal.get(reverse("register"), {"dag": "i går"}).status_code == 200


def test_a_unit_or_group_out_of_reach_is_not_there(principal, cast):
    assert principal.get(reverse("register"), {"enhet": cast.unit["lunda"].pk}).status_code == 404
    assert principal.get(reverse("register-group", args=[cast.group["8C"].pk])).status_code == 404
    assert principal.get(reverse("register-group", args=[0])).status_code == 404
    assert principal.get(reverse("register-group", args=[cast.group["7B"].pk])).status_code == 200
    assert principal.get(reverse("register-child", args=[cast.child["nora"].ref])).status_code == 404
    assert (
        principal.get(reverse("register-staff-member", args=[cast.staff["principal_fria"].pk])).status_code
        == 404
    )


def test_the_group_tells_who_led_it_then(principal, cast):
    day = today()
    Assignment.objects.filter(staff=cast.staff["mentor_7b"]).update(valid_to=day - timedelta(days=1))
    address = reverse("register-group", args=[cast.group["7B"].pk])
    assert "Ingen den dagen" in text(principal.get(address))
    then = text(principal.get(address, {"dag": (day - timedelta(days=1)).isoformat()}))
    assert "Ingen den dagen" not in then


def test_search_finds_own_children_only(principal):
    address = reverse("register-children")
    assert "Alma Prov" in text(principal.get(address, {"namn": "alma"}))
    assert "Nora" not in text(principal.get(address, {"namn": "nora pr"})).replace('value="nora pr"', "")
    assert "Alma Prov" not in text(principal.get(address))


def test_the_card_words_the_rights_of_each_adult(principal, cast, guardian_of):
    guardian_of("alma")
    guardian_of("alma", kind="familjehem")
    page = text(principal.get(reverse("register-child", args=[cast.child["alma"].ref])))
    assert "har rätt till insyn" in page
    assert "har ingen rätt enligt registret" in page
    assert "familjehem" in page
    assert "Eva Prov" in page


def test_a_protected_card_opens_for_the_principal_and_is_recorded(client, cast):
    by = cast.service()
    with acting_as(by):
        child = actions.update_child(by=by, child=cast.child["alma"], protection="protected")
    address = reverse("register-child", args=[child.ref])
    assert cast.login(client, "administrator").get(address).status_code == 404
    opened = cast.login(client, "principal").get(address)
    assert "Alma Prov" in text(opened)
    assert opened["Cache-Control"] == "no-store"
    with acting_as(cast.viewer("principal")):
        assert Event.objects.filter(event=EventKind.PROTECTED_READ).count() == 1
    group = text(cast.login(client, "principal").get(reverse("register-group", args=[cast.group["7B"].pk])))
    assert "Alma" not in group
    assert "Skyddade personuppgifter" in group


def test_the_number_is_shown_by_a_post_and_recorded(client, cast, numbers):
    by, child = cast.service(), cast.child["alma"]
    with acting_as(by):
        actions.store_personnummer(by=by, child=child, number=numbers[0])
    number = f"{numbers[0][:8]}-{numbers[0][8:]}"
    page = cast.login(client, "administrator")
    assert number not in text(page.get(reverse("register-child", args=[child.ref])))
    assert page.get(reverse("register-personnummer", args=[child.ref])).status_code == 405
    assert number in text(page.post(reverse("register-personnummer", args=[child.ref])))
    with acting_as(cast.viewer("administrator")):
        assert Event.objects.filter(event=EventKind.PERSONNUMMER_READ).count() == 1
    assert (
        cast.login(client, "principal").post(reverse("register-personnummer", args=[child.ref])).status_code
        == 404
    )


def test_looking_up_by_number(administrator, cast, numbers):
    by = cast.service()
    with acting_as(by):
        actions.store_personnummer(by=by, child=cast.child["alma"], number=numbers[0])
        actions.store_personnummer(by=by, child=cast.child["nora"], number=numbers[1])
    address = reverse("register-find-number")
    hit = administrator.post(address, {"number": numbers[0]})
    assert (hit.status_code, hit["Location"]) == (
        303,
        reverse("register-child", args=[cast.child["alma"].ref]),
    )
    for number in (numbers[1], numbers[2]):
        miss = administrator.post(address, {"number": number})
        assert miss.status_code == 422
        assert "Ingen elev som du kan se har det numret" in text(miss)
    assert "ÅÅÅÅMMDD-NNNN" in text(administrator.post(address, {"number": "alma"}))


def test_a_mentor_sets_and_ends_its_own_stand_in(client, cast):
    mentor, day = cast.login(client, "mentor_7b"), today().isoformat()
    me, other = cast.staff["mentor_7b"].pk, cast.staff["mentor_7a"].pk
    answer = mentor.post(reverse("stand-ins"), {"absent": me, "stand_in": other, "first": day, "last": day})
    assert answer.status_code == 303
    assert "gäller nu" in text(mentor.get(reverse("stand-ins")))
    row = Substitution.objects.get()
    assert mentor.post(reverse("stand-in-end", args=[row.pk])).status_code == 303
    assert "avslutad" in text(mentor.get(reverse("stand-ins")))
    same = mentor.post(reverse("stand-ins"), {"absent": me, "stand_in": me, "first": day, "last": day})
    assert same.status_code == 422
    assert "Ersättaren kan inte vara samma person" in text(same)
    stranger = mentor.post(reverse("stand-ins"), {"absent": other, "stand_in": me, "first": day, "last": day})
    assert stranger.status_code == 422
    elsewhere = cast.login(client, "principal_lunda")
    assert elsewhere.post(reverse("stand-in-end", args=[row.pk])).status_code == 404


def test_the_principal_ends_a_duty_and_a_task(principal, client, cast):
    duty = Duty.objects.get(staff=cast.staff["counsellor"])
    task = Assignment.objects.get(staff=cast.staff["mentor_7b"])
    own = Duty.objects.get(staff=cast.staff["principal"])
    assert (
        principal.post(reverse("duty-end", args=[duty.pk]), {"enhet": cast.unit["berga"].pk}).status_code
        == 303
    )
    assert principal.post(reverse("task-end", args=[task.pk])).status_code == 303
    assert principal.post(reverse("duty-end", args=[own.pk])).status_code == 404
    elsewhere = Duty.objects.get(staff=cast.staff["principal_lunda"])
    assert principal.post(reverse("duty-end", args=[elsewhere.pk])).status_code == 404
    assert "Counsellor Prov har inte längre uppdraget" in text(principal.get(reverse("duties")))
    page = text(principal.get(reverse("duties")))
    assert "Counsellor Prov" not in page
    assert "ditt eget" in page
    assert "Avsluta nu" not in text(cast.login(client, "administrator").get(reverse("duties")))
    assert cast.login(client, "counsellor").get(reverse("team")).status_code == 404


def test_a_break_is_previewed_then_saved_then_removed(administrator, cast):
    unit = cast.unit["berga"]
    day = SchoolDay.objects.filter(unit=unit, date__gt=today()).order_by("date").first().date
    address = f"{reverse('calendar-break')}?enhet={unit.pk}"
    fields = {
        "lov-name": "Studiedag",
        "lov-kind": "study_day",
        "lov-first": day.isoformat(),
        "lov-last": day.isoformat(),
    }
    before = SchoolDay.objects.filter(unit=unit).count()
    shown = administrator.post(address, {**fields, "visa": "1"})
    assert f"{before} → <strong>{before - 1}</strong>" in text(shown)
    assert Break.objects.count() == 0
    assert administrator.post(address, fields).status_code == 303
    assert SchoolDay.objects.filter(unit=unit).count() == before - 1
    row = Break.objects.get()
    assert "Studiedag" in text(administrator.get(reverse("calendar")))
    assert administrator.post(reverse("calendar-break-remove", args=[row.pk])).status_code == 303
    assert SchoolDay.objects.filter(unit=unit).count() == before
    assert administrator.post(address, {**fields, "lov-last": "2020-01-01"}).status_code == 422
    assert (
        administrator.post(f"{reverse('calendar-break')}?enhet={cast.unit['lunda'].pk}", fields).status_code
        == 404
    )
    assert administrator.post(reverse("calendar-term-remove", args=[0])).status_code == 404


def test_a_term_is_changed_and_a_wrong_one_refused(administrator, cast):
    unit = cast.unit["berga"]
    address = f"{reverse('calendar-term')}?enhet={unit.pk}"
    first = today() + timedelta(days=200)
    fields = {
        "termin-name": "VT99",
        "termin-first": first.isoformat(),
        "termin-last": (first + timedelta(days=30)).isoformat(),
    }
    assert "Ingenting är sparat ännu" in text(administrator.post(address, {**fields, "visa": "1"}))
    assert administrator.post(address, fields).status_code == 303
    assert SchoolDay.objects.filter(unit=unit, term="VT99").exists()
    wrong = administrator.post(
        address,
        {
            **fields,
            "termin-name": "X",
            "termin-first": today().isoformat(),
            "termin-last": today().isoformat(),
        },
    )
    assert wrong.status_code == 422
    assert "en annan termin" in text(wrong)


def _queries(client, address):
    client.get(address)
    with CaptureQueriesContext(
        connection,
    ) as caught:
        assert client.get(address).status_code == 200
    return len(caught)


def _fifty_more(cast):
    """Fifty groups with mentor and pupil each, as many stand-ins and days off."""
    by, unit, day = cast.service(), cast.unit["berga"], today()
    with acting_as(by):
        for number in range(50):
            staff = actions.register_staff(by=by, given_name=f"N{number}", family_name="Prov")
            group = actions.save_group(
                by=by, unit=unit, kind="class", name=f"9{number}", school_year=9, valid_from=day
            )
            Assignment.objects.create(staff=staff, group=group, role="mentor", valid_from=day)
            Duty.objects.create(staff=staff, unit=unit, role="coach", valid_from=day)
            Substitution.objects.create(
                absent=staff, stand_in=cast.staff["principal"], valid_from=day, valid_to=day
            )
            Break.objects.create(
                organisation=unit, name=f"L{number}", kind="local", valid_from=day, valid_to=day
            )
            child = actions.register_child(
                by=by, unit=unit, given_name=f"Barn{number}", family_name="Prov", protection="none"
            )
            actions.place_in_group(by=by, child=child, group=cast.group["7B"], valid_from=day)
        actions.derive_access(by.authority_id)


@pytest.mark.slow
def test_lists_cost_the_same_with_one_and_fifty_rows(principal, cast):
    addresses = [reverse(name) for name in LISTS]
    addresses += [
        reverse("register-children") + "?namn=prov",
        reverse("register-group", args=[cast.group["7B"].pk]),
    ]
    before = {address: _queries(principal, address) for address in addresses}
    _fifty_more(cast)
    after = {address: _queries(principal, address) for address in addresses}
    assert after == before


@pytest.mark.parametrize("name", LISTS)
def test_anonymous_and_wrong_role_are_refused(client, cast, name):
    assert client.get(reverse(name)).status_code == 302
    assert cast.login(client, "controller").get(reverse(name)).status_code == 404
