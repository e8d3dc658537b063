"""Rules in words, with the limits that hold."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from string import Formatter

from django.utils.translation import gettext

from samhandla.detect.models import RuleSetting
from samhandla.detect.queries.settings import LOOP, rule_set_for, rule_settings_for
from samhandla.detect.rules.catalogue import RULES
from samhandla.detect.rules.declare import Parameter, Rule
from samhandla.detect.rules.words import per_cent
from samhandla.lib.i18n import N_
from samhandla.trust.viewer import Viewer

LEVELS = (
    (("class", "slot", "unit"), N_("Klass, lektionspass och skolenhet")),
    (("pupil",), N_("Elev")),
)
SHARE = "andel 0–1"


@dataclass(frozen=True)
class RuleWords:
    """One rule as a reader sees it; `values` is None where the rule is not used."""

    code: str
    title: str
    sentence: str
    opens: bool
    limits: list[tuple[str, str]]
    used: bool
    local: int


def sentence_with_gaps(rule: Rule) -> str:
    """Return a rule's sentence with three dots where its numbers stand."""
    sentence = gettext(rule.sentence)
    return "".join(text + ("…" if name else "") for text, name, _spec, _how in Formatter().parse(sentence))


def limit_text(parameter: Parameter, value: float) -> str:
    """Return a limit with its unit."""
    if parameter.unit == SHARE:
        return per_cent(value)
    return f"{value:g} {gettext(parameter.unit)}".replace(".", ",")


def limits_of(rule: Rule, values: Mapping[str, float]) -> list[tuple[str, str]]:
    """Return the limits that some values set, each with its meaning and unit."""
    return [(gettext(p.meaning), limit_text(p, values[p.name])) for p in rule.parameters if p.name in values]


def words_of(
    rule: Rule, values: Mapping[str, float] | None = None, *, used: bool = True, local: int = 0
) -> RuleWords:
    """Word a rule with given values, its declared ones when none are given."""
    held = values if values is not None else rule.defaults()
    return RuleWords(
        code=rule.code,
        title=gettext(rule.title),
        sentence=sentence_with_gaps(rule),
        opens=rule.opens,
        limits=limits_of(rule, held),
        used=used,
        local=local,
    )


def list_rules_for(viewer: Viewer, *, on: date) -> list[tuple[str, list[RuleWords]]]:
    """Return every rule with the limits that hold for the whole authority, groups before pupils.

    `local` counts how many settings there are for a unit, a school form or a grade. Queries: two.
    """
    chosen = rule_set_for(viewer, on=on)
    narrow = Counter(_key(row)[0] for row in {_key(r): r for r in rule_settings_for(viewer, on=on)}.values()
                     if _is_narrow(row))  # fmt: skip
    parts = []
    for levels, title in LEVELS:
        rows = []
        for rule in RULES:
            if rule.level in levels:
                setting = chosen.for_subject(rule, "", 0, -1)
                values = setting.values if setting else None
                rows.append(words_of(rule, values, used=setting is not None, local=narrow[rule.code]))
        parts.append((gettext(title), rows))
    return parts


def _key(row: RuleSetting) -> tuple[str, int | None, str, int | None]:
    return row.rule, row.unit_id, row.form, row.school_year


def _is_narrow(row: RuleSetting) -> bool:
    narrow = row.unit_id is not None or row.form != "" or row.school_year is not None
    return row.rule != LOOP and narrow
