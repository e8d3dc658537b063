"""Every component in every state, at both widths: clean for axe, no sideways scrolling, readable on paper."""

from __future__ import annotations

from tests.support.browser import assert_accessible, shot


def test_every_component_is_accessible_at_both_widths(desktop, phone):
    for page, width in ((desktop, "desktop"), (phone, "phone")):
        page.goto("/komponenter/")
        assert_accessible(page)
        shot(page, f"components-{width}")


def test_the_page_prints(desktop):
    desktop.goto("/komponenter/")
    desktop.emulate_media(media="print")
    assert desktop.locator(".site-menu").count() == 0
    assert not desktop.locator(".site-footer").is_visible()
    assert desktop.locator("h1").is_visible()
    shot(desktop, "components-print")


def test_a_shortcut_presses_and_can_be_turned_off(desktop):
    desktop.goto("/komponenter/")
    focused = "document.activeElement.dataset.shortcut"
    desktop.keyboard.press("2")
    assert desktop.evaluate(focused) == "2"
    desktop.locator(".shortcuts summary").click()
    desktop.get_by_role("button", name="Stäng av kortkommandon").click()
    desktop.keyboard.press("1")
    assert desktop.evaluate(focused) != "1"
    desktop.get_by_role("button", name="Slå på kortkommandon").click()
    desktop.keyboard.press("1")
    assert desktop.evaluate(focused) == "1"


def test_a_shortcut_never_fires_while_somebody_writes(desktop):
    desktop.goto("/komponenter/")
    desktop.locator("#id_what").click()
    desktop.keyboard.type("12")
    assert desktop.locator("#id_what").input_value() == "12"


def test_copy_says_what_it_did(desktop):
    desktop.goto("/komponenter/")
    desktop.get_by_role("button", name="Kopiera").click()
    desktop.wait_for_selector(".copy__done:not(:empty)")
    assert "opiera" in desktop.locator(".copy__done").inner_text()
