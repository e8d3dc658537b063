"""Ends what the rules have begun about a pupil on whom they are not used any more."""

from __future__ import annotations

from datetime import date

from samhandla.detect.models import Signal, SignalState, StepTaken
from samhandla.detect.words import LIMITED
from samhandla.people.models import Child
from samhandla.trust.audit import action, record
from samhandla.trust.events import EventKind
from samhandla.trust.viewer import Viewer


@action
def end_signals_of(*, by: Viewer, child: Child, today: date) -> int:
    """Close a pupil's living signals, and the steps that they began, because the rules are not used.

    What people have written stays as it is. An inquiry goes on: it is the school's own duty
    (skollagen 7 kap. 19 a §), whatever a rule says. The rules open a new signal when they are used again.

    Returns: how many signals were closed.
    """
    living = Signal.objects.exclude(state=SignalState.CLOSED).filter(child=child)
    ended = list(living.select_for_update(of=("self",)))
    for signal in ended:
        signal.state, signal.closed_on, signal.closed_why = SignalState.CLOSED, today, Signal.Ending.LIMITED
        signal.due_on = signal.return_on = None
        signal.save(update_fields=["state", "closed_on", "closed_why", "due_on", "return_on"])
    StepTaken.objects.filter(signal__in=ended, done_on=None).update(
        done_on=today, done_by_id=by.actor_id, note=LIMITED
    )
    record(EventKind.SIGNALS_ENDED, by=by, details={"signals": len(ended)})
    return len(ended)
