"""Batches: stored, made live, replaced by later ones, undone in any order, swept."""

from __future__ import annotations

import itertools
import os
import time
from datetime import date

import pytest
from tests.analytics.django.lessons import lesson, table, totals

from samhandla.analytics import actions
from samhandla.analytics.errors import AnalyticsError, BadColumns, EmptyFile, UnreadableFile
from samhandla.analytics.models import AttendanceDay, AttendanceWindow, LakeFile
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db

MONDAY, TUESDAY, WEDNESDAY = date(2025, 9, 1), date(2025, 9, 2), date(2025, 9, 3)


def store(cast, batch, rows, *, source=1, live=True):
    by = cast.service()
    stored = actions.store_lessons(
        by=by, authority_id=by.authority_id, source_id=source, batch_id=batch, table=table(rows)
    )
    return actions.set_batch_live(by=by, batch_id=batch, live=True) if live else stored


def undo(cast, batch):
    return actions.set_batch_live(by=cast.service(), batch_id=batch, live=False)


def one(cast, day, **values):
    return lesson(cast.child["alma"].pk, cast.unit["berga"].pk, day, **values)


def days(cast, name="mentor_7b"):
    """Return {date: (valid, batch)} of what somebody sees."""
    with acting_as(cast.viewer(name)):
        return {d.date: (d.valid, d.batch_id) for d in AttendanceDay.objects.order_by("date")}


def test_a_stored_batch_counts_only_when_it_is_live(cast, lake):
    stored = store(cast, 1, [one(cast, MONDAY, slot=1, valid=60), one(cast, MONDAY, slot=2)], live=False)
    assert stored["lessons"] == 2
    assert (stored["days"], stored["first_date"]) == (1, MONDAY)
    assert days(cast) == {}
    assert actions.set_batch_live(by=cast.service(), batch_id=1, live=True)["added"] == 1
    assert days(cast) == {MONDAY: (60, 1)}
    assert (lake / "1/1/lessons.parquet").is_file()
    with acting_as(cast.viewer("mentor_7b")):
        row = AttendanceDay.objects.get()
    assert (row.lessons, row.absent_lessons, row.offered, row.present, row.reported) == (2, 1, 120, 60, 120)


def test_day_rows_are_hidden_from_other_schools_and_mentors(cast):
    store(cast, 1, [one(cast, MONDAY)])
    assert days(cast)
    assert days(cast, "principal")
    for name in ("mentor_7a", "principal_lunda", "principal_fria", "controller", "data_administrator"):
        assert days(cast, name) == {}


def test_a_later_batch_replaces_and_undo_brings_back(cast):
    store(cast, 1, [one(cast, MONDAY, valid=10), one(cast, TUESDAY, valid=10)])
    changed = store(cast, 2, [one(cast, TUESDAY, valid=20), one(cast, WEDNESDAY, valid=20)])
    assert changed == {"added": 2, "removed": 1, "settled": 0}
    assert days(cast) == {MONDAY: (10, 1), TUESDAY: (20, 2), WEDNESDAY: (20, 2)}
    assert undo(cast, 2) == {"added": 1, "removed": 2, "settled": 0}
    assert days(cast) == {MONDAY: (10, 1), TUESDAY: (10, 1)}


@pytest.mark.parametrize("order", list(itertools.permutations((1, 2, 3))))
def test_batches_may_be_undone_in_any_order(cast, order):
    """After each step the latest batch that is still live counts for every pupil-day."""
    held = {1: (MONDAY, TUESDAY), 2: (TUESDAY, WEDNESDAY), 3: (MONDAY, WEDNESDAY)}
    for batch, when in held.items():
        store(cast, batch, [one(cast, day, valid=batch) for day in when])
    for batch in order:
        undo(cast, batch)
        held.pop(batch)
        wanted = {day: (b, b) for b in sorted(held) for day in held[b]}
        assert days(cast) == wanted
    assert LakeFile.objects.filter(live=True).count() == 0


def test_an_earlier_batch_made_live_late_does_not_replace(cast):
    store(cast, 1, [one(cast, MONDAY, valid=10)], live=False)
    store(cast, 2, [one(cast, MONDAY, valid=20)])
    changed = actions.set_batch_live(by=cast.service(), batch_id=1, live=True)
    assert changed == {"added": 0, "removed": 0, "settled": 1}
    assert days(cast) == {MONDAY: (20, 2)}
    undo(cast, 2)
    assert days(cast) == {MONDAY: (10, 1)}


