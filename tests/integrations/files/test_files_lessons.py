"""Lesson files: what is taken, marked and refused, row by row."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest

from samhandla.integrations.files import (
    Mapping,
    Options,
    Policy,
    from_json,
    load_preset,
    open_file,
    parse_lessons,
    pseudonym,
    to_json,
)
from samhandla.integrations.files.errors import BadMapping, MissingColumn
from samhandla.integrations.files.mapping import Kind, SourceColumn
from samhandla.integrations.records import LessonRow

HEAD = "elev;datum;start;skolenhet;ämne;undervisning;närvaro;giltig;ogiltig;registrerad\n"
GOOD = "1;2026-03-09;08:15;A;MA;60;60;0;0;1\n"


def lesson_mapping(**changes) -> Mapping:
    columns = {
        "elev": "pupil",
        "dag": "date",
        "start": "start",
        "slut": "end",
        "kod": "status",
        "min": "absence",
        "sen": "late",
    }
    mapping = Mapping(
        name="prov",
        title="Prov",
        kind=Kind.LESSONS,
        columns=tuple(SourceColumn(source=source, field=field) for source, field in columns.items()),
        values={
            "status": {"N": "present", "G": "valid", "O": "invalid", "S": "late", "ER": "unreported"}
            | {"I": "cancelled", "A": "other"}
        },
    )
    return msgspec.structs.replace(mapping, **changes)


@pytest.fixture
def own(write, options):
    return lambda body: parse_lessons(open_file(write(HEAD + body)), load_preset("samhandla"), options)


@pytest.fixture
def coded(write, options):
    def parse(body: str, **changes):
        path = write("elev;dag;start;slut;kod;min;sen\n" + body)
        return parse_lessons(open_file(path), lesson_mapping(**changes), options)

    return parse


def test_a_good_row_becomes_a_lesson(own):
    parsed = own("1;2026-03-09;08:15;A;MA;60;40;0;20;1\n2;2026-03-09;8.15;A;;60;0;0;0;0\n")
    assert list(parsed.records()) == [
        LessonRow(
            pupil="1", day=date(2026, 3, 9), unit="A", start=495, slot=1, subject="MA",
            offered=60, present=40, invalid=20,
        ),
        LessonRow(
            pupil="2", day=date(2026, 3, 9), unit="A", start=495, slot=1,
            offered=60, present=0, reported=False,
        ),
    ]  # fmt: skip
    assert parsed.counts.as_dict() == {
        "read": 2, "accepted": 2, "refused": 0, "duplicates": 0, "protected": 0, "blank": 0
    }  # fmt: skip


@pytest.mark.parametrize(
    ("row", "field", "word"),
    [
        ("1;2026-03-09;08:15;A;MA;60;0;0;-5;1", "invalid", "negativt"),
        ("1;2026-03-09;08:15;A;MA;300;300;0;0;1", "offered", "300 minuter"),
        ("1;2026-03-09;08:15;A;MA;60;0;40;30;1", "absence", "70 minuter"),
        ("1;2026-03-09;08:15;A;MA;60;50;20;0;1", "present", "tillsammans 70"),
        ("1;2026-03-09;08:15;A;MA;;60;0;0;1", "offered", "saknas"),
        ("1;2026-03-09;08:15;A;MA;60;;;;1", "status", "inget om närvaro"),
        ("1;2026-13-09;08:15;A;MA;60;60;0;0;1", "date", "finns inte"),
        ("1;;08:15;A;MA;60;60;0;0;1", "date", "tom"),
        ("1;2026-03-09;24:15;A;MA;60;60;0;0;1", "start", "Klockslaget"),
        (";2026-03-09;08:15;A;MA;60;60;0;0;1", "pupil", "tom"),
        ("Summa;2026-03-09;08:15;A;MA;60;60;0;0;1", "pupil", "summering"),
        ("1;2026-03-09;08:15;A;MA;60;60;0;0;kanske", "reported", "varken ja eller nej"),
        ("1;2026-03-09;08:15;A;MA;60;#REF!;0;0;1", "present", "Excel-felet"),
        ("1;2026-03-09;08:15;A;" + "x" * 70 + ";60;60;0;0;1", "subject", "längre än"),
    ],
)
def test_a_bad_row_is_refused_with_row_and_reason(own, row, field, word):
    parsed = own("9;2026-03-09;08:15;A;MA;60;60;0;0;1\n" + row + "\n")
    assert [(entry.row, entry.field, entry.kept) for entry in parsed.refused] == [(3, field, False)]
    assert word in parsed.refused[0].reason
    assert parsed.counts.accepted == 1
    assert parsed.counts.refused == 1


def test_weekends_and_holidays_are_kept_and_marked(own):
    parsed = own(GOOD.replace("2026-03-09", "2026-03-07") + GOOD.replace("2026-03-09", "2026-01-06"))
    assert parsed.counts.accepted == 2
    assert [(m.row, m.kept) for m in parsed.marks] == [(2, True), (3, True)]
    assert "lördag" in parsed.marks[0].reason
    assert "Trettondedag" in parsed.marks[1].reason


def test_repeated_rows_keep_the_first(own):
    parsed = own(
        GOOD + GOOD + GOOD.replace("60;60;0;0", "60;0;60;0") + GOOD.replace("60;60;0;0", "60;70;0;0")
    )
    assert parsed.counts.accepted == 1
    assert parsed.counts.duplicates == 3
    reasons = [(entry.row, entry.reason) for entry in parsed.duplicates]
    assert reasons[0] == (3, "Samma rad finns redan på rad 2.")
    assert "annat innehåll" in reasons[1][1]
    assert [row for row, _ in reasons] == [3, 4, 5, 5]
    assert parsed.refused == []


def test_a_repeat_of_a_refused_row_is_taken(own):
    parsed = own(GOOD.replace("60;60;0;0", "60;70;0;0") + GOOD)
    assert parsed.counts.accepted == 1
    assert [entry.row for entry in parsed.refused] == [2]


def test_overlapping_lessons_are_marked(own):
    starts = ["08:00", "10:00", "08:30", "08:50", "09:30"]
    rows = [GOOD.replace("08:15", start) for start in starts]
    rows[0] = rows[0].replace("60;60", "100;100")
    parsed = own("".join(rows))
    assert [(m.row, m.reason) for m in parsed.marks] == [
        (row, f"Lektionen börjar innan lektionen på rad {other} är slut.")
        for row, other in [(3, 6), (4, 2), (5, 2), (6, 5)]
    ]
    slots = {row["start"]: row["slot"] for row in parsed.table.to_pylist()}
    assert [slots[start] for start in sorted(slots)] == [1, 2, 3, 4, 5]


def test_more_lessons_a_day_than_a_day_holds(own):
    rows = "".join(GOOD.replace("08:15", f"{7 + n // 2:02d}:{n % 2 * 30:02d}") for n in range(22))
    parsed = own(rows.replace(";60;60;", ";30;30;"))
    assert parsed.counts.accepted == 20
    assert [entry.row for entry in parsed.refused] == [22, 23]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        ("N;;", (60, 60, 0, 0, 0, True)),
        ("G;20;", (60, 40, 20, 0, 0, True)),
        ("O;60;", (60, 0, 0, 60, 0, True)),
        ("O;10/60;", (60, 50, 0, 10, 0, True)),
        ("G;50 %;", (60, 30, 30, 0, 0, True)),
        ("G;0,5 tim;", (60, 30, 30, 0, 0, True)),
        ("S;;12", (60, 48, 0, 12, 0, True)),
        ("S;;", (60, 60, 0, 0, 0, True)),
        ("N;;5", (60, 55, 0, 5, 0, True)),
        ("A;60;", (60, 0, 0, 0, 60, True)),
        ("ER;;", (60, 0, 0, 0, 0, False)),
        ("I;;", (0, 0, 0, 0, 0, False)),
    ],
)
def test_codes_become_minutes(coded, cells, expected):
    parsed = coded(f"1;2026-03-09;08:00;09:00;{cells}\n")
    row = parsed.table.to_pylist()[0]
    assert tuple(row[n] for n in ("offered", "present", "valid", "invalid", "other", "reported")) == expected


@pytest.mark.parametrize(
    ("cells", "word"),
    [
        ("G;;", "saknar längd"),
        ("X;;", "”X” är inte kopplad"),
        ("sjuk med magont igen;;", "en text på 20 tecken"),
        (";;", "inget om närvaro"),
        (";20;", "inte uppdelad"),
        ("N;20;", "har frånvarominuter"),
        ("G;61;", "61 minuter"),
    ],
)
def test_codes_that_cannot_be_worked_out(coded, cells, word):
    parsed = coded(f"1;2026-03-09;08:00;09:00;{cells}\n")
    assert word in parsed.refused[0].reason
    assert "magont" not in str(parsed.summary())


def test_late_without_minutes_is_marked(coded):
    assert "Sen ankomst utan minuter" in coded("1;2026-03-09;08:00;09:00;S;;\n").marks[0].reason


def test_blank_absence_may_mean_the_whole_lesson(coded):
    parsed = coded("1;2026-03-09;08:00;09:00;G;;\n", blank_absence="whole")
    assert parsed.table["valid"].to_pylist() == [60]


def test_default_length_of_a_lesson(coded):
    assert coded("1;2026-03-09;08:00;;N;;\n").counts.refused == 1
    assert coded("1;2026-03-09;08:00;;N;;\n", lesson_minutes=50).table["offered"].to_pylist() == [50]


def test_digits_alone_are_a_clock_time_or_minutes(coded):
    row = "1;2026-03-09;{};{};N;;\n"
    clock = coded(row.format("0815", "0915")).table.to_pylist()[0]
    minutes = coded(row.format("495", "555"), plain_times="minutes").table.to_pylist()[0]
    assert (clock["start"], clock["offered"]) == (minutes["start"], minutes["offered"]) == (495, 60)
    too_late = coded(row.format("1440", "08:00"), plain_times="minutes")
    assert [(entry.row, entry.field) for entry in too_late.refused] == [(2, "offered"), (2, "start")]


def test_lesson_over_midnight_is_not_negative(coded):
    assert coded("1;2026-03-09;23:30;00:30;N;;\n").table["offered"].to_pylist() == [60]


def test_personal_number_as_key(write, options, numbers):
    number = numbers[-1]
    ways = [number, f"{number[2:8]}-{number[8:]}", "7"]
    body = "".join(f"{way};2026-03-09;08:00;09:00;N;;\n" for way in ways)
    mapping = lesson_mapping(person_key="personnummer")
    parsed = parse_lessons(open_file(write("elev;dag;start;slut;kod;min;sen\n" + body)), mapping, options)
    assert [record.pupil for record in parsed.records()] == [number]
    assert [entry.row for entry in parsed.duplicates] == [3]
    assert [entry.row for entry in parsed.refused] == [4]


def protected_mapping(policy: Policy) -> Mapping:
    columns = (*lesson_mapping().columns, SourceColumn(source="skyddad", field="protected"))
    return lesson_mapping(columns=columns, protected=policy)


PROTECTED = "elev;dag;start;slut;kod;min;sen;skyddad\n7;x;y;z;;;;1\n8;2026-03-09;08:00;09:00;N;;;\n"


def test_protected_rows_are_skipped_without_a_word(write, options):
    parsed = parse_lessons(open_file(write(PROTECTED)), protected_mapping(Policy.SKIP), options)
    assert parsed.counts.as_dict() == {
        "read": 2, "accepted": 1, "refused": 0, "duplicates": 0, "protected": 1, "blank": 0
    }  # fmt: skip
    assert parsed.refused + parsed.marks + parsed.duplicates == []


def test_protected_rows_under_a_pseudonym(write, options):
    path = write(PROTECTED.replace("7;x;y;z;", "7;2026-03-09;08:00;09:00;N"))
    mapping = protected_mapping(Policy.PSEUDONYM)
    with pytest.raises(BadMapping, match="nyckel"):
        parse_lessons(open_file(path), mapping, options)
    keyed = Options(today=options.today, pseudonym_key=b"hemlig")
    parsed = parse_lessons(open_file(path), mapping, keyed)
    assert [record.pupil for record in parsed.records()] == [pseudonym("7", b"hemlig"), "8"]
    assert pseudonym("7", b"hemlig") != pseudonym("7", b"annan")


def test_protected_rows_by_need_to_know(write, options):
    path = write(PROTECTED.replace("7;x;y;z;", "7;2026-03-09;08:00;09:00;N"))
    parsed = parse_lessons(open_file(path), protected_mapping(Policy.NEED_TO_KNOW), options)
    assert [record.pupil for record in parsed.records()] == ["7", "8"]


def test_missing_column_names_what_is_there(write, options):
    with pytest.raises(MissingColumn, match=r"undervisningstid \(”undervisning”.*elev, datum"):
        parse_lessons(open_file(write("elev;datum\n1;2\n")), load_preset("samhandla"), options)


def test_unit_given_by_hand(write):
    path = write("elev;dag;start;slut;kod;min;sen\n1;2026-03-09;08:00;09:00;N;;\n")
    parsed = parse_lessons(open_file(path), lesson_mapping(), Options(today=date(2026, 11, 1), unit="S1"))
    assert [record.unit for record in parsed.records()] == ["S1"]


def test_wrong_kind_of_mapping(write, options):
    with pytest.raises(BadMapping):
        parse_lessons(open_file(write(HEAD + GOOD)), load_preset("edfi"), options)


def test_mapping_survives_json():
    mapping = lesson_mapping()
    assert from_json(to_json(mapping)) == mapping
    with pytest.raises(BadMapping, match="går inte att läsa"):
        from_json(b'{"name": 3}')


def test_mapping_refuses_what_does_not_exist():
    with pytest.raises(BadMapping, match="fält"):
        lesson_mapping(columns=(SourceColumn(source="a", field="diagnos"),))
    with pytest.raises(BadMapping, match="betydelser"):
        lesson_mapping(values={"status": {"X": "lazy"}})


def test_summary_stays_small(own):
    summary = own("".join(f"{n};2026-03-09x{n};08:15;A;MA;60;60;0;0;1\n" for n in range(150))).summary()
    assert (len(summary["findings"]), summary["findings_left_out"]) == (100, 50)


def test_summary_names_no_pupil(own):
    summary = own(GOOD.replace("1;2026", "Kalle;2026") * 2).summary()
    assert summary["rows"]["duplicates"] == 1
    assert summary["findings"][0]["reason"] == "Samma rad finns redan på rad …."
    assert "Kalle" not in str(summary)


def test_skola24_occasions(write, options, numbers):
    head = "Personnummer;Skola;Datum;Starttid;Ämne;Frånvaro;Typ;Orsak\n"
    rows = [
        "2026-03-09;08:15;MA;10/60;Ogiltig;sovit dåligt",
        "2026-03-10;08:15;MA;60/60;Anmäld frånvaro;sjuk",
    ]
    path = write(head + "".join(f"{numbers[-1]};S1;{row}\n" for row in rows), encoding="cp1252")
    parsed = parse_lessons(open_file(path), load_preset("skola24_tillfallen"), options)
    lessons = list(parsed.records())
    assert [(row.offered, row.present, row.valid, row.invalid) for row in lessons] == [
        (60, 50, 0, 10),
        (60, 0, 60, 0),
    ]
    assert "sovit" not in repr(lessons)
    assert parsed.summary()["absence_only"] is True


def test_quiculum_statuses(write, options, numbers):
    head = "Personnummer;Datum;Starttid;Sluttid;Status;Minuter\n"
    cells = ["08:00;09:00;Närvaro;", "09:00;10:00;Ej rapporterad;", "10:00;11:00;Ej anmäld frånvaro;"]
    cells += ["11:00;12:00;Sen ankomst;7", "13:00;14:00;Magont;"]
    path = write(head + "".join(f"{numbers[-1]};2026-03-09;{cell}\n" for cell in cells))
    parsed = parse_lessons(open_file(path), load_preset("quiculum"), options)
    assert [(row.present, row.invalid, row.reported) for row in parsed.records()] == [
        (60, 0, True),
        (0, 0, False),
        (0, 60, True),
        (53, 7, True),
    ]
    assert [(entry.row, entry.field) for entry in parsed.refused] == [(6, "status")]
