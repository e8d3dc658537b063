"""Every rule there is, in the order in which reasons are shown."""

from __future__ import annotations

from samhandla.detect.rules import change, follow, groups, level, patterns, spells, subject, totals
from samhandla.detect.rules.declare import Rule

RULES: tuple[Rule, ...] = (
    *groups.RULES,
    *change.RULES,
    *level.RULES,
    *totals.RULES,
    *spells.RULES,
    *patterns.RULES,
    *subject.RULES,
    *follow.RULES,
)

BY_CODE: dict[str, Rule] = {rule.code: rule for rule in RULES}
