"""What the delivered närvarotrappa has come to say can be taken up by one button, and never by itself."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from samhandla.detect.actions.settings import (
    adopt_default_ladder,
    change_ladder_step,
    end_ladder_step,
    take_up_delivered,
)
from samhandla.detect.default_ladder import DEFAULT_LADDER
from samhandla.detect.errors import Conflict
from samhandla.detect.models import LadderStep
from samhandla.detect.queries.delivered import delivered_changes_for, mark_of
from samhandla.detect.queries.settings import list_ladder_for
from samhandla.people.queries import today
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db
URL = "ladder-delivered"
LAST = DEFAULT_LADDER[3]["name"]
UPPER = DEFAULT_LADDER[4]["name"]


@pytest.fixture
def leader(client, cast):
    return cast.login(client, "process_leader")


@pytest.fixture
def ladder_of_before(cast):
    """The example as it was adopted before the triggers became data, after migration 0014."""
    steps = adopt_default_ladder(by=cast.service(), today=today() - timedelta(days=100))
    rows = LadderStep.objects.filter(pk__in=[step.pk for step in steps])
    with acting_as(cast.service()):
        rows.filter(name=UPPER).delete()
    rows.update(contact="", forms=[], with_guardian=False)
    rows.filter(number__gt=1).update(trigger_kind="after_step", trigger_value=0)
    return list(rows.order_by("number"))


def proposals(cast):
    viewer = cast.viewer("process_leader")
    with acting_as(viewer):
        return delivered_changes_for(viewer, on=today())


def mark_on(page) -> str:
    return re.search(r'name="mark" value="([0-9a-f]+)"', page.text)[1]


def now(cast):
    return {step.name: step for step in list_ladder_for(cast.viewer("principal"), on=today())}


def test_the_page_offers_it_and_changes_nothing_by_itself(leader, cast, ladder_of_before):
    before = {name: (s.trigger_kind, s.forms) for name, s in now(cast).items()}
    page = leader.get(reverse("ladder")).text
    assert "Exemplet har ändrats" in page
    assert reverse(URL) in page
    shown = " ".join(leader.get(reverse(URL)).text.split())
    assert "<ins>rektor bestämmer när – systemet föreslår inget</ins>" in shown
    assert "Nytt steg:" in shown
    assert {name: (s.trigger_kind, s.forms) for name, s in now(cast).items()} == before


def test_one_button_takes_it_up_from_today_and_keeps_what_was(leader, cast, ladder_of_before):
    answer = leader.post(reverse(URL), {"mark": mark_on(leader.get(reverse(URL)))})
    assert answer.status_code == 303
    steps = now(cast)
    for number, wanted in enumerate(DEFAULT_LADDER, start=1):
        step = steps[wanted["name"]]
        assert step.number == number
        for name in ("trigger_kind", "contact", "is_inquiry", "with_guardian", "forms"):
            assert getattr(step, name) == wanted.get(name, [] if name == "forms" else False), (name, number)
    old = LadderStep.objects.get(pk=ladder_of_before[-1].pk)
    assert (old.trigger_kind, old.valid_to) == ("after_step", today() - timedelta(days=1))
    assert proposals(cast) == []
    assert "Exemplet har ändrats" not in leader.get(reverse("ladder")).text
    assert "inget att ta upp" in leader.get(reverse(URL)).text


def test_what_somebody_has_chosen_is_not_touched(cast, ladder_of_before):
    by = cast.viewer("process_leader")
    last = ladder_of_before[-1]
    own = {"trigger_kind": "absence", "trigger_value": 25, "forms": ["GR"], "contact": "letter"}
    with acting_as(by):
        change_ladder_step(by=by, step_id=last.pk, today=today(), talk_card="Vårt eget", **own)
        take_up_delivered(by=by, mark=mark_of(proposals(cast)), today=today())
    step = now(cast)[LAST]
    assert {name: getattr(step, name) for name in own} == own
    assert step.talk_card == "Vårt eget"


def test_a_renamed_inquiry_is_known_and_keeps_its_name(cast, ladder_of_before):
    by = cast.viewer("process_leader")
    with acting_as(by):
        change_ladder_step(by=by, step_id=ladder_of_before[-1].pk, today=today(), name="Rektors utredning")
        take_up_delivered(by=by, mark=mark_of(proposals(cast)), today=today())
    step = now(cast)["Rektors utredning"]
    assert (step.trigger_kind, step.forms) == ("principal", DEFAULT_LADDER[3]["forms"])
    assert LAST not in now(cast)


def test_a_ladder_of_ones_own_and_the_present_example_have_nothing_to_take_up(leader, cast):
    assert proposals(cast) == []
    adopt_default_ladder(by=cast.service(), today=today())
    assert proposals(cast) == []
    by = cast.viewer("process_leader")
    with acting_as(by), pytest.raises(Conflict):
        take_up_delivered(by=by, mark=mark_of([]), today=today())


def test_a_step_that_was_ended_is_not_offered_again(cast):
    steps = adopt_default_ladder(by=cast.service(), today=today() - timedelta(days=100))
    by = cast.viewer("process_leader")
    with acting_as(by):
        end_ladder_step(by=by, step_id=steps[-1].pk, today=today())
    assert proposals(cast) == []


def test_only_what_was_shown_is_taken_up(leader, cast, ladder_of_before):
    mark = mark_on(leader.get(reverse(URL)))
    by = cast.viewer("process_leader")
    with acting_as(by):
        change_ladder_step(by=by, step_id=ladder_of_before[-1].pk, today=today(), contact="letter")
    page = leader.post(reverse(URL), {"mark": mark}, follow=True).text
    assert "Inget är ändrat" in page
    assert now(cast)[LAST].trigger_kind == "after_step"


@pytest.mark.parametrize("name", ["mentor_7b", "principal", "counsellor"])
def test_only_who_edits_the_ladder_may(client, cast, ladder_of_before, name):
    user = cast.login(client, name)
    assert user.get(reverse(URL)).status_code in (403, 404)
    assert user.post(reverse(URL), {"mark": "x"}).status_code in (403, 404)


def test_another_authority_is_offered_nothing_of_ours(cast, ladder_of_before):
    viewer = cast.viewer("principal_fria")
    with acting_as(viewer):
        assert delivered_changes_for(viewer, on=today()) == []
