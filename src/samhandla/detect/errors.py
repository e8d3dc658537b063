"""What the detect room refuses, with codes that the pages word."""

from __future__ import annotations


class DetectError(Exception):
    """Base of this room's refusals."""


class AnswerRefused(DetectError):
    """A ställningstagande cannot be recorded; `problems` are codes of `rules.loop.check_answer`."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__(", ".join(problems))
        self.problems = problems


class NotYours(DetectError):
    """The row is not to be found for this viewer: missing and forbidden are the same."""


class OthersStep(DetectError):
    """The step is another role's to take; `name` and `role` say which and whose."""

    def __init__(self, name: str, role: str) -> None:
        super().__init__(f"{name}: {role}")
        self.name = name
        self.role = role


class NoSchool(DetectError):
    """The unit has no school on that day, so nobody can have been there."""


class Conflict(DetectError):
    """Somebody else has answered in the meantime; the page shows what they wrote."""
