"""Drafts that nobody has come back to are thrown away."""

from __future__ import annotations

from datetime import timedelta

from django.utils import timezone
from procrastinate.contrib.django import app

from samhandla.login.models import Draft

KEPT_DAYS = 7


@app.periodic(cron="17 3 * * *")
@app.task(name="login.forget_drafts", queue="send", queueing_lock="login.forget_drafts")
def forget_drafts(timestamp: int) -> None:
    """Throw away drafts older than a week."""
    Draft.objects.forget_older(timezone.now() - timedelta(days=KEPT_DAYS))
