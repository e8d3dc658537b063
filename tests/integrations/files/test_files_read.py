"""Opening files: letters, separators, headers, row numbers, and what is refused as a whole."""

from __future__ import annotations

import zipfile
from datetime import datetime, time, timedelta

import pytest

from samhandla.integrations.files import open_file
from samhandla.integrations.files.errors import (
    EmptyFile,
    FileSourceError,
    MissingColumn,
    NotATable,
    TooLarge,
    Truncated,
    WrongEncoding,
)
from samhandla.integrations.files.excel import FORMULA_WITHOUT_VALUE

PLAIN = "elev;ämne;minuter\n1;Svenska;60\n2;Bild – måla;40\n"


def cells(table):
    read = table.read_columns(range(len(table.headers)))
    return [
        (int(number), *(column[place] for column in read.columns))
        for place, number in enumerate(read.numbers)
    ]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [";", ",", "\t", "|"])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_reads_every_way_of_writing(write, encoding, separator, newline):
    text = PLAIN.replace(";", separator).replace("\n", newline)
    table = open_file(write(text, encoding=encoding))
    assert table.headers == ("elev", "ämne", "minuter")
    assert table.separator == separator
    assert cells(table) == [(2, "1", "Svenska", "60"), (3, "2", "Bild – måla", "40")]


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_reads_utf16_without_mark(write, encoding):
    table = open_file(write(PLAIN, encoding=encoding))
    assert cells(table)[0] == (2, "1", "Svenska", "60")


def test_row_numbers_are_those_of_excel(write):
    text = 'Rapport\n\nelev;namn;min\n1;"två\nrader";5\n\n;;\n2;"a ""b""";6\n3;x\n4;y;7;8\n5;z;9\n'
    table = open_file(write(text))
    assert table.header_row == 3
    read = table.read_columns([0, 2])
    assert read.numbers.tolist() == [4, 7, 10]
    assert read.ragged == ((8, 2), (9, 4))
    assert read.blank == 2
    assert read.read == 5


def test_large_file_counts_rows_across_blocks(write, monkeypatch):
    monkeypatch.setattr("samhandla.integrations.files.read.BLOCK_BYTES", 1000)
    lines = [f'{number};"ä;{number}";x' if number % 97 else f"{number};kort" for number in range(2, 3000)]
    table = open_file(write("a;b;c\n" + "\n".join(lines) + "\n"))
    read = table.read_columns([0])
    assert [int(read.columns[0][place]) for place in range(len(read.numbers))] == read.numbers.tolist()
    assert [row for row, _ in read.ragged] == [number for number in range(2, 3000) if not number % 97]


def test_excel_separator_line_is_no_row(write):
    table = open_file(write("sep=;\nelev;min\n1;5\n"))
    assert table.headers == ("elev", "min")
    assert cells(table) == [(2, "1", "5")]


def test_file_without_headers(write):
    table = open_file(write("Skolan;7A;x\nSkolan;7B;y\n"), header_row=0)
    assert table.headers == ("kolumn 1", "kolumn 2", "kolumn 3")
    assert cells(table)[0] == (1, "Skolan", "7A", "x")


def test_doubled_headers_get_a_number(write):
    assert open_file(write("GF;GF;\n1;2;3\n")).headers == ("GF", "GF (2)", "kolumn 3")


@pytest.mark.parametrize("content", [b"", b"\xef\xbb\xbf", b"\n\n  \n"])
def test_refuses_empty(write, content):
    with pytest.raises(EmptyFile, match="tom"):
        open_file(write(content))


def test_refuses_header_alone(write):
    with pytest.raises(EmptyFile, match="inga rader"):
        open_file(write("a;b\n")).read_columns([0])


def test_refuses_cut_last_line(write):
    table = open_file(write("a;b;c\n1;2;3\n4;5"))
    with pytest.raises(Truncated, match="rad 3 har 2 av 3"):
        table.read_columns([0])


def test_notes_missing_line_end(write):
    table = open_file(write("a;b;c\n1;2;3\n4;5;6"))
    assert len(cells(table)) == 2
    assert "sista raden" in table.notes[0]


def test_refuses_quote_that_never_ends(write):
    with pytest.raises(Truncated, match="citattecken"):
        open_file(write('a;b\n1;"två\n3;4\n5;6\n'))


@pytest.mark.parametrize(
    "content",
    [
        "elev;namn\n1;Åsa\n".encode("cp850") + "2;Örjan född\n".encode("cp850"),
        "elev;namn\n1;Åsa\n".encode() + "2;Örjan\n".encode("cp1252"),
        b"elev;namn\n1;\x81\x8d\n",
    ],
)
def test_refuses_letters_it_cannot_be_sure_of(write, content):
    with pytest.raises(WrongEncoding, match="UTF-8"):
        open_file(write(content))


