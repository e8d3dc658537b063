"""A teacher after the lesson: who was there but did not take part, on a phone and by keyboard."""

from __future__ import annotations

from datetime import date

import pytest
from tests.support.browser import assert_accessible, shot

from samhandla.detect.models import ParticipationMark
from samhandla.people import actions as people
from samhandla.trust.viewer import acting_as

MOST_TABS = 40


@pytest.fixture
def teacher(cast):
    """A teacher of 7B and 7A who is mentor of nobody."""
    by = cast.service()
    cast.staff["teacher"] = cast._employ(by, "teacher")
    for group in ("7A", "7B"):
        people.assign_group(
            by=by, staff=cast.staff["teacher"], group=cast.group[group], role="teacher",
            valid_from=date(2020, 8, 1),
        )  # fmt: skip
    return cast


def _tab_to(page, text: str):
    """Press Tab until the element with the focus begins with a text."""
    for _ in range(MOST_TABS):
        page.keyboard.press("Tab")
        if page.evaluate("t => document.activeElement.textContent.trim().startsWith(t)", text):
            return
    raise AssertionError(f"Tab never comes to {text}")


def _marked(cast):
    with acting_as(cast.service()):
        return list(ParticipationMark.objects.values_list("child__given_name", "by__name"))


def test_a_teacher_marks_on_a_phone_with_the_keyboard_and_takes_back(phone, teacher, login_as):
    login_as(phone, "teacher")
    phone.goto("/")
    phone.get_by_role("link", name="Mina grupper").first.click()
    phone.wait_for_url("**/mina-grupper/")
    assert_accessible(phone)
    shot(phone, "teacher-groups-phone")
    _tab_to(phone, "7B")
    phone.keyboard.press("Enter")
    phone.wait_for_url("**/mina-grupper/*/")
    assert_accessible(phone)
    _tab_to(phone, "Omar Prov")
    phone.keyboard.press("Enter")
    pressed = phone.get_by_role("button", name="Omar Prov", pressed=True)
    pressed.wait_for()
    assert _marked(teacher) == [("Omar", "Teacher Prov")]
    assert pressed.bounding_box()["height"] >= 44
    assert_accessible(phone)
    shot(phone, "teacher-group-phone")
    pressed.focus()
    phone.keyboard.press("Enter")
    phone.get_by_role("button", name="Omar Prov", pressed=False).wait_for()
    assert _marked(teacher) == []


def test_the_page_works_without_script_and_opens_nothing_else(without_script, teacher, login_as):
    login_as(without_script, "teacher")
    without_script.goto(f"/mina-grupper/{teacher.group['7B'].pk}/")
    without_script.get_by_role("button", name="Alma Prov").click()
    assert without_script.get_by_role("button", name="Alma Prov", pressed=True).is_visible()
    assert _marked(teacher) == [("Alma", "Teacher Prov")]
    for address in (f"/elev/{teacher.child['alma'].ref}/", "/att-ta-stallning-till/", "/elevhalsa/"):
        answer = without_script.goto(address)
        assert answer.status == 404, address
    assert not without_script.get_by_text("Alma").count()
