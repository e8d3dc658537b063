"""Utredning av frånvaro: the decision, the draft, the finalised document, the notices."""

from __future__ import annotations

import io
from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import translation
from django.utils.formats import date_format
from docx import Document
from tests.detect.conftest import found

from samhandla.detect.actions import inquiries
from samhandla.detect.actions.answers import answer_signal
from samhandla.detect.errors import AnswerRefused, Conflict, NotYours
from samhandla.detect.models import Answer, Inquiry, Notice, StepTaken
from samhandla.detect.rules.inquiry import WRITABLE
from samhandla.people import actions as people
from samhandla.people.models import Enrolment
from samhandla.people.queries import domain_of, today
from samhandla.trust.models import Event
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db

REFUSED = (403, 404)  # missing and forbidden look alike
FULL = {
    "child_explanation": "Jag sover dåligt och bussen går tidigt.",
    "guardian_view": "Morgnarna är svåra.",
    "teaching": "Två håltimmar på tisdagar.",
    "home": "Lång resa.",
    "next_step": "Kurator träffar eleven varje vecka.",
    "follow_up_on": today() + timedelta(days=21),
}


def decide(cast, name="alma", *, by="principal", decision="open", reason="Borta 21 dagar.", **more):
    child = cast.child[name]
    domain = domain_of(child.authority_id, "school")
    return inquiries.decide_inquiry(
        by=cast.viewer(by), child=child, domain_id=domain.pk, decision=decision, reason=reason,
        today=today(), **more,
    )  # fmt: skip


def write(cast, inquiry, *, by="counsellor", finalise=False, **fields):
    return inquiries.write_inquiry(
        by=cast.viewer(by), inquiry_id=inquiry.pk, finalise=finalise, today=today(), **fields
    )


def move_to(cast, name, form, *, born=None):
    """Let a pupil go in another school form, and perhaps be older."""
    by = cast.service()
    with acting_as(by):
        Enrolment.objects.filter(child=cast.child[name]).update(form=form, school_year=1)
        if born:
            cast.child[name] = people.update_child(by=by, child=cast.child[name], birth_date=born)


def test_the_decision_opens_an_inquiry_with_its_law_and_notice(cast):
    inquiry = decide(cast)
    with acting_as(cast.viewer("principal")):
        assert (inquiry.state, inquiry.legal_basis) == ("draft", "skollagen_7_19a")
        assert [n.recipient for n in Notice.objects.all()] == ["huvudman"]
        events = set(Event.objects.filter(about="detect.inquiry").values_list("event", flat=True))
    assert events == {"detect:inquiry:opened", "detect:inquiry:decided"}


def test_another_home_municipality_is_told_too(cast):
    decide(cast, other_home=True)
    with acting_as(cast.viewer("principal")):
        assert {n.recipient for n in Notice.objects.all()} == {"huvudman", "home_municipality"}


def test_a_needless_inquiry_is_a_final_decision_without_notice(cast):
    inquiry = decide(cast, decision="needless", reason="Planerad operation.")
    with acting_as(cast.viewer("principal")):
        assert inquiry.state == "final"
        assert Notice.objects.count() == 0


@pytest.mark.parametrize("by", ["counsellor", "principal_lunda", "mentor_7b", "principal_fria"])
def test_only_the_principal_of_the_unit_decides(cast, by):
    with pytest.raises(NotYours):
        decide(cast, by=by)


def test_a_decision_has_reasons_and_there_is_one_inquiry_at_a_time(cast):
    with pytest.raises(AnswerRefused):
        decide(cast, reason="  ")
    decide(cast)
    with pytest.raises(Conflict):
        decide(cast)


def test_the_decision_answers_the_living_signal_and_the_step(cast, take, signal_of, ladder):
    take(found(cast.child["alma"]))
    inquiry = decide(cast)
    signal = signal_of("alma")
    assert (inquiry.signal_id, signal.state) == (signal.pk, "acted")
    assert signal.return_on > today()
    with acting_as(cast.service()):
        assert Answer.objects.get().kind == "act"


