"""Which rules run with which limits: defaults, changed per school form, unit and grade."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from samhandla.detect.rules.catalogue import BY_CODE, RULES
from samhandla.detect.rules.declare import Rule
from samhandla.detect.rules.errors import BadRuleSet
from samhandla.detect.rules.panel import Bools, Ints, Panel
from samhandla.lib.i18n import N_, say

SELECTORS = ("form", "unit", "grade")
SWITCHES = ("on", "opens")


@dataclass(frozen=True)
class Change:
    """One local setting: for which form, unit and grade (None for all), and what it sets."""

    rule: str
    form: str | None
    unit: int | None
    grade: int | None
    values: Mapping[str, float]
    on: bool | None = None
    opens: bool | None = None


@dataclass(frozen=True)
class Setting:
    """One rule with the values that hold for some pupils."""

    rule: Rule
    values: Mapping[str, float]
    opens: bool


@dataclass(frozen=True)
class RuleSet:
    """All rules with their declared limits, and the local changes in order; the last one wins."""

    changes: tuple[Change, ...] = ()
    rules: tuple[Rule, ...] = field(default=RULES)

    def for_subject(self, rule: Rule, form: str, unit: int, grade: int) -> Setting | None:
        """Return the setting of a rule for one form, unit and grade; None when it does not run."""
        if form and form not in rule.forms:
            return None
        values, on, opens = rule.defaults(), True, rule.opens
        for change in self.changes:
            if change.rule == rule.code and _matches(change, form, unit, grade):
                values.update(change.values)
                on = on if change.on is None else change.on
                opens = opens if change.opens is None else change.opens
        return Setting(rule, values, opens) if on else None

    def groups(self, rule: Rule, panel: Panel) -> Iterator[tuple[Setting, Bools]]:
        """Yield each setting of a rule that holds for some pupils of the panel, and which pupils."""
        first, group = _alike(panel)
        found: dict[tuple[Any, ...], list[int]] = {}
        settings: dict[tuple[Any, ...], Setting] = {}
        for number, row in enumerate(first):
            unit = int(panel.units.ids[panel.unit[row]])
            setting = self.for_subject(rule, str(panel.form[row]), unit, int(panel.grade[row]))
            if setting is not None:
                key = (setting.opens, tuple(sorted(setting.values.items())))
                found.setdefault(key, []).append(number)
                settings[key] = setting
        for key, numbers in found.items():
            yield settings[key], np.isin(group, numbers)


def _alike(panel: Panel) -> tuple[Ints, Ints]:
    """Return a first row of each kind of pupil (form, unit and grade together), and each row's kind."""
    if "alike" not in panel.kept:
        keys = np.stack([np.unique(panel.form, return_inverse=True)[1], panel.unit, panel.grade], axis=1)
        _, first, group = np.unique(keys, axis=0, return_index=True, return_inverse=True)
        panel.kept["alike"] = first, group.reshape(-1)
    return panel.kept["alike"]  # type: ignore[no-any-return]


def load_rules(path: Path) -> RuleSet:
    """Read a set of rules from a TOML or JSON file; see `parse_rules` for what may stand in it.

    Raises:
        BadRuleSet: the file cannot be read or sets something that does not exist.
    """
    try:
        text = path.read_text("utf-8")
        content = json.loads(text) if path.suffix.lower() == ".json" else tomllib.loads(text)
    except OSError as error:
        raise BadRuleSet(
            say(N_("Regelfilen {path} gick inte att öppna ({why})."), path=str(path), why=str(error.strerror))
        ) from error
    except (ValueError, UnicodeDecodeError) as error:
        raise BadRuleSet(
            say(N_("Regelfilen {path} gick inte att tolka: {why}."), path=path.name, why=str(error))
        ) from error
    return parse_rules(content)


def parse_rules(content: Mapping[str, Any]) -> RuleSet:
    """Build a set of rules from plain values.

    Args:
        content: `{"rules": [{"rule": code, "form"?, "unit"?, "grade"?, "on"?, "opens"?,
            parameter: number, …}, …]}`; later entries win over earlier ones.

    Raises:
        BadRuleSet: an unknown rule or parameter, or a value outside its range.
    """
    entries = content.get("rules", [])
    if not isinstance(entries, list) or set(content) - {"rules"}:
        raise BadRuleSet(say(N_("En regelfil innehåller en lista som heter rules, och inget annat.")))
    return RuleSet(tuple(_change(entry, number) for number, entry in enumerate(entries, 1)))


def _change(entry: object, number: int) -> Change:
    if not isinstance(entry, Mapping) or entry.get("rule") not in BY_CODE:
        known = ", ".join(BY_CODE)
        raise BadRuleSet(
            say(
                N_("Post {number} i regelfilen nämner ingen känd regel. Kända regler: {known}."),
                number=number,
                known=known,
            )
        )
    rule = BY_CODE[entry["rule"]]
    values = {key: value for key, value in entry.items() if key not in ("rule", *SELECTORS, *SWITCHES)}
    for name, value in values.items():
        _check_value(rule, name, value)
    for name in SWITCHES:
        if not isinstance(entry.get(name), bool | None):
            raise BadRuleSet(
                say(N_("Regeln {rule}: {name} ska vara true eller false."), rule=rule.code, name=name)
            )
    form, unit, grade = (entry.get(name) for name in SELECTORS)
    if not isinstance(form, str | None) or not all(isinstance(n, int | None) for n in (unit, grade)):
        raise BadRuleSet(say(N_("Regeln {rule}: form är text, unit och grade är heltal."), rule=rule.code))
    return Change(rule.code, form, unit, grade, values, entry.get("on"), entry.get("opens"))


def _check_value(rule: Rule, name: str, value: object) -> None:
    parameters = {parameter.name: parameter for parameter in rule.parameters}
    if name not in parameters:
        raise BadRuleSet(
            say(
                N_("Regeln {rule} har inget gränsvärde som heter {name}. Den har: {known}."),
                rule=rule.code,
                name=name,
                known=", ".join(parameters) or say(N_("inga gränsvärden")),
            )
        )
    allowed = parameters[name]
    if (
        isinstance(value, bool)
        or not isinstance(value, int | float)
        or not allowed.low <= value <= allowed.high
    ):
        raise BadRuleSet(
            say(
                N_("Regeln {rule}: {name} = {value} går inte. Tillåtet är {low}–{high} ({unit})."),
                rule=rule.code,
                name=name,
                value=str(value),
                low=f"{allowed.low:g}",
                high=f"{allowed.high:g}",
                unit=say(allowed.unit),
            )
        )


def _matches(change: Change, form: str, unit: int, grade: int) -> bool:
    return (
        change.form in (None, form)
        and change.unit in (None, unit)
        and (change.grade is None or change.grade == grade)
    )
