"""Protected identity opens to named staff and the principal only; jäv closes a child to whoever is close.

All of it in the database: what is asked here is asked as the running role, in raw SQL or through the models.
"""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction
from django.utils import timezone

from samhandla.people import actions, queries
from samhandla.people.actions import withheld
from samhandla.people.errors import NotYours, Refused
from samhandla.people.models import Child, Conflict, Guardianship, NamedStaff
from samhandla.people.queries.who import who_sees_for
from samhandla.people.queries.withheld import (
    list_protected_for,
    own_conflicts,
    register_kin_for,
    whom_to_name,
)
from samhandla.trust.events import EventKind
from samhandla.trust.models import Account, Actor, Event
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db
AT_SCHOOL = ("mentor_7b", "counsellor", "officer", "administrator")


@pytest.fixture
def protected(cast):
    """Alma, with protected identity."""
    return _mark(cast, "alma", "protected")


def _mark(cast, name, marking):
    by = cast.service()
    with acting_as(by):
        return actions.update_child(by=by, child=cast.child[name], protection=marking)


def _rows(viewer, table, child) -> int:
    column = "id" if table == "people_child" else "child_id"
    with acting_as(viewer), connection.cursor() as cursor:
        cursor.execute(f"select count(*) from {table} where {column} = %s", [child.pk])
        return cursor.fetchone()[0]


def _sees(viewer, child) -> set[str]:
    tables = ("people_child", "people_enrolment", "people_membership")
    return {table for table in tables if _rows(viewer, table, child)}


def _name(cast, child, name, by="principal"):
    return withheld.name_staff(by=cast.viewer(by), child=child, staff_id=cast.staff[name].pk)


def test_until_somebody_is_named_the_principal_alone_sees(cast, protected):
    for name in AT_SCHOOL:
        assert _sees(cast.viewer(name), protected) == set(), name
        assert _sees(cast.viewer(name), cast.child["omar"]), name
    assert _sees(cast.viewer("principal"), protected)
    assert _sees(cast.service(), protected)


def test_the_named_sees_from_that_moment_and_until_it_ends(cast, protected):
    row = _name(cast, protected, "counsellor")
    assert _sees(cast.viewer("counsellor"), protected)
    assert _sees(cast.viewer("mentor_7b"), protected) == set()
    withheld.end_naming(by=cast.viewer("principal"), naming_id=row.pk)
    assert _sees(cast.viewer("counsellor"), protected) == set()
    with acting_as(cast.viewer("principal")):
        kinds = Event.objects.filter(about="people.namedstaff").values_list("event", flat=True)
        assert set(kinds) == {EventKind.NAMED_STAFF, EventKind.NAMED_STAFF_ENDED}
    with pytest.raises(Refused):
        withheld.end_naming(by=cast.viewer("principal"), naming_id=row.pk)


def test_a_naming_opens_nothing_that_the_work_does_not_reach(cast, protected):
    with acting_as(cast.viewer("principal")):
        offered = {one.given_name for one in whom_to_name(cast.viewer("principal"), protected)}
    assert offered == {"Mentor 7B", "Counsellor", "Officer", "Administrator", "Nurse"}
    with pytest.raises(Refused):
        _name(cast, protected, "mentor_7a")


def test_it_ends_with_the_duty_and_does_not_come_back_with_a_new_one(cast, protected):
    _name(cast, protected, "counsellor")
    duty = cast.staff["counsellor"].duties.get()
    by = cast.service()
    actions.end_duty_now(by=by, duty_id=duty.pk)
    actions.give_duty(
        by=by, staff=cast.staff["counsellor"], unit=cast.unit["berga"], role="counsellor",
        valid_from=queries.today(),
    )  # fmt: skip
    assert _sees(cast.viewer("counsellor"), cast.child["omar"])
    assert _sees(cast.viewer("counsellor"), protected) == set()
    with acting_as(cast.viewer("principal")):
        assert NamedStaff.objects.get().ended_at is not None


def test_only_the_principal_of_the_unit_names(cast, protected):
    for name in ("principal_lunda", "counsellor", "principal_fria"):
        with pytest.raises(NotYours):
            _name(cast, protected, "mentor_7b", by=name)
    with pytest.raises(NotYours):
        _name(cast, cast.child["omar"], "mentor_7b")


