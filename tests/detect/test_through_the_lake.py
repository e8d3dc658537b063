"""The rules' and the rehearsal's jobs on a small invented school, imported as a real one is."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, timedelta

import pytest
from tests.integrations.pipeline.conftest import NUMBERS, Desk, World, lake

from samhandla.analytics.models import AttendanceDay
from samhandla.detect import jobs
from samhandla.detect.actions.rehearsals import ask_rehearsal
from samhandla.detect.models import Reason, Rehearsal, RuleRun, Signal
from samhandla.detect.rules.catalogue import RULES
from samhandla.integrations.actions.running import run_batch
from samhandla.integrations.actions.undo import undo_batch
from samhandla.integrations.models import Batch
from samhandla.integrations.simulator.attendance import whole_year
from samhandla.integrations.simulator.settings import Settings
from samhandla.integrations.simulator.ss12000 import ss12000_resources
from samhandla.integrations.simulator.world import build_world
from samhandla.people import actions as people
from samhandla.people.models import Child, Enrolment
from samhandla.people.queries import viewer_of_actor
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db
YEAR, DAYS = 2025, 60
FIRST_DAY_OF_RULE, LIMIT = 20, 0.15
__all__ = ["lake"]


@pytest.fixture(scope="module")
def school() -> World:
    """One school of a hundred pupils and sixty school days, without faults of registration."""
    invented = build_world(100, 1, 7, YEAR, DAYS, NUMBERS)
    lessons = whole_year(invented, Settings(faults=())).lessons
    resources = ss12000_resources(invented, lessons)
    roots = [o for o in resources["organisations"] if o["organisationType"] == "Huvudman"]
    units = {str(o.number): o.code for o in invented.organisations if o.code}
    return World(resources, lessons, roots[0]["id"], units)


@pytest.fixture
def desk(db, school, lake) -> Desk:
    """An authority with the school's register and lessons in, through the pipeline."""
    authority = people.found_authority(
        by=None, name="Barn- och skolnämnden", kind="board", branches=("school", "emi")
    )
    desk = Desk(authority.pk, school, lake)
    desk.take_in()
    batch = desk.upload(desk.lesson_file(), wants_commit=True)
    outcome = run_batch(desk.by, batch.pk)
    assert not outcome.stops, outcome.stopped
    desk.attendance = batch.pk
    return desk


@pytest.fixture
def after(monkeypatch, school):
    """The day after the last lesson, for the jobs."""
    day = max(school.lessons["date"].to_pylist()) + timedelta(days=1)
    monkeypatch.setattr(jobs, "today", lambda: day)
    return day


def by_pupil(desk) -> dict[int, dict[date, tuple[int, int]]]:
    """Absent and offered minutes per pupil and day, read from PostgreSQL and not from the lake."""
    found: dict[int, dict[date, tuple[int, int]]] = defaultdict(dict)
    with acting_as(desk.by):
        adapted = set(Child.objects.filter(adapted=True).values_list("pk", flat=True))
        rows = AttendanceDay.objects.exclude(child_id__in=adapted).values_list(
            "child_id", "date", "valid", "invalid", "offered"
        )
        for child, day, valid, invalid, offered in rows:
            absent, taught = found[child].get(day, (0, 0))
            found[child][day] = (absent + valid + invalid, taught + offered)
    return found


def above_limit(desk, *, last_only: bool) -> dict[int, float]:
    """Pupils above the limit counted the plain way: on the last day, or on any day from the rule's first."""
    school_days = sorted({day for days in by_pupil(desk).values() for day in days})
    found = {}
    for child, days in by_pupil(desk).items():
        absent = taught = 0
        for number, day in enumerate(school_days, start=1):
            gone, offered = days.get(day, (0, 0))
            absent, taught = absent + gone, taught + offered
            due = day == school_days[-1] if last_only else number >= FIRST_DAY_OF_RULE
            if due and offered and absent / taught > LIMIT:
                found[child] = round(absent / taught, 4)
    return found


def test_the_job_finds_in_the_lake_what_the_day_rows_say(desk, after):
    jobs.run_rules(authority_id=desk.authority_id)
    wanted = above_limit(desk, last_only=True)
    assert len(wanted) >= 3
    with acting_as(desk.by):
        rows = Reason.objects.filter(rule="level_year").values_list("child_id", "numbers", "signal__state")
        told = {child: numbers["share"] for child, numbers, _state in rows}
        states = {state for _child, _numbers, state in rows}
        run = RuleRun.objects.get()
    assert {c: s for c, s in wanted.items() if c in told} == told
    assert set(wanted) - set(told) <= recovering(desk), "only somebody on the mend is left out"
    assert states <= {"open", "queued"}
    assert run.data_to == after - timedelta(days=1)


def recovering(desk) -> set[int]:
    with acting_as(desk.by):
        return set(Signal.objects.filter(good_news=True).values_list("child_id", flat=True))


def test_pupils_with_adapted_timetable_get_no_signal_from_the_lake(desk, after):
    with acting_as(desk.by):
        worst = max(above_limit(desk, last_only=True).items(), key=lambda item: item[1])[0]
        Child.objects.filter(pk=worst).update(adapted=True)
    jobs.run_rules(authority_id=desk.authority_id)
    with acting_as(desk.by):
        assert Signal.objects.filter(good_news=False).exists()
        assert not Signal.objects.filter(child_id=worst).exists()


def test_an_import_that_is_undone_leaves_nothing_to_run_on(desk, after):
    with acting_as(desk.by):
        batch = Batch.objects.get(pk=desk.attendance)
    undo_batch(by=desk.by, batch=batch)
    jobs.run_rules(authority_id=desk.authority_id)
    with acting_as(desk.by):
        assert not RuleRun.objects.exists()
        assert not Signal.objects.exists()


def rehearsed(desk, until, *changes) -> Rehearsal:
    with acting_as(desk.by):
        staff = people.register_staff(by=desk.by, given_name="Petra", family_name="Process")
        unit = Enrolment.objects.select_related("unit").first().unit
        people.give_duty(
            by=desk.by, staff=staff, unit=unit, role="process_leader", valid_from=date(YEAR, 8, 1)
        )
    by = viewer_of_actor(staff.actor)
    row = ask_rehearsal(by=by, unit_id=None, until=until, changes=list(changes))
    jobs.rehearse(authority_id=row.authority_id, rehearsal_id=row.pk)
    row.refresh_from_db()
    return row


def test_a_rehearsal_counts_in_the_lake_what_the_day_rows_say(desk, after):
    only = [{"rule": r.code, "on": False} for r in RULES if r.code != "level_year"]
    row = rehearsed(desk, after - timedelta(days=1), *only)
    assert row.state == "done", row.problem
    result = row.result["proposed"]
    wanted = len(above_limit(desk, last_only=False))
    assert wanted >= 10, "a smaller number would be left out"
    assert result["listed"] == wanted
    assert result["entries"] >= wanted
    assert result["groups"] == 0
    assert row.result["present"]["entries"] > result["entries"]


def test_a_rehearsal_of_a_year_that_is_not_in_the_lake_says_so(desk, after):
    row = rehearsed(desk, date(YEAR, 6, 12))
    assert row.state == "failed"
    assert row.problem
