"""Scheduled entry points, each as the service of its authority. Arguments are numbers only."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
from django.db import transaction
from procrastinate import JobContext, RetryStrategy, builtin_tasks
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from samhandla.analytics.errors import AnalyticsError
from samhandla.analytics.queries import calendar_table, data_up_to, data_version, load_for_rules, pupils_table
from samhandla.analytics.spans import sums_for_rules
from samhandla.detect.actions.clock import pass_time
from samhandla.detect.actions.marks import keep_data_version
from samhandla.detect.actions.rehearsals import advance_rehearsal
from samhandla.detect.actions.reminders import ANSWER, GUIDANCE, send_reminders
from samhandla.detect.actions.runs import run_rules_of_authority
from samhandla.detect.actions.tallies import count_tallies
from samhandla.detect.models import Rehearsal, RuleRun
from samhandla.detect.queries.rehearsal import get_rehearsal_of
from samhandla.detect.queries.reminders import list_guidance_staff, list_staff_to_remind, reminded_today
from samhandla.detect.queries.settings import rule_set_for
from samhandla.detect.rules.errors import RuleError
from samhandla.detect.rules.rehearsal import rehearse as try_rules
from samhandla.detect.rules.ruleset import RuleSet, parse_rules
from samhandla.lib.i18n import N_, say
from samhandla.lib.schoolcalendar import school_year_end, school_year_start
from samhandla.people.queries import service_viewer, today
from samhandla.trust.models import Authority
from samhandla.trust.viewer import Viewer, acting_as

KEPT_HOURS = 7 * 24  # finished jobs are of use while somebody may ask what happened last night
AGAIN = RetryStrategy(max_attempts=3, wait=600)


def _authorities() -> list[int]:
    return list(Authority.objects.order_by("pk").values_list("pk", flat=True))


@app.task(name="detect.run_rules", queue="count", retry=AGAIN)
def run_rules(authority_id: int) -> None:
    """Run the rules of one authority on the data that counts now; nothing happens before the first import."""
    data_to = data_up_to(authority_id)
    if data_to is None:
        return
    by, version = service_viewer(authority_id), data_version(authority_id)
    run = run_rules_of_authority(by=by, as_of=today(), data_to=data_to)
    keep_data_version(by=by, run=run, version=version)
    count_tallies(by=by, today=today())


def run_rules_soon(authority_id: int) -> None:
    """Put a run in the queue; one that already waits is enough."""
    lock = f"detect.run_rules.{authority_id}"
    try:
        # A savepoint: the refusal must not break the transaction of whoever asks.
        with transaction.atomic():
            run_rules.configure(queueing_lock=lock).defer(authority_id=authority_id)
    except AlreadyEnqueued:
        return


@app.periodic(cron="30 4 * * *")
@app.task(name="detect.nightly", queue="count", queueing_lock="detect.nightly")
def run_every_night(timestamp: int) -> None:
    """Run the rules of every authority after the night's imports."""
    for authority_id in _authorities():
        run_rules_soon(authority_id)


@app.periodic(cron="*/10 * * * *")
@app.task(name="detect.follow_imports", queue="count", queueing_lock="detect.follow_imports")
def follow_imports(timestamp: int) -> None:
    """Run the rules again where an import, or the undoing of one, has changed what counts."""
    for authority_id in _authorities():
        last = RuleRun.objects.filter(authority_id=authority_id).order_by("-pk").first()
        known = last.quality.get("data") if last else None
        if data_up_to(authority_id) is not None and data_version(authority_id) != known:
            run_rules_soon(authority_id)


@app.task(name="detect.morning", queue="count", retry=AGAIN)
def begin_day(authority_id: int) -> None:
    """Let a day begin in one authority: the clock, the sums, and the reminders that are due."""
    by = service_viewer(authority_id)
    pass_time(by=by, today=today())
    count_tallies(by=by, today=today())
    remind(by)


