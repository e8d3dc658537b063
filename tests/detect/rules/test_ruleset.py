"""Local limits: read, checked against their ranges, refused with a reason."""

from __future__ import annotations

from pathlib import Path

import pytest

from samhandla.detect.rules.catalogue import BY_CODE
from samhandla.detect.rules.errors import BadRuleSet
from samhandla.detect.rules.ruleset import RuleSet, load_rules, parse_rules
from samhandla.lib.i18n import storable, worded

LEVEL = BY_CODE["level_year"]


def test_later_and_narrower_changes_win():
    rules = parse_rules({"rules": [
        {"rule": "level_year", "threshold": 0.12},
        {"rule": "level_year", "unit": 5, "grade": 7, "threshold": 0.1},
    ]})  # fmt: skip
    assert rules.for_subject(LEVEL, "GR", 4, 7).values["threshold"] == 0.12
    assert rules.for_subject(LEVEL, "GR", 5, 7).values == {"threshold": 0.1, "from_day": 20}
    assert RuleSet().for_subject(LEVEL, "GR", 5, 7).values["threshold"] == 0.15


def test_rules_run_in_compulsory_forms_and_upper_secondary_only():
    assert RuleSet().for_subject(LEVEL, "FTH", 1, 0) is None
    assert RuleSet().for_subject(LEVEL, "GY", 1, 1) is not None


def test_toml_and_json_files(tmp_path: Path):
    (tmp_path / "r.toml").write_text('[[rules]]\nrule = "spells"\nleast = 5\n')
    (tmp_path / "r.json").write_text('{"rules": [{"rule": "spells", "least": 5}]}')
    assert load_rules(tmp_path / "r.toml") == load_rules(tmp_path / "r.json")
    assert load_rules(tmp_path / "r.toml").changes[0].values == {"least": 5}


@pytest.mark.parametrize(
    ("entry", "says"),
    [
        ({"rule": "poäng"}, "ingen känd regel"),
        ({"rule": "level_year", "gräns": 1}, "inget gränsvärde som heter gräns"),
        ({"rule": "level_year", "threshold": 15}, "Tillåtet är 0.01–0.9"),
        ({"rule": "level_year", "threshold": True}, "går inte"),
        ({"rule": "level_year", "threshold": float("nan")}, "går inte"),
        ({"rule": "level_year", "on": "nej"}, "true eller false"),
        ({"rule": "level_year", "unit": "x"}, "heltal"),
        ("level_year", "ingen känd regel"),
    ],
)
def test_wrong_entries_are_refused(entry, says: str):
    with pytest.raises(BadRuleSet, match=says):
        parse_rules({"rules": [entry]})


def test_wrong_files_are_refused(tmp_path: Path):
    (tmp_path / "r.toml").write_text("rules = [")
    (tmp_path / "r.json").write_text('{"regler": []}')
    for name, says in (("r.toml", "tolka"), ("r.json", "rules, och inget annat"), ("x.toml", "öppna")):
        with pytest.raises(BadRuleSet, match=says):
            load_rules(tmp_path / name)


def test_a_refusal_can_be_said_in_another_language():
    with pytest.raises(BadRuleSet) as refused:
        parse_rules({"rules": [{"rule": "long", "days": 1000}]})
    assert str(refused.value) == "Regeln long: days = 1000 går inte. Tillåtet är 3–60 (skoldagar)."
    english = {
        "Regeln {rule}: {name} = {value} går inte. Tillåtet är {low}–{high} ({unit}).": (
            "The rule {rule}: {name} = {value} is not allowed. Allowed: {low}–{high} ({unit})."
        ),
        "skoldagar": "school days",
    }
    assert worded(storable(refused.value.said), english.__getitem__) == (
        "The rule long: days = 1000 is not allowed. Allowed: 3–60 (school days)."
    )
