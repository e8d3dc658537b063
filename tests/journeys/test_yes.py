"""Nödåtkomst, consents, the switch and a card without a name, in a real browser."""

from __future__ import annotations

from datetime import timedelta

from playwright.sync_api import expect
from tests.secrecy.conftest import town  # noqa: F401 - the social board beside the school board
from tests.support.browser import assert_accessible, shot

from samhandla.people.queries import today
from samhandla.secrecy.actions.emergency import set_emergency
from samhandla.secrecy.actions.processings import deliver_processings
from samhandla.secrecy.models import Consent, Emergency
from samhandla.trust.viewer import acting_as


def test_another_units_counsellor_opens_a_pupil_and_the_lawyer_reviews(desktop, phone, town, login_as):  # noqa: F811
    cast = town.cast
    cast._duty("board", "other", "counsellor", "lunda")
    set_emergency(by=cast.viewer("lawyer"), hours=3, reviewer=cast.staff["lawyer"], on=today())
    login_as(phone, "other")
    phone.goto("/nodatkomst/")
    assert_accessible(phone)
    phone.get_by_label("Skola").select_option(label="Bergaskolan")
    phone.get_by_label("Elevens förnamn").fill("Alma")
    phone.get_by_label("Elevens efternamn").fill("Prov")
    phone.get_by_label("Varför behöver du öppna nu?").fill("Mamma ringde. Ingen på Bergaskolan svarar.")
    phone.get_by_role("button", name="Öppna och meddela mentor och rektor").click()
    expect(phone.get_by_role("heading", name="Alma Prov")).to_be_visible()
    phone.goto("/nodatkomst/")
    assert_accessible(phone)
    shot(phone, "nodatkomst-phone")
    login_as(desktop, "lawyer")
    desktop.goto("/nodatkomst/granska/")
    assert_accessible(desktop)
    shot(desktop, "nodatkomst-granska-desktop")
    desktop.get_by_role("button", name="I sin ordning").click()
    expect(desktop.get_by_text("i sin ordning")).to_be_visible()
    desktop.goto("/nodatkomst/installning/")
    assert_accessible(desktop)
    with acting_as(cast.viewer("lawyer")):
        assert Emergency.objects.get().verdict == "in_order"


def test_a_guardian_says_yes_and_the_switch_shows_what_a_no_changes(desktop, town, login_as):  # noqa: F811
    vera, alma = town.guardian(), town.cast.child["alma"]
    town.yes(town.ask(), vera)
    login_as(desktop, "counsellor")
    desktop.goto(f"/elev/{alma.ref}/samtycken/")
    assert_accessible(desktop)
    desktop.get_by_text("Fråga familjen").click()
    desktop.get_by_label("insats utan individuell behovsprövning (21 kap. 2 § SoL)").check()
    desktop.get_by_label("Vilken insats eller plan?").fill("Träffar för vårdnadshavare på familjecentralen")
    desktop.get_by_label("Gäller till och med").fill((today() + timedelta(days=9)).isoformat())
    desktop.get_by_role("button", name="Anteckna frågan").click()
    desktop.get_by_text("Anteckna svar: Vera Prov").click()
    assert_accessible(desktop)
    desktop.get_by_label("Hur Vera Prov svarade").select_option("paper")
    desktop.get_by_label("Papperet förvaras i (frivilligt)").first.fill("pärm 4")
    desktop.get_by_role("button", name="Ja Vera Prov").click()
    expect(desktop.get_by_text("Går snart ut: sista dagen är")).to_be_visible()
    shot(desktop, "samtycken-desktop")
    desktop.get_by_role("link", name="Se vad som händer om familjen säger nej").click()
    assert_accessible(desktop)
    shot(desktop, "vem-far-prata-desktop")
    desktop.goto("/samtycken/")
    assert_accessible(desktop)
    with acting_as(town.counsellor):
        assert Consent.objects.get().voices.get().kept_in == "pärm 4"


def test_a_card_without_a_name_and_the_lawyers_pages(desktop, phone, town, login_as):  # noqa: F811
    login_as(phone, "counsellor")
    phone.goto(f"/elev/{town.cast.child['alma'].ref}/")
    phone.get_by_role("button", name="Rådfråga utan namn").click()
    phone.get_by_label("Vad händer?").fill("Alma har en tvilling och kommer sent.")
    phone.get_by_label("Vad vill du ha råd om?").fill("Hur gör andra?")
    phone.get_by_role("button", name="Kontrollera och gör kortet").click()
    expect(phone.get_by_text("Måste bort.")).to_be_visible()
    assert_accessible(phone)
    shot(phone, "radfraga-phone")
    phone.get_by_label("Vad händer?").fill("Eleven kommer sent.")
    phone.get_by_label("Elevens klass har färre än tio elever.").check()
    phone.get_by_role("button", name="Kontrollera och gör kortet").click()
    expect(phone.get_by_role("heading", name="Kort utan namn")).to_be_visible()
    assert_accessible(phone)
    deliver_processings(by=town.cast.viewer("lawyer"))
    login_as(desktop, "lawyer")
    for page in ("/rattslig-grund/", "/rattslig-grund/ny/", "/lagrum/ny/", "/lagrum/"):
        desktop.goto(page)
        assert_accessible(desktop)
        shot(desktop, page.strip("/").replace("/", "-"), whole=page != "/lagrum/")
