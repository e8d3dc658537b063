"""What rows of one resource say about those of another: the day a unit closes."""

from __future__ import annotations

from datetime import date

import orjson
import pytest
from tests.integrations.ss12000.rows import SCHOOL, UNIT, small_resources

from samhandla.integrations.gather import StagedPage, from_pages

LAST = date(2026, 6, 12)


def deliver(change):
    rows = small_resources()
    change(rows)
    names = ("organisations", "persons", "groups", "duties")
    pages = [StagedPage(name, 1, orjson.dumps(rows[name])) for name in names]
    return from_pages(pages, dict.fromkeys(names, ("complete", None)))


def unit(rows, own):
    return next(one for one in rows["organisations"] if one["id"] == own)


def ends(delivery):
    """Return the last days of groups, duties and places."""
    return (
        {one.end for one in delivery.groups},
        {one.end for one in delivery.duties},
        {place.end for one in delivery.persons for place in one.enrolments},
    )


@pytest.mark.parametrize("closes", [UNIT, SCHOOL])
def test_what_has_no_last_day_gets_the_units_or_its_schools(closes):
    delivery = deliver(lambda rows: unit(rows, closes).update(endDate=str(LAST)))
    assert ends(delivery) == ({LAST}, {LAST}, {LAST})


def test_the_stricter_of_unit_and_school_counts():
    def change(rows):
        unit(rows, SCHOOL).update(endDate=str(LAST))
        unit(rows, UNIT).update(endDate="2025-12-20")

    assert ends(deliver(change)) == ({date(2025, 12, 20)},) * 3


def test_a_last_day_of_its_own_stands():
    def change(rows):
        unit(rows, UNIT).update(endDate=str(LAST))
        own = {"endDate": "2025-10-01"}
        for row in (*rows["groups"], *rows["duties"]):
            row.update(own)
        for person in rows["persons"]:
            for place in person.get("enrolments", ()):
                place.update(own)

    assert ends(deliver(change)) == ({date(2025, 10, 1)},) * 3


@pytest.mark.parametrize("sent", [None, "snart"])
def test_without_a_day_that_can_be_read_nothing_ends(sent):
    delivery = deliver(lambda rows: unit(rows, UNIT).update(endDate=sent))
    assert ends(delivery) == ({None},) * 3
    assert [one.field for one in delivery.refused["organisations"]] == ([] if sent is None else ["endDate"])


def test_units_above_each_other_in_a_ring_are_read_once():
    def change(rows):
        unit(rows, SCHOOL).update(parentOrganisation={"id": UNIT}, endDate=str(LAST))

    assert ends(deliver(change)) == ({LAST},) * 3
