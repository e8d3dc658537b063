"""What login no longer needs is thrown away each night."""

from __future__ import annotations

from datetime import timedelta

from django.contrib.sessions.backends.db import SessionStore
from django.utils import timezone
from procrastinate.contrib.django import app

from samhandla.login.actions import forget_ended_sessions
from samhandla.login.models import Draft

KEPT_DAYS = 7


@app.periodic(cron="17 3 * * *")
@app.task(name="login.forget_drafts", queue="send", queueing_lock="login.forget_drafts")
def forget_drafts(timestamp: int) -> None:
    """Throw away drafts older than a week."""
    Draft.objects.forget_older(timezone.now() - timedelta(days=KEPT_DAYS))


@app.periodic(cron="23 3 * * *")
@app.task(name="login.forget_sessions", queue="send", queueing_lock="login.forget_sessions")
def forget_sessions(timestamp: int) -> None:
    """Throw away sessions that have ended, and where they were."""
    SessionStore.clear_expired()
    forget_ended_sessions()
