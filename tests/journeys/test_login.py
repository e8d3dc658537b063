"""Login, start page and logout, as somebody who uses no mouse."""

from __future__ import annotations

from tests.support.browser import assert_accessible, shot


def _tab_to(page, text: str, limit: int = 25) -> None:
    """Press tab until the focus stands on the element with this text."""
    for _ in range(limit):
        page.keyboard.press("Tab")
        if text in page.evaluate("document.activeElement.innerText || ''"):
            return
    raise AssertionError(f"{text} cannot be reached by keyboard")


def test_mentor_logs_in_and_out_by_keyboard_only(desktop, password_of):
    password = password_of("mentor_7b")
    desktop.goto("/")
    assert desktop.title() == "Logga in – Samhandla"
    assert_accessible(desktop)
    shot(desktop, "login-desktop")
    _tab_to(desktop, "Hoppa till innehållet")
    desktop.keyboard.press("Enter")
    desktop.keyboard.press("Tab")
    desktop.keyboard.type("mentor_7b")
    desktop.keyboard.press("Tab")
    desktop.keyboard.type(password)
    desktop.keyboard.press("Enter")
    desktop.wait_for_url("**/")
    assert desktop.locator("h1").inner_text() == "Hej Mentor 7B Prov"
    assert "Bergaskolan" in desktop.locator(".who").inner_text()
    assert_accessible(desktop)
    shot(desktop, "start-desktop")
    _tab_to(desktop, "Logga ut")
    desktop.keyboard.press("Enter")
    desktop.wait_for_url("**/logga-in/")
    desktop.goto("/")
    assert "logga-in" in desktop.url


def test_a_wrong_password_says_what_to_do_and_not_which_was_wrong(phone, password_of):
    password_of("mentor_7b")
    answers = []
    for name in ("mentor_7b", "finns_inte"):
        phone.goto("/logga-in/")
        phone.get_by_label("Användarnamn").fill(name)
        phone.get_by_label("Lösenord").fill("fel lösenord")
        phone.get_by_role("button", name="Logga in").click()
        phone.wait_for_selector(".error-summary")
        answers.append(phone.locator(".error-summary").inner_text())
    assert answers[0] == answers[1]
    assert "stämmer inte" in answers[0]
    assert_accessible(phone)
    shot(phone, "login-wrong-phone")


def test_login_works_without_script(without_script, password_of):
    password = password_of("principal")
    without_script.goto("/")
    without_script.get_by_label("Användarnamn").fill("principal")
    without_script.get_by_label("Lösenord").fill(password)
    without_script.get_by_role("button", name="Logga in").click()
    assert without_script.locator("h1").inner_text() == "Hej Principal Prov"


def test_a_missing_page_is_calm_and_accessible(desktop, phone, login_as):
    for page, width in ((desktop, "desktop"), (phone, "phone")):
        login_as(page, "principal")
        assert page.goto("/finns-inte/").status == 404
        assert_accessible(page)
        shot(page, f"404-{width}")


def test_a_new_colleague_gets_a_role_and_an_account_and_logs_in(desktop, phone, cast, login_as):
    """The data administrator adds a jurist, gives the role, opens the account; the jurist takes the link."""
    login_as(desktop, "data_administrator")
    desktop.goto("/uppdrag/nytt/")
    assert_accessible(desktop)
    shot(desktop, "duty-people-desktop")
    for label, value in (("Förnamn", "Julia"), ("Efternamn", "Jurist"), ("E-post", "julia@kommunen.se")):
        desktop.get_by_label(label).fill(value)
    desktop.get_by_role("button", name="Lägg till personen").click()
    form = desktop.get_by_role("region", name="En roll på en enhet")
    form.get_by_label("Roll").select_option("lawyer")
    form.get_by_label("Enhet").select_option(str(cast.unit["berga"].pk))
    assert_accessible(desktop)
    shot(desktop, "duty-give-desktop")
    form.get_by_role("button", name="Ge uppdraget").click()
    assert desktop.get_by_text("Julia Jurist har fått uppdraget").is_visible()
    desktop.goto(f"/konton/?enhet={cast.unit['berga'].pk}")
    assert_accessible(desktop)
    shot(desktop, "accounts-desktop")
    desktop.get_by_role("row").filter(has_text="Jurist, Julia").get_by_role("checkbox").check()
    desktop.get_by_role("button", name="Öppna konton och visa länkarna").click()
    assert_accessible(desktop)
    shot(desktop, "account-links-desktop")
    link = desktop.locator("code").inner_text()
    _choose_password(phone, link)
    assert phone.locator("h1").inner_text() == "Hej Julia Jurist"
    phone.goto("/arskursnamn/")
    assert_accessible(phone)
    shot(phone, "labels-phone")
    phone.get_by_role("button", name="Godkänn namnen från den 1 juli 2028").click()
    assert phone.get_by_text("Godkända av Julia Jurist").is_visible()


def _choose_password(page, link):
    page.goto(link)
    assert "set-password" in page.url  # the key does not stay in the address
    assert_accessible(page)
    shot(page, "choose-password-phone")
    for label in ("Nytt lösenord", "Nytt lösenord en gång till"):
        page.get_by_label(label, exact=True).fill("lugn-tall-vid-sjon")
    page.get_by_role("button", name="Spara lösenordet och logga in").click()


def test_a_used_link_says_what_it_may_mean(phone, cast):
    from samhandla.people import actions

    (link,) = actions.open_accounts(by=cast.viewer("administrator"), staff_ids=[cast.staff["nurse"].pk])
    address = f"/valj-losenord/{link.uid}/{link.key}/"
    _choose_password(phone, address)
    phone.get_by_role("button", name="Logga ut").click()
    phone.goto(address)
    assert phone.get_by_role("heading", name="Länken gäller inte").is_visible()
    assert phone.get_by_text("Säg till systemförvaltaren i din kommun direkt").is_visible()
    assert_accessible(phone)
    shot(phone, "used-link-phone")
