"""Only what has changed is fetched: what the source has deleted ends, the rest is left alone."""

from __future__ import annotations

import copy
import time
from datetime import UTC, datetime, timedelta

import pytest

from samhandla.integrations.actions import sources
from samhandla.integrations.actions.batches import start_batch
from samhandla.integrations.actions.running import run_batch
from samhandla.integrations.models import Batch
from samhandla.integrations.rules.people import SUGGESTED_ROLES
from samhandla.integrations.ss12000.fake import FakeServer
from samhandla.integrations.ss12000.fake_source import FakeSource
from samhandla.people.models import (
    Assignment,
    Child,
    Duty,
    Enrolment,
    Group,
    Guardian,
    Guardianship,
    Membership,
    Staff,
)
from samhandla.people.queries import today
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db
TABLES = (Child, Enrolment, Guardian, Guardianship, Group, Membership, Staff, Duty, Assignment)


@pytest.fixture(autouse=True)
def patient(monkeypatch):
    monkeypatch.setattr(time, "sleep", lambda seconds: None)


@pytest.fixture
def server(world):
    # A copy of its own, since the tests change it; without attendance, which is slow and not the subject.
    names = ("organisations", "persons", "groups", "duties")
    resources = {name: copy.deepcopy(world.resources[name]) for name in names}
    for group in resources["groups"]:
        del group["endDate"]  # the invented school year may be over when the test runs
    with FakeServer(FakeSource(resources)) as fake:
        fake.faults.status = dict.fromkeys(("calendarEvents", "attendances", "aggregatedAttendance"), 404)
        yield fake


@pytest.fixture
def source(desk, server):
    kept = {"base_url": server.base_url, "huvudman": desk.world.huvudman, "only_changes": True}
    fields = {"name": "Server", "kind": "ss12000", "settings": kept, "roles": dict(SUGGESTED_ROLES)}
    return sources.save_source(by=desk.by, credentials={"token": "prov"}, **fields)


@pytest.fixture
def first(desk, source):
    return run(desk, source)


def run(desk, source):
    batch = start_batch(by=desk.by, source=source, wants_commit=True)
    outcome = run_batch(desk.by, batch.pk)
    assert outcome.stops == [], outcome.stopped
    with acting_as(desk.by):
        return Batch.objects.get(pk=batch.pk)


def rows_of(desk):
    with acting_as(desk.by):
        return {m.__name__: {row["id"]: row for row in m.objects.values()} for m in TABLES}


def changed_rows(before, after):
    """Return table → keys of rows that are new, gone or different."""
    differing = {
        name: {key for key in rows.keys() | after[name].keys() if rows.get(key) != after[name].get(key)}
        for name, rows in before.items()
    }
    return {name: keys for name, keys in differing.items() if keys}


def own_pupils(server, desk):
    """The server's pupils of the authority's own units, with an open place and without protection."""
    units = {o["id"]: o for o in server.source.resources["organisations"]}

    def root(one):
        above = one.get("parentOrganisation")
        return one["id"] if above is None else root(units[above["id"]])

    return [
        p
        for p in server.source.resources["persons"]
        if len(p.get("enrolments", ())) == 1
        and "endDate" not in p["enrolments"][0]
        and p.get("securityMarking") == "Ingen"
        and root(units[p["enrolments"][0]["enroledAt"]["id"]]) == desk.world.huvudman
    ]


def touch(row):
    row["meta"] = {**row["meta"], "modified": (datetime.now(UTC) + timedelta(minutes=5)).isoformat()}


def asked(server, name):
    return [query for path, query in server.queries if path.endswith(f"/{name}")]


def child_named(desk, row):
    with acting_as(desk.by):
        return Child.objects.get(given_name=row["givenName"], family_name=row["familyName"])


