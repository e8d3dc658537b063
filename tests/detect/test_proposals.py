"""The next step is proposed when its trigger has happened, with the reason; it never begins by itself."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from tests.detect.conftest import found

from samhandla.analytics.models import AttendanceDay
from samhandla.detect.actions.answers import answer_signal, finish_step
from samhandla.detect.actions.settings import add_ladder_step, change_ladder_step
from samhandla.detect.errors import AnswerRefused
from samhandla.detect.models import LadderStep, StepTaken
from samhandla.people.queries import domain_of, school_days_of, today
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db


@pytest.fixture
def first(cast, take, ladder):
    """Set what proposes the first step, and return Alma's page and the team's list as text."""
    take(found(cast.child["alma"]))

    def set_trigger(kind, value=None):
        change_ladder_step(
            by=cast.viewer("process_leader"), step_id=ladder[0].pk, today=today(), trigger_kind=kind,
            trigger_value=value,
        )  # fmt: skip

    return set_trigger


@pytest.fixture
def read(client, cast):
    def page(name="mentor_7b", route="pupil"):
        arguments = [cast.child["alma"].ref] if route == "pupil" else []
        return " ".join(cast.login(client, name).get(reverse(route, args=arguments)).text.split())

    return page


def attend(cast, share_away):
    """Give Alma four weeks in which every so many of ten lessons is missed, by turns, each day."""
    by, unit = cast.service(), cast.unit["berga"]
    days = school_days_of(unit.pk, first=today() - timedelta(days=27), last=today())
    with acting_as(by):
        domain = domain_of(by.authority_id, "school")
        AttendanceDay.objects.bulk_create(
            AttendanceDay(
                child=cast.child["alma"], domain=domain, unit=unit, date=day, lessons=10, batch_id=1, other=0,
                reported=500, absent_lessons=share_away, offered=500, present=500 - 50 * share_away,
                valid=50 * share_away, invalid=0,
            )
            for day in days
        )  # fmt: skip


def test_a_signal_proposes_the_first_step(cast, first, read):
    for text in (read(), read("principal", "team")):
        assert "föreslås</span> Prata med eleven (mentor), därför att signalen kom" in text


def test_absence_above_the_limit_with_its_number(cast, first, read):
    first("absence", 25)
    assert "är över 25 procent (nu: okänd)" in read()
    attend(cast, 3)
    assert "frånvaron de senaste fyra veckorna är 30,0 procent, över gränsen 25" in read()
    first("absence", 30)
    assert "Det föreslås när frånvaron de senaste fyra veckorna är över 30 procent (nu: 30,0)" in read()


def test_the_principals_own_choice_is_never_proposed(cast, first, read):
    first("principal")
    text = read()
    assert "Det föreslås när rektor bestämmer det." in text
    assert "därför att" not in text


def test_after_a_step_and_so_many_school_days(cast, first, read, signal_of, ladder):
    by, day = cast.viewer("process_leader"), today()
    change_ladder_step(by=by, step_id=ladder[1].pk, today=day, trigger_kind="after_step", trigger_value=3)
    mentor = cast.viewer("mentor_7b")
    answer_signal(by=mentor, signal_id=signal_of("alma").pk, kind="act", reason="x", today=day)
    assert "därför att" not in read()  # the step goes on: nothing is proposed beside it
    with acting_as(mentor):
        step = StepTaken.objects.get()
    finish_step(by=mentor, step_id=step.pk, solved=False, today=day)
    assert "Det föreslås när signalen är kvar 3 skoldagar efter det förra steget (nu: 0)" in read()
    with acting_as(cast.service()):
        StepTaken.objects.update(done_on=day - timedelta(days=14))
    text = read()
    assert "”Prata med eleven” gjordes" in text
    assert "och signalen är kvar efter 10 skoldagar" in text


def test_a_proposal_begins_nothing(cast, first, read):
    read()
    read("counsellor", "team")
    with acting_as(cast.service()):
        assert not StepTaken.objects.exists()


@pytest.mark.parametrize(("kind", "value"), [("absence", None), ("absence", 0), ("signal", 3), ("x", None)])
def test_a_number_that_does_not_belong_is_refused_by_the_action(cast, ladder, kind, value):
    by = cast.viewer("process_leader")
    fields = {"trigger_kind": kind, "trigger_value": value}
    with pytest.raises(AnswerRefused):
        change_ladder_step(by=by, step_id=ladder[0].pk, today=today(), **fields)
    with pytest.raises(AnswerRefused):
        add_ladder_step(by=by, today=today(), name="N", trigger="x", role="mentor", school_days=3, **fields)
    assert LadderStep.objects.count() == len(ladder)


def test_the_page_asks_for_the_number_that_the_choice_needs(client, cast, ladder):
    cast.login(client, "process_leader")
    address = reverse("ladder-change", args=[ladder[0].pk])
    sent = {"name": "Prata", "trigger": "x", "role": "mentor", "school_days": 3, "trigger_kind": "absence"}
    refused = client.post(address, sent)
    assert refused.status_code == 422
    assert "Ange ett tal från 1 till 100" in refused.text
    assert client.post(address, {**sent, "trigger_value": 20}).status_code == 303
    assert "frånvaron de senaste fyra veckorna är över 20 procent" in client.get(reverse("ladder")).text
    assert client.post(address, {**sent, "trigger_kind": "signal", "trigger_value": 20}).status_code == 422
