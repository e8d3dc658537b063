"""What the room refuses, with codes that the pages word."""

from __future__ import annotations


class SecrecyError(Exception):
    """Base of this room's refusals."""


class NotYours(SecrecyError):
    """Not to be found for this viewer: missing and forbidden are the same."""


class NotAllowed(SecrecyError):
    """The viewer's role has no right to do this."""


class Conflict(SecrecyError):
    """Somebody else has done it already."""


class Refused(SecrecyError):
    """What was said is not enough; `problems` are the codes of what is missing or wrong."""

    def __init__(self, *problems: str) -> None:
        super().__init__(", ".join(problems))
        self.problems = problems


class NoGround(Refused):
    """The database refuses: no approved opening in force and no waiver that holds. There is no override."""
