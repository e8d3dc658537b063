"""Nödåtkomst: who may open, for how long, and who may be appointed to review it. No Django, no clock.

Source: the house's design; school law has no counterpart to health care's emergency access (domain reference
T20), so it reaches only over an inner need-to-know wall, inside one authority.
"""

from __future__ import annotations

USUAL_HOURS = 3
MOST_HOURS = 12  # a working day and an evening; whoever needs longer needs a duty

# Those whose work with pupils crosses classes and units. None of EMI: its wall is one of law (OSL 8:2).
OPENERS = (
    "counsellor",
    "deputy_principal",
    "principal",
    "psychologist",
    "special_needs_teacher",
)
# Who can be appointed: people outside the daily work at a unit.
REVIEWERS = (
    "data_protection_officer",
    "department_head",
    "lawyer",
    "operations_manager",
    "school_director",
)


def hours_problem(hours: int, most: int = MOST_HOURS) -> str:
    """Return `hours` when a time is shorter than one hour or longer than what holds; empty when it is right.

    >>> hours_problem(3), hours_problem(0), hours_problem(4, 3)
    ('', 'hours', 'hours')
    """
    return "" if 1 <= hours <= most else "hours"


def review_problem(*, own: bool, verdict: str, note: str) -> str:
    """Return the code of what is wrong with a review; empty when nothing is.

    Nobody reviews what he or she opened; what is to be followed up says what.

    >>> review_problem(own=False, verdict="in_order", note="")
    ''
    >>> review_problem(own=True, verdict="in_order", note="")
    'own'
    >>> review_problem(own=False, verdict="follow_up", note=" ")
    'note'
    """
    if own:
        return "own"
    if verdict not in ("in_order", "follow_up"):
        return "verdict"
    return "note" if verdict == "follow_up" and not note.strip() else ""
