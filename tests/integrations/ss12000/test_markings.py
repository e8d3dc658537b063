"""Protected identity that only a reference tells of, wherever in SS 12000 the reference stands."""

from __future__ import annotations

import orjson
import pytest
from tests.integrations.ss12000.rows import GUARDIAN, PUPILS, TEACHER, pupil, ref, small_resources

from samhandla.integrations.gather import StagedPage, from_pages
from samhandla.integrations.records import Email, EmailKind, Protection
from samhandla.integrations.ss12000.markings import markings_in, strictest

MARKED, REGISTERED = "Sekretessmarkering", "Skyddad folkbokföring"
PLACES = {
    "responsibles": (GUARDIAN, lambda rows: rows["persons"][0]["responsibles"][0]["person"]),
    "membership": (PUPILS[0], lambda rows: rows["groups"][0]["groupMemberships"][0]["person"]),
    "duty": (TEACHER, lambda rows: rows["duties"][0]["person"]),
    "attendance": (PUPILS[1], lambda rows: rows["attendances"][1]["student"]),
    "absence": (PUPILS[2], lambda rows: rows["absences"][0]["student"]),
    "totals": (PUPILS[0], lambda rows: rows["aggregatedAttendance"][0]["student"]),
    "reporter": (TEACHER, lambda rows: rows["attendances"][0].setdefault("reporter", ref(TEACHER))),
    "exception": (PUPILS[3], lambda rows: exception(rows)),
    "teacher": (TEACHER, lambda rows: teacher(rows)),
}


def exception(rows):
    one = {"student": ref(PUPILS[3]), "participates": False}
    rows["calendarEvents"][0]["studentExceptions"] = [one]
    return one["student"]


def teacher(rows):
    one = {"person": ref(TEACHER)}
    rows["activities"][0]["teachers"] = [one]
    return one["person"]


def deliver(change):
    rows = small_resources()
    change(rows)
    pages = [StagedPage(name, 1, orjson.dumps(found)) for name, found in rows.items()]
    return from_pages(pages, dict.fromkeys(rows, ("complete", None)))


def protection(delivery, who):
    return next(one.protection for one in delivery.persons if one.id == who)


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("own", ["Ingen", None])
def test_a_marking_on_a_reference_marks_the_person(place, own):
    who, reference = PLACES[place]

    def change(rows):
        person = next(one for one in rows["persons"] if one["id"] == who)
        person.pop("securityMarking", None)
        if own:
            person["securityMarking"] = own
        reference(rows)["securityMarking"] = REGISTERED

    assert protection(deliver(change), who) is Protection.REGISTERED


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("sent", ["Ingen", None, ""])
def test_no_marking_on_a_reference_leaves_unknown_unknown(place, sent):
    who, reference = PLACES[place]

    def change(rows):
        next(one for one in rows["persons"] if one["id"] == who).pop("securityMarking", None)
        reference(rows)["securityMarking"] = sent

    delivery = deliver(change)
    assert protection(delivery, who) is Protection.UNKNOWN
    assert delivery.marked == {}


def test_a_reference_never_lowers_what_the_person_says():
    def change(rows):
        rows["persons"][0]["securityMarking"] = REGISTERED
        rows["groups"][0]["groupMemberships"][0]["person"]["securityMarking"] = MARKED

    assert protection(deliver(change), PUPILS[0]) is Protection.REGISTERED


def test_nothing_of_where_somebody_marked_so_is_remains():
    address = {"type": "Folkbokföring", "streetAddress": "V 1", "postalCode": "12345", "country": "SE"}
    emails = [{"value": "hem@example.com", "type": "Privat"}, {"value": "e@s.example", "type": "Skola elev"}]

    def change(rows):
        rows["persons"][0] = pupil(1, addresses=[address], emails=emails)
        rows["attendances"][0]["student"]["securityMarking"] = MARKED

    person = deliver(change).persons[0]
    assert person.home_area is None
    assert person.emails == (Email(value="e@s.example", kind=EmailKind.SCHOOL),)


def test_a_marking_without_an_id_or_of_another_word_marks_nobody():
    page = [{"person": {"securityMarking": MARKED}}, {"person": {"id": "a", "securityMarking": "Kanske"}}]
    assert markings_in(orjson.dumps(page)) == {}
    twice = [{"id": "a", "securityMarking": MARKED}, [{"x": {"id": "a", "securityMarking": REGISTERED}}]]
    assert markings_in(orjson.dumps(twice)) == {"a": Protection.REGISTERED}
    assert strictest(Protection.NONE, Protection.UNKNOWN) is Protection.UNKNOWN
