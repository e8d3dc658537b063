"""Files with sums per day or period."""

from __future__ import annotations

from datetime import date

import pytest

from samhandla.integrations.files import Options, load_preset, open_file, parse_totals, preset_names
from samhandla.integrations.files.errors import BadMapping, MissingColumn, UnknownPreset
from samhandla.integrations.records import TotalsRow

AUTUMN = (date(2026, 8, 18), date(2026, 10, 30))
VKLASS = "Personnummer;Kurs;Undv. tid;N min;GF min;F min;Ej reg tid\n"


@pytest.fixture
def window(options):
    return Options(today=options.today, window=AUTUMN)


def test_vklass_minutes(write, window, numbers):
    path = write(VKLASS + f"{numbers[-1]};MATMAT01;1 000;850;100;50;2,5\n", encoding="cp1252")
    parsed = parse_totals(open_file(path), load_preset("vklass"), window)
    assert list(parsed.records()) == [
        TotalsRow(
            pupil=numbers[-1], start=AUTUMN[0], end=AUTUMN[1], subject="MATMAT01",
            offered=1000, reported=975, present=850, valid=100, invalid=50,
        )
    ]  # fmt: skip


def test_vklass_percent_and_hours(write, window, numbers):
    percent = "Personnummer;Undv. tid;N %;GF %;F %\n" + f"{numbers[-1]};1000;85;10,4;4,6\n"
    parsed = parse_totals(open_file(write(percent)), load_preset("vklass"), window)
    row = next(parsed.records())
    assert (row.present, row.valid, row.invalid, row.reported) == (850, 104, 46, None)
    hours = "Personnummer;Undv. tid;N h;GF h;F h\n" + f"{numbers[-1]};16 tim;14;1,5;0,6\n"
    row = next(parse_totals(open_file(write(hours)), load_preset("vklass"), window).records())
    assert (row.offered, row.present + row.valid + row.invalid) == (960, 960)
    assert (row.valid, row.invalid) == (90, 36)


def test_learnpoint_hours(write, window, numbers):
    text = (
        "Personnummer;Ämne;Antal tillfällen;Totalt (t);Frånvaro (t);Giltig (tim);Ogiltig (tim);"
        "Rapporterat (%)\n"
        f"{numbers[-1]};MA;3 / 20;20;3,5;2,5;1;90\n"
    )
    mapping = load_preset("learnpoint")
    row = next(parse_totals(open_file(write(text)), mapping, window).records())
    assert (row.offered, row.valid, row.invalid, row.reported, row.present) == (1200, 150, 60, 1080, 990)
    assert mapping.says("unreported") == "present"
    assert mapping.says("late") == "inside_invalid"


def test_skola24_fractions(write, window, numbers):
    text = f"Personnummer;Lektionstid;Giltig frånvaro;Ogiltig frånvaro\n{numbers[-1]};1200;10/1200;0/1200\n"
    row = next(parse_totals(open_file(write(text)), load_preset("skola24_totalt"), window).records())
    assert (row.offered, row.valid, row.present) == (1200, 10, 1190)


def test_window_must_be_known(write, options, numbers):
    path = write(VKLASS + f"{numbers[-1]};M;60;60;0;0;0\n")
    with pytest.raises(MissingColumn, match="första och sista dag"):
        parse_totals(open_file(path), load_preset("vklass"), options)


@pytest.mark.parametrize(
    ("cells", "field"),
    [
        ("1000;900;100;50;0", "present"),
        ("1000;0;900;200;0", "absence"),
        ("1000;900;-100;0;0", "valid"),
        ("1000;900;50;50;120", "reported"),
        ("abc;900;50;50;0", "offered"),
        (";900;50;50;0", "offered"),
    ],
)
def test_impossible_sums_are_refused(write, window, numbers, cells, field):
    parsed = parse_totals(
        open_file(write(VKLASS + f"{numbers[-1]};M;{cells}\n")), load_preset("vklass"), window
    )
    assert [(entry.row, entry.field) for entry in parsed.refused] == [(2, field)]
    assert parsed.table.num_rows == 0


