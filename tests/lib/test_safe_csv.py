"""No cell of a file for spreadsheets begins as a formula, and there is one place that writes such files."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest

from samhandla.lib.safe_csv import csv_text, safe_cell

SOURCE = Path(__file__).resolve().parents[2] / "src/samhandla"
WRITER = SOURCE / "lib/safe_csv.py"
NOT_FOR_PEOPLE = SOURCE / "integrations/simulator"  # makes what other systems send


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+46", "-1", "@SUM(A1)", "\tx", "\r=1", "\n=1", "  =1", "\u00a0=1", "\u2003@x", "＝1+1", "＠x"],
)
def test_no_cell_becomes_a_formula(text):
    assert safe_cell(text) == "'" + text
    assert safe_cell("Bergaskolan") == "Bergaskolan"
    assert safe_cell("a=1") == "a=1"


def test_a_heading_is_as_safe_as_a_row_and_no_sign_breaks_out_of_its_cell():
    text = csv_text(["=cmd()", "b"], [['x";=1;"', "y\n=1"], [None, 7]])
    rows = list(csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""), delimiter=";"))
    assert rows == [["'=cmd()", "b"], ['x";=1;"', "y\n=1"], ["", "7"]]


def test_one_place_writes_csv():
    written = re.compile(r"csv\.(writer|DictWriter)\(|\.to_csv\(")
    places = [
        path for path in SOURCE.rglob("*.py")
        if written.search(path.read_text("utf-8")) and NOT_FOR_PEOPLE not in path.parents
    ]  # fmt: skip
    assert places == [WRITER]
