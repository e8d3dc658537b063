"""The columnar parser against a plain row-by-row one, on the same files."""

from __future__ import annotations

import csv
import random
import tempfile
from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from samhandla.integrations.files import FileSourceError, Options, load_preset, open_file, parse_attendance
from samhandla.integrations.files.amounts import AmountCells, Reckoner, yes_no_or_blank
from samhandla.integrations.files.mapping import AMOUNTS
from samhandla.integrations.files.values import BadValue, clean, parse_date, parse_time

HEAD = ["elev", "datum", "start", "ämne", "undervisning", "giltig", "ogiltig", "registrerad", "deltar"]
FIELDS = {"undervisning": "offered", "giltig": "valid", "ogiltig": "invalid", "registrerad": "reported"}
TODAY = Options(today=date(2026, 11, 1))

CELLS = st.tuples(
    st.sampled_from(["1", "2", "3", "", "Summa"]),
    st.sampled_from(["2026-03-09", "2026-03-10", "2026-03-07", "2026-02-30", ""]),
    st.sampled_from(["08:00", "08:30", "09:00", "10:00", "8.00", "99:00", ""]),
    st.sampled_from(["MA", "SV", ""]),
    st.sampled_from(["60", "45", "300", "0", "x", ""]),
    st.sampled_from(["0", "20", "60", "-1", ""]),
    st.sampled_from(["0", "5", "60", "1,5", ""]),
    st.sampled_from(["1", "0", "ja", "", "?"]),
    st.sampled_from(["", "nej", "ja"]),
)
RAGGED = st.lists(st.sampled_from(["1", "x"]), min_size=2, max_size=12).filter(
    lambda row: len(row) != len(HEAD)
)
ROWS = st.lists(st.one_of(CELLS.map(list), CELLS.map(list), RAGGED), min_size=1, max_size=40)


def understand(row: dict[str, str], reckoner: Reckoner):
    """One row by itself: its lesson, or None when it is refused."""
    try:
        pupil = clean(row["elev"])
        if not pupil or pupil == "Summa":
            return None
        day = parse_date(clean(row["datum"]), load_preset("samhandla").date_style)
        start = parse_time(clean(row["start"])) if clean(row["start"]) else None
        participating = yes_no_or_blank(row["deltar"])
    except BadValue:
        return None
    by_field = {field: row[source] for source, field in FIELDS.items()}
    cell = reckoner.cell(AmountCells(None, tuple(by_field.get(name) for name in AMOUNTS), None))
    if cell.fatal:
        return None
    return (pupil, day, start, clean(row["ämne"]) or None, cell.value, participating)


def oracle(path: Path) -> tuple[dict[str, int], list[tuple]]:
    """A file read the plain way: counts, and the accepted rows."""
    mapping = load_preset("samhandla")
    units = {c.field: c.unit for c in mapping.columns if c.source in FIELDS}
    reckoner = Reckoner(mapping, units)
    taken: dict[object, tuple] = {}
    bad_keys: list[object] = []
    counts = {"read": 0, "accepted": 0, "refused": 0, "duplicates": 0, "protected": 0, "blank": 0}
    with path.open(encoding="utf-8", newline="") as file:
        for number, cells in enumerate(csv.reader(file, delimiter=";"), start=1):
            if number == 1:
                continue
            if not any(cells):
                counts["blank"] += 1
                continue
            counts["read"] += 1
            lesson = understand(dict(zip(HEAD, cells, strict=True)), reckoner) if len(cells) == 9 else None
            if lesson is None:
                bad_keys.append(cells)
            elif (key := (*lesson[:3], lesson[3] if lesson[2] is None else "")) in taken:
                counts["duplicates"] += 1
            else:
                taken[key] = (number, lesson)
    counts["accepted"] = len(taken)
    counts["refused"] = len(bad_keys)
    return counts, list(taken.values())


def write(rows: list[list[str]], folder: str) -> Path:
    path = Path(folder) / "fil.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";").writerows([HEAD, *rows])
    return path


