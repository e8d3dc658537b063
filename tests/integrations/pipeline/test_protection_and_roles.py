"""Protected identity from the first import; adults' rights by kind; roles only by mapping."""

from __future__ import annotations

import pytest

from samhandla.integrations.actions import sources
from samhandla.people.models import Assignment, Child, ChildIdentity, Duty, Guardian, Guardianship
from samhandla.people.queries import viewer_of_actor
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db


def marked(rows, marking="Sekretessmarkering"):
    """Mark the first pupil that has no marking in its family."""
    person = next(p for p in rows["persons"] if p.get("enrolments") and p["responsibles"])
    person["securityMarking"] = marking
    person["givenName"] = "Hemlis"
    return person


def with_policy(desk, policy):
    return sources.save_source(by=desk.by, source=desk.register, protection=policy)


def test_strictest_is_the_default_and_leaves_the_child_out(desk):
    _batch, outcome = desk.take_in(desk.world.delivery(change=marked))
    assert outcome.counts["persons"]["protected"] >= 1
    with acting_as(desk.by):
        assert not Child.objects.filter(given_name="Hemlis").exists()


def test_pseudonymised_has_no_name_number_or_adults(desk):
    source = with_policy(desk, "pseudonymised")
    desk.take_in(desk.world.delivery(change=marked), source)
    with acting_as(desk.by):
        child = Child.objects.filter(given_name="Skyddade").first()
        assert child.birth_date is None
        assert child.protection in ("marked", "protected")
        assert not ChildIdentity.objects.filter(child=child).exists()
        assert not Guardianship.objects.filter(child=child).exists()
        assert not Child.objects.filter(given_name="Hemlis").exists()


def test_need_to_know_keeps_the_marking_but_no_area(desk):
    source = with_policy(desk, "need_to_know")
    desk.take_in(desk.world.delivery(change=marked), source)
    with acting_as(desk.by):
        child = Child.objects.get(given_name="Hemlis")
        assert (child.protection, child.lives_in) == ("marked", None)


def test_a_marked_guardian_lifts_the_child(desk):
    def change(rows):
        child = next(p for p in rows["persons"] if p.get("enrolments") and p["responsibles"])
        child["givenName"] = "Hemlis"
        adult = child["responsibles"][0]["person"]["id"]
        next(p for p in rows["persons"] if p["id"] == adult)["securityMarking"] = "Skyddad folkbokföring"

    source = with_policy(desk, "need_to_know")
    desk.take_in(desk.world.delivery(change=change), source)
    with acting_as(desk.by):
        assert Child.objects.get(given_name="Hemlis").protection == "protected"


def test_a_marking_that_comes_later_takes_effect_at_once(desk):
    desk.take_in(desk.world.delivery(change=lambda rows: marked(rows, "Ingen")))
    with acting_as(desk.by):
        child = Child.objects.get(given_name="Hemlis")
        assert ChildIdentity.objects.filter(child=child).exists() or child.birth_date
    desk.take_in(desk.world.delivery(change=marked))
    with acting_as(desk.by):
        child.refresh_from_db()
        assert (child.given_name, child.protection, child.birth_date) == ("Skyddade", "marked", None)
        assert not ChildIdentity.objects.filter(child=child).exists()


def test_missing_marking_is_unknown_not_none(desk):
    def unmark(rows):
        person = next(p for p in rows["persons"] if p.get("enrolments") and p["responsibles"])
        person["givenName"] = "Ovetande"
        person.pop("securityMarking", None)

    desk.take_in(desk.world.delivery(change=unmark))
    with acting_as(desk.by):
        assert Child.objects.get(given_name="Ovetande").protection == "unknown"


def test_guardian_of_unknown_kind_gets_no_rights(desk):
    def change(rows):
        child = next(p for p in rows["persons"] if p.get("enrolments") and p["responsibles"])
        child["givenName"] = "Prov"
        child["responsibles"][0]["relationType"] = "Förälder"

    desk.take_in(desk.world.delivery(change=change))
    with acting_as(desk.by):
        kinds = set(Guardianship.objects.filter(child__given_name="Prov").values_list("kind", flat=True))
        assert "okand" in kinds
        assert Guardian.objects.exclude(guardianships__isnull=False).count() == 0


def test_numbers_are_sealed(desk):
    desk.take_in()
    numbers = [p["civicNo"]["value"].encode() for p in desk.world.resources["persons"] if "civicNo" in p]
    with acting_as(desk.by):
        stored = [bytes(i.sealed) + i.blind_index.encode() for i in ChildIdentity.objects.all()]
    assert stored
    assert not any(number in blob for number in numbers for blob in stored)


def test_a_duty_gives_no_role_until_somebody_maps_it(desk):
    desk.take_in()
    with acting_as(desk.by):
        assert set(Duty.objects.values_list("role", flat=True)) == {"teacher"}
    mapped = sources.save_source(by=desk.by, source=desk.register, roles={"Rektor": "principal"})
    desk.take_in(source=mapped)
    with acting_as(desk.by):
        roles = set(Duty.objects.values_list("role", flat=True))
        assert "principal" in roles
        principal = Duty.objects.filter(role="principal").first().staff.actor
    with acting_as(viewer_of_actor(principal)):
        assert Child.objects.exists()


def test_mentor_sees_the_own_class_after_import(desk):
    desk.take_in()
    with acting_as(desk.by):
        assignment = Assignment.objects.filter(role__in=("mentor", "class_teacher")).first()
        expected = assignment.group.memberships.count()
    with acting_as(viewer_of_actor(assignment.staff.actor)):
        assert 0 < Child.objects.count() <= expected + 60
