"""A marking that only a reference carries takes effect at once, also on somebody who did not come."""

from __future__ import annotations

import pytest
from tests.integrations.pipeline.test_changes_only import (
    child_named,
    own_pupils,
    patient,
    run,
    server,
    source,
    touch,
)
from tests.integrations.pipeline.test_places import pupil_of

from samhandla.integrations.actions import sources
from samhandla.integrations.models import Link
from samhandla.people.models import Child, ChildIdentity, Duty, Guardian, Guardianship, Staff
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db
__all__ = ["patient", "server", "source"]  # fixtures
MARKED = "Sekretessmarkering"


def member(rows, who):
    """Return the reference to somebody in the first group that has it."""
    members = [m["person"] for g in rows["groups"] for m in g["groupMemberships"]]
    return next(one for one in members if one["id"] == who)


def test_a_pupil_whom_only_a_group_marks_is_left_out(desk):
    def change(rows):
        person = pupil_of(rows)
        person.pop("securityMarking")
        member(rows, person["id"])["securityMarking"] = MARKED

    _batch, outcome = desk.take_in(desk.world.delivery(change=change))
    assert outcome.counts["persons"]["protected"] >= 1
    with acting_as(desk.by):
        assert not Child.objects.filter(given_name="Prov").exists()


def test_a_group_that_says_no_marking_leaves_the_pupil_in(desk):
    def change(rows):
        person = pupil_of(rows)
        member(rows, person["id"])["securityMarking"] = "Ingen"

    desk.take_in(desk.world.delivery(change=change))
    with acting_as(desk.by):
        assert Child.objects.get(given_name="Prov").protection == "none"


def test_staff_whom_only_a_duty_marks_are_left_out_with_the_duty(desk):
    def change(rows):
        duty = next(one for one in rows["duties"] if one["dutyRole"] == "Rektor")
        duty["person"]["securityMarking"] = MARKED
        next(p for p in rows["persons"] if p["id"] == duty["person"]["id"])["givenName"] = "Hemlis"

    desk.take_in(desk.world.delivery(change=change))
    with acting_as(desk.by):
        assert not Staff.objects.filter(given_name="Hemlis").exists()
        assert Duty.objects.exists()


@pytest.fixture
def marked_later(desk, source, server):
    """A pupil whom a changed group marks, while the pupil's own row does not come."""
    run(desk, source)
    rows = server.source.resources
    pupil = next(p for p in own_pupils(server, desk) if p["responsibles"])
    child = child_named(desk, pupil)
    group = next(
        g for g in rows["groups"] if any(m["person"]["id"] == pupil["id"] for m in g["groupMemberships"])
    )
    reference = next(m["person"] for m in group["groupMemberships"] if m["person"]["id"] == pupil["id"])
    reference["securityMarking"] = MARKED
    touch(group)
    return pupil, child, reference


def test_a_known_pupil_who_did_not_come_is_blanked_at_once(desk, source, server, marked_later):
    _pupil, child, _reference = marked_later
    run(desk, source)
    with acting_as(desk.by):
        child.refresh_from_db()
        assert (child.given_name, child.protection, child.birth_date) == ("Skyddade", "marked", None)
        assert not ChildIdentity.objects.filter(child=child).exists()
        assert not Guardianship.objects.filter(child=child, valid_to=None).exists()
        assert Link.objects.filter(source=source, kind="left_out").exists()


def test_with_need_to_know_only_the_marking_is_laid_until_a_full_fetch(desk, source, server, marked_later):
    pupil, child, reference = marked_later
    seen = []
    for sent, settings in ((MARKED, {}), ("Ingen", {}), ("Ingen", {"only_changes": False})):
        reference["securityMarking"] = sent
        kept = {**source.settings, **settings}
        run(desk, sources.save_source(by=desk.by, source=source, protection="need_to_know", settings=kept))
        with acting_as(desk.by):
            child.refresh_from_db()
        seen.append((child.given_name, child.protection))
    assert seen == [(pupil["givenName"], mark) for mark in ("marked", "marked", "none")]


def test_what_was_blanked_comes_back_when_a_full_fetch_says_so(desk, source, server, marked_later):
    pupil, child, reference = marked_later
    run(desk, source)
    reference["securityMarking"] = "Ingen"
    everything = {**source.settings, "only_changes": False}
    run(desk, sources.save_source(by=desk.by, source=source, settings=everything))
    with acting_as(desk.by):
        child.refresh_from_db()
        assert (child.given_name, child.protection) == (pupil["givenName"], "none")
        assert ChildIdentity.objects.filter(child=child).exists()


def test_an_adult_whom_only_a_changed_child_marks_is_blanked_and_lifts_the_child(desk, source, server):
    run(desk, source)
    pupil = next(p for p in own_pupils(server, desk) if p["responsibles"])
    child = child_named(desk, pupil)
    people = {p["id"]: p for p in server.source.resources["persons"]}
    adult = people[pupil["responsibles"][0]["person"]["id"]]
    with acting_as(desk.by):
        before = Guardian.objects.get(guardianships__child=child, given_name=adult["givenName"])
    pupil["responsibles"][0]["person"]["securityMarking"] = MARKED
    touch(pupil)
    run(desk, source)
    with acting_as(desk.by):
        child.refresh_from_db()
        kept = Guardian.objects.filter(pk=before.pk).values_list("given_name", "protection", "email")
        assert list(kept) in ([], [("Skyddade", "marked", "")])
    assert child.protection == "marked"
    pupil["responsibles"][0]["person"].pop("securityMarking")
    adult.pop("securityMarking", None)
    touch(adult)
    run(desk, source)
    with acting_as(desk.by):
        assert not Guardian.objects.filter(pk=before.pk, given_name=adult["givenName"]).exists()
