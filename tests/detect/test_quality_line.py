"""What makes the figures uncertain is said before any list of pupils."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from tests.detect.conftest import found

from samhandla.analytics.models import AttendanceDay, LakeFile, QualityNote
from samhandla.analytics.queries import data_up_to, quality_notes_for
from samhandla.detect.models import GroupSignal
from samhandla.detect.queries.principal import group_rows_for
from samhandla.people.queries import domain_of, today
from samhandla.trust.roles import ROLES
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db
MARK = "Uppgifterna är osäkra:"
COUNTED = "Funnet i årets uppgifter:"
MENTOR_READS = "quality:read" in {p.value for p in ROLES["mentor"].permissions}
LISTS = (("mentor_7b", "worklist"), ("principal", "principal"), ("counsellor", "team"))


def note(cast, code, subject="", *, count=40, of=100, unit="berga"):
    with acting_as(cast.service()):
        QualityNote.objects.create(
            authority=cast.authority["board"], unit=cast.unit[unit], code=code, subject=subject,
            count=count, of=of, first_date=today(), last_date=today(), examined_at=timezone.now(),
        )  # fmt: skip


def page(client, cast, name, route):
    return " ".join(cast.login(client, name).get(reverse(route)).text.split())


@pytest.mark.parametrize(("name", "route"), LISTS)
def test_low_reporting_in_the_class_stands_first_on_every_list(client, cast, name, route):
    note(cast, "unreported_class", "7B")
    text = page(client, cast, name, route)
    assert MARK in text
    assert "7B: 40 procent av undervisningstiden är inte registrerad." in text
    assert text.index(MARK) < text.index("<h2")


@pytest.mark.parametrize(("name", "route"), LISTS)
def test_nothing_is_said_where_nothing_is_found(client, cast, name, route):
    note(cast, "reporting", count=95)
    note(cast, "duplicate", count=3, unit="lunda")
    note(cast, "unreported_class", "8C", unit="lunda")
    text = page(client, cast, name, route)
    assert MARK not in text
    assert COUNTED not in text


@pytest.mark.parametrize(("name", "route"), LISTS)
def test_what_was_set_aside_is_said_by_number_with_a_link(client, cast, name, route):
    note(cast, "duplicate", count=12, of=900)
    note(cast, "not_a_school_day", count=1, of=900)
    note(cast, "late_corrections", count=1_230, of=2_000)
    note(cast, "late_corrections", count=5, of=20, unit="lunda")
    text = page(client, cast, name, route).replace("\xa0", " ")
    assert (
        f"{COUNTED}</strong> 1 230 rättelser mer än en vecka efter lektionen; 12 dubbletter som inte räknas; "
        "1 elevdag på helg, lov eller annan dag utan skola, som inte räknas."
    ) in text
    assert text.index(COUNTED) < text.index("<h2")
    assert (reverse("quality") in text) is (name != "mentor_7b" or MENTOR_READS)
    note(cast, "code_never_used")
    assert "Dessutom i år:" in page(client, cast, name, route)


def test_a_mentor_reads_of_the_own_class_and_the_whole_unit(client, cast):
    note(cast, "one_code_class", "7A")
    assert MARK not in page(client, cast, "mentor_7b", "worklist")
    assert "7A: all frånvaro har samma kod." in page(client, cast, "mentor_7a", "worklist")
    assert "7A" in page(client, cast, "principal", "principal")
    note(cast, "code_never_used")
    assert "aldrig på enheten" in page(client, cast, "mentor_7b", "worklist")
    note(cast, "reporting", count=60)
    assert "Bara 60 procent av enhetens" in page(client, cast, "mentor_7b", "worklist")


def test_the_page_of_a_class_signal_says_it_of_that_class(client, cast, take):
    take(found(str(cast.group["7B"].pk), "class_level", kind="class", unit=cast.unit["berga"].pk))
    with acting_as(cast.service()):
        url = reverse("group-signal", args=[GroupSignal.objects.get().pk])
    note(cast, "unreported_class", "7A")
    principal = cast.login(client, "principal")
    before = principal.get(url).text
    assert MARK not in before
    assert "Inga närvarouppgifter har tagits in ännu." in before
    note(cast, "unreported_class", "7B")
    assert "7B: 40 procent av undervisningstiden" in " ".join(principal.get(url).text.split())


def test_another_authority_finds_nothing(cast):
    note(cast, "code_never_used")
    viewer = cast.viewer("principal_fria")
    with acting_as(viewer):
        assert quality_notes_for(viewer, unit_ids=[cast.unit["berga"].pk]) == []


def test_the_queries_do_not_grow_with_the_notes(cast, django_assert_num_queries):
    for subject in ("7A", "7B", "7C", "7D"):
        note(cast, "unreported_class", subject)
    viewer = cast.viewer("principal")
    with acting_as(viewer), django_assert_num_queries(2):
        assert len(quality_notes_for(viewer, unit_ids=[cast.unit["berga"].pk])) == 4


def told(cast, child, reported):
    """One day's teaching of a child, the latest with data, of which so many minutes are registered."""
    by = cast.service()
    LakeFile.objects.get_or_create(
        authority=cast.authority["board"], source_id=1, batch_id=1, dataset="lessons", path="x", rows=1,
        sha256="x", first_date=today(), last_date=today(), live=True,
    )  # fmt: skip
    with acting_as(by):
        AttendanceDay.objects.create(
            child=cast.child[child], domain=domain_of(by.authority_id, "school"), unit=cast.child[child].unit,
            date=data_up_to(by.authority_id), lessons=5, absent_lessons=1, offered=300, present=240, valid=60,
            invalid=0, other=0, reported=reported, batch_id=1,
        )  # fmt: skip


