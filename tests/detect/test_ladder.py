"""The editor of the närvarotrappa: changed from today on, kept as it was, previewed without saving."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from samhandla.detect.actions.settings import adopt_default_ladder, change_ladder_step, end_ladder_step
from samhandla.detect.errors import Conflict, NotYours
from samhandla.detect.models import LadderStep
from samhandla.detect.queries.settings import list_ladder_for
from samhandla.detect.rules.loop import Step, next_step
from samhandla.people.queries import today

pytestmark = pytest.mark.django_db
REFUSED = (403, 404)
STEP = {
    "name": "Hembesök", "trigger": "När samtal inte har hjälpt.", "role": "counsellor", "school_days": 7,
    "forms": ["GR"], "talk_card": "Hur mår du?", "copy_sentence": "Hembesök är bokat.", "tone": "Lugn.",
    "contact": "home_visit", "trigger_kind": "after_step", "trigger_value": 5,
}  # fmt: skip


@pytest.fixture
def leader(client, cast):
    return cast.login(client, "process_leader")


@pytest.fixture
def old_ladder(cast):
    return adopt_default_ladder(by=cast.service(), today=today() - timedelta(days=100))


def steps(cast, day=None):
    return list_ladder_for(cast.viewer("principal"), on=day or today())


def test_an_empty_ladder_can_begin_with_the_example_once(leader, cast):
    assert "Ingen närvarotrappa finns än" in leader.get(reverse("ladder")).text
    assert leader.post(reverse("ladder-adopt")).status_code == 303
    assert [s.number for s in steps(cast)] == [1, 2, 3, 4, 5]
    leader.post(reverse("ladder-adopt"))
    assert LadderStep.objects.count() == 5
    with pytest.raises(Conflict):
        adopt_default_ladder(by=cast.service(), today=today())


@pytest.mark.parametrize(
    ("form", "adult", "numbers"),
    [("GR", False, [1, 2, 3, 4]), ("GY", False, [1, 2, 3, 5]), ("GY", True, [1, 3, 5])],
)
def test_the_inquiry_of_7_19_a_is_no_step_of_upper_secondary_school(cast, old_ladder, form, adult, numbers):
    """There 15 kap. 15–16 §§ hold, and from 18 years no step turns to the guardians."""
    ladder = [Step(s.number, tuple(s.forms), s.with_guardian) for s in old_ladder]
    taken = []
    while step := next_step(ladder, taken, form=form, adult=adult):
        taken.append(step.number)
    assert taken == numbers
    last = next(s for s in old_ladder if s.number == numbers[-1])
    assert ("19 a §" in last.trigger, "15–16 §§" in last.trigger) == (form == "GR", form == "GY")
    assert "vårdnadshavare" not in last.tone or form == "GR"


def test_the_page_names_the_school_forms_of_a_step(leader, cast, old_ladder):
    assert "<dd>gymnasieskola, anpassad gymnasieskola</dd>" in leader.get(reverse("ladder")).text


def test_every_first_step_offers_a_card_and_a_sentence(leader, cast, old_ladder):
    """Emptied by the municipality, the first step shows the shipped words; a later step shows none."""
    for step in old_ladder[:2]:
        own = {**STEP, "forms": [], "trigger_kind": "signal", "trigger_value": None, "talk_card": "",
               "copy_sentence": ""}  # fmt: skip
        change_ladder_step(by=cast.viewer("process_leader"), step_id=step.pk, today=today(), **own)
    first, second = steps(cast)[:2]
    assert (first.talk_card, first.copy_sentence) == ("", "")
    assert first.offered_card.startswith("Jag har sett att du")
    assert first.offered_sentence.startswith("Samtal med eleven om närvaro.")
    assert (second.offered_card, second.offered_sentence) == ("", "")
    shown = [leader.get(reverse("ladder-change", args=[s.pk])).text for s in (first, second)]
    assert ["Inget samtalskort och ingen mening" in page for page in shown] == [False, True]
    assert "Jag har sett att du" in shown[0]


def test_a_ladder_that_begins_at_home_has_words_for_home_and_for_who_is_18(cast, old_ladder):
    LadderStep.objects.update(talk_card="", copy_sentence="")
    LadderStep.objects.filter(number=1).update(with_guardian=True)
    LadderStep.objects.filter(number=2).update(with_guardian=False)
    first, second, third = steps(cast)[:3]
    assert "vårdnadshavare" in first.offered_sentence
    assert second.offered_sentence.startswith("Samtal med eleven")
    assert third.offered_sentence == ""


def test_a_step_is_added_last(leader, cast, old_ladder):
    assert leader.post(reverse("ladder-add"), STEP).status_code == 303
    assert [(s.number, s.name) for s in steps(cast)][-1] == (6, "Hembesök")


def test_the_form_of_contact_is_chosen_kept_and_shown(leader, cast, old_ladder):
    leader.post(reverse("ladder-add"), STEP)
    assert steps(cast)[-1].contact == "home_visit"
    shown = leader.get(reverse("ladder")).text
    assert "<dt>Form för kontakten</dt><dd>Hembesök</dd>" in shown
    assert "Form för kontakten:" not in shown, "the talk card would say it again"
    assert leader.post(reverse("ladder-add"), {**STEP, "contact": "duva"}).status_code == 422
    assert leader.post(reverse("ladder-add"), {**STEP, "contact": ""}).status_code == 303


def test_the_form_says_that_the_own_words_are_words_only(leader, ladder):
    page = " ".join(leader.get(reverse("ladder-add")).text.split())
    assert "Systemet läser inte orden" in page


def test_a_change_keeps_the_step_as_it_was(leader, cast, old_ladder):
    url = reverse("ladder-change", args=[old_ladder[0].pk])
    assert leader.post(url, STEP).status_code == 303
    assert steps(cast)[0].name == "Hembesök"
    assert steps(cast, today() - timedelta(days=1))[0].name == "Prata med eleven"
    page = leader.get(reverse("ladder")).text
    assert "Tidigare steg" in page
    assert "Prata med eleven" in page
    assert leader.get(url).status_code == 404


def test_a_change_on_the_first_day_needs_no_history(cast, ladder):
    change_ladder_step(
        by=cast.viewer("process_leader"), step_id=ladder[0].pk, today=today(), name="Annat namn"
    )
    assert LadderStep.objects.count() == 5
    assert steps(cast)[0].name == "Annat namn"


def test_each_step_copies_its_own_sentence(leader, old_ladder):
    page = leader.get(reverse("ladder")).text
    ids = re.findall(r'id="(mening-\d+)">([^<]*)<', page)
    assert len(ids) == len(set(ids)) == len({name for name, _text in ids}) == 5
    assert re.findall(r'data-copy="([^"]*)"', page) == [name for name, _text in ids]


def test_a_preview_saves_nothing(leader, cast, old_ladder):
    answer = leader.post(reverse("ladder-change", args=[old_ladder[0].pk]), {**STEP, "preview": "1"})
    assert answer.status_code == 200
    assert "inte sparat" in answer.text
    assert "Hembesök är bokat." in answer.text
    assert "<strong>Form för kontakten:</strong> hembesök" in answer.text
    assert steps(cast)[0].name == "Prata med eleven"


def test_what_is_wrong_is_told_and_the_text_kept(leader, cast, old_ladder):
    answer = leader.post(reverse("ladder-change", args=[old_ladder[0].pk]), {**STEP, "school_days": 0})
    assert answer.status_code == 422
    assert "Hembesök" in answer.text
    assert leader.post(reverse("ladder-add"), {}).status_code == 422


def test_a_step_that_ends_is_not_begun_any_more(leader, cast, old_ladder):
    assert leader.post(reverse("ladder-end", args=[old_ladder[1].pk])).status_code == 303
    assert [s.number for s in steps(cast)] == [1, 3, 4, 5]
    assert leader.post(reverse("ladder-end", args=[old_ladder[1].pk])).status_code == 404


def test_another_authoritys_steps_are_not_found(cast, ladder):
    by = cast.viewer("principal_fria")
    with pytest.raises(NotYours):
        change_ladder_step(by=by, step_id=ladder[0].pk, today=today(), name="x")
    with pytest.raises(NotYours):
        end_ladder_step(by=by, step_id=ladder[0].pk, today=today())


@pytest.mark.parametrize("name", ["mentor_7b", "principal", "counsellor", "controller"])
def test_the_editor_is_the_process_leaders(client, cast, ladder, name):
    cast.login(client, name)
    assert client.get(reverse("ladder")).status_code in REFUSED
    for route, arguments in (
        ("ladder-adopt", []), ("ladder-add", []), ("ladder-change", [ladder[0].pk]),
        ("ladder-end", [ladder[0].pk]),
    ):  # fmt: skip
        assert client.post(reverse(route, args=arguments), STEP).status_code in REFUSED
    assert LadderStep.objects.filter(name="Hembesök").count() == 0


def test_the_example_is_read_in_english_until_somebody_has_changed_it(leader, cast, ladder):
    leader.cookies["django_language"] = "en"
    page = leader.get(reverse("ladder")).text
    assert "Talk with the pupil" in page
    assert "How are the mornings?" in page
    assert "Prata med eleven" not in page
    change_ladder_step(by=cast.service(), step_id=ladder[0].pk, today=today(), name="Fråga hur det är")
    assert "Fråga hur det är" in leader.get(reverse("ladder")).text
    assert LadderStep.objects.get(pk=ladder[1].pk).name == "Prata med vårdnadshavare", "kept in Swedish"
