from __future__ import annotations

import doctest
import importlib

import pytest

PACKAGE = "samhandla.integrations.simulator"


@pytest.mark.parametrize(
    "name", ["courses", "plan", "shape", "ss12000_attendance", "ss12000_ids", "subjects"]
)
def test_examples_in_docstrings_hold(name) -> None:
    result = doctest.testmod(importlib.import_module(f"{PACKAGE}.{name}"))
    assert result.attempted > 0
    assert result.failed == 0