UNSURE = "Bara 67 % av lektionerna är registrerade de senaste fyra veckorna."
PAGES = (("principal", "principal"), ("counsellor", "team"))


@pytest.mark.parametrize(("name", "route"), PAGES)
@pytest.mark.parametrize(("reported", "low"), [(200, True), (240, False)])
def test_a_class_signal_is_greyed_by_the_reporting_of_its_class(
    client, cast, take, name, route, reported, low
):
    take(found(str(cast.group["7B"].pk), "class_level", kind="class", unit=cast.unit["berga"].pk))
    told(cast, "alma", reported)
    text = page(client, cast, name, route).replace("\xa0", " ")
    assert (UNSURE in text) is low
    assert ("osäkra siffror" in text) is low
    assert ("card--quiet" in text[text.index("7B") - 300 : text.index("7B")]) is low


def test_a_unit_signal_is_greyed_by_the_whole_unit_and_says_so_on_its_page(client, cast, take):
    take(found(str(cast.unit["berga"].pk), "unit_level", kind="unit", unit=cast.unit["berga"].pk))
    take(found(str(cast.group["7A"].pk), "class_level", kind="class", unit=cast.unit["berga"].pk))
    told(cast, "alma", 200)
    with acting_as(cast.service()):
        unit, own = GroupSignal.objects.get(level="unit"), GroupSignal.objects.get(level="class")
    principal = cast.login(client, "principal")
    of_unit = principal.get(reverse("group-signal", args=[unit.pk])).text.replace("\xa0", " ")
    assert UNSURE in of_unit
    # Of 7A nothing is known: nothing is called uncertain, and the other class's reporting is not borrowed.
    assert UNSURE not in principal.get(reverse("group-signal", args=[own.pk])).text.replace("\xa0", " ")


def test_group_signals_cost_the_same_whatever_their_number(cast, take):
    told(cast, "alma", 200)
    viewer, unit = cast.viewer("principal"), cast.unit["berga"].pk

    def cost():
        with acting_as(viewer), CaptureQueriesContext(connection) as asked:
            group_rows_for(viewer, unit)
        return len(asked)

    take(found(str(cast.group["7B"].pk), "class_level", kind="class", unit=unit))
    one = cost()
    take(found(str(cast.group["7A"].pk), "class_level", kind="class", unit=unit))
    assert cost() == one
