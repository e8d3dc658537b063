"""What in a text could tell who it is about: what must go, what is pointed out, and what is neither."""

from __future__ import annotations

from datetime import date

import pytest

from samhandla.secrecy.rules.cards import Known, card_problems, stage_of, traps_in

KNOWN = Known(
    persons=frozenset({"Alma", "Prov", "Bo", "Vera", "Anna-Karin", "Anna", "Karin"}),
    places=frozenset({"Bergaskolan", "7B", "Norra Berga"}),
)


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("Almas frånvaro ökar", "person", "Almas"),
        ("det sa ALMA själv", "person", "ALMA"),
        ("mamman Vera ringde", "person", "Vera"),
        ("mentor anna-karin", "person", "anna-karin"),
        ("brodern Bo slutade", "person", "Bo"),
        ("på bergaskolans gård", "place", "bergaskolans"),
        ("alla i 7b", "place", "7b"),
        ("i Norra Berga", "place", "Norra Berga"),
        ("20130502-1234", "number", "20130502-1234"),
        ("130502 1234", "number", "130502 1234"),
        ("ring 070-123 45 67", "contact", "070-123 45 67"),
        ("skriv till x.y@skola.se", "contact", "x.y@skola.se"),
        ("bor på Storgatan 5", "address", "Storgatan 5"),
    ],
)
def test_what_tells_who_it_is_must_go(text, kind, words):
    found = {trap.piece: trap for trap in traps_in(text, KNOWN)}
    assert (found[words].kind, found[words].must_go) == (kind, True)


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        ("kompisen heter Greta", "name", "Greta"),
        ("sedan 2026-03-02", "date", "2026-03-02"),
        ("den 4 mars", "date", "4 mars"),
        ("mötet 4/3", "date", "4/3"),
        ("en 13-åring", "age", "13-åring"),
        ("eleven är 13 år", "age", "13 år"),
        ("går i årskurs 7", "year", "årskurs 7"),
        ("har en tvillingbror", "rare", "tvillingbror"),
        ("familjen är romer eller rom", "rare", "rom"),
        ("sitter i rullstol", "rare", "rullstol"),
        ("nyanländ", "rare", "nyanländ"),
    ],
)
def test_what_makes_somebody_easy_to_recognise_is_pointed_out(text, kind, words):
    found = {trap.piece: trap for trap in traps_in(text, KNOWN)}
    assert (found[words].kind, found[words].must_go) == (kind, False)


@pytest.mark.parametrize(
    "text",
    [
        "Eleven kommer sent på måndagar. Hemma är det lugnt. Vi har provat att mötas vid grinden.",
        "Eleven bor nära skolan och provar nya vägar.",  # "prov" is a part of a word here
        "Det är romantik i luften, boken är blank och samtalet samma.",
        "Tre av tio lektioner.",
    ],
)
def test_ordinary_words_are_left_alone(text):
    assert traps_in(text, KNOWN) == []


def test_a_card_is_made_when_every_trap_has_its_answer():
    soft = traps_in("har en tvilling sedan i höst", KNOWN)
    assert card_problems(soft, [], KNOWN, small_seen=False) == ["undecided"]
    assert card_problems(soft, ["Tvilling"], KNOWN, small_seen=False) == []
    hard = traps_in("Alma har en tvilling", KNOWN)
    assert card_problems(hard, ["Alma", "tvilling"], KNOWN, small_seen=False) == ["must_go"]
    small = Known(KNOWN.persons, KNOWN.places, small=4)
    assert card_problems([], [], small, small_seen=False) == ["small"]
    assert card_problems([], [], small, small_seen=True) == []


@pytest.mark.parametrize(
    ("age", "stage"),
    [
        (5, "preschool"),
        (6, "lower"),
        (9, "lower"),
        (10, "middle"),
        (13, "upper"),
        (16, "secondary"),
        (20, "adult"),
    ],
)
def test_a_rough_age_stands_for_an_age(age, stage):
    assert stage_of(date(2026 - age, 1, 1), date(2026, 3, 1)) == stage
    assert stage_of(None, date(2026, 3, 1)) == "unknown"
