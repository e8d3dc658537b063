"""Single cells: days, times, amounts, numbers, personal numbers."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum import luhn

from samhandla.integrations.files.personnummer import birth_date, normalise_personnummer
from samhandla.integrations.files.values import (
    Amount,
    BadValue,
    DateStyle,
    Unit,
    clean,
    parse_amount,
    parse_date,
    parse_number,
    parse_time,
    parse_whole,
    shown,
)

TODAY = date(2026, 11, 1)


@pytest.mark.parametrize(
    "text",
    [
        *("2026-03-09", "20260309", "2026-3-9", "2026-03-09T08:15:00+01:00", "2026-03-09 08:15"),
        *("9/3 2026", "9.3.2026", "09-03-2026", "9 mars 2026", "måndag 9 mars 2026", "den 9 mars 2026"),
        *("2026/03/09", "9/3/2026"),
    ],
)
def test_swedish_days(text):
    assert parse_date(text, DateStyle.SWEDISH) == date(2026, 3, 9)


def test_american_days():
    assert parse_date("8/15/2020", DateStyle.MDY) == date(2020, 8, 15)
    assert parse_date("2020-08-15", DateStyle.MDY) == date(2020, 8, 15)


@pytest.mark.parametrize(
    ("text", "style"),
    [
        ("8/15/2020", DateStyle.SWEDISH),
        ("2026-02-30", DateStyle.ISO),
        ("9/3/2026", DateStyle.ISO),
        ("1026-03-09", DateStyle.ISO),
        ("9 smurf 2026", DateStyle.SWEDISH),
        ("igår", DateStyle.SWEDISH),
        ("2026-03-091", DateStyle.ISO),
    ],
)
def test_days_that_are_none(text, style):
    with pytest.raises(BadValue):
        parse_date(text, style)


@pytest.mark.parametrize(
    "text",
    [
        *("08:15", "8.15", "0815", "8:15:00", "kl 8:15"),
        *("2026-03-09T07:15:00Z", "2026-07-09T06:15:00Z", "2026-03-09 08:15"),
    ],
)
def test_times_of_day(text):
    assert parse_time(text) == 495


@pytest.mark.parametrize("text", ["25:00", "8:60", "åtta", "2026-03-09T99:00", "8"])
def test_times_that_are_none(text):
    with pytest.raises(BadValue):
        parse_time(text)


@pytest.mark.parametrize(
    ("text", "unit", "amount"),
    [
        ("10/60", Unit.MINUTES, Amount(10, Unit.FRACTION, 60)),
        ("12,5 %", Unit.MINUTES, Amount(12.5, Unit.PERCENT)),
        ("1:30", Unit.HOURS, Amount(90, Unit.MINUTES)),
        ("1,5", Unit.HOURS, Amount(1.5, Unit.HOURS)),
        ("2 tim", Unit.MINUTES, Amount(2, Unit.HOURS)),
        ("40 min", Unit.HOURS, Amount(40, Unit.MINUTES)),
        ("1 234,5", Unit.MINUTES, Amount(1234.5, Unit.MINUTES)),
        ("45", Unit.CLOCK, Amount(45, Unit.MINUTES)),
    ],
)
def test_amounts(text, unit, amount):
    assert parse_amount(text, unit) == amount


@pytest.mark.parametrize(
    "text", ["-5", "−5", "-1:30", "1e3", "sextio", "1/2/3", "10/", "1,2,3", "-3/60", "3/-60"]
)
def test_amounts_that_are_none(text):
    with pytest.raises(BadValue):
        parse_amount(text, Unit.MINUTES)


def test_whole_numbers():
    assert parse_whole("7,0") == 7
    with pytest.raises(BadValue, match="heltal"):
        parse_whole("7,5")


@given(st.floats(-1e9, 1e9, allow_nan=False).map(lambda number: round(number, 3)))
def test_comma_and_point_are_one_number(number):
    text = f"{number:.3f}"
    assert parse_number(text) == parse_number(text.replace(".", ",")) == number


@pytest.mark.parametrize("text", ["#DIV/0!", "#N/A", "#REF!", "#FORMEL", "#VÄRDEFEL!", "två\nrader"])
def test_cells_that_excel_or_quotes_broke(text):
    with pytest.raises(BadValue):
        clean(text)


def test_ordinary_cells_are_trimmed():
    assert clean("\xa0 Åsa  Berg ") == "Åsa Berg"
    assert clean("#7") == "#7"


def test_free_text_is_never_repeated():
    assert "magont" not in shown("sjuk med magont sedan i tisdags")
    assert shown("GF") == "”GF”"


def test_every_test_number_is_accepted(numbers):
    accepted = [normalise_personnummer(number, TODAY) for number in numbers]
    assert accepted == numbers
    assert len(accepted) > 20_000


def test_ways_of_writing_a_number_are_one(numbers):
    for number in numbers[-200:]:
        if int(number[:4]) > 1930:
            ways = {
                number,
                f"{number[:8]}-{number[8:]}",
                f"{number[2:8]}-{number[8:]}",
                number[2:],
                f" {number} ",
            }
            assert {normalise_personnummer(way, TODAY) for way in ways} == {number}


def test_hundred_years_has_plus(numbers):
    old = numbers[0]
    assert old < "1960"
    assert normalise_personnummer(f"{old[2:8]}+{old[8:]}", date(2060, 11, 1)) == old
    assert normalise_personnummer(f"{old[2:8]}-{old[8:]}", TODAY) == old


def test_coordination_and_temporary_numbers(numbers):
    plain = numbers[0]
    moved = f"{plain[2:6]}{int(plain[6:8]) + 60}{plain[8:11]}"
    coordination = plain[:2] + moved + luhn.calc_check_digit(moved)
    assert normalise_personnummer(coordination, TODAY) == coordination
    assert birth_date(coordination) == birth_date(plain)
    assert normalise_personnummer("20130101-tf01", TODAY) == "20130101TF01"


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("17", "10 eller 12"),
        ("2,00412E+11", "avrundat"),
        ("412312384", "nollan"),
        ("20041331TF01", "datum"),
        ("200413312384", "datum"),
        ("Svensson", "10 eller 12"),
    ],
)
def test_wrong_numbers_say_why_without_repeating(text, word):
    with pytest.raises(BadValue, match=word) as refused:
        normalise_personnummer(text, TODAY)
    assert text not in str(refused.value)


def test_wrong_check_digit(numbers):
    wrong = numbers[0][:-1] + str((int(numbers[0][-1]) + 1) % 10)
    with pytest.raises(BadValue, match="kontrollsiffra"):
        normalise_personnummer(wrong, TODAY)
