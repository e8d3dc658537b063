"""A real browser for the journeys: Debian's Chromium, axe, two widths, screenshots to `build/screens`."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

from playwright.sync_api import Browser, ConsoleMessage, Page, sync_playwright

ROOT = Path(__file__).resolve().parents[2]
SCREENS = ROOT / "build/screens"
AXE = ROOT / "node_modules/axe-core/axe.min.js"
CHROMIUM = os.environ.get("SAMHANDLA_CHROMIUM", "/usr/bin/chromium")
DESKTOP = {"width": 1280, "height": 900}
PHONE = {"width": 390, "height": 844}
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


@contextmanager
def started_browser() -> Iterator[Browser]:
    """Start Chromium, and end it afterwards. As root Chromium refuses its own sandbox."""
    flags = ["--disable-gpu", "--disable-dev-shm-usage", "--font-render-hinting=none"]
    if os.geteuid() == 0:
        flags.append("--no-sandbox")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield browser
        browser.close()


@contextmanager
def opened_page(
    browser: Browser, base_url: str, size: dict[str, int], *, script: bool = True
) -> Iterator[Page]:
    """Open a page of its own session; what the browser complains about fails the test.

    Args:
        script: False to see the page as somebody without JavaScript does.
    """
    complaints: list[str] = []
    context = browser.new_context(
        base_url=base_url,
        viewport=size,  # type: ignore[arg-type]
        locale="sv-SE",
        timezone_id="Europe/Stockholm",
        java_script_enabled=script,
        reduced_motion="reduce",
    )
    context.set_default_timeout(10_000)
    page = context.new_page()
    page.on("console", lambda message: _note(complaints, message))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    context.close()
    assert not complaints, "\n".join(complaints)


def _note(complaints: list[str], message: ConsoleMessage) -> None:
    # The browser reports every answer 4xx as an error; the tests look at those answers themselves.
    if message.type == "error" and "the server responded with a status of 4" not in message.text:
        complaints.append(message.text)


@cache
def _axe_source() -> str:
    return AXE.read_text(encoding="utf-8")


def axe(page: Page) -> list[str]:
    """Return what axe finds wrong on the page, one line per element; empty when it is clean.

    The script is evaluated by the browser's debugger, so the page's own policy stays in force.
    """
    page.evaluate(_axe_source())
    options = json.dumps({"runOnly": {"type": "tag", "values": AXE_TAGS}})
    result: dict[str, Any] = page.evaluate(f"axe.run(document, {options})")
    return [
        f"{fault['id']}: {fault['help']} – {node['target']} {node.get('failureSummary', '')}"
        for fault in result["violations"]
        for node in fault["nodes"]
    ]


def assert_accessible(page: Page) -> None:
    """Fail when axe finds a fault, or when the page scrolls sideways."""
    faults = axe(page)
    assert not faults, f"{page.url}\n" + "\n".join(faults)
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{page.url} is {wide} px wider than the screen"


def shot(page: Page, name: str, *, whole: bool = True) -> Path:
    """Take a picture to `build/screens/<name>.png`, to be looked at by people."""
    SCREENS.mkdir(parents=True, exist_ok=True)
    path = SCREENS / f"{name}.png"
    page.screenshot(path=path, full_page=whole)
    return path


def carry_session(page: Page, base_url: str, session_key: str) -> None:
    """Let the page be logged in by an existing session, without the login form."""
    page.context.add_cookies([{"name": "sessionid", "value": session_key, "url": base_url}])
