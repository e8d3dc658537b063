"""What the database gives a guardian, and until when: the same as the rule says."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from samhandla.people import actions, queries, rules
from samhandla.people.models import (
    Child,
    Enrolment,
    Guardian,
    Guardianship,
    GuardianshipKind,
    Membership,
    Protection,
)
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


@pytest.mark.parametrize("kind", GuardianshipKind.values)
def test_from_the_eighteenth_birthday_no_kind_opens_anything(cast, parent, kind):
    viewer = parent(kind)
    _born(cast, _years_ago(18))
    assert _sees(viewer) == []
    with acting_as(viewer):
        assert not Membership.objects.exists()
        assert not Enrolment.objects.exists()
        assert not Guardianship.objects.exists()
        assert queries.list_access_of_child_for(viewer, cast.child["alma"].pk, on=queries.today()) == []


def _with_login(cast, adult):
    """Give an adult a login and return it as viewer."""
    actor = actions.open_actor(
        by=cast.service(), authority_id=cast.authority["board"].pk, kind=Actor.Kind.GUARDIAN, name="Eva"
    )
    with acting_as(cast.service()):
        Guardian.objects.filter(pk=adult.pk).update(actor=actor)
        actions.derive_access(cast.authority["board"].pk)
    return queries.viewer_of_actor(actor)


def test_a_younger_sibling_stays_open_when_the_elder_comes_of_age(cast, guardian_of):
    viewer = _with_login(cast, guardian_of("alma", "omar", valid_from=date(1990, 1, 1)))
    assert _sees(viewer) == ["Alma", "Omar"]
    _born(cast, _years_ago(18))
    assert _sees(viewer) == ["Omar"]


def test_a_kind_that_becomes_unknown_closes_at_once(cast, parent):
    viewer = parent()
    assert _sees(viewer) == ["Alma"]
    with acting_as(cast.service()):
        Guardianship.objects.filter(child=cast.child["alma"]).update(kind=GuardianshipKind.UNKNOWN)
        actions.derive_access(cast.authority["board"].pk)
    assert _sees(viewer) == []


def test_without_kind_and_without_marking_both_are_unknown(cast):
    adult = actions.register_guardian(by=cast.service(), given_name="Eva", family_name="Prov")
    row = Guardianship(guardian=adult, child=cast.child["alma"])
    assert (row.kind, adult.protection) == (GuardianshipKind.UNKNOWN, Protection.UNKNOWN)
    born, day = date(2015, 1, 1), date(2026, 1, 1)
    assert rules.guardian_standing(row.kind, born, date(2020, 1, 1), None, day) == "kind"


@pytest.mark.parametrize(
    ("first", "last", "seen"), [(1, None, []), (-9, -1, []), (-9, 0, ["Alma"]), (0, 9, ["Alma"])]
)
def test_a_tie_opens_between_its_days_only(cast, guardian_of, first, last, seen):
    day = queries.today()
    adult = guardian_of(
        "alma",
        valid_from=day + timedelta(days=first),
        valid_to=None if last is None else day + timedelta(days=last),
    )
    assert _sees(_with_login(cast, adult)) == seen


@pytest.mark.parametrize(
    ("years", "voice", "adult"), [(15, False, False), (16, True, False), (18, True, True)]
)
def test_the_card_says_whose_voice_counts(cast, guardian_of, years, voice, adult):
    """The day itself counts: 16 speaks for itself in school, 18 alone."""
    guardian_of("alma", valid_from=date(1990, 1, 1))
    _born(cast, _years_ago(years))
    viewer = cast.viewer("principal")
    with acting_as(viewer):
        card = queries.card_for(viewer, Child.objects.get(pk=cast.child["alma"].pk), on=queries.today())
    assert (card.own_voice, card.adult) == (voice, adult)
    assert [row.standing for row in card.guardians] == ["adult" if adult else "right"]


def _new_child(cast, **fields):
    by = cast.service()
    with acting_as(by):
        return actions.register_child(
            by=by, unit=cast.unit["berga"], given_name="Ny", family_name="Prov", **fields
        )


def test_a_child_that_comes_without_a_marking_is_unknown_and_never_none(cast):
    child = _new_child(cast)
    assert (child.protection, child.lifted_protection) == (Protection.UNKNOWN, Protection.UNKNOWN)


@pytest.mark.parametrize("marking", ["marked", "protected"])
def test_a_marked_child_is_masked_from_its_first_row(cast, marking):
    assert _new_child(cast, protection=marking).is_masked
    viewer = cast.viewer("principal")
    with acting_as(viewer):
        assert list(queries.search_children_for(viewer, "ny")) == []
