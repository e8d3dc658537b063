"""Lessons of a source that tells of absence alone: never a share, whoever counts; invalid days still do."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse
from tests.analytics.django.lessons import lesson, table

from samhandla.analytics import actions as attendance
from samhandla.analytics import queries
from samhandla.analytics.models import AttendanceDay
from samhandla.analytics.spans import counted_days
from samhandla.detect import jobs
from samhandla.detect.models import Reason
from samhandla.detect.queries.pupil import pupil_page_for
from samhandla.detect.queries.reporting import UNKNOWN, reporting_of
from samhandla.detect.rules.run import run_rules
from samhandla.lib.schoolcalendar import school_year_start
from samhandla.people.queries import today
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def lake(settings, tmp_path):
    settings.LAKE_DIR = tmp_path / "lake"


def weekdays(count: int) -> list[date]:
    days = (today() - timedelta(days=n) for n in range(1, 60))
    return [day for day in days if day.weekday() < 5][:count]


def deliver(cast, rows, *, batch: int = 1, absence_only: bool = True) -> None:
    by = cast.service()
    attendance.store_lessons(
        by=by, authority_id=by.authority_id, source_id=batch, batch_id=batch, table=table(rows),
        absence_only=absence_only,
    )  # fmt: skip
    attendance.set_batch_live(by=by, batch_id=batch, live=True)


def missed(cast, name: str, days: list[date], **values):
    child = cast.child[name]
    return [lesson(child.pk, child.unit_id, day, **values) for day in days]


def run(cast) -> dict[int, set[str]]:
    jobs.run_rules(authority_id=cast.service().authority_id)
    with acting_as(cast.service()):
        found: dict[int, set[str]] = {}
        for child, rule in Reason.objects.values_list("child_id", "rule"):
            found.setdefault(child, set()).add(rule)
    return found


def figures(cast, name: str):
    viewer = cast.viewer("mentor_7b")
    with acting_as(viewer):
        return pupil_page_for(viewer, cast.child[name], today=today())


def test_no_share_is_made_of_them_anywhere(client, cast):
    deliver(cast, missed(cast, "alma", weekdays(25), valid=60))
    assert run(cast) == {}, "every lesson told of was missed, and that is no level, no spell"
    by, alma = cast.service(), cast.child["alma"]
    with acting_as(by):
        assert set(AttendanceDay.objects.values_list("absence_only", flat=True)) == {True}
        first = school_year_start(today())
        assert queries.unit_day_sums_for(by, first, today()) == []
        assert reporting_of(by, [alma.pk])[alma.pk] == UNKNOWN
        with counted_days(by.authority_id, first, today()) as days:
            assert days.count().to_pyarrow().as_py() == 0, "nor in the board's figures"
    page = figures(cast, "alma")
    assert (page.year.absence_share, page.days, len(page.missed)) == (None, [], len(weekdays(25)))
    shown = cast.login(client, "mentor_7b").get(reverse("pupil", args=[alma.ref])).content.decode()
    assert "Därför visas ingen andel" in shown
    assert "Frånvaro i andel av erbjuden undervisning" not in shown


def found_in(cast, name: str) -> list[tuple[str, float]]:
    """Return what the rules say about a pupil, and the number of days."""
    by, first = cast.service(), school_year_start(today())
    days, _subjects, pupils, calendar = queries.load_for_rules(by.authority_id, since=first)
    rows = queries.absence_days(by.authority_id, first)
    until = rows["date"].to_pylist()
    lessons = days if days.num_rows else None
    found = run_rules(lessons, None, pupils, calendar, as_of=max(until), missed=rows)
    return [(s.rule, s.numbers["days"]) for s in found if s.subject_id == cast.child[name].pk]


def test_days_of_invalid_absence_are_counted_and_nothing_else(cast):
    days = weekdays(6)
    deliver(cast, missed(cast, "alma", days, invalid=60) + missed(cast, "omar", days, valid=60))
    assert found_in(cast, "alma") == [("invalid", 6)]
    assert found_in(cast, "omar") == []


def test_a_source_that_tells_all_is_counted_as_before(cast):
    deliver(cast, missed(cast, "alma", weekdays(25), valid=60), absence_only=False)
    assert "long" in run(cast)[cast.child["alma"].pk]
    page = figures(cast, "alma")
    assert (page.year.absence_share, page.missed) == (1.0, [])


def test_a_later_file_of_absence_takes_no_day_from_the_lessons_of_another(cast):
    day = weekdays(1)
    deliver(cast, missed(cast, "alma", day, offered=200, valid=40), absence_only=False)
    deliver(cast, missed(cast, "alma", day, valid=60), batch=2)
    rows = queries.load_for_rules(cast.service().authority_id, since=school_year_start(today()))[0]
    assert rows["offered"].to_pylist() == [200]
    assert queries.absence_days(cast.service().authority_id, school_year_start(today())).num_rows == 0
    attendance.set_batch_live(by=cast.service(), batch_id=2, live=False)
    assert figures(cast, "alma").year.absence_share == 0.2


def test_the_quality_page_says_so(client, cast):
    deliver(cast, missed(cast, "alma", weekdays(5), valid=60))
    by = cast.service()
    attendance.examine_quality(by=by, authority_id=by.authority_id)
    page = cast.login(client, "data_administrator").get(reverse("quality")).content.decode()
    assert "Andelar går inte att räkna för 1 av 4 elever" in " ".join(page.replace("\xa0", " ").split())
    deliver(cast, missed(cast, "alma", weekdays(5), valid=60), batch=2, absence_only=False)
    attendance.examine_quality(by=by, authority_id=by.authority_id)
    page = cast.login(client, "data_administrator").get(reverse("quality")).content.decode()
    assert "Andelar går inte att räkna" not in page