def test_nobody_names_oneself_in_raw_sql(cast, protected):
    viewer, domain = cast.viewer("counsellor"), queries.domain_of(protected.authority_id, "school")
    insert = (
        "insert into people_namedstaff (child_id, unit_id, domain_id, staff_id, named_by_id, named_at,"
        f" valid_from) values ({protected.pk}, {protected.unit_id}, {domain.pk},"
        f" {cast.staff['counsellor'].pk}, {viewer.actor_id}, now(), current_date)"
    )
    for statement in (
        insert,
        "delete from trust_withheld",
        "select * from trust_withheld",
        f"select trust_withheld_of({viewer.actor_id}, {viewer.authority_id}, current_date)",
        "drop policy withheld on people_child",
    ):
        with pytest.raises(DatabaseError), acting_as(viewer), transaction.atomic():
            connection.cursor().execute(statement)
    assert _sees(viewer, protected) == set()


def test_a_marking_narrows_in_the_statement_that_writes_it(cast):
    """Also without the register's own action, and before anything is derived anew."""
    by, mentor = cast.service(), cast.viewer("mentor_7b")
    with acting_as(by):
        Child.objects.filter(pk=cast.child["omar"].pk).update(protection="marked")
        with acting_as(mentor):
            assert not Child.objects.filter(pk=cast.child["omar"].pk).exists()
        transaction.set_rollback(True)


def test_a_marking_that_ends_opens_again_and_ends_the_namings(cast, protected):
    _name(cast, protected, "mentor_7b")
    _mark(cast, "alma", "none")
    assert _sees(cast.viewer("counsellor"), protected)
    _mark(cast, "alma", "marked")
    assert _sees(cast.viewer("mentor_7b"), protected) == set()


def test_a_marked_guardian_or_sibling_narrows_the_child(cast, guardian_of):
    guardian_of("alma", protection="marked")
    assert _sees(cast.viewer("mentor_7b"), cast.child["alma"]) == set()
    guardian_of("omar", "nora")
    _mark(cast, "nora", "protected")
    assert _sees(cast.viewer("counsellor"), cast.child["omar"]) == set()
    assert _sees(cast.viewer("principal"), cast.child["omar"])


def test_who_sees_tells_of_the_named_and_of_no_other(cast, protected):
    _name(cast, protected, "counsellor")
    principal = cast.viewer("principal")
    with acting_as(principal):
        rows = who_sees_for(principal, protected, on=queries.today())
        assert {row.name.split()[0] for row in rows} == {"Principal", "Counsellor"}
        assert any("namngiven" in row.why for row in rows)
        assert {r.name.split()[0] for r in queries.list_access_of_child_for(
            principal, protected.pk, on=queries.today()
        )} == {"Principal", "Counsellor"}  # fmt: skip
    mentor = cast.viewer("mentor_7b")
    with acting_as(mentor):
        assert who_sees_for(mentor, protected, on=queries.today()) == []


def test_the_principal_owns_until_a_mentor_is_named(cast, protected):
    by, day = cast.service(), queries.today()
    with acting_as(by):
        assert protected.pk not in queries.mentor_by_child(by, on=day)
        assert cast.child["omar"].pk in queries.mentor_by_child(by, on=day)
    _name(cast, protected, "mentor_7b")
    with acting_as(by):
        assert queries.mentor_by_child(by, on=day)[protected.pk] == cast.staff["mentor_7b"].pk


def test_the_list_has_those_with_nobody_first(cast, protected):
    _mark(cast, "hugo", "marked")
    _name(cast, protected, "mentor_7b")
    principal = cast.viewer("principal")
    with acting_as(principal):
        rows = list_protected_for(principal)
        assert [(r.child.pk, len(r.named)) for r in rows] == [
            (cast.child["hugo"].pk, 0), (protected.pk, 1),
        ]  # fmt: skip


# Jäv


def _note(cast, who, child="omar", **more):
    viewer = cast.viewer(who)
    with acting_as(viewer):
        return withheld.note_conflict(by=viewer, child=cast.child[child], kind="own", **more)


def test_whoever_is_too_close_sees_nothing_and_the_others_as_before(cast):
    _note(cast, "mentor_7b")
    assert _sees(cast.viewer("mentor_7b"), cast.child["omar"]) == set()
    assert _sees(cast.viewer("mentor_7b"), cast.child["alma"])
    assert _sees(cast.viewer("counsellor"), cast.child["omar"])
    with acting_as(cast.viewer("mentor_7b")):
        assert len(own_conflicts(cast.viewer("mentor_7b"))) == 1


def test_in_raw_sql_nobody_ends_ones_own(cast):
    row = _note(cast, "counsellor")
    viewer = cast.viewer("counsellor")
    with acting_as(viewer), connection.cursor() as cursor:
        cursor.execute("select id from people_conflict")
        assert cursor.fetchall() == [(row.pk,)]
        cursor.execute("update people_conflict set ended_at = now(), valid_to = valid_from")
        assert cursor.rowcount == 0
    with pytest.raises(DatabaseError), acting_as(viewer), transaction.atomic():
        connection.cursor().execute("delete from people_conflict")
    assert _sees(viewer, cast.child["omar"]) == set()


