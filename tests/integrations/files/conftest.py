"""Helpers for files: write one, read one, parse one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from samhandla.integrations.files import Options

TODAY = date(2026, 11, 1)
DATA = Path(__file__).parents[4] / "shared" / "data"


@pytest.fixture
def options() -> Options:
    return Options(today=TODAY)


@pytest.fixture
def data() -> Path:
    return DATA


@pytest.fixture
def numbers() -> list[str]:
    """Personal numbers that nobody will ever be given."""
    return (DATA / "testpersonnummer" / "testpersonnummer.txt").read_text().split()


@pytest.fixture
def write(tmp_path: Path) -> Callable[..., Path]:
    def write_file(content: str | bytes, *, encoding: str = "utf-8", name: str = "fil.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
        return path

    return write_file


@pytest.fixture
def workbook(tmp_path: Path) -> Callable[..., Path]:
    def write_workbook(*sheets: list[list[object]]) -> Path:
        book = openpyxl.Workbook()
        book.remove(book.active)
        for number, rows in enumerate(sheets, start=1):
            page = book.create_sheet(f"Blad{number}")
            for row in rows:
                page.append(row)
        path = tmp_path / "bok.xlsx"
        book.save(path)
        return path

    return write_workbook
