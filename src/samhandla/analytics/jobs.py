"""The nightly examination of the data, after the night's imports."""

from __future__ import annotations

from procrastinate.contrib.django import app

from samhandla.analytics.actions import examine_quality
from samhandla.people.queries import service_viewer
from samhandla.trust.models import Authority


@app.periodic(cron="50 3 * * *")
@app.task(name="analytics.examine", queue="count", queueing_lock="analytics.examine")
def examine_every_night(timestamp: int) -> None:
    """Examine the data of every authority."""
    for authority_id in Authority.objects.order_by("pk").values_list("pk", flat=True):
        examine_quality(by=service_viewer(authority_id), authority_id=authority_id)
