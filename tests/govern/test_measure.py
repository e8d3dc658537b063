"""What the board calls high absence: who sets it, from when, and what it changes."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied, ValidationError
from django.urls import reverse

from samhandla.govern import actions, jobs, queries
from samhandla.govern.models import BoardMeasure
from samhandla.govern.rules import Term
from samhandla.people.actions import found_authority
from samhandla.people.queries import service_viewer, today
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db
ADDRESS = "/namnd/definition/"


@pytest.fixture(autouse=True)
def asked(monkeypatch):
    """Note which counts are asked for; the queue itself has no place in a test's transaction."""
    found: list[int] = []
    monkeypatch.setattr(jobs, "count_soon", found.append)
    return found


def said(**changed):
    return {
        "limit": "10,5",
        "absence": "all",
        "group_limit": "20",
        "valid_from": str(today()),
        "reason": "Nämndens beslut § 12",
        **changed,
    }


@pytest.mark.parametrize("name", ["controller", "process_leader"])
def test_the_definition_is_set_on_its_page(town, client, asked, name):
    town.count()
    client = town.cast.login(client, name)
    assert "Ändra definitionen" in client.get(reverse("board")).content.decode()
    assert client.post(ADDRESS, said()).status_code == 303
    measure = queries.measure_of(town.cast.authority["board"].pk)
    assert (measure.version, measure.threshold, measure.group_limit) == (2, Decimal("0.105"), 20)
    assert measure.set_by_id == town.cast.staff[name].actor_id
    assert asked == [measure.set_by.authority_id]
    text = client.get(ADDRESS).content.decode()
    assert "Över 10,5 procent, giltig och ogiltig frånvaro. Minsta grupp som visas: 20 elever." in text
    assert "Nämndens beslut § 12" in text
    assert "Låsta sidor behåller sin egen definition" in text
    assert "en ny definition" in client.get(reverse("board")).content.decode()


def test_what_is_frozen_keeps_its_definition(town):
    by = town.cast.viewer("controller")
    page = town.freeze("VT2025")
    actions.set_measure(by=by, reason="x", threshold=Decimal("0.3"))
    assert content_of(by)["same_as"] == page.content["same_as"]  # until they are counted again
    town.count()
    with acting_as(by):
        page.refresh_from_db()
    assert page.content["definition"]["threshold"] == "0.150"
    assert content_of(by)["definition"]["threshold"] == "0.300"
    assert content_of(by)["same_as"] != page.content["same_as"]
    assert queries.is_whole(page)


def test_only_invalid_absence_can_count(town):
    """The pupils of the town are away with valid absence only."""
    by = town.cast.viewer("process_leader")
    town.count()
    before = next(r for r in content_of(by)["rows"] if r["unit"] is None)
    actions.set_measure(by=by, reason="x", absence="invalid")
    town.count()
    content = content_of(by)
    now = next(r for r in content["rows"] if r["unit"] is None)
    assert (before["percent"], now["percent"]) == ("20.0", "0.0")
    assert "Frånvaron är bara ogiltig frånvaro, i minuter." in content["definition_text"]


def test_a_later_day_takes_over_when_it_comes(cast, monkeypatch):
    by, authority = cast.viewer("controller"), cast.authority["board"].pk
    actions.set_measure(by=by, reason="x")
    later = today() + timedelta(days=30)
    actions.set_measure(by=by, reason="sedan", valid_from=later, threshold=Decimal("0.2"))
    actions.set_measure(by=by, reason="nu", threshold=Decimal("0.12"))
    assert queries.measure_of(authority).reason == "nu"
    monkeypatch.setattr(queries, "today", lambda: later)
    assert queries.measure_of(authority).threshold == Decimal("0.2")


@pytest.mark.parametrize(
    "wrong",
    [
        {"group_limit": "9"},
        {"limit": "0"},
        {"limit": "100"},
        {"absence": "late"},
        {"reason": ""},
        {"valid_from": "2020-01-01"},
        {"valid_from": "x"},
    ],
    ids=str,
)
def test_what_cannot_be_meant_is_refused(cast, client, wrong):
    answer = cast.login(client, "controller").post(ADDRESS, said(**wrong))
    assert answer.status_code == 422
    assert not BoardMeasure.objects.exists()


def test_the_action_refuses_what_the_form_refuses(cast):
    by = cast.viewer("controller")
    with pytest.raises(ValidationError, match="minst 10"):
        actions.set_measure(by=by, reason="x", group_limit=9)
    with pytest.raises(ValidationError, match="tidigast i dag"):
        actions.set_measure(by=by, reason="x", valid_from=today() - timedelta(days=1))
    assert not BoardMeasure.objects.exists()


@pytest.mark.parametrize("name", ["principal", "mentor_7b", "data_administrator"])
def test_others_do_not_define(cast, client, name):
    client = cast.login(client, name)
    assert client.get(ADDRESS).status_code == 404
    assert client.post(ADDRESS, said()).status_code == 404
    with pytest.raises(PermissionDenied):
        actions.set_measure(by=cast.viewer(name), reason="x")
    assert not BoardMeasure.objects.exists()


def test_the_boards_that_share_a_definition_are_named(cast):
    made = {
        name: found_authority(by=None, name=name, kind="board", branches=("school",), municipality_code=code)
        for name, code in (
            ("Grannens nämnd", "1"),
            ("Grundskolenämnden", "1283"),
            ("Gymnasienämnden", "1283"),
        )
    }
    by = service_viewer(made["Grundskolenämnden"].pk)
    assert queries.boards_sharing_for(by) == ["Gymnasienämnden"]
    assert queries.boards_sharing_for(cast.viewer("controller")) == []


def content_of(by):
    with acting_as(by):
        return queries.board_content_for(by, Term.parse("VT2025"))
