"""Whether a ställningstagande can be thought better of, and by whom."""

from __future__ import annotations

from datetime import date

from samhandla.detect.models import Answer, Inquiry, Signal, SignalState
from samhandla.detect.queries.steps import takes
from samhandla.people.queries import children_led_by
from samhandla.trust.viewer import Viewer

RESTING = (SignalState.ACTED, SignalState.FOLLOWED, SignalState.KNOWN)


def latest_answer_for(viewer: Viewer, signal: Signal) -> Answer | None:
    """Return the answer that holds for a signal, with who gave it. Queries: one."""
    rows = Answer.objects.filter(signal=signal).select_related("by", "replaces")
    return rows.order_by("-at", "-pk").first()


def rests_by_answer(signal: Signal) -> bool:
    """Tell whether a signal rests because of an answer, and not while an inquiry is made. Queries: one."""
    if signal.state not in RESTING or signal.good_news:
        return False
    return not Inquiry.objects.filter(signal=signal, state=Inquiry.State.DRAFT).exists()


def may_change(viewer: Viewer, signal: Signal, answer: Answer, *, today: date) -> bool:
    """Tell whether a viewer who reads a signal may change its answer.

    Whoever gave it, whoever has the signal now by role or as stand-in, and the principal. Queries: some.
    """
    if answer.by_id == viewer.actor_id or takes(viewer, signal.owner_role):
        return True
    return signal.child_id in children_led_by(viewer, on=today)
