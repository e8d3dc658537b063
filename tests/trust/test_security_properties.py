"""docs/security-properties.md and docs/threat-model.md name places and tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs/security-properties.md").read_text("utf-8")
ATTACKS = (ROOT / "docs/threat-model.md").read_text("utf-8").split("## Attacks tried")[1]
ROWS = [line for line in TEXT.splitlines() if line.startswith("| **")]


def cells(row: str) -> tuple[list[str], list[str]]:
    """Return the places and the tests of one property."""
    _, _, places, guards, _ = row.split("|")
    return re.findall(r"`([^`]+)`", places), re.findall(r"`([^`]+)`", guards)


def test_each_property_names_a_place_and_a_test():
    assert len(ROWS) >= 12
    for row in ROWS:
        places, guards = cells(row)
        assert places, row
        assert guards, row


def test_the_places_exist():
    missing = [
        place for row in ROWS for place in cells(row)[0] if not (ROOT / "src/samhandla" / place).is_file()
    ]
    assert not missing


def _missing(guards: list[str]) -> list[str]:
    """Return the tests that are not there; a test can stand in a class."""
    missing = []
    for guard in guards:
        path, name = guard.split("::")
        file = ROOT / "tests" / path
        if not file.is_file() or not re.search(rf"^\s*def {name}\(", file.read_text("utf-8"), re.M):
            missing.append(guard)
    return missing


def test_the_tests_exist():
    assert not _missing([guard for row in ROWS for guard in cells(row)[1]])


def test_each_attack_has_a_test_that_exists():
    rows = [line for line in ATTACKS.splitlines() if line.startswith("| ")][1:]
    assert len(rows) > 20
    assert all("::" in row for row in rows)
    assert not _missing(re.findall(r"`([^`]+::[^`]+)`", ATTACKS))
