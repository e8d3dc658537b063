"""What the room refuses, with codes that the pages word."""

from __future__ import annotations


class RecordsError(Exception):
    """Base of this room's refusals."""


class NotYours(RecordsError):
    """Not to be found for this viewer: missing and forbidden are the same."""


class NotAllowed(RecordsError):
    """The viewer has no right, or no delegation, to do this."""


class Conflict(RecordsError):
    """It has been done already, or what was looked at has changed since."""


class Refused(RecordsError):
    """What was said is not enough; `problems` are the codes of what is missing or wrong."""

    def __init__(self, *problems: str) -> None:
        super().__init__(", ".join(problems))
        self.problems = problems
