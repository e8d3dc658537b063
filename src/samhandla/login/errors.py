"""What the room of login refuses."""

from __future__ import annotations


class LoginRefused(Exception):
    """Somebody could not be let in; `problem` is a code that `words` knows the sentence of."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem


class ProviderDown(Exception):
    """An identity provider does not answer, or answers with something else than it should."""
