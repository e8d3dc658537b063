"""What the demonstration's staff have done goes through the same actions as people's own work."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.detect.conftest import found
from tests.detect.duty_officer import employ_officers

from samhandla.detect.models import (
    Answer,
    DeliveredNotice,
    GroupSignal,
    Guidance,
    Inquiry,
    Signal,
    StepTaken,
)
from samhandla.people.models import Organisation
from samhandla.people.queries import today
from samhandla.project import demo_work
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db

DAY = timedelta(days=1)


def test_mentors_answer_two_of_three_signals_and_only_their_own(cast, take, ladder):
    take(*(found(cast.child[name]) for name in ("alma", "hugo", "nora")))
    by = cast.service()
    demo_work._answer_some(by, today())
    with acting_as(by):
        answers = list(Answer.objects.select_related("signal"))
        left = Signal.objects.filter(state="open").count()
    assert (len(answers), left) == (2, 1)
    mentors = {cast.child["alma"].pk: "mentor_7b", cast.child["hugo"].pk: "mentor_7a"}
    mentors[cast.child["nora"].pk] = "mentor_8c"
    for answer in answers:
        assert answer.by_id == cast.staff[mentors[answer.child_id]].actor_id


def test_steps_that_were_begun_are_finished_later(cast, take, ladder):
    take(found(cast.child["alma"]))
    by = cast.service()
    demo_work._answer_some(by, today())
    demo_work._finish_steps(by, today())
    with acting_as(by):
        assert StepTaken.objects.filter(done_on=None).count() == 1
    demo_work._finish_steps(by, today() + DAY)
    with acting_as(by):
        assert not StepTaken.objects.filter(done_on=None).exists()


def test_a_principal_answers_the_oldest_of_several_group_signals(cast, take):
    unit = cast.unit["berga"].pk
    rows = [found(str(cast.group[name].pk), "class_level", unit=unit, kind="class") for name in ("7A", "7B")]
    take(rows[0])
    demo_work._answer_groups(cast.service(), today())
    assert GroupSignal.objects.get().state == "open"
    take(*rows)
    demo_work._answer_groups(cast.service(), today())
    assert sorted(GroupSignal.objects.values_list("state", flat=True)) == ["acted", "open"]


def test_the_shown_school_has_mentors_and_most_signals(cast, take):
    take(found(cast.child["alma"]), found(cast.child["hugo"]), found(cast.child["nora"]))
    assert demo_work.shown_unit(cast.service()) == Organisation.objects.get(pk=cast.unit["berga"].pk)


def test_an_inquiry_is_opened_one_notice_sent_and_a_meeting_held(cast, take):
    employ_officers(cast)
    take(found(cast.child["alma"], "near_zero"), found(cast.child["hugo"], "near_zero"))
    by, unit = cast.service(), cast.unit["berga"]
    demo_work.decide_and_meet(by, unit, cast.staff["mentor_7b"], cast.staff["officer"])
    with acting_as(by):
        assert set(Inquiry.objects.values_list("state", "decided_by")) == {
            ("draft", cast.staff["principal"].actor_id)
        }
        assert Inquiry.objects.count() == demo_work.MOST_DECISIONS
    with acting_as(cast.viewer("duty_officer")):
        assert DeliveredNotice.objects.count() == 1
    with acting_as(cast.viewer("officer")):
        assert Guidance.objects.get().group_id == cast.group["7B"].pk
