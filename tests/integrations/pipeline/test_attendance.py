"""Attendance files: counted against what is there, bad rows told, bad files refused whole."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc
import pytest

from samhandla.analytics.models import AttendanceDay, LakeFile
from samhandla.analytics.queries import data_up_to
from samhandla.integrations import files
from samhandla.integrations.actions import sources
from samhandla.integrations.actions.running import run_batch
from samhandla.integrations.actions.undo import undo_batch
from samhandla.integrations.models import Batch, BatchRefusal
from samhandla.integrations.queries import in_words
from samhandla.people.models import Organisation
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db


@pytest.fixture
def ready(desk):
    """A desk whose register is in."""
    desk.take_in()
    return desk


def days(desk):
    with acting_as(desk.by):
        rows = AttendanceDay.objects.order_by("child_id", "date", "unit_id")
        return list(rows.values_list("child_id", "date", "offered", "present", "valid", "invalid", "lessons"))


def import_rows(desk, rows=None, **options):
    batch = desk.upload(desk.lesson_file(rows=rows), wants_commit=True, **options)
    outcome = run_batch(desk.by, batch.pk)
    with acting_as(desk.by):
        return Batch.objects.get(pk=batch.pk), outcome


def changed(table: pa.Table, name: str, value: int, rows: int) -> pa.Table:
    """The lessons with one column set to a value in the first rows."""
    mask = pa.array([place < rows for place in range(len(table))])
    column = pc.if_else(mask, pa.scalar(value, pa.int16()), table[name].combine_chunks())
    return table.set_column(table.column_names.index(name), name, column)


def reasons(desk, batch):
    with acting_as(desk.by):
        return list(BatchRefusal.objects.filter(batch=batch).values_list("row", "reason"))


def test_same_file_twice_changes_nothing_and_says_so(ready):
    first, _ = import_rows(ready)
    before = days(ready)
    again, outcome = import_rows(ready)
    counts = outcome.counts["attendances"]
    assert (counts["new"], counts["changed"], counts["missing"]) == (0, 0, 0)
    assert counts["unchanged"] == counts["read"] - counts["protected"]
    assert again.same_as_id == first.pk
    assert days(ready) == before
    with acting_as(ready.by):
        assert not LakeFile.objects.filter(batch_id=again.pk).exists()


def test_overlapping_correction_replaces_only_what_differs_and_is_undone(ready):
    import_rows(ready)
    before = days(ready)
    table = ready.world.lessons
    away = pc.if_else(pa.array([n < 5 for n in range(len(table))]), table["offered"], table["valid"])
    corrected = changed(changed(table, "present", 0, 5), "invalid", 0, 5)
    corrected = corrected.set_column(table.column_names.index("valid"), "valid", away)
    batch, outcome = import_rows(ready, corrected)
    assert 0 < outcome.counts["attendances"]["changed"] <= 5
    assert days(ready) != before
    undo_batch(by=ready.by, batch=batch)
    assert days(ready) == before


def test_undone_attendance_is_gone(ready):
    batch, _ = import_rows(ready)
    assert days(ready)
    undo_batch(by=ready.by, batch=batch)
    assert days(ready) == []
    with acting_as(ready.by):
        assert data_up_to(ready.authority_id) is None


def test_lists_say_how_far_data_reaches(ready):
    import_rows(ready)
    last = pc.max(ready.world.lessons["date"]).as_py()
    with acting_as(ready.by):
        assert data_up_to(ready.authority_id) == last


def test_register_with_attendance_on_it_is_not_undone(desk):
    register, _ = desk.take_in()
    import_rows(desk)
    from samhandla.integrations.errors import UndoRefused

    with pytest.raises(UndoRefused, match="nyare"):
        undo_batch(by=desk.by, batch=register)


def test_a_fifth_too_short_stops(ready):
    import_rows(ready)
    before = days(ready)
    pupils = sorted(set(ready.world.lessons["pupil"].to_pylist()))
    kept = pa.array(pupils[: int(len(pupils) * 0.8)])
    short = ready.world.lessons.filter(pc.is_in(ready.world.lessons["pupil"], kept))
    batch, outcome = import_rows(ready, short)
    assert batch.state == "stopped"
    assert {s.code for s in outcome.stops} >= {"too_few"}
    assert days(ready) == before


def test_a_fifth_too_short_stops_the_first_time_too(ready):
    pupils = sorted(set(ready.world.lessons["pupil"].to_pylist()))
    kept = pa.array(pupils[: int(len(pupils) * 0.8)])
    short = ready.world.lessons.filter(pc.is_in(ready.world.lessons["pupil"], kept))
    batch, _outcome = import_rows(ready, short)
    assert batch.state == "stopped"
    assert days(ready) == []


def test_bad_rows_are_told_and_the_rest_comes_in(ready):
    table = changed(ready.world.lessons, "valid", -5, 2)
    long = changed(table, "offered", 300, 4)
    batch, outcome = import_rows(ready, long)
    told = reasons(ready, batch)
    assert any("300" in why for _row, why in told)
    assert {row for row, _why in told} <= {"2", "3", "4", "5"}
    assert outcome.counts["attendances"]["refused"] == 4
    assert batch.state == "committed"


def test_negative_minutes_are_told(ready):
    batch, _ = import_rows(ready, changed(ready.world.lessons, "valid", -5, 2))
    assert [row for row, why in reasons(ready, batch) if "negativ" in why] == ["2", "3"]


def test_events_on_a_holiday_are_marked_and_kept(ready):
    path = ready.lesson_file()
    lines = path.read_text().splitlines()
    cells = lines[1].split(",")
    cells[lines[0].replace('"', "").split(",").index("date")] = "2025-12-25"
    path.write_text("\n".join([*lines, ",".join(cells)]) + "\n")
    batch = ready.upload(path, wants_commit=True)
    outcome = run_batch(ready.by, batch.pk)
    with acting_as(ready.by):
        batch = Batch.objects.get(pk=batch.pk)
    assert any("2025-12-25 är en helgdag" in in_words(one["text"]) for one in batch.remarks)
    assert outcome.counts["attendances"]["refused"] == 0


def test_unknown_pupils_are_refused_with_their_rows(ready):
    table = ready.world.lessons
    strange = table.slice(0, 3).set_column(0, "pupil", pa.array([999_999] * 3, pa.int64()))
    batch, outcome = import_rows(ready, pa.concat_tables([strange.cast(table.schema), table]))
    told = [(row, why) for row, why in reasons(ready, batch) if "registret" in why]
    assert [row for row, _ in told] == ["2", "3", "4"]
    assert outcome.counts["attendances"]["refused"] == 3


def test_protected_pupils_are_passed_over_in_silence(ready):
    batch, outcome = import_rows(ready)
    assert outcome.counts["attendances"]["protected"] > 0
    assert reasons(ready, batch) == []


def test_duplicate_rows_count_once(ready):
    table = ready.world.lessons
    batch, outcome = import_rows(ready, pa.concat_tables([table, table.slice(0, 4)]))
    assert outcome.counts["attendances"]["refused"] == 4
    assert len(reasons(ready, batch)) == 4


def test_file_of_another_school_stops(ready):
    with acting_as(ready.by):
        units = list(Organisation.objects.filter(kind="school_unit").order_by("pk"))
    codes = {code: number for number, code in ready.world.units.items()}
    other = int(codes[units[1].skolenhetskod])
    rows = ready.world.lessons.filter(pc.equal(ready.world.lessons["unit"], other))
    _batch, outcome = import_rows(ready, rows, scope_id=units[0].pk)
    assert "other_school" in {s.code for s in outcome.stops}
    assert days(ready) == []


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (lambda text: b"", files.FileSourceError),
        (lambda text: text.encode("utf-16")[: len(text)], files.FileSourceError),
        (lambda text: (text[: int(len(text) * 0.5)].rsplit(",", 3)[0]).encode(), files.FileSourceError),
        (lambda text: b"\x00\x01\x02" * 500, files.FileSourceError),
    ],
    ids=["empty", "half an encoding", "truncated", "binary"],
)
def test_broken_files_are_refused_whole(ready, content, error):
    path = ready.lesson_file()
    path.write_bytes(content(path.read_text()))
    batch = ready.upload(path, wants_commit=True)
    with pytest.raises(error):
        run_batch(ready.by, batch.pk)
    with acting_as(ready.by):
        batch = Batch.objects.get(pk=batch.pk)
    assert batch.state == "failed"
    assert len(batch.reason) > 20
    assert days(ready) == []


def test_days_and_totals_come_in_as_windows(ready):
    ready.file = sources.save_source(by=ready.by, source=ready.file, preset_name="x")
    pupil = ready.world.lessons["pupil"][0].as_py()
    path = ready.folder / "dagar.csv"
    text = "student_id,school_id,date,category,duration_days\n"
    path.write_text(text + f"{pupil},101,2025-09-01,Excused Absence,1\n")
    batch = ready.upload(path, preset="edfi", wants_commit=True)
    outcome = run_batch(ready.by, batch.pk)
    assert outcome.counts["aggregatedAttendance"]["new"] == 1
