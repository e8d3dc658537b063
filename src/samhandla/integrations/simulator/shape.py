"""How absence is spread over pupils, in England's published bands, and how far apart two spreads are."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from samhandla.integrations.simulator.attendance import SchoolYear

BANDS = (
    "pct5", "pct10", "pct15", "pct20", "pct25", "pct30", "pct35", "pct40", "pct45", "pct50", "pct50plus",
)  # fmt: skip
# The years before the pandemic. The rates were set by hand on the first two; the third checks them.
SET_ON = ("201617", "201718")
CHECKED_ON = ("201819",)
_SEX = {"Female": "K", "Male": "M"}

Shares = NDArray[np.float64]
Cell = tuple[str, int]  # sex and English year group


@dataclass(frozen=True, slots=True)
class PupilShare:
    """One pupil's absence share (0–1) of the year's offered minutes, sex, and English year group by age."""

    pupil: int
    share: float
    sex: str
    year_group: int | None


def year_group(form: str, grade: int) -> int | None:
    """Return the English year group of about the same age, None above the compulsory years of England.

    England's year 1 begins at five to six, like förskoleklass at five and a half to six and a half.

    >>> year_group("FKLASS", 0), year_group("GR", 9), year_group("GY", 1), year_group("GY", 2)
    (1, 10, 11, None)
    """
    group = grade + 10 if form.startswith("GY") else grade + 1
    return group if group <= 11 else None


def pupil_shares(years: Iterable[SchoolYear]) -> list[PupilShare]:
    """Return the yearly absence share of every pupil who was offered any lesson."""
    absent: dict[int, int] = defaultdict(int)
    offered: dict[int, int] = defaultdict(int)
    people: dict[int, tuple[str, int | None]] = {}
    for year in years:
        minutes = pc.add(year.lessons["valid"], year.lessons["invalid"])
        table = pa.table(
            {"pupil": year.lessons["pupil"], "absent": minutes, "offered": year.lessons["offered"]}
        )
        sums = table.group_by("pupil").aggregate([("absent", "sum"), ("offered", "sum")])
        for row in sums.to_pylist():
            absent[row["pupil"]] += row["absent_sum"]
            offered[row["pupil"]] += row["offered_sum"]
        for row in year.pupils.select(["pupil", "sex", "form", "grade"]).to_pylist():
            people[row["pupil"]] = row["sex"], year_group(row["form"], row["grade"])
    return [PupilShare(n, absent[n] / offered[n], *people[n]) for n in sorted(people) if offered[n]]


def bands_of(shares: Iterable[float]) -> Shares:
    """Return which part of the pupils falls in each band, upper limits included.

    >>> [float(part) for part in bands_of([0.02, 0.05, 0.051, 0.9])[[0, 1, 10]]]
    [0.5, 0.25, 0.25]
    """
    values = np.fromiter(shares, np.float64)
    band = np.clip(np.ceil(values * 20 - 1e-9).astype(int) - 1, 0, len(BANDS) - 1)
    return np.bincount(band, minlength=len(BANDS)) / len(values)


def read_dfe(path: Path, periods: tuple[str, ...]) -> dict[Cell, Shares]:
    """Return pupils per band by sex and year group, summed over authorities and kinds of school.

    Source: Department for Education, pupils per absence band, four local authorities (OGL v3).
    """
    cells: dict[Cell, Shares] = defaultdict(lambda: np.zeros(len(BANDS)))
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            if row["time_period"] in periods:
                cell = _SEX[row["gender"]], int(row["NCyearActual"])
                cells[cell] += np.array([float(row[band]) for band in BANDS])
    return dict(cells)


def expected_bands(pupils: list[PupilShare], dfe: dict[Cell, Shares]) -> Shares:
    """Return the English bands for the same mix of sexes and ages as these pupils have.

    Without this, a municipality with more young pupils would look better than England for that alone.
    """
    total = np.zeros(len(BANDS))
    for pupil in pupils:
        counts = dfe[pupil.sex, pupil.year_group or 0]
        total += counts / counts.sum()
    return np.asarray(total / total.sum())


def distance(one: Shares, other: Shares) -> float:
    """Return the total variation distance: the part of the pupils that would have to change band, 0–1."""
    return float(np.abs(one - other).sum() / 2)


def comparable(pupils: list[PupilShare]) -> list[PupilShare]:
    """Return the pupils that the English figures speak of: known sex, year groups 1–11."""
    return [pupil for pupil in pupils if pupil.sex in ("K", "M") and pupil.year_group is not None]
