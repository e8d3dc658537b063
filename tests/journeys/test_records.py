"""A request for documents from beginning to end, and gallring, in a real browser."""

from __future__ import annotations

from playwright.sync_api import expect
from tests.records.conftest import finished_letter, office  # noqa: F401 - a fixture
from tests.records.test_retention import decide
from tests.support.browser import assert_accessible, shot

from samhandla.records.models import ReleaseRequest
from samhandla.trust.viewer import acting_as


def test_the_registrar_answers_a_request_without_script(without_script, phone, office, login_as):  # noqa: F811
    notice, page = office.notice(), without_script
    login_as(page, "registrar")
    page.goto("/begaran/")
    page.get_by_role("link", name="Ta emot en begäran").click()
    page.get_by_label("Vad begärs?").fill("Anmälan i höst")
    page.get_by_role("button", name="Registrera begäran").click()
    page.get_by_label("Nummer").fill(notice.written)
    page.get_by_role("button", name="Samla", exact=True).click()
    page.get_by_role("link", name=notice.written).click()
    page.get_by_label("Ord som maskeras på alla ställen").fill("Alma Prov")
    page.get_by_label("Bestämmelse", exact=True).select_option("osl_23_2_2")
    page.get_by_role("button", name="Maskera", exact=True).click()
    expect(page.locator("mark")).to_have_text("[maskat: 23 kap. 2 § andra stycket OSL]")
    shot(page, "handling-maskera-desktop")
    page.get_by_label("lämnas ut med maskering").check()
    page.get_by_role("button", name="Anteckna prövningen").click()
    page.get_by_role("button", name="Svara och gör filerna").click()
    expect(page.get_by_role("link", name="Hämta det som lämnades ut")).to_be_visible()
    with acting_as(office.registrar):
        assert ReleaseRequest.objects.get().state == "answered"
    login_as(phone, "registrar")
    with acting_as(office.registrar):
        row = ReleaseRequest.objects.get()
        item = row.items.get()
    for address, name in (
        ("/diarium/", "diarium"), (f"/diarium/{notice.pk}/", "handling"), ("/diarium/ny/", "handling-ny"),
        ("/begaran/", "begaran"), ("/begaran/ny/", "begaran-ny"), (f"/begaran/{row.pk}/", "begaran-en"),
        (f"/begaran/{row.pk}/{item.pk}/", "begaran-handling"), ("/delegationer/", "delegationer"),
    ):  # fmt: skip
        phone.goto(address)
        assert_accessible(phone)
        shot(phone, f"{name}-phone")


def test_the_archivist_disposes_of_what_the_board_has_decided(desktop, office, login_as):  # noqa: F811
    letter = finished_letter(office)
    decide(office, "letter_in")
    login_as(desktop, "archivist")
    for address in ("/gallring/", "/gallring/beslut/", "/gallring/undantag/", "/arkiv/"):
        desktop.goto(address)
        assert_accessible(desktop)
    desktop.goto("/gallring/")
    shot(desktop, "gallring-desktop")
    desktop.get_by_role("link", name="Se vad som ska gallras").click()
    assert_accessible(desktop)
    shot(desktop, "gallring-lista-desktop")
    desktop.get_by_role("button", name="Gallra allt på listan").click()
    expect(desktop.get_by_text("1 handling är gallrad.")).to_be_visible()
    desktop.goto(f"/diarium/{letter.pk}/")
    expect(desktop.get_by_text("gallrad", exact=True)).to_be_visible()
