"""A step of the närvarotrappa is named as it is, and stands with the role whose it is."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from tests.detect.conftest import found

from samhandla.detect.actions.answers import answer_signal, finish_step
from samhandla.detect.errors import NotYours
from samhandla.detect.models import Answer, StepTaken
from samhandla.detect.queries.reminders import list_staff_to_remind
from samhandla.people.models import SchoolDay, Staff
from samhandla.people.queries import today
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db


@pytest.fixture
def mentor(client, cast, take, ladder):
    take(found(cast.child["alma"]))
    return cast.login(client, "mentor_7b")


def words(answer):
    return " ".join(answer.text.split())


def after(cast, signal_of, times):
    """Let Alma's first steps be taken without success, as one tap and "Nej" do."""
    signal = signal_of("alma")
    for _ in range(times):
        take_in_vain(cast, signal)
    return signal


def take_in_vain(cast, signal):
    answer_signal(by=cast.viewer("mentor_7b"), signal_id=signal.pk, kind="act", reason="x", today=today())
    step = open_step(cast)
    name = {"mentor": "mentor_7b"}.get(step.step.role, step.step.role)
    finish_step(by=cast.viewer(name), step_id=step.pk, solved=False, today=today())


def open_step(cast):
    with acting_as(cast.service()):
        return StepTaken.objects.select_related("step").get(done_on=None)


def test_the_first_step_is_the_talk(mentor, signal_of):
    for route, arguments in (("worklist", []), ("signal", [signal_of("alma").pk])):
        assert "Prata med Alma i dag" in words(mentor.get(reverse(route, args=arguments)))


def test_after_an_unsolved_talk_the_page_names_the_step_that_begins(mentor, cast, signal_of, ladder):
    signal = after(cast, signal_of, 1)
    page = words(mentor.get(reverse("signal", args=[signal.pk])))
    assert "Nästa steg: Prata med vårdnadshavare" in page
    assert "Börja: Prata med vårdnadshavare" in page
    assert "Hur är morgnarna?" in page
    assert ladder[1].copy_sentence in page
    assert "Prata med Alma i dag" not in page
    assert "Hur har du det?" not in page
    listed = words(mentor.get(reverse("worklist")))
    assert "Börja: Prata med vårdnadshavare" in listed
    assert "Prata med Alma i dag" not in listed
    mentor.post(reverse("talk-today", args=[signal.pk]))
    assert open_step(cast).step.name == "Prata med vårdnadshavare"
    with acting_as(cast.service()):
        assert Answer.objects.latest("pk").reason == "Jag börjar: Prata med vårdnadshavare."


def test_another_roles_step_is_handed_over_and_not_finished_by_the_mentor(mentor, cast, signal_of, client):
    signal = after(cast, signal_of, 2)
    address = reverse("signal", args=[signal.pk])
    assert "Lämna över till kurator: Elevhälsan kopplas in" in words(mentor.get(address))
    assert "Överlämnat." in words(mentor.post(reverse("talk-today", args=[signal.pk]), follow=True))
    step = open_step(cast)
    page = words(mentor.get(address))
    assert "Steget ligger hos kurator" in page
    assert "Steget är klart" not in page
    done = reverse("step-done", args=[signal.pk, step.pk])
    assert mentor.post(done, {"solved": "yes"}).status_code == 404
    assert open_step(cast).pk == step.pk
    counsellor = cast.login(client, "counsellor")
    assert "Steget är klart" in words(counsellor.get(address))
    assert counsellor.post(done, {"solved": "no"}).status_code == 303


def test_the_action_itself_refuses_whose_step_it_is_not(mentor, cast, signal_of):
    signal = after(cast, signal_of, 2)
    answer_signal(by=cast.viewer("mentor_7b"), signal_id=signal.pk, kind="act", reason="x", today=today())
    step = open_step(cast)
    for name in ("mentor_7b", "mentor_7a"):
        with pytest.raises(NotYours):
            finish_step(by=cast.viewer(name), step_id=step.pk, solved=True, today=today())
    assert open_step(cast).pk == step.pk
    taken = finish_step(by=cast.viewer("principal"), step_id=step.pk, solved=False, today=today())
    assert (taken.done_by_id, taken.done_on) == (cast.viewer("principal").actor_id, today())


def test_a_mentors_step_is_not_finished_by_the_counsellor(mentor, cast, signal_of):
    signal = signal_of("alma")
    answer_signal(by=cast.viewer("mentor_7b"), signal_id=signal.pk, kind="act", reason="x", today=today())
    with pytest.raises(NotYours):
        finish_step(by=cast.viewer("counsellor"), step_id=open_step(cast).pk, solved=True, today=today())
    assert open_step(cast).done_on is None


