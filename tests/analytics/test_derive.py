"""Lessons become day rows and subject rows, and nothing is lost on the way."""

from __future__ import annotations

from pathlib import Path

import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from tests.analytics.reference import Drawn, school_day

from samhandla.analytics.derive import DAYS_FILE, derive
from samhandla.analytics.tables.derived import DAYS, SUBJECTS


def test_one_day_becomes_one_row_with_its_bits(sets):
    days, _ = sets(Drawn().add(1, 0, ".go.l").table())
    row = days.to_pyarrow().to_pylist()[0]
    assert (row["lessons"], row["offered"], row["valid"], row["invalid"]) == (5, 300, 60, 70)
    assert (row["lesson_bits"], row["absent_bits"]) == (0b11111, 0b00110)
    assert (row["late"], row["late_minutes"], row["reported"]) == (1, 10, 300)


def test_unregistered_lessons_and_marks_are_counted(sets):
    days, _ = sets(Drawn().add(1, 0, "--nna.").table())
    row = days.to_pyarrow().to_pylist()[0]
    assert (row["offered"], row["reported"], row["apart"], row["other"]) == (360, 240, 2, 60)


def test_subject_rows_sum_to_the_day_rows(sets):
    drawn = Drawn().add(1, 0, "gg.", subjects="MSE").add(1, 1, "..o", subjects="MME")
    drawn.add(2, 0, "...", subjects="MSE")
    days, subjects = sets(drawn.table())
    for name in ("lessons", "offered", "valid", "invalid", "reported"):
        assert pc.sum(days.to_pyarrow()[name]).as_py() == pc.sum(subjects.to_pyarrow()[name]).as_py()
    missed = {(r["pupil"], r["subject"]): r["missed"] for r in subjects.to_pyarrow().to_pylist()}
    assert missed == {(1, "M"): 1, (1, "S"): 1, (1, "E"): 1, (2, "M"): 0, (2, "S"): 0, (2, "E"): 0}


def test_terms_turn_with_the_year(sets):
    _, subjects = sets(Drawn().add(1, 0, ".").add(1, 120, ".").table())
    assert sorted(subjects.to_pyarrow()["term"].to_pylist()) == ["HT2025", "VT2026"]


def test_sets_have_the_declared_columns_and_order(sets):
    days, subjects = sets(Drawn().add(2, 1, ".").add(2, 0, ".").add(1, 0, "g").table())
    for relation, table in ((days, DAYS), (subjects, SUBJECTS)):
        found = relation.to_pyarrow().schema
        assert [(f.name, f.type) for f in found] == [(c.name, c.type) for c in table.columns]
    assert [(r["pupil"], r["date"]) for r in days.to_pyarrow().to_pylist()] == [
        (1, school_day(0)), (2, school_day(0)), (2, school_day(1)),
    ]  # fmt: skip


def test_a_failed_run_leaves_the_old_sets(tmp_path: Path):
    pq.write_table(Drawn().add(1, 0, ".").table(), tmp_path / "lessons.parquet")
    derive(tmp_path / "lessons.parquet")
    before = (tmp_path / DAYS_FILE).read_bytes()
    (tmp_path / "lessons.parquet").write_bytes(b"PAR1 cut off")
    with pytest.raises(Exception, match=r"(?i)parquet|magic|footer"):
        derive(tmp_path / "lessons.parquet")
    assert (tmp_path / DAYS_FILE).read_bytes() == before