def test_a_step_that_waits_for_the_decision_is_done_with_it(cast, take, signal_of, ladder):
    take(found(cast.child["alma"]))
    signal = signal_of("alma")
    answer_signal(by=cast.viewer("mentor_7b"), signal_id=signal.pk, kind="act", reason="x", today=today())
    with acting_as(cast.service()):
        StepTaken.objects.update(step=ladder[3])
    decide(cast)
    with acting_as(cast.service()):
        assert StepTaken.objects.get().done_by.name.startswith("Principal")


def test_finalising_needs_the_child_first_a_level_and_a_next_step(cast):
    inquiry = decide(cast)
    with pytest.raises(AnswerRefused) as refused:
        write(cast, inquiry, finalise=True, guardian_view="x")
    assert set(refused.value.problems) == {"child_explanation", "next_step", "follow_up_on", "levels"}
    assert write(cast, inquiry, finalise=True, **FULL).state == "final"
    with pytest.raises(Conflict):
        write(cast, inquiry, teaching="för sent")


def test_the_signal_comes_back_on_the_day_of_following_up(cast, take, signal_of):
    take(found(cast.child["alma"]))
    write(cast, decide(cast), finalise=True, **FULL)
    assert signal_of("alma").return_on == FULL["follow_up_on"]


def test_the_mentor_writes_but_does_not_finalise_and_strangers_find_nothing(cast):
    inquiry = decide(cast)
    write(cast, inquiry, by="mentor_7b", **FULL)
    with pytest.raises(NotYours):
        write(cast, inquiry, by="mentor_7b", finalise=True)
    for name in ("mentor_7a", "principal_lunda", "principal_fria", "nurse"):
        with pytest.raises(NotYours):
            write(cast, inquiry, by=name, home="x")


def test_what_is_left_out_stays(cast):
    inquiry = decide(cast)
    write(cast, inquiry, **FULL)
    write(cast, inquiry, social="Ensam på rasterna.")
    with acting_as(cast.viewer("counsellor")):
        row = Inquiry.objects.get()
    assert (row.teaching, row.social) == (FULL["teaching"], "Ensam på rasterna.")


def test_the_notice_writes_the_day_as_the_signature_does(cast, client):
    inquiry = decide(cast)
    with acting_as(cast.service()):
        notice = Notice.objects.get()
    text = cast.login(client, "principal").get(reverse("notice", args=[notice.pk])).text
    with translation.override("sv"):
        day = date_format(inquiry.decided_on, "j F Y")
    assert f"Rektor beslutade {day} att elevens frånvaro ska utredas." in text
    assert f"Rektor beslutade {inquiry.decided_on.isoformat()}" not in text


def test_only_the_principal_signs_and_only_once(cast):
    decide(cast)
    with acting_as(cast.service()):
        notice = Notice.objects.get()
    for name in ("counsellor", "principal_lunda"):
        with pytest.raises(NotYours):
            inquiries.sign_notice(by=cast.viewer(name), notice_id=notice.pk, text="x", today=today())
    with pytest.raises(AnswerRefused):
        inquiries.sign_notice(by=cast.viewer("principal"), notice_id=notice.pk, text=" ", today=today())
    signed = inquiries.sign_notice(
        by=cast.viewer("principal"), notice_id=notice.pk, text="Text", today=today()
    )
    assert signed.signed_on == today()
    with pytest.raises(Conflict):
        inquiries.sign_notice(by=cast.viewer("principal"), notice_id=notice.pk, text="y", today=today())


@pytest.mark.parametrize(
    ("form", "age", "basis"),
    [
        ("GY", 16, "skollagen_15_15_16"),
        ("GY", 18, "skollagen_15_15_16_myndig"),
        ("FKLASS", 6, "skollagen_7_19a"),
    ],
)
def test_the_law_follows_the_school_form_and_age(cast, form, age, basis):
    move_to(cast, "alma", form, born=date(today().year - age, 1, 1))
    assert decide(cast).legal_basis == basis


