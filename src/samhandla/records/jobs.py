"""Scheduled entry points, each as the service of its authority. Arguments are numbers only."""

from __future__ import annotations

from procrastinate import RetryStrategy
from procrastinate.contrib.django import app

from samhandla.people.queries import service_viewer
from samhandla.records.actions.documents import purge_drafts
from samhandla.trust.models import Authority

AGAIN = RetryStrategy(max_attempts=3, wait=600)


@app.task(name="records.purge", queue="send", retry=AGAIN)
def purge(authority_id: int) -> None:
    """Throw away the drafts of an authority that nobody has touched for long."""
    purge_drafts(by=service_viewer(authority_id))


@app.periodic(cron="50 3 * * *")
@app.task(name="records.every_night", queue="send", queueing_lock="records.every_night")
def purge_every_night(timestamp: int) -> None:
    """Let every authority throw away its abandoned drafts."""
    for authority_id in Authority.objects.order_by("pk").values_list("pk", flat=True):
        purge.defer(authority_id=authority_id)
