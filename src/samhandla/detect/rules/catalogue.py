"""Every rule there is, in the order in which reasons are shown."""

from __future__ import annotations

from samhandla.detect.rules import level, spells
from samhandla.detect.rules.declare import Rule

RULES: tuple[Rule, ...] = (*level.RULES, *spells.RULES)

BY_CODE: dict[str, Rule] = {rule.code: rule for rule in RULES}
