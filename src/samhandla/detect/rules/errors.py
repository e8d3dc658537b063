"""What can go wrong with rules."""

from __future__ import annotations


class RuleError(Exception):
    """Something in the rules package could not be done."""


class BadRuleSet(RuleError):
    """A set of rules names an unknown rule or parameter, or a value outside its range."""


class NoDays(RuleError):
    """There is no school day to run rules on."""
