"""Nödåtkomst: over an inner wall only, with a reason, for some hours, told, logged and reviewed."""

from __future__ import annotations

from datetime import timedelta

import psycopg
import pytest
from django.core import mail
from django.db import ProgrammingError, connection, transaction
from django.db.models import F
from django.urls import reverse

from samhandla.people import actions as people
from samhandla.people.models import Child, Duty, Staff
from samhandla.people.queries import list_access_of_child_for, today
from samhandla.secrecy import jobs
from samhandla.secrecy.actions.emergency import (
    TRIES,
    Sought,
    close_emergency,
    note_refused_emergency,
    open_emergency,
    review_emergency,
    set_emergency,
)
from samhandla.secrecy.errors import Conflict, NotAllowed, NotYours, Refused
from samhandla.secrecy.models import Emergency
from samhandla.secrecy.queries.emergency import emergencies_note, list_to_review
from samhandla.trust.models import Event, ReadEntry
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db


@pytest.fixture
def school(cast):
    """A counsellor at the other school, a lawyer, and a data protection officer who reviews."""
    cast._duty("board", "other", "counsellor", "lunda")
    cast._duty("board", "lawyer", "lawyer", "berga")
    cast._duty("board", "officer_dpo", "data_protection_officer", "berga")
    set_emergency(by=cast.viewer("lawyer"), hours=3, reviewer=cast.staff["officer_dpo"], on=today())
    return cast


def seek(cast, name="alma", unit="berga", **changes):
    values = {"unit_id": cast.unit[unit].pk, "given_name": name, "family_name": "prov", **changes}
    return Sought(**values)


def open_alma(cast, who="other", hours=3):
    return open_emergency(by=cast.viewer(who), sought=seek(cast), reason="ringde från akuten", hours=hours)


def refused(cast, who="other", reason="bråttom", hours=3, **changes):
    with pytest.raises(Refused) as error:
        open_emergency(by=cast.viewer(who), sought=seek(cast, **changes), reason=reason, hours=hours)
    with acting_as(cast.viewer(who)):
        assert not Emergency.objects.filter(opened_by_id=F("opened_by_id")).exists()
    return error.value.problems


def sees(cast, who="other"):
    with acting_as(cast.viewer(who)):
        return set(Child.objects.values_list("given_name", flat=True))


def test_it_opens_one_child_for_the_hours_and_tells_why(school):
    assert sees(school) == {"Nora"}
    row = open_alma(school)
    assert (row.ends_at - row.opened_at).total_seconds() == 3 * 3600
    assert sees(school) == {"Nora", "Alma"}
    with acting_as(school.viewer("mentor_7b")):
        rows = list_access_of_child_for(school.viewer("mentor_7b"), school.child["alma"].pk, on=today())
        assert ("counsellor", "emergency") in {(one.role, one.reason) for one in rows}
        event = Event.objects.get(event="secrecy:emergency:opened")
    assert (event.reason, event.details) == ("ringde från akuten", {"hours": 3})


def test_a_new_derivation_leaves_it_and_a_duty_that_ends_ends_it(school):
    open_alma(school)
    with acting_as(school.service()):
        connection.cursor().execute("select people_derive_access(%s)", [school.authority["board"].pk])
    assert sees(school) == {"Nora", "Alma"}
    with acting_as(school.service()):
        duty = Duty.objects.get(staff=school.staff["other"])
        people.end_duty(by=school.service(), duty=duty, last_day=today() - timedelta(days=1))
    assert sees(school) == set()


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"reason": "  "}, "reason"),
        ({"hours": 0}, "hours"),
        ({"hours": 4}, "hours"),
        ({"name": "ingen"}, "nobody"),
        ({"name": "al"}, "nobody"),  # a part of a name is no name
        ({"name": "nora", "unit": "lunda"}, "already"),
        ({"name": "elin", "unit": "fria"}, "nobody"),  # another principal: there is no override
    ],
)
def test_what_the_database_refuses(school, changes, problem):
    assert refused(school, **changes) == (problem,)


