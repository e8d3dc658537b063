"""A mentor's Monday: three signals answered by keyboard, and the principal sees the clock move."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.utils import timezone
from tests.detect.conftest import found
from tests.support.browser import assert_accessible, shot

from samhandla.analytics.models import AttendanceDay
from samhandla.detect.actions.clock import pass_time
from samhandla.detect.actions.runs import take_in
from samhandla.detect.actions.settings import adopt_default_ladder
from samhandla.detect.models import Answer
from samhandla.people.queries import domain_of, school_days_of, today
from samhandla.trust.viewer import acting_as


@pytest.fixture
def monday(cast):
    """Three pupils hardly in school, one whose attendance recovered, and a term of day rows."""
    by = cast.service()
    adopt_default_ladder(by=by, today=today())
    for name in ("alma", "omar", "tove"):
        _term(cast, name)
    items = [
        found(cast.child[n], rule) for n in ("alma", "omar", "tove") for rule in ("near_zero", "invalid")
    ]
    items.append(found(cast.child["omar"], "recovered"))
    take_in(by=by, found=items, as_of=today(), data_to=today(), started=timezone.now())
    return cast


def _term(cast, name):
    by = cast.service()
    unit = cast.unit["berga"]
    days = school_days_of(unit.pk, first=today() - timedelta(days=100), last=today())
    with acting_as(by):
        domain = domain_of(by.authority_id, "school")
        AttendanceDay.objects.bulk_create(
            AttendanceDay(
                child=cast.child[name],
                domain=domain,
                unit=unit,
                date=day,
                lessons=5,
                batch_id=1,
                other=0,
                reported=300,
                absent_lessons=5 * (number % 4 == 0),
                offered=300,
                present=300 * (number % 4 != 0),
                valid=300 * (number % 8 == 0),
                invalid=300 * (number % 8 == 4),
            )
            for number, day in enumerate(days)
        )


MOST_TABS = 60  # a page on which more are needed is no page for the keyboard


def _tab_to(page, wanted: str):
    """Press Tab until the element with the focus matches a selector."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("wanted => document.activeElement.matches(wanted)", wanted):
            return
    raise AssertionError(f"Tab never comes to {wanted}")


def _open_first(page):
    page.keyboard.press("1")
    page.wait_for_url("**/signal/*/")


def _talk_today(page):
    _open_first(page)
    page.keyboard.press("p")
    page.get_by_role("heading", name="Steg i närvarotrappan").wait_for()
    _tab_to(page, ".page-header__back a")
    page.keyboard.press("Enter")
    page.wait_for_url("**/att-ta-stallning-till/")


def _choose_and_explain(page, choice: str):
    """Tab to the choices, choose with the arrows, write a sentence, and press the button."""
    _open_first(page)
    _tab_to(page, "input[name=kind]")
    assert not page.locator("input[name=kind]:checked").count(), "nothing is chosen beforehand"
    while page.evaluate("document.activeElement.value") != choice:
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Space")
    _tab_to(page, "textarea[name=reason]")
    page.keyboard.type("Skolan och hemmet har en plan.")
    _tab_to(page, "button[data-shortcut=s]")
    page.keyboard.press("Enter")
    page.wait_for_url("**/att-ta-stallning-till/")


def test_three_answers_by_keyboard_in_under_a_minute_each(desktop, monday, login_as):
    login_as(desktop, "mentor_7b")
    desktop.goto("/att-ta-stallning-till/")
    assert_accessible(desktop)
    shot(desktop, "worklist-desktop")
    for answer in (
        _talk_today,
        lambda p: _choose_and_explain(p, "act"),
        lambda p: _choose_and_explain(p, "data_error"),
    ):
        started = time.monotonic()
        answer(desktop)
        assert time.monotonic() - started < 60
    assert desktop.get_by_text("Ingen elev väntar på svar just nu").is_visible()
    with acting_as(monday.service()):
        assert sorted(Answer.objects.values_list("kind", flat=True)) == ["act", "act", "data_error"]


def test_the_list_the_signal_and_the_pupil_on_a_phone(phone, monday, login_as):
    login_as(phone, "mentor_7b")
    phone.goto("/att-ta-stallning-till/")
    assert phone.get_by_role("heading", name="Att ta ställning till", level=1).is_visible()
    assert phone.get_by_text("3 elever väntar på ditt svar.").is_visible()
    assert_accessible(phone)
    shot(phone, "worklist-phone")
    phone.get_by_role("link", name="Alma Prov", exact=True).first.click()
    assert phone.get_by_role("heading", name="Alma Prov", level=1).is_visible()
    assert phone.get_by_text("Gäller sedan").first.is_visible()
    assert_accessible(phone)
    shot(phone, "signal-phone")
    phone.get_by_role("link", name="elevens sida").click()
    assert phone.get_by_role("heading", name="Närvaro", level=2).is_visible()
    assert_accessible(phone)
    shot(phone, "pupil-phone")
    phone.get_by_role("link", name="Tillbaka till Att ta ställning till").click()
    assert phone.get_by_role("heading", name="Att ta ställning till", level=1).is_visible()


def test_the_pupil_page_on_a_desktop(desktop, monday, login_as):
    login_as(desktop, "mentor_7b")
    desktop.goto(f"/elev/{monday.child['alma'].ref}/")
    assert desktop.get_by_role("heading", name="Vem kan se – och varför").is_visible()
    assert_accessible(desktop)
    shot(desktop, "pupil-desktop")


def test_the_principal_sees_the_clock_move(desktop, monday, login_as):
    login_as(desktop, "principal")
    desktop.goto("/rektor/")
    assert not desktop.get_by_text("Alma Prov").first.is_visible()
    days = school_days_of(monday.unit["berga"].pk, first=today(), last=today() + timedelta(days=60))
    pass_time(by=monday.service(), today=days[7])
    desktop.goto("/rektor/")
    assert desktop.get_by_text("Alma Prov").first.is_visible()
    assert_accessible(desktop)
    shot(desktop, "principal-desktop")


def test_the_list_works_without_script(without_script, monday, login_as):
    login_as(without_script, "mentor_7b")
    without_script.goto("/att-ta-stallning-till/")
    without_script.get_by_role("button", name="Prata med Alma i dag").click()
    assert without_script.get_by_role("heading", name="Alma Prov").is_visible()
