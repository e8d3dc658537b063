"""What the room refuses, with codes that the pages word."""

from __future__ import annotations


class RightsError(Exception):
    """Base of this room's refusals."""


class NotYours(RightsError):
    """Not to be found for this viewer: missing and forbidden are the same."""


class NotAllowed(RightsError):
    """The viewer's role has no right to do this."""


class Conflict(RightsError):
    """Somebody else has done it already."""


class Refused(RightsError):
    """What was said is not enough; `problems` are the codes of what is missing or wrong."""

    def __init__(self, *problems: str) -> None:
        super().__init__(", ".join(problems))
        self.problems = problems
