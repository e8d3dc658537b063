"""Närvarohandledning: figures of a group, three questions, what we do, next date."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse

from samhandla.analytics.models import AttendanceDay, LakeFile
from samhandla.analytics.queries import data_up_to
from samhandla.detect.models import Guidance
from samhandla.detect.queries.guidance import group_figures_for, guidance_page_for, list_guidance_for
from samhandla.people import actions as people
from samhandla.people.queries import domain_of, today
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db
REFUSED = (403, 404)
TEXTS = {
    "works": "Morgonsamlingen.",
    "we_do": "Vi ringer hem samma dag.",
    "next_on": (today() + timedelta(days=30)).isoformat(),
}


@pytest.fixture
def last(cast):
    """The last day with data."""
    LakeFile.objects.create(
        authority=cast.authority["board"], source_id=1, batch_id=1, dataset="lessons", path="x", rows=1,
        sha256="x", first_date=today() - timedelta(days=90), last_date=today(), live=True,
    )  # fmt: skip
    return data_up_to(cast.authority["board"].pk)


def attend(cast, name, day, *, valid=0, invalid=0, reported=300):
    child, by = cast.child[name], cast.service()
    with acting_as(by):
        AttendanceDay.objects.create(
            child=child, domain=domain_of(by.authority_id, "school"), unit_id=child.unit_id, date=day,
            lessons=5, absent_lessons=0, offered=300, present=300 - valid - invalid, valid=valid,
            invalid=invalid, other=0, reported=reported, batch_id=1,
        )  # fmt: skip


def fill_unit(cast, count):
    """Put other pupils of the unit in a class of their own, each with a day of attendance."""
    by = cast.service()
    for number in range(count):
        with acting_as(by):
            cast.child[f"p{number}"] = people.register_child(
                by=by, unit=cast.unit["berga"], given_name="P", family_name=str(number),
                birth_date=date(2013, 1, 1), sex="K", protection="none",
            )  # fmt: skip
        attend(cast, f"p{number}", data_up_to(by.authority_id), valid=30)


def figures(cast, name="officer", group="7B"):
    viewer = cast.viewer(name)
    with acting_as(viewer):
        return group_figures_for(viewer, cast.group[group])


def test_figures_are_sums_of_the_group_now_and_before(cast, last):
    attend(cast, "alma", last, valid=60, invalid=30)
    attend(cast, "omar", last, reported=150)
    attend(cast, "alma", last - timedelta(days=30), valid=150)
    attend(cast, "hugo", last, invalid=300)
    found = figures(cast)
    assert (found.group.pupils, found.group.offered) == (2, 600)
    assert found.group.absence_share == 0.15
    assert found.group.invalid_share == 0.05
    assert found.group.reporting_rate == 0.75
    assert found.before.absence_share == 0.5
    assert found.change == -0.35


def test_the_rest_of_the_unit_is_compared_only_when_it_is_ten_or_more(cast, last):
    attend(cast, "alma", last)
    fill_unit(cast, 9)
    assert figures(cast).unit is None
    attend(cast, "hugo", last, valid=30)
    assert figures(cast).unit.pupils == 10
    assert figures(cast).unit.absence_share == 0.1


def test_the_mentor_sees_the_own_group_and_no_other_figures(cast, last):
    attend(cast, "alma", last)
    fill_unit(cast, 12)
    assert figures(cast, "mentor_7b").unit is None
    viewer = cast.viewer("mentor_7b")
    with acting_as(viewer):
        assert guidance_page_for(viewer, cast.group["7A"].pk, today=today()) is None
        assert not guidance_page_for(viewer, cast.group["7B"].pk, today=today()).may_lead


def test_without_data_there_are_no_figures(cast):
    assert figures(cast) is None


def test_a_meeting_is_held_and_stays_in_the_history(client, cast, last):
    attend(cast, "alma", last, valid=60)
    mentor = cast.staff["mentor_7b"]
    url = reverse("guidance-hold", args=[cast.group["7B"].pk, mentor.pk])
    assert "Vad fungerar?" in cast.login(client, "officer").get(url).text
    refused = client.post(url, {**TEXTS, "we_do": ""})
    assert refused.status_code == 422
    assert TEXTS["works"] in refused.text
    for day in ("2020-01-01", "2999-01-01"):
        wrong = client.post(url, {**TEXTS, "next_on": day})
        assert (wrong.status_code, "Välj en dag efter i dag" in wrong.text) == (422, True)
    assert client.post(url, TEXTS).status_code == 303
    row = Guidance.objects.get()
    assert (row.mentor_id, row.figures["group"]["valid"]) == (mentor.pk, 60)
    page = cast.login(client, "mentor_7b").get(reverse("guidance-group", args=[cast.group["7B"].pk]))
    assert TEXTS["we_do"] in page.text
    assert "Börja handledning" not in page.text


def test_the_kept_figures_do_not_move_when_the_data_do(client, cast, last):
    attend(cast, "alma", last, valid=60)
    url = reverse("guidance-hold", args=[cast.group["7B"].pk, cast.staff["mentor_7b"].pk])
    cast.login(client, "officer").post(url, TEXTS)
    attend(cast, "omar", last, valid=300)
    page = client.get(reverse("guidance-group", args=[cast.group["7B"].pk]))
    ((_row, kept),) = page.context["history"]
    assert kept.group.absence_share == 0.2
    assert page.context["page"].figures.group.absence_share == 0.6


def test_those_who_have_waited_longest_come_first(client, cast, last):
    url = reverse("guidance-hold", args=[cast.group["7A"].pk, cast.staff["mentor_7a"].pk])
    cast.login(client, "officer").post(url, TEXTS)
    viewer = cast.viewer("officer")
    with acting_as(viewer):
        rows = list_guidance_for(viewer, today=today())
    assert [(r.group.name, r.due) for r in rows] == [("7B", True), ("7A", False)]
    assert "dags att boka" in client.get(reverse("guidance")).text


def test_the_principal_may_lead_too(client, cast):
    url = reverse("guidance-hold", args=[cast.group["7B"].pk, cast.staff["mentor_7b"].pk])
    assert cast.login(client, "principal").post(url, TEXTS).status_code == 303


@pytest.mark.parametrize(
    "name", ["mentor_7b", "counsellor", "principal_lunda", "principal_fria", "controller"]
)
def test_others_do_not_lead(client, cast, name):
    url = reverse("guidance-hold", args=[cast.group["7B"].pk, cast.staff["mentor_7b"].pk])
    assert cast.login(client, name).get(url).status_code in REFUSED
    assert client.post(url, TEXTS).status_code in REFUSED
    assert Guidance.objects.count() == 0


@pytest.mark.parametrize("name", ["mentor_7a", "principal_lunda", "counsellor", "nurse"])
def test_others_do_not_read_the_groups_page(client, cast, name):
    url = reverse("guidance-group", args=[cast.group["7B"].pk])
    assert cast.login(client, name).get(url).status_code in REFUSED


def test_a_mentor_of_another_group_cannot_be_named(client, cast):
    url = reverse("guidance-hold", args=[cast.group["7B"].pk, cast.staff["mentor_7a"].pk])
    assert cast.login(client, "officer").get(url).status_code == 404


def test_the_list_is_empty_for_a_mentor_without_group(client, cast):
    by = cast.service()
    cast.staff["new"] = people.register_staff(by=by, given_name="New", family_name="Prov")
    people.give_duty(
        by=by, staff=cast.staff["new"], unit=cast.unit["lunda"], role="mentor", valid_from=today()
    )
    assert "Ingen grupp att visa" in cast.login(client, "new").get(reverse("guidance")).text


def test_the_next_date_is_suggested_four_weeks_ahead_and_what_is_missing_is_said(client, cast):
    url = reverse("guidance-hold", args=[cast.group["7B"].pk, cast.staff["mentor_7b"].pk])
    page = cast.login(client, "principal").get(url).text
    after = today() + timedelta(weeks=4)
    weekday = next(day for n in range(3) if (day := after + timedelta(days=n)).weekday() < 5)
    assert f'value="{weekday:%Y-%m-%d}"' in page
    refused = client.post(url, {"works": "Lugna morgnar."})
    assert refused.status_code == 422
    assert "Lugna morgnar." in refused.text
    assert "Skriv vad ni gör. En mening räcker." in refused.text
    assert "Välj en dag för nästa gång." in refused.text
    assert "måste fyllas i" not in refused.text
