"""Which data a run of the rules was made on."""

from __future__ import annotations

from samhandla.detect.models import RuleRun
from samhandla.trust.audit import action, record
from samhandla.trust.events import EventKind
from samhandla.trust.viewer import Viewer


@action
def keep_data_version(*, by: Viewer, run: RuleRun, version: str) -> None:
    """Keep the name of the data that a run was made on: other data starts a new run, the same none."""
    run.quality = {**run.quality, "data": version}
    run.save(update_fields=["quality"])
    record(EventKind.RULES_RUN, by=by, about=run, details={"data": version})
