"""Files of strangers: what is understood, what is refused with row and reason."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from tests.analytics.reference import Drawn

from samhandla.analytics.cells import Unreadable, parse_clock, parse_date, parse_minutes, parse_status
from samhandla.analytics.errors import BadColumns, BadRows, EmptyFile, UnreadableFile
from samhandla.analytics.load import Names, read_attendance, read_calendar, read_declared
from samhandla.analytics.tables.attendance import LESSONS, PUPILS


@pytest.fixture
def write(tmp_path: Path):
    def make(text: str | bytes, name: str = "lessons.csv") -> Path:
        path = tmp_path / name
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    return make


def lessons(attendance) -> list[dict[str, object]]:
    return attendance.lessons.to_pylist()


def test_swedish_file_with_semicolon_comma_and_cp1252(write):
    text = "Elev;Datum;Starttid;Minuter;Giltig;Ogiltig;Ämne;Klass\nÅsa;2025-09-01;08:15;60,0;20;40;SvÖ;7Å\n"
    read = read_attendance(write(text.encode("cp1252")))
    row = lessons(read)[0]
    assert (row["offered"], row["valid"], row["invalid"], row["present"]) == (60, 20, 40, 0)
    assert (row["start"], row["slot"], row["subject"], row["date"]) == (495, 1, "SvÖ", date(2025, 9, 1))
    assert read.pupil_names.word(1) == "Åsa"
    assert read.pupils.to_pylist()[0]["class_name"] == "7Å"
    assert read.lessons.schema.names == LESSONS.names
    assert read.pupils.schema.equals(PUPILS.schema)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_encodings(write, encoding: str):
    read = read_attendance(write("pupil\tdate\tabsent\nÖ\t20250901\t60\n".encode(encoding)))
    assert read.pupil_names.word(1) == "Ö"
    assert lessons(read)[0]["valid"] == 60


def test_status_words_need_no_minutes(write):
    text = "pupil,date,status\n" + "".join(
        f"7,2025-09-01,{word}\n" for word in ("närvarande", "Giltig frånvaro", "ogiltig", "frånvarande", "")
    )
    read = read_attendance(write(text))
    found = [(r["present"], r["valid"], r["invalid"], r["reported"]) for r in lessons(read)]
    assert found == [(60, 0, 0, True), (0, 60, 0, True), (0, 0, 60, True), (0, 60, 0, True), (0, 0, 0, False)]
    assert [r["slot"] for r in lessons(read)] == [1, 2, 3, 4, 5]
    assert set(read.notes) == {"no_minutes", "no_codes", "no_form"}
    assert read.pupil_names.word(1) == 7


def test_present_minutes_alone_tell_absence_without_code(write):
    read = read_attendance(write("pupil,date,minutes,present\n1,2025-09-01,60,45\n"))
    assert (lessons(read)[0]["valid"], lessons(read)[0]["invalid"]) == (15, 0)


def test_slots_follow_start_and_equal_starts_share_one(write):
    text = "pupil,date,start,valid\n1,2025-09-01,10:00,0\n1,2025-09-01,08:00,0\n1,2025-09-01,08:00,0\n"
    assert [r["slot"] for r in lessons(read_attendance(write(text)))] == [2, 1, 1]


def test_pupils_file_is_joined_by_name(write):
    data = write("pupil,date,valid\nA,2025-09-01,0\n")
    pupils = write("elev;skolform;årskurs;kön;anpassad;födelsedatum\nA;GY;2;flicka;ja;2008-05-01\n", "p.csv")
    row = read_attendance(data, pupils).pupils.to_pylist()[0]
    assert (row["pupil"], row["form"], row["grade"], row["sex"], row["adapted"]) == (1, "GY", 2, "K", True)
    assert row["birth_date"] == date(2008, 5, 1)
    assert row["started"] is None


@pytest.mark.parametrize(
    ("text", "error", "says"),
    [
        ("pupil,date\n1,2025-09-01\n", BadColumns, "någon av kolumnerna valid"),
        ("namn,date,valid\n1,2025-09-01,0\n", BadColumns, "saknar kolumnen pupil"),
        ("pupil,elev,date,valid\n1,1,2025-09-01,0\n", BadColumns, "två kolumner som betyder pupil"),
        ("pupil,pupil,date,valid\n1,1,2025-09-01,0\n", BadColumns, "samma namn"),
        ("pupil,date,valid\n", EmptyFile, "inga rader"),
        ("", EmptyFile, "är tom"),
        ("pupil,date,valid\n1,2025-09-01,0\n1,i går,0\n", BadRows, "rad 3: date: ”i går” är inget datum"),
        ("pupil,date,valid\n1,2025-02-30,0\n", BadRows, "rad 2: date: ”2025-02-30” är inget datum som finns"),
        ("pupil,date,valid\n1,2025-09-01,mycket\n", BadRows, "rad 2: valid: ”mycket” är inget antal minuter"),
        ("pupil,date,valid\n,2025-09-01,0\n", BadRows, "rad 2: pupil: cellen är tom"),
        ("pupil,date,status\n1,2025-09-01,kanske\n", BadRows, "ingen känd närvaromarkering"),
        ("pupil,date,valid\n1,2025-09-01,0\n1,2025-09-02\n", BadRows, "2 fält i stället för 3"),
        ("pupil,date,valid,minutes\n1,2025-09-01,0,nan\n", BadRows, "inget rimligt antal"),
        (b"PK\x03\x04\x00\x00binary", UnreadableFile, "ingen textfil"),
    ],
)
def test_refusals_name_row_and_reason(write, text, error, says: str):
    with pytest.raises(error, match=says):
        read_attendance(write(text))


def test_all_bad_rows_are_counted_and_the_first_are_shown(write):
    text = "pupil,date,valid\n" + "1,fel,0\n" * 12
    with pytest.raises(BadRows) as caught:
        read_attendance(write(text))
    assert caught.value.total == 12
    assert [bad.row for bad in caught.value.rows] == [2, 3, 4, 5, 6]
    assert "och 7 rader till" in str(caught.value)


def test_missing_and_damaged_files(write, tmp_path: Path):
    with pytest.raises(UnreadableFile, match="finns inte"):
        read_attendance(tmp_path / "borta.csv")
    with pytest.raises(UnreadableFile, match="finns inte"):
        read_attendance(write("pupil,date,valid\n1,2025-09-01,0\n"), tmp_path / "borta.csv")
    with pytest.raises(UnreadableFile, match="Parquet"):
        read_attendance(write(b"PAR1 cut off", "cut.parquet"))


def test_declared_parquet_is_taken_as_it_is(tmp_path: Path):
    table = Drawn().add(1, 0, "g.").table()
    pq.write_table(table, tmp_path / "lessons.parquet")
    assert read_declared(tmp_path / "lessons.parquet", LESSONS).num_rows == 2
    pq.write_table(pa.table({"pupil": [1]}), tmp_path / "other.parquet")
    assert read_declared(tmp_path / "other.parquet", LESSONS) is None
    (tmp_path / "cut.parquet").write_bytes(b"PAR1")
    assert read_declared(tmp_path / "cut.parquet", LESSONS) is None


def test_parquet_of_a_stranger(tmp_path: Path):
    table = pa.table(
        {"elev": ["x", "y"], "datum": [date(2025, 9, 1)] * 2, "minuter": [60, 60], "giltig": [0, 60]}
    )
    pq.write_table(table, tmp_path / "s.parquet")
    assert [r["valid"] for r in lessons(read_attendance(tmp_path / "s.parquet"))] == [0, 60]


def test_calendar_gets_numbers_terms_and_breaks(write):
    units = Names()
    path = write(
        "skolenhet;datum\nNorr;2025-09-01\nNorr;2025-09-02\nNorr;2025-09-04\nNorr;2026-01-12\n", "c.csv"
    )
    rows = read_calendar(path, units).to_pylist()
    assert [(r["unit"], r["day_no"], r["term"], r["after_break"]) for r in rows] == [
        (1, 1, "HT2025", True), (1, 2, "HT2025", False), (1, 3, "HT2025", True), (1, 4, "VT2026", True),
    ]  # fmt: skip


def test_cells():
    assert parse_minutes("12,6") == 13
    assert parse_clock("2025-09-01T08:15:00") == 495
    assert parse_date("20250901") == date(2025, 9, 1)
    assert parse_status(" GILTIG ") == "valid"
    for parse, text in (
        (parse_minutes, "1e9"),
        (parse_clock, "25:00"),
        (parse_clock, "x"),
        (parse_date, "1/9"),
    ):
        with pytest.raises(Unreadable):
            parse(text)
