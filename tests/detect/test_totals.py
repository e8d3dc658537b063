"""Sums of sources without lessons stand on the pupil's page, for those who may read it."""

from __future__ import annotations

from datetime import date

import pytest
from django.urls import reverse

from samhandla.analytics.models import AttendanceWindow
from samhandla.detect.queries.pupil import pupil_page_for
from samhandla.people.queries import domain_of, today
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db
NO_LESSONS = "Inga närvarouppgifter finns för eleven"


@pytest.fixture
def totals(cast):
    """Alma has the sum of one day of this school year, and one of a year long ago."""
    by, alma = cast.service(), cast.child["alma"]
    domain = domain_of(by.authority_id, "school")
    with acting_as(by):
        for day, valid in ((today(), 85), (date(2019, 9, 2), 400)):
            AttendanceWindow.objects.create(
                child=alma, domain=domain, unit=alma.unit, source_id=1, batch_id=1, first_date=day,
                last_date=day, offered=310, present=225, valid=valid, invalid=0, other=0,
            )  # fmt: skip
    return alma


def page_of(client, child) -> str:
    return client.get(reverse("pupil", args=[child.ref])).content.decode().replace("\xa0", " ")


def test_the_page_shows_them_and_says_what_does_not_count_them(client, cast, totals):
    page = page_of(cast.login(client, "mentor_7b"), totals)
    assert "Summor från källor utan lektioner" in page
    assert "1 h 25 min" in page
    assert "6 h 40 min" not in page, "another school year"
    assert "Andra regler räknar bara på lektioner" in page
    assert NO_LESSONS not in page


def test_without_them_the_page_says_that_there_is_nothing(client, cast):
    page = page_of(cast.login(client, "mentor_7b"), cast.child["alma"])
    assert "Summor från källor" not in page
    assert NO_LESSONS in page


def test_who_does_not_see_the_pupil_reads_none(cast, totals):
    stranger = cast.viewer("principal_lunda")
    with acting_as(stranger):
        assert pupil_page_for(stranger, totals, today=today()).totals == []
    mentor = cast.viewer("mentor_7b")
    with acting_as(mentor):
        assert [row.valid for row in pupil_page_for(mentor, totals, today=today()).totals] == [85]
