"""The loop: bundling, places, the clock, answers, the ladder, the watch."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse
from tests.detect.conftest import found

from samhandla.detect.actions import answers
from samhandla.detect.actions.clock import pass_time
from samhandla.detect.actions.inquiries import decide_inquiry
from samhandla.detect.actions.runs import _context
from samhandla.detect.actions.settings import set_rule
from samhandla.detect.errors import AnswerRefused, Conflict, NoSchool, NotYours
from samhandla.detect.models import (
    Answer,
    AnswerEffort,
    GroupSignal,
    ParticipationMark,
    Reason,
    Signal,
    StepTaken,
    Watch,
)
from samhandla.detect.queries.lists import worklist_for
from samhandla.detect.rules.inquiry import INQUIRY_DAYS
from samhandla.detect.rules.loop import Step, next_step
from samhandla.people import actions as people
from samhandla.people.models import SchoolDay
from samhandla.people.queries import domain_of, school_days_of, today
from samhandla.trust.models import Event
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db


def worklist(cast, name="mentor_7b", day=None):
    viewer = cast.viewer(name)
    with acting_as(viewer):
        return worklist_for(viewer, today=day or today())


def answer(cast, signal, *, by="mentor_7b", kind="act", reason="Vi pratar.", until=None, **more):
    return answers.answer_signal(
        by=cast.viewer(by), signal_id=signal.pk, kind=kind, reason=reason, until=until, today=today(), **more
    )


def ahead(cast, count, unit="berga"):
    days = school_days_of(
        cast.unit[unit].pk, first=today() + timedelta(days=1), last=today() + timedelta(days=119)
    )
    return days[count - 1]


def test_a_pupils_reasons_are_one_row(cast, take):
    take(
        found(cast.child["alma"]),
        found(cast.child["alma"], "invalid"),
        found(cast.child["alma"], "weekday", opens=False),
    )
    rows = worklist(cast).to_answer
    assert [r.child.given_name for r in rows] == ["Alma"]
    assert {line.rule for line in rows[0].reasons} == {"level_year", "invalid", "weekday"}


def test_a_rule_that_does_not_open_makes_no_signal(cast, take):
    take(found(cast.child["alma"], "weekday", opens=False))
    assert worklist(cast).to_answer == []


def test_the_same_run_twice_changes_nothing(cast, take):
    take(found(cast.child["alma"]))
    take(found(cast.child["alma"]))
    with acting_as(cast.service()):
        assert Signal.objects.count() == 1
        assert Reason.objects.count() == 1


def test_two_new_pupils_a_week_the_rest_wait_visibly(cast, take):
    take(*(found(cast.child[n]) for n in ("alma", "omar", "tove")))
    listed = worklist(cast)
    assert len(listed.to_answer) == 2
    assert listed.waiting == 1
    with acting_as(cast.service()):
        assert Signal.objects.filter(state="queued").count() == 1


def test_a_pupil_hardly_in_school_never_waits(cast, take):
    take(found(cast.child["alma"]), found(cast.child["omar"]), found(cast.child["tove"], "near_zero"))
    assert len(worklist(cast).to_answer) == 3


def test_next_week_the_waiting_one_gets_a_place(cast, take):
    take(*(found(cast.child[n]) for n in ("alma", "omar", "tove")))
    pass_time(by=cast.service(), today=today() + timedelta(days=7))
    assert worklist(cast).waiting == 0


def test_the_clock_counts_school_days_and_stands_still_in_a_break(cast, take, signal_of):
    by = cast.service()
    people.add_break(
        by=by, organisation=cast.unit["berga"], name="Lov", kind="holiday",
        first=today() + timedelta(days=1), last=today() + timedelta(days=14),
    )  # fmt: skip
    people.number_school_days(by=by, unit=cast.unit["berga"])
    take(found(cast.child["alma"]))
    assert signal_of("alma").due_on == ahead(cast, 5) > today() + timedelta(days=14)


def test_a_break_added_later_moves_the_running_clock(cast, take, signal_of):
    take(found(cast.child["alma"]))
    before = signal_of("alma").due_on
    by = cast.service()
    people.add_break(
        by=by, organisation=cast.unit["berga"], name="Stängt", kind="local",
        first=today() + timedelta(days=1), last=today() + timedelta(days=14),
    )  # fmt: skip
    people.number_school_days(by=by, unit=cast.unit["berga"])
    assert pass_time(by=by, today=today())["moved"] == 1
    assert signal_of("alma").due_on > before


def close_school(cast, days=14):
    """Add a break from tomorrow on, as when the municipality changes its calendar."""
    by = cast.service()
    people.add_break(
        by=by, organisation=cast.unit["berga"], name="Stängt", kind="local",
        first=today() + timedelta(days=1), last=today() + timedelta(days=days),
    )  # fmt: skip
    people.number_school_days(by=by, unit=cast.unit["berga"])


def test_a_break_added_later_moves_the_clock_of_a_class_signal(cast, take):
    unit, group = cast.unit["berga"].pk, cast.group["7B"].pk
    take(found(str(group), "class_level", unit=unit, kind="class"))
    before = GroupSignal.objects.get().due_on
    assert pass_time(by=cast.service(), today=today())["moved"] == 0
    close_school(cast)
    assert pass_time(by=cast.service(), today=today())["moved"] == 1
    row = GroupSignal.objects.get()
    assert row.due_on > max(before, today() + timedelta(days=14))
    assert row.clock_from == today()


def test_a_break_added_later_moves_a_step_and_the_signals_return(cast, take, signal_of, ladder):
    take(found(cast.child["alma"]))
    answer(cast, signal_of("alma"))
    with acting_as(cast.service()):
        before = StepTaken.objects.get().due_on
    close_school(cast)
    assert pass_time(by=cast.service(), today=today())["moved"] == 1
    with acting_as(cast.service()):
        due = StepTaken.objects.get().due_on
    assert due == signal_of("alma").return_on
    assert due > max(before, today() + timedelta(days=14))
    assert pass_time(by=cast.service(), today=before + timedelta(days=1))["returned"] == 0


def test_a_finished_step_and_a_clock_long_run_out_do_not_move(cast, take, signal_of, ladder):
    take(found(cast.child["alma"]), found(cast.child["omar"]))
    answer(cast, signal_of("alma"))
    with acting_as(cast.service()):
        step = StepTaken.objects.get()
    answers.finish_step(by=cast.viewer("mentor_7b"), step_id=step.pk, solved=True, today=today())
    long_ago = today() - timedelta(days=200)
    with acting_as(cast.service()):
        Signal.objects.filter(child=cast.child["omar"]).update(clock_from=long_ago, due_on=long_ago)
    close_school(cast)
    assert pass_time(by=cast.service(), today=today())["moved"] == 0
    assert signal_of("omar").due_on == long_ago


def test_an_unanswered_signal_is_lifted_to_the_principal_once(cast, take, signal_of):
    take(found(cast.child["alma"]))
    late = signal_of("alma").due_on + timedelta(days=1)
    assert pass_time(by=cast.service(), today=late)["lifted"] == 1
    assert pass_time(by=cast.service(), today=late)["lifted"] == 0
    assert signal_of("alma").escalated_on == late


def test_it_leaves_the_list_only_by_an_answer(cast, take, signal_of):
    """The rules no longer hold: the signal stays until somebody has answered."""
    take(found(cast.child["alma"]))
    take()
    assert len(worklist(cast).to_answer) == 1
    answer(cast, signal_of("alma"))
    assert worklist(cast).to_answer == []


def test_only_what_waits_for_an_answer_says_that_its_reasons_have_ended(client, cast, take, signal_of):
    stays = "Signalen ligger kvar tills någon har tagit ställning"
    days = school_days_of(cast.unit["berga"].pk, first=today() - timedelta(days=20), last=today())
    take(found(cast.child["alma"]), as_of=days[-3])
    take()
    url = reverse("signal", args=[signal_of("alma").pk])
    cast.login(client, "mentor_7b")
    assert stays in client.get(reverse("worklist")).text
    assert stays in client.get(url).text
    answer(cast, signal_of("alma"), kind="follow", until=ahead(cast, 10))
    listed = client.get(reverse("worklist")).text
    assert "Alma Prov" in listed
    assert stays not in listed
    assert stays not in client.get(url).text


def test_each_answer_needs_a_reason_and_its_date(cast, take, signal_of):
    take(found(cast.child["alma"]))
    signal = signal_of("alma")
    for kind, reason, until, problem in (
        ("act", "  ", None, "reason_missing"),
        ("follow", "x", None, "until_missing"),
        ("known", "x", today(), "until_past"),
        ("known", "x", ahead(cast, 21), "until_far"),
        ("follow", "x", ahead(cast, 41), "until_far"),
    ):
        with pytest.raises(AnswerRefused) as refused:
            answer(cast, signal, kind=kind, reason=reason, until=until)
        assert refused.value.problems == [problem]
    with acting_as(cast.service()):
        assert Answer.objects.count() == 0


def test_known_and_handled_expires_within_twenty_school_days(cast, take, signal_of):
    take(found(cast.child["alma"]))
    until = ahead(cast, 20)
    answer(cast, signal_of("alma"), kind="known", reason="Sjukhusvistelse, skolan vet.", until=until)
    assert worklist(cast).to_answer == []
    pass_time(by=cast.service(), today=until)
    assert len(worklist(cast, day=until).to_answer) == 1


def test_two_answers_at_once_become_one(cast, take, signal_of):
    take(found(cast.child["alma"]))
    answer(cast, signal_of("alma"))
    with pytest.raises(Conflict):
        answer(cast, signal_of("alma"), by="counsellor", reason="Jag också.")
    with acting_as(cast.service()):
        assert Answer.objects.count() == 1


@pytest.mark.parametrize("name", ["mentor_7a", "principal_lunda", "principal_fria", "nurse"])
def test_those_who_may_not_see_the_pupil_cannot_answer(cast, take, signal_of, name):
    take(found(cast.child["alma"]))
    with pytest.raises(NotYours):
        answer(cast, signal_of("alma"), by=name)


def test_to_act_starts_the_ladder_and_solving_it_keeps_a_quiet_watch(cast, take, signal_of, ladder):
    take(found(cast.child["alma"]))
    answer(cast, signal_of("alma"))
    with acting_as(cast.service()):
        step = StepTaken.objects.select_related("step").get()
    assert step.step.number == 1
    assert step.due_on == ahead(cast, 3)
    answers.finish_step(
        by=cast.viewer("mentor_7b"), step_id=step.pk, solved=True, today=today(), note="Bra samtal."
    )
    with acting_as(cast.service()):
        assert Signal.objects.get().state == "closed"
        assert Watch.objects.get().until >= today() + timedelta(days=100)
    with pytest.raises(Conflict):
        answers.finish_step(by=cast.viewer("mentor_7b"), step_id=step.pk, solved=True, today=today())


def test_a_step_that_did_not_help_leads_to_the_next(cast, take, signal_of, ladder):
    take(found(cast.child["alma"]))
    for number in (1, 2):
        answer(cast, signal_of("alma"))
        with acting_as(cast.service()):
            step = StepTaken.objects.select_related("step").get(done_on=None)
        assert step.step.number == number
        answers.finish_step(by=cast.viewer("mentor_7b"), step_id=step.pk, solved=False, today=today())


def test_a_pupil_of_age_is_never_led_to_its_guardians(cast, take, signal_of, ladder):
    people.update_child(by=cast.service(), child=cast.child["alma"], birth_date=date(today().year - 19, 1, 1))
    take(found(cast.child["alma"]))
    for number in (1, 3):
        answer(cast, signal_of("alma"))
        with acting_as(cast.service()):
            step = StepTaken.objects.select_related("step").get(done_on=None)
        assert step.step.number == number
        name = {1: "mentor_7b", 3: "counsellor"}[number]
        answers.finish_step(by=cast.viewer(name), step_id=step.pk, solved=False, today=today())


def test_a_step_of_another_school_form_is_passed_over():
    steps = [Step(1, ("GY",), False), Step(2, (), True), Step(3, ("GR",), False)]
    assert next_step(steps, set(), form="GR", adult=False).number == 2
    assert next_step(steps, {2}, form="GR", adult=False).number == 3
    assert next_step(steps, set(), form="FKLASS", adult=True) is None


def test_no_contact_is_missed_only_where_an_adult_was_to_make_one(cast, take, signal_of):
    take(found(cast.child["alma"]), found(cast.child["omar"]), found(cast.child["tove"], "near_zero"))
    answer(cast, signal_of("alma"), kind="follow", until=ahead(cast, 10))
    answer(cast, signal_of("omar"), kind="act")
    with acting_as(cast.service()):
        waiting = set(_context(today()).open_signals)
    assert waiting == {cast.child["omar"].pk, cast.child["tove"].pk}


def test_marks_of_not_taking_part_reach_the_rules(cast):
    alma = cast.child["alma"]
    day = school_day(cast)
    for name, on in (("mentor_7b", day), ("principal", day), ("mentor_7b", day - timedelta(days=400))):
        mark(cast, name, on)
    with acting_as(cast.service()):
        assert _context(today()).apart_marks == {alma.pk: [day, day]}


def school_day(cast):
    """Return the latest day on which Alma's school had school."""
    days = SchoolDay.objects.filter(unit=cast.unit["berga"], date__lte=today())
    return days.latest("date").date


