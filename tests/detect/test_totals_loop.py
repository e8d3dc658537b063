"""Pupils whose school's source gives sums only: found by the rules' job, on the mentor's list, rehearsed."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse
from tests.analytics.django.lessons import lesson, table, totals

from samhandla.analytics import actions as attendance
from samhandla.detect import jobs
from samhandla.detect.actions.rehearsals import ask_rehearsal
from samhandla.detect.models import Reason, Rehearsal, Signal, UnitTally
from samhandla.detect.queries.lists import signals_for
from samhandla.lib.schoolcalendar import school_year_start
from samhandla.people.queries import today
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def lake(settings, tmp_path):
    settings.LAKE_DIR = tmp_path / "lake"


def period(cast, name: str, **values) -> dict[str, object]:
    child = cast.child[name]
    first, last = school_year_start(today()), today() - timedelta(days=1)
    usual = {"offered": 20_000, "first_date": first, "last_date": last}
    return {"pupil": child.pk, "unit": child.unit_id, **usual, **values}


def deliver(cast, *rows: dict[str, object], batch: int = 1) -> int:
    by = cast.service()
    attendance.replace_window(
        by=by, authority_id=by.authority_id, source_id=9, batch_id=batch, table=totals(rows)
    )
    return batch


def reasons(cast) -> dict[str, list[str]]:
    with acting_as(cast.service()):
        found = Reason.objects.exclude(signal__state="closed").values_list("child_id", "rule")
        name = {child.pk: key for key, child in cast.child.items()}
        told: dict[str, list[str]] = {}
        for child, rule in found:
            told.setdefault(name[child], []).append(rule)
    return told


def run(cast) -> None:
    jobs.run_rules(authority_id=cast.service().authority_id)


def test_one_row_with_the_sums_as_its_reason_comes_to_the_mentor(client, cast):
    deliver(cast, period(cast, "alma", valid=3000, invalid=1200), period(cast, "omar", valid=2000))
    run(cast)
    assert reasons(cast) == {"alma": ["level_totals"]}
    mentor = cast.viewer("mentor_7b")
    with acting_as(mentor):
        (signal,) = signals_for(mentor)
        assert (signal.child_id, signal.state, signal.owner_role) == (cast.child["alma"].pk, "open", "mentor")
    page = cast.login(client, "mentor_7b").get(reverse("worklist")).content.decode().replace("\xa0", " ")
    assert "Frånvaron är 21 % av undervisningen enligt summor från en källa utan lektioner" in page
    assert "Summorna gäller" in page
    run(cast)
    with acting_as(cast.service()):
        assert Signal.objects.count() == 1, "another night's run asks nothing anew"


def test_sums_that_somebody_has_dealt_with_ask_again_only_when_new_ones_come(cast):
    until = today() - timedelta(days=30)
    deliver(cast, period(cast, "alma", valid=4000, last_date=until))
    run(cast)
    with acting_as(cast.service()):
        Signal.objects.update(state="closed", closed_on=today())
    run(cast)
    assert reasons(cast) == {}
    deliver(cast, period(cast, "alma", valid=4500, offered=24_000), batch=2)
    run(cast)
    assert reasons(cast) == {"alma": ["level_totals"]}


def test_another_mentor_sees_nothing_of_it(cast):
    deliver(cast, period(cast, "alma", valid=4000))
    run(cast)
    for name in ("mentor_7a", "principal_lunda"):
        stranger = cast.viewer(name)
        with acting_as(stranger):
            assert list(signals_for(stranger)) == []


def test_a_new_delivery_of_the_same_days_is_not_added_and_an_undone_one_is_gone(cast):
    half = school_year_start(today()) + timedelta(days=60)
    deliver(cast, period(cast, "alma", valid=8000, offered=10_000, last_date=half), batch=1)
    deliver(cast, period(cast, "alma", valid=2000), batch=2)
    run(cast)
    assert reasons(cast) == {}, "ten per cent of all days, not a half of the days twice"
    attendance.set_batch_live(by=cast.service(), batch_id=2, live=False)
    run(cast)
    assert reasons(cast) == {"alma": ["level_totals"]}


def test_a_day_of_lessons_in_the_period_leaves_it_to_the_lessons(cast):
    deliver(cast, period(cast, "alma", valid=8000), period(cast, "omar", valid=8000))
    alma, by = cast.child["alma"], cast.service()
    rows = table([lesson(alma.pk, alma.unit_id, today() - timedelta(days=10))])
    attendance.store_lessons(by=by, authority_id=by.authority_id, source_id=1, batch_id=2, table=rows)
    attendance.set_batch_live(by=by, batch_id=2, live=True)
    run(cast)
    assert reasons(cast) == {"omar": ["level_totals"]}


def test_a_source_of_absence_alone_opens_nothing(cast):
    deliver(cast, period(cast, "alma", valid=20_000, absence_only=True))
    run(cast)
    assert reasons(cast) == {}


def test_an_independent_school_s_sums_stay_with_it(cast):
    by = cast.service("independent")
    row = period(cast, "elin", valid=8000)
    attendance.replace_window(
        by=by, authority_id=by.authority_id, source_id=9, batch_id=5, table=totals([row])
    )
    run(cast)
    assert reasons(cast) == {}


def test_a_unit_s_tally_says_how_far_its_sums_reach(cast):
    deliver(cast, period(cast, "alma", last_date=today() + timedelta(days=20)))
    run(cast)
    tally = UnitTally.objects.get(unit=cast.unit["berga"])
    assert tally.counts["data_to"] == today().isoformat()
    assert UnitTally.objects.get(unit=cast.unit["lunda"]).counts["data_to"] is None


def test_a_rehearsal_of_a_year_with_sums_only_is_counted(cast):
    deliver(cast, period(cast, "alma", valid=8000))
    by = cast.viewer("process_leader")
    row = ask_rehearsal(by=by, unit_id=None, until=today(), changes=[])
    jobs.rehearse(authority_id=row.authority_id, rehearsal_id=row.pk)
    row.refresh_from_db()
    assert row.state == Rehearsal.State.DONE
    assert row.result["present"] == {"too_few": True}, "five pupils are too few to be told of"


def test_a_rehearsal_without_any_data_says_so(cast):
    row = ask_rehearsal(by=cast.viewer("process_leader"), unit_id=None, until=date(2025, 5, 1), changes=[])
    jobs.rehearse(authority_id=row.authority_id, rehearsal_id=row.pk)
    row.refresh_from_db()
    assert row.state == Rehearsal.State.FAILED
