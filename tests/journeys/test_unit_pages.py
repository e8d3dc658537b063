"""The principal, the team, guidance, limits and the process leader: on a phone and on a desk, with axe."""

from __future__ import annotations

import re
from datetime import timedelta
from urllib.parse import urlsplit

import pytest
from django.utils import timezone
from tests.detect.conftest import found
from tests.support.browser import assert_accessible, shot

from samhandla.analytics.models import AttendanceDay, LakeFile
from samhandla.detect.actions.answers import answer_signal
from samhandla.detect.actions.clock import pass_time
from samhandla.detect.actions.guidance import hold_guidance
from samhandla.detect.actions.inquiries import decide_inquiry
from samhandla.detect.actions.runs import take_in
from samhandla.detect.actions.settings import adopt_default_ladder, set_rule
from samhandla.detect.actions.tallies import count_tallies
from samhandla.detect.models import AnswerEffort, Inquiry, Notice, Signal
from samhandla.people.queries import domain_of, school_days_of, today
from samhandla.trust.viewer import acting_as


@pytest.fixture
def school(cast):
    """A school in the middle of its work: a class signal, a late one, an inquiry, good news, a meeting."""
    by, berga = cast.service(), cast.unit["berga"]
    adopt_default_ladder(by=by, today=today() - timedelta(days=30))
    items = [found(cast.child[n], "near_zero") for n in ("alma", "tove", "hugo")]
    items.append(found(cast.child["omar"], "recovered", numbers={"share": 0.02, "before_share": 0.3}))
    items.append(found(str(cast.group["7B"].pk), "class_level", kind="class", unit=berga.pk))
    begun = today() - timedelta(days=20)
    take_in(by=by, found=items, as_of=begun, data_to=begun, started=timezone.now())
    pass_time(by=by, today=today())
    _attendance(cast)
    domain = domain_of(by.authority_id, "school").pk
    decide_inquiry(
        by=cast.viewer("principal"), child=cast.child["tove"], domain_id=domain, decision="open",
        reason="Upprepad frånvaro sedan september.", today=today(),
    )  # fmt: skip
    with acting_as(by):
        hugo = Signal.objects.get(child=cast.child["hugo"])
    answer_signal(by=cast.viewer("mentor_7a"), signal_id=hugo.pk, kind="act", reason="x", today=today())
    hold_guidance(
        by=cast.viewer("officer"), group=cast.group["7A"], mentor=cast.staff["mentor_7a"], figures={},
        today=today(), works="Morgonsamlingen.", we_do="Vi ringer hem.", next_on=today() + timedelta(days=30),
    )  # fmt: skip
    set_rule(
        by=cast.viewer("process_leader"), rule="level_year", parameters={"threshold": 0.12}, today=today(),
        unit_id=berga.pk, school_year=7, reason="Övergången till sjuan.",
    )  # fmt: skip
    for _number in range(12):
        AnswerEffort.objects.create(unit=berga, week=today() - timedelta(days=7), seconds=41, clicks=3)
    count_tallies(by=by, today=today())
    return cast


def _attendance(cast):
    by, unit = cast.service(), cast.unit["berga"]
    days = school_days_of(unit.pk, first=today() - timedelta(days=60), last=today())
    with acting_as(by):
        domain = domain_of(by.authority_id, "school")
        AttendanceDay.objects.bulk_create(
            AttendanceDay(
                child=cast.child[name], domain=domain, unit=unit, date=day, lessons=5, absent_lessons=0,
                offered=300, present=240, valid=60, invalid=0, other=0, reported=280, batch_id=1,
            )
            for name in ("alma", "tove")
            for day in days
        )  # fmt: skip
    LakeFile.objects.create(
        authority=cast.authority["board"], source_id=1, batch_id=1, dataset="lessons", path="x", rows=1,
        sha256="x", first_date=days[0], last_date=days[-1], live=True,
    )  # fmt: skip