def mark(cast, name, on):
    domain = domain_of(cast.authority["board"].pk, "school").pk
    return answers.mark_participation(by=cast.viewer(name), child=cast.child["alma"], domain_id=domain, on=on)


def test_no_mark_on_a_day_without_school_and_none_twice(cast):
    day = school_day(cast)
    saturday = day + timedelta(days=5 - day.weekday())
    with pytest.raises(NoSchool):
        mark(cast, "mentor_7b", saturday)
    mark(cast, "mentor_7b", day)
    with pytest.raises(Conflict):
        mark(cast, "mentor_7b", day)
    with acting_as(cast.service()):
        assert ParticipationMark.objects.count() == 1


def test_a_step_that_is_done_counts_as_a_contact(cast, take, signal_of, ladder):
    take(found(cast.child["alma"]))
    answer(cast, signal_of("alma"))
    with acting_as(cast.service()):
        step = StepTaken.objects.get()
        assert _context(today()).open_signals[cast.child["alma"].pk].last_contact is None
    answers.finish_step(by=cast.viewer("mentor_7b"), step_id=step.pk, solved=False, today=today())
    with acting_as(cast.service()):
        assert _context(today()).open_signals[cast.child["alma"].pk].last_contact == today()


def test_good_news_is_shown_and_told(cast, take, signal_of):
    take(found(cast.child["omar"], "recovered", numbers={"share": 0.02, "before_share": 0.3}))
    listed = worklist(cast)
    assert listed.to_answer == []
    assert [r.child.given_name for r in listed.good_news] == ["Omar"]
    answers.tell_good_news(
        by=cast.viewer("mentor_7b"), signal_id=listed.good_news[0].signal.pk, today=today()
    )
    take(found(cast.child["omar"], "recovered", numbers={"share": 0.02, "before_share": 0.3}))
    assert worklist(cast).good_news == []


