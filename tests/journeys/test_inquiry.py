"""An inquiry of absence from proposal to answer: counsellor, principal, school-duty officer."""

from __future__ import annotations

from datetime import timedelta

import pytest
from tests.detect.duty_officer import employ_officers
from tests.support.browser import assert_accessible, shot

from samhandla.detect.models import DeliveredNotice, Inquiry
from samhandla.people.queries import today
from samhandla.trust.viewer import acting_as


@pytest.fixture
def officers(cast):
    employ_officers(cast)
    return cast


def look(page, name):
    assert_accessible(page)
    shot(page, name)


def propose(page, cast):
    page.goto(f"/elev/{cast.child['alma'].ref}/")
    look(page, "inquiry-pupil")
    page.get_by_role("link", name="Föreslå utredning för rektor").click()
    look(page, "inquiry-ask")
    page.get_by_label("Varför föreslår du en utredning?").fill("Borta varje måndag sedan september.")
    page.get_by_role("button", name="Lämna förslaget till rektor").click()
    assert "väntar på rektors beslut" in page.locator("main").inner_text()


def decide(page, cast):
    page.goto("/rektor/")
    look(page, "inquiry-principal")
    page.get_by_role("link", name="Alma Prov").click()
    look(page, "inquiry-decide")
    page.get_by_label("utredning ska göras").check()
    page.get_by_label("Skäl till beslutet").fill("Upprepad frånvaro under hösten.")
    page.get_by_role("button", name="Fatta beslutet").click()
    page.get_by_role("link", name="Läs och underteckna").click()
    look(page, "inquiry-notice")
    page.get_by_role("button", name="Underteckna anmälan").click()
    assert "inte mottagen än" in page.locator("main").inner_text()
    look(page, "inquiry-notice-signed")


def write(page, cast):
    page.goto(f"/elev/{cast.child['alma'].ref}/")
    page.get_by_role("link", name="Pågår sedan").click()
    page.get_by_label("Elevens egen förklaring").fill("Jag sover dåligt och bussen går tidigt.")
    page.get_by_label("Undervisning och skolans struktur").fill("Håltimme först på måndagar.")
    page.get_by_label("Hem och fritid").fill("Lång resa.")
    page.get_by_label("Det här gör vi").fill("Kurator träffar Alma varje måndag.")
    page.get_by_label("Uppföljning").fill(str(today() + timedelta(days=21)))
    look(page, "inquiry-write")
    page.get_by_role("button", name="Färdigställ utredningen").click()
    text = page.locator("main").inner_text()
    assert "allmän handling" in text
    assert text.index("Elevens egen förklaring") < text.index("Vårdnadshavarens bild")
    look(page, "inquiry-final")


def receive(page, name):
    page.goto("/anmalningar/")
    look(page, f"notices-{name}")
    page.get_by_role("link", name="Alma Prov").click()
    page.get_by_role("button", name="Ta emot anmälan").click()
    look(page, f"notice-received-{name}")
    page.get_by_label("kontaktar skolan").check()
    page.get_by_role("button", name="Spara svaret").click()
    assert "Svar" in page.locator("main").inner_text()
    page.get_by_role("link", name="Skriv ut").click()
    look(page, f"notice-print-{name}")


def test_from_proposal_to_answer(officers, desktop, login_as):
    page = desktop
    login_as(page, "counsellor")
    propose(page, officers)
    login_as(page, "principal")
    decide(page, officers)
    login_as(page, "counsellor")
    write(page, officers)
    login_as(page, "duty_officer")
    receive(page, "desktop")
    login_as(page, "principal")
    with acting_as(officers.viewer("principal")):
        inquiry, notice = Inquiry.objects.get(), DeliveredNotice.objects.get()
    assert (inquiry.state, notice.reply) == ("final", "contact")
    page.goto(f"/utredning/{inquiry.pk}/")
    assert "mottagen" in page.locator("main").inner_text()
    assert "kontaktar skolan" in page.locator("main").inner_text()


def test_the_same_on_a_phone(officers, phone, login_as):
    page = phone
    login_as(page, "counsellor")
    propose(page, officers)
    login_as(page, "principal")
    decide(page, officers)
    login_as(page, "duty_officer")
    receive(page, "phone")
    with acting_as(officers.viewer("duty_officer")):
        assert DeliveredNotice.objects.get().reply == "contact"
