"""The controller freezes the board page for the interim report; a board member reads it on a phone."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.govern.conftest import SPRING, SPRING_BEFORE, Town
from tests.support.browser import assert_accessible, shot

from samhandla.analytics.actions import examine_quality
from samhandla.govern import actions, jobs
from samhandla.govern.models import BoardPage
from samhandla.trust.viewer import acting_as


@pytest.fixture
def report(cast, settings, tmp_path, monkeypatch):
    """Two schools over two springs; one group too small to show; a goal of the board."""
    settings.LAKE_DIR = tmp_path / "lake"
    town = Town(cast)
    for unit, sex, count in (("berga", "K", 40), ("berga", "M", 50), ("lunda", "K", 30), ("lunda", "M", 30)):
        town.enrol(unit, sex, count)
    town.enrol("lunda", "K", 4, form="GRS")
    town.attend(SPRING_BEFORE, {("berga", "K"): 12, ("berga", "M"): 11, ("lunda", "K"): 9, ("lunda", "M"): 8})
    town.attend(SPRING, {("berga", "K"): 8, ("berga", "M"): 10, ("lunda", "K"): 6, ("lunda", "M"): 6})
    town.count()
    actions.set_goal(
        by=cast.viewer("controller"),
        name="Färre elever med hög frånvaro",
        form="GR",
        kind="fall_points",
        target=Decimal("8.0"),
        base_term="VT2024",
    )
    examine_quality(by=cast.service(), authority_id=cast.authority["board"].pk)
    monkeypatch.setattr(jobs, "count_soon", lambda authority_id: None)
    return town


def test_controller_writes_and_freezes(report, desktop, login_as):
    page = desktop
    login_as(page, "controller")
    page.goto("/namnd/")
    assert page.get_by_role("heading", level=1).inner_text() == "Hög frånvaro, vårterminen 2025"
    assert_accessible(page)
    shot(page, "board-live")
    page.get_by_role("link", name="Skriv prognos och analys").first.click()
    assert_accessible(page)
    page.get_by_label("uppfylls delvis").check()
    page.get_by_label("Analys").fill(
        "Närvarohandledningen började i januari. Andelen minskar på båda skolorna."
    )
    shot(page, "board-assessment")
    page.get_by_role("button", name="Spara").click()
    page.get_by_role("button", name="Lås sidan för vårterminen 2025").click()
    assert "Låst" in page.locator("main").inner_text()
    assert "uppfylls delvis" in page.locator("main").inner_text()
    assert_accessible(page)
    shot(page, "board-frozen")
    with acting_as(report.cast.viewer("controller")):
        assert BoardPage.objects.get().term == "VT2025"


def test_a_reader_on_a_phone(report, phone, login_as):
    page = phone
    login_as(page, "process_leader")
    page.goto("/namnd/")
    assert page.get_by_role("button", name="Lås").count() == 0
    assert_accessible(page)
    shot(page, "board-phone")
    page.goto("/datakvalitet/")
    assert_accessible(page)
    shot(page, "quality-phone")


def test_the_quality_page(report, desktop, login_as):
    page = desktop
    login_as(page, "data_administrator")
    page.goto("/datakvalitet/")
    assert_accessible(page)
    shot(page, "quality")
