"""Scheduled entry points, each as the service of its authority. Arguments are numbers only."""

from __future__ import annotations

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from samhandla.people.queries import service_viewer, today
from samhandla.secrecy.actions.consents import ENDING, warn_of_ending
from samhandla.secrecy.actions.emergency import alert_owners
from samhandla.secrecy.queries.consents import list_staff_to_warn, warned_today
from samhandla.secrecy.queries.emergency import owners_of
from samhandla.trust.models import Authority
from samhandla.trust.viewer import acting_as

AGAIN = RetryStrategy(max_attempts=3, wait=600)


@app.task(name="secrecy.alert", queue="send", retry=AGAIN)
def alert(authority_id: int, emergency_id: int) -> None:
    """Tell those who answer for a pupil that somebody has opened with nödåtkomst."""
    by = service_viewer(authority_id)
    with acting_as(by):
        staff = owners_of(by, emergency_id, today=today())
    alert_owners(by=by, emergency_id=emergency_id, staff=staff)


@app.task(name="secrecy.warn", queue="send", retry=AGAIN)
def warn(authority_id: int) -> None:
    """Tell whoever has registered a yes that it ends soon; once a day, however often the job is run."""
    by = service_viewer(authority_id)
    with acting_as(by):
        done = warned_today(by, ENDING, today=today())
        staff = [] if done else list_staff_to_warn(by, today=today())
    if staff:
        warn_of_ending(by=by, staff=staff)


@app.periodic(cron="40 5 * * *")
@app.task(name="secrecy.every_night", queue="send", queueing_lock="secrecy.every_night")
def warn_every_night(timestamp: int) -> None:
    """Let every authority warn of what ends soon."""
    for authority_id in Authority.objects.order_by("pk").values_list("pk", flat=True):
        warn.defer(authority_id=authority_id)
