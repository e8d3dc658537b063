"""Duties, tasks and stand-ins: access comes and goes the same minute; refusals beside successes."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import connection

from samhandla.people import actions, queries
from samhandla.people.errors import NotAllowed, NotYours, Refused
from samhandla.people.models import Assignment, Child, Duty, Substitution
from samhandla.trust.permissions import Permission
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db
DAY = timedelta(days=1)


def names(viewer):
    with acting_as(viewer):
        return sorted(Child.objects.values_list("given_name", flat=True))


def stand_in(cast, by, absent="mentor_7b", there="mentor_7a", first=0, last=0):
    day = queries.today()
    return actions.set_stand_in(
        by=by,
        absent=cast.staff[absent],
        stand_in=cast.staff[there],
        valid_from=day + first * DAY,
        valid_to=day + last * DAY,
    )


@pytest.mark.parametrize("who", ["mentor_7b", "principal"])
def test_the_person_or_its_principal_sets_and_ends_a_stand_in(cast, who):
    row = stand_in(cast, cast.viewer(who))
    assert names(cast.viewer("mentor_7a")) == ["Alma", "Hugo", "Omar", "Tove"]
    actions.end_stand_in(by=cast.viewer(who), substitution_id=row.pk)
    assert names(cast.viewer("mentor_7a")) == ["Hugo"]
    with pytest.raises(Refused, match="already_ended"):
        actions.end_stand_in(by=cast.viewer(who), substitution_id=row.pk)


@pytest.mark.parametrize("who", ["mentor_7a", "principal_lunda", "controller", "principal_fria"])
def test_nobody_else_sets_or_ends_one(cast, who):
    with pytest.raises(NotYours):
        stand_in(cast, cast.viewer(who), there="principal")
    row = stand_in(cast, cast.service(), there="principal")
    with pytest.raises(NotYours):
        actions.end_stand_in(by=cast.viewer(who), substitution_id=row.pk)
    assert Substitution.objects.get().ended_at is None


def test_a_stand_in_may_leave_by_itself(cast):
    row = stand_in(cast, cast.service())
    assert actions.end_stand_in(by=cast.viewer("mentor_7a"), substitution_id=row.pk).ended_at


def test_a_stand_in_from_another_authority_is_refused(cast):
    with pytest.raises(NotYours):
        stand_in(cast, cast.service(), there="mentor_7f")


@pytest.mark.parametrize(
    ("there", "first", "last", "problem"),
    [
        ("mentor_7b", 0, 0, "same_person"),
        ("mentor_7a", 2, 1, "last_before_first"),
        ("mentor_7a", -3, -1, "in_the_past"),
    ],
)
def test_wrong_days_are_refused(cast, there, first, last, problem):
    with pytest.raises(Refused, match=problem):
        stand_in(cast, cast.service(), there=there, first=first, last=last)


def test_the_same_two_are_not_set_twice_but_again_afterwards(cast):
    row = stand_in(cast, cast.service(), last=5)
    with pytest.raises(Refused, match="already_set"):
        stand_in(cast, cast.service(), first=3, last=9)
    assert stand_in(cast, cast.service(), first=6, last=9)
    actions.end_stand_in(by=cast.service(), substitution_id=row.pk)
    assert stand_in(cast, cast.service(), last=2)


def test_a_stand_in_can_do_what_the_absent_can(cast):
    teacher = actions.register_staff(by=cast.service(), given_name="Vik", family_name="Arie")
    assert not queries.viewer_of_actor(teacher.actor).may(Permission.SIGNAL_ANSWER)
    day = queries.today()
    actions.set_stand_in(
        by=cast.service(), absent=cast.staff["mentor_7b"], stand_in=teacher, valid_from=day, valid_to=day
    )
    viewer = queries.viewer_of_actor(teacher.actor)
    assert viewer.may(Permission.SIGNAL_ANSWER)
    assert names(viewer) == ["Alma", "Omar", "Tove"]


def test_a_coming_stand_in_opens_nothing_yet_and_can_be_taken_back(cast):
    row = stand_in(cast, cast.service(), first=2, last=4)
    assert names(cast.viewer("mentor_7a")) == ["Hugo"]
    ended = actions.end_stand_in(by=cast.service(), substitution_id=row.pk)
    assert (ended.valid_from, ended.valid_to) == (row.valid_from, row.valid_from)
    with acting_as(cast.service()), connection.cursor() as cursor:
        cursor.execute(
            "select count(*) from people_access_of_child(%s, %s) a where a.reason = 'stand_in'",
            [cast.child["alma"].pk, row.valid_from],
        )
        assert cursor.fetchone() == (0,)


def test_a_duty_ended_now_closes_the_same_minute_and_stays_in_history(cast):
    viewer = cast.viewer("counsellor")
    duty = Duty.objects.get(staff=cast.staff["counsellor"])
    assert names(viewer)
    actions.end_duty_now(by=cast.viewer("principal"), duty_id=duty.pk)
    assert names(viewer) == []
    assert cast.viewer("counsellor").roles == frozenset()
    held = Duty.objects.filter(queries.held_on(queries.today()), pk=duty.pk)
    assert held.exists()
    assert not Duty.objects.filter(queries.in_force(queries.today()), pk=duty.pk).exists()


def test_a_task_ended_now_closes_the_same_minute(cast):
    task = Assignment.objects.get(staff=cast.staff["mentor_7b"])
    viewer = cast.viewer("mentor_7b")
    actions.end_assignment_now(by=cast.viewer("principal"), assignment_id=task.pk)
    assert names(viewer) == []
    with acting_as(viewer):
        assert queries.children_led_by(viewer, on=queries.today()) == []
    with pytest.raises(Refused, match="already_ended"):
        actions.end_assignment_now(by=cast.viewer("principal"), assignment_id=task.pk)


def test_an_import_that_still_has_the_duty_open_opens_nothing(cast):
    """The source's last day never wins over what was ended by hand."""
    duty = Duty.objects.get(staff=cast.staff["counsellor"])
    actions.end_duty_now(by=cast.viewer("principal"), duty_id=duty.pk)
    Duty.objects.filter(pk=duty.pk).update(valid_to=None)
    actions.derive_access(cast.authority["board"].pk)
    assert names(cast.viewer("counsellor")) == []


