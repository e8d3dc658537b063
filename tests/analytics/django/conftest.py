"""The lake of a test lies in a folder of its own."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def lake(settings, tmp_path):
    settings.LAKE_DIR = tmp_path / "lake"
    return settings.LAKE_DIR
