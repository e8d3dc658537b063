"""Areas: made by name, chosen for a unit by whoever keeps it."""

from __future__ import annotations

import pytest
from django.urls import reverse

from samhandla.people import actions
from samhandla.people.errors import NotAllowed
from samhandla.people.models import Area, Organisation
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db


@pytest.fixture
def north(cast) -> Area:
    with acting_as(cast.service()):
        (area,) = actions.make_areas(by=cast.service(), names=["Norr"])
    return area


def area_of(cast, unit="berga") -> str | None:
    with acting_as(cast.service()):
        found = Organisation.objects.select_related("area").get(pk=cast.unit[unit].pk).area
    return found.name if found else None


def test_a_name_is_one_area(cast, north):
    with acting_as(cast.service()):
        made = actions.make_areas(by=cast.service(), names=["Norr", " Söder ", "", "Söder"])
        assert [one.name for one in made] == ["Söder"]
        assert Area.objects.filter(name__in=["Norr", "Söder"]).count() == 2


def test_only_who_runs_imports_makes_areas(cast):
    by = cast.viewer("principal")
    with acting_as(by), pytest.raises(NotAllowed):
        actions.make_areas(by=by, names=["Norr"])
    assert not Area.objects.exists()


@pytest.mark.parametrize("who", ["principal", "administrator"])
def test_a_unit_gets_its_area_on_the_page(client, cast, north, who):
    browser = cast.login(client, who)
    assert "Spara området" in browser.get(reverse("register")).content.decode()
    path = reverse("register-unit-area", args=[cast.unit["berga"].pk])
    assert browser.post(path, {"area": north.pk}).status_code == 303
    assert area_of(cast) == "Norr"
    assert "Område: Norr" in browser.get(reverse("register")).content.decode()
    browser.post(path, {"area": north.pk + 999})
    assert area_of(cast) == "Norr"
    browser.post(path, {"area": ""})
    assert area_of(cast) is None


@pytest.mark.parametrize("who", ["principal_lunda", "mentor_7b"])
def test_nobody_else_chooses_it(client, cast, north, who):
    path = reverse("register-unit-area", args=[cast.unit["berga"].pk])
    assert cast.login(client, who).post(path, {"area": north.pk}).status_code == 404
    assert area_of(cast) is None


def test_without_areas_the_page_says_where_they_are_made(client, cast):
    page = cast.login(client, "principal").get(reverse("register")).content.decode()
    assert "Områden läggs upp av systemförvaltaren" in page
    assert "Spara området" not in page
