"""The register: idempotent, changed, missing, limited to one unit, protected, undone."""

from __future__ import annotations

import copy

import pytest
from django.utils import timezone, translation

from samhandla.integrations.actions import batches, sources
from samhandla.integrations.actions.undo import undo_batch
from samhandla.integrations.errors import NotReady, UndoRefused
from samhandla.integrations.models import Batch, BatchChange, ChildLink, Link
from samhandla.integrations.queries import in_words
from samhandla.lib.i18n import MONTHS as SWEDISH
from samhandla.lib.i18n import storable
from samhandla.people import actions
from samhandla.people.models import (
    Assignment,
    Child,
    ChildIdentity,
    Duty,
    Enrolment,
    Guardian,
    Guardianship,
    Membership,
    Organisation,
    Staff,
)
from samhandla.trust.models import Actor
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db
TABLES = (
    Organisation, Child, ChildIdentity, Enrolment, Guardian, Guardianship, Membership, Staff, Duty,
    Assignment, Link, ChildLink,
)  # fmt: skip


def snapshot(by):
    """Every row of the register and the links, as it stands."""
    with acting_as(by):
        rows = {model.__name__: list(model.objects.order_by("pk").values()) for model in TABLES}
        return copy.deepcopy(rows) | {"actors": list(Actor.objects.order_by("pk").values())}


def pupils(rows):
    return [p for p in rows["persons"] if p.get("enrolments")]


def rename(rows, count=1):
    for person in pupils(rows)[:count]:
        person["familyName"] = "Nytt-Namn"


def test_same_delivery_twice_changes_nothing(desk):
    desk.take_in()
    before = snapshot(desk.by)
    _batch, outcome = desk.take_in()
    assert all(c["new"] == c["changed"] == c["missing"] == 0 for c in outcome.counts.values())
    assert outcome.counts["persons"]["unchanged"] > 100
    assert snapshot(desk.by) == before
    with acting_as(desk.by):
        assert not BatchChange.objects.filter(batch=_batch).exists()


def test_every_row_is_accounted_for(desk):
    _batch, outcome = desk.take_in()
    for name, c in outcome.counts.items():
        assert c["read"] == sum(
            c[k] for k in ("new", "changed", "unchanged", "refused", "outside", "protected")
        ), name


def test_rehearsal_writes_nothing_but_its_figures(desk):
    before = snapshot(desk.by)
    batch, outcome = desk.rehearse(desk.world.delivery())
    assert outcome.counts["persons"]["new"] > 100
    assert batch.state == "rehearsed"
    assert snapshot(desk.by) == before


def test_undo_restores_exactly(desk):
    empty = snapshot(desk.by)
    first, _ = desk.take_in()
    between = snapshot(desk.by)
    second, outcome = desk.take_in(desk.world.delivery(change=lambda rows: rename(rows, 3)))
    assert outcome.counts["persons"]["changed"] == 3
    assert snapshot(desk.by) != between
    undo_batch(by=desk.by, batch=second)
    assert snapshot(desk.by) == between
    undo_batch(by=desk.by, batch=first)
    assert snapshot(desk.by) == empty


def test_undo_of_an_older_batch_says_no_when_a_later_one_touched_it(desk):
    first, _ = desk.take_in()
    before = snapshot(desk.by)
    later, _ = desk.take_in(desk.world.delivery(change=rename))
    with pytest.raises(UndoRefused, match="senare import") as refused:
        undo_batch(by=desk.by, batch=first)
    stored, when = storable(refused.value.args[0]), timezone.localtime(later.committed_at)
    assert f"{when.day} {SWEDISH[when.month - 1]} {when.year}" in in_words(stored)
    with translation.override("en"):
        assert f"{when:%-d %B %Y %H:%M}" in in_words(stored)
        assert "later import" in in_words(stored)
    undo_batch(by=desk.by, batch=later)
    assert snapshot(desk.by) == before


def test_undo_of_an_older_batch_works_when_nothing_is_shared(desk):
    desk.take_in()
    one, _ = desk.take_in(desk.world.delivery(change=rename))

    def other(rows):
        rename(rows)
        pupils(rows)[5]["givenName"] = "Annat"

    desk.take_in(desk.world.delivery(change=other))
    undo_batch(by=desk.by, batch=one)
    with acting_as(desk.by):
        assert Child.objects.filter(given_name="Annat").count() == 1
        assert not Child.objects.filter(family_name="Nytt-Namn").exists()