def test_repeats_and_overlapping_periods(write, options, numbers):
    import msgspec

    from samhandla.integrations.files.mapping import SourceColumn

    mapping = load_preset("vklass")
    dates = tuple(SourceColumn(source=s, field=f) for s, f in (("från", "start"), ("till", "end")))
    mapping = msgspec.structs.replace(mapping, columns=mapping.columns + dates)
    head = "Personnummer;från;till;Undv. tid;N min;GF min;F min\n"
    spans = [
        "2026-08-18;2026-09-18",
        "2026-08-18;2026-09-18",
        "2026-09-18;2026-10-18",
        "2026-10-19;2026-10-30",
    ]
    body = "".join(f"{numbers[-1]};{span};60;60;0;0\n" for span in [*spans, "2026-10-30;2026-10-01"])
    parsed = parse_totals(open_file(write(head + body)), mapping, options)
    assert [entry.row for entry in parsed.duplicates] == [3]
    assert [(entry.row, entry.field) for entry in parsed.marks] == [(4, "start")]
    assert [(entry.row, entry.field) for entry in parsed.refused] == [(6, "end")]
    assert parsed.counts.accepted == 3


def test_edfi_sample(data, options):
    table = open_file(data / "attendance" / "edfi_school_attendance_events.csv")
    parsed = parse_totals(table, load_preset("edfi"), options)
    assert parsed.counts.as_dict() == {
        "read": 1917, "accepted": 1916, "refused": 0, "duplicates": 1, "protected": 0, "blank": 0
    }  # fmt: skip
    reasons = {(entry.row, entry.field) for entry in parsed.duplicates}
    assert reasons == {(5, "absence"), (5, "duplicate")}
    assert sum("söndag" in mark.reason for mark in parsed.marks) == 3
    assert sum("Sen ankomst" in mark.reason for mark in parsed.marks) == 66
    rows = list(parsed.records())
    assert sum(row.valid > 0 for row in rows) == 1077
    assert sum(row.invalid > 0 for row in rows) == 773
    assert {row.unit for row in rows} == {"255901001", "255901044", "255901107"}
    assert parsed.summary()["absence_only"] is True


def test_oea_sample(data, options):
    from samhandla.integrations.files import parse_lessons

    table = open_file(data / "attendance" / "oea_period_level_2020.csv")
    parsed = parse_lessons(table, load_preset("oea"), options)
    assert (parsed.counts.read, parsed.counts.accepted) == (1050, 1050)
    reasons = {finding["reason"] for finding in parsed.summary()["findings"]}
    assert reasons == {
        "Dagen 2020-08-15 är en lördag.",
        "Eleven har redan lektion 1 den dagen, på rad ….",
    }
    first = [row for row in parsed.records() if row.pupil == "st1"]
    assert [row.slot for row in first] == list(range(1, 13))
    assert len({row.pupil for row in parsed.records()}) == 100


def test_schoolsoft_days(write, options, numbers):
    head = "Personnummer;Datum;Status\n"
    days = ["9/3 2026;Närvarande", "10/3 2026;Ogiltig frånvaro", "11/3 2026;Ej rapporterad"]
    path = write(head + "".join(f"{numbers[-1]};{day}\n" for day in days))
    rows = list(parse_totals(open_file(path), load_preset("schoolsoft_dagar"), options).records())
    assert [(row.present, row.invalid, row.reported) for row in rows] == [
        (360, 0, None),
        (0, 360, None),
        (0, 0, 0),
    ]


@pytest.mark.parametrize("name", preset_names())
def test_every_preset_says_what_it_means(name):
    preset = load_preset(name)
    assert preset.columns
    assert preset.title
    assert preset.statements
    assert {statement.known for statement in preset.statements} <= {"V", "S", "G"}
    if preset.kind in {"lessons", "days", "totals"}:
        assert {"late", "unreported", "leave"} <= {statement.about for statement in preset.statements}


def test_unknown_preset_lists_the_known():
    with pytest.raises(UnknownPreset, match="edfi"):
        load_preset("../../etc/passwd")


def test_wrong_kind(write, window):
    with pytest.raises(BadMapping):
        parse_totals(open_file(write("a;b\n1;2\n")), load_preset("samhandla"), window)
