"""A granted objection ends the rules on a pupil; a restriction keeps the data and uses none of it."""

from __future__ import annotations

import pytest
from django.db import connection
from django.urls import reverse
from tests.detect.test_through_the_lake import after, desk, school  # noqa: F401 - a small invented school
from tests.integrations.pipeline.conftest import lake  # noqa: F401 - where its lessons lie

from samhandla.analytics.models import AttendanceDay
from samhandla.analytics.queries import load_for_rules, pupils_table
from samhandla.detect import jobs
from samhandla.detect.models import ContactNote, Signal
from samhandla.people import actions as people
from samhandla.people.actions.limits import set_limit
from samhandla.people.errors import NotAllowed as PeopleNotAllowed
from samhandla.people.errors import Restricted
from samhandla.people.models import Child, ProcessingLimit
from samhandla.people.queries import get_child_for, today, viewer_of_actor
from samhandla.rights.actions.requests import answer_request, lift
from samhandla.rights.errors import NotAllowed, NotYours, Refused
from samhandla.rights.models import RightsRequest
from samhandla.trust.models import Event
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db
KINDS = ("objection", "restriction")


@pytest.fixture
def head(desk):  # noqa: F811 - a fixture
    """Give the invented school a principal, and return it as viewer."""
    with acting_as(desk.by):
        unit = Child.objects.select_related("unit").first().unit
        staff = people.register_staff(by=desk.by, given_name="Rut", family_name="Rektor")
        people.give_duty(by=desk.by, staff=staff, unit=unit, role="principal", valid_from=today())
    return viewer_of_actor(staff.actor)


def _living(desk) -> set[int]:  # noqa: F811 - the invented school
    with acting_as(desk.by):
        rows = Signal.objects.exclude(state="closed").filter(good_news=False)
        return set(rows.values_list("child_id", flat=True))


def _some(desk, children: set[int], head) -> Child:  # noqa: F811 - the invented school
    """Return one of some pupils that the head sees."""
    with acting_as(head):
        return Child.objects.select_related("unit").filter(pk__in=children).order_by("pk")[0]


def test_an_objection_stops_signals_in_a_real_run_and_a_lifted_one_starts_them(desk, head, after):  # noqa: F811
    jobs.run_rules(authority_id=desk.authority_id)
    child = _some(desk, _living(desk), head)
    others = _living(desk) - {child.pk}
    set_limit(by=head, child=child, kind="objection", on=today())
    from samhandla.detect.actions.limits import end_signals_of

    end_signals_of(by=head, child=child, today=after)
    jobs.run_rules(authority_id=desk.authority_id)
    assert child.pk not in _living(desk)
    assert others <= _living(desk), "the others' signals are as they were"
    lift(by=head, child=child, kind="objection", reason="Tar tillbaka.", told_on=today(), on=today())
    jobs.run_rules(authority_id=desk.authority_id)
    assert child.pk in _living(desk)


def test_a_pupil_who_objected_from_the_start_never_gets_a_signal_and_still_counts(desk, head, after):  # noqa: F811
    jobs.run_rules(authority_id=desk.authority_id)
    child = _some(desk, _living(desk), head)
    with acting_as(desk.by):
        before = pupils_table(desk.by)
    set_limit(by=head, child=child, kind="objection", on=today())
    with acting_as(desk.by):
        table = pupils_table(desk.by)
        days = load_for_rules(desk.authority_id)[0]
    assert table["pupil"].to_pylist() == before["pupil"].to_pylist()
    held = dict(zip(table["pupil"].to_pylist(), table["adapted"].to_pylist(), strict=True))
    assert held[child.pk]
    assert child.pk in set(days["pupil"].to_pylist()), "the class and the statistics count the pupil"


