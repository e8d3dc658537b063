"""The mentor's list, the signal and the pupil page, over HTTP."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse
from tests.detect.conftest import found

from samhandla.analytics.models import AttendanceDay
from samhandla.detect.models import Answer, ContactNote, ParticipationMark, Signal, StepTaken
from samhandla.people.models import SchoolDay
from samhandla.people.queries import domain_of, today
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db


@pytest.fixture
def mentor(client, cast):
    return cast.login(client, "mentor_7b")


def text(answer) -> str:
    return " ".join(answer.content.decode().split())


def test_the_list_says_why_in_words(mentor, cast, take):
    take(found(cast.child["alma"]))
    page = text(mentor.get(reverse("worklist")))
    assert "Alma Prov" in page
    assert "Prata med Alma i dag" in page
    assert "gränsen är" in page


def test_the_empty_list_says_so(mentor):
    assert "Ingen elev väntar på svar just nu" in text(mentor.get(reverse("worklist")))


def test_one_tap_talks_today(mentor, cast, take, signal_of, ladder):
    take(found(cast.child["alma"]))
    signal = signal_of("alma")
    answer = mentor.post(reverse("talk-today", args=[signal.pk]), {"started": "1"})
    assert answer.status_code == 303
    with acting_as(cast.service()):
        assert Answer.objects.get().kind == "act"
    page = text(mentor.get(answer["Location"]))
    assert "Samtalskort" in page
    assert "Mening att kopiera" in page


@pytest.mark.parametrize(
    ("name", "route"), [("mentor_7b", "worklist"), ("principal", "principal"), ("counsellor", "team")]
)
def test_after_an_answer_each_comes_back_to_the_own_list(client, cast, take, signal_of, name, route):
    take(found(cast.child["alma"]))
    cast.login(client, name)
    answer = client.post(
        reverse("signal", args=[signal_of("alma").pk]),
        {"kind": "data_error", "reason": "Fel kod."},
        follow=True,
    )
    assert answer.redirect_chain == [(reverse(route), 303)]
    assert "Ställningstagandet är sparat." in text(answer)


def test_an_answer_without_reason_keeps_what_was_chosen(mentor, cast, take, signal_of):
    take(found(cast.child["alma"]))
    address = reverse("signal", args=[signal_of("alma").pk])
    answer = mentor.post(address, {"kind": "known", "reason": "Hon är på läger.", "until": ""})
    assert answer.status_code == 422
    assert "Hon är på läger." in text(answer)
    assert "Välj ett datum" in text(answer)
    with acting_as(cast.service()):
        assert Answer.objects.count() == 0


def test_the_second_of_two_answers_keeps_its_words_on_the_page(client, cast, take, signal_of):
    take(found(cast.child["alma"]))
    address = reverse("signal", args=[signal_of("alma").pk])
    cast.login(client, "mentor_7b").post(address, {"kind": "act", "reason": "Först."})
    answer = cast.login(client, "counsellor").post(address, {"kind": "act", "reason": "Mina viktiga ord."})
    assert answer.status_code == 409
    assert "Mina viktiga ord." in text(answer)


@pytest.mark.parametrize("name", ["mentor_7a", "mentor_8c", "principal_lunda", "principal_fria"])
def test_another_class_school_or_principal_meets_nothing(client, cast, take, signal_of, name):
    take(found(cast.child["alma"]))
    signal = signal_of("alma")
    other = cast.login(client, name)
    assert other.get(reverse("signal", args=[signal.pk])).status_code == 404
    assert other.post(reverse("talk-today", args=[signal.pk])).status_code == 404
    assert other.get(reverse("pupil", args=[signal.child.ref])).status_code == 404
    missing = other.get(reverse("signal", args=[signal.pk + 1000]))
    assert missing.status_code == 404


def test_contact_notes_take_at_most_two_chips(mentor, cast, take, signal_of):
    take(found(cast.child["alma"]))
    address = reverse("contact", args=[signal_of("alma").pk])
    refused = mentor.post(
        address, {"kind": "talk", "chips": ["friends", "health", "sleep"], "words": "Bra prat"}
    )
    assert refused.status_code == 422
    assert "Bra prat" in text(refused)
    assert (
        mentor.post(address, {"kind": "talk", "chips": ["friends"], "words": "Bra prat"}).status_code == 303
    )
    with acting_as(cast.service()):
        assert ContactNote.objects.get().chips == ["friends"]


def test_pupil_page_shows_attendance_history_and_who_can_see(mentor, cast, take, signal_of):
    take(found(cast.child["alma"]))
    _attendance(cast, "alma")
    mentor.post(reverse("talk-today", args=[signal_of("alma").pk]))
    page = text(mentor.get(reverse("pupil", args=[cast.child["alma"].ref])))
    assert "20 %" in page.replace("\xa0", " ") or "20,0 %" in page.replace("\xa0", " ")
    assert "Signal: Hög frånvaro under läsåret" in page
    assert "Ställningstagande: jag agerar" in page
    assert f'<a href="{reverse("signal", args=[signal_of("alma").pk])}">Signal:' in page
    assert f'<a href="{reverse("worklist")}">Tillbaka till Att ta ställning till</a>' in page
    assert "Vem kan se" in page
    assert "mentor – har gruppen som mentor eller klasslärare" in page


def _attendance(cast, name):
    by = cast.service()
    with acting_as(by):
        child = cast.child[name]
        AttendanceDay.objects.create(
            child=child,
            domain=domain_of(by.authority_id, "school"),
            unit=child.unit,
            date=today(),
            lessons=5,
            absent_lessons=1,
            offered=300,
            present=240,
            valid=60,
            invalid=0,
            other=0,
            reported=300,
            batch_id=1,
        )


@pytest.fixture
def school_today(cast):
    """Make today a school day of every unit, or none."""

    def make(is_one: bool) -> None:
        SchoolDay.objects.filter(date=today()).delete()
        for number, unit in enumerate(cast.unit.values() if is_one else ()):
            SchoolDay.objects.create(unit=unit, date=today(), day_no=9000 + number, term="HT")

    return make


def test_on_a_day_without_school_nobody_is_marked_as_in_school(mentor, cast, school_today):
    child = cast.child["alma"]
    address = reverse("pupil", args=[child.ref])
    school_today(True)
    assert "Markera: på plats i dag" in text(mentor.get(address))
    school_today(False)
    assert "Markera: på plats i dag" not in text(mentor.get(address))
    answer = mentor.post(reverse("participation", args=[child.ref]), follow=True)
    assert "I dag är ingen skoldag" in text(answer)
    with acting_as(cast.service()):
        assert not ParticipationMark.objects.exists()


def test_mark_of_not_taking_part(mentor, cast, school_today):
    school_today(True)
    child = cast.child["alma"]
    assert mentor.post(reverse("participation", args=[child.ref])).status_code == 303
    with acting_as(cast.service()):
        assert ParticipationMark.objects.get().child_id == child.pk
    other = mentor.post(reverse("participation", args=[cast.child["nora"].ref]))
    assert other.status_code == 404


def test_no_answer_is_chosen_beforehand_and_one_must_be(mentor, cast, take, signal_of):
    take(found(cast.child["alma"]))
    address = reverse("signal", args=[signal_of("alma").pk])
    page = text(mentor.get(address))
    assert page.count('type="radio" name="kind"') == 4
    assert "checked" not in page
    answer = mentor.post(address, {"reason": "Vi pratar i morgon."})
    assert answer.status_code == 422
    assert "Välj ett ställningstagande." in text(answer)
    assert "Vi pratar i morgon." in text(answer)
    with acting_as(cast.service()):
        assert not Answer.objects.exists()


def test_the_date_that_some_answers_need_is_not_called_optional(mentor, cast, take, signal_of):
    take(found(cast.child["alma"]))
    page = text(mentor.get(reverse("signal", args=[signal_of("alma").pk])))
    label = page[page.index('<label for="id_until">') :].split("</label>")[0]
    assert "frivilligt" not in label
    assert "Behövs för ”följs till”" in page
    assert '<textarea name="reason" cols="40" rows="3"' in page


def test_whoever_works_from_another_list_is_led_back_there(client, cast, take, signal_of):
    take(found(cast.child["alma"]))
    for name, place in (("principal", "principal"), ("counsellor", "team")):
        page = text(cast.login(client, name).get(reverse("signal", args=[signal_of("alma").pk])))
        assert f'<a href="{reverse(place)}">Tillbaka till' in page


def test_good_news_is_told_in_one_tap(mentor, cast, take, signal_of):
    take(found(cast.child["omar"], "recovered"))
    assert "Det går åt rätt håll" in text(mentor.get(reverse("worklist")))
    signal = signal_of("omar", good_news=True)
    assert mentor.post(reverse("told", args=[signal.pk])).status_code == 303
    with acting_as(cast.service()):
        assert Signal.objects.get(pk=signal.pk).state == "closed"


@pytest.mark.parametrize(("name", "sent"), [("signal", {"kind": "act"}), ("contact", {"chips": ["x"]})])
def test_what_is_wrong_has_the_focus_after_a_failed_save(mentor, cast, take, signal_of, name, sent):
    take(found(cast.child["alma"]))
    signal = signal_of("alma").pk
    box = '<div class="error-summary" role="alert" tabindex="-1" autofocus>'
    assert "autofocus" not in text(mentor.get(reverse("signal", args=[signal])))
    failed = mentor.post(reverse(name, args=[signal]), sent)
    assert failed.status_code == 422
    assert text(failed).count(box) == text(failed).count("autofocus") == 1


def test_no_two_fields_of_the_signals_page_have_the_same_id(mentor, cast, take, signal_of):
    take(found(cast.child["alma"]))
    ids = re.findall(r' id="([^"]+)"', text(mentor.get(reverse("signal", args=[signal_of("alma").pk]))))
    assert len(ids) == len(set(ids)) > 10


@pytest.mark.parametrize(
    ("kind", "words"), [("data_error", "fel i underlaget, rättas till"), ("known", "känt – hanteras, till")]
)
def test_the_state_says_what_was_answered(mentor, cast, take, signal_of, kind, words):
    take(found(cast.child["alma"]))
    signal = signal_of("alma")
    until = today() + timedelta(days=3)
    sent = {"kind": kind, "reason": "Schemat var fel.", "until": until.isoformat()}
    assert mentor.post(reverse("signal", args=[signal.pk]), sent).status_code == 303
    others = {"fel i underlaget, rättas till", "känt – hanteras, till"} - {words}
    places = [reverse("signal", args=[signal.pk]), reverse("worklist")]
    for address in [*places, reverse("pupil", args=[signal.child.ref])]:
        tags = re.findall(r'<span class="tag">([^<]*)</span>', text(mentor.get(address)))
        assert any(tag.startswith(words) for tag in tags)
        assert not any(tag.startswith(other) for tag in tags for other in others)


def test_what_a_contact_was_about_stands_in_the_history_newest_first(client, cast, take, signal_of):
    take(found(cast.child["alma"]))
    signal = signal_of("alma")
    mentor = cast.login(client, "mentor_7b")
    sent = {"kind": "talk", "chips": ["friends", "sleep"]}
    assert mentor.post(reverse("contact", args=[signal.pk]), sent).status_code == 303
    mentor.post(reverse("contact", args=[signal.pk]), {"kind": "guardian", "words": "Ringde igen."})
    page = text(mentor.get(reverse("pupil", args=[signal.child.ref])))
    history = page[page.index('id="gjort"') :]
    assert "Det handlade om: kompisar och trygghet, sömn och morgnar" in history
    assert history.count("Det handlade om:") == 1
    assert history.index("Ringde igen.") < history.index("kompisar") < history.index("Signal: ")
    other = cast.login(client, "mentor_7a").get(reverse("pupil", args=[signal.child.ref]))
    assert other.status_code == 404


def test_a_step_under_way_is_called_so_and_its_passed_day_is_marked(mentor, cast, take, signal_of, ladder):
    take(found(cast.child["alma"]))
    signal = signal_of("alma")
    address = reverse("signal", args=[signal.pk])
    assert "Nästa steg:" in text(mentor.get(address))
    mentor.post(reverse("talk-today", args=[signal.pk]))
    with acting_as(cast.service()):
        StepTaken.objects.update(due_on=today() - timedelta(days=2))
        Signal.objects.filter(pk=signal.pk).update(state="open", due_on=today() + timedelta(days=3))
    page = text(mentor.get(address))
    assert "Steg som pågår:" in page
    assert "Nästa steg:" not in page
    assert "Skoldagarna överst gäller ditt svar, inte steget." in page
    assert page.count("Mening att kopiera") == 1


def test_the_page_names_its_shortcuts_and_how_many_choices_a_contact_takes(mentor, cast, take, signal_of):
    take(found(cast.child["alma"]))
    page = text(mentor.get(reverse("signal", args=[signal_of("alma").pk])))
    keys = set(re.findall(r'data-shortcut="(.)"', page))
    named = set(re.findall(r"<kbd>([^<]*)</kbd>", page))
    assert keys == {"p", "s"}
    assert named == {"p", "s", "Tabb och piltangenter"}
    assert "Välj högst två. De visas på elevens sida." in page