@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(ROWS)
def test_same_as_the_plain_way(rows):
    with tempfile.TemporaryDirectory() as folder:
        path = write([row for row in rows if any(row)] or [["1"] * 9], folder)
        parsed = parse_attendance(open_file(path, header_row=1), load_preset("samhandla"), TODAY)
        counts, lessons = oracle(path)
    got = parsed.counts.as_dict()
    assert got["read"] == got["accepted"] + got["refused"] + got["duplicates"] + got["protected"]
    # Refused rows that also repeat a taken lesson are counted as duplicates.
    assert (got["read"], got["accepted"]) == (counts["read"], counts["accepted"])
    assert got["refused"] + got["duplicates"] == counts["refused"] + counts["duplicates"]
    assert got["duplicates"] >= counts["duplicates"]
    table = parsed.table.to_pylist()
    plain = [
        (
            number,
            pupil,
            day,
            start,
            subject or "",
            m.offered,
            m.present,
            m.valid,
            m.invalid,
            bool(m.reported),
            part,
        )
        for number, (pupil, day, start, subject, m, part) in lessons
    ]
    names = ("row", "pupil", "date", "start", "subject", "offered", "present", "valid", "invalid", "reported")
    assert [tuple(row[name] for name in (*names, "participating")) for row in table] == sorted(plain)


@pytest.mark.parametrize("part_rows", [1, 7])
def test_sharing_out_the_rows_changes_nothing(monkeypatch, tmp_path, part_rows):
    draw = random.Random(3)
    pupils, starts = ["1", "2", "3", "4", "5"], ["08:00", "08:30", "09:00", "10:00", ""]
    rows = [
        [
            *(draw.choice(pupils), f"2026-03-{draw.randint(7, 12):02d}", draw.choice(starts)),
            *("MA", "60", draw.choice(["0", "20", "-1"]), "0", "1", ""),
        ]
        for _ in range(300)
    ]
    path = write(rows, str(tmp_path))
    whole = parse_attendance(open_file(path), load_preset("samhandla"), TODAY)
    monkeypatch.setattr("samhandla.integrations.files.lessons.PART_ROWS", part_rows)
    monkeypatch.setattr("samhandla.integrations.files.read.BLOCK_BYTES", 500)
    shared = parse_attendance(open_file(path), load_preset("samhandla"), TODAY)
    assert whole.counts == shared.counts
    assert whole.counts.duplicates > 20
    assert whole.table.to_pylist() == shared.table.to_pylist()
    assert (whole.refused, whole.duplicates, whole.marks) == (shared.refused, shared.duplicates, shared.marks)


@settings(max_examples=100, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(ROWS)
def test_every_row_ends_in_one_place(rows):
    with tempfile.TemporaryDirectory() as folder:
        path = write([row for row in rows if any(row)] or [["1"] * 9], folder)
        parsed = parse_attendance(open_file(path, header_row=1), load_preset("samhandla"), TODAY)
    accepted, refused, repeated = (
        {int(row) for row in parsed.table["row"].to_pylist()},
        {entry.row for entry in parsed.refused},
        {entry.row for entry in parsed.duplicates},
    )
    assert not accepted & refused
    assert not accepted & repeated
    assert not refused & repeated
    assert len(accepted) + len(refused) + len(repeated) == parsed.counts.read
    assert {entry.row for entry in parsed.marks} <= accepted


@settings(max_examples=150, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
@given(st.binary(max_size=400), st.booleans())
def test_any_bytes_are_read_or_refused(content, with_header):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "fil.csv"
        path.write_bytes((";".join(HEAD).encode() + b"\n" if with_header else b"") + content)
        try:
            counts = parse_attendance(open_file(path), load_preset("samhandla"), TODAY).counts
        except FileSourceError as error:
            refusal = str(error)
        else:
            refusal = ""
            assert counts.read == counts.accepted + counts.refused + counts.duplicates > 0
    assert refusal == "" or refusal.endswith(".")