def test_a_restriction_takes_the_pupil_out_of_everything_computed_and_keeps_the_rows(desk, head, after):  # noqa: F811
    jobs.run_rules(authority_id=desk.authority_id)
    child = _some(desk, _living(desk), head)
    set_limit(by=head, child=child, kind="restriction", on=today())
    with acting_as(desk.by):
        assert child.pk not in set(pupils_table(desk.by)["pupil"].to_pylist())
        kept = AttendanceDay.objects.filter(child=child).count()
    tables = load_for_rules(desk.authority_id)
    assert all(child.pk not in set(tables[n]["pupil"].to_pylist()) for n in (0, 1, 2))
    assert kept > 0


@pytest.mark.parametrize("kind", KINDS)
def test_granting_ends_the_signals_and_leaves_what_people_wrote(office, kind):
    office.contact("Vi pratade om rasten.")
    request = office.ask(office.adult("Eva"), kind=kind)
    answer_request(
        by=office.principal, request_id=request.pk, outcome="granted", answer="Beviljas.", on=today()
    )
    with acting_as(office.cast.service()):
        (signal,) = Signal.objects.filter(child=office.cast.child["alma"], good_news=False)
        assert (signal.state, signal.closed_why) == ("closed", "limited")
        assert ContactNote.objects.filter(words="Vi pratade om rasten.").exists()
        assert ProcessingLimit.objects.get(ended_at=None).kind == kind
    with acting_as(office.principal):
        events = set(Event.objects.values_list("event", flat=True))
    assert {"people:limit:set", "rights:request:decided"} <= events


def test_a_no_has_its_reasons_and_changes_nothing(office):
    office.signal()
    request = office.ask(office.adult("Eva"), kind="objection")
    with pytest.raises(Refused, match="answer"):
        answer_request(by=office.principal, request_id=request.pk, outcome="denied", answer="", on=today())
    row = answer_request(
        by=office.principal, request_id=request.pk, outcome="denied", answer="Tvingande skäl: …", on=today()
    )
    assert row.outcome == "denied"
    with acting_as(office.cast.service()):
        assert Signal.objects.exclude(state="closed").filter(good_news=False).exists()
        assert not ProcessingLimit.objects.exists()


def test_only_the_head_of_the_childs_school_decides(office):
    request = office.ask(office.adult("Eva"), kind="objection")
    for other in (office.administrator, office.officer, office.cast.viewer("counsellor")):
        with pytest.raises((NotAllowed, NotYours)):
            answer_request(by=other, request_id=request.pk, outcome="granted", answer="Ja.", on=today())
    with pytest.raises(NotYours):
        answer_request(
            by=office.cast.viewer("principal_lunda"),
            request_id=request.pk,
            outcome="granted",
            answer="Ja.",
            on=today(),
        )
    with pytest.raises(PeopleNotAllowed):
        set_limit(by=office.cast.viewer("mentor_7b"), child=office.child(), kind="objection", on=today())


def test_the_same_limit_twice_is_told(office):
    mother = office.adult("Eva")
    first, second = office.ask(mother, kind="objection"), office.ask(None, kind="objection", weighing="mogen")
    answer_request(by=office.principal, request_id=first.pk, outcome="granted", answer="Ja.", on=today())
    with pytest.raises(Refused, match="already"):
        answer_request(by=office.principal, request_id=second.pk, outcome="granted", answer="Ja.", on=today())
    with acting_as(office.officer):
        assert RightsRequest.objects.get(pk=second.pk).answered_on is None


def test_whoever_asked_is_told_before_a_restriction_is_lifted(office):
    set_limit(by=office.principal, child=office.child(), kind="restriction", on=today())

    def lifted(by, **other):
        said = {"reason": "Utrett.", "told_on": today(), **other}
        lift(by=by, child=office.child(), kind="restriction", on=today(), **said)

    with pytest.raises(Refused, match="told_on"):
        lifted(office.principal, told_on=None)
    with pytest.raises(Refused, match="reason"):
        lifted(office.principal, reason="")
    with pytest.raises(NotAllowed):
        lifted(office.administrator)
    lifted(office.principal)
    with acting_as(office.principal):
        row = ProcessingLimit.objects.get()
    assert row.ended_at is not None
    with pytest.raises(NotYours):
        lifted(office.principal)