def test_two_with_one_name_are_told_apart_by_the_day_of_birth(school):
    by = school.service()
    twin = people.register_child(
        by=by, unit=school.unit["berga"], given_name="Alma", family_name="Prov",
        birth_date=today().replace(year=today().year - 8, day=1), sex="K", protection="none",
    )  # fmt: skip
    assert refused(school) == ("several",)
    row = open_emergency(
        by=school.viewer("other"), sought=seek(school, born=twin.birth_date), reason="x", hours=1
    )
    assert row.child_id == twin.pk


@pytest.mark.parametrize("field", ["protection", "lifted_protection"])
def test_never_a_protected_child_and_a_marking_ends_what_is_open(school, field):
    row = open_alma(school)
    with acting_as(school.service()):
        Child.objects.filter(pk=row.child_id).update(**{field: "marked"})
    assert sees(school) == {"Nora"}
    with acting_as(school.service()):
        assert Emergency.objects.get(pk=row.pk).ended_at is not None
    with acting_as(school.viewer("other")):
        assert not Emergency.objects.filter(pk=row.pk).exists()
    with pytest.raises(Refused, match="nobody"):
        open_alma(school)


@pytest.mark.parametrize("who", ["nurse", "mentor_7a", "controller", "lawyer", "officer"])
def test_others_open_nothing(school, who):
    with pytest.raises(NotAllowed):
        open_alma(school, who)


@pytest.mark.parametrize("who", ["nurse", "mentor_7a", "principal_fria"])
def test_nor_with_sql_of_their_own(school, who):
    """The nurse of EMI, a mentor, and another principal organiser's principal."""
    ask = "select secrecy_open_emergency(%s, 'Alma', 'Prov', null, 'x', 1)"
    with acting_as(school.viewer(who)), pytest.raises(ProgrammingError), transaction.atomic():
        connection.cursor().execute(ask, [school.unit["berga"].pk])


@pytest.mark.parametrize(
    "statement",
    [
        "update trust_access set expires_at = now() + interval '1 year'",
        "insert into trust_access (actor_id) values (1)",
        "update secrecy_emergency set ends_at = now() + interval '1 year'",
        "delete from secrecy_emergency",
        "update secrecy_emergencysetting set hours = 12",
    ],
)
def test_the_running_role_prolongs_nothing(school, statement):
    open_alma(school)
    with acting_as(school.viewer("other")), pytest.raises(ProgrammingError), transaction.atomic():
        connection.cursor().execute(statement)


def test_nothing_is_opened_before_it_is_decided_or_without_a_reviewer_at_work(cast):
    cast._duty("board", "other", "counsellor", "lunda")
    assert refused(cast) == ("closed",)
    cast._duty("board", "lawyer", "lawyer", "berga")
    with pytest.raises(Refused, match="reviewer"):
        set_emergency(by=cast.viewer("lawyer"), hours=3, reviewer=cast.staff["other"], on=today())
    with pytest.raises(Refused, match="hours"):
        set_emergency(by=cast.viewer("lawyer"), hours=13, reviewer=cast.staff["lawyer"], on=today())
    with pytest.raises(NotAllowed):
        set_emergency(by=cast.viewer("other"), hours=3, reviewer=cast.staff["lawyer"], on=today())
    set_emergency(by=cast.viewer("lawyer"), hours=1, reviewer=cast.staff["lawyer"], on=today())
    assert refused(cast, hours=2) == ("hours",)
    with acting_as(cast.service()):
        duty = Duty.objects.get(staff=cast.staff["lawyer"])
        people.end_duty(by=cast.service(), duty=duty, last_day=today() - timedelta(days=1))
    assert refused(cast, hours=1) == ("closed",)


def test_it_is_ended_by_whoever_opened_or_the_unit_and_only_once(school):
    row = open_alma(school)
    with pytest.raises(NotYours):
        close_emergency(by=school.viewer("mentor_7a"), emergency_id=row.pk)
    with pytest.raises(Conflict):  # the mentor reads it, and asks the unit to end it
        close_emergency(by=school.viewer("mentor_7b"), emergency_id=row.pk)
    close_emergency(by=school.viewer("principal"), emergency_id=row.pk)
    assert sees(school) == {"Nora"}
    with pytest.raises(Conflict):
        close_emergency(by=school.viewer("other"), emergency_id=row.pk)


