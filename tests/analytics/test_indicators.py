"""Indicators are the same from the sets and from the lessons, and as drawn."""

from __future__ import annotations

import random

from tests.analytics.reference import Drawn, school_day

from samhandla.analytics.indicators import INDICATORS, from_lessons, from_sets


def drawn_year(seed: int = 3) -> Drawn:
    chance = random.Random(seed)
    drawn = Drawn()
    for pupil in range(1, 13):
        for day in range(30):
            marks = "".join(chance.choices(".gol-n", weights=(20, 2, 1, 1, 1, 1), k=5))
            drawn.add(pupil, day, "ggggg" if chance.random() < 0.1 else marks, 1 + pupil % 2, "MSEMI")
    return drawn


def test_both_ways_agree(engine, relation, sets):
    drawn = drawn_year()
    days, subjects = sets(drawn.table())
    calendar, recent = relation(drawn.calendar()), school_day(20)
    stored = from_sets(engine, days, subjects, calendar, recent)
    raw = from_lessons(engine, relation(drawn.table()), calendar, recent)
    assert raw.column_names == INDICATORS.names
    assert raw.to_pylist() == stored.to_pylist()
    assert raw.num_rows == 12


def test_values_of_one_pupil(engine, relation, sets):
    drawn = Drawn()
    for day, marks in enumerate(["g..", "ggg", "...", "ggg", "ggg", "l.n", "..-"]):
        drawn.add(1, day, marks, subjects="MSE")
    days, subjects = sets(drawn.table())
    row = from_sets(engine, days, subjects, relation(drawn.calendar()), school_day(5)).to_pylist()[0]
    assert (row["offered"], row["valid"], row["invalid"], row["reported"]) == (1260, 600, 10, 1200)
    assert (row["days_away"], row["spells"], row["longest"]) == (3, 2, 2)
    assert (row["part_days"], row["first_missed"], row["last_missed"]) == (1, 1, 0)
    assert (row["late"], row["apart"], row["recent_absent"]) == (1, 1, 10)
    assert (row["worst_weekday"], row["worst_subject"]) == (3, "M")


def test_a_pupil_always_present_has_zeros(engine, relation, sets):
    drawn = Drawn().add(1, 0, "...").add(1, 1, "...")
    days, subjects = sets(drawn.table())
    row = from_sets(engine, days, subjects, relation(drawn.calendar()), school_day(0)).to_pylist()[0]
    assert (row["days_away"], row["spells"], row["longest"], row["part_days"]) == (0, 0, 0, 0)
    assert (row["weekday_share"], row["subject_share"]) == (0, 0)