def remind(by: Viewer) -> None:
    """Send today's reminders once, however often the job is run."""
    with acting_as(by):
        sent = reminded_today(by, today())
        waiting = {
            ANSWER: list_staff_to_remind(by, today=today()),
            GUIDANCE: list_guidance_staff(by, today=today()),
        }
    for kind, staff in waiting.items():
        if staff and kind not in sent:
            send_reminders(by=by, kind=kind, staff=staff)


@app.periodic(cron="30 6 * * 1-5")
@app.task(name="detect.every_morning", queue="count", queueing_lock="detect.every_morning")
def begin_every_morning(timestamp: int) -> None:
    """Let a working day begin in every authority."""
    for authority_id in _authorities():
        begin_day.defer(authority_id=authority_id)


@app.task(name="detect.rehearse", queue="count")
def rehearse(authority_id: int, rehearsal_id: int) -> None:
    """Count a rehearsal; what went wrong stands on its page."""
    by = service_viewer(authority_id)
    row = get_rehearsal_of(authority_id, rehearsal_id)
    if row is None or row.state != Rehearsal.State.WAITING:
        return
    try:
        result = _rehearse(by, row)
    except (RuleError, AnalyticsError) as problem:
        text = problem.said if isinstance(problem, RuleError) else str(problem)
        advance_rehearsal(by=by, rehearsal_id=row.pk, state=Rehearsal.State.FAILED, problem=text)
        return
    if result is None:
        text = say(N_("Det finns ingen närvaro för läsåret. Välj ett annat läsår."))
        advance_rehearsal(by=by, rehearsal_id=row.pk, state=Rehearsal.State.FAILED, problem=text)
        return
    advance_rehearsal(by=by, rehearsal_id=row.pk, state=Rehearsal.State.DONE, result=result)


def _rehearse(by: Viewer, row: Rehearsal) -> dict[str, Any] | None:
    advance_rehearsal(by=by, rehearsal_id=row.pk, state=Rehearsal.State.READING)
    first = school_year_start(row.until)
    days = load_for_rules(row.authority_id, since=first)[0]
    days = days.filter(pc.less_equal(days["date"], pa.scalar(row.until, pa.date32())))
    with acting_as(by):
        # The register as it was at the end of that year: who went where, and with which mentor.
        pupils, calendar = pupils_table(by, on=row.until), calendar_table(by, days=days)
        sums = sums_for_rules(first, school_year_end(row.until), days)
        present = rule_set_for(by, on=today())
    if row.unit_id is not None:
        days, pupils, calendar = (_at(table, row.unit_id) for table in (days, pupils, calendar))
    lessons = days if days.num_rows else None
    told = sums.filter(pc.is_in(sums["pupil"], value_set=pupils["pupil"].combine_chunks()))
    if lessons is None and not told.num_rows:
        return None
    proposed = RuleSet((*present.changes, *parse_rules({"rules": row.changes}).changes))
    result: dict[str, Any] = {"reporting": _registered(days)}
    for state, rules in ((Rehearsal.State.PRESENT, present), (Rehearsal.State.PROPOSED, proposed)):
        advance_rehearsal(by=by, rehearsal_id=row.pk, state=state)
        result[str(state)] = try_rules(
            lessons, pupils, calendar, until=row.until, rules=rules, sums=told if told.num_rows else None
        )
    return result


def _registered(days: pa.Table) -> float | None:
    """Return the share of the rehearsed year's teaching that somebody has registered; None without any."""
    offered = pc.sum(days["offered"]).as_py()
    return pc.sum(days["reported"]).as_py() / offered if offered else None


def _at(table: pa.Table, unit_id: int) -> pa.Table:
    return table.filter(pc.equal(table["unit"], unit_id))


@app.periodic(cron="50 3 * * *")
@app.task(name="detect.sweep_jobs", queue="count", queueing_lock="detect.sweep_jobs", pass_context=True)
async def sweep_jobs(context: JobContext, timestamp: int) -> None:
    """Remove jobs that ended more than a week ago, whatever became of them."""
    await builtin_tasks.remove_old_jobs(
        context, max_hours=KEPT_HOURS, remove_failed=True, remove_cancelled=True, remove_aborted=True
    )
