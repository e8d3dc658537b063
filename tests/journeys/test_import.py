"""The data administrator imports a file, undoes it, and imports it again; on a phone and without script."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect
from tests.support.browser import assert_accessible, shot

from samhandla.analytics.models import AttendanceDay
from samhandla.integrations import jobs
from samhandla.integrations.actions import sources
from samhandla.integrations.models import Batch, ChildLink, Source
from samhandla.integrations.rules.keys import Keyer
from samhandla.people.queries import domain_of, today
from samhandla.trust.viewer import acting_as

PUPILS = ("alma", "omar", "tove", "hugo", "nora")


@pytest.fixture(autouse=True)
def folders(settings, tmp_path):
    settings.LAKE_DIR, settings.UPLOAD_DIR = tmp_path / "lake", tmp_path / "uploads"


@pytest.fixture
def source(cast) -> Source:
    """A source of files whose pupils are already linked, as after a register import."""
    from samhandla.integrations.actions.batches import keyer_of

    by = cast.service()
    source = sources.save_source(by=by, name="Frånvarofiler", kind="file")
    keyer: Keyer = keyer_of(by.authority_id)
    domain = domain_of(by.authority_id, "school")
    with acting_as(by):
        for name in PUPILS:
            child = cast.child[name]
            common = {"child": child, "domain": domain, "unit_id": child.unit_id, "source": source}
            ChildLink.objects.create(**common, key=keyer.of("child", name), fingerprint="")
    return source


@pytest.fixture
def csv(tmp_path) -> Path:
    """Three school days of five pupils, and one row about somebody nobody knows."""
    day = today() - timedelta(days=today().weekday() + 7)
    lines = ["elev;datum;lektion;undervisning;giltig;ogiltig"]
    for name in PUPILS:
        lines += [f"{name};{day + timedelta(days=d)};{slot};60;0;0" for d in range(3) for slot in (1, 2)]
    lines.append(f"okänd;{day};1;60;0;0")
    path = tmp_path / "vecka.csv"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def work(by, take_in=False) -> Batch:
    """Do what the worker would: run the newest batch."""
    with acting_as(by):
        batch = Batch.objects.latest("pk")
    jobs.run_import(authority_id=by.authority_id, batch_id=batch.pk, take_in=take_in)
    return batch


def day_rows(by) -> int:
    with acting_as(by):
        return AttendanceDay.objects.count()


def upload(page: Page, source: Source, csv: Path) -> None:
    page.goto("/import/")
    page.get_by_role("link", name=source.name).click()
    page.get_by_role("link", name="Ladda upp en fil").click()
    page.get_by_label("Fil", exact=True).set_input_files(csv)
    page.get_by_label("Kolumnmall").select_option("samhandla")
    page.get_by_role("button", name="Ladda upp").click()
    expect(page.get_by_role("heading", name="De första raderna")).to_be_visible()


def test_import_undo_and_import_again(desktop, login_as, cast, source, csv):
    by = cast.service()
    login_as(desktop, "data_administrator")
    upload(desktop, source, csv)
    assert_accessible(desktop)
    shot(desktop, "import-kolumner")
    desktop.get_by_role("button", name="Provkör").click()
    expect(desktop.locator("progress")).to_be_visible()
    work(by)
    expect(desktop.get_by_role("button", name="Ta in")).to_be_visible()
    expect(desktop.get_by_text("Eleven finns inte i registret.")).to_be_visible()
    assert_accessible(desktop)
    shot(desktop, "import-provkord")
    assert day_rows(by) == 0
    desktop.get_by_role("button", name="Ta in").click()
    work(by, take_in=True)
    expect(desktop.get_by_text("Det här togs in")).to_be_visible()
    assert day_rows(by) == 15
    desktop.get_by_text("Ångra importen").first.click()
    shot(desktop, "import-intagen")
    desktop.get_by_role("button", name="Ångra importen").click()
    with acting_as(by):
        batch = Batch.objects.latest("pk")
    jobs.undo_import(authority_id=by.authority_id, batch_id=batch.pk)
    expect(desktop.locator(".tag", has_text="ångrad")).to_be_visible()
    assert day_rows(by) == 0
    upload(desktop, source, csv)
    desktop.get_by_role("button", name="Provkör").click()
    work(by)
    expect(desktop.get_by_role("button", name="Ta in")).to_be_visible()
    desktop.get_by_role("button", name="Ta in").click()
    work(by, take_in=True)
    expect(desktop.get_by_text("Det här togs in")).to_be_visible()
    assert day_rows(by) == 15


def test_a_file_that_cannot_be_read_says_why_on_the_phone(phone, login_as, source, tmp_path):
    broken = tmp_path / "trasig.csv"
    broken.write_text('elev;datum\n"alma;2026-03-01\n', encoding="utf-8")
    login_as(phone, "data_administrator")
    phone.goto(f"/import/kalla/{source.pk}/fil/")
    phone.get_by_label("Fil", exact=True).set_input_files(broken)
    phone.get_by_role("button", name="Ladda upp").click()
    expect(phone.get_by_text("citattecken")).to_be_visible()
    assert_accessible(phone)
    shot(phone, "import-fel-telefon")


PAGES = (
    ("/import/", "lista"),
    ("/import/ny/", "ny"),
    ("/import/ny/?slag=ss12000", "ny-ss12000"),
    ("/import/ny/?slag=file", "ny-fil"),
)


def test_list_and_source_in_both_widths(phone, desktop, login_as, source, cast):
    sources.save_source(
        by=cast.service(),
        name="Elevregistret",
        kind="ss12000",
        settings={"base_url": "https://exempel.se/v2"},
    )
    for page, width in ((phone, "telefon"), (desktop, "dator")):
        login_as(page, "data_administrator")
        for path, name in PAGES:
            page.goto(path)
            assert_accessible(page)
            shot(page, f"import-{name}-{width}")
        page.goto("/import/")
        page.get_by_role("link", name="Elevregistret").click()
        assert_accessible(page)
        shot(page, f"import-kalla-{width}")
        page.get_by_role("link", name="Roller och stoppgränser").click()
        assert_accessible(page)


def test_works_without_script(without_script, login_as, cast, source, csv):
    by = cast.service()
    login_as(without_script, "data_administrator")
    upload(without_script, source, csv)
    without_script.get_by_role("button", name="Provkör").click()
    work(by)
    without_script.get_by_role("link", name="Uppdatera sidan").click()
    without_script.get_by_role("button", name="Ta in").click()
    work(by, take_in=True)
    without_script.get_by_role("link", name="Uppdatera sidan").click()
    expect(without_script.get_by_text("Det här togs in")).to_be_visible()
