"""The law as data: openings, secrecy, ages and clocks, read from `law.toml`. No Django, no clock."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

from samhandla.secrecy.rules.walls import BRANCHES, PLACES

ANY = "any"
LAWFUL_MARKS = ("V", "P", "NV")
DECIDES = ("staff", "named", "principal", "board")
OLDEST = 25
STARTS = (*BRANCHES, ANY)
ENDS = (*PLACES, *(f"own_{branch}" for branch in BRANCHES), ANY)
MUST_SAY = ("paragraph", "title", "test", "source")


@dataclass(frozen=True)
class Opening:
    """A provision that lets, or obliges, somebody to hand over a fact past a wall.

    `starts` and `ends` are places (see `walls.PLACES`); `needs` is the circumstance that must be at hand;
    `below` is the age in years that the child must not have reached; `duty` says must rather than may.
    `approved` is whether the authority's lawyer has approved it: without that it is shown, never relied on.
    """

    code: str
    paragraph: str
    title: str
    starts: tuple[str, ...]
    ends: tuple[str, ...]
    test: str
    decides: str
    needs: str
    mark: str
    source: str
    below: int | None = None
    duty: bool = False
    valid_from: date | None = None
    valid_to: date | None = None
    approved: bool = False

    def holds_on(self, day: date) -> bool:
        """Tell whether the provision is in force on a day."""
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day <= self.valid_to
        )


@dataclass(frozen=True)
class Clause:
    """A row of law that decides no opening: how strong a secrecy is, an age, or a clock."""

    code: str
    paragraph: str
    says: str
    mark: str
    number: int | None = None
    visible_to: tuple[str, ...] = ()


@dataclass(frozen=True)
class Law:
    """Everything that `law.toml` says."""

    openings: tuple[Opening, ...]
    secrecy: dict[str, Clause]
    ages: dict[str, Clause]
    clocks: dict[str, Clause]


@cache
def seeded() -> Law:
    """Return the law as it is delivered: nothing in it is approved."""
    told = tomllib.loads((files("samhandla.secrecy") / "law.toml").read_text("utf-8"))
    return Law(
        openings=tuple(_opening(row) for row in told["opening"]),
        secrecy={
            r["place"]: Clause(r["place"], r["paragraph"], r["test"], r["mark"]) for r in told["secrecy"]
        },
        ages={
            r["code"]: Clause(r["code"], r["paragraph"], r["says"], r["mark"], number=r["from"])
            for r in told["age"]
        },
        clocks={
            r["code"]: Clause(
                r["code"], r["paragraph"], r["says"], r["mark"], r.get("days"), tuple(r["visible_to"])
            )
            for r in told["clock"]
        },
    )


def _opening(row: dict[str, Any]) -> Opening:
    renamed = {"from": "starts", "to": "ends"}
    values: dict[str, Any] = {
        renamed.get(key, key): tuple(value) if isinstance(value, list) else value
        for key, value in row.items()
    }
    return Opening(**values)


def opening_problems(values: dict[str, Any]) -> list[str]:
    """Return which fields of an authority's own opening say too little or what cannot be.

    >>> own = {"paragraph": "10 kap. 2 § OSL", "title": "t", "test": "t", "source": " ", "starts": ["school"]}
    >>> opening_problems(own | {"ends": ["nowhere"], "decides": "staff", "mark": "V", "below": 0})
    ['source', 'ends', 'below']
    """
    problems = [name for name in MUST_SAY if not str(values.get(name) or "").strip()]
    for name, known in (("starts", STARTS), ("ends", ENDS)):
        given = set(values.get(name) or ())
        if not given or not given <= set(known):
            problems.append(name)
    if values.get("decides") not in DECIDES:
        problems.append("decides")
    if values.get("mark") not in LAWFUL_MARKS:
        problems.append("mark")
    below = values.get("below")
    if below is not None and not 1 <= below <= OLDEST:
        problems.append("below")
    return problems
