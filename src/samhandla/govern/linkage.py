"""The statistical linkage run: a file of numbers in, totals out, nothing about anybody in between.

The numbers are read in memory and become blind indexes at once; the database matches them against the
school's own, counts, and gives back counts alone. Nothing is written about a person, so nothing can remain.
Source: reference R160 and F14-F15 (the social board's goal of less absence among children with efforts).
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.conf import settings

from samhandla.analytics.disclosure import THRESHOLD, TOTAL, protect
from samhandla.lib.personnummer import PersonnummerError, parse_personnummer
from samhandla.trust import crypto

COLUMNS = ("personnummer", "slag")
PLACED, EFFORT = "placering", "insats"
KINDS = (PLACED, EFFORT)
OVER, WITHIN = "over", "within"
MOST_BYTES = 2_000_000  # a hundred thousand rows; more than this never stays in memory
MOST_TOLD = 10


class BadFile(Exception):
    """The file cannot be read; `rows` are the numbers of the lines, never what stands in them."""

    def __init__(self, code: str, rows: Iterable[int] = ()) -> None:
        super().__init__(code)
        self.code = code
        self.rows = list(rows)[:MOST_TOLD]


@dataclass(frozen=True)
class Counted:
    """How many of one kind were found among the school's pupils, and how many above the limit."""

    kind: str
    pupils: int
    over: int


def read_numbers(data: bytes) -> dict[str, str]:
    """Return number → kind; whoever is placed is not counted among the other efforts too.

    Raises:
        BadFile: too large, not text, wrong columns, nothing in it, or lines that are no number or no kind.
    """
    if len(data) > MOST_BYTES:
        raise BadFile("size")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadFile("text") from None
    head = text.splitlines()[0].strip().lower() if text.strip() else ""
    sign = ";" if ";" in head else ","
    if tuple(part.strip().strip('"') for part in head.split(sign)) != COLUMNS:
        raise BadFile("columns")
    found: dict[str, str] = {}
    wrong = []
    try:
        for line, row in enumerate(csv.reader(io.StringIO(text), delimiter=sign, strict=True), start=1):
            if line == 1 or not any(cell.strip() for cell in row):
                continue
            number, kind = _one(row)
            if not number:
                wrong.append(line)
            elif found.get(number) != PLACED:
                found[number] = kind
    except csv.Error:
        raise BadFile("columns") from None
    if wrong or not found:
        raise BadFile("rows" if wrong else "empty", wrong)
    return found


def _one(row: list[str]) -> tuple[str, str]:
    kind = row[1].strip().lower() if len(row) == len(COLUMNS) else ""
    if kind not in KINDS:
        return "", ""
    try:
        return parse_personnummer(row[0]).number, kind
    except PersonnummerError:
        return "", ""


def blinded(numbers: dict[str, str], *, school_id: int) -> tuple[list[str], list[str]]:
    """Return the blind indexes as the school's register has them, and the kinds in the same order."""
    secret = settings.SAMHANDLA_SECRET
    rows = sorted(
        (crypto.blind_index(secret, number, within=str(school_id)), kind) for number, kind in numbers.items()
    )
    return [index for index, _ in rows], [kind for _, kind in rows]


def totals_of(counted: Iterable[Counted]) -> list[dict[str, Any]]:
    """Return the table that may leave: each kind and both together, hidden cells as None.

    A group of fewer than ten is never shown, nor what it could be worked out from.
    """
    cells: dict[tuple[str, ...], int] = {}
    for one in counted:
        cells |= {(one.kind, OVER): one.over, (one.kind, WITHIN): one.pupils - one.over}
    for part in (OVER, WITHIN):
        cells[(TOTAL, part)] = sum(cells.get((kind, part), 0) for kind in KINDS)
    for kind in (*KINDS, TOTAL):
        cells.setdefault((kind, OVER), 0)
        cells.setdefault((kind, WITHIN), 0)
        cells[(kind, TOTAL)] = cells[(kind, OVER)] + cells[(kind, WITHIN)]
    shown = protect(cells, THRESHOLD).cells
    return [
        {
            "kind": kind,
            "pupils": shown[(kind, TOTAL)],
            "over": shown[(kind, OVER)],
            "within": shown[(kind, WITHIN)],
        }
        for kind in (*KINDS, TOTAL)
    ]