def test_a_restricted_pupils_pages_say_so_and_show_nothing(office, client):
    office.contact("Vi pratade om rasten.")
    signal = office.signal()
    set_limit(by=office.principal, child=office.child(), kind="restriction", on=today())
    ref = office.child().ref
    office.cast.login(client, "principal")
    for page in ("pupil", "register-child", "who-sees", "hand-over", "consents"):
        answer = client.get(reverse(page, args=[ref]))
        assert answer.status_code == 403, page
        assert "Behandlingen är begränsad" in answer.text
        assert "Alma" not in answer.text
    assert client.get(reverse("signal", args=[signal.pk])).status_code == 404
    assert "Vi pratade" not in client.get(reverse("principal")).text
    assert client.get(reverse("child-rights", args=[ref])).status_code == 200, "where it can be lifted"
    office.cast.login(client, "mentor_7b")
    assert "Alma" not in client.get(reverse("worklist")).text
    with acting_as(office.cast.viewer("mentor_7b")), pytest.raises(Restricted):
        get_child_for(office.cast.viewer("mentor_7b"), ref)


def test_the_limit_follows_the_child_to_another_school(office):
    set_limit(by=office.principal, child=office.child(), kind="objection", on=today())
    by = office.cast.service()
    with acting_as(by):
        people.move_child(by=by, child=office.child(), unit=office.cast.unit["lunda"], on=today())
    with acting_as(office.cast.viewer("principal_lunda")):
        assert ProcessingLimit.objects.count() == 1
    with acting_as(office.principal):
        assert ProcessingLimit.objects.count() == 0


def test_raw_sql_neither_sets_nor_lifts_a_limit_from_outside_the_unit(office):
    mother = office.adult("Eva")
    set_limit(by=office.principal, child=office.child(), kind="objection", on=today())
    outside = (
        office.cast.viewer("mentor_7b"), office.viewer_of(mother), office.cast.viewer("principal_lunda"),
        office.cast.viewer("principal_fria"), office.officer,
    )  # fmt: skip
    for viewer in outside:
        with acting_as(viewer), connection.cursor() as cursor:
            cursor.execute("update people_processinglimit set ended_at = now(), valid_to = now()::date")
            assert cursor.rowcount == 0
    with acting_as(office.cast.viewer("mentor_7b")):
        assert ProcessingLimit.objects.count() == 1, "whoever sees the child sees that it holds"
    for viewer in (outside[2], outside[3]):
        with acting_as(viewer):
            assert ProcessingLimit.objects.count() == 0


def test_the_head_lifts_it_on_the_page(office, client):
    set_limit(by=office.principal, child=office.child(), kind="objection", on=today())
    office.cast.login(client, "principal")
    path = reverse("limit-lift", args=[office.child().ref, "objection"])
    assert client.post(path, {"reason": "", "told_on": ""}).status_code == 422
    assert client.post(path, {"reason": "Tar tillbaka.", "told_on": today().isoformat()}).status_code == 303
    assert client.post(reverse("limit-lift", args=[office.child().ref, "annat"]), {}).status_code == 404
    with acting_as(office.principal):
        assert ProcessingLimit.objects.get().ended_at is not None


def test_nothing_is_granted_to_a_guardian_of_somebody_who_has_turned_eighteen(office):
    request = office.ask(office.adult("Eva"), kind="objection")
    office.born("alma", 18)
    said = {"by": office.principal, "request_id": request.pk, "on": today()}
    with pytest.raises(Refused, match="adult"):
        answer_request(**said, outcome="granted", answer="Ja.")
    assert answer_request(**said, outcome="denied", answer="Eleven är myndig.").outcome == "denied"
