"""Edlevo's absence XML."""

from __future__ import annotations

import io
from datetime import date

import pytest

from samhandla.integrations.files import edlevo, parse_edlevo
from samhandla.integrations.files.errors import EmptyFile, NotATable, TooLarge, Truncated
from samhandla.integrations.records import LessonRow, TotalsRow

HEAD = '<?xml version="1.0" encoding="utf-8"?><persons xmlns="http://open.tieto.com/edu/absence/v2">'
PROPERTIES = (
    "<properties><datetime>2026-03-10T02:00:00</datetime><datasource>Edlevo</datasource></properties>"
)


def event(reason="Valid", minutes="20", length="60", start="2026-03-09T08:15:00", lesson="L1"):
    return (
        f"<event><start>{start}</start><unitname>Lugna skolan</unitname><unitid>S1</unitid><schoolevent>"
        f"<comment>magont</comment><lessonid>{lesson}</lessonid><registeredby>x</registeredby>"
        f"<reason>{reason}</reason><minutes>{minutes}</minutes><lessonminutes>{length}</lessonminutes>"
        "<courseorsubjectid>c1</courseorsubjectid><courseorsubjectcode>MA</courseorsubjectcode>"
        "<courseorsubjectname>Matematik</courseorsubjectname><grouporclassid>7B</grouporclassid>"
        "<grouporclassname>7B</grouporclassname></schoolevent></event>"
    )


def aggregation(reason="Valid", minutes="100", offered="1000"):
    return (
        f"<aggregation><personid>p1</personid><minutes>{minutes}</minutes>"
        f"<offeredminutes>{offered}</offeredminutes><start>2026-01-08T00:00:00</start>"
        "<stop>2026-06-12T00:00:00</stop><courseorsubjectid>c1</courseorsubjectid>"
        "<courseorsubjectcode>MA</courseorsubjectcode><courseorsubjectname>Matematik</courseorsubjectname>"
        f"<reason>{reason}</reason></aggregation>"
    )


def parse(*elements: str, person: str = "p1"):
    body = f"<person><personid>{person}</personid>{''.join(elements)}</person>"
    return parse_edlevo(io.BytesIO(f"{HEAD}{PROPERTIES}{body}</persons>".encode()))


def test_an_event_is_a_lesson():
    parsed = parse(event())
    assert parsed.lessons == (
        LessonRow(
            pupil="p1", day=date(2026, 3, 9), unit="S1", group="7B", start=495, subject="MA",
            offered=60, present=40, valid=20,
        ),
    )  # fmt: skip
    assert "magont" not in repr(parsed)


def test_events_of_a_lesson_are_joined():
    parsed = parse(event("Valid", "20"), event("LateArrival", "10"), event("Present", "30"))
    (lesson,) = parsed.lessons
    assert (lesson.present, lesson.valid, lesson.invalid) == (30, 20, 10)
    assert parsed.counts.accepted == 3


def test_times_with_an_offset_become_swedish():
    (lesson,) = parse(event(start="2026-03-09T07:15:00Z")).lessons
    assert lesson.start == 495


def test_sums():
    parsed = parse(aggregation("Valid", "100"), aggregation("Invalid", "50"), aggregation("Present", "840"))
    assert parsed.totals == (
        TotalsRow(
            pupil="p1", start=date(2026, 1, 8), end=date(2026, 6, 12), activity="c1", subject="MA",
            offered=1000, present=840, valid=100, invalid=50,
        ),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("element", "field"),
    [
        (event(reason="Giltig"), "reason"),
        (event(minutes="-5"), "minutes"),
        (event(minutes="61"), "minutes"),
        (event(minutes=""), "minutes"),
        (event(length="300"), "lessonminutes"),
        (event(start="i går"), "start"),
        (aggregation(minutes="1001"), "minutes"),
        (aggregation().replace("2026-06-12", "2025-06-12"), "stop"),
        (event()[: event().index("<schoolevent>")] + "</event>", "schoolevent"),
    ],
)
def test_bad_elements_are_refused_alone(element, field):
    parsed = parse(event(start="2026-03-10T08:15:00"), element)
    assert [(entry.row, entry.field) for entry in parsed.refused] == [(2, field)]
    assert len(parsed.lessons) == 1
    assert (parsed.counts.read, parsed.counts.accepted, parsed.counts.refused) == (2, 1, 1)


def test_person_without_id():
    assert [entry.field for entry in parse(event(), person="").refused] == ["personid"]


def test_repeated_and_clashing_events():
    parsed = parse(event(), event(), event("Invalid", "50"), event("Present", "40", lesson="L2", length="45"))
    assert [entry.row for entry in parsed.duplicates] == [2, 4]
    assert [(entry.row, "tillsammans 70" in entry.reason) for entry in parsed.refused] == [(3, True)]
    counts = parsed.counts
    assert counts.read == counts.accepted + counts.refused + counts.duplicates == 4


def test_weekend_is_marked():
    assert "lördag" in parse(event(start="2026-03-07T08:15:00")).marks[0].reason


@pytest.mark.parametrize(
    "attack",
    [
        '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><persons>&b;</persons>',
        '<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><persons>&a;</persons>',
        '<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd"><persons/>',
    ],
)
def test_attacks_are_refused(attack, tmp_path):
    path = tmp_path / "x.xml"
    path.write_text(attack)
    with pytest.raises(NotATable, match="definitioner"):
        parse_edlevo(path)


@pytest.mark.parametrize(
    "inside",
    [
        "<person>" + "<a>" * 30 + "</a>" * 30 + "</person>",
        "<a>" * 30,
        "<person>" + "<a/>" * 1001 + "</person>",
    ],
    ids=["deep", "deep and cut", "many"],
)
def test_what_swells_when_it_is_read_is_refused(inside, monkeypatch):
    monkeypatch.setattr(edlevo, "MAX_HELD", 1000)
    with pytest.raises(TooLarge, match="sväller"):
        parse_edlevo(io.BytesIO(f"<persons>{inside}</persons>".encode()))


def test_many_persons_and_what_stands_between_them_are_not_held(monkeypatch):
    monkeypatch.setattr(edlevo, "MAX_HELD", 20)
    many = "<note/>" * 50 + "<person><personid>p1</personid></person>" * 50
    assert parse_edlevo(io.BytesIO(f"<persons>{many}</persons>".encode())).counts.read == 0


def test_other_cut_and_empty_xml():
    with pytest.raises(NotATable, match="persons"):
        parse_edlevo(io.BytesIO(b"<rss><person/></rss>"))
    with pytest.raises(Truncated):
        parse_edlevo(io.BytesIO((HEAD + "<person><personid>p1").encode()))
    with pytest.raises(Truncated):
        parse_edlevo(io.BytesIO(b""))
    with pytest.raises(EmptyFile):
        parse_edlevo(io.BytesIO(f"{HEAD}{PROPERTIES}</persons>".encode()))