def test_a_fault_in_the_data_comes_back_when_it_is_not_mended(cast, take, signal_of):
    take(found(cast.child["alma"]))
    answer(cast, signal_of("alma"), kind="data_error", reason="Hon var på praktik.")
    assert signal_of("alma").return_on == ahead(cast, 10)


def end_calendar(cast, days):
    """Let the unit's calendar end so many days from now, as before the next school year is set."""
    by, last = cast.service(), today() + timedelta(days=days)
    people.set_term(
        by=by, organisation=cast.unit["berga"], name="HT", first=today() - timedelta(days=200), last=last
    )
    people.number_school_days(by=by, unit=cast.unit["berga"])


@pytest.mark.parametrize(("kind", "most"), [("data_error", 14), ("act", 7)])
def test_no_answer_lasts_for_ever_where_the_calendar_ends(cast, take, signal_of, kind, most):
    take(found(cast.child["alma"]))
    end_calendar(cast, 2)
    answer(cast, signal_of("alma"), kind=kind)
    assert signal_of("alma").return_on == today() + timedelta(days=most)
    assert pass_time(by=cast.service(), today=today() + timedelta(days=most - 1))["returned"] == 0
    assert pass_time(by=cast.service(), today=today() + timedelta(days=most))["returned"] == 1


@pytest.mark.parametrize(("kind", "school_days"), [("data_error", 10), ("act", 5)])
def test_a_calendar_added_later_counts_the_answer_in_school_days(cast, take, signal_of, kind, school_days):
    take(found(cast.child["alma"]))
    end_calendar(cast, 2)
    answer(cast, signal_of("alma"), kind=kind)
    end_calendar(cast, 119)
    close_school(cast)
    assert pass_time(by=cast.service(), today=today())["moved"] == 1
    assert signal_of("alma").return_on == ahead(cast, school_days) > today() + timedelta(days=14)
    assert pass_time(by=cast.service(), today=today())["moved"] == 0