def test_the_team_list_lets_only_whose_step_it_is_begin(mentor, cast, signal_of, client):
    signal = signal_of("alma")
    counsellor = cast.login(client, "counsellor")
    page = words(counsellor.get(reverse("team")))
    assert "Anteckna att jag börjar" not in page
    assert "Nästa steg, Prata med eleven, tas av mentor: fråga Mentor 7B Prov." in page
    start = reverse("team-start", args=[signal.pk])
    refused = words(counsellor.post(start, {"reason": "Jag börjar ändå."}, follow=True))
    assert "Inget är antecknat. Nästa steg, Prata med eleven, tas av mentor." in refused
    assert answers(cast) == 0
    with acting_as(cast.service()):
        assert not StepTaken.objects.exists()
    principal = cast.login(client, "principal")
    assert "Anteckna att jag börjar" in words(principal.get(reverse("team")))
    assert principal.post(start, {"reason": "Jag talar med Alma."}).status_code == 303
    assert open_step(cast).step.name == "Prata med eleven"


def test_pupil_health_begins_its_own_step_from_the_list(mentor, cast, signal_of, client):
    signal = after(cast, signal_of, 2)
    counsellor = cast.login(client, "counsellor")
    assert "Anteckna att jag börjar" in words(counsellor.get(reverse("team")))
    counsellor.post(reverse("team-start", args=[signal.pk]), {"reason": "Jag träffar Alma."})
    assert open_step(cast).step.role == "counsellor"


def test_the_pupil_page_says_who_finished_a_step(mentor, cast, signal_of):
    after(cast, signal_of, 1)
    page = words(mentor.get(reverse("pupil", args=[cast.child["alma"].ref])))
    part = page[page.index("Det här har gjorts") :]
    assert part.index("Prata med eleven") < part.index("Mentor 7B Prov")


def test_the_step_stands_on_the_list_of_pupil_health_with_its_last_day(mentor, cast, signal_of, client):
    signal = after(cast, signal_of, 2)
    heading = "Steg som väntar på elevhälsan"
    assert heading not in cast.login(client, "counsellor").get(reverse("team")).text
    cast.login(client, "mentor_7b").post(reverse("talk-today", args=[signal.pk]))
    page = words(cast.login(client, "counsellor").get(reverse("team")))
    part = page[page.index(heading) :]
    assert part.index("Alma Prov") < part.index("Elevhälsan kopplas in") < part.index("senast")
    assert heading not in cast.login(client, "principal").get(reverse("principal")).text


def test_a_principals_step_stands_on_the_principals_page_once(mentor, cast, signal_of, client, ladder):
    type(ladder[2]).objects.filter(pk=ladder[2].pk).update(role="principal", name="Möte med rektor")
    signal = after(cast, signal_of, 2)
    mentor.post(reverse("talk-today", args=[signal.pk]))
    page = words(cast.login(client, "principal").get(reverse("principal")))
    assert "Steg som väntar på rektor" in page
    assert "Möte med rektor" in page
    assert "En sak väntar på dig" in page


def test_when_every_step_is_taken_nothing_begins_with_one_tap(mentor, cast, signal_of):
    signal = after(cast, signal_of, 4)
    address = reverse("signal", args=[signal.pk])
    assert "Alla steg i närvarotrappan är tagna" in words(mentor.get(address))
    before = answers(cast)
    mentor.post(reverse("talk-today", args=[signal.pk]))
    assert answers(cast) == before
    assert "Alma Prov" in words(mentor.get(reverse("worklist")))


def answers(cast):
    with acting_as(cast.service()):
        return Answer.objects.count()


def test_whoever_the_step_waits_for_is_reminded_the_day_before(mentor, cast, signal_of):
    for number, staff in enumerate(Staff.objects.order_by("pk")):
        Staff.objects.filter(pk=staff.pk).update(email=f"user{number}@example.se")
    signal = after(cast, signal_of, 2)
    mentor.post(reverse("talk-today", args=[signal.pk]))
    due = open_step(cast).due_on
    days = SchoolDay.objects.filter(unit=cast.unit["berga"], date__lt=due).order_by("-date")
    before = days[0].date
    assert "counsellor" in reminded(cast, before)
    assert "principal_lunda" not in reminded(cast, before)
    assert reminded(cast, before + timedelta(days=400)) == set()


def reminded(cast, day):
    by = cast.service()
    with acting_as(by):
        staff = {s.pk for s in list_staff_to_remind(by, today=day)}
    return {name for name, s in cast.staff.items() if s.pk in staff}
