"""A ställningstagande is thought better of before its day: by whom, with which clock, and what stays."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from tests.detect.conftest import found
from tests.detect.test_loop import ahead, answer, worklist

from samhandla.detect.actions import answers
from samhandla.detect.actions.clock import pass_time
from samhandla.detect.actions.inquiries import decide_inquiry
from samhandla.detect.errors import AnswerRefused, Conflict, NotYours
from samhandla.detect.models import Answer, StepTaken
from samhandla.people import actions as people
from samhandla.people.queries import domain_of, today
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db


def change(cast, signal, *, by="mentor_7b", kind="follow", reason="Vi väntar in.", until=None, on=None):
    return answers.change_answer(
        by=cast.viewer(by), signal_id=signal.pk, kind=kind, reason=reason, until=until, today=on or today()
    )


@pytest.fixture
def acted(cast, take, signal_of, ladder):
    """Alma's signal, with a step of the ladder under way by a slip of the finger."""
    take(found(cast.child["alma"]))
    answer(cast, signal_of("alma"))
    return signal_of("alma")


def test_a_slip_is_put_right_and_the_step_it_began_is_taken_back(cast, acted, signal_of):
    until = ahead(cast, 5)
    change(cast, acted, until=until)
    signal = signal_of("alma")
    assert (signal.state, signal.return_on) == ("followed", until)
    with acting_as(cast.service()):
        first, second = Answer.objects.order_by("pk")
        assert not StepTaken.objects.exists()
    assert (first.kind, second.replaces_id) == ("act", first.pk)
    pass_time(by=cast.service(), today=until)
    assert len(worklist(cast, day=until).to_answer) == 1


def test_from_following_to_acting_the_ladder_begins(cast, take, signal_of, ladder):
    take(found(cast.child["alma"]))
    answer(cast, signal_of("alma"), kind="follow", until=ahead(cast, 10))
    change(cast, signal_of("alma"), kind="act", reason="Vi pratar ändå.")
    with acting_as(cast.service()):
        step = StepTaken.objects.get()
    assert signal_of("alma").state == "acted"
    assert signal_of("alma").return_on == step.due_on == ahead(cast, 3)


def test_new_words_for_the_same_step_leave_its_clock(cast, acted, signal_of):
    before = acted.return_on
    change(cast, acted, kind="act", reason="Vi pratar på torsdag.")
    assert signal_of("alma").return_on == before
    with acting_as(cast.service()):
        assert StepTaken.objects.count() == 1


def test_who_changes_again_and_again_does_not_rest_for_ever(cast, take, signal_of):
    take(found(cast.child["alma"]))
    last = ahead(cast, 20)
    answer(cast, signal_of("alma"), kind="known", until=ahead(cast, 5))
    later = ahead(cast, 3)
    change(cast, signal_of("alma"), kind="known", reason="Längre.", until=last, on=later)
    with pytest.raises(AnswerRefused) as refused:
        change(cast, signal_of("alma"), kind="known", reason="Mer.", until=last + timedelta(days=7), on=later)
    assert refused.value.problems == ["until_far"]


def test_what_is_wrong_with_a_changed_answer_is_said_and_nothing_changes(cast, acted, signal_of):
    for values, problem in (
        ({"reason": " ", "until": ahead(cast, 2)}, "reason_missing"),
        ({"until": None}, "until_missing"),
        ({"kind": "act", "reason": "Vi pratar."}, "unchanged"),
    ):
        with pytest.raises(AnswerRefused) as refused:
            change(cast, acted, **values)
        assert refused.value.problems == [problem]
    assert signal_of("alma").state == "acted"


def test_the_stand_in_and_the_principal_may_and_others_may_not(cast, acted):
    with pytest.raises(NotYours):
        change(cast, acted, by="mentor_7a", until=ahead(cast, 5))
    people.set_stand_in(
        by=cast.service(), absent=cast.staff["mentor_7b"], stand_in=cast.staff["mentor_7a"],
        valid_from=today(), valid_to=today(),
    )  # fmt: skip
    change(cast, acted, by="mentor_7a", until=ahead(cast, 5))
    change(cast, acted, by="principal", until=ahead(cast, 6))
    with pytest.raises(NotYours):
        change(cast, acted, by="counsellor", until=ahead(cast, 7))


