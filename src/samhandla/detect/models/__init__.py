"""Detect: signals, the answers to them, the ladder, the inquiry.

Nouns: rule setting, rule run, signal, reason, group signal, answer, contact note, ladder step,
step taken, inquiry, notice, delivered notice, watch, group watch, guidance, participation mark,
answer effort, rehearsal, unit tally.
"""

from samhandla.detect.models.answers import Answer, AnswerEffort, AnswerKind, ContactNote, ParticipationMark
from samhandla.detect.models.guidance import Guidance
from samhandla.detect.models.ladder import Inquiry, InquiryDecision, LadderStep, Notice, StepTaken
from samhandla.detect.models.notices import DeliveredNotice
from samhandla.detect.models.rehearsals import Rehearsal, UnitTally
from samhandla.detect.models.settings import RuleRun, RuleSetting
from samhandla.detect.models.signals import GroupSignal, GroupWatch, Reason, Signal, SignalState, Watch

__all__ = [
    "Answer",
    "AnswerEffort",
    "AnswerKind",
    "ContactNote",
    "DeliveredNotice",
    "GroupSignal",
    "GroupWatch",
    "Guidance",
    "Inquiry",
    "InquiryDecision",
    "LadderStep",
    "Notice",
    "ParticipationMark",
    "Reason",
    "Rehearsal",
    "RuleRun",
    "RuleSetting",
    "Signal",
    "SignalState",
    "StepTaken",
    "UnitTally",
    "Watch",
]
