"""Each declared measure against a drawn table, and the main ones against plain Python."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.analytics.reference import Drawn, absence_share, days_away, grouped, school_day, spells

from samhandla.analytics.measures import days as day_measures
from samhandla.analytics.measures import lessons as lesson_measures
from samhandla.analytics.measures import level
from samhandla.analytics.measures.catalogue import BY_NAME, MEASURES


def rows(relation, *order):
    return sorted(relation.to_pyarrow().to_pylist(), key=lambda row: [str(row[name]) for name in order])


def test_every_measure_has_a_definition_and_a_unique_name():
    assert len(BY_NAME) == len(MEASURES)
    assert all(measure.title and measure.definition and measure.row for measure in MEASURES)


def test_absence_share_with_reporting_rate(sets):
    days, _ = sets(Drawn().add(1, 0, "gg..").add(1, 1, "--.o").add(2, 0, "....").table())
    one, two = rows(level.absence(days), "pupil")
    assert (one["absence_share"], one["valid_share"], one["invalid_share"]) == (3 / 8, 2 / 8, 1 / 8)
    assert (one["reporting_rate"], two["absence_share"], two["reporting_rate"]) == (6 / 8, 0, 1)


def test_over_threshold_counts_n_missing_and_adapted(sets, relation):
    drawn = Drawn().add(1, 0, "g.........").add(2, 0, "gg........").add(3, 0, "..........")
    drawn.add(4, 0, "gggggggggg")
    pupils = drawn.pupils(sex=["K", "K", "M", "M"], adapted=[False, False, False, True])
    extra = pupils.slice(2, 1).set_column(0, pupils.schema.field("pupil"), pa.array([9], pa.int64()))
    days, _ = sets(drawn.table())
    result = rows(level.over_threshold(days, relation(pa.concat_tables([pupils, extra])), ("sex",)), "sex")
    girls, boys = result
    assert (girls["pupils"], girls["n"], girls["over"], girls["share_over"]) == (2, 2, 1, 0.5)
    assert (boys["pupils"], boys["n"], boys["missing"], boys["adapted"], boys["over"]) == (3, 1, 1, 1, 0)


def test_exactly_the_threshold_is_not_over(sets, relation):
    drawn = Drawn().add(1, 0, "ggg.................")
    days, _ = sets(drawn.table())
    result = level.over_threshold(days, relation(drawn.pupils()), ("form",), threshold=0.15)
    assert result.to_pyarrow()["over"].to_pylist() == [0]


def test_by_term_keeps_pupils_without_teaching_as_missing(sets, relation):
    drawn = Drawn().add(1, 0, "g...").add(1, 120, "....").add(2, 0, "....")
    days, _ = sets(drawn.table())
    autumn, spring = rows(level.by_term(days, relation(drawn.pupils())), "term")
    assert (autumn["term"], autumn["n"], autumn["missing"], autumn["over"]) == ("HT2025", 2, 0, 1)
    assert (spring["term"], spring["n"], spring["missing"], spring["over"]) == ("VT2026", 1, 1, 0)


def test_window_takes_both_ends(sets):
    drawn = Drawn().add(1, 0, "g").add(1, 1, ".").add(1, 2, ".").add(1, 3, "g")
    days, _ = sets(drawn.table())
    part = level.between(days, school_day(0), school_day(1))
    assert level.absence(part).to_pyarrow()["absence_share"].to_pylist() == [0.5]


def test_spells_cross_weekends_but_not_a_day_in_school(sets, relation):
    drawn = Drawn()
    for day, marks in enumerate(["..", "gg", "..", ".g", "gg", "gg", ".."]):
        drawn.add(1, day, marks)
    days, _ = sets(drawn.table())
    found = rows(day_measures.spells(days, relation(drawn.calendar())), "first")
    assert [(s["first"], s["last"], s["length"]) for s in found] == [
        (school_day(1), school_day(1), 1), (school_day(3), school_day(5), 3),
    ]  # fmt: skip
    counts = day_measures.spell_counts(days, relation(drawn.calendar())).to_pyarrow().to_pylist()[0]
    assert (counts["spells"], counts["days_away"], counts["longest"], counts["short_spells"]) == (2, 4, 3, 2)


def test_weekday_and_break_and_rolling(sets, relation):
    drawn = Drawn()
    for day in range(25):
        drawn.add(1, day, "gg" if day % 5 == 0 else "..")
    days, _ = sets(drawn.table())
    calendar = relation(drawn.calendar())
    weekdays = rows(day_measures.by_weekday(days, calendar), "weekday")
    assert [w["absence_share"] for w in weekdays] == [1, 0, 0, 0, 0]
    after = day_measures.after_break(days, calendar).to_pyarrow().to_pylist()[0]
    assert (after["after_days"], after["after_share"], after["other_share"]) == (5, 1, 0)
    recent = day_measures.rolling(days, calendar, last_days=4).to_pyarrow().to_pylist()[0]
    assert (recent["offered"], recent["absent"]) == (480, 0)


def test_edges_count_only_days_partly_attended(sets):
    drawn = Drawn().add(1, 0, "g..").add(1, 1, "g.g").add(1, 2, "ggg").add(1, 3, ".g.").add(1, 4, "...")
    days, _ = sets(drawn.table())
    edges = day_measures.edges(days).to_pyarrow().to_pylist()[0]
    assert (edges["part_days"], edges["first_missed"], edges["last_missed"]) == (3, 2, 1)


def test_late_arrival(sets):
    days, _ = sets(Drawn().add(1, 0, "l.l").add(1, 1, "...").table())
    late = day_measures.late_arrival(days).to_pyarrow().to_pylist()[0]
    assert (late["late"], late["late_days"], late["late_minutes"]) == (2, 1, 20)


def test_clearest_subject_breaks_ties_by_name(sets):
    _, subjects = sets(Drawn().add(1, 0, "gg..", subjects="SMSM").table())
    best = lesson_measures.clearest_subject(subjects).to_pyarrow().to_pylist()
    assert [(b["subject"], b["absence_share"]) for b in best] == [("M", 0.5)]


def test_slots_of_a_class(sets, relation):
    drawn = Drawn().add(1, 0, "..g").add(2, 0, "..g").add(3, 0, "ggg")
    days, _ = sets(drawn.table())
    pupils = relation(drawn.pupils(class_id=[7, 7, 7]))
    found = rows(lesson_measures.by_slot(days, relation(drawn.calendar()), pupils), "slot")
    assert [(s["slot"], s["lessons"], s["missed"]) for s in found] == [(1, 3, 0), (2, 3, 0), (3, 3, 2)]


def test_classes_have_their_own_level(sets, relation):
    drawn = Drawn().add(1, 0, "g.").add(2, 0, "..").add(3, 0, "gg")
    days, _ = sets(drawn.table())
    pupils = relation(drawn.pupils(class_id=[7, 7, 8], class_name=["7A", "7A", "7B"]))
    found = rows(level.by_class(days, pupils), "class_id")
    assert [(c["class_name"], c["absence_share"]) for c in found] == [("7A", 0.25), ("7B", 1)]


def test_by_subject_sums_over_terms(sets):
    _, subjects = sets(Drawn().add(1, 0, "g", subjects="M").add(1, 120, ".", subjects="M").table())
    assert lesson_measures.by_subject(subjects).to_pyarrow()["absence_share"].to_pylist() == [0.5]


MARKS = st.text(alphabet=".goal-n", min_size=1, max_size=6)
YEARS = st.dictionaries(st.tuples(st.integers(1, 4), st.integers(0, 14)), MARKS, min_size=1, max_size=40)


@given(year=YEARS)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_engine_equals_plain_python(year, sets, relation):
    drawn = Drawn()
    for (pupil, day), marks in year.items():
        drawn.add(pupil, day, marks, unit=pupil % 2 + 1)
    days, _ = sets(drawn.table())
    shares = {row["pupil"]: row["absence_share"] for row in level.absence(days).to_pyarrow().to_pylist()}
    expected = {key[0]: absence_share(part) for key, part in grouped(drawn.lessons, "pupil").items()}
    assert shares == pytest.approx(expected)
    away = day_measures.days_away(days).to_pyarrow().to_pylist()
    assert {(r["pupil"], r["unit"], r["date"]) for r in away} == days_away(drawn.lessons)
    calendar = drawn.calendar()
    found = day_measures.spells(days, relation(calendar)).to_pyarrow().to_pylist()
    assert sorted((s["pupil"], s["first"], s["last"], s["length"]) for s in found) == sorted(
        spells(drawn.lessons, calendar)
    )
