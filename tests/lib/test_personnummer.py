"""Personal numbers: every published test number, coordination and temporary numbers, wrong ones."""

from __future__ import annotations

import csv
import doctest
import re
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from samhandla.lib import personnummer
from samhandla.lib.personnummer import PersonnummerError, parse_personnummer

FIXED = settings(deadline=None, derandomize=True, database=None)
DATA = Path(__file__).resolve().parents[3] / "shared/data/testpersonnummer"


def published(pattern: str) -> list[str]:
    """Every twelve-digit number in the published files."""
    found: list[str] = []
    for path in sorted(DATA.glob(pattern)):
        with path.open(encoding="utf-8-sig") as file:
            found += [
                cell for row in csv.reader(file) for cell in row if re.fullmatch(r"\d{12}", cell.strip())
            ]
    return found


NUMBERS = published("*.csv") + published("*.txt")


def test_every_published_test_number_is_valid():
    assert len(NUMBERS) > 1000
    wrong = []
    for number in NUMBERS:
        try:
            parsed = parse_personnummer(number)
        except PersonnummerError:
            wrong.append(number)
            continue
        if parsed.number != number:
            wrong.append(number)
    assert wrong == []


def test_the_kind_follows_from_the_day():
    kinds = {parse_personnummer(n).kind: int(n[6:8]) > 60 for n in NUMBERS}
    assert kinds in (
        {"personnummer": False},
        {"personnummer": False, "samordningsnummer": True},
    )


@FIXED
@given(st.sampled_from(NUMBERS), st.integers(0, 11), st.integers(1, 9))
def test_one_wrong_digit_is_found_or_another_day(number, place, step):
    """The check digit covers ten digits; the century it does not cover."""
    changed = number[:place] + str((int(number[place]) + step) % 10) + number[place + 1 :]
    if place < 2:
        return
    with pytest.raises(PersonnummerError):
        parse_personnummer(changed)


def test_written_forms_are_one_number():
    number = "201301019288" if "201301019288" in NUMBERS else NUMBERS[-1]
    for text in (number, f"{number[:8]}-{number[8:]}", f" {number} ", f"{number[:8]}\u2013{number[8:]}"):
        assert parse_personnummer(text).number == number


def test_ten_digits_get_their_century_and_a_plus_the_one_before():
    number = next(n for n in NUMBERS if n.startswith("19"))
    later = date(int(number[:4]) + 99, 12, 31)
    assert parse_personnummer(number[2:], today=later).number == number
    assert parse_personnummer(f"{number[2:8]}+{number[8:]}", today=date(2070, 1, 1)).number[:2] == "19"


def test_a_coordination_number_is_born_sixty_days_earlier():
    parsed = parse_personnummer("701063-2391", today=date(2026, 1, 1))
    assert (parsed.kind, parsed.birth_date, parsed.number) == (
        "samordningsnummer",
        date(1970, 10, 3),
        "197010632391",
    )


@pytest.mark.parametrize("text", ["20130101TF01", "20130101-TF01", "20130101-tf01"])
def test_a_temporary_number_has_two_letters(text):
    parsed = parse_personnummer(text)
    assert (parsed.kind, parsed.number, parsed.birth_date) == (
        "tillfalligt",
        "20130101TF01",
        date(2013, 1, 1),
    )


@pytest.mark.parametrize(
    "text", ["", "alma", "2013", "20130230-1234", "20131301TF01", "13TF01", "1301011TF1", "2013-01-01-1234"]
)
def test_what_is_no_number_is_refused_with_a_reason(text):
    with pytest.raises(PersonnummerError, match=r"\w"):
        parse_personnummer(text)


@FIXED
@given(st.text(max_size=20))
def test_any_text_is_a_number_or_refused(text):
    try:
        outcome = parse_personnummer(text).number
    except PersonnummerError as refused:
        outcome = str(refused)
    assert len(outcome) == 12 or outcome.endswith(".")


def test_examples():
    assert doctest.testmod(personnummer).failed == 0
