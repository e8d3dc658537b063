"""Counting the board's figures: every night, and when somebody asks. Arguments are numbers only."""

from __future__ import annotations

from django.db import transaction
from procrastinate import exceptions
from procrastinate.contrib.django import app

from samhandla.govern.actions import count_board
from samhandla.people.queries import service_viewer
from samhandla.trust.models import Authority


@app.task(name="govern.count_board", queue="count")
def count_for(authority_id: int) -> None:
    """Count the figures of one authority as its service."""
    count_board(by=service_viewer(authority_id), authority_id=authority_id)


@app.periodic(cron="20 4 * * *")
@app.task(name="govern.count_all", queue="count", queueing_lock="govern.count_all")
def count_every_night(timestamp: int) -> None:
    """Count the figures of every authority after the night's imports."""
    for authority_id in Authority.objects.order_by("pk").values_list("pk", flat=True):
        count_for(authority_id)


def count_soon(authority_id: int) -> None:
    """Put a count in the queue; one that already waits is enough."""
    lock = f"govern.count_board.{authority_id}"
    try:
        with transaction.atomic():  # the refusal must not take the request's own transaction with it
            count_for.configure(queueing_lock=lock).defer(authority_id=authority_id)
    except exceptions.AlreadyEnqueued:
        return