def test_twice_changes_nothing(cast):
    store(cast, 1, [one(cast, MONDAY, valid=10)])
    assert actions.set_batch_live(by=cast.service(), batch_id=1, live=True)["added"] == 0
    assert undo(cast, 1)["removed"] == 1
    assert undo(cast, 1)["removed"] == 0
    assert days(cast) == {}


def test_pupils_outside_the_register_stop_the_whole_batch(cast):
    fria = lesson(cast.child["elin"].pk, cast.unit["fria"].pk, MONDAY)
    with pytest.raises(actions.UnknownPersons, match="2 elever eller skolenheter"):
        store(cast, 1, [one(cast, MONDAY), fria])
    assert days(cast) == {}
    assert not LakeFile.objects.filter(live=True).exists()


def test_bad_tables_write_nothing(cast, lake):
    by = cast.service()
    good = table([one(cast, MONDAY)])
    for bad, error in (
        (good.drop_columns(["valid"]), BadColumns),
        (good.slice(0, 0), EmptyFile),
        (table([one(cast, MONDAY, valid=-5)]), BadColumns),
        (table([one(cast, MONDAY, reported=None)]), BadColumns),
    ):
        with pytest.raises(error):
            actions.store_lessons(by=by, authority_id=by.authority_id, source_id=1, batch_id=1, table=bad)
    assert not list(lake.glob("**/*.parquet"))


def test_a_live_batch_is_never_overwritten(cast):
    store(cast, 1, [one(cast, MONDAY)])
    with pytest.raises(AnalyticsError, match="redan inne"):
        store(cast, 1, [one(cast, TUESDAY)], live=False)


def test_a_changed_file_is_refused(cast, lake):
    store(cast, 1, [one(cast, MONDAY)], live=False)
    (lake / "1/1/days.parquet").write_bytes(b"PAR1")
    with pytest.raises(UnreadableFile, match="borta eller ändrad"):
        actions.set_batch_live(by=cast.service(), batch_id=1, live=True)


def test_another_authority_cannot_reach_the_batch(cast):
    store(cast, 1, [one(cast, MONDAY)])
    with pytest.raises(actions.NoBatch):
        actions.set_batch_live(by=cast.service("independent"), batch_id=1, live=False)
    assert days(cast)


def test_totals_replace_their_window_whole_and_come_back(cast):
    by, alma, omar = cast.service(), cast.child["alma"].pk, cast.child["omar"].pk
    week = {"unit": cast.unit["berga"].pk, "first_date": MONDAY, "last_date": WEDNESDAY, "offered": 300}
    for batch, rows in (
        (1, [{"pupil": alma, **week, "valid": 10}, {"pupil": omar, **week}]),
        (2, [{"pupil": alma, **week, "valid": 20}]),
    ):
        actions.replace_window(
            by=by, authority_id=by.authority_id, source_id=7, batch_id=batch, table=totals(rows)
        )
    with acting_as(by):
        assert list(AttendanceWindow.objects.values_list("child_id", "valid")) == [(alma, 20)]
    undo(cast, 2)
    with acting_as(by):
        assert set(AttendanceWindow.objects.values_list("child_id", "valid")) == {(alma, 10), (omar, 0)}


def test_sweep_removes_old_files_that_do_not_count(cast, lake):
    store(cast, 1, [one(cast, MONDAY)])
    store(cast, 2, [one(cast, TUESDAY)])
    undo(cast, 2)
    (lake / "1/.draft-x").mkdir()
    by = cast.service()
    assert actions.sweep_lake(by=by, authority_id=by.authority_id) == {"batches": 0, "drafts": 0}
    old = time.time() - 48 * 3600
    for path in (lake / "1/.draft-x", *lake.glob("1/*/*.parquet")):
        os.utime(path, (old, old))
    assert actions.sweep_lake(by=by, authority_id=by.authority_id) == {"batches": 1, "drafts": 1}
    assert [p.name for p in (lake / "1").iterdir()] == ["1"]
    assert set(LakeFile.objects.values_list("batch_id", flat=True)) == {1}
    assert MONDAY in days(cast)
