"""Teachers get their groups with the register, keep them when nothing is told, and lose them when it is."""

from __future__ import annotations

import pytest
from tests.integrations.pipeline.conftest import REGISTER

from samhandla.integrations.rules.people import assignment_role
from samhandla.people.models import Assignment
from samhandla.people.queries import on_day, today
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db
WITH_ACTIVITIES = (*REGISTER, "activities")


def deliver(desk, change=None, names=WITH_ACTIVITIES):
    """Take in the register of a school year that goes on."""

    def going_on(rows):
        for activity in rows.get("activities", ()):
            activity["endDate"] = f"{today().year + 1}-06-10"
        if change:
            change(rows)

    desk.take_in(desk.world.delivery(names, going_on))


def taught(desk):
    """Return staff and group of those who teach a teaching group today."""
    with acting_as(desk.by):
        rows = Assignment.objects.filter(on_day(today()), role="teacher", group__kind="teaching")
        return set(rows.values_list("staff_id", "group_id"))


def first_taught(rows):
    return next(a for a in rows["activities"] if a["teachers"])


def test_teachers_come_with_their_groups(desk):
    deliver(desk)
    assert len(taught(desk)) > 10


def test_without_activities_everybody_keeps_their_groups(desk):
    deliver(desk)
    before = taught(desk)
    deliver(desk, names=REGISTER)
    assert taught(desk) == before


def test_activities_that_fail_make_no_duty_changed_and_stop_nothing(desk):
    deliver(desk)
    _batch, outcome = desk.take_in(desk.world.delivery(REGISTER))
    assert outcome.counts["duties"]["changed"] == 0
    assert not outcome.stops


def test_a_group_that_a_teacher_no_longer_has_ends(desk):
    deliver(desk)
    before = taught(desk)
    deliver(desk, lambda rows: first_taught(rows).update(teachers=[]))
    assert len(taught(desk)) == len(before) - 1
    assert taught(desk) < before


def test_whoever_has_no_duty_left_keeps_no_group(desk):
    deliver(desk)
    before = taught(desk)
    own = {a["id"]: a for a in desk.world.resources["activities"]}
    gone = next(a for a in own.values() if a["teachers"])["teachers"][0]["duty"]["id"]

    def leave(rows):
        rows["duties"] = [duty for duty in rows["duties"] if duty["id"] != gone]

    deliver(desk, leave, names=REGISTER)
    assert taught(desk) < before


@pytest.mark.parametrize("word", ["Schemaläggare", "Administrativ personal", "Elevhälsopersonal"])
def test_tasks_beside_the_group_give_no_names_of_it(word):
    assert assignment_role(word, "GR", 8) is None
