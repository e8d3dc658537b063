"""What the school years are called: the lawyer approves and changes, nobody else; the reform shifts one."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from samhandla.people import actions, queries
from samhandla.people.errors import NotAllowed, Refused
from samhandla.people.models import Child, GradeLabel
from samhandla.people.rules import grade_label
from samhandla.trust.events import EventKind
from samhandla.trust.models import Event
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db
SHIFT = date(2028, 7, 1)


@pytest.fixture
def lawyer(cast):
    cast._duty("board", "lawyer", "lawyer", "berga")
    return cast.viewer("lawyer")


def labels_of(cast, authority="board"):
    return queries.grade_labels(cast.authority[authority].pk)


def sets_of(cast, authority="board"):
    return {one.valid_from: one for one in queries.list_label_sets(cast.authority[authority].pk)}


def test_every_label_of_compulsory_school_shifts_one_in_2028(cast):
    labels = labels_of(cast)
    for year in range(1, 10):
        assert grade_label(labels, "GR", year, date(2028, 6, 30)) == str(year)
        assert grade_label(labels, "GR", year, SHIFT) == str(year + 1)
    assert grade_label(labels, "FKLASS", 0, SHIFT) == "1"
    assert grade_label(labels, "GY", 1, SHIFT) == "1"


def test_the_lawyer_approves_one_days_names_in_its_own_name(cast, lawyer):
    waiting = {day: one.waiting for day, one in sets_of(cast).items()}
    count = actions.approve_labels(by=lawyer, valid_from=SHIFT)
    assert count == waiting[SHIFT] > 20
    after = sets_of(cast)
    assert (after[SHIFT].waiting, after[SHIFT].approved) == (0, ("Lawyer Prov, Barn- och skolnämnden",))
    assert [one.waiting for day, one in after.items() if day != SHIFT] == [waiting[date(2011, 7, 1)]]
    with acting_as(lawyer):
        event = Event.objects.get(event=EventKind.LABEL_APPROVED)
    assert event.details == {"valid_from": "2028-07-01", "labels": count}
    with pytest.raises(Refused, match="no_labels"):
        actions.approve_labels(by=lawyer, valid_from=SHIFT)


def test_a_changed_name_waits_again(cast, lawyer):
    actions.approve_labels(by=lawyer, valid_from=SHIFT)
    row = actions.set_label(
        by=lawyer, valid_from=SHIFT, form="GR", school_year=9, label=" tio ", source="Skollagen"
    )
    assert (row.label, row.approved_by) == ("tio", "")
    assert grade_label(labels_of(cast), "GR", 9, SHIFT) == "tio"


def test_another_authoritys_names_are_untouched(cast, lawyer):
    before, law = labels_of(cast, "independent"), list(GradeLabel.objects.filter(authority=None).values())
    actions.approve_labels(by=lawyer, valid_from=SHIFT)
    actions.set_label(by=lawyer, valid_from=SHIFT, form="GR", school_year=9, label="tio", source="Lag")
    assert grade_label(labels_of(cast), "GR", 9, SHIFT) == "tio"
    assert labels_of(cast, "independent") == before
    assert sets_of(cast, "independent")[SHIFT].approved == ()
    assert list(GradeLabel.objects.filter(authority=None).values()) == law


def test_a_name_of_ones_own_holds_from_its_day_until_the_law_says_another(cast, lawyer):
    day = date(2026, 8, 1)
    actions.set_label(by=lawyer, valid_from=day, form="GR", school_year=6, label="sexan", source="Beslut")
    for authority, on, label in (
        ("board", date(2026, 7, 31), "6"),
        ("board", day, "sexan"),
        ("board", SHIFT, "7"),
        ("independent", day, "6"),
    ):
        assert grade_label(labels_of(cast, authority), "GR", 6, on) == label, (authority, on)


def test_the_units_page_and_the_card_use_the_childs_own_authority(cast, lawyer):
    actions.set_label(
        by=lawyer, valid_from=date(2020, 8, 1), form="GR", school_year=7, label="sjuan", source="Beslut"
    )
    for who, unit, label in (("principal", "berga", "sjuan"), ("principal_fria", "fria", "7")):
        viewer = cast.viewer(who)
        with acting_as(viewer):
            groups = queries.list_groups_for(viewer, cast.unit[unit], on=queries.today())
            child = Child.objects.filter(unit=cast.unit[unit]).first()
            (enrolled,) = queries.card_for(viewer, child, on=queries.today()).enrolments
        assert {row.grade for row in groups} == {label}
        assert enrolled.grade == label


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"form": "XX"}, "no_such_year"),
        ({"school_year": 11}, "no_such_year"),
        ({"school_year": -1}, "no_such_year"),
        ({"label": " "}, "label_or_source_missing"),
        ({"source": ""}, "label_or_source_missing"),
    ],
)
def test_a_wrong_name_is_refused(lawyer, change, problem):
    whole = {"valid_from": SHIFT, "form": "GR", "school_year": 9, "label": "10", "source": "Lag"}
    with pytest.raises(Refused, match=problem):
        actions.set_label(by=lawyer, **(whole | change))


@pytest.mark.parametrize("who", ["principal", "administrator", "data_administrator", "process_leader"])
def test_nobody_else_approves_or_changes(cast, who):
    by = cast.viewer(who)
    with pytest.raises(NotAllowed):
        actions.approve_labels(by=by, valid_from=SHIFT)
    with pytest.raises(NotAllowed):
        actions.set_label(by=by, valid_from=SHIFT, form="GR", school_year=9, label="x", source="y")
    assert not GradeLabel.objects.exclude(approved_by="").exists()


def test_the_page_shows_approves_and_changes(client, cast, lawyer):
    cast.login(client, "lawyer")
    page = client.get(reverse("labels")).content.decode()
    assert "Från den 1 juli 2028" in page
    assert "2024/25:UbU17" in page
    assert client.post(reverse("labels-approve"), {"fran": "2028-07-01"}).status_code == 303
    assert "Godkända av Lawyer Prov" in client.get(reverse("labels")).content.decode()
    sent = {"form": "GR", "school_year": 9, "label": "10", "valid_from": "2028-07-01", "source": "Skollagen"}
    assert client.post(reverse("labels-change"), sent).status_code == 303
    assert "ett namn är inte godkänt" in client.get(reverse("labels")).content.decode()


@pytest.mark.parametrize(
    ("sent", "status"), [({"fran": "i går"}, 400), ({}, 400), ({"fran": "1999-01-01"}, 303)]
)
def test_nonsense_is_refused(client, cast, lawyer, sent, status):
    cast.login(client, "lawyer")
    assert client.post(reverse("labels-approve"), sent).status_code == status
    assert client.post(reverse("labels-change"), {"school_year": 99}).status_code == 422


def test_the_units_page_says_when_nobody_has_approved(client, cast, lawyer):
    cast.login(client, "principal")
    assert "inte godkända" in client.get(reverse("register")).content.decode()
    for day in (date(2011, 7, 1), SHIFT):
        actions.approve_labels(by=lawyer, valid_from=day)
    assert "inte godkända" not in client.get(reverse("register")).content.decode()