def test_undo_says_no_when_somebody_changed_the_row_by_hand(desk):
    desk.take_in()
    batch, _ = desk.take_in(desk.world.delivery(change=rename))
    with acting_as(desk.by):
        child = Child.objects.get(family_name="Nytt-Namn")
    actions.update_child(by=desk.by, child=child, family_name="För-Hand")
    with pytest.raises(UndoRefused, match="ändrats efteråt"):
        undo_batch(by=desk.by, batch=batch)


def test_undo_leaves_and_names_rows_that_it_made_and_somebody_edited(desk):
    batch, _ = desk.take_in()
    with acting_as(desk.by):
        person = Staff.objects.order_by("pk").first()
        Staff.objects.filter(pk=person.pk).update(phone="0700000000")
        guardian = Guardian.objects.order_by("pk").first()
        Guardian.objects.filter(pk=guardian.pk).update(email="ny@exempel.se")
        child = Child.objects.order_by("pk").first()
    actions.update_child(by=desk.by, child=child, given_name="Rättat")
    before = snapshot(desk.by)
    with pytest.raises(UndoRefused) as refused:
        undo_batch(by=desk.by, batch=batch)
    said = str(refused.value)
    assert "har ändrats efteråt" in said
    assert f"personal: 1 ({person.full_name})" in said
    assert "vårdnadshavare: 1" in said
    assert "elever: 1" in said
    assert child.family_name not in said
    assert snapshot(desk.by) == before


def test_undo_of_a_batch_whose_rows_were_edited_and_put_back_works(desk):
    empty = snapshot(desk.by)
    batch, _ = desk.take_in()
    with acting_as(desk.by):
        person = Staff.objects.order_by("pk").first()
        for phone in ("0700000000", ""):
            Staff.objects.filter(pk=person.pk).update(phone=phone)
    undo_batch(by=desk.by, batch=batch)
    assert snapshot(desk.by) == empty


def test_only_a_committed_batch_is_undone_and_only_once(desk):
    batch, _ = desk.rehearse(desk.world.delivery())
    with pytest.raises(NotReady):
        undo_batch(by=desk.by, batch=batch)
    done, _ = desk.take_in()
    undo_batch(by=desk.by, batch=done)
    with pytest.raises(NotReady):
        undo_batch(by=desk.by, batch=done)
    with pytest.raises(NotReady):
        batches.commit(by=desk.by, batch=done, delivery=desk.world.delivery())


def test_missing_pupil_is_marked_and_found_again(desk):
    desk.take_in()
    gone = pupils(desk.world.resources)[0]["id"]

    def drop(rows):
        rows["persons"] = [p for p in rows["persons"] if p["id"] != gone]

    count = len(snapshot(desk.by)["Child"])
    _batch, outcome = desk.take_in(desk.world.delivery(change=drop))
    assert outcome.counts["persons"]["missing"] == 1
    with acting_as(desk.by):
        assert Child.objects.filter(missing_since__isnull=False).count() == 1
        assert Child.objects.count() == count
    _batch, outcome = desk.take_in()
    assert outcome.counts["persons"]["changed"] >= 1
    with acting_as(desk.by):
        assert not Child.objects.filter(missing_since__isnull=False).exists()


def test_a_fifth_too_short_stops_and_changes_nothing(desk):
    desk.take_in()
    before = snapshot(desk.by)

    def cut(rows):
        rows["persons"] = rows["persons"][: int(len(rows["persons"]) * 0.8)]

    batch, outcome = desk.take_in(desk.world.delivery(change=cut))
    assert {s.code for s in outcome.stops} >= {"too_few", "missing"}
    assert batch.state == "stopped"
    assert "Inget togs in" in batch.reason
    assert snapshot(desk.by) == before


