"""The room's rules: examples in their own words, and the borders of masking and of the clock."""

from __future__ import annotations

import doctest
from datetime import date
from importlib import import_module
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from samhandla.records.rules.clock import pace
from samhandla.records.rules.kinds import KINDS
from samhandla.records.rules.masking import contact_places, joined, mask_problem, pieces, sentences
from samhandla.records.rules.numbers import read_number, written
from samhandla.records.rules.paragraphs import BY_BRANCH, PARAGRAPHS
from samhandla.records.rules.retention import PROPOSALS
from samhandla.trust.models import Branch

MODULES = ("clock", "kinds", "masking", "numbers", "paragraphs", "retention")


@pytest.mark.parametrize("name", MODULES)
def test_examples_hold(name):
    assert doctest.testmod(import_module(f"samhandla.records.rules.{name}")).failed == 0


TEXTS = st.text(alphabet="aÅ .!?\n1@", max_size=60)
MASKS = st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=6)


@given(TEXTS, MASKS)
def test_no_masked_letter_is_left_and_every_other_is(text, places):
    masks = [(a, b, "p") for a, b in places if mask_problem(text, (a, b, "p"), ["p"]) == ""]
    hidden = {place for first, last, _p in masks for place in range(first, last)}
    shown = "".join(piece.text for piece in pieces(text, masks))
    assert shown == "".join(sign for place, sign in enumerate(text) if place not in hidden)
    merged = joined(masks)
    assert all(one[1] <= two[0] for one, two in pairwise(merged))


@given(TEXTS)
def test_sentences_are_places_in_the_text(text):
    found = sentences(text)
    assert all(text[one.first : one.last] == one.text for one in found)
    assert "".join("".join(one.text.split()) for one in found) == "".join(text.split())


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2026-11-22 kl. 08.30–09.15", []),
        ("7 kap. 19 a § skollagen (2010:800)", []),
        ("nr 20130502-0016", ["20130502-0016"]),
        ("Storgatan 12B, 261 31 Landskrona", ["Storgatan 12B", "261 31 Landskrona"]),
        ("+46 70 123 45 67", ["+46 70 123 45 67"]),
        ("frånvaro 12 dagar, 5 lektioner", []),
    ],
)
def test_ways_to_reach_somebody_are_found_and_ordinary_numbers_are_not(text, found):
    assert [text[first:last] for first, last in contact_places(text)] == found


def test_a_mask_needs_a_place_in_the_text_and_a_provision():
    assert mask_problem("abc", (2, 9, "p"), ["p"]) == "place"
    assert mask_problem("abc", (1, 1, "p"), ["p"]) == "place"
    assert mask_problem("abc", (0, 1, "none"), ["p"]) == "paragraph"


def test_the_clock_counts_working_days():
    friday = date(2026, 11, 20)
    assert [pace(friday, date(2026, 11, day)) for day in (20, 22, 23, 24, 25)] == [
        "today", "today", "soon", "soon", "late",
    ]  # fmt: skip


def test_a_written_number_is_read_again():
    assert read_number(written("EMI", 2026, 3)) == ("EMI", 2026, 3)
    assert read_number("2026") is None


def test_every_kind_has_a_proposal_and_every_branch_a_provision():
    assert {one.kind for one in PROPOSALS} == set(KINDS)
    assert set(BY_BRANCH) == set(Branch.values)
    assert set(BY_BRANCH.values()) <= set(PARAGRAPHS)
    assert all(one.mark in ("V", "P", "NV") for one in PARAGRAPHS.values())
