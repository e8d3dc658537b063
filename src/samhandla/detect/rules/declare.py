"""What a rule is: a name, a version, parameters with units and ranges, and a sentence."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np

from samhandla.detect.rules.panel import Bools, Panel

Number = int | float | str
Numbers = dict[str, Number]
Values = Mapping[str, float]
Level = Literal["pupil", "class", "slot", "unit"]

COMPULSORY = ("FKLASS", "GR", "GRS", "GRSAR", "GRSÄR", "SAM", "SP", "SPEC")
UPPER_SECONDARY = ("GY", "GYS", "GYSAR", "GYSÄR", "GYAN")
FORMS = COMPULSORY + UPPER_SECONDARY  # preschool and after-school are not here: they never signal


@dataclass(frozen=True)
class Parameter:
    """One number that a municipality may set: what it means, its unit and its range."""

    name: str
    meaning: str
    default: float
    unit: str
    low: float
    high: float


@dataclass(frozen=True)
class State:
    """What a rule found: on which asked days it holds for whom, and the numbers behind one of them.

    `on` is (subjects × asked days); `numbers(row, place)` gives the numbers of one subject and asked day.
    `whole` is the same for every school day, from rules that had to look at them all anyhow.
    """

    on: Bools
    numbers: Callable[[int, int], Numbers]
    whole: Bools | None = None


@dataclass(frozen=True)
class GroupState(State):
    """The same for classes, slots and units: `ids` names each row, `unit` is its row in the calendar."""

    ids: tuple[str, ...] = ()
    unit: tuple[int, ...] = ()


@dataclass(frozen=True)
class Rule:
    """One open rule.

    `opens` tells whether the rule by default puts a subject on a worklist by itself; a rule that
    does not open adds its reason to a row that another rule opened. `wording` chooses another sentence
    where the usual one would not say what the numbers show. `compares` tells whether what it finds about
    a pupil depends on the other pupils of the unit. `told_by` names the data that it is asked about: lessons,
    sums of a source without them, or absence alone.
    """

    code: str
    version: int
    family: str
    level: Level
    title: str
    sentence: str
    parameters: tuple[Parameter, ...]
    test: Callable[[Panel, Values], State]
    opens: bool = False
    forms: tuple[str, ...] = FORMS
    wording: Callable[[Numbers], str] | None = None
    compares: bool = False
    told_by: tuple[str, ...] = ("lessons",)

    def defaults(self) -> dict[str, float]:
        """Return the declared value of every parameter."""
        return {parameter.name: parameter.default for parameter in self.parameters}


def nowhere(panel: Panel) -> Bools:
    """Return a matrix of all school days in which nothing holds."""
    return np.zeros(panel.shape, bool)
