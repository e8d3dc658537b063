"""The database itself refuses: as the application role, past Django, with raw SQL."""

from __future__ import annotations

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from tests.support.database import raw_connection

from samhandla.people import actions
from samhandla.people.models import Child, Guardian, Guardianship, Membership
from samhandla.trust.crypto import sign_viewer
from samhandla.trust.viewer import NoViewer, acting_as

pytestmark = pytest.mark.django_db


def names(viewer):
    with acting_as(viewer):
        return sorted(Child.objects.values_list("given_name", flat=True))


def test_mentor_sees_own_group_only(cast):
    assert names(cast.viewer("mentor_7b")) == ["Alma", "Omar", "Tove"]


def test_principal_sees_own_unit_only(cast):
    assert names(cast.viewer("principal")) == ["Alma", "Hugo", "Omar", "Tove"]
    assert names(cast.viewer("principal_lunda")) == ["Nora"]


def test_another_principal_organiser_sees_nothing_of_the_board(cast):
    assert names(cast.viewer("principal_fria")) == ["Elin"]
    assert names(cast.viewer("mentor_7f")) == ["Elin"]


@pytest.mark.parametrize("name", ["controller", "process_leader", "data_administrator"])
def test_roles_without_pupils_see_none(cast, name):
    assert names(cast.viewer(name)) == []


def test_the_nurse_knows_who_goes_to_her_schools_and_no_row_of_the_school(cast):
    assert names(cast.viewer("nurse")) == ["Alma", "Hugo", "Omar", "Tove"]
    with acting_as(cast.viewer("nurse")):
        assert not Membership.objects.filter(child=cast.child["alma"]).exists()


def test_without_viewer_it_is_loud_in_tests(cast):
    with pytest.raises(NoViewer):
        list(Child.objects.all())


def test_a_move_opens_nothing(cast):
    """The old school loses the pupil; principal and mentor of the new one see no row made at the old."""
    by, alma = cast.service(), cast.child["alma"]
    actions.move_child(by=by, child=alma, unit=cast.unit["lunda"], on=actions_today())
    actions.place_in_group(by=by, child=alma, group=cast.group["8C"], valid_from=actions_today())
    for who in ("principal", "mentor_7b"):
        assert "Alma" not in names(cast.viewer(who)), who
    for who in ("principal_lunda", "mentor_8c"):
        with acting_as(cast.viewer(who)):
            assert Child.objects.filter(pk=alma.pk).exists(), who
            assert [m.group.name for m in Membership.objects.filter(child=alma)] == ["8C"], who


def test_guardians_follow_the_pupil_to_the_new_school(cast):
    by, alma = cast.service(), cast.child["alma"]
    guardian = actions.register_guardian(by=by, given_name="Eva", family_name="Prov", protection="none")
    actions.open_guardianship(
        by=by, child=alma, guardian=guardian, kind="vardnadshavare", valid_from=actions_today()
    )
    actions.move_child(by=by, child=alma, unit=cast.unit["lunda"], on=actions_today())
    actions.place_in_group(by=by, child=alma, group=cast.group["8C"], valid_from=actions_today())
    for who, count in (("principal_lunda", 1), ("mentor_8c", 1), ("principal", 0), ("mentor_7b", 0)):
        with acting_as(cast.viewer(who)):
            assert Guardianship.objects.filter(child=alma).count() == count, who
            assert Guardian.objects.count() == count, who


def actions_today():
    from samhandla.people.queries import today

    return today()


def test_a_duty_that_ends_ends_access(cast):
    from datetime import timedelta

    viewer = cast.viewer("principal")
    duty = cast.staff["principal"].duties.get()
    actions.end_duty(by=cast.service(), duty=duty, last_day=actions_today() - timedelta(days=1))
    assert names(viewer) == []


def test_stand_in_sees_what_the_absent_sees(cast):
    day = actions_today()
    assert names(cast.viewer("mentor_7a")) == ["Hugo"]
    actions.set_stand_in(
        by=cast.service(),
        absent=cast.staff["mentor_7b"],
        stand_in=cast.staff["mentor_7a"],
        valid_from=day,
        valid_to=day,
    )
    assert names(cast.viewer("mentor_7a")) == ["Alma", "Hugo", "Omar", "Tove"]


def test_guardian_is_read_only_through_the_child(cast):
    by = cast.service()
    guardian = actions.register_guardian(by=by, given_name="Eva", family_name="Prov", protection="none")
    actions.open_guardianship(
        by=by, child=cast.child["alma"], guardian=guardian, kind="vardnadshavare", valid_from=actions_today()
    )
    with acting_as(cast.viewer("mentor_7b")):
        assert Guardian.objects.count() == 1
    with acting_as(cast.viewer("mentor_7a")):
        assert Guardian.objects.count() == 0
        assert Guardianship.objects.count() == 0


def test_writing_another_schools_child_changes_no_row(cast):
    with acting_as(cast.viewer("mentor_7a")):
        assert Child.objects.filter(pk=cast.child["alma"].pk).update(given_name="X") == 0
    with acting_as(cast.viewer("mentor_7a")), pytest.raises(Child.DoesNotExist):
        actions.update_child(by=cast.viewer("mentor_7a"), child=cast.child["alma"], given_name="X")


@pytest.mark.django_db(transaction=True)
def test_raw_sql_as_the_application_role(cast, postgres):
    """No viewer: no row. A forged viewer: refused. A signed one: its own. Access itself: no right."""
    viewer = cast.viewer("mentor_7b")
    token = sign_viewer(settings.SAMHANDLA_SECRET, viewer.actor_id, viewer.authority_id)
    with raw_connection(postgres) as raw:
        assert raw.execute("select count(*) from people_child").fetchone() == (0,)
        raw.execute("select set_config('app.viewer', %s, false)", [token])
        assert raw.execute("select count(*) from people_child").fetchone() == (3,)
        assert (
            raw.execute("delete from people_membership where child_id = %s", [cast.child["hugo"].pk]).rowcount
            == 0
        )
        raw.commit()
        raw.execute("select set_config('app.viewer', %s, false)", [token[:-4] + "0000"])
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            raw.execute("select count(*) from people_child")
        raw.rollback()
        for statement in (
            "select * from trust_access",
            "insert into trust_access (actor_id) values (1)",
            "select * from trust_signingkey",
            "truncate people_child",
            "update trust_event set reason = ''",
            "alter table people_child disable row level security",
            "set role samhandla_maint",
        ):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                raw.execute(statement)
            raw.rollback()


def test_the_application_role_neither_owns_nor_bypasses(cast):
    with connection.cursor() as cursor:
        cursor.execute(
            "select rolsuper, rolbypassrls, rolcreaterole from pg_roles where rolname = current_user"
        )
        assert cursor.fetchone() == (False, False, False)
        cursor.execute(
            "select count(*) from pg_tables where schemaname = 'public' and tableowner = current_user"
        )
        assert cursor.fetchone() == (0,)


def test_who_can_see_the_child_answers_only_those_who_may(cast):
    with acting_as(cast.viewer("mentor_7b")), connection.cursor() as cursor:
        cursor.execute(
            "select reason, role from people_access_of_child(%s, current_date)", [cast.child["alma"].pk]
        )
        reasons = set(cursor.fetchall())
        assert ("group", "mentor") in reasons
        cursor.execute(
            "select count(*) from people_access_of_child(%s, current_date)", [cast.child["hugo"].pk]
        )
        assert cursor.fetchone() == (0,)