def test_nothing_changed_asks_for_little_and_changes_nothing(desk, source, server, first):
    before = rows_of(desk)
    server.queries.clear()
    batch = run(desk, source)
    assert all("meta.modified.after" in query for query in asked(server, "persons"))
    assert asked(server, "groups")[0].keys() >= {"meta.modified.after"}
    assert asked(server, "deletedEntities")
    assert batch.counts.get("persons", {}).get("read", 0) == 0
    assert changed_rows(before, rows_of(desk)) == {}
    assert not batch.cursor["full"]


def test_a_changed_name_changes_and_nothing_else_does(desk, source, server, first):
    pupil = own_pupils(server, desk)[0]
    child, before = child_named(desk, pupil), rows_of(desk)
    pupil["familyName"] = "Nytt-Namn"
    touch(pupil)
    batch = run(desk, source)
    assert batch.counts["persons"]["changed"] == 1
    assert batch.counts["persons"]["missing"] == 0
    assert changed_rows(before, rows_of(desk)) == {"Child": {child.pk}}
    with acting_as(desk.by):
        assert Child.objects.get(pk=child.pk).family_name == "Nytt-Namn"


def test_a_deleted_pupil_ends_and_keeps_its_history(desk, source, server, first):
    pupil = own_pupils(server, desk)[0]
    child, before = child_named(desk, pupil), rows_of(desk)
    server.source.resources["persons"].remove(pupil)
    server.source.deleted = {"persons": [pupil["id"]]}
    batch = run(desk, source)
    assert batch.counts["persons"]["missing"] == 1
    after = rows_of(desk)
    assert changed_rows(before, after).keys() <= {"Child", "Enrolment", "Membership"}
    assert after["Child"].keys() == before["Child"].keys()
    yesterday = today() - timedelta(days=1)
    with acting_as(desk.by):
        assert Child.objects.get(pk=child.pk).missing_since == today()
        for model in (Enrolment, Membership):
            ends = list(model.objects.filter(child=child).values_list("valid_to", flat=True))
            assert ends, model
            assert all(end is not None and end <= yesterday for end in ends), model


def test_who_is_only_absent_from_the_changes_is_not_missing(desk, source, server, first):
    before = rows_of(desk)
    for pupil in own_pupils(server, desk)[:20]:
        server.source.resources["persons"].remove(pupil)
    batch = run(desk, source)
    assert batch.counts.get("persons", {}).get("missing", 0) == 0
    assert changed_rows(before, rows_of(desk)) == {}


def test_an_ended_enrolment_and_a_pupil_who_left_end(desk, source, server, first):
    ends, leaves = own_pupils(server, desk)[:2]
    last = today() - timedelta(days=30)
    one, other = child_named(desk, ends), child_named(desk, leaves)
    ends["enrolments"][0]["endDate"] = last.isoformat()
    leaves["enrolments"] = []
    for pupil in (ends, leaves):
        touch(pupil)
    run(desk, source)
    with acting_as(desk.by):
        assert Enrolment.objects.get(child=one).valid_to == last
        assert Enrolment.objects.get(child=other).valid_to == today() - timedelta(days=1)
        assert Child.objects.get(pk=other.pk).missing_since == today()
        assert Child.objects.get(pk=one.pk).missing_since is None


def test_a_deleted_group_ends_with_its_places_and_others_stay(desk, source, server, first):
    units = {p["enrolments"][0]["enroledAt"]["id"] for p in own_pupils(server, desk)}
    groups = server.source.resources["groups"]
    group = next(g for g in groups if g["organisation"]["id"] in units and g["groupType"] == "Undervisning")
    groups.remove(group)
    server.source.deleted = {"groups": [group["id"]]}
    before = rows_of(desk)
    batch = run(desk, source)
    assert batch.counts["groups"]["missing"] == 1
    after = rows_of(desk)
    ended = changed_rows(before, after)
    assert len(ended["Group"]) == 1
    assert ended.keys() <= {"Group", "Membership", "Assignment"}
    key = next(iter(ended["Group"]))
    assert after["Group"][key]["valid_to"] == today() - timedelta(days=1)
    assert {before["Membership"][m]["group_id"] for m in ended.get("Membership", ())} <= {key}