def test_the_reviewer_signs_and_nobody_else_and_not_ones_own(school):
    row = open_alma(school)
    for who in ("principal", "other", "lawyer"):
        with pytest.raises((NotYours, Refused)):
            review_emergency(by=school.viewer(who), emergency_id=row.pk, verdict="in_order")
    dpo = school.viewer("officer_dpo")
    with acting_as(dpo):
        (waiting,) = list_to_review(dpo)
    assert waiting.child is None
    for verdict, note, problem in (("", "", "verdict"), ("follow_up", " ", "note")):
        with pytest.raises(Refused, match=problem):
            review_emergency(by=dpo, emergency_id=row.pk, verdict=verdict, note=note)
    review_emergency(by=dpo, emergency_id=row.pk, verdict="follow_up", note="fråga rektor")
    with pytest.raises(Conflict):
        review_emergency(by=dpo, emergency_id=row.pk, verdict="in_order")


def test_those_who_answer_for_the_pupil_are_told_without_a_word_about_whom(school):
    with acting_as(school.service()):
        Staff.objects.update(email=F("id"))
        for one in Staff.objects.all():
            Staff.objects.filter(pk=one.pk).update(email=f"p{one.pk}@exempel.se")
    row = open_alma(school)
    jobs.alert(authority_id=school.authority["board"].pk, emergency_id=row.pk)
    told = {address for message in mail.outbox for address in message.to}
    assert told == {f"p{school.staff[who].pk}@exempel.se" for who in ("mentor_7b", "principal")}
    for message in mail.outbox:
        assert not {"Alma", "Prov", "Berga", "akuten"} & set((message.subject + message.body).split())
    with acting_as(school.viewer("principal")):
        assert emergencies_note(school.viewer("principal")).startswith("1 gång")
    with acting_as(school.viewer("mentor_7a")):
        assert emergencies_note(school.viewer("mentor_7a")) == ""


def test_after_some_that_were_not_found_the_questions_end(school):
    for _number in range(TRIES):
        note_refused_emergency(by=school.viewer("other"), problem="nobody")
    assert refused(school) == ("tries",)


@pytest.mark.django_db(transaction=True)
def test_it_is_logged_and_ends_the_minute_it_ends(school, postgres, client):
    """The next transaction after its last minute no longer has the key; the log of access keeps the row."""
    row = open_alma(school, hours=1)
    assert "Alma" in sees(school)
    school.login(client, "other")
    assert client.get(reverse("pupil", args=[school.child["alma"].ref])).status_code == 200
    with acting_as(school.viewer("other")):
        entry = ReadEntry.objects.latest("at")
    assert (entry.children, entry.reasons) == ([school.child["alma"].pk], ["emergency:counsellor"])
    with psycopg.connect(postgres.url("maint", connection.settings_dict["NAME"]), autocommit=True) as maint:
        stood = maint.execute(
            "select expires_at, valid_to from trust_access where reason = 'emergency'"
        ).fetchone()
        assert stood[0] == row.ends_at
        soon = "update trust_access set expires_at = now() + interval '300 ms' where reason = 'emergency'"
        maint.execute(soon)
        assert "Alma" in sees(school)
        maint.execute("select pg_sleep(0.35)")
        assert "Alma" not in sees(school)
        (kept,) = maint.execute("select count(*) from trust_access where reason = 'emergency'").fetchone()
    assert kept == 1


def test_a_stand_in_opens_for_whoever_is_away_and_reviews_for_the_reviewer(school):
    """The mentor of 8C stands in for the other counsellor, the nurse for the data protection officer."""
    by = school.service()
    for absent, there in (("other", "mentor_8c"), ("officer_dpo", "nurse")):
        people.set_stand_in(
            by=by, absent=school.staff[absent], stand_in=school.staff[there], valid_from=today(),
            valid_to=today(),
        )  # fmt: skip
    row = open_alma(school, "mentor_8c")
    assert (row.role, row.opened_by_id) == ("counsellor", school.viewer("mentor_8c").actor_id)
    review_emergency(by=school.viewer("nurse"), emergency_id=row.pk, verdict="in_order")