@pytest.mark.parametrize(
    "who", ["mentor_7b", "principal_lunda", "administrator", "principal_fria", "controller"]
)
def test_nobody_else_ends_a_duty_or_gives_one(cast, who):
    duty = Duty.objects.get(staff=cast.staff["counsellor"])
    task = Assignment.objects.get(staff=cast.staff["mentor_7a"])
    by, day = cast.viewer(who), queries.today()
    with pytest.raises(NotYours):
        actions.end_duty_now(by=by, duty_id=duty.pk)
    with pytest.raises(NotYours):
        actions.end_duty(by=by, duty=duty, last_day=day)
    with pytest.raises(NotYours):
        actions.end_assignment_now(by=by, assignment_id=task.pk)
    with pytest.raises(NotYours):
        actions.give_duty(
            by=by, staff=cast.staff[who], unit=cast.unit["berga"], role="principal", valid_from=day
        )
    with pytest.raises(NotYours):
        actions.assign_group(
            by=by, staff=cast.staff[who], group=cast.group["7B"], role="mentor", valid_from=day
        )


def test_a_missing_duty_and_a_forbidden_one_are_the_same(cast):
    with pytest.raises(NotYours):
        actions.end_duty_now(by=cast.viewer("principal"), duty_id=0)


def test_nobody_ends_their_own_duty(cast):
    duty = Duty.objects.get(staff=cast.staff["principal"])
    with pytest.raises(NotAllowed):
        actions.end_duty_now(by=cast.viewer("principal"), duty_id=duty.pk)