def test_notes_letters_lost_before(write):
    assert "förstörda" in open_file(write("elev;namn\n1;Bj\ufffdrn\n2;Eva\n")).notes[0]


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"%PDF-1.7 x", "PDF"),
        (b"\xd0\xcf\x11\xe0 x", "xls"),
        (b"\x1f\x8b x", "packad"),
        (b"<html><table><tr><td>1</td></tr></table>", "webbsida"),
        (b"<?xml version='1.0'?><persons/>", "edlevo"),
        (bytes(range(256)) * 20, "binära"),
        (b"a;b\n" + b"1;2\n" * 2000 + b"\0\0", "binära"),
        (b"bara\nen\nkolumn\n", "en kolumn"),
        (b"PK\x03\x04 trasig", "skadad"),
    ],
)
def test_refuses_what_is_no_table(write, content, word):
    with pytest.raises(FileSourceError, match=word):
        open_file(write(content))


def test_refuses_missing_file(tmp_path):
    with pytest.raises(FileSourceError, match="går inte att öppna"):
        open_file(tmp_path / "borta.csv")


def test_refuses_too_large(write, monkeypatch):
    monkeypatch.setattr("samhandla.integrations.files.read.MAX_TEXT_BYTES", 5)
    with pytest.raises(TooLarge, match="Dela upp"):
        open_file(write(PLAIN))


def test_refuses_endless_line(write, monkeypatch):
    monkeypatch.setattr("samhandla.integrations.files.read.BLOCK_BYTES", 1000)
    table = open_file(write('a;b\n1;2\n3;"' + "x\n" * 3000 + '"\n'))
    with pytest.raises(TooLarge, match="orimligt lång"):
        table.read_columns([0])


def test_excel_cells_become_text(workbook):
    path = workbook(
        [
            ["Rapport för 7B"],
            ["elev", "dag", "tid", "andel", "längd", "namn"],
            [100000000012, datetime(2026, 3, 9), time(8, 15), 0.125, timedelta(hours=1, minutes=30), "Åsa"],
            [None, None, None, None, None, None],
            [7.0, datetime(2026, 3, 9, 8, 15), True, 12.5, 60, "=1+1"],
        ]
    )
    table = open_file(path)
    assert table.header_row == 2
    rows = cells(table)
    assert rows[0] == (3, "100000000012", "2026-03-09", "08:15", "0.125", "1:30", "Åsa")
    assert rows[1] == (5, "7", "2026-03-09 08:15", "1", "12.5", "60", FORMULA_WITHOUT_VALUE)


def test_excel_percent_keeps_its_sign(workbook, tmp_path):
    import openpyxl

    path = workbook([["elev", "andel"], [1, 0.125]])
    book = openpyxl.load_workbook(path)
    book["Blad1"]["B2"].number_format = "0.0%"
    book.save(path)
    assert cells(open_file(path)) == [(2, "1", "12.5%")]


def test_excel_sheets(workbook):
    path = workbook([], [["a", "b"], [1, 2]], [["c", "d"], [3, 4]])
    table = open_file(path)
    assert table.headers == ("a", "b")
    assert "Blad2" in table.notes[0]
    assert open_file(path, sheet="Blad3").headers == ("c", "d")
    with pytest.raises(MissingColumn, match="Blad1, Blad2, Blad3"):
        open_file(path, sheet="Nej")


def rewrite(path, part, change):
    with zipfile.ZipFile(path) as packed:
        contents = {name: packed.read(name) for name in packed.namelist()}
    contents[part] = change(contents[part])
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in contents.items():
            packed.writestr(name, content)
    return path


def test_refuses_zip_bomb(workbook):
    path = workbook([["a", "b"], [1, 2]])
    rewrite(path, "xl/styles.xml", lambda old: old + b" " * (60 << 20))
    with pytest.raises(TooLarge, match="sväller"):
        open_file(path)


def test_refuses_unpacked_size(workbook, monkeypatch):
    monkeypatch.setattr("samhandla.integrations.files.excel.MAX_UNPACKED_BYTES", 1000)
    with pytest.raises(TooLarge):
        open_file(workbook([["a", "b"], [1, 2]]))


def test_refuses_too_many_columns(workbook):
    path = workbook([["a", "b"], [1, 2]])
    with pytest.raises(TooLarge):
        open_file(rewrite(path, "xl/worksheets/sheet1.xml", lambda old: old.replace(b'r="B2"', b'r="XFD2"')))


@pytest.mark.parametrize(
    "bomb",
    [
        b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>',
        b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        b" " * 9000 + b'<!DOCTYPE x [<!ENTITY a "aaaa">]>',
    ],
)
def test_refuses_entities_in_workbook(workbook, bomb):
    path = workbook([["a", "b"], [1, 2]])
    rewrite(path, "xl/worksheets/sheet1.xml", lambda old: bomb.strip() and bomb + old[old.index(b"<work") :])
    with pytest.raises(NotATable, match="definitioner"):
        open_file(path)


def test_refuses_other_packed_formats(tmp_path):
    path = tmp_path / "x.ods"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("content.xml", "<x/>")
    with pytest.raises(NotATable, match="xlsx"):
        open_file(path)


def test_refuses_broken_workbook(workbook):
    path = workbook([["a", "b"], [1, 2]])
    path.write_bytes(path.read_bytes()[:-300])
    with pytest.raises(Truncated):
        open_file(path)
    broken = workbook([["a", "b"], [1, 2]])
    with pytest.raises(Truncated):
        open_file(rewrite(broken, "xl/worksheets/sheet1.xml", lambda old: old[:200]))
