"""Where a pupil goes to school, as SS 12000 tells it: forms, early ends, and units that close."""

from __future__ import annotations

from datetime import timedelta

import pytest

from samhandla.integrations.actions import sources
from samhandla.people.actions import set_adapted
from samhandla.people.models import Assignment, Child, Duty, Enrolment, Group, Membership
from samhandla.people.queries import on_day, today, viewer_of_actor
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


def sees(desk):
    """Tell whether the mentor of the pupil's class reads the pupil."""
    with acting_as(desk.by):
        child = Child.objects.get(given_name="Prov")
        groups = Membership.objects.filter(child=child).values("group")
        task = Assignment.objects.filter(group__in=groups, role__in=("mentor", "class_teacher")).first()
    with acting_as(viewer_of_actor(task.staff.actor)):
        return Child.objects.filter(pk=child.pk).exists()


def cancel(rows, name="Prov X"):
    """End the pupil's place early, with a last day to come; the groups name the pupil still."""
    pupil_of(rows)["enrolments"][0].update(cancelled=True, endDate=f"{today().year + 1}-06-10")
    for group in rows["groups"]:
        del group["endDate"]
        group["displayName"] = f"{group['displayName']} {name}"


def going_on(rows):
    pupil_of(rows)
    for group in rows["groups"]:
        del group["endDate"]


def test_a_place_that_was_ended_early_ends_with_its_groups_and_what_they_opened(desk):
    register = sources.save_source(
        by=desk.by, source=desk.register, limits={"groups": {"max_changed_share": 1.0}}
    )
    desk.take_in(desk.world.delivery(change=going_on), register)
    assert len(places(desk)) == 1
    assert sees(desk)
    for name in ("en gång", "en gång till"):  # what has ended is not opened again by the next run
        desk.take_in(desk.world.delivery(change=lambda rows, name=name: cancel(rows, name)), register)
        assert places(desk) == []
        assert not sees(desk)
        with acting_as(desk.by):
            child = Child.objects.get(given_name="Prov")
            assert child.missing_since == today()
            assert not Membership.objects.filter(on_day(today()), child=child).exists()


def test_a_place_that_was_ended_early_never_wins_over_another(desk):
    def change(rows):
        pupil = pupil_of(rows)
        own = pupil["enrolments"][0]
        other = next(u for u in desk.world.unit_ids() if u in own_units(desk) and u != own["enroledAt"]["id"])
        early = {**own, "enroledAt": {"id": other}, "startDate": f"{today()}", "cancelled": True}
        pupil["enrolments"].append(early)

    desk.take_in(desk.world.delivery(change=change))
    assert len(places(desk)) == 1
    with acting_as(desk.by):
        child = Child.objects.get(given_name="Prov")
        assert Enrolment.objects.get(child=child).unit_id == child.unit_id


def test_a_unit_that_has_closed_has_neither_pupils_nor_groups_nor_staff(desk):
    last = today() - timedelta(days=1)

    def close(rows):
        going_on(rows)
        for row in (*rows["organisations"], *rows["duties"]):
            row.pop("endDate", None)
        here = pupil_of(rows)["enrolments"][0]["enroledAt"]["id"]
        next(one for one in rows["organisations"] if one["id"] == here)["endDate"] = str(last)

    desk.take_in(desk.world.delivery(change=close))
    with acting_as(desk.by):
        unit = Child.objects.get(given_name="Prov").unit
        for model in (Enrolment, Group, Duty):
            rows = model.objects.filter(unit=unit)
            assert rows.filter(valid_to=last).exists(), model
            assert not rows.filter(on_day(today())).exists(), model
            assert model.objects.filter(on_day(today())).exists(), model


def test_a_fetch_leaves_what_the_principal_noted_of_adapted_studies(desk):
    desk.take_in(desk.world.delivery(change=in_form("GRS")))
    with acting_as(desk.by):
        set_adapted(by=desk.by, child=Child.objects.get(given_name="Prov"), adapted=True)
    desk.take_in(desk.world.delivery(change=in_form("GR")))
    assert [form for form, _year, _main in places(desk)] == ["GR"]
    with acting_as(desk.by):
        assert set(Child.objects.filter(adapted=True).values_list("given_name", flat=True)) == {"Prov"}


def test_a_place_that_was_ended_early_is_history_beside_the_new_one(desk):
    last = today() - timedelta(days=9)

    def change(rows):
        pupil = pupil_of(rows)
        own = pupil["enrolments"][0]
        other = next(u for u in desk.world.unit_ids() if u in own_units(desk) and u != own["enroledAt"]["id"])
        early = {"enroledAt": {"id": other}, "endDate": str(last), "cancelled": True}
        pupil["enrolments"].append({**own, **early})

    desk.take_in(desk.world.delivery(change=change))
    assert len(places(desk)) == 1
    with acting_as(desk.by):
        child = Child.objects.get(given_name="Prov")
        old = Enrolment.objects.exclude(unit_id=child.unit_id).get(child=child)
    assert (old.valid_to, old.main) == (last, False)


def own_units(desk):
    parents = {o["id"]: o.get("parentOrganisation") for o in desk.world.resources["organisations"]}

    def root(one):
        return one if parents[one] is None else root(parents[one]["id"])

    return {one for one in parents if root(one) == desk.world.huvudman}
