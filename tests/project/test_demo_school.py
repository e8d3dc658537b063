"""The demonstration's school system: nothing until it is asked, forgotten when it is not."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq

from samhandla.analytics.tables.attendance import LESSONS
from samhandla.project.demo_school import LESSONS as LESSONS_FILE
from samhandla.project.demo_school import Municipality, WhenAsked, on_school_days, school_of


class Counting:
    def __init__(self, made: list[int]) -> None:
        made.append(1)

    def page(self, name, query):
        return {"data": [name]}

    def look_up(self, name, ids):
        return [{"id": one} for one in ids]


def test_nothing_is_made_until_somebody_asks_and_only_once():
    made: list[int] = []
    source = WhenAsked(lambda: Counting(made))
    assert made == []
    assert source.page("persons", {}) == {"data": ["persons"]}
    assert source.look_up("persons", ["a"]) == [{"id": "a"}]
    assert len(made) == 1


def test_it_is_forgotten_when_nobody_asks_and_made_again():
    made: list[int] = []
    busy, idle = WhenAsked(lambda: Counting(made)), WhenAsked(lambda: Counting(made), idle=0.0)
    assert not idle.forget_when_idle()
    busy.page("persons", {})
    assert not busy.forget_when_idle()
    idle.page("persons", {})
    assert idle.forget_when_idle()
    idle.page("persons", {})
    assert len(made) == 3


def test_a_folder_without_a_school_system_has_nobody(tmp_path):
    assert school_of(tmp_path).page("persons", {}) == {"data": []}
    (tmp_path / "school.json").write_text("trasig")
    assert school_of(tmp_path).page("persons", {}) == {"data": []}


def test_what_was_described_is_built_again(tmp_path):
    Municipality(pupils=40, schools=2, seed=3, school_year=2025).describe(tmp_path)
    pq.write_table(LESSONS.schema.empty_table(), tmp_path / LESSONS_FILE)
    first, second = school_of(tmp_path), school_of(tmp_path)
    people = first.page("persons", {})["data"]
    assert people == second.page("persons", {})["data"] != []
    window = {
        "startTime.onOrAfter": ["2025-09-01T00:00:00Z"],
        "startTime.onOrBefore": ["2025-09-30T00:00:00Z"],
    }
    assert first.page("calendarEvents", window)["data"] == []
    assert date(2025, 9, 1) < date.today()


def test_what_is_left_to_fetch_has_no_weekend_and_nothing_twice():
    friday, saturday = date(2026, 11, 20), date(2026, 11, 21)
    rows = [
        {"pupil": pupil, "date": day, "start": start, "slot": slot}
        for pupil, day, start, slot in (
            (1, friday, 500, 1),
            (2, friday, 500, 1),
            (1, friday, 560, 2),
            (1, saturday, 500, 1),
            (1, friday, 500, 1),
        )
    ]
    schema = pa.schema([LESSONS.schema.field(name) for name in ("pupil", "date", "start", "slot")])
    kept = on_school_days(pa.Table.from_pylist(rows, schema=schema))
    assert kept.to_pylist() == rows[:3]
    assert on_school_days(kept.slice(0, 0)).num_rows == 0
