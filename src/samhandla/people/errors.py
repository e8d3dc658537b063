"""What the register refuses, with codes that the pages word."""

from __future__ import annotations


class RegisterError(Exception):
    """Base of this room's refusals."""


class NotYours(RegisterError):
    """The row is not to be found for this viewer: missing and forbidden are the same."""


class NotAllowed(RegisterError):
    """The viewer sees the row but has no right to do this with it."""


class Refused(RegisterError):
    """The change breaks a rule of the register; `problem` is the code of it."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


class Restricted(RegisterError):
    """The processing of the child's data is restricted: it is kept and not shown."""
