"""A unit whose source gives sums only is what it is on the data-quality page, not unreported."""

from __future__ import annotations

from datetime import date, timedelta

import pyarrow.parquet as pq
import pytest
from django.urls import reverse
from tests.analytics.django.lessons import lesson, table, totals

from samhandla.analytics import actions, queries
from samhandla.analytics.models import AttendanceWindow, LakeFile, QualityNote
from samhandla.analytics.store import file_hash
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db
FIRST, LAST = date(2025, 9, 1), date(2025, 9, 30)


def deliver(cast, names, batch=1, **values) -> None:
    by = cast.service()
    rows = [
        {"pupil": c.pk, "unit": c.unit_id, "offered": 6000, "valid": 600, "first_date": FIRST,
         "last_date": LAST, **values}
        for c in (cast.child[name] for name in names)
    ]  # fmt: skip
    actions.replace_window(
        by=by, authority_id=by.authority_id, source_id=2, batch_id=batch, table=totals(rows)
    )


def attend(cast, name, batch=8) -> None:
    by, child = cast.service(), cast.child[name]
    rows = [lesson(child.pk, child.unit_id, FIRST + timedelta(days=7 * n)) for n in range(4)]
    actions.store_lessons(by=by, authority_id=by.authority_id, source_id=1, batch_id=batch, table=table(rows))
    actions.set_batch_live(by=by, batch_id=batch, live=True)


def examined(cast, unit) -> dict[str, tuple[int, int]]:
    by = cast.service()
    actions.examine_quality(by=by, authority_id=by.authority_id)
    with acting_as(by):
        rows = QualityNote.objects.filter(unit=cast.unit[unit])
        return {note.code: (note.count, note.of) for note in rows}


def page_of(client, cast) -> str:
    page = cast.login(client, "data_administrator").get(reverse("quality")).content.decode()
    return " ".join(page.replace("\xa0", " ").split())


def test_a_unit_with_sums_only_says_so_and_is_not_low(client, cast):
    deliver(cast, ["nora"])
    attend(cast, "alma")
    assert examined(cast, "lunda") == {"only_sums": (1, 1), "reporting": (0, 0)}
    assert "only_sums" not in examined(cast, "berga")
    viewer = cast.viewer("data_administrator")
    with acting_as(viewer):
        lunda = next(u for u in queries.list_quality_for(viewer) if u.name == "Lundaskolan")
    assert (lunda.only_sums, lunda.rate, lunda.low) == (True, None, False)
    page = page_of(client, cast)
    assert "Bara summor" in page
    assert "1 av 1 elever är kända genom dem" in page
    assert "för få lektioner är registrerade" not in page


def test_an_authority_with_sums_alone_has_its_page(cast, client):
    deliver(cast, ["nora", "alma"])
    assert set(examined(cast, "lunda")) == {"only_sums", "reporting"}
    assert examined(cast, "berga")["only_sums"] == (1, 4)
    assert "1 av 4 elever är kända genom dem" in page_of(client, cast)


def test_a_rate_that_the_sums_tell_counts_as_others_do(client, cast):
    deliver(cast, ["nora"], reported=3000)
    assert examined(cast, "lunda")["reporting"] == (3000, 6000)
    page = page_of(client, cast)
    assert "andel registrerad undervisning enligt summor" in page
    assert "för få lektioner är registrerade" in page


def test_sums_of_absence_alone_never_count_and_the_page_says_so(client, cast):
    deliver(cast, ["nora"], offered=360, valid=360, absence_only=True)
    assert examined(cast, "lunda") == {"absence_only": (1, 1)}
    page = page_of(client, cast)
    assert "Andelar går inte att räkna för 1 av 1 elever" in page
    assert "för få lektioner är registrerade" not in page


def test_pupils_with_sums_only_among_others_are_told_of_before_the_lists(cast):
    deliver(cast, ["omar", "alma"])
    attend(cast, "alma")
    assert examined(cast, "berga")["some_sums"] == (1, 4), "whom lessons tell of is not known by sums only"
    viewer = cast.viewer("mentor_7b")
    with acting_as(viewer):
        told = queries.quality_notes_for(viewer, unit_ids=[cast.unit["berga"].pk], classes=["7B"])
    assert "some_sums" in [note.code for note in told]


def test_a_file_from_before_the_column_was_declared_comes_in(cast, settings, tmp_path):
    settings.LAKE_DIR = tmp_path / "lake"
    by, nora = cast.service(), cast.child["nora"]
    row = {"pupil": nora.pk, "unit": nora.unit_id, "offered": 600, "first_date": FIRST, "last_date": LAST}
    ours = {"authority_id": by.authority_id, "source_id": 2, "batch_id": 1}
    actions.store_totals(by=by, table=totals([row]), **ours)
    file = LakeFile.objects.get(batch_id=1)
    path = settings.LAKE_DIR / file.path
    pq.write_table(pq.read_table(path).drop_columns(["absence_only"]), path)
    LakeFile.objects.filter(pk=file.pk).update(sha256=file_hash(path))
    actions.set_batch_live(by=by, batch_id=1, live=True)
    with acting_as(by):
        assert [w.absence_only for w in AttendanceWindow.objects.all()] == [False]
