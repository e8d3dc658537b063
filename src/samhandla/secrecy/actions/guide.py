"""What was asked of the decision guide, without a child."""

from __future__ import annotations

from samhandla.secrecy.rules.guide import ADULT, Question, Verdict
from samhandla.trust.audit import action, record
from samhandla.trust.events import EventKind
from samhandla.trust.viewer import Viewer


@action
def note_question(*, by: Viewer, question: Question, verdict: Verdict) -> None:
    """Record from where to where, how it ended, and whether it was about a child; never about whom.

    The age itself is left out: with the place and the day it could tell who it was.
    """
    record(
        EventKind.GUIDE_ASKED,
        by=by,
        details={
            "from": question.sender.branch,
            "to": question.recipient.branch,
            "under_18": question.age < ADULT,
            "answer": verdict.answer,
            "openings": [opening.code for opening in verdict.openings],
        },
    )
