"""What makes the figures uncertain is said before any list of pupils."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils import timezone
from tests.detect.conftest import found

from samhandla.analytics.models import QualityNote
from samhandla.analytics.queries import quality_notes_for
from samhandla.detect.models import GroupSignal
from samhandla.people.queries import today
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db
MARK = "Uppgifterna är osäkra:"
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
    note(cast, "duplicate")
    note(cast, "unreported_class", "8C", unit="lunda")
    assert MARK not in page(client, cast, name, route)


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