def test_a_role_given_twice_is_refused(cast):
    given = {
        "staff": cast.staff["process_leader"],
        "unit": cast.unit["berga"],
        "role": "coach",
        "valid_from": queries.today(),
    }
    actions.give_duty(by=cast.viewer("principal"), **given)
    with pytest.raises(Refused, match="already_set"):
        actions.give_duty(by=cast.viewer("principal"), **given)


@pytest.mark.parametrize("deed", ["stand_in", "duty"])
@pytest.mark.django_db(transaction=True)
def test_two_at_once_become_one(cast, deed):
    """Two who click in the same second: one is set, the other learns that it is set already."""
    day, together, ends = queries.today(), Barrier(2), []
    by = cast.service()

    def act():
        together.wait()
        try:
            if deed == "stand_in":
                stand_in(cast, by)
            else:
                actions.give_duty(
                    by=by,
                    staff=cast.staff["process_leader"],
                    unit=cast.unit["berga"],
                    role="coach",
                    valid_from=day,
                )
            ends.append("set")
        except Refused as refused:
            ends.append(refused.problem)
        finally:
            connection.close()

    threads = [Thread(target=act) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ends) == ["already_set", "set"]


def give(cast, who, name="process_leader", unit="berga", role="coach", first=0, last=None):
    day = queries.today()
    return actions.give_duty(
        by=cast.viewer(who), staff=cast.staff[name], unit=cast.unit[unit], role=role,
        valid_from=day + first * DAY, valid_to=None if last is None else day + last * DAY,
    )  # fmt: skip


def test_the_principal_gives_a_role_and_access_begins_the_same_minute(cast):
    viewer = cast.viewer("process_leader")
    assert names(viewer) == []
    give(cast, "principal", role="counsellor")
    assert names(viewer) == ["Alma", "Hugo", "Omar", "Tove"]
    assert "counsellor" in cast.viewer("process_leader").roles


def test_a_coming_role_opens_on_its_first_day_and_no_sooner(cast):
    duty = give(cast, "principal", role="counsellor", first=3, last=9)
    assert names(cast.viewer("process_leader")) == []
    assert (duty.valid_from, duty.valid_to) == (queries.today() + 3 * DAY, queries.today() + 9 * DAY)


@pytest.mark.parametrize("role", ["lawyer", "registrar", "data_protection_officer", "principal", "coach"])
def test_the_data_administrator_gives_every_role_of_the_authority(cast, role):
    assert give(cast, "data_administrator", unit="lunda", role=role).role == role


@pytest.mark.parametrize(
    "role",
    ["principal", "data_administrator", "controller", "lawyer", "guardian", "child", "service", "mentor"],
)
def test_a_principal_does_not_give_what_is_not_the_schools(cast, role):
    with pytest.raises(NotAllowed):
        give(cast, "principal", role=role)
    assert not Duty.objects.filter(staff=cast.staff["process_leader"], role=role).exists()


@pytest.mark.parametrize("role", ["guardian", "child", "service", "police", "mentor", "", "boss"])
def test_families_jobs_and_partners_are_nobodys_to_give(cast, role):
    with pytest.raises(NotAllowed):
        give(cast, "data_administrator", role=role)


@pytest.mark.parametrize(("who", "role"), [("principal", "coach"), ("data_administrator", "principal")])
def test_nobody_gives_oneself_a_duty(cast, who, role):
    with pytest.raises(Refused, match="yourself"):
        give(cast, who, name=who, role=role)
    with pytest.raises(Refused, match="yourself"):
        actions.assign_group(
            by=cast.viewer(who), staff=cast.staff[who], group=cast.group["7B"], role="mentor",
            valid_from=queries.today(),
        )  # fmt: skip


