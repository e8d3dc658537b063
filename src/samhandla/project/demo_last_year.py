"""The year before the shown one, for the invented municipality: what limits are rehearsed on.

The simulator makes one school year at a time. Here the compulsory schools' pupils of the shown year go one
year back: the same pupils in the classes they then went to, with last year's days and absence of its own.
Who began this year was not there, and who left last summer is left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from samhandla.integrations.simulator.attendance import simulate_school
from samhandla.integrations.simulator.records import Group, Pupil, School
from samhandla.integrations.simulator.schooldays import MOST_DAYS, school_days
from samhandla.integrations.simulator.settings import Settings
from samhandla.integrations.simulator.ss12000_ids import Ids
from samhandla.integrations.simulator.world import World

Json = dict[str, Any]
FORM = "GR"
PRESCHOOL_CLASS = "FKLASS"


@dataclass(frozen=True)
class LastYear:
    """The compulsory schools of a world one year before."""

    world: World
    ids: Ids

    @property
    def first(self) -> date:
        return date(self.world.school_year - 1, 8, 1)

    @property
    def last(self) -> date:
        return date(self.world.school_year, 6, 30)

    def schools(self) -> Iterator[School]:
        """Go through the municipality's compulsory schools, with last year's days."""
        year = self.world.school_year - 1
        for school in self.world.schools():
            if FORM not in school.unit.forms or school.unit.independent:
                continue
            days, closures = school_days(school.unit.number, school.index, self.world.seed, year, MOST_DAYS)
            pupils = tuple(self._before(pupil) for pupil in school.pupils)
            yield replace(school, days=days, closures=closures, pupils=pupils)

    def _before(self, pupil: Pupil) -> Pupil:
        """Return the pupil with this year's enrolment and then last year's, which is the one that counts."""
        now = pupil.enrolments[-1]
        return replace(pupil, enrolments=(now, replace(now, started=self.first, ended=None)))

    def there(self, school: School) -> list[Pupil]:
        """Return those who went to the school a year ago: not the youngest, and not who came this year."""
        youngest = min(pupil.grade for pupil in school.pupils)
        began = date(self.world.school_year, 8, 1)
        return [
            pupil
            for pupil in school.pupils
            if pupil.grade > youngest and not pupil.moved and pupil.enrolments[0].started == began
        ]

    def lessons(self, school: School) -> pa.Table:
        """Return last year's lessons of those who went to the school then."""
        made = simulate_school(replace(self.world, seed=self.world.seed + 1), school, Settings()).lessons
        there = pa.array(
            sorted(pupil.number for pupil in self.there(school)), made.schema.field("pupil").type
        )
        return made.filter(pc.is_in(made["pupil"], value_set=there))

    def into_register(self, resources: dict[str, list[Json]]) -> None:
        """Put last year's enrolments, classes and mentors into the register that the source delivers."""
        persons = {row["id"]: row for row in resources["persons"]}
        duties = {(row["person"]["id"], row["dutyAt"]["id"]): row for row in resources["duties"]}
        for school in self.schools():
            there = {pupil.number: pupil for pupil in self.there(school)}
            for pupil in there.values():
                row = persons.get(self.ids.of("person", pupil.number))
                if row is not None:
                    row["enrolments"].insert(0, self._enrolment(pupil))
            for group in school.groups:
                members = [number for number in group.members if number in there]
                if group.kind == "Klass" and members:
                    resources["groups"].append(self._class(group, members))
                    self._mentors(school, group, duties)

    def _enrolment(self, pupil: Pupil) -> Json:
        return {
            "enroledAt": {"id": self.ids.of("organisation", pupil.unit)},
            "schoolYear": pupil.grade - 1,
            "schoolType": FORM if pupil.grade > 1 else PRESCHOOL_CLASS,
            "startDate": self.first.isoformat(),
            "endDate": self.last.isoformat(),
            "cancelled": False,
        }

    def _class(self, group: Group, members: list[int]) -> Json:
        dates = {"startDate": self.first.isoformat(), "endDate": self.last.isoformat()}
        return {
            "id": self.ids.of("group", f"{group.number} last year"),
            "meta": self.ids.meta(),
            "displayName": _name_before(group),
            "groupType": group.kind,
            "schoolType": FORM if group.grade > 1 else PRESCHOOL_CLASS,
            "organisation": {"id": self.ids.of("organisation", group.unit)},
            **dates,
            "groupMemberships": [
                {"person": {"id": self.ids.of("person", number)}, **dates} for number in members
            ],
        }

    def _mentors(self, school: School, group: Group, duties: dict[tuple[str, str], Json]) -> None:
        """Let a class's mentor of today have had it last year too."""
        for duty in school.duties:
            if duty.role != "mentor" or duty.class_id != group.number or duty.ended is not None:
                continue
            place = self.ids.of("person", duty.staff), self.ids.of("organisation", duty.organisation)
            row = duties.get(place)
            if row is None:
                continue
            row["startDate"] = self.first.isoformat()
            row.setdefault("assignmentRole", []).append(
                {
                    "group": {"id": self.ids.of("group", f"{group.number} last year")},
                    "assignmentRoleType": "Mentor",
                    "startDate": self.first.isoformat(),
                    "endDate": self.last.isoformat(),
                }
            )


def _name_before(group: Group) -> str:
    """Return what a class was called a year ago: 8A was 7A, 1B was FB."""
    return group.name.replace(str(group.grade), str(group.grade - 1) if group.grade > 1 else "F", 1)
