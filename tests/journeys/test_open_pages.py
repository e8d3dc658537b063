"""The pages that belong to no room, at both widths and in both languages."""

from __future__ import annotations

import pytest
from tests.support.browser import PHONE, assert_accessible, opened_page, shot

from samhandla.trust.permissions import Permission
from samhandla.web import start

PAGES = {"about": "/om/", "accessibility": "/tillganglighet/", "login": "/logga-in/"}

WORK = (
    ("accessibility", "Att ta ställning till", "Elever i din grupp som någon behöver prata med."),
    ("about", "Närvarohandledning", "Mötessidan för den här månaden."),
    ("health", "Uppgifternas kvalitet", "Lektioner som saknar registrering."),
    ("robots", "Ersättare", "Vem som svarar när du är borta."),
)


@pytest.mark.parametrize("name", PAGES)
def test_open_page_is_accessible_at_both_widths(desktop, phone, name):
    for page, width in ((desktop, "desktop"), (phone, "phone")):
        assert page.goto(PAGES[name]).status == 200
        assert_accessible(page)
        shot(page, f"{name}-{width}")


def test_start_and_account_pages_are_accessible(desktop, phone, login_as, password_of):
    password_of("principal")
    for page, width in ((desktop, "desktop"), (phone, "phone")):
        login_as(page, "principal")
        for name, address in (
            ("start", "/"),
            ("password", "/byt-losenord/"),
            ("assignment", "/byt-uppdrag/"),
        ):
            page.goto(address)
            page.locator(".who summary").click()
            assert_accessible(page)
            shot(page, f"{name}-{width}")


def test_start_page_with_work_waiting(desktop, phone, login_as, monkeypatch):
    monkeypatch.setattr(start, "_entries", {})
    for order, (name, title, text) in enumerate(WORK):
        note = (lambda viewer: "3 elever väntar på svar") if order == 0 else None
        start.register(start.Entry(name, title, text, Permission.START, order=order, note=note))
    for page, width in ((desktop, "desktop"), (phone, "phone")):
        login_as(page, "mentor_7b")
        page.goto("/")
        assert page.locator(".tile").count() == 4
        if width == "phone":
            assert page.locator(".site-menu a:visible").count() == 0
            page.get_by_text("Meny", exact=True).click()
        assert page.locator(".site-menu a:visible").count() == 4
        assert_accessible(page)
        shot(page, f"start-work-{width}")


def test_the_folded_menu_opens_without_script(browser, site, login_as):
    with opened_page(browser, site, PHONE, script=False) as page:
        login_as(page, "principal")
        page.goto("/")
        assert page.get_by_role("link", name="Uppdrag").count() == 1  # the tile
        page.get_by_text("Meny", exact=True).click()
        page.locator(".site-menu--folded").get_by_role("link", name="Uppdrag").click()
        assert page.locator("h1").inner_text() == "Uppdrag"
        assert page.locator(".site-menu__here").inner_text().strip() == "Uppdrag"


def test_the_page_changes_language(desktop):
    desktop.goto("/om/")
    desktop.get_by_role("button", name="English").click()
    assert desktop.locator("h1").inner_text() == "About Samhandla"
    assert desktop.locator("html").get_attribute("lang") == "en"
    assert_accessible(desktop)
    desktop.get_by_role("button", name="Svenska").click()
    assert desktop.locator("h1").inner_text() == "Om Samhandla"
