"""Guessing a mapping, and looking at what it makes of the first rows."""

from __future__ import annotations

import msgspec
import pytest

from samhandla.integrations.files import (
    filled_out,
    guess_mapping,
    load_preset,
    open_file,
    parse_attendance,
    preview,
)
from samhandla.integrations.files.errors import BadMapping
from samhandla.integrations.files.mapping import Kind, SourceColumn
from samhandla.integrations.files.values import DateStyle, Unit


def guessed(table):
    return guess_mapping(table.headers, table.first_rows)


def fields(mapping):
    return {column.source: column.field for column in mapping.columns}


def test_a_shipped_preset_goes_first(data):
    table = open_file(data / "attendance" / "edfi_school_attendance_events.csv")
    assert guessed(table) == load_preset("edfi")


def test_guesses_a_lesson_file(write, options, numbers):
    rows = "".join(
        f"Elev {n};{numbers[n]};Lugna skolan;7B;{n + 1}/3 2026;08:15;09:15;MA;GF;20;magont\n"
        for n in range(5)
    )
    text = "Elev;Personnr;Skola;Klass;Datum;Starttid;Sluttid;Ämne;Kod;Frånvaro (min);Kommentar\n" + rows
    table = open_file(write(text))
    mapping = guessed(table)
    assert mapping.kind is Kind.LESSONS
    assert mapping.person_key == "personnummer"
    assert fields(mapping) == {
        "Personnr": "pupil", "Skola": "unit", "Klass": "group", "Datum": "date", "Starttid": "start",
        "Sluttid": "end", "Ämne": "subject", "Kod": "status", "Frånvaro (min)": "absence",
    }  # fmt: skip
    parsed = parse_attendance(table, mapping, options)
    assert parsed.counts.accepted == 5
    assert parsed.table["valid"].to_pylist() == [20] * 5


def test_guesses_sums_in_hours_and_percent():
    headers = ["ElevID", "Totalt (tim)", "Giltig frånvaro %", "Ogiltig frånvaro %", "Rapporterat (%)"]
    mapping = guess_mapping(headers, [["17", "20", "5", "2,5", "98"]])
    units = {column.field: column.unit for column in mapping.columns}
    assert mapping.kind is Kind.TOTALS
    assert units == {
        "pupil": Unit.MINUTES, "offered": Unit.HOURS, "valid": Unit.PERCENT,
        "invalid": Unit.PERCENT, "reported": Unit.PERCENT,
    }  # fmt: skip


def test_guesses_american_days_only_when_sure():
    headers = ["student_id", "date", "status"]
    assert guess_mapping(headers, [["1", "8/15/2020", "P"]]).date_style is DateStyle.MDY
    assert guess_mapping(headers, [["1", "8/5/2020", "P"]]).date_style is DateStyle.SWEDISH


def test_unknown_codes_are_left_to_a_person():
    mapping = guess_mapping(
        ["elev", "datum", "status"], [["1", "2026-03-09", "GF"], ["1", "2026-03-10", "Q7"]]
    )
    assert mapping.values["status"] == {"GF": "valid"}


def test_refuses_to_guess_without_a_pupil():
    with pytest.raises(BadMapping, match="eleven"):
        guess_mapping(["datum", "min"], [["2026-03-09", "60"]])


def test_preview_shows_rows_reasons_and_what_is_left_out(write, options):
    text = "elev;datum;start;undervisning;giltig;ogiltig;kommentar\n"
    rows = [f"{n};2026-03-09;08:15;60;{-1 if n == 3 else 0};0;magont\n" for n in range(40)]
    shown = preview(open_file(write(text + "".join(rows))), load_preset("samhandla"), options, rows=5)
    assert shown.headers == ("elev", "datum", "start", "undervisning", "giltig", "ogiltig")
    assert shown.fields == ("pupil", "date", "start", "offered", "valid", "invalid")
    assert len(shown.cells) == 5
    assert len(shown.records) == 4
    assert [(entry.row, entry.field) for entry in shown.refused] == [(5, "valid")]
    assert shown.unmapped == ("kommentar",)
    assert "magont" not in repr(shown)


def test_preview_never_shows_protected_rows(write, options):
    text = "id;förnamn;efternamn;skolform;skolenhet;skyddad\ne1;Åsa;Berg;GR;S1;1\ne2;Bo;Ek;GR;S1;0\n"
    shown = preview(open_file(write(text)), load_preset("elever"), options)
    assert [person.id for person in shown.records] == ["e2"]
    assert "Åsa" not in repr(shown)


def test_preview_of_sums_from_excel(workbook, options):
    mapping = msgspec.structs.replace(
        load_preset("schoolsoft_dagar"),
        person_key="external",
        columns=(
            SourceColumn(source="elev", field="pupil"),
            SourceColumn(source="dag", field="date"),
            SourceColumn(source="status", field="status"),
        ),
    )
    path = workbook([["elev", "dag", "status"], [1, "2026-03-09", "Närvaro"], [2, "2026-03-09", "okänd"]])
    shown = preview(open_file(path), mapping, options)
    assert len(shown.records) == 1
    assert [(entry.row, entry.field) for entry in shown.refused] == [(3, "status")]


def test_lesson_start_and_end_are_found_by_their_names():
    headers = ["Elev", "Datum", "Lektion start", "Lektion slut", "Frånvaro", "Kommentar"]
    mapping = guess_mapping(headers, [["17", "2026-03-09", "08:15", "09:15", "20", "x"]])
    assert fields(mapping) == {
        "Elev": "pupil", "Datum": "date", "Lektion start": "start", "Lektion slut": "end",
        "Frånvaro": "absence",
    }  # fmt: skip


def test_a_preset_that_does_not_fit_is_filled_out_and_one_that_fits_is_not():
    preset = load_preset("samhandla")
    headers = ["elev", "datum", "skolenhet", "börjar", "slutar", "frånvaro"]
    found = fields(filled_out(preset, headers, []))
    assert (found["slutar"], found["frånvaro"], found["elev"]) == ("end", "absence", "pupil")
    whole = [column.source for column in preset.columns]
    assert filled_out(preset, [*whole, "frånvaro"], []) is preset
    people = load_preset("elever")
    assert filled_out(people, ["id", "frånvaro"], []) is people
