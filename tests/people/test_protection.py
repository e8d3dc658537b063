"""Protected identity: the family's marking lifts the child, and nobody finds it."""

from __future__ import annotations

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from samhandla.people import actions, queries, rules
from samhandla.people.errors import NotAllowed
from samhandla.people.models import Child, Guardian, Guardianship, Protection
from samhandla.trust.events import EventKind
from samhandla.trust.models import Event
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db


def test_a_marked_guardian_lifts_the_child_and_no_other(stored, guardian_of):
    guardian_of("alma", protection="protected")
    assert (stored("alma").lifted_protection, stored("alma").is_masked) == ("protected", True)
    assert not stored("omar").is_masked


def test_a_marked_sibling_lifts_across_schools(cast, stored, guardian_of):
    guardian_of("alma", "nora")
    by = cast.service()
    with acting_as(by):
        actions.update_child(by=by, child=cast.child["nora"], protection="marked")
    assert stored("alma").lifted_protection == "marked"
    assert stored("alma").protection == "none"


def test_a_marking_taken_away_lowers_the_family_at_once(cast, stored, guardian_of):
    guardian_of("alma", "tove")
    by = cast.service()
    with acting_as(by):
        actions.update_child(by=by, child=cast.child["tove"], protection="protected")
        assert stored("alma").is_masked
        actions.update_child(by=by, child=cast.child["tove"], protection="none")
    assert not stored("alma").is_masked


def test_an_ended_tie_and_one_without_rights_lift_too(stored, guardian_of):
    day = queries.today()
    guardian_of(
        "alma",
        kind="okand",
        protection="marked",
        valid_from=day.replace(year=day.year - 3),
        valid_to=day.replace(year=day.year - 1),
    )
    assert stored("alma").is_masked


def test_another_authority_is_not_family(cast, stored, guardian_of):
    guardian_of("alma", protection="protected")
    assert not stored("elin", "independent").is_masked


MARKS = st.sampled_from(Protection.values)


@settings(
    deadline=None,
    derandomize=True,
    database=None,
    max_examples=12,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    marks=st.lists(MARKS, min_size=3, max_size=3),
    adults=st.lists(st.tuples(MARKS, st.sets(st.integers(0, 2), min_size=1)), max_size=3),
)
def test_the_database_and_the_rule_agree(cast, marks, adults):
    by, names = cast.service(), ("alma", "omar", "tove")
    with acting_as(by):
        Guardianship.objects.all().delete()
        for name, mark in zip(names, marks, strict=True):
            Child.objects.filter(pk=cast.child[name].pk).update(protection=mark)
        for mark, ties in adults:
            adult = actions.register_guardian(by=by, given_name="Eva", family_name="Prov", protection=mark)
            for place in ties:
                actions.open_guardianship(
                    by=by,
                    child=cast.child[names[place]],
                    guardian=adult,
                    kind="annan",
                    valid_from=queries.today(),
                )
        actions.derive_protection(by.authority_id)
        for place, name in enumerate(names):
            mine = [(mark, ties) for mark, ties in adults if place in ties]
            siblings = {other for _, ties in mine for other in ties} - {place}
            wanted = rules.effective_protection(
                marks[place], [m for m, _ in mine], [marks[s] for s in siblings]
            )
            assert Child.objects.get(pk=cast.child[name].pk).lifted_protection == wanted


def _protect(cast, name):
    by = cast.service()
    with acting_as(by):
        return actions.update_child(by=by, child=cast.child[name], protection="protected")


def test_lists_hide_the_name(cast):
    child = _protect(cast, "alma")
    assert child.shown_name == "Skyddade personuppgifter"
    assert child.shown_given_name == "eleven"
    assert cast.child["omar"].shown_name == "Omar Prov"


@pytest.mark.parametrize(
    ("name", "opens"),
    [
        ("mentor_7b", False),
        ("principal", True),
        ("counsellor", False),
        ("administrator", False),
        ("officer", False),
    ],
)
def test_who_reads_a_protected_name_on_the_page(cast, name, opens):
    child = _protect(cast, "alma")
    viewer = cast.viewer(name)
    with acting_as(viewer):
        assert queries.name_on_page(viewer, child) == ("Alma Prov" if opens else "Skyddade personuppgifter")
    if opens:
        assert actions.open_protected(by=viewer, child=child) == "Alma Prov"
        with acting_as(viewer):
            assert Event.objects.filter(event=EventKind.PROTECTED_READ, actor_id=viewer.actor_id).count() == 1
    else:
        with pytest.raises(NotAllowed):
            actions.open_protected(by=viewer, child=child)


def test_a_protected_child_is_never_found(cast):
    viewer = cast.viewer("principal")
    with acting_as(viewer):
        assert [c.given_name for c in queries.search_children_for(viewer, "alma")] == ["Alma"]
    _protect(cast, "alma")
    with acting_as(viewer):
        assert list(queries.search_children_for(viewer, "alma")) == []
        assert list(queries.search_children_for(viewer, "prov").values_list("given_name", flat=True)) == [
            "Hugo",
            "Omar",
            "Tove",
        ]


def test_derivation_is_maints_and_reads_past_nobody_else(cast):
    """The function belongs to `maint`; the running role may call it and learns only a count."""
    with connection.cursor() as cursor:
        cursor.execute(
            "select r.rolname from pg_proc p join pg_roles r on r.oid = p.proowner"
            " where proname = 'people_derive_protection'"
        )
        assert cursor.fetchall() == [("samhandla_maint",)]


def test_a_guardian_of_a_protected_family_has_no_name_in_lists():
    assert (
        Guardian(given_name="Eva", family_name="Prov", protection="marked").shown_name
        == "Skyddade personuppgifter"
    )
    assert Guardian(given_name="Eva", family_name="Prov", protection="unknown").shown_name == "Eva Prov"