def test_a_changed_group_keeps_its_school_year_and_its_mentor(desk, source, server, first):
    units = {p["enrolments"][0]["enroledAt"]["id"] for p in own_pupils(server, desk)}
    groups = server.source.resources["groups"]
    group = next(g for g in groups if g["organisation"]["id"] in units and g["groupType"] == "Klass")
    before = rows_of(desk)
    group["displayName"] = "7X"
    touch(group)
    run(desk, source)
    after = rows_of(desk)
    assert {name: len(keys) for name, keys in changed_rows(before, after).items()} == {"Group": 1}
    changed = next(row for row in after["Group"].values() if row["name"] == "7X")
    assert changed["school_year"] == before["Group"][changed["id"]]["school_year"] is not None


def test_a_deleted_duty_ends_its_tasks_and_nobody_elses(desk, source, server, first):
    with acting_as(desk.by):
        mentor = Assignment.objects.filter(role__in=("mentor", "class_teacher"), valid_to=None).first().staff
    people = server.source.resources["persons"]
    person = next(p for p in people if (p.get("eduPersonPrincipalNames") or [""])[0] == mentor.eppn)
    duties = server.source.resources["duties"]
    gone = [duty for duty in duties if duty["person"]["id"] == person["id"]]
    for duty in gone:
        duties.remove(duty)
    server.source.deleted = {"duties": [duty["id"] for duty in gone]}
    before = rows_of(desk)
    run(desk, source)
    after = rows_of(desk)
    for table in ("Duty", "Assignment"):
        mine = {key for key, row in before[table].items() if row["staff_id"] == mentor.pk}
        assert changed_rows(before, after)[table] == mine
        assert all(after[table][key]["valid_to"] <= today() - timedelta(days=1) for key in mine)
    assert mentor.pk in after["Staff"]


def test_a_guardian_who_changed_alone_is_changed_and_a_marking_lifts_the_children(
    desk, source, server, first
):
    pupil = next(p for p in own_pupils(server, desk) if len(p["responsibles"]) > 1)
    child = child_named(desk, pupil)
    people = {p["id"]: p for p in server.source.resources["persons"]}
    renamed, marked = (people[tie["person"]["id"]] for tie in pupil["responsibles"][:2])
    renamed["familyName"] = "Bytt"
    marked["securityMarking"] = "Sekretessmarkering"
    for adult in (renamed, marked):
        touch(adult)
    run(desk, source)
    with acting_as(desk.by):
        assert Guardian.objects.filter(family_name="Bytt").count() == 1
        assert Child.objects.get(pk=child.pk).protection == "marked"
    pupil["givenName"] = "Syns-Inte"
    touch(pupil)
    run(desk, source)
    with acting_as(desk.by):
        stored = Child.objects.get(pk=child.pk)
    assert stored.protection == "marked"
    assert stored.given_name != "Syns-Inte"


def test_everything_is_fetched_again_after_a_week_and_when_the_terms_change(desk, source, server, first):
    assert first.cursor["full"]
    assert not run(desk, source).cursor["full"]
    kept = {**source.settings, "areas": {"99999": "Norr"}}
    changed = sources.save_source(by=desk.by, source=source, settings=kept)
    assert run(desk, changed).cursor["full"]
    with acting_as(desk.by):
        old = datetime.now(UTC) - timedelta(days=8)
        Batch.objects.filter(source=source).update(committed_at=old)
    assert run(desk, changed).cursor["full"]


def test_deletions_that_cannot_be_told_stop_the_run(desk, source, server, first):
    server.faults.status["deletedEntities"] = 500
    before = rows_of(desk)
    batch = start_batch(by=desk.by, source=source, wants_commit=True)
    outcome = run_batch(desk.by, batch.pk)
    assert [(stop.code, stop.resource) for stop in outcome.stops] == [("incomplete", "deletedEntities")]
    assert "borttagna poster" in outcome.stopped
    assert changed_rows(before, rows_of(desk)) == {}
