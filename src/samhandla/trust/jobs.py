"""The chain over the logs grows by itself."""

from __future__ import annotations

from procrastinate.contrib.django import app

from samhandla.trust.chain import seal_logs


@app.periodic(cron="*/5 * * * *")
@app.task(name="trust.seal", queue="send", queueing_lock="trust.seal")
def seal(timestamp: int) -> None:
    """Seal what was logged since last time."""
    seal_logs()