def test_a_school_form_without_inquiries_is_refused(cast):
    move_to(cast, "alma", "FTH")
    with pytest.raises(AnswerRefused) as refused:
        decide(cast)
    assert refused.value.problems == ["no_legal_basis"]


def test_of_an_adult_no_guardians_view_is_kept_or_shown(client, cast):
    move_to(cast, "alma", "GY", born=date(today().year - 19, 1, 1))
    inquiry = decide(cast)
    write(cast, inquiry, **FULL)
    with acting_as(cast.viewer("counsellor")):
        assert Inquiry.objects.get().guardian_view == ""
    page = cast.login(client, "principal").get(reverse("inquiry", args=[inquiry.pk])).text
    assert "guardian_view" not in page
    assert "Eleven är myndig" in page
    notice = client.get(reverse("notice", args=[_notice(cast).pk])).text
    assert "vårdnadshavare" not in notice


def _notice(cast):
    with acting_as(cast.service()):
        return Notice.objects.first()


def test_the_page_of_the_decision_says_that_it_is_public(client, cast):
    url = reverse("inquiry-decide", args=[cast.child["alma"].ref])
    page = cast.login(client, "principal").get(url)
    assert page.status_code == 200
    assert "Beslutet är en offentlig uppgift" in page.text
    assert "7 kap. 19 a §" in page.text
    refused = client.post(url, {"decision": "open", "reason": ""})
    assert refused.status_code == 422
    saved = client.post(url, {"decision": "open", "reason": "Upprepad frånvaro."})
    with acting_as(cast.viewer("principal")):
        inquiry = Inquiry.objects.get()
    assert (saved.status_code, saved["Location"]) == (303, reverse("inquiry", args=[inquiry.pk]))
    assert client.get(url)["Location"] == reverse("inquiry", args=[inquiry.pk])


@pytest.mark.parametrize("name", ["counsellor", "mentor_7b", "principal_lunda", "principal_fria"])
def test_others_do_not_reach_the_decision(client, cast, name):
    url = reverse("inquiry-decide", args=[cast.child["alma"].ref])
    assert cast.login(client, name).get(url).status_code in REFUSED
    assert client.post(url, {"decision": "open", "reason": "x"}).status_code in REFUSED


def test_the_draft_is_saved_and_kept_when_something_is_missing(client, cast):
    url = reverse("inquiry", args=[decide(cast).pk])
    page = cast.login(client, "counsellor").get(url).text
    assert "utkast" in page
    assert (
        page.index("Elevens egen förklaring")
        < page.index("Vårdnadshavarens bild")
        < page.index("fyra nivåer")
    )
    missing = client.post(url, {"teaching": "Rörigt i korridoren.", "finalise": "1"})
    assert missing.status_code == 422
    assert "Rörigt i korridoren." in missing.text
    saved = client.post(url, {"teaching": "Rörigt i korridoren.", "save": "1"})
    assert saved.status_code == 303
    assert "Bara en nivå är beskriven" in client.get(url).text
    client.post(url, {**FULL, "finalise": "1"})
    assert "Upprättad handling" in client.get(url).text


def test_two_who_write_at_once_lose_nothing(client, cast):
    inquiry = decide(cast)
    url = reverse("inquiry", args=[inquiry.pk])
    cast.login(client, "counsellor")
    seen = client.get(url).context["page"].fingerprint
    write(cast, inquiry, by="mentor_7b", home="Mentors text")
    answer = client.post(url, {"home": "Kurators text", "seen": seen, "save": "1"})
    assert answer.status_code == 409
    assert "Kurators text" in answer.text
    assert "Mentors text" in answer.text
    with acting_as(cast.viewer("counsellor")):
        assert Inquiry.objects.get().home == "Mentors text"


def test_the_mentor_cannot_press_finalise(client, cast):
    url = reverse("inquiry", args=[decide(cast).pk])
    assert 'name="finalise"' not in cast.login(client, "mentor_7b").get(url).text
    assert client.post(url, {**FULL, "finalise": "1"}).status_code in REFUSED


