"""docs/security-properties.md names places and tests that exist."""

from __future__ import annotations

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TEXT = (ROOT / "docs/security-properties.md").read_text("utf-8")
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


def test_the_tests_exist():
    missing = []
    for row in ROWS:
        for guard in cells(row)[1]:
            path, name = guard.split("::")
            file = ROOT / "tests" / path
            if not file.is_file() or f"\ndef {name}(" not in file.read_text("utf-8"):
                missing.append(guard)
    assert not missing
