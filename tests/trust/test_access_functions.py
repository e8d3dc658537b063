"""The functions that read `Access` past its policy tell nobody more than the register gives him or her."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from samhandla.people import actions
from samhandla.people.models import Child
from samhandla.people.queries import domain_of, today
from samhandla.trust.rls import key_of
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db


def ask(sql, *params):
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        return cursor.fetchall()


@pytest.mark.parametrize("name", ["mentor_7a", "principal_lunda", "controller", "principal_fria"])
def test_who_sees_a_foreign_child_is_told_to_nobody(cast, name):
    with acting_as(cast.viewer(name)):
        for child in (cast.child["alma"].pk, 987654321, -1):
            assert ask("select * from people_access_of_child(%s, %s)", child, today()) == []


def test_who_sees_ones_own_pupil_is_told_with_role_and_reason(cast):
    with acting_as(cast.viewer("mentor_7b")):
        rows = ask("select reason, role from people_access_of_child(%s, %s)", cast.child["alma"].pk, today())
    assert {("group", "mentor"), ("unit", "principal"), ("unit", "counsellor")} <= set(rows)


def test_emi_is_told_who_sees_its_pupils_in_emi_and_nobody_of_the_school(cast):
    day, nurse = today(), cast.viewer("nurse")
    with acting_as(nurse):
        rows = ask("select actor_id, role from people_access_of_child(%s, %s)", cast.child["alma"].pk, day)
        assert {role for _, role in rows} == {"school_nurse", "service"}
        assert [actor for actor, role in rows if role == "school_nurse"] == [nurse.actor_id]
        assert ask("select * from people_access_of_child(%s, %s)", cast.child["nora"].pk, day) == []


def test_keys_are_the_viewers_own(cast):
    def keys():
        return ask("select viewer_child_ids(), viewer_unit_ids()")[0]

    with acting_as(cast.viewer("mentor_7b")):
        assert set(keys()[0]) == {cast.child[name].pk for name in ("alma", "omar", "tove")}
        assert keys()[1] == []
    with acting_as(cast.viewer("principal")):
        assert keys() == ([], [cast.unit["berga"].pk])
    # The same unit, and in the domain of EMI alone.
    with acting_as(cast.viewer("nurse")):
        assert keys() == ([], [cast.unit["berga"].pk])
        emi = domain_of(cast.authority["board"].pk, "emi")
        (found,) = ask("select viewer_unit_keys(), viewer_child_keys()")
        assert found == ([key_of(cast.unit["berga"].pk, emi.pk)], [])
    with acting_as(cast.viewer("controller")):
        assert keys() == ([], [])


def test_access_that_changes_in_a_transaction_counts_in_the_same_one(cast):
    principal = cast.viewer("principal")
    with acting_as(principal):
        assert Child.objects.count() == 4
        with acting_as(cast.service()):
            duty = cast.staff["principal"].duties.get()
            actions.end_duty(by=cast.service(), duty=duty, last_day=today() - timedelta(days=1))
        assert Child.objects.count() == 0


def test_deriving_again_changes_nothing_and_gives_nothing(cast):
    with acting_as(cast.viewer("mentor_7a")):
        assert ask("select people_derive_access(%s)", cast.viewer("mentor_7a").authority_id) == [(0,)]
        assert Child.objects.count() == 1


def test_a_pupil_of_another_authority_put_in_ones_group_opens_nothing(cast):
    """A principal may write memberships of the own unit; the pupil's own authority decides who sees it."""
    principal, elin = cast.viewer("principal"), cast.child["elin"]
    try:
        with acting_as(principal), transaction.atomic():
            ask(
                "insert into people_membership (child_id, domain_id, unit_id, group_id, valid_from) select"
                " %s, domain_id, unit_id, group_id, valid_from from people_membership limit 1 returning 1",
                elin.pk,
            )
    except ProgrammingError:
        return  # the database refused the row itself: better still
    with acting_as(principal):
        ask("select people_derive_access(%s)", principal.authority_id)
    for name in ("mentor_7b", "mentor_7a", "principal"):
        with acting_as(cast.viewer(name)):
            assert not Child.objects.filter(pk=elin.pk).exists(), name


def test_a_staff_row_moved_to_another_authority_opens_nothing(cast):
    """With SQL of one's own: make oneself principal of the independent school, and derive access there."""
    principal, fria = cast.viewer("principal"), cast.authority["independent"].pk
    with acting_as(principal):
        ask(
            "update people_staff set authority_id = %s where actor_id = %s returning 1",
            fria,
            principal.actor_id,
        )
        ask(
            "insert into people_duty (staff_id, unit_id, role, valid_from)"
            " select id, %s, 'principal', '2020-01-01' from people_staff where actor_id = %s returning 1",
            cast.unit["fria"].pk,
            principal.actor_id,
        )
        ask("select people_derive_access(%s)", fria)
    with acting_as(principal):
        assert not Child.objects.filter(pk=cast.child["elin"].pk).exists()


@pytest.mark.parametrize(
    "sql",
    [
        "update trust_domain set authority_id = authority_id",
        "delete from trust_domain",
        "update trust_authority set kind = 'board'",
        "update trust_actor set authority_id = authority_id",
        "update trust_actor set kind = 'service'",
    ],
)
def test_nothing_moves_between_authorities(cast, sql):
    viewer = cast.viewer("principal")
    with pytest.raises(ProgrammingError, match="permission denied"), acting_as(viewer):
        ask(sql + " returning 1")