@pytest.mark.parametrize("route", ["inquiry", "inquiry-print", "inquiry-word"])
def test_strangers_find_no_inquiry(client, cast, route):
    url = reverse(route, args=[decide(cast).pk])
    assert cast.login(client, "counsellor").get(url).status_code == 200
    for name in ("mentor_7a", "principal_lunda", "nurse", "controller"):
        assert cast.login(client, name).get(url).status_code in REFUSED


def test_a_notice_is_read_changed_and_signed(client, cast):
    decide(cast)
    url = reverse("notice", args=[_notice(cast).pk])
    page = cast.login(client, "principal").get(url).text
    assert "Barn- och skolnämnden" in page
    assert "Borta 21 dagar" not in page
    assert client.post(url, {"text": ""}).status_code == 422
    assert client.post(url, {"text": "Ändrad text"}).status_code == 303
    assert "Ändrad text" in client.get(url).text
    client.post(url, {"text": "Igen"})
    assert "Igen" not in client.get(url).text
    for name in ("principal_lunda", "counsellor"):
        assert cast.login(client, name).get(url).status_code in REFUSED


def test_the_word_file_has_one_child_and_headings_and_no_name_in_its_file_name(client, cast):
    inquiry = decide(cast)
    write(cast, inquiry, **FULL)
    answer = cast.login(client, "principal").get(reverse("inquiry-word", args=[inquiry.pk]))
    assert "alma" not in answer["Content-Disposition"].lower()
    document = Document(io.BytesIO(answer.content))
    headings = [p.text for p in document.paragraphs if p.style.name.startswith("Heading")]
    assert headings[:3] == ["Utredning av frånvaro", "Beslut", "Elevens egen förklaring"]
    text = "\n".join(p.text for p in document.paragraphs)
    assert FULL["child_explanation"] in text
    assert "UTKAST" in text
    assert "Omar" not in text
    assert document.core_properties.language == "sv-SE"


def ask(cast, *, by="counsellor", reason="Borta varje måndag."):
    child = cast.child["alma"]
    domain = domain_of(child.authority_id, "school")
    return inquiries.ask_for_inquiry(
        by=cast.viewer(by), child=child, domain_id=domain.pk, reason=reason, today=today()
    )


def test_pupil_health_proposes_and_the_principal_decides_the_same_inquiry(cast):
    asked = ask(cast)
    assert (asked.state, asked.decision) == ("asked", "")
    with acting_as(cast.viewer("principal")):
        assert not Notice.objects.exists()
    decided = decide(cast)
    assert (decided.pk, decided.state) == (asked.pk, "draft")
    assert decided.asked_reason == "Borta varje måndag."


@pytest.mark.parametrize("by", ["mentor_7b", "principal_lunda", "nurse", "principal_fria", "administrator"])
def test_others_propose_nothing(cast, by):
    with pytest.raises(NotYours):
        ask(cast, by=by)


def test_a_proposal_has_reasons_a_law_and_no_twin(cast):
    with pytest.raises(AnswerRefused) as refused:
        ask(cast, reason=" ")
    assert refused.value.problems == ["reason_missing"]
    ask(cast)
    with pytest.raises(Conflict):
        ask(cast, by="officer")
    move_to(cast, "alma", "FTH")
    with pytest.raises(AnswerRefused):
        ask(cast)


def test_nobody_writes_in_an_inquiry_that_is_only_proposed(cast):
    with pytest.raises(Conflict):
        write(cast, ask(cast), home="x")


def test_an_inquiry_can_be_begun_from_the_pupil_page_without_a_signal(client, cast):
    pupil = reverse("pupil", args=[cast.child["alma"].ref])
    begin = reverse("inquiry-decide", args=[cast.child["alma"].ref])
    propose = reverse("inquiry-ask", args=[cast.child["alma"].ref])
    assert begin in cast.login(client, "principal").get(pupil).text
    page = cast.login(client, "counsellor").get(pupil).text
    assert propose in page
    assert f'"{begin}"' not in page
    assert "7 kap. 19 a §" in client.get(propose).text
    assert client.post(propose, {"reason": ""}).status_code == 422
    assert client.post(propose, {"reason": "Borta varje måndag."}).status_code == 303
    page = client.get(pupil).text
    assert "väntar på rektors beslut" in page
    assert propose not in page
    assert "Borta varje måndag." in cast.login(client, "principal").get(begin).text
    assert "föreslagen" in client.get(reverse("principal")).text


