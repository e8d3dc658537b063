"""Jobs: rules after imports, the day's beginning, e-mail without any personal content, swept jobs."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import pairwise

import pytest
from django.core import mail
from procrastinate.contrib.django import app
from procrastinate.contrib.django.models import ProcrastinateJob
from tests.detect.conftest import found

from samhandla.analytics.models import LakeFile
from samhandla.detect import jobs
from samhandla.detect.actions.clock import pass_time
from samhandla.detect.actions.inquiries import decide_inquiry
from samhandla.detect.models import RuleRun, UnitTally
from samhandla.detect.queries.reminders import list_guidance_staff, list_staff_to_remind
from samhandla.people import actions as people
from samhandla.people.models import SchoolDay, Staff
from samhandla.people.queries import domain_of, today
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db


def monday(cast, unit="berga"):
    """A coming Monday that is a school day."""
    days = SchoolDay.objects.filter(unit=cast.unit[unit], date__gt=today()).order_by("date")
    return next(d.date for d in days if d.date.weekday() == 0)


@pytest.fixture
def addresses(cast):
    """Everybody has an address that tells nothing."""
    for number, staff in enumerate(Staff.objects.order_by("pk")):
        Staff.objects.filter(pk=staff.pk).update(email=f"user{number}@example.se")


@pytest.fixture
def at(monkeypatch):
    """Let the jobs believe that it is another day."""

    def set_day(day):
        monkeypatch.setattr(jobs, "today", lambda: day)

    return set_day


def reminded(cast, day):
    by = cast.service()
    with acting_as(by):
        staff = list_staff_to_remind(by, today=day)
    names = {s.pk: name for name, s in cast.staff.items()}
    return {names[s.pk] for s in staff}


def live(cast, sha="a"):
    LakeFile.objects.create(
        authority=cast.authority["board"], source_id=1, batch_id=1, dataset="lessons", path="x", rows=1,
        sha256=sha, first_date=date(2026, 8, 17), last_date=today(), live=True,
    )  # fmt: skip


def test_a_mentor_is_reminded_when_the_week_begins(cast, take, addresses):
    take(found(cast.child["alma"]))
    begin = monday(cast)
    assert reminded(cast, begin) == {"mentor_7b"}
    assert reminded(cast, begin + timedelta(days=5)) == set()


def test_and_on_the_day_before_an_answer_is_due(cast, take, addresses, signal_of):
    take(found(cast.child["alma"]))
    due = signal_of("alma").due_on
    days = list(
        SchoolDay.objects.filter(unit=cast.unit["berga"], date__gt=today(), date__lt=due).order_by("date")
    )
    before = days[-1].date
    assert reminded(cast, before) == {"mentor_7b"}
    quiet = [d.date for d in days[:-1] if d.date.weekday() not in (0,)]
    if quiet and quiet[0].weekday() > 0:
        earlier_in_week = SchoolDay.objects.filter(
            unit=cast.unit["berga"],
            date__lt=quiet[0],
            date__gte=quiet[0] - timedelta(days=quiet[0].weekday()),
        )
        assert earlier_in_week.exists() is (reminded(cast, quiet[0]) == set())


def test_the_stand_in_is_reminded_instead(cast, take, addresses):
    take(found(cast.child["alma"]))
    begin = monday(cast)
    people.set_stand_in(
        by=cast.service(), absent=cast.staff["mentor_7b"], stand_in=cast.staff["mentor_7a"],
        valid_from=begin, valid_to=begin,
    )  # fmt: skip
    assert reminded(cast, begin) == {"mentor_7a"}


def test_a_stand_in_who_was_ended_by_hand_is_not_reminded(cast, take, addresses):
    take(found(cast.child["alma"]))
    begin = monday(cast)
    row = people.set_stand_in(
        by=cast.service(), absent=cast.staff["mentor_7b"], stand_in=cast.staff["mentor_7a"],
        valid_from=today(), valid_to=begin,
    )  # fmt: skip
    people.end_stand_in(by=cast.service(), substitution_id=row.pk)
    assert reminded(cast, begin) == {"mentor_7b"}


def test_the_principal_is_reminded_of_what_waits_for_a_decision(cast, take, addresses):
    begin = monday(cast)
    decide_inquiry(
        by=cast.viewer("principal"), child=cast.child["alma"], decision="open", reason="x", today=today(),
        domain_id=domain_of(cast.authority["board"].pk, "school").pk,
    )  # fmt: skip
    assert reminded(cast, begin) == {"principal"}


def test_the_stand_in_of_a_principal_is_reminded_instead(cast, take, addresses):
    begin = monday(cast)
    decide_inquiry(
        by=cast.viewer("principal"), child=cast.child["alma"], decision="open", reason="x", today=today(),
        domain_id=domain_of(cast.authority["board"].pk, "school").pk,
    )  # fmt: skip
    people.set_stand_in(
        by=cast.service(), absent=cast.staff["principal"], stand_in=cast.staff["counsellor"],
        valid_from=begin, valid_to=begin,
    )  # fmt: skip
    assert reminded(cast, begin) == {"counsellor"}
    assert reminded(cast, begin + timedelta(days=7)) == {"principal"}


def test_lifted_signals_reach_the_principal(cast, take, addresses):
    take(found(cast.child["alma"]))
    pass_time(by=cast.service(), today=today() + timedelta(days=20))
    later = next(
        d.date
        for d in SchoolDay.objects.filter(
            unit=cast.unit["berga"], date__gt=today() + timedelta(days=20)
        ).order_by("date")
        if d.date.weekday() == 0
    )
    assert reminded(cast, later) == {"mentor_7b", "principal"}


def test_who_has_no_address_is_passed_over(cast, take):
    take(found(cast.child["alma"]))
    assert reminded(cast, monday(cast)) == set()


def test_the_mail_names_nobody_and_nothing(cast, take, addresses, at):
    take(found(cast.child["alma"]), found(cast.child["omar"], "near_zero"))
    at(monday(cast))
    jobs.begin_day(authority_id=cast.authority["board"].pk)
    answer = [m for m in mail.outbox if "väntar" in m.subject]
    assert len(answer) == 1
    names = [s.given_name for s in cast.staff.values()] + [c.given_name for c in cast.child.values()]
    names += ["Prov", "Berga", "Lunda", "7A", "7B", "Barn- och skol", "frånvaro", "signal"]
    for message in mail.outbox:
        assert len(message.to) == 1
        assert message.cc == message.bcc == message.attachments == []
        for name in names:
            assert name not in message.subject + message.body
        assert "http://localhost:8000" in message.body


def test_reminders_are_sent_once_a_day(cast, take, addresses, at):
    take(found(cast.child["alma"]))
    at(today())
    by = cast.service()
    with acting_as(by):
        wanted = list_staff_to_remind(by, today=today()) or list(
            Staff.objects.filter(email="user0@example.se")
        )
    jobs.send_reminders(by=by, kind=jobs.ANSWER, staff=wanted)
    jobs.send_reminders(by=by, kind=jobs.GUIDANCE, staff=wanted)
    sent = len(mail.outbox)
    assert sent == 2 * len(wanted) > 0
    jobs.remind(by)
    assert len(mail.outbox) == sent


def test_a_new_month_reminds_of_guidance(cast, addresses):
    by = cast.service()
    days = [
        d.date for d in SchoolDay.objects.filter(unit=cast.unit["berga"], date__gt=today()).order_by("date")
    ]
    first = next(d for before, d in pairwise(days) if d.month != before.month)
    with acting_as(by):
        staff = {s.pk for s in list_guidance_staff(by, today=first)}
        none = list_guidance_staff(by, today=first + timedelta(days=1))
    wanted = {cast.staff[n].pk for n in ("mentor_7a", "mentor_7b", "mentor_8c", "officer")}
    assert staff == wanted
    assert none == []


def test_a_day_begins_with_the_clock_and_the_sums(cast, take, at):
    take(*(found(cast.child[n]) for n in ("alma", "omar", "tove")))
    at(today() + timedelta(days=7))
    jobs.begin_day(authority_id=cast.authority["board"].pk)
    assert UnitTally.objects.get(unit=cast.unit["berga"]).counts["queued"] == 0


def test_rules_run_on_what_counts_and_remember_it(cast, monkeypatch):
    board = cast.authority["board"].pk
    jobs.run_rules(authority_id=board)
    assert RuleRun.objects.count() == 0
    live(cast)
    monkeypatch.setattr(
        "samhandla.detect.actions.runs.load_for_rules", lambda *a, **k: ([], None, None, None)
    )
    jobs.run_rules(authority_id=board)
    assert len(RuleRun.objects.get().quality["data"]) == 64


def queued(name):
    return ProcrastinateJob.objects.filter(task_name=name).count()


def test_new_data_starts_one_run_and_old_data_none(cast, monkeypatch):
    live(cast)
    monkeypatch.setattr(
        "samhandla.detect.actions.runs.load_for_rules", lambda *a, **k: ([], None, None, None)
    )
    jobs.follow_imports(timestamp=0)
    jobs.follow_imports(timestamp=0)
    assert queued("detect.run_rules") == 1
    jobs.run_rules(authority_id=cast.authority["board"].pk)
    before = queued("detect.run_rules")
    jobs.follow_imports(timestamp=0)
    assert queued("detect.run_rules") == before


def test_every_authority_gets_its_night_and_morning(cast):
    jobs.run_every_night(timestamp=0)
    jobs.begin_every_morning(timestamp=0)
    assert (queued("detect.run_rules"), queued("detect.morning")) == (2, 2)


def test_arguments_are_numbers_only(cast):
    jobs.run_every_night(timestamp=0)
    for args in ProcrastinateJob.objects.values_list("args", flat=True):
        assert all(isinstance(value, int) for value in args.values())


def test_the_worker_knows_the_tasks_and_their_times():
    times = {p.task.name: p.cron for p in app.periodic_registry.periodic_tasks.values()}
    assert {"detect.nightly", "detect.follow_imports", "detect.every_morning", "detect.sweep_jobs"} <= set(
        times
    )
    assert {"detect.run_rules", "detect.morning", "detect.rehearse"} <= set(app.tasks)
