"""Personal numbers for invented people: only from a list of numbers that are never given to anyone."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from samhandla.integrations.simulator.chance import stream


class NumbersUnreadable(Exception):
    """The file of test numbers cannot be used; the message says why and what to do."""


@dataclass(frozen=True)
class NumberPool:
    """Test numbers by year of birth, in an order that the seed decides."""

    by_year: dict[int, tuple[str, ...]]

    def of_cohort(self, year: int, serial: int) -> str | None:
        """Return the number of the `serial`:th person born that year, None when the list is out of them."""
        numbers = self.by_year.get(year, ())
        return numbers[serial] if serial < len(numbers) else None

    def adults(self, school: int, schools: int) -> AdultNumbers:
        """Return the adults' numbers that one school may use; no other school gets the same."""
        return AdultNumbers({year: list(numbers[school::schools]) for year, numbers in self.by_year.items()})


class AdultNumbers:
    """One school's numbers for adults; each is given out once."""

    def __init__(self, by_year: dict[int, list[str]]) -> None:
        self._left = by_year

    def take(self, year: int, sex: str) -> str | None:
        """Return a number near that year of birth with that sex and forget it, None when there is none."""
        for near in (year, year + 1, year - 1, year + 2, year - 2):
            numbers = self._left.get(near, [])
            for i, number in enumerate(numbers):
                if sex_of(number) == sex:
                    return numbers.pop(i)
        return None


def sex_of(number: str) -> str:
    """Return K or M; the last digit but one is even for women and odd for men."""
    return "K" if int(number[10]) % 2 == 0 else "M"


def birth_date_of(number: str) -> date:
    return date(int(number[:4]), int(number[4:6]), int(number[6:8]))


def read_numbers(path: Path | None, seed: int) -> NumberPool:
    """Read a file with one twelve-digit test number a line.

    Returns: an empty pool when there is no path, so that nobody gets a number.
    Raises: NumbersUnreadable when the file is missing or a line is not a twelve-digit number with a date.
    Source: Skatteverket's open list of test numbers.
    """
    if path is None:
        return NumberPool({})
    try:
        lines = path.read_text(encoding="ascii").split()
    except (OSError, UnicodeDecodeError) as error:
        raise NumbersUnreadable(
            f"Filen med testpersonnummer, {path}, gick inte att läsa ({error}). "
            "Ange en textfil med ett nummer per rad."
        ) from error
    by_year: dict[int, list[str]] = defaultdict(list)
    for row, line in enumerate(lines, start=1):
        by_year[_year(line, row, path)].append(line)
    pool: dict[int, tuple[str, ...]] = {}
    for year in sorted(by_year):
        numbers = sorted(set(by_year[year]))
        stream(seed, "numbers", year).shuffle(numbers)
        pool[year] = tuple(numbers)
    return NumberPool(pool)


def _year(line: str, row: int, path: Path) -> int:
    try:
        if len(line) != 12 or not line.isdigit():
            raise ValueError
        return birth_date_of(line).year
    except ValueError:
        raise NumbersUnreadable(
            f"Rad {row} i {path} är inget personnummer med tolv siffror. "
            "Ange en fil med ett testpersonnummer per rad."
        ) from None
