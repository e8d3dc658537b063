"""Where a pupil goes to school, as SS 12000 tells it: forms, early ends, and units that close."""

from __future__ import annotations

import pytest

from samhandla.people.models import Child, Enrolment
from samhandla.people.queries import on_day, today
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db


def pupil_of(rows, forms=("GR",)):
    """Name a pupil with a place that goes on, of the authority's own, with no marking in the family."""
    people = {p["id"]: p for p in rows["persons"]}
    plain = [p for p in rows["persons"] if p.get("enrolments") and p.get("securityMarking") == "Ingen"]
    found = next(
        p
        for p in plain
        if p["enrolments"][-1]["schoolType"] in forms
        and "endDate" not in p["enrolments"][-1]
        and all(
            people.get(tie["person"]["id"], {}).get("securityMarking") == "Ingen" for tie in p["responsibles"]
        )
    )
    found["givenName"] = "Prov"
    found["enrolments"] = found["enrolments"][-1:]
    return found


def places(desk):
    """Return (form, school year, main) of the pupil's places today."""
    with acting_as(desk.by):
        rows = Enrolment.objects.filter(on_day(today()), child__given_name="Prov")
        return sorted(rows.values_list("form", "school_year", "main"))


def in_form(form, year=7):
    def change(rows):
        pupil_of(rows)["enrolments"][0].update(schoolType=form, schoolYear=year)

    return change


def test_a_pupil_who_goes_over_to_the_training_school_track_stays(desk):
    desk.take_in(desk.world.delivery(change=in_form("GRS")))
    assert places(desk) == [("GRS", 7, True)]
    _batch, outcome = desk.take_in(desk.world.delivery(change=in_form("TR")))
    assert outcome.counts["persons"]["missing"] == 0
    assert places(desk) == [("GRS", 7, True)]
    with acting_as(desk.by):
        assert Child.objects.get(given_name="Prov").missing_since is None


def test_adult_education_is_still_no_place_in_the_register(desk):
    desk.take_in(desk.world.delivery(change=in_form("VUXSARTR", None)))
    assert places(desk) == []


@pytest.mark.parametrize("same_unit", [True, False])
def test_the_compulsory_place_is_the_main_one_beside_after_school_care(desk, same_unit):
    def change(rows):
        pupil = pupil_of(rows)
        pupil["enrolments"][0].update(schoolType="TR", schoolYear=2)
        here = pupil["enrolments"][0]["enroledAt"]["id"]
        other = next(one for one in desk.world.unit_ids() if one != here and one in own_units(desk))
        care = {"schoolType": "FTH", "startDate": f"{today().year}-01-01"}
        pupil["enrolments"].append({**care, "enroledAt": {"id": here if same_unit else other}})

    desk.take_in(desk.world.delivery(change=change))
    assert places(desk) == [("FTH", None, False), ("GRS", 2, True)]


def formless(year, *forms):
    """Take the form off the pupil's place, at a unit that has some forms."""

    def change(rows):
        place = pupil_of(rows)["enrolments"][0]
        del place["schoolType"]
        place["schoolYear"] = year
        unit = next(o for o in rows["organisations"] if o["id"] == place["enroledAt"]["id"])
        unit["schoolTypes"] = list(forms)

    return change


def test_a_place_without_a_form_gets_the_only_one_of_its_unit(desk):
    desk.take_in(desk.world.delivery(change=formless(2, "GY")))
    assert places(desk) == [("GY", 2, True)]


def test_a_year_that_the_units_form_has_not_is_left_out_and_told(desk):
    delivery = desk.world.delivery(change=formless(7, "GY"))
    assert [one.field for one in delivery.refused["persons"] if "Year" in one.field] == [
        "enrolments.schoolYear"
    ]
    desk.take_in(delivery)
    assert places(desk) == [("GY", None, True)]


@pytest.mark.parametrize("forms", [(), ("GR", "GY")])
def test_a_place_whose_form_cannot_be_told_is_refused_with_row_and_reason(desk, forms):
    delivery = desk.world.delivery(change=formless(2, *forms))
    told = [one for one in delivery.refused["persons"] if one.field == "enrolments.schoolType"]
    person = next(p for p in delivery.persons if p.given_name == "Prov")
    assert [one.row for one in told] == [person.id]
    assert "saknar skolform" in told[0].reason
    _batch, outcome = desk.take_in(delivery)
    assert outcome.counts["persons"]["refused"] == 1
    assert places(desk) == []


def test_a_known_pupil_keeps_the_place_whose_form_did_not_come(desk):
    desk.take_in(desk.world.delivery(change=in_form("GY", 2)))
    before = places(desk)
    _batch, outcome = desk.take_in(desk.world.delivery(change=formless(2, "GR", "GY")))
    assert outcome.counts["persons"]["missing"] == 0
    assert places(desk) == before == [("GY", 2, True)]


def own_units(desk):
    parents = {o["id"]: o.get("parentOrganisation") for o in desk.world.resources["organisations"]}

    def root(one):
        return one if parents[one] is None else root(parents[one]["id"])

    return {one for one in parents if root(one) == desk.world.huvudman}
