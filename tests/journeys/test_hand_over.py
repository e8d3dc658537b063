"""A counsellor asks the guide on a phone, and hands one fact over with the family's yes."""

from __future__ import annotations

from playwright.sync_api import expect
from tests.secrecy.conftest import town  # noqa: F401 - the social board beside the school board
from tests.support.browser import assert_accessible, shot

from samhandla.secrecy.models import Transfer
from samhandla.trust.viewer import acting_as


def test_the_guide_answers_on_a_phone(phone, town, login_as):  # noqa: F811 - a fixture
    login_as(phone, "counsellor")
    phone.goto("/far-jag-lamna/")
    assert_accessible(phone)
    phone.get_by_label("Vem ska få den?").select_option("social")
    phone.get_by_label("Barnets ålder i hela år").fill("13")
    phone.get_by_label("Du vet eller misstänker att barnet far illa.").check()
    phone.get_by_role("button", name="Gå vidare").click()
    expect(phone.get_by_role("heading", name="Du ska göra en orosanmälan")).to_be_visible()
    assert_accessible(phone)
    phone.get_by_role("link", name="Ställ en ny fråga").click()
    phone.get_by_label("Vem ska få den?").select_option("social")
    phone.get_by_label("Barnets ålder i hela år").fill("13")
    phone.get_by_role("button", name="Gå vidare").click()
    phone.get_by_role("button", name="Visa svaret").click()
    expect(phone.get_by_role("heading", name="Bara med samtycke")).to_be_visible()
    assert_accessible(phone)
    shot(phone, "far-jag-lamna-phone")


def test_with_the_familys_yes_a_fact_is_handed_over(desktop, town, login_as):  # noqa: F811 - a fixture
    waiver = town.ask()
    town.yes(waiver, town.guardian())
    login_as(desktop, "counsellor")
    desktop.goto(f"/elev/{town.cast.child['alma'].ref}/lamna-uppgift/")
    assert_accessible(desktop)
    desktop.get_by_label("Uppgiften, så som den lämnas").fill("Tolv dagar borta.")
    desktop.get_by_label("Varför lämnas den?").fill("Familjen vill det.")
    desktop.get_by_label("Till", exact=True).select_option(label="Mottagningen barn och unga")
    desktop.get_by_label("Med stöd av").select_option(str(town.opening("waiver").pk))
    desktop.get_by_label("Samtycke (frivilligt)").select_option(str(waiver.pk))
    desktop.get_by_role("button", name="Lämna uppgiften").click()
    expect(desktop.get_by_text("Uppgiften är lämnad.")).to_be_visible()
    assert_accessible(desktop)
    shot(desktop, "lamna-uppgift-desktop")
    with acting_as(town.worker):
        assert Transfer.objects.get().text == "Tolv dagar borta."
