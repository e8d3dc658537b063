"""Every write of the board page. Each takes `by=` and records an event."""

from samhandla.govern.actions.counting import count_board, set_measure
from samhandla.govern.actions.linkage import (
    BadFile,
    LinkageRefused,
    Wanted,
    approve_linkage,
    ask_linkage,
    make_linkage,
)
from samhandla.govern.actions.pages import NothingCounted, OutOfDate, freeze_board
from samhandla.govern.actions.words import end_goal, set_assessment, set_goal

__all__ = [
    "BadFile",
    "LinkageRefused",
    "NothingCounted",
    "OutOfDate",
    "Wanted",
    "approve_linkage",
    "ask_linkage",
    "count_board",
    "end_goal",
    "freeze_board",
    "make_linkage",
    "set_assessment",
    "set_goal",
    "set_measure",
]
