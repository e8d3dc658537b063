"""What the register changes in the loop: pupils who have changed unit, mentors who have come or gone."""

from __future__ import annotations

from datetime import date

from django.db.models import F

from samhandla.detect.models import Signal, SignalState, StepTaken
from samhandla.detect.words import MOVED
from samhandla.people.queries import mentor_by_child
from samhandla.trust.audit import action, record
from samhandla.trust.events import EventKind
from samhandla.trust.viewer import Viewer


@action
def follow_register(*, by: Viewer, today: date) -> dict[str, int]:
    """Let the signals follow who goes where and who is whose mentor; twice a day changes nothing more.

    Returns: how many signals were `left` by pupils who moved, and how many changed `owners`.
    """
    counts = {"left": _close_moved(by, today), "owners": _follow_mentors(by, today)}
    record(EventKind.RULES_RUN, by=by, details=counts)
    return counts


def _close_moved(by: Viewer, today: date) -> int:
    """Close living signals of pupils who now belong to another unit.

    A signal belongs to the unit where it was made: at the new unit nobody would answer it, and the
    pupil could get no other. The rules open a new one there if they still hold. Steps under way end
    with a note; an inquiry stays with the unit that decided on it. Queries: a handful for all, and
    one event per signal.

    Returns: how many signals were closed.
    """
    living = Signal.objects.exclude(state=SignalState.CLOSED)
    moved = list(living.exclude(unit_id=F("child__unit_id")).select_for_update(of=("self",)))
    for signal in moved:
        signal.state, signal.closed_on, signal.closed_why = SignalState.CLOSED, today, Signal.Ending.MOVED
        signal.due_on = signal.return_on = None
        record(
            EventKind.SIGNAL_MOVED,
            by=by,
            child_id=signal.child_id,
            unit_id=signal.unit_id,
            domain_id=signal.domain_id,
            about=signal,
        )
    fields = ["state", "closed_on", "closed_why", "due_on", "return_on"]
    Signal.objects.bulk_update(moved, fields, batch_size=500)
    StepTaken.objects.filter(signal__in=moved, done_on=None).update(
        done_on=today,
        done_by_id=by.actor_id,
        note=MOVED,
    )
    return len(moved)


def _follow_mentors(by: Viewer, today: date) -> int:
    """Give each living signal to the mentor where the pupil has one today, else to the principal.

    Returns: how many signals changed owner.
    """
    living = Signal.objects.exclude(state=SignalState.CLOSED)
    mentored = mentor_by_child(by, on=today, children=living.values("child_id"))
    # Told here who changes: most do not, and a list of all children is long for the database.
    changed = [
        (pk, owner)
        for pk, child, known in living.values_list("pk", "child_id", "owner_role")
        if known != (owner := "mentor" if child in mentored else "principal")
    ]
    for owner in {owner for _, owner in changed}:
        living.filter(pk__in=[pk for pk, own in changed if own == owner]).update(owner_role=owner)
    return len(changed)
