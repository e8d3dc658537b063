"""The plan of the municipality: which schools, of which kind and how many pupils in each year."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from samhandla.integrations.simulator.chance import spread, stream
from samhandla.integrations.simulator.names import MUNICIPALITY, area_names, school_name
from samhandla.integrations.simulator.records import Organisation

HUVUDMAN, NAMND, FORVALTNING = 1, 2, 3
FIRST_UNIT, FIRST_SCHOOL, FIRST_INDEPENDENT = 101, 20_001, 40_001

# Mostly F–9 and F–6 with 7–9; one in twelve is run by somebody else, one is upper secondary, one adapted.
KINDS = ("F9", "F6", "GY", "79", "FRI", "F6", "F9", "GRS", "F6", "79", "F9", "F6")

# Pupils a year that a school of the kind wants, so that a cohort finds room from F–6 upwards.
YEAR_SIZE = {"F6": 45, "F9": 35, "FRI": 30, "79": 90, "GY": 250, "GRS": 3}
COHORTS = {
    "F6": range(6, 13), "F9": range(6, 16), "FRI": range(6, 16), "79": range(13, 16), "GY": range(16, 19),
    "GRS": range(7, 16),
}  # fmt: skip
LABEL_SHIFT_YEAR = 2028  # from autumn 2028 förskoleklass is year 1 and every label moves one step


@dataclass(frozen=True, slots=True)
class SchoolPlan:
    """A school before anybody has moved in.

    Args:
        sizes: pupils per cohort (age turned in the year the school year begins).
        first_pupil: number of the school's first pupil.
        before: per cohort, how many pupils of that cohort the schools before this one have.
    """

    index: int
    kind: str
    unit: Organisation
    sizes: dict[int, int]
    first_pupil: int
    before: dict[int, int]


def label(kind: str, cohort: int, school_year: int) -> tuple[str, int]:
    """Return school form and grade of a cohort, with the names that are used in that school year.

    >>> label("F9", 6, 2025), label("F9", 6, 2028), label("GY", 18, 2025)
    (('FKLASS', 0), ('GR', 1), ('GY', 3))
    """
    if kind == "GY":
        return "GY", cohort - 15
    shift = 1 if school_year >= LABEL_SHIFT_YEAR else 0
    if kind == "GRS":
        return "GRS", cohort - 6 + shift
    return ("FKLASS", 0) if cohort == 6 and not shift else ("GR", cohort - 6 + shift)


def plan_schools(pupils: int, schools: int, seed: int, school_year: int) -> tuple[SchoolPlan, ...]:
    """Divide the pupils over schools and cohorts; the sizes add up to `pupils` exactly."""
    kinds = [KINDS[i % len(KINDS)] for i in range(schools)]
    sizes = _sizes(pupils, kinds, seed)
    areas = area_names(max(4, schools))
    before = dict.fromkeys(range(6, 19), 0)
    plans: list[SchoolPlan] = []
    first = 1
    for i, kind in enumerate(kinds):
        unit = _unit(i, kind, areas[i], school_year)
        plans.append(SchoolPlan(i, kind, unit, sizes[i], first, dict(before)))
        first += sum(sizes[i].values())
        for cohort, n in sizes[i].items():
            before[cohort] += n
    return tuple(plans)


def _sizes(pupils: int, kinds: list[str], seed: int) -> list[dict[int, int]]:
    cells = [(i, cohort) for i, kind in enumerate(kinds) for cohort in COHORTS[kind]]
    uneven = stream(seed, "plan").uniform(0.85, 1.15, len(cells))
    weights = np.array([YEAR_SIZE[kinds[i]] for i, _ in cells]) * uneven
    sizes: list[dict[int, int]] = [{} for _ in kinds]
    for (i, cohort), n in zip(cells, spread(pupils, weights), strict=True):
        sizes[i][cohort] = int(n)
    return sizes


def _unit(index: int, kind: str, area: str, school_year: int) -> Organisation:
    independent = kind == "FRI"
    forms = sorted({label(kind, cohort, school_year)[0] for cohort in COHORTS[kind]})
    return Organisation(
        number=FIRST_UNIT + index,
        kind="skolenhet",
        name=school_name(index, kind),
        parent=FIRST_SCHOOL + index,
        authority=FIRST_INDEPENDENT + index if independent else HUVUDMAN,
        code=f"99{100_001 + index:06d}",
        forms=tuple(forms),
        area=area,
        independent=independent,
    )


def organisations_of(plans: tuple[SchoolPlan, ...]) -> tuple[Organisation, ...]:
    """Return every organisation: the municipality's own line first, then each school with its unit."""
    rows = [
        Organisation(HUVUDMAN, "huvudman", MUNICIPALITY, None, HUVUDMAN, organisation_number=_org_number(1)),
        Organisation(NAMND, "nämnd", "Barn- och utbildningsnämnden", HUVUDMAN, HUVUDMAN),
        Organisation(FORVALTNING, "förvaltning", "Barn- och utbildningsförvaltningen", NAMND, HUVUDMAN),
    ]
    for plan in plans:
        unit = plan.unit
        parent = FORVALTNING
        if unit.independent:
            parent = unit.authority
            number = _org_number(plan.index + 2)
            rows.append(
                Organisation(
                    parent,
                    "huvudman",
                    f"{unit.name} AB",
                    None,
                    parent,
                    organisation_number=number,
                    independent=True,
                )
            )
        rows.append(
            Organisation(
                FIRST_SCHOOL + plan.index,
                "skola",
                unit.name,
                parent,
                unit.authority,
                forms=unit.forms,
                area=unit.area,
                independent=unit.independent,
            )
        )
        rows.append(unit)
    return tuple(rows)


def _org_number(serial: int) -> str:
    """Make an organisation number with a correct check digit in a series that is not given out (99…)."""
    stem = f"9999{serial:05d}"
    doubled = [int(digit) * (2 if i % 2 == 0 else 1) for i, digit in enumerate(stem)]
    return stem + str(-sum(d // 10 + d % 10 for d in doubled) % 10)