def test_the_stand_in_of_a_mentor_owns_that_child_alone(cast):
    row = _note(cast, "mentor_7b")
    by, day = cast.service(), queries.today()
    with acting_as(by):
        assert cast.child["omar"].pk not in queries.mentor_by_child(by, on=day)
    withheld.set_conflict_stand_in(
        by=cast.viewer("principal"), conflict_id=row.pk, stand_in_id=cast.staff["mentor_7a"].pk
    )
    stand_in = cast.viewer("mentor_7a")
    with acting_as(by):
        assert queries.mentor_by_child(by, on=day)[cast.child["omar"].pk] == cast.staff["mentor_7a"].pk
    assert _sees(stand_in, cast.child["omar"])
    assert _sees(stand_in, cast.child["alma"]) == set()
    with acting_as(stand_in):
        assert cast.child["omar"].pk in queries.children_led_by(stand_in, on=day)
    withheld.end_conflict(by=cast.viewer("principal"), conflict_id=row.pk)
    assert _sees(stand_in, cast.child["omar"]) == set()
    assert _sees(cast.viewer("mentor_7b"), cast.child["omar"])


def test_a_general_stand_in_owns_what_the_mentor_is_too_close_to(cast):
    _note(cast, "mentor_7b")
    by, day = cast.service(), queries.today()
    actions.set_stand_in(
        by=by, absent=cast.staff["mentor_7b"], stand_in=cast.staff["mentor_7a"], valid_from=day, valid_to=day
    )
    with acting_as(by):
        assert queries.mentor_by_child(by, on=day)[cast.child["omar"].pk] == cast.staff["mentor_7a"].pk


def test_a_principal_says_who_takes_over(cast):
    with pytest.raises(Refused):
        _note(cast, "principal")
    row = _note(cast, "principal", stand_in_id=cast.staff["counsellor"].pk)
    assert _sees(cast.viewer("principal"), cast.child["omar"]) == set()
    with pytest.raises(NotYours):
        withheld.end_conflict(by=cast.viewer("principal"), conflict_id=row.pk)
    with pytest.raises(NotYours):
        withheld.end_conflict(by=cast.viewer("counsellor"), conflict_id=row.pk)


def test_a_stand_in_is_not_named_by_standing_in(cast, protected):
    row = _note(cast, "principal", stand_in_id=cast.staff["counsellor"].pk)
    assert row.stand_in_id == cast.staff["counsellor"].pk
    with acting_as(cast.service()):
        assert Conflict.objects.count() == 1
    assert _sees(cast.viewer("counsellor"), protected) == set()


def test_the_register_shows_it_by_account_or_address(cast, guardian_of):
    by = cast.service()
    adult = guardian_of("alma")
    account = Account.objects.create_user("mentorn", None)
    other = actions.open_actor(
        by=by, authority_id=by.authority_id, kind=Actor.Kind.GUARDIAN, name="Mentorn hemma"
    )
    Actor.objects.filter(pk__in=[other.pk, cast.staff["mentor_7b"].actor_id]).update(account=account)
    with acting_as(by):
        type(adult).objects.filter(pk=adult.pk).update(actor=other)
        actions.derive_access(by.authority_id)
        family = queries.viewer_of_actor(other)
    mentor = cast.viewer("mentor_7b")
    assert _sees(mentor, cast.child["alma"]) == set()
    assert _sees(family, cast.child["alma"])
    with acting_as(mentor):
        assert register_kin_for(mentor) == (1, [])
    principal = cast.viewer("principal")
    with acting_as(principal):
        own, others = register_kin_for(principal)
        assert (own, [(k.staff.pk, k.child.pk) for k in others]) == (
            0, [(cast.staff["mentor_7b"].pk, cast.child["alma"].pk)],
        )  # fmt: skip


def test_an_adult_with_the_same_address_is_the_same_person(cast, guardian_of):
    by = cast.service()
    adult = guardian_of("omar", kind="annan")
    staff = cast.staff["counsellor"]
    with acting_as(by):
        type(adult).objects.filter(pk=adult.pk).update(email="Kim.Prov@example.org")
        type(staff).objects.filter(pk=staff.pk).update(email="kim.prov@example.org")
        actions.derive_access(by.authority_id)
        assert Guardianship.objects.count() == 1
    assert _sees(cast.viewer("counsellor"), cast.child["omar"]) == set()


def test_a_note_of_jav_stands_in_the_events(cast):
    row = _note(cast, "counsellor")
    with acting_as(cast.viewer("principal")):
        event = Event.objects.get(event=EventKind.CONFLICT_NOTED)
        assert event.about_id == str(row.pk)
        assert event.at <= timezone.now()
