"""Scheduled entry points, each as the service of its authority. Arguments are numbers only."""

from __future__ import annotations

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from samhandla.people.queries import service_viewer, today
from samhandla.secrecy.actions.emergency import alert_owners
from samhandla.secrecy.queries.emergency import owners_of
from samhandla.trust.viewer import acting_as

AGAIN = RetryStrategy(max_attempts=3, wait=600)


@app.task(name="secrecy.alert", queue="send", retry=AGAIN)
def alert(authority_id: int, emergency_id: int) -> None:
    """Tell those who answer for a pupil that somebody has opened with nödåtkomst."""
    by = service_viewer(authority_id)
    with acting_as(by):
        staff = owners_of(by, emergency_id, today=today())
    alert_owners(by=by, emergency_id=emergency_id, staff=staff)
