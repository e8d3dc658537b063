"""What the database gives a guardian, and until when: the same as the rule says."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from samhandla.people import actions, queries, rules
from samhandla.people.models import Child, GuardianshipKind
from samhandla.trust.models import Actor
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db


@pytest.fixture
def parent(cast):
    """An adult with a login, tied to Alma as guardian since long ago; the kind can be changed."""
    by = cast.service()

    def tie(kind="vardnadshavare", name="alma"):
        actor = actions.open_actor(
            by=by, authority_id=by.authority_id, kind=Actor.Kind.GUARDIAN, name="Eva Prov"
        )
        adult = actions.register_guardian(
            by=by, given_name="Eva", family_name="Prov", protection="none", actor=actor
        )
        with acting_as(by):
            actions.open_guardianship(
                by=by, child=cast.child[name], guardian=adult, kind=kind, valid_from=date(1990, 1, 1)
            )
        return queries.viewer_of_actor(actor)

    return tie


@pytest.fixture
def tied(parent):
    return parent()


def _sees(viewer):
    with acting_as(viewer):
        return sorted(Child.objects.values_list("given_name", flat=True))


@pytest.mark.parametrize("kind", GuardianshipKind.values)
def test_the_kind_opens_the_child_or_not(parent, kind):
    assert _sees(parent(kind)) == (["Alma"] if kind in rules.KINDS_WITH_RIGHTS else [])


def _born(cast, born):
    by = cast.service()
    with acting_as(by):
        actions.update_child(by=by, child=cast.child["alma"], birth_date=born)


def test_without_a_birth_date_nobody_sees(cast, parent):
    viewer = parent()
    _born(cast, None)
    assert _sees(viewer) == []


def _years_ago(years):
    """The latest birth date that is `years` old today, so that the boundary itself is tried."""
    today = queries.today()
    return rules.birthday(date(today.year - years, today.month, min(today.day, 28)), 0)


@pytest.mark.parametrize(("shift", "seen"), [(0, []), (1, ["Alma"]), (-1, [])])
def test_on_the_birthday_itself_the_guardian_sees_no_more(cast, parent, shift, seen):
    viewer = parent()
    born = _years_ago(18)
    turns = rules.birthday(born, 18)
    _born(cast, born + (queries.today() - turns) + timedelta(days=shift))
    assert _sees(viewer) == seen


@settings(
    deadline=None,
    derandomize=True,
    database=None,
    max_examples=40,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(born=st.dates(date(1996, 1, 1), date(2026, 12, 31)))
@example(born=date(2008, 2, 29))
@example(born=date(2004, 2, 29))
@example(born=date(2007, 2, 28))
def test_the_database_and_the_rule_end_on_the_same_day(cast, tied, born):
    """The last day that `Access` holds is the last on which the rule gives a right."""
    _born(cast, born)
    last_right = rules.birthday(born, 18) - timedelta(days=1)
    assert rules.guardian_rights("vardnadshavare", born, last_right)
    service = cast.service()
    with acting_as(service):
        assert _access_ends(cast.child["alma"].pk, last_right)
        assert not _access_ends(cast.child["alma"].pk, last_right + timedelta(days=1))


def _access_ends(child_id, day):
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            "select 1 from people_access_of_child(%s, %s) a where a.reason = 'guardian'", [child_id, day]
        )
        return cursor.fetchone() is not None
