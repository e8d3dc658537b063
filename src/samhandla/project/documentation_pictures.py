"""The handbook's pictures, taken of a running demonstration in a real browser."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

from samhandla.lib.command import Refusal
from samhandla.project.demo import LOGINS, answers

CHROMIUM = os.environ.get("SAMHANDLA_CHROMIUM", "/usr/bin/chromium")
DESKTOP: ViewportSize = {"width": 1280, "height": 900}
PHONE: ViewportSize = {"width": 390, "height": 844}
START_SECONDS = 1200.0
MAX_BYTES = 200_000
Reach = Callable[[Page], None]


def _stay(page: Page) -> None:
    """The page is what the picture shows."""


@dataclass(frozen=True)
class Picture:
    """One picture: whose login, which page, and what is pressed before it is taken.

    Args:
        role: the demonstration's user name; empty for nobody logged in.
        height: pixels from the top that the picture shows.
    """

    name: str
    role: str
    path: str
    reach: Reach = field(default=_stay)
    phone: bool = False
    height: int = 900


def _follow(*selectors: str) -> Reach:
    """Press the first match of each selector in turn."""

    def reach(page: Page) -> None:
        for selector in selectors:
            page.locator(selector).first.click()
            page.wait_for_load_state("load")

    return reach


def _down_to(selector: str) -> Reach:
    """Scroll so that a part of the page comes first in the picture."""

    def reach(page: Page) -> None:
        page.locator(selector).first.evaluate("node => node.scrollIntoView({block: 'start'})")

    return reach


def _then(*steps: Reach) -> Reach:
    def reach(page: Page) -> None:
        for step in steps:
            step(page)

    return reach


def _inquiry(page: Page) -> None:
    """Open the inquiry that goes on; without one, let the principal decide on one."""
    under_way = page.locator("a[href^='/utredning/']")
    if under_way.count():
        under_way.first.click()
        return
    _to_decide(page)
    page.locator("input[name=decision]").first.check()
    page.locator("textarea[name=reason]").fill("Upprepad frånvaro under hösten. Skolan vill förstå varför.")
    page.get_by_role("button", name="Fatta beslutet").click()
    if "/utredning/" not in page.url:
        page.locator("a[href^='/utredning/']").first.click()


def _to_decide(page: Page) -> None:
    """Open the first decision on an inquiry that waits, else that of the first pupil with a lifted signal."""
    waiting = page.locator("a[href^='/elev/'][href$='/utredning/']")
    if waiting.count():
        waiting.first.click()
        return
    page.locator("a[href^='/signal/']").first.click()
    page.get_by_role("link", name="elevens sida").click()
    page.goto(page.url + "utredning/")


def _notice(page: Page) -> None:
    _inquiry(page)
    page.locator("a[href^='/anmalan/']").first.click()


def _of_a_pupil(part: str) -> Reach:
    """Open a page about the first pupil whom the list names."""

    def reach(page: Page) -> None:
        link = page.locator("main a[href^='/elev/']").first.get_attribute("href")
        page.goto(f"{link}{part}")

    return reach


WORKLIST = "/att-ta-stallning-till/"
PICTURES = (
    Picture("logga-in", "", "/logga-in/", height=620),
    Picture("start-mentor", "mentor", "/", height=620),
    Picture("mentor-lista", "mentor", WORKLIST),
    Picture("mentor-lista-telefon", "mentor", WORKLIST, phone=True),
    Picture(
        "mentor-signal", "mentor", WORKLIST, _follow("#svara ~ article h3 a, article h3 a[href^='/signal/']")
    ),
    Picture(
        "mentor-svar",
        "mentor",
        WORKLIST,
        _then(_follow("article h3 a[href^='/signal/']"), _down_to("section[aria-labelledby=svar]")),
    ),
    Picture(
        "elevens-sida",
        "mentor",
        WORKLIST,
        _follow("article h3 a[href^='/signal/']", "a:text('elevens sida')"),
        height=1100,
    ),
    Picture(
        "vem-kan-se",
        "mentor",
        WORKLIST,
        _then(
            _follow("article h3 a[href^='/signal/']", "a:text('elevens sida')"),
            _down_to("section[aria-labelledby=gjort]"),
        ),
        height=620,
    ),
    Picture("elevhalsa", "counsellor", "/elevhalsa/", height=1100),
    Picture("rektor", "principal", "/rektor/", height=1100),
    Picture("rektor-telefon", "principal", "/rektor/", phone=True),
    Picture("rektor-siffror", "principal", "/rektor/", _down_to("section:last-of-type"), height=800),
    Picture("beslut-utredning", "principal", "/rektor/", _to_decide),
    Picture("utredning", "principal", "/rektor/", _inquiry, height=1200),
    Picture("anmalan", "principal", "/rektor/", _notice),
    Picture("narvarohandledning", "attendance_officer", "/narvarohandledning/", height=700),
    Picture(
        "narvarohandledning-mote",
        "attendance_officer",
        "/narvarohandledning/",
        _follow("td a, th a[href^='/narvarohandledning/']", "a.button[href^='/narvarohandledning/']"),
        height=1200,
    ),
    Picture("narvarotrappa", "process_leader", "/narvarotrappa/"),
    Picture("regler", "process_leader", "/regler/", height=1000),
    Picture("regel", "process_leader", "/regler/level_year/", height=1000),
    Picture("provkorning", "process_leader", "/provkorning/"),
    Picture("processledare", "process_leader", "/processledare/"),
    Picture("datakvalitet", "process_leader", "/datakvalitet/"),
    Picture("namndsidan", "controller", "/namnd/", height=1100),
    Picture("namndsidan-telefon", "controller", "/namnd/", phone=True),
    Picture("namndmal", "controller", "/namnd/mal/"),
    Picture("import", "data_administrator", "/import/", height=620),
    Picture("import-kalla", "data_administrator", "/import/", _follow("th a[href^='/import/kalla/']")),
    Picture(
        "import-skillnader",
        "data_administrator",
        "/import/",
        _follow("th a[href^='/import/kalla/']", "th a[href^='/import/']"),
        height=700,
    ),
    Picture("registret", "school_administrator", "/registret/", height=700),
    Picture("ersattare", "principal", "/ersattare/", height=700),
    Picture("uppdrag", "principal", "/uppdrag/", height=700),
    Picture("lasarskalender", "school_administrator", "/lasarskalender/"),
    Picture("vem-kan-se-tabell", "principal", "/elevhalsa/", _of_a_pupil("vem-kan-se/"), height=800),
    Picture("andringar", "principal", "/elevhalsa/", _of_a_pupil("andringar/"), height=800),
    Picture("sok-elev", "principal", "/sok/", height=520),
    Picture("loggkontroll", "data_protection_officer", "/loggkontroll/", height=620),
    Picture("lamna-uppgift", "counsellor", "/elevhalsa/", _of_a_pupil("lamna-uppgift/"), height=1100),
    Picture("far-jag-lamna", "counsellor", "/far-jag-lamna/"),
    Picture("samtycken", "counsellor", "/elevhalsa/", _of_a_pupil("samtycken/"), height=900),
    Picture("rattslig-grund", "lawyer", "/rattslig-grund/"),
    Picture("radfraga", "counsellor", "/elevhalsa/", _of_a_pupil("radfraga/"), height=1000),
    Picture("nodatkomst", "counsellor", "/nodatkomst/", height=700),
    Picture("namngiven-personal", "principal", "/namngiven-personal/", height=620),
    Picture("emi", "school_nurse", "/emi/", height=700),
    Picture("diarium", "registrar", "/diarium/", height=800),
    Picture("begaran", "registrar", "/begaran/", height=620),
    Picture("gallring", "archivist", "/gallring/"),
    Picture("rattigheter", "data_protection_officer", "/rattigheter/", height=620),
    Picture("mina-rattigheter", "guardian", "/mina-rattigheter/", phone=True),
    Picture("krav-pa-inloggning", "data_administrator", "/krav-pa-inloggning/", height=700),
)


def take(address: str, logins: Path, folder: Path, *, only: Collection[str] = ()) -> None:
    """Take the pictures, each as `<name>.png`.

    Args:
        only: names of pictures; all when empty.
    Raises:
        Refusal: the logins cannot be read, or a picture became too large for the handbook.
    """
    passwords = _passwords(logins)
    folder.mkdir(parents=True, exist_ok=True)
    wanted = [p for p in PICTURES if not only or p.name in only]
    with _browser() as browser:
        for picture in wanted:
            if picture.role and picture.role not in passwords:
                raise Refusal(f"{logins} har ingen inloggning för {picture.role}.")
            path = folder / f"{picture.name}.png"
            _take_one(browser, address.rstrip("/"), picture, passwords.get(picture.role, ""), path)
            size = path.stat().st_size
            if size > MAX_BYTES:
                raise Refusal(f"{path.name} blev {size // 1000} kB. Sänk bildens höjd.")
            sys.stdout.write(f"{path.name} {size // 1000} kB\n")


def _passwords(path: Path) -> dict[str, str]:
    try:
        rows = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise Refusal(f"Inloggningarna i {path} går inte att läsa. Är demon igång?") from error
    return {row["username"]: row["password"] for row in rows}


@contextmanager
def _browser() -> Iterator[Browser]:
    flags = [
        "--disable-gpu",
        "--disable-dev-shm-usage",
        "--font-render-hinting=none",
        "--hide-scrollbars",
        "--lang=sv-SE",
    ]
    if os.geteuid() == 0:
        flags.append("--no-sandbox")  # as root Chromium refuses its own sandbox
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield browser
        browser.close()


def _take_one(browser: Browser, address: str, picture: Picture, password: str, path: Path) -> None:
    size = PHONE if picture.phone else DESKTOP
    context = browser.new_context(
        base_url=address,
        viewport={"width": size["width"], "height": PHONE["height"] if picture.phone else picture.height},
        locale="sv-SE",
        timezone_id="Europe/Stockholm",
        reduced_motion="reduce",
    )
    context.set_default_timeout(60_000)
    page = context.new_page()
    if picture.role:
        page.goto("/logga-in/")
        page.fill("input[name=login]", picture.role)
        page.fill("input[name=password]", password)
        page.locator("main button").first.click()
        page.wait_for_load_state("load")
    answer = page.goto(picture.path)
    if answer is None or not answer.ok:
        raise Refusal(
            f"{picture.path} svarade inte som {picture.role or 'utloggad'}: {answer and answer.status}."
        )
    picture.reach(page)
    page.wait_for_load_state("load")
    page.screenshot(path=path, scale="css", animations="disabled")
    context.close()


@contextmanager
def own_demo(environment: Mapping[str, str]) -> Iterator[tuple[str, Path]]:
    """Run a demonstration in a folder of its own for as long as the pictures are taken.

    Yields: its address and the file with its logins.

    Raises: Refusal when it ends by itself or takes too long.
    """
    port = _free_port()
    with tempfile.TemporaryDirectory(prefix="samhandla-docs-") as var:
        Path(var).chmod(0o755)  # the database server may run as another user
        words = [sys.executable, "-m", "samhandla.project.cli", "demo", "--port", str(port), "--data", var]
        demo = subprocess.Popen(words, env=dict(environment))  # noqa: S603 - our own command
        try:
            _wait(demo, port, Path(var) / LOGINS)
            yield f"http://localhost:{port}", Path(var) / LOGINS
        finally:
            demo.send_signal(signal.SIGINT)
            demo.wait(timeout=60)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(demo: subprocess.Popen[bytes], port: int, logins: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while not (logins.exists() and answers(port)):
        if demo.poll() is not None:
            raise Refusal("Demon avslutades innan bilderna var tagna.")
        if time.monotonic() > end:
            raise Refusal("Demon kom inte igång i tid.")
        time.sleep(1)