def test_empty_delivery_and_one_school_only_stop(desk):
    desk.take_in()
    before = snapshot(desk.by)
    _batch, outcome = desk.take_in(desk.world.delivery(change=lambda rows: rows.update(persons=[])))
    assert "empty" in {s.code for s in outcome.stops}
    unit = desk.world.unit_ids()[0]

    def only(rows):
        others = {p["id"] for p in pupils(rows) if p["enrolments"][-1]["enroledAt"]["id"] != unit}
        rows["persons"] = [p for p in rows["persons"] if p["id"] not in others]

    _batch, outcome = desk.take_in(desk.world.delivery(change=only))
    assert "one_school" in {s.code for s in outcome.stops}
    assert snapshot(desk.by) == before


def test_a_column_shift_that_changes_everybody_stops(desk):
    desk.take_in()
    before = snapshot(desk.by)
    _batch, outcome = desk.take_in(desk.world.delivery(change=lambda rows: rename(rows, 1000)))
    assert "changed" in {s.code for s in outcome.stops}
    assert snapshot(desk.by) == before


def test_limits_are_the_sources_own(desk):
    desk.take_in()
    desk.register = sources.save_source(
        by=desk.by, source=desk.register, limits={"persons": {"max_changed_share": 1.0}}
    )
    _batch, outcome = desk.take_in(desk.world.delivery(change=lambda rows: rename(rows, 1000)))
    assert outcome.stops == []


def test_a_run_for_one_school_leaves_the_others_alone(desk):
    desk.take_in()
    with acting_as(desk.by):
        unit = Organisation.objects.filter(kind="school_unit").first()
        before = list(Child.objects.exclude(unit=unit).order_by("pk").values())
        groups = list(Membership.objects.exclude(unit=unit).order_by("pk").values())

    def only_it_renamed(rows):
        rename(rows, 1000)
        rows["groups"] = rows["groups"][:5]

    wide = {"max_changed_share": 1.0, "max_missing_share": 1.0, "min_share": 0.0}
    source = sources.save_source(by=desk.by, source=desk.register, limits={"persons": wide, "groups": wide})
    _batch, outcome = desk.take_in(desk.world.delivery(change=only_it_renamed), source, scope_id=unit.pk)
    assert outcome.stops == [], outcome.stopped
    with acting_as(desk.by):
        assert Child.objects.filter(unit=unit, family_name="Nytt-Namn").exists()
        assert list(Child.objects.exclude(unit=unit).order_by("pk").values()) == before
        assert list(Membership.objects.exclude(unit=unit).order_by("pk").values()) == groups


def test_several_organisers_must_be_chosen_between(desk):
    def add(rows):
        root = {
            **rows["organisations"][0],
            "id": "11111111-1111-4111-8111-111111111111",
            "displayName": "Fria AB",
        }
        rows["organisations"].append({**root, "organisationNumber": "5560000000"})

    source = sources.save_source(by=desk.by, name="Utan val", kind="ss12000")
    _batch, outcome = desk.take_in(desk.world.delivery(change=add), source)
    assert [s.code for s in outcome.stops] == ["many_huvudman"]
    assert "Fria AB" in outcome.stopped


def test_staff_keep_the_login_name_and_address_of_the_source(desk):
    desk.take_in()
    with acting_as(desk.by):
        people = list(Staff.objects.values_list("eppn", "email"))
    assert people
    assert all(eppn.startswith("p") and "@" in eppn and eppn == email for eppn, email in people)


def test_a_login_name_that_two_share_is_given_to_neither(desk):
    def share(rows):
        staff = [p for p in rows["persons"] if p.get("emails")]
        for person in staff[:2]:
            person["eduPersonPrincipalNames"] = ["samma@exempel.se"]

    batch, _ = desk.take_in(desk.world.delivery(change=share))
    with acting_as(desk.by):
        assert not Staff.objects.filter(eppn="samma@exempel.se").exists()
        assert Staff.objects.filter(eppn="").count() == 2
    assert [r["rows"] for r in batch.remarks if "EPPN" in r["text"]] == [2]


def test_two_authorities_never_share_rows(desk):
    desk.take_in()
    other = actions.found_authority(by=None, name="Annan", kind="independent", branches=("school",))
    from samhandla.people.queries import service_viewer

    with acting_as(service_viewer(other.pk)):
        for model in (Child, Link, ChildLink, Batch, BatchChange):
            assert model.objects.count() == 0
