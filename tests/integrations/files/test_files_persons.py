"""Register files: pupils, staff, guardians, and protected identity."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest

from samhandla.integrations.files import Options, Policy, load_preset, open_file, parse_persons, pseudonym
from samhandla.integrations.files.errors import BadMapping, EmptyFile, Truncated
from samhandla.integrations.records import (
    Area,
    EnrolmentRecord,
    GuardianKind,
    GuardianRecord,
    MembershipRecord,
    Protection,
    Sex,
)

PUPILS = (
    "id;personnummer;förnamn;efternamn;kön;skolenhet;klass;skolform;årskurs;från;kommun;postnummer;skyddad\n"
)
STAFF = "id;personnummer;förnamn;efternamn;roll;skolenhet;mentor för;skyddad\n"
GUARDIANS = "elev;id;personnummer;förnamn;efternamn;relation;e-post;skyddad\n"


@pytest.fixture
def parse(write, options):
    def parse_file(text: str, preset: str, *, keyed: bool = False, **changes):
        mapping = msgspec.structs.replace(load_preset(preset), **changes)
        given = Options(today=options.today, pseudonym_key=b"hemlig") if keyed else options
        return parse_persons(open_file(write(text)), mapping, given)

    return parse_file


def test_pupils(parse, numbers):
    number = numbers[-1]
    parsed = parse(
        PUPILS + f"e1;{number[2:8]}-{number[8:]};Åsa;Berg;;S1;7B;Grundskola;åk 7;2026-08-18;180;416 66;0\n",
        "elever",
    )
    (pupil,) = parsed.persons
    assert (pupil.id, pupil.given_name, pupil.personnummer) == ("e1", "Åsa", number)
    assert pupil.birth_date == date(int(number[:4]), int(number[4:6]), int(number[6:8]))
    assert pupil.sex is (Sex.BOY if int(number[10]) % 2 else Sex.GIRL)
    assert pupil.protection is Protection.NONE
    assert pupil.home_area == Area(municipality_code="0180", postal_code="41666")
    assert pupil.enrolments == (
        EnrolmentRecord(person="e1", unit="S1", form="GR", start=date(2026, 8, 18), school_year=7),
    )
    (group,) = parsed.groups
    assert (group.id, group.name, group.kind, group.organisation) == ("S1/7B", "7B", "Klass", "S1")
    assert group.memberships == (MembershipRecord(group="S1/7B", person="e1", start=date(2026, 8, 18)),)


@pytest.mark.parametrize("word", ["TR", "tr", "träningsskola", "gran", ""])
def test_the_training_school_track_is_adapted_compulsory_school(parse, word):
    row = f"e1;;Åsa;Berg;K;S1;7B;{word};7;2026-08-18;;;0\n"
    (pupil,) = parse(PUPILS + row, "elever", school_form="TR").persons
    assert [one.form for one in pupil.enrolments] == ["GRS"]


def test_second_row_adds_or_repeats(parse):
    row = "e1;;Åsa;Berg;K;S1;7B;GR;7;2026-08-18;;;0\n"
    parsed = parse(PUPILS + row + row + row.replace("S1;7B", "S2;7X"), "elever")
    assert parsed.counts.as_dict() == {
        "read": 3, "accepted": 2, "refused": 0, "duplicates": 1, "protected": 0, "blank": 0
    }  # fmt: skip
    assert parsed.duplicates[0].reason == "Samma person finns redan på rad 2."
    assert [e.unit for e in parsed.persons[0].enrolments] == ["S1", "S2"]
    assert {group.id for group in parsed.groups} == {"S1/7B", "S2/7X"}


@pytest.mark.parametrize(
    ("row", "field", "kept"),
    [
        (";;Åsa;Berg;;S1;7B;GR;7;;;;0", "id", False),
        ("e1;;;;;S1;7B;GR;7;;;;0", "given_name", False),
        ("e1;123;Åsa;Berg;;S1;7B;GR;7;;;;0", "personnummer", True),
        ("e1;;Åsa;Berg;;S1;7B;Hogwarts;7;;;;0", "school_form", True),
        ("e1;;Åsa;Berg;;S1;7B;GR;27;;;;0", "school_year", True),
        ("e1;;Åsa;Berg;;;7B;GR;7;;;;0", "unit", True),
        ("e1;;Åsa;Berg;;S1;7B;GR;7;igår;;;0", "start", True),
        ("e1;;Åsa;Berg;;S1;7B;GR;7;;Göteborg;;0", "municipality", True),
        ("e1;;Åsa;Berg;;S1;7B;GR;7;;;123;0", "postal_code", True),
        ("e1;;Åsa;Berg;;S1;7B;GR;7;;;;0;för;många", "", False),
    ],
)
def test_bad_cells(parse, row, field, kept):
    parsed = parse(PUPILS + row + "\n", "elever")
    entries = parsed.marks if kept else parsed.refused
    assert [(entry.row, entry.field, entry.kept) for entry in entries] == [(2, field, kept)]
    assert "Åsa" not in str(parsed.summary())
    assert parsed.counts.accepted == int(kept)


def test_missing_marking_is_unknown_not_none(parse):
    body = "e1;;Åsa;Berg;;S1;7B;GR;7;;;;\n"
    assert parse(PUPILS + body, "elever").persons[0].protection is Protection.UNKNOWN


@pytest.mark.parametrize("word", ["1", "ja", "X", "Sekretessmarkering", "vet inte"])
def test_protected_pupil_is_skipped_with_a_count(parse, word):
    parsed = parse(PUPILS + f"e1;123;Åsa;Berg;;S1;7B;GR;99;;;;{word}\n", "elever")
    assert parsed.counts.as_dict() == {
        "read": 1, "accepted": 0, "refused": 0, "duplicates": 0, "protected": 1, "blank": 0
    }  # fmt: skip
    assert parsed.persons == ()
    assert parsed.groups == ()
    assert parsed.refused + parsed.marks + parsed.duplicates == []


def test_protected_pupil_under_a_pseudonym(parse, numbers):
    text = PUPILS + f"e1;{numbers[-1]};Åsa;Berg;K;S1;7B;GR;7;;0180;41666;Skyddad folkbokföring\n"
    (pupil,) = (parsed := parse(text, "elever", keyed=True, protected=Policy.PSEUDONYM)).persons
    assert pupil.id == pseudonym("e1", b"hemlig")
    assert pupil.protection is Protection.REGISTERED
    shown = str(msgspec.to_builtins(pupil))
    assert not any(word in shown for word in ("Åsa", "Berg", "S1", "7B", numbers[-1], "0180", "41666", "e1'"))
    assert parsed.groups == ()
    with pytest.raises(BadMapping, match="nyckel"):
        parse(text, "elever", protected=Policy.PSEUDONYM)


def test_protected_pupil_by_need_to_know(parse, numbers):
    text = PUPILS + f"e1;{numbers[-1]};Åsa;Berg;K;S1;7B;GR;7;;0180;41666;1\n"
    (pupil,) = parse(text, "elever", protected=Policy.NEED_TO_KNOW).persons
    assert (pupil.given_name, pupil.protection, pupil.home_area) == ("Åsa", Protection.MARKED, None)


def test_skola24_list_has_fixed_order(parse, numbers):
    a, b, c = numbers[-3:]
    text = f"Lugna skolan;7A;{a};Åsa;Berg\nLugna skolan;7A;{b};Bo;Ek;1\nLugna skolan;7B;{c};Cia;Lund;\n"
    parsed = parse(text, "skola24_elever")
    assert [person.id for person in parsed.persons] == [a, c]
    assert {person.protection for person in parsed.persons} == {Protection.UNKNOWN}
    assert parsed.counts.protected == 1
    assert [group.id for group in parsed.groups] == ["Lugna skolan/7A", "Lugna skolan/7B"]


def test_temporary_number_is_taken(parse):
    parsed = parse("Skolan;7A;20130101TF01;Åsa;Berg\nSkolan;7A;2013;Bo;Ek\n", "skola24_elever")
    assert [(p.id, p.sex) for p in parsed.persons] == [("20130101TF01", Sex.UNKNOWN)]
    assert [(entry.row, entry.field) for entry in parsed.refused] == [(2, "personnummer")]


def test_staff_with_roles_and_classes(parse):
    rows = [
        "p1;;Mia;Holm;Lärare;S1;7A, 7B;0",
        "p1;;Mia;Holm;Lärare;S1;7A;0",
        "p1;;Mia;Holm;Rektor;S1;;0",
        "p2;;Ola;Dahl;;S1;;0",
    ]
    parsed = parse(STAFF + "\n".join(rows) + "\n", "personal")
    assert [(duty.role, [a.group for a in duty.assignments]) for duty in parsed.duties] == [
        ("Lärare", ["S1/7A", "S1/7B"]),
        ("Rektor", []),
    ]
    assert [entry.row for entry in parsed.duplicates] == [3]
    assert [(entry.row, entry.field) for entry in parsed.refused] == [(5, "role")]
    assert [person.id for person in parsed.persons] == ["p1"]


def test_guardians_and_their_kind(parse):
    rows = [
        "e1;v1;;Eva;Berg;Vårdnadshavare;eva@example.org;0",
        "e2;v1;;Eva;Berg;Familjehem;;0",
        "e1;v2;;Per;Berg;Granne;inte en adress;0",
        ";v3;;Liv;Ek;Vårdnadshavare;;0",
        "e1;v1;;Eva;Berg;Vårdnadshavare;eva@example.org;0",
    ]
    parsed = parse(GUARDIANS + "\n".join(rows) + "\n", "vardnadshavare")
    assert parsed.guardians == (
        GuardianRecord(
            child="e1", guardian="v1", kind=GuardianKind.VARDNADSHAVARE, kind_as_sent="Vårdnadshavare"
        ),
        GuardianRecord(child="e2", guardian="v1", kind=GuardianKind.FAMILJEHEM, kind_as_sent="Familjehem"),
        GuardianRecord(child="e1", guardian="v2", kind=GuardianKind.UNKNOWN, kind_as_sent="Granne"),
    )
    assert {(entry.row, entry.field) for entry in parsed.marks} == {(4, "kind"), (4, "email")}
    assert [(entry.row, entry.field) for entry in parsed.refused] == [(5, "child")]
    assert [entry.row for entry in parsed.duplicates] == [6]
    assert parsed.persons[0].emails[0].kind == "private"


def test_protected_guardian_lifts_the_child(parse):
    text = GUARDIANS + "e1;v1;;Eva;Berg;Vårdnadshavare;eva@example.org;1\n"
    skipped = parse(text, "vardnadshavare")
    assert (skipped.persons, skipped.guardians, skipped.counts.protected) == ((), (), 1)
    assert skipped.children_of_protected == {"e1"}
    known = parse(text, "vardnadshavare", protected=Policy.NEED_TO_KNOW)
    assert known.children_of_protected == {"e1"}
    assert known.persons[0].emails == ()


def test_cut_and_empty_registers(parse):
    with pytest.raises(Truncated, match="sista raden"):
        parse(GUARDIANS + "e1;v1;;Eva;Berg;Vårdnadshavare;;0\ne2;v2;;Per", "vardnadshavare")
    with pytest.raises(EmptyFile):
        parse(GUARDIANS, "vardnadshavare")
    with pytest.raises(BadMapping):
        parse(GUARDIANS + "e1;v1;;Eva;Berg;V;;0\n", "edfi")
