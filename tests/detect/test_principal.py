"""The principal's page: what waits, in which order, and no figure about a person."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from django.template.loader import render_to_string
from django.urls import reverse
from tests.detect.conftest import found

from samhandla.detect.actions.answers import answer_signal, finish_step
from samhandla.detect.actions.clock import pass_time
from samhandla.detect.models import GroupSignal, StepTaken
from samhandla.detect.queries.principal import StepResult, principal_page_for
from samhandla.people import actions as people
from samhandla.people.queries import school_days_of, today
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db
REFUSED = (403, 404)


def page_of(cast, name="principal", unit="berga", day=None):
    viewer = cast.viewer(name)
    with acting_as(viewer):
        return principal_page_for(viewer, cast.unit[unit], today=day or today())


@pytest.fixture
def class_signal(cast, take):
    """A signal about class 7B, as the rules name it."""
    group = cast.group["7B"]
    take(found(str(group.pk), "class_level", kind="class", unit=cast.unit["berga"].pk))
    return GroupSignal.objects.get()


def test_group_signals_come_first_and_name_no_teacher(client, cast, take, class_signal):
    take(
        found(str(cast.group["7B"].pk), "class_level", kind="class", unit=cast.unit["berga"].pk),
        found(cast.child["alma"], "near_zero"),
    )
    with acting_as(cast.service()):
        pass_time(by=cast.service(), today=today() + timedelta(days=20))
    text = cast.login(client, "principal").get(reverse("principal")).text
    assert (
        text.index("Hög frånvaro i hela klassen")
        < text.index("Beslut och underskrifter")
        < text.index("Alma")
    )
    assert "Mentor 7B" not in text


def test_a_group_signal_is_answered_and_followed_up(client, cast, class_signal):
    url = reverse("group-signal", args=[class_signal.pk])
    cast.login(client, "principal")
    assert client.get(url).status_code == 200
    refused = client.post(url, {"kind": "follow", "reason": "Vi ser på schemat."})
    assert refused.status_code == 422
    assert "Vi ser på schemat." in refused.text
    answer = client.post(url, {"kind": "act", "reason": "Vi flyttar lektionen."})
    assert (answer.status_code, answer["Location"]) == (
        303, reverse("principal") + f"?enhet={cast.unit['berga'].pk}",
    )  # fmt: skip
    again = client.post(url, {"kind": "act", "reason": "Min text"})
    assert again.status_code == 409
    assert "Min text" in again.text
    assert client.post(reverse("group-done", args=[class_signal.pk]), {"solved": "yes"}).status_code == 303
    class_signal.refresh_from_db()
    assert class_signal.state == "closed"


@pytest.mark.parametrize(
    "name", ["mentor_7b", "counsellor", "principal_lunda", "principal_fria", "controller"]
)
def test_others_do_not_reach_a_group_signal(client, cast, class_signal, name):
    url = reverse("group-signal", args=[class_signal.pk])
    assert cast.login(client, name).get(url).status_code in REFUSED
    assert client.post(url, {"kind": "act", "reason": "x"}).status_code in REFUSED
    class_signal.refresh_from_db()
    assert class_signal.state == "open"


def test_late_signals_are_lifted_and_those_without_mentor_shown(cast, take):
    with acting_as(cast.service()):
        people.end_memberships(
            by=cast.service(), child=cast.child["hugo"], groups=[cast.group["7A"]],
            last_day=today() - timedelta(days=1),
        )  # fmt: skip
    take(found(cast.child["alma"]), found(cast.child["hugo"]))
    page = page_of(cast)
    assert [r.child.given_name for r in page.without_mentor] == ["Hugo"]
    assert page.lifted == []
    late = today() + timedelta(days=20)
    pass_time(by=cast.service(), today=late)
    page = page_of(cast, day=late)
    assert {r.child.given_name for r in page.lifted} == {"Alma", "Hugo"}
    assert page.without_mentor == []


def test_the_queue_is_visible(client, cast, take):
    take(*(found(cast.child[n]) for n in ("alma", "omar", "tove")))
    assert page_of(cast).queued == 1
    assert (
        "En elev väntar på plats hos mentor" in cast.login(client, "principal").get(reverse("principal")).text
    )


def test_ages_are_counted_in_school_days(cast, take):
    take(found(cast.child["alma"]), found(cast.child["omar"]))
    days = school_days_of(
        cast.unit["berga"].pk, first=today() + timedelta(days=1), last=today() + timedelta(days=60)
    )
    later = days[6]
    assert [b.count for b in page_of(cast).ages] == [2, 0, 0, 0]
    assert [b.count for b in page_of(cast, day=later).ages] == [0, 2, 0, 0]


def test_solved_is_counted_per_step_never_per_mentor(cast, take, signal_of, ladder):
    take(found(cast.child["alma"]))
    answer_signal(
        by=cast.viewer("mentor_7b"), signal_id=signal_of("alma").pk, kind="act", reason="x", today=today()
    )
    with acting_as(cast.service()):
        step = StepTaken.objects.get()
    finish_step(by=cast.viewer("mentor_7b"), step_id=step.pk, solved=True, today=today())
    (result,) = page_of(cast).steps
    assert (result.number, result.taken, result.done, result.solved) == (1, 1, 1, 1)
    assert not result.publishable


def test_small_numbers_stay_out_of_the_quality_text(client, cast, take, ladder):
    take(found(cast.child["alma"]))
    text = cast.login(client, "principal").get(reverse("principal")).context["quality_text"]
    assert "Färre än tio signaler väntar på svar." in text
    assert "1 signal" not in text


@pytest.mark.parametrize(
    ("taken", "said"),
    [
        (18, "påbörjat 18 gånger. Hur många som löstes där visas inte"),
        (4, "påbörjat färre än tio gånger, för få för att visas."),
    ],
)
def test_the_quality_text_says_which_number_is_too_small(cast, taken, said):
    page = replace(page_of(cast), steps=[StepResult(1, "Prata med eleven", taken, 3, 2)])
    text = render_to_string("detect/principal_quality.txt", {"page": page, "today": today()})
    assert f"Prata med eleven: {said}" in text
    assert not set("234") & set(text.split("Prata med eleven")[1])


def test_figures_keep_their_headings_on_a_phone(client, cast, take, signal_of, ladder):
    take(found(cast.child["alma"]))
    answer_signal(
        by=cast.viewer("mentor_7b"), signal_id=signal_of("alma").pk, kind="act", reason="x", today=today()
    )
    text = cast.login(client, "principal").get(reverse("principal")).text
    for heading in ("Signaler", "Påbörjade", "Klara", "Lösta här"):
        assert f'data-label="{heading}"' in text
    assert "0–5 skoldagar" in text


def test_a_decision_that_waits_leads_to_the_decision(client, cast, take, signal_of, ladder):
    take(found(cast.child["alma"]))
    answer_signal(
        by=cast.viewer("mentor_7b"), signal_id=signal_of("alma").pk, kind="act", reason="x", today=today()
    )
    with acting_as(cast.service()):
        StepTaken.objects.update(step=ladder[3])
    page = cast.login(client, "principal").get(reverse("principal"))
    assert reverse("inquiry-decide", args=[cast.child["alma"].ref]) in page.text
    assert "En sak väntar på dig" in page.text


def test_another_unit_than_ones_own_is_not_found(client, cast):
    cast.login(client, "principal")
    assert client.get(reverse("principal"), {"enhet": cast.unit["lunda"].pk}).status_code == 404
    assert client.get(reverse("principal"), {"enhet": "x"}).status_code == 404


def test_a_duty_above_reaches_every_unit_below(client, cast):
    by = cast.service()
    school = people.save_organisation(by=by, name="Bergaskolan F–9", kind="school")
    for key in ("berga", "lunda"):
        people.save_organisation(by=by, pk=cast.unit[key].pk, parent=school)
    cast.staff["head"] = people.register_staff(by=by, given_name="Head", family_name="Prov")
    people.give_duty(by=by, staff=cast.staff["head"], unit=school, role="principal", valid_from=today())
    page = cast.login(client, "head").get(reverse("principal"))
    assert [u.name for u in page.context["units"]] == ["Bergaskolan", "Lundaskolan"]
    assert "?enhet=" in page.text


def test_an_empty_unit_says_so(client, cast):
    page = cast.login(client, "principal").get(reverse("principal"))
    assert page.status_code == 200
    assert "Inget väntar på dig just nu" in page.text


@pytest.mark.parametrize("name", ["mentor_7b", "counsellor", "controller", "data_administrator"])
def test_the_page_is_the_principals(client, cast, name):
    assert cast.login(client, name).get(reverse("principal")).status_code in REFUSED


def test_pupils_beyond_the_mentors_places_are_seen_by_name(client, cast, take):
    take(*(found(cast.child[name]) for name in ("alma", "omar", "tove")))
    page = cast.login(client, "principal").get(reverse("principal"))
    queue = page.context["page"].queue
    assert len(queue) == 1
    assert "Väntar på plats hos mentor" in page.text
    assert reverse("signal", args=[queue[0].signal.pk]) in page.text