def test_a_date_that_somebody_chose_is_never_moved(cast, take, signal_of):
    take(found(cast.child["alma"]))
    until = ahead(cast, 6)
    answer(cast, signal_of("alma"), kind="follow", until=until)
    end_calendar(cast, 2)
    pass_time(by=cast.service(), today=today())
    assert signal_of("alma").return_on == until


def test_an_answer_that_had_lost_its_day_gets_one(cast, take, signal_of):
    take(found(cast.child["alma"]))
    answer(cast, signal_of("alma"), kind="data_error")
    with acting_as(cast.service()):
        Signal.objects.update(return_on=None)
    pass_time(by=cast.service(), today=today())
    assert signal_of("alma").return_on == ahead(cast, 10)


def test_an_inquiry_and_a_class_signal_that_had_lost_their_day_get_one(cast, take, signal_of):
    unit, group = cast.unit["berga"].pk, cast.group["7B"].pk
    take(found(cast.child["alma"]), found(str(group), "class_level", unit=unit, kind="class"))
    decide_inquiry(
        by=cast.viewer("principal"), child=cast.child["alma"], decision="open", reason="x", today=today(),
        domain_id=domain_of(cast.authority["board"].pk, "school").pk,
    )  # fmt: skip
    GroupSignal.objects.update(state="known", answer="data_error", return_on=None, due_on=None)
    with acting_as(cast.service()):
        Signal.objects.update(return_on=None)
    counts = pass_time(by=cast.service(), today=today())
    assert (counts["moved"], counts["found"]) == (1, 1)
    counts = pass_time(by=cast.service(), today=today())
    assert (counts["moved"], counts["found"]) == (0, 0)
    assert signal_of("alma").return_on == ahead(cast, INQUIRY_DAYS)
    assert GroupSignal.objects.get().return_on == ahead(cast, 10)


