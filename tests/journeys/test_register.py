"""The register in a real browser: the principal and the administrator, on a desktop and on a phone."""

from __future__ import annotations

import pytest
from tests.support.browser import assert_accessible, shot

from samhandla.people import actions
from samhandla.people.queries import today
from samhandla.trust.viewer import acting_as

PAGES = {
    "register": "/registret/",
    "staff": "/registret/personal/",
    "children": "/registret/elever/?namn=prov",
    "duties": "/uppdrag/",
    "stand-ins": "/ersattare/",
    "calendar": "/lasarskalender/",
}


@pytest.fixture
def family(cast):
    """Alma has two adults, one with rights; Tove is protected; a stand-in and a study day are set."""
    by = cast.service()
    with acting_as(by):
        for kind in ("vardnadshavare", "umgangesforalder"):
            adult = actions.register_guardian(by=by, given_name="Eva", family_name="Prov", protection="none")
            actions.open_guardianship(
                by=by, child=cast.child["alma"], guardian=adult, kind=kind, valid_from=today()
            )
        actions.store_personnummer(by=by, child=cast.child["alma"], number="20130101-TF01")
        actions.update_child(by=by, child=cast.child["tove"], protection="protected")
    actions.set_stand_in(
        by=by,
        absent=cast.staff["mentor_7b"],
        stand_in=cast.staff["mentor_7a"],
        valid_from=today(),
        valid_to=today(),
    )
    actions.add_break(
        by=by,
        organisation=cast.unit["berga"],
        name="Studiedag",
        kind="study_day",
        first=today(),
        last=today(),
    )
    return cast


def _look_at_all(page, size):
    for name, address in PAGES.items():
        page.goto(address)
        assert_accessible(page)
        shot(page, f"register-{name}-{size}")


def test_the_principals_pages_on_a_desktop(desktop, family, login_as):
    login_as(desktop, "principal")
    _look_at_all(desktop, "desktop")
    desktop.goto("/registret/")
    desktop.get_by_role("link", name="7B", exact=True).click()
    assert desktop.get_by_role("link", name="Mentor 7B Prov").first.is_visible()
    assert desktop.get_by_role("link", name="Skyddade personuppgifter").is_visible()
    assert_accessible(desktop)
    shot(desktop, "register-group-desktop")
    desktop.get_by_role("link", name="Alma Prov").click()
    assert desktop.get_by_text("har rätt till insyn").is_visible()
    assert desktop.get_by_text("har ingen rätt enligt registret").is_visible()
    assert_accessible(desktop)
    shot(desktop, "register-child-desktop")


def test_the_principals_pages_on_a_phone(phone, family, login_as):
    login_as(phone, "principal")
    _look_at_all(phone, "phone")
    phone.goto(f"/registret/elever/{family.child['alma'].ref}/")
    assert_accessible(phone)
    shot(phone, "register-child-phone")
    phone.goto(f"/registret/elever/{family.child['tove'].ref}/")
    assert_accessible(phone)
    shot(phone, "register-protected-phone")


def test_a_duty_ends_the_same_minute(desktop, family, login_as):
    login_as(desktop, "principal")
    desktop.goto("/uppdrag/")
    row = desktop.get_by_role("row").filter(has_text="Counsellor Prov")
    row.get_by_text("Avsluta").first.click()
    assert_accessible(desktop)
    row.get_by_role("button", name="Avsluta nu").click()
    assert desktop.get_by_text("Behörigheten upphörde nu").is_visible()
    login_as(desktop, "counsellor")
    desktop.goto("/elevhalsa/")
    assert not desktop.get_by_role("heading", name="Elevhälsomöte").is_visible()


def test_the_administrator_opens_accounts_on_a_phone(phone, family, login_as):
    login_as(phone, "administrator")
    phone.goto("/konton/")
    assert_accessible(phone)
    shot(phone, "accounts-phone")
    phone.get_by_label("Välj alla 5 som saknar konto").check()
    phone.get_by_role("button", name="Öppna konton och visa länkarna").click()
    assert phone.get_by_role("heading", name="Öppna 5 konton?").is_visible()
    assert_accessible(phone)
    phone.get_by_role("button", name="Öppna konton och visa länkarna").click()
    assert phone.locator("code").count() == 5
    assert_accessible(phone)
    shot(phone, "account-links-phone")


def test_the_administrator_reads_a_number_and_previews_a_day_off(desktop, family, login_as):
    login_as(desktop, "administrator")
    desktop.goto(f"/registret/elever/{family.child['alma'].ref}/")
    assert not desktop.get_by_text("20130101-TF01").is_visible()
    desktop.get_by_role("button", name="Visa personnumret").click()
    assert desktop.get_by_text("20130101-TF01").is_visible()
    assert_accessible(desktop)
    desktop.goto("/lasarskalender/")
    form = desktop.get_by_role("region", name="Lägg till dagar utan skola")
    form.get_by_label("Namn").fill("Planering")
    form.get_by_label("Första dagen").fill(today().isoformat())
    form.get_by_label("Sista dagen").fill(today().isoformat())
    form.get_by_role("button", name="Visa hur många skoldagar det blir").click()
    assert desktop.get_by_text("Ingenting är sparat ännu").is_visible()
    assert_accessible(desktop)
    shot(desktop, "register-calendar-preview-desktop")
