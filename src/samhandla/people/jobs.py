"""Each month the log of reading is laid out for those who sign."""

from __future__ import annotations

from datetime import timedelta

from procrastinate.contrib.django import app

from samhandla.people.actions.logs import make_reviews
from samhandla.people.queries import service_viewer, today
from samhandla.trust.models import Authority


@app.periodic(cron="20 4 1 * *")
@app.task(name="people.log_reviews", queue="send", queueing_lock="people.log_reviews")
def lay_out_reviews(timestamp: int) -> None:
    """Make the checks of the month that has ended, in every authority."""
    last = today().replace(day=1) - timedelta(days=1)
    for authority_id in Authority.objects.order_by("pk").values_list("pk", flat=True):
        make_reviews(by=service_viewer(authority_id), first=last.replace(day=1), last=last)