def test_a_step_begun_where_the_calendar_ends_gets_its_day_with_the_calendar(cast, take, signal_of, ladder):
    take(found(cast.child["alma"]))
    end_calendar(cast, 1)
    answer(cast, signal_of("alma"))
    assert signal_of("alma").return_on == today() + timedelta(days=7)
    end_calendar(cast, 119)
    pass_time(by=cast.service(), today=today())
    with acting_as(cast.service()):
        assert StepTaken.objects.get().due_on == signal_of("alma").return_on == ahead(cast, 3)


def test_stand_in_owns_the_list_of_the_absent(cast, take):
    take(found(cast.child["alma"]))
    assert worklist(cast, "mentor_7a").to_answer == []
    people.set_stand_in(
        by=cast.service(), absent=cast.staff["mentor_7b"], stand_in=cast.staff["mentor_7a"],
        valid_from=today(), valid_to=today(),
    )  # fmt: skip
    assert len(worklist(cast, "mentor_7a").to_answer) == 1


def test_local_limits_of_the_loop_count_from_their_day(cast, take):
    set_rule(
        by=cast.viewer("process_leader"), rule="loop", parameters={"new_per_mentor_week": 1}, today=today()
    )
    take(found(cast.child["alma"]), found(cast.child["omar"]))
    assert len(worklist(cast).to_answer) == 1


def test_effort_is_kept_per_unit_and_week_never_per_person(cast, take, signal_of):
    take(found(cast.child["alma"]))
    answer(cast, signal_of("alma"), seconds=41, clicks=3)
    row = AnswerEffort.objects.get()
    assert (row.seconds, row.clicks) == (41, 3)
    assert {f.name for f in AnswerEffort._meta.fields} == {"id", "unit", "week", "seconds", "clicks"}


def test_every_answer_is_an_event_the_mentor_can_read(cast, take, signal_of):
    take(found(cast.child["alma"]))
    answer(cast, signal_of("alma"))
    with acting_as(cast.viewer("mentor_7b")):
        assert Event.objects.filter(event="detect:answer:given").count() == 1
    with acting_as(cast.viewer("mentor_7a")):
        assert Event.objects.filter(event="detect:answer:given").count() == 0
