"""Requests: who may ask, the clock, and the answers."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse

from samhandla.people.models import ProcessingLimit
from samhandla.people.queries import today
from samhandla.rights.actions.requests import (
    Wish,
    answer_request,
    ask_oneself,
    extend_request,
    receive_request,
)
from samhandla.rights.errors import Conflict, NotAllowed, NotYours, Refused
from samhandla.rights.models import RightsRequest
from samhandla.rights.queries.requests import list_requests_for, note_of_requests
from samhandla.rights.rules.asker import Adult, asker_problems
from samhandla.rights.rules.clock import extended_due, extension_problem, first_due, months_after
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db
LONG_AGO = date(2015, 1, 1)


@pytest.mark.parametrize(
    ("received", "due", "extended"),
    [
        (date(2026, 1, 31), date(2026, 2, 28), date(2026, 4, 30)),
        (date(2028, 1, 31), date(2028, 2, 29), date(2028, 4, 30)),
        (date(2026, 11, 30), date(2026, 12, 30), date(2027, 2, 28)),
    ],
)
def test_one_month_and_three_at_most(received, due, extended):
    assert first_due(received) == due
    assert extended_due(received) == extended
    assert months_after(received, 12) == received.replace(year=received.year + 1)


def test_more_time_needs_a_reason_within_the_first_month_and_once():
    start = date(2026, 3, 1)
    assert (
        extension_problem(received=start, today=date(2026, 4, 1), extended=False, why="många uppgifter") == ""
    )
    assert extension_problem(received=start, today=start, extended=False, why=" ") == "extended_why"
    assert extension_problem(received=start, today=start, extended=True, why="igen") == "extended"
    assert extension_problem(received=start, today=date(2026, 4, 2), extended=False, why="sent") == "too_late"


@pytest.mark.parametrize(
    ("kind", "age", "weighing", "problems"),
    [
        ("vardnadshavare", 12, "", []),
        ("sarskilt_forordnad", 12, "", []),
        ("god_man", 12, "", ["not_guardian"]),
        ("familjehem", 12, "", ["not_guardian"]),
        ("umgangesforalder", 12, "", ["not_guardian"]),
        ("okand", 12, "", ["not_guardian"]),
        ("vardnadshavare", 15, "", []),
        ("vardnadshavare", 16, "", ["own_view"]),
        ("vardnadshavare", 17, "Alma vill det.", []),
        ("vardnadshavare", 18, "Alma vill det.", ["adult"]),
        (None, 12, "", ["maturity"]),
        (None, 12, "Alma förstår vad det gäller.", []),
        (None, 16, "", []),
        (None, 19, "", []),
    ],
)
def test_who_may_ask_by_kind_and_age(kind, age, weighing, problems):
    born, day = date(2010, 5, 2), date(2010 + age, 5, 2)
    ties = None if kind is None else [Adult(kind, LONG_AGO, None)]
    assert asker_problems(ties=ties, born=born, weighing=weighing, on=day) == problems


def test_a_tie_that_has_ended_or_nobody_knows_of_gives_no_right():
    born, day = date(2014, 5, 2), date(2026, 5, 2)
    ended = [Adult("vardnadshavare", LONG_AGO, date(2025, 1, 1))]
    assert asker_problems(ties=ended, born=born, weighing="", on=day) == ["ended"]
    assert asker_problems(ties=[], born=born, weighing="", on=day) == ["not_guardian"]
    known = [Adult("vardnadshavare", LONG_AGO, None)]
    assert asker_problems(ties=known, born=None, weighing="", on=day) == ["no_birth_date"]


def test_it_is_received_with_its_clock_and_seen_by_those_who_work_with_it(office):
    request = office.ask(office.adult("Eva"))
    assert request.due_on == first_due(today())
    for viewer in (office.officer, office.administrator, office.principal):
        with acting_as(viewer):
            rows = list_requests_for(viewer, on=today())
            assert [(row.name, row.asker) for row in rows] == [("Alma Prov", "Eva Prov")]
            assert note_of_requests(viewer) == "1 begäran väntar på svar."
    for viewer in (office.cast.viewer("mentor_7b"), office.cast.viewer("principal_lunda")):
        with acting_as(viewer):
            assert list_requests_for(viewer, on=today()) == []


def test_a_guardian_without_rights_is_refused_and_nothing_is_registered(office):
    for kind in ("umgangesforalder", "okand", "god_man"):
        with pytest.raises(Refused, match="not_guardian"):
            office.ask(office.adult(kind.title(), kind=kind))
    with acting_as(office.officer):
        assert not RightsRequest.objects.exists()


def test_a_guardian_without_rights_reaches_no_page_about_the_child(office, client):
    stranger = office.adult("Max", kind="umgangesforalder")
    office.login(client, stranger)
    assert "Alma" not in client.get(reverse("own-rights")).text
    answer = client.post(reverse("own-rights-ask", args=[office.child().ref]), {"kind": "access"})
    assert answer.status_code == 404
    with pytest.raises(NotYours):
        ask_oneself(by=office.viewer_of(stranger), child=office.child(), kind="access", words="", on=today())


def test_on_the_eighteenth_birthday_only_the_young_person_asks(office):
    mother = office.adult("Eva")
    office.born("alma", 18)
    with pytest.raises(Refused, match="adult"):
        office.ask(mother)
    assert office.ask(None).who == "child"


def test_bad_input_is_told_and_nothing_is_kept(office):
    mother = office.adult("Eva")
    for changes, problem in (
        ({"kind": "erasure"}, "kind"),
        ({"way": "duva"}, "way"),
        ({"proof": "tror det"}, "proof"),
        ({"received_on": today() + timedelta(days=1)}, "received_on"),
        ({"received_on": today() - timedelta(days=400)}, "received_on"),
        ({"kind": "objection", "words": "  "}, "words"),
    ):
        with pytest.raises(Refused, match=problem):
            office.ask(mother, **changes)
    office.ask(mother)
    with pytest.raises(Conflict):
        office.ask(mother)
    with acting_as(office.officer):
        assert RightsRequest.objects.count() == 1


def test_whoever_does_not_receive_is_refused(office):
    wish = Wish("access", today(), "meeting", "card", guardian=office.adult("Eva").pk)
    with pytest.raises(NotAllowed):
        receive_request(by=office.cast.viewer("mentor_7b"), child=office.child(), wish=wish, on=today())
    with pytest.raises(NotYours):
        receive_request(by=office.cast.viewer("principal_lunda"), child=office.child(), wish=wish, on=today())
    with pytest.raises(NotAllowed):
        ask_oneself(by=office.principal, child=office.child(), kind="access", words="", on=today())


def test_the_time_is_extended_with_a_reason_once(office):
    request = office.ask(office.adult("Eva"), received_on=today() - timedelta(days=10))
    with pytest.raises(Refused, match="extended_why"):
        extend_request(by=office.officer, request_id=request.pk, why="", on=today())
    row = extend_request(by=office.officer, request_id=request.pk, why="Många handlingar.", on=today())
    assert row.due_on == extended_due(today() - timedelta(days=10))
    with pytest.raises(Refused, match="extended"):
        extend_request(by=office.officer, request_id=request.pk, why="Igen.", on=today())
    with pytest.raises(NotAllowed):
        extend_request(by=office.administrator, request_id=request.pk, why="Många.", on=today())


def test_an_extract_can_be_refused_with_reasons_by_whoever_handles_it(office):
    request = office.ask(office.adult("Eva"))
    with pytest.raises(NotAllowed):
        answer_request(by=office.principal, request_id=request.pk, outcome="denied", answer="nej", on=today())
    with pytest.raises(Refused, match="answer"):
        answer_request(by=office.officer, request_id=request.pk, outcome="denied", answer=" ", on=today())
    with pytest.raises(Refused, match="outcome"):
        answer_request(by=office.officer, request_id=request.pk, outcome="granted", answer="ja", on=today())
    row = answer_request(
        by=office.officer, request_id=request.pk, outcome="denied", answer="Uppenbart ogrundad.", on=today()
    )
    assert row.answered_on == today()
    with pytest.raises(Conflict):
        answer_request(by=office.officer, request_id=request.pk, outcome="denied", answer="Igen.", on=today())


def test_the_database_holds_a_no_to_its_reasons(office):
    request = office.ask(office.adult("Eva"))
    denied = (
        "update rights_rightsrequest set outcome = 'denied', answered_by_id = %s, answered_on = now()"
        " where id = %s"
    )
    with (
        acting_as(office.officer),
        connection.cursor() as cursor,
        pytest.raises(IntegrityError),
        transaction.atomic(),
    ):
        cursor.execute(denied, [office.officer.actor_id, request.pk])


def test_a_request_that_waits_follows_the_child_and_an_answered_one_stays(office):
    from samhandla.people import actions as people

    mother = office.adult("Eva")
    waiting = office.ask(mother)
    answered = office.ask(mother, kind="objection")
    answer_request(by=office.principal, request_id=answered.pk, outcome="denied", answer="Skäl.", on=today())
    by = office.cast.service()
    with acting_as(by):
        people.move_child(by=by, child=office.child(), unit=office.cast.unit["lunda"], on=today())
    with acting_as(office.cast.viewer("principal_lunda")):
        assert [r.pk for r in RightsRequest.objects.all()] == [waiting.pk]


def test_the_pages_of_a_request(office, client):
    mother = office.adult("Eva")
    office.cast.login(client, "administrator")
    page = reverse("child-rights", args=[office.child().ref])
    said = {
        "who": str(mother.pk), "kind": "objection", "received_on": today().isoformat(), "way": "letter",
        "proof": "card", "words": "Vi vill inte att reglerna används.",
    }  # fmt: skip
    bad = client.post(page, {**said, "words": ""})
    assert bad.status_code == 422
    assert "Skriv vad personen säger" in bad.text
    answer = client.post(page, said)
    assert answer.status_code == 303
    shown = client.get(answer["Location"])
    assert "Vi vill inte att reglerna används." in shown.text
    assert "Spara svaret" not in shown.text, "the administrator receives and does not decide"
    with acting_as(office.officer):
        request = RightsRequest.objects.get()
    assert (
        client.post(
            reverse("rights-answer", args=[request.pk]), {"outcome": "granted", "answer": "x"}
        ).status_code
        == 404
    )
    office.cast.login(client, "principal")
    refused = client.post(reverse("rights-answer", args=[request.pk]), {"outcome": "denied", "answer": ""})
    assert refused.status_code == 422
    done = client.post(
        reverse("rights-answer", args=[request.pk]),
        {"outcome": "granted", "answer": "Er invändning väger tyngre."},
    )
    assert done.status_code == 303
    with acting_as(office.principal):
        assert ProcessingLimit.objects.filter(kind="objection", ended_at=None).count() == 1
    pupil = client.get(reverse("pupil", args=[office.child().ref])).text
    assert "reglerna används inte på eleven" in pupil
    assert "7 kap. 19 a § skollagen" in pupil


def test_the_lists_stay_flat(office, client):
    from django.test.utils import CaptureQueriesContext

    def queries(name: str, page: str, *args: object) -> int:
        office.cast.login(client, name)
        client.get(reverse(page, args=args))
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse(page, args=args)).status_code == 200
        return len([q for q in captured if "SAVEPOINT" not in q["sql"]])

    mother = office.adult("Eva")
    office.ask(mother)
    ref = office.child().ref
    few = queries("principal", "rights"), queries("principal", "child-rights", ref)
    for kind in ("objection", "restriction", "rectification"):
        office.ask(mother, kind=kind)
        office.ask(None, kind=kind, weighing="mogen")
    assert queries("principal", "rights") <= few[0]
    assert queries("principal", "child-rights", ref) <= few[1]
