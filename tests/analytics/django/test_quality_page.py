"""The data-quality page: what is found, who sees which unit, who may set the limit."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils import timezone, translation
from tests.analytics.django.lessons import lesson, table

from samhandla.analytics import actions, queries, words
from samhandla.analytics.errors import AnalyticsError
from samhandla.analytics.models import LakeFile, QualityNote
from samhandla.analytics.quality import told_apart
from samhandla.analytics.words import class_in_words
from samhandla.people.models import Group
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db

MONDAY = date(2025, 9, 1)


def take_in(cast, batch, rows):
    by = cast.service()
    actions.store_lessons(by=by, authority_id=by.authority_id, source_id=1, batch_id=batch, table=table(rows))
    actions.set_batch_live(by=by, batch_id=batch, live=True)


@pytest.fixture
def examined(cast):
    """Berga: half unreported, a double, one code only. Lunda: all well."""
    berga, lunda = cast.unit["berga"].pk, cast.unit["lunda"].pk
    alma, hugo, nora = (cast.child[n].pk for n in ("alma", "hugo", "nora"))
    rows = []
    for step in range(60):
        day = MONDAY + timedelta(days=step)
        rows.append(lesson(alma, berga, day, valid=60, present=0))
        rows.append(lesson(hugo, berga, day, reported=False, present=0))
        rows.append(lesson(nora, lunda, day, valid=40 if step % 2 else 0, invalid=0 if step % 2 else 20))
    rows.append(rows[0])
    take_in(cast, 1, rows)
    take_in(cast, 2, [lesson(alma, berga, MONDAY, valid=60, present=0)])
    sent = timezone.make_aware(datetime(2025, 9, 20, 12))
    LakeFile.objects.filter(batch_id=2).update(stored_at=sent)
    LakeFile.objects.filter(batch_id=1).update(stored_at=sent - timedelta(days=5))
    by = cast.service()
    actions.examine_quality(by=by, authority_id=by.authority_id)
    return cast


def notes(cast, unit):
    with acting_as(cast.service()):
        rows = QualityNote.objects.filter(unit=cast.unit[unit])
        return {(n.code, n.subject): (n.count, n.of) for n in rows}


def test_what_is_found(examined):
    berga = notes(examined, "berga")
    assert berga["reporting", ""] == (3660 - 60, 7260 - 60)
    assert berga["unreported_class", "7A"] == (3600, 3600)
    assert ("unreported_class", "7B") not in berga
    assert ("code_never_used", "") in berga
    assert berga["duplicate", ""] == (1, 122)
    assert berga["late_corrections", ""] == (1, 1)
    lunda = notes(examined, "lunda")
    assert lunda["reporting", ""] == (3600, 3600)
    assert set(lunda) <= {("reporting", ""), ("not_a_school_day", "")}


def test_a_correction_is_late_when_more_than_a_week_has_gone(cast):
    """Two days are sent anew on the same day: one lesson is seven days old then, the other eight."""
    alma, berga = cast.child["alma"].pk, cast.unit["berga"].pk
    rows = [lesson(alma, berga, MONDAY + timedelta(days=day), valid=60, present=0) for day in (0, 1)]
    for batch in (1, 2):
        take_in(cast, batch, rows)
    sent = timezone.make_aware(datetime.combine(MONDAY + timedelta(days=8), time(12)))
    LakeFile.objects.filter(batch_id=2).update(stored_at=sent)
    LakeFile.objects.filter(batch_id=1).update(stored_at=sent - timedelta(days=5))
    by = cast.service()
    actions.examine_quality(by=by, authority_id=by.authority_id)
    assert notes(cast, "berga")["late_corrections", ""] == (1, 2)
    LakeFile.objects.filter(batch_id=2).update(stored_at=sent - timedelta(days=1))
    actions.examine_quality(by=by, authority_id=by.authority_id)
    assert ("late_corrections", "") not in notes(cast, "berga")


def renamed(cast, **twin):
    """Give 7B the name of 7A, with what else tells it apart, and examine again."""
    by = cast.service()
    Group.objects.filter(pk=cast.group["7B"].pk).update(name="7A", **twin)
    berga = cast.unit["berga"].pk
    days = [MONDAY + timedelta(days=step) for step in range(100, 300)]
    take_in(cast, 3, [lesson(cast.child["alma"].pk, berga, day, reported=False, present=0) for day in days])
    actions.examine_quality(by=by, authority_id=by.authority_id)
    return sorted(
        class_in_words(subject) for code, subject in notes(cast, "berga") if code == "unreported_class"
    )


@pytest.mark.parametrize(
    ("twin", "begins"),
    [
        ({"school_year": 8}, ["7A (årskurs 7)", "7A (årskurs 8)"]),
        ({"school_year": 7, "valid_from": date(2025, 1, 7)}, ["7A (från ", "7A (från 7 januari 2025)"]),
        ({"school_year": 7}, ["7A (nummer ", "7A (nummer "]),
    ],
)
def test_two_classes_of_one_name_are_told_apart(examined, twin, begins):
    Group.objects.filter(pk=examined.group["7A"].pk).update(school_year=7)
    found = renamed(examined, **twin)
    assert len(set(found)) == 2
    assert all(one.startswith(begin) for one, begin in zip(found, begins, strict=True))
    viewer = examined.viewer("principal")
    with acting_as(viewer):
        about = [
            queries.quality_notes_for(viewer, unit_ids=[examined.unit["berga"].pk], classes=[name])
            for name in ("7A", "8C")
        ]
    assert set(found) <= {class_in_words(note.subject) for note in about[0]}
    assert not {class_in_words(note.subject) for note in about[1]} & set(found)


@pytest.mark.parametrize(
    ("kind", "value", "swedish", "english"),
    [
        ("from", date(2025, 1, 7), "7A (från 7 januari 2025)", "7A (from 7 January 2025)"),
        ("grade", 8, "7A (årskurs 8)", "7A (grade 8)"),
        ("number", 12, "7A (nummer 12)", "7A (number 12)"),
    ],
)
def test_what_tells_two_classes_apart_is_said_in_the_readers_language(kind, value, swedish, english):
    stored = "7A" + told_apart(kind, value)
    assert class_in_words(stored) == swedish
    with translation.override("en"):
        assert class_in_words(stored) == english
    assert class_in_words("7A (utan tillägg)") == "7A (utan tillägg)"


def test_weekends_are_found(examined):
    found, of = notes(examined, "lunda")["not_a_school_day", ""]
    assert of == 60
    assert found >= 16


def page(cast, client, name):
    return cast.login(client, name).get(reverse("quality"))


def test_the_page_shows_the_lowest_rate_first_and_greys_it(examined, client):
    text = page(examined, client, "data_administrator").content.decode()
    assert text.index("Bergaskolan") < text.index("Lundaskolan")
    assert text.count("figure--uncertain") == 1
    assert "7A: 100 procent av undervisningstiden är inte registrerad." in text
    assert "1 av 1 rättelser gjordes mer än en vecka efter lektionen." in text
    assert "Alma" not in text


def test_whoever_works_at_a_unit_sees_that_unit(examined, client):
    text = page(examined, client, "principal").content.decode()
    assert "Bergaskolan" in text
    assert "Lundaskolan" not in text


@pytest.mark.parametrize("name", ["mentor_7b", "nurse", "controller"])
def test_others_are_refused(examined, client, name):
    assert page(examined, client, name).status_code in (403, 404)


def test_another_authority_sees_nothing(examined):
    viewer = examined.viewer("principal_fria")
    with acting_as(viewer):
        assert queries.list_quality_for(viewer) == []


def test_the_limit_is_set_by_those_who_may(examined, client):
    authority = examined.authority["board"].pk
    assert queries.low_reporting(authority) == Decimal("0.80")
    assert examined.login(client, "principal").post(reverse("quality"), {"percent": 10}).status_code in (
        403,
        404,
    )
    client = examined.login(client, "data_administrator")
    assert client.post(reverse("quality"), {"percent": 0}).status_code == 422
    assert client.post(reverse("quality"), {"percent": 40}).status_code == 303
    assert queries.low_reporting(authority) == Decimal("0.40")
    assert "figure--uncertain" not in client.get(reverse("quality")).content.decode()
    with pytest.raises(AnalyticsError, match="högst 100 procent"):
        actions.set_low_reporting(by=examined.service(), share=Decimal("1.5"))


def test_before_the_first_import_the_page_says_so(cast, client):
    by = cast.service()
    assert actions.examine_quality(by=by, authority_id=by.authority_id) == 0
    assert "Inget är genomgånget ännu" in page(cast, client, "principal").content.decode()


def test_the_page_costs_the_same_queries_for_one_and_many_notes(
    examined, client, django_assert_max_num_queries
):
    client = examined.login(client, "data_administrator")
    client.get(reverse("quality"))
    with django_assert_max_num_queries(40) as few:
        client.get(reverse("quality"))
    with acting_as(examined.service()):
        old = QualityNote.objects.first()
        QualityNote.objects.bulk_create(
            [
                QualityNote(
                    authority_id=old.authority_id,
                    unit=examined.unit["lunda"],
                    code="duplicate",
                    count=n,
                    of=9,
                    first_date=old.first_date,
                    last_date=old.last_date,
                    examined_at=old.examined_at,
                )
                for n in range(50)
            ]
        )
    with django_assert_max_num_queries(40) as many:
        client.get(reverse("quality"))
    assert len(few) == len(many)


def test_large_numbers_are_written_with_thousands():
    note = QualityNote(code="duplicate", count=12345, of=1234567)
    assert words.describe_note(note) == "12\u00a0345 av 1\u00a0234\u00a0567 lektioner är dubbletter."
