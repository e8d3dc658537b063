"""A municipality with enough pupils for figures, and its lake in a folder of its own."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta

import pytest
from tests.analytics.django.lessons import lesson, table

from samhandla.analytics import actions as attendance
from samhandla.govern import actions
from samhandla.people.models import Child, Enrolment
from samhandla.people.queries import domain_of
from samhandla.trust.viewer import acting_as


@pytest.fixture(autouse=True)
def lake(settings, tmp_path):
    settings.LAKE_DIR = tmp_path / "lake"
    return settings.LAKE_DIR


@dataclass
class Town:
    """Pupils by unit and sex, and what has been imported about them."""

    cast: object
    pupils: dict[tuple[str, str], list[Child]] = field(default_factory=dict)
    batches: int = 0

    def enrol(self, unit: str, sex: str, count: int, form: str = "GR") -> list[Child]:
        by, place = self.cast.service(), self.cast.unit[unit]
        with acting_as(by):
            children = Child.objects.bulk_create(
                [
                    Child(
                        authority_id=by.authority_id, unit=place, given_name="X", family_name="Prov", sex=sex
                    )
                    for _ in range(count)
                ]
            )
            domain = domain_of(by.authority_id, "school")
            Enrolment.objects.bulk_create(
                [
                    Enrolment(
                        child=c,
                        domain=domain,
                        unit=place,
                        form=form,
                        school_year=7,
                        valid_from=date(2020, 8, 1),
                    )
                    for c in children
                ]
            )
        self.pupils.setdefault((unit, sex), []).extend(children)
        return children

    def attend(self, day: date, absent: dict[tuple[str, str], int], *, reported: bool = True) -> int:
        """Import ten lessons per pupil; the first `absent` of each group miss two of them (20 per cent)."""
        rows = []
        for (unit, sex), children in self.pupils.items():
            for place, child in enumerate(children):
                high = place < absent.get((unit, sex), 0)
                for step in range(10):
                    valid = 60 if high and step < 2 else 0
                    on = day + timedelta(days=step)
                    rows.append(
                        lesson(
                            child.pk,
                            self.cast.unit[unit].pk,
                            on,
                            valid=valid,
                            reported=reported,
                            **({} if reported else {"present": 0}),
                        )
                    )
        self.batches += 1
        by = self.cast.service()
        attendance.store_lessons(
            by=by, authority_id=by.authority_id, source_id=1, batch_id=self.batches, table=table(rows)
        )
        attendance.set_batch_live(by=by, batch_id=self.batches, live=True)
        return self.batches

    def count(self):
        by = self.cast.service()
        return actions.count_board(by=by, authority_id=by.authority_id)

    def freeze(self, term: str, name: str = "controller"):
        count = self.count()
        return actions.freeze_board(by=self.cast.viewer(name), term=term, count_id=count.pk)


SPRING = date(2025, 3, 3)
SPRING_BEFORE = date(2024, 3, 4)


@pytest.fixture
def town(cast):
    """Two schools, girls and boys, spring 2024 and 2025."""
    town = Town(cast)
    for unit, sex, count in (
        ("berga", "K", 40),
        ("berga", "M", 50),
        ("lunda", "K", 30),
        ("lunda", "M", 30),
    ):
        town.enrol(unit, sex, count)
    town.attend(SPRING_BEFORE, {("berga", "K"): 12, ("berga", "M"): 11, ("lunda", "K"): 9, ("lunda", "M"): 8})
    town.attend(SPRING, {("berga", "K"): 8, ("berga", "M"): 10, ("lunda", "K"): 6, ("lunda", "M"): 6})
    return town