def test_what_waits_for_an_answer_or_rests_for_an_inquiry_is_not_changed(cast, take, signal_of, ladder):
    take(found(cast.child["alma"]))
    with pytest.raises(Conflict):
        change(cast, signal_of("alma"), until=ahead(cast, 5))
    answer(cast, signal_of("alma"))
    decide_inquiry(
        by=cast.viewer("principal"), child=cast.child["alma"], decision="open", reason="Frånvaron.",
        today=today(), domain_id=domain_of(cast.authority["board"].pk, "school").pk,
    )  # fmt: skip
    with pytest.raises(Conflict):
        change(cast, signal_of("alma"), until=ahead(cast, 5))


def test_the_page_shows_the_answer_and_changes_it(client, cast, acted):
    cast.login(client, "mentor_7b")
    page, send = reverse("signal", args=[acted.pk]), reverse("answer-change", args=[acted.pk])
    assert "Ändra svaret" in client.get(page).text
    wrong = client.post(send, {"kind": "follow", "reason": "Vi väntar in.", "until": ""})
    assert wrong.status_code == 422
    assert "Vi väntar in." in wrong.text
    said = {"kind": "follow", "reason": "Vi väntar in.", "until": ahead(cast, 5).isoformat()}
    assert client.post(send, said).status_code == 303
    pupil = client.get(reverse("pupil", args=[cast.child["alma"].ref])).text
    assert "Ändrat ställningstagande: följs till" in pupil
    assert "Ställningstagande: jag agerar" in pupil


def test_who_may_not_change_reads_the_answer_without_the_form(client, cast, acted):
    cast.login(client, "counsellor")
    page = client.get(reverse("signal", args=[acted.pk])).text
    assert "Svaret just nu" in page
    assert "Ändra svaret" not in page
    said = {"kind": "follow", "reason": "x", "until": ahead(cast, 5).isoformat()}
    assert client.post(reverse("answer-change", args=[acted.pk]), said).status_code == 404


def test_who_keeps_the_register_reads_attendance_and_not_what_was_said(client, cast, acted):
    answers.note_contact(
        by=cast.viewer("mentor_7b"), signal_id=acted.pk, kind="talk", chips=["home"], words="Svårt hemma nu.",
        today=today(),
    )  # fmt: skip
    url = reverse("pupil", args=[cast.child["alma"].ref])
    cast.login(client, "mentor_7b")
    assert "Svårt hemma nu." in client.get(url).text
    cast._duty("board", "keeper", "school_administrator", "berga")
    cast.login(client, "keeper")
    page = client.get(url).text
    assert "Närvaro" in page
    for hidden in ("Svårt hemma nu.", "hemma och fritid", "Vi pratar.", "Signaler just nu", "Utredning av"):
        assert hidden not in page


@pytest.mark.parametrize(("solved", "words"), [("yes", "signalen är avslutad"), ("no", "öppen igen")])
def test_a_finished_step_says_what_became_of_the_signal(client, cast, acted, solved, words):
    cast.login(client, "mentor_7b")
    with acting_as(cast.service()):
        step = StepTaken.objects.get()
    url = reverse("step-done", args=[acted.pk, step.pk])
    page = client.post(url, {"solved": solved, "note": ""}, follow=True).text
    assert words in page
    assert reverse("worklist") in page
    assert ("Den står inte längre på någon lista" in page) == (solved == "yes")


def test_a_new_step_of_the_ladder_is_shown_before_it_is_saved(client, cast, ladder):
    cast.login(client, "process_leader")
    said = {
        "name": "Prata igen", "trigger": "När det inte räckte", "trigger_kind": "signal", "role": "mentor",
        "school_days": "5", "sentence": "Vi har pratat.", "talk_card": "Hur går det?", "preview": "1",
    }  # fmt: skip
    answer = client.post(reverse("ladder-add"), said)
    assert (answer.status_code, answer.context["form"].errors) == (200, {})
    assert "Så här skulle det se ut (inte sparat)" in answer.text
    assert "Prata igen" not in client.get(reverse("ladder")).text
