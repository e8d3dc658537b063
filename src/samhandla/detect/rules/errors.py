"""What can go wrong with rules."""

from __future__ import annotations


class RuleError(Exception):
    """Something in the rules package could not be done. The message is made with `say`, see `said`."""

    @property
    def said(self) -> str:
        """The sentence as it was made, so that it can be said in the reader's language."""
        return self.args[0] if self.args and isinstance(self.args[0], str) else str(self)


class BadRuleSet(RuleError):
    """A set of rules names an unknown rule or parameter, or a value outside its range."""


class NoDays(RuleError):
    """There is no school day to run rules on."""
