"""Percentages, changes and goals, with the cases of the reports."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal as D
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samhandla.govern import words
from samhandla.govern.rules import (
    Definition,
    NoTerm,
    Term,
    change_of,
    content_hash,
    not_comparable,
    percent,
    standing,
    terms_between,
)


@pytest.mark.parametrize("text", ["", "VT25", "vt2025", "ST2025", "VT2025 ", "2025VT"])
def test_what_is_no_term_is_refused(text):
    with pytest.raises(NoTerm):
        Term.parse(text)


def test_terms_turn_on_the_first_of_january_and_july():
    assert [Term.of(d).code for d in (date(2025, 6, 30), date(2025, 7, 1), date(2026, 1, 1))] == [
        "VT2025",
        "HT2025",
        "VT2026",
    ]
    assert Term.parse("VT2025").year_before.code == "VT2024"
    assert sorted([Term.parse("HT2024"), Term.parse("VT2025"), Term.parse("VT2024")])[0].code == "VT2024"


@given(st.dates(date(2000, 1, 1), date(2060, 1, 1)), st.integers(0, 900))
def test_terms_follow_each_other_without_gap(first, days):
    last = first + timedelta(days=days)
    terms = terms_between(first, last)
    assert terms[0].first <= first <= terms[0].last
    assert terms[-1].first <= last <= terms[-1].last
    for one, other in pairwise(terms):
        assert other.first - one.last == timedelta(days=1)


def test_percent_is_rounded_half_up_and_nothing_of_nothing_is_nothing():
    assert percent(1, 16) == D("6.3")  # 6.25
    assert percent(0, 5) == D("0.0")
    assert percent(None, 5) is None
    assert percent(0, 0) is None


@pytest.mark.parametrize(
    ("before", "points", "relative"),
    [("10.0", "-2.0", "-20.0"), ("15.0", "-2.0", "-13.3"), ("20.0", "-2.0", "-10.0")],
)
def test_the_same_two_points_are_different_per_cents(before, points, relative):
    """F17."""
    change = change_of(D(before) - 2, D(before))
    assert (change.points, change.relative) == (D(points), D(relative))


def test_a_tenth_is_never_ambiguous():
    """F16: "0,1 procent" stood in print where 0.1 percentage points was meant."""
    text = words.describe_change(D("14.9"), D("15.0"), "vårterminen 2024")
    assert "0,1 procentenheter" in text
    assert "0,1 procent " not in text.replace("0,1 procentenheter", "")
    assert "relativ förändring med 0,7 procent av den tidigare nivån" in text


def test_change_up_down_and_none_in_words():
    assert words.describe_change(D("16.2"), D("14.8"), "x").startswith("Ökade med 1,4 procentenheter")
    assert words.describe_change(D("14.8"), D("16.2"), "x").startswith("Minskade med 1,4 procentenheter")
    assert words.describe_change(D("5.0"), D("5.0"), "x") == "Oförändrat jämfört med x: 5,0 procent."
    assert "relativ" not in words.describe_change(D("5.0"), D("0.0"), "x")


@given(
    st.decimals(0, 100, places=1),
    st.decimals(0, 100, places=1),
)
def test_the_reader_who_subtracts_gets_what_the_sentence_says(now, before):
    text = words.describe_change(now, before, "vårterminen 2024")
    difference = words.points(abs(now - before))
    assert now == before or difference in text


def test_goal_in_points():
    """F13: at least two percentage points down."""
    found = standing("fall_points", D("2.0"), D("14.0"), D("15.2"))
    assert (found.reached, found.left, found.done_percent, found.is_reached) == (
        D("1.2"),
        D("0.8"),
        60,
        False,
    )
    said = words.describe_standing(found)
    assert said == "Minskningen är 1,2 procentenheter: 60 procent av målet, 0,8 procentenheter återstår."


def test_goal_in_per_cent_of_the_base():
    """F14 and F15: −16.4 of −20 per cent is 82 per cent of the goal, 3.6 short."""
    found = standing("fall_percent", D("20.0"), D("20.9"), D("25.0"))
    assert (found.reached, found.left, found.done_percent) == (D("16.4"), D("3.6"), 82)
    said = words.describe_standing(found)
    assert "16,4 procent av utgångsläget" in said
    assert "82 procent av målet, 3,6 procentenheter återstår" in said


def test_goal_as_level_and_goal_missed_by_rising():
    assert words.describe_standing(standing("at_most", D("12.0"), D("14.8"), None)) == (
        "Utfallet är 14,8 procent: 2,8 procentenheter över målvärdet."
    )
    assert "målvärdet är nått" in words.describe_standing(standing("at_most", D("12.0"), D("12.0"), None))
    worse = standing("fall_points", D("2.0"), D("16.0"), D("15.0"))
    assert worse.done_percent == 0
    assert words.describe_standing(worse).startswith("Andelen har ökat med 1,0 procentenheter")
    assert standing("fall_points", D("2.0"), D("16.0"), None) is None


def test_reasons_not_to_compare():
    low = D("0.80")
    assert (
        not_comparable(same_definition=True, now_reporting=D("0.9"), before_reporting=D("0.9"), low=low) == []
    )
    assert not_comparable(same_definition=False, now_reporting=D("0.9"), before_reporting=None, low=low) == [
        "definition",
        "low_reporting",
    ]
    assert not_comparable(
        same_definition=True, now_reporting=D("0.99"), before_reporting=D("0.85"), low=low
    ) == ["reporting_differs"]


def definition(**changes):
    values = {
        "measure": "over_threshold",
        "measure_version": 1,
        "version": 1,
        "threshold": "0.150",
        "forms": ("GR",),
        "group_limit": 10,
        "count_limit": 5,
        "low_reporting": "0.80",
        "high_mean": "0.20",
    }
    return Definition(**{**values, **changes})


def test_a_definition_is_the_same_where_and_only_where_it_counts_the_same():
    assert definition().same_as == definition(version=7).same_as
    assert definition().same_as != definition(threshold="0.200").same_as
    text = " ".join(words.describe_definition(definition(threshold="0.100")))
    assert "över 10 procent" in text
    assert "färre än 10 elever" in text


def test_hash_does_not_depend_on_the_order_of_keys():
    assert content_hash({"a": 1, "b": "å"}) == content_hash({"b": "å", "a": 1})
    assert content_hash({"a": 1}) != content_hash({"a": 2})