@pytest.mark.parametrize(
    ("first", "last", "problem"),
    [(2, 1, "last_before_first"), (-1, None, "begins_in_the_past"), (9999, None, "too_far")],
)
def test_a_duty_with_wrong_days_is_refused(cast, first, last, problem):
    with pytest.raises(Refused, match=problem):
        give(cast, "principal", first=first, last=last)


def test_overlapping_days_are_refused_and_adjoining_ones_are_not(cast):
    give(cast, "principal", first=0, last=5)
    with pytest.raises(Refused, match="already_set"):
        give(cast, "data_administrator", first=5, last=9)
    assert give(cast, "principal", first=6)


def test_a_head_leads_a_school(cast):
    top = actions.save_organisation(by=cast.service(), name="Kommunen", kind="huvudman")
    day = queries.today()
    with pytest.raises(Refused, match="needs_school"):
        actions.give_duty(
            by=cast.viewer("data_administrator"), staff=cast.staff["process_leader"], unit=top,
            role="principal", valid_from=day,
        )  # fmt: skip


def test_another_authority_is_out_of_the_data_administrators_reach(cast):
    by, day = cast.viewer("data_administrator"), queries.today()
    for staff, unit in (("process_leader", "fria"), ("mentor_7f", "berga")):
        with pytest.raises(NotYours):
            actions.give_duty(
                by=by, staff=cast.staff[staff], unit=cast.unit[unit], role="coach", valid_from=day
            )


def test_a_principal_ends_only_what_it_gives(cast):
    for name in ("data_administrator", "process_leader", "controller"):
        duty = Duty.objects.get(staff=cast.staff[name])
        with pytest.raises(NotAllowed):
            actions.end_duty_now(by=cast.viewer("principal"), duty_id=duty.pk)
        with pytest.raises(NotAllowed):
            actions.end_duty(by=cast.viewer("principal"), duty=duty, last_day=queries.today())
    other = Duty.objects.get(staff=cast.staff["principal_lunda"])
    assert actions.end_duty_now(by=cast.viewer("data_administrator"), duty_id=other.pk).ended_at


def test_an_end_before_the_beginning_is_refused(cast):
    duty = give(cast, "principal", first=5)
    with pytest.raises(Refused, match="last_before_first"):
        actions.end_duty(by=cast.viewer("principal"), duty=duty, last_day=queries.today())


def test_the_data_administrator_sees_no_child_and_sets_no_stand_in(cast):
    """Giving duties opens nothing to the giver, also not by way of a stand-in."""
    by, day = cast.viewer("data_administrator"), queries.today()
    assert names(by) == []
    with pytest.raises(NotYours):
        actions.set_stand_in(
            by=by, absent=cast.staff["principal"], stand_in=cast.staff["data_administrator"],
            valid_from=day, valid_to=day,
        )  # fmt: skip
    assert names(by) == []


def test_who_may_add_a_colleague(cast):
    """Keepers of duties add staff, never children; an address that a colleague has is refused."""
    by = cast.viewer("data_administrator")
    new = {"given_name": "Jur", "family_name": "Ist", "email": "jur@kommunen.se"}
    assert actions.register_staff(by=by, **new).authority_id == by.authority_id
    with pytest.raises(Refused, match="known_already"):
        actions.register_staff(by=by, **new | {"email": "JUR@kommunen.se"})
    with pytest.raises(NotAllowed):
        actions.register_child(by=by, unit=cast.unit["berga"], given_name="A", family_name="B")
    with pytest.raises(NotAllowed):
        actions.register_staff(by=cast.viewer("mentor_7b"), given_name="A", family_name="B")


def test_only_those_who_answer_signals_are_absent_or_stand_in(cast):
    give(cast, "principal", name="process_leader", role="teacher")
    choices = queries.stand_in_choices_for(cast.viewer("principal"))
    absent, there = ({one.given_name for one in rows} for rows in (choices.absent, choices.stand_in))
    assert absent == {"Principal", "Mentor 7A", "Mentor 7B", "Counsellor", "Officer"}
    assert there == absent | {"Process Leader"}
