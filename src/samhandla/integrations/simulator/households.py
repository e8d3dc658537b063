"""The adults around a child: one or two guardians, together or apart, and now and then somebody else."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

import numpy as np

from samhandla.integrations.simulator.names import LAST, MEN, WOMEN
from samhandla.integrations.simulator.numbers import AdultNumbers, birth_date_of
from samhandla.integrations.simulator.records import Guardian, Guardianship

FIRST_GUARDIAN = 400_000_000
GUARDIANS_PER_UNIT = 20_000

ALONE = 0.15
APART = 0.25
# Kinds beside (or instead of) the ordinary guardians, with the share of children that have one.
SPECIAL = (
    ("särskilt förordnad vårdnadshavare", 0.004, True),
    ("god man", 0.004, True),
    ("familjehem", 0.008, False),
    ("umgängesförälder", 0.015, False),
    ("annan ansvarig", 0.012, False),
)


@dataclass(frozen=True, slots=True)
class Household:
    """Where a child comes from: a family name, an area and the adults, as (guardian, kind, lives_with)."""

    last_name: str
    area: str
    separated: bool
    adults: tuple[tuple[Guardian, str, bool], ...]

    def of_child(self, child: int) -> list[Guardianship]:
        return [
            Guardianship(guardian.number, child, kind, with_child)
            for guardian, kind, with_child in self.adults
        ]


@dataclass
class HouseholdMaker:
    """Makes the households of one school, one after the other, from one random stream."""

    chance: np.random.Generator
    unit: int
    areas: tuple[str, ...]
    numbers: AdultNumbers
    _next: int = field(init=False)

    def __post_init__(self) -> None:
        self._next = FIRST_GUARDIAN + self.unit * GUARDIANS_PER_UNIT

    def make(self, child_year: int, near: str) -> Household:
        """Make a household; half of the children live in the school's own area."""
        chance = self.chance
        last = LAST[int(chance.integers(len(LAST)))]
        area = near if chance.random() < 0.6 else self._area()
        sexes = self._sexes()
        separated = len(sexes) == 2 and bool(chance.random() < APART)
        adults = []
        for i, sex in enumerate(sexes):
            away = separated and i == 1
            name = last if not separated or i == 0 else LAST[int(chance.integers(len(LAST)))]
            guardian = self._guardian(child_year, sex, name, self._area() if away else area)
            adults.append((guardian, "vårdnadshavare", not away or bool(chance.random() < 0.6)))
        self._add_special(adults, child_year, area)
        return Household(last, area, separated, tuple(adults))

    def _sexes(self) -> tuple[str, ...]:
        roll = self.chance.random()
        if roll < ALONE:
            return ("K",) if roll < ALONE * 0.85 else ("M",)
        return ("K", "K") if roll > 0.985 else ("K", "M")

    def _add_special(self, adults: list[tuple[Guardian, str, bool]], child_year: int, area: str) -> None:
        roll = float(self.chance.random())
        for kind, share, instead in SPECIAL:
            if roll < share:
                if instead:
                    adults.clear()
                sex = "K" if self.chance.random() < 0.5 else "M"
                last = LAST[int(self.chance.integers(len(LAST)))]
                lives_with = kind in ("särskilt förordnad vårdnadshavare", "familjehem")
                adults.append((self._guardian(child_year, sex, last, area), kind, lives_with))
                return
            roll -= share

    def _area(self) -> str:
        return self.areas[int(self.chance.integers(len(self.areas)))]

    def _guardian(self, child_year: int, sex: str, last: str, area: str) -> Guardian:
        chance = self.chance
        names = WOMEN if sex == "K" else MEN
        year = int(np.clip(chance.normal(child_year - 31, 5), child_year - 55, child_year - 18))
        number = self.numbers.take(year, sex)
        born = (
            birth_date_of(number) if number else date(year, 1, 1) + timedelta(days=int(chance.integers(365)))
        )
        marking: str | None = "Ingen"
        if chance.random() < 0.002:
            marking = "Sekretessmarkering"
        guardian = Guardian(
            self._next, names[int(chance.integers(len(names)))], last, sex, born, number, marking, area
        )
        self._next += 1
        return guardian