@pytest.mark.parametrize(
    ("name", "route"), [("principal", "inquiry-decide"), ("counsellor", "inquiry-ask"), ("mentor_7b", "")]
)
def test_an_inquiry_can_be_begun_from_the_signal(client, cast, take, signal_of, name, route):
    take(found(cast.child["alma"]))
    page = cast.login(client, name).get(reverse("signal", args=[signal_of("alma").pk])).text
    for one in ("inquiry-decide", "inquiry-ask"):
        assert (f'"{reverse(one, args=[cast.child["alma"].ref])}"' in page) == (one == route)


def test_the_pupil_page_lists_inquiries_to_those_who_read_them(client, cast):
    inquiry = decide(cast)
    pupil = reverse("pupil", args=[cast.child["alma"].ref])
    link = reverse("inquiry", args=[inquiry.pk])
    assert link in cast.login(client, "mentor_7b").get(pupil).text
    page = cast.login(client, "administrator").get(pupil)
    assert page.status_code == 200
    assert "tredning" not in page.text
    write(cast, inquiry, finalise=True, **FULL)
    assert "Färdigställd" in cast.login(client, "mentor_7b").get(pupil).text


@pytest.mark.parametrize("name", ["mentor_7b", "principal_lunda", "nurse", "administrator"])
def test_others_do_not_reach_the_proposal(client, cast, name):
    url = reverse("inquiry-ask", args=[cast.child["alma"].ref])
    assert cast.login(client, name).get(url).status_code in REFUSED
    assert client.post(url, {"reason": "x"}).status_code in REFUSED


def test_upper_secondary_has_no_inquiry_under_7_19a(client, cast):
    move_to(cast, "alma", "GY", born=date(today().year - 16, 1, 1))
    page = cast.login(client, "principal").get(reverse("inquiry-decide", args=[cast.child["alma"].ref])).text
    assert "finns ingen utredning enligt 7 kap. 19 a §" in page
    assert "15 kap. 15 §" in page


def test_decisions_are_the_principals_and_marked_as_public(client, cast):
    inquiry = decide(cast)
    page = cast.login(client, "counsellor").get(reverse("inquiry", args=[inquiry.pk])).text
    assert "Beslutet är rektors och en offentlig uppgift (allmän handling)." in page
    write(cast, inquiry, finalise=True, **FULL)
    assert "en allmän handling som inte kan ändras" in client.get(reverse("inquiry", args=[inquiry.pk])).text


def test_everything_writable_is_a_field_of_the_model():
    names = {f.name for f in Inquiry._meta.fields}
    assert set(WRITABLE) <= names


def test_what_a_finished_inquiry_needs_is_not_called_optional(client, cast):
    address = reverse("inquiry", args=[decide(cast).pk])
    page = cast.login(client, "counsellor").get(address).text
    for name in ("child_explanation", "next_step", "follow_up_on"):
        label = page[page.index(f'<label for="id_{name}">') :].split("</label>")[0]
        assert "frivilligt" not in label
    assert page.count("Behövs för att färdigställa utredningen.") == 3
    assert "(frivilligt)" in page[page.index('<label for="id_home">') :].split("</label>")[0]


def test_a_decision_without_choice_and_reasons_says_what_is_missing(client, cast):
    url = reverse("inquiry-decide", args=[cast.child["alma"].ref])
    refused = cast.login(client, "principal").post(url, {})
    assert refused.status_code == 422
    assert "Välj vilket beslut du fattar." in refused.text
    assert "Skriv skälen till beslutet." in refused.text
    assert "måste fyllas i" not in refused.text
