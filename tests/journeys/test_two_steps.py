"""A key as the second step and instead of the password, a locked screen, and a text that is not lost."""

from __future__ import annotations

import re

from playwright.sync_api import expect
from tests.secrecy.conftest import town  # noqa: F401 - the social board beside the school board
from tests.support.browser import assert_accessible, shot


def _give_key(page) -> None:
    """Give the browser a key of its own, with a finger that is always there."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})


def _log_in(page, name: str, password: str) -> None:
    page.goto("/logga-in/")
    page.get_by_label("Användarnamn").fill(name)
    page.get_by_label("Lösenord").fill(password)
    page.get_by_role("button", name="Logga in", exact=True).click()
    page.wait_for_url("**/")


def test_a_key_is_added_and_then_opens_the_door_by_itself(desktop, password_of):
    password = password_of("mentor_7b")
    _give_key(desktop)
    _log_in(desktop, "mentor_7b", password)
    desktop.goto("/tva-steg/")
    assert_accessible(desktop)
    desktop.get_by_role("link", name="Lägg till en nyckel").click()
    assert_accessible(desktop)
    shot(desktop, "bekrafta-desktop")
    desktop.get_by_role("link", name="Bekräfta med lösenord").click()
    assert_accessible(desktop)
    desktop.get_by_label("Lösenord").fill(password)
    desktop.get_by_role("button", name="Bekräfta").click()
    desktop.wait_for_url("**/tva-steg/nyckel/")
    assert_accessible(desktop)
    desktop.get_by_label("Använd nyckeln i stället för lösenord").check()
    desktop.get_by_role("button", name="Lägg till nyckeln").click()
    desktop.wait_for_url("**/tva-steg/koder/")
    assert_accessible(desktop)
    desktop.goto("/tva-steg/")
    assert_accessible(desktop)
    shot(desktop, "tva-steg-desktop")
    desktop.get_by_role("button", name="Logga ut").click()
    desktop.wait_for_url("**/logga-in/")
    shot(desktop, "login-with-key-desktop")
    desktop.get_by_role("button", name="Använd en nyckel i stället").click()
    desktop.wait_for_url(re.compile(r"/$"))
    assert "Bergaskolan" in desktop.locator(".who").inner_text()
    desktop.goto("/mina-inloggningar/")
    assert_accessible(desktop)
    shot(desktop, "mina-inloggningar-desktop")


def test_an_app_is_added_on_a_phone_and_asked_for_at_login(phone, password_of):
    from tests.login.test_second_step import code_of

    password = password_of("mentor_7b")
    _log_in(phone, "mentor_7b", password)
    phone.goto("/bekrafta/losenord/?next=/tva-steg/app/")
    phone.get_by_label("Lösenord").fill(password)
    phone.get_by_role("button", name="Bekräfta").click()
    phone.wait_for_url("**/tva-steg/app/")
    assert_accessible(phone)
    shot(phone, "tva-steg-app-phone")
    secret = phone.locator("main code").inner_text()
    phone.get_by_label("Koden som appen visar").fill(code_of(secret, -1))
    phone.get_by_role("button", name="Lägg till appen").click()
    phone.wait_for_url("**/tva-steg/koder/")
    shot(phone, "reservkoder-phone")
    phone.get_by_role("button", name="Logga ut").click()
    phone.goto("/logga-in/")
    phone.get_by_label("Användarnamn").fill("mentor_7b")
    phone.get_by_label("Lösenord").fill(password)
    phone.get_by_role("button", name="Logga in", exact=True).click()
    phone.wait_for_url("**/logga-in/kod/")
    assert_accessible(phone)
    shot(phone, "andra-steget-phone")
    phone.get_by_label("Kod").fill(code_of(secret))
    phone.get_by_role("button", name="Logga in", exact=True).click()
    phone.wait_for_url(re.compile(r"/$"))


def test_a_text_survives_a_locked_screen(desktop, town, password_of):  # noqa: F811 - a fixture
    password = password_of("counsellor")
    _log_in(desktop, "counsellor", password)
    page = f"/elev/{town.cast.child['alma'].ref}/lamna-uppgift/"
    desktop.goto(page)
    with desktop.expect_response("**/utkast/"):
        desktop.get_by_label("Uppgiften, så som den lämnas").fill("Tolv dagar borta sedan i höstas.")
    desktop.goto(f"/bekrafta/?las=1&next={page}")
    assert_accessible(desktop)
    assert desktop.get_by_role("heading", name="Samhandla är låst").is_visible()
    assert not desktop.locator(".who").count()
    shot(desktop, "last-desktop")
    desktop.get_by_role("link", name="Bekräfta med lösenord").click()
    desktop.get_by_label("Lösenord").fill(password)
    desktop.get_by_role("button", name="Bekräfta").click()
    expect(desktop.get_by_text("Vi har kvar något som du skrev här")).to_be_visible()
    assert_accessible(desktop)
    shot(desktop, "utkast-desktop")
    desktop.get_by_role("button", name="Lägg tillbaka det").click()
    field = desktop.get_by_label("Uppgiften, så som den lämnas")
    assert field.input_value() == "Tolv dagar borta sedan i höstas."


def test_the_demands_are_set_by_the_data_administrator(desktop, phone, login_as):
    for page, width in ((desktop, "desktop"), (phone, "phone")):
        login_as(page, "data_administrator")
        page.goto("/krav-pa-inloggning/")
        assert_accessible(page)
        shot(page, f"krav-{width}", whole=False)
    row = desktop.locator("details").filter(has_text="skolpsykolog")
    row.locator("summary").click()
    row.get_by_role("combobox").select_option("2")
    row.get_by_role("button", name="Spara").click()
    expect(desktop.get_by_text("Kravet är ändrat")).to_be_visible()