def _look(page, width, place, login_as):
    """Open a page and see that it is the right one, says what it should, and can be read by everybody.

    Returns: the path at which the browser ended.
    """
    who, address, name, heading, words = place
    login_as(page, who)
    page.goto(address)
    title = page.get_by_role("heading", level=1)
    assert re.fullmatch(heading, title.inner_text()), f"{address}: {title.inner_text()}"
    assert title.is_visible()
    assert page.get_by_text(words).first.is_visible(), f"{address}: {words}"
    assert_accessible(page)
    shot(page, f"{name}-{width}")
    return urlsplit(page.url).path


def _places(school):
    """Who opens what; the name of its picture, its heading, and words that stand on it."""
    with acting_as(school.service()):
        inquiry, notice = Inquiry.objects.get().pk, Notice.objects.get().pk
    alma, group = school.child["alma"].ref, school.group["7A"].pk
    guidance, mentor = f"/narvarohandledning/{group}/", school.staff["mentor_7a"]
    name = f"{mentor.given_name} {mentor.family_name}"
    leader, report = "process_leader", f"/utredning/{inquiry}/"
    return (
        ("principal", "/rektor/", "unit-principal", r"\d+ saker väntar på dig", "Alma Prov"),
        (
            "principal", f"/elev/{alma}/utredning/", "inquiry-decide",
            "Beslut om utredning av frånvaro", "Alma Prov",
        ),
        ("principal", report, "inquiry", "Utredning av frånvaro", "Tove Prov"),
        ("principal", f"{report}skriv-ut/", "inquiry-print", "Utredning av frånvaro", "Tove Prov"),
        ("principal", f"/anmalan/{notice}/", "notice", "Anmälan till huvudmannen", "Tove Prov"),
        ("counsellor", "/elevhalsa/", "team", "Elevhälsoteamets lista", "Främja först"),
        ("officer", "/narvarohandledning/", "guidance", "Närvarohandledning", name),
        ("officer", guidance, "guidance-group", "7A", "Vi ringer hem."),
        ("officer", f"{guidance}{mentor.pk}/", "guidance-hold", f"Handledning med {name}", "20 minuter"),
        (leader, "/regler/", "rules", "Regler och gränsvärden", "ger plats på listan"),
        (leader, "/regler/level_year/", "rule", "Hög frånvaro under läsåret", "Övergången till sjuan."),
        (leader, "/regler/arbetsgang/", "rules-loop", "Arbetsgångens gränsvärden", "Spara"),
        (leader, "/provkorning/", "rehearsals", "Provkörning på ett läsår", "läsår"),
        (leader, "/narvarotrappa/", "ladder", "Närvarotrappa", "Prata med eleven"),
        (leader, "/processledare/", "process", "Så går arbetssättet", "Hälften av svaren"),
    )  # fmt: skip


def test_every_page_on_a_desk(desktop, school, login_as):
    places = _places(school)
    assert [_look(desktop, "desktop", place, login_as) for place in places] == [place[1] for place in places]


def test_every_page_on_a_phone(phone, school, login_as):
    places = _places(school)
    assert [_look(phone, "phone", place, login_as) for place in places] == [place[1] for place in places]


def test_an_inquiry_without_script(without_script, school, login_as):
    page = without_script
    login_as(page, "principal")
    page.goto("/rektor/")
    page.get_by_role("link", name="Utredning pågår: Tove Prov").click()
    page.get_by_label("Elevens egen förklaring").fill("Bussen går för tidigt.")
    page.get_by_role("button", name="Spara utkastet").click()
    page.get_by_text("Utkastet är sparat.").wait_for()
    page.get_by_role("button", name="Färdigställ utredningen").click()
    page.get_by_role("heading", name="Det här behöver rättas").wait_for()
    assert page.get_by_label("Elevens egen förklaring").input_value() == "Bussen går för tidigt."
