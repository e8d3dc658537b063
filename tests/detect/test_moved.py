"""A pupil who changes school, and a pupil whose mentor comes or goes: no signal falls between chairs."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from tests.detect.conftest import found

from samhandla.detect.actions.answers import answer_signal
from samhandla.detect.actions.clock import pass_time
from samhandla.detect.actions.inquiries import decide_inquiry
from samhandla.detect.actions.runs import _context
from samhandla.detect.actions.tallies import count_tallies
from samhandla.detect.models import Inquiry, LadderStep, Signal, StepTaken, UnitTally
from samhandla.detect.queries.history import history_of
from samhandla.detect.queries.lists import worklist_for
from samhandla.detect.queries.notes import note_of_principal
from samhandla.detect.queries.principal import principal_page_for
from samhandla.people import actions as people
from samhandla.people.models import Child
from samhandla.people.queries import domain_of, today
from samhandla.trust.models import Event
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db


def move(cast, name="alma", unit="lunda", group="8C"):
    by = cast.service()
    with acting_as(by):
        child = Child.objects.get(pk=cast.child[name].pk)
        people.move_child(by=by, child=child, unit=cast.unit[unit], on=today())
        people.place_in_group(by=by, child=child, group=cast.group[group], valid_from=today())


def leave(cast, name="alma", group="7B"):
    """Take a pupil out of the class, so that no mentor is left."""
    with acting_as(cast.service()):
        people.end_memberships(
            by=cast.service(), child=cast.child[name], groups=[cast.group[group]],
            last_day=today() - timedelta(days=1),
        )  # fmt: skip


def page_of(cast, name="principal", unit="berga"):
    viewer = cast.viewer(name)
    with acting_as(viewer):
        return principal_page_for(viewer, cast.unit[unit], today=today())


def own(page):
    """Return the pupils who stand on a principal's page, by given name."""
    return [r.child.given_name for r in (*page.lifted, *page.without_mentor, *page.queue)]


def seen(cast, name):
    """Return what somebody's signals are: at which unit, and whether they live."""
    with acting_as(cast.viewer(name)):
        return sorted(Signal.objects.values_list("unit__name", "state"))


def test_a_moved_pupil_gets_a_new_signal_at_the_new_unit(cast, take, signal_of):
    take(found(cast.child["alma"]))
    assert seen(cast, "principal") == [("Bergaskolan", "open")]
    move(cast)
    take(found(cast.child["alma"]))
    assert seen(cast, "principal") == [("Bergaskolan", "closed")]
    assert seen(cast, "principal_lunda") == [("Lundaskolan", "open")]
    assert seen(cast, "principal_fria") == []
    viewer = cast.viewer("mentor_8c")
    with acting_as(viewer):
        rows = worklist_for(viewer, today=today()).to_answer
    assert [(r.child.given_name, r.signal.unit_id) for r in rows] == [("Alma", cast.unit["lunda"].pk)]
    assert own(page_of(cast)) == own(page_of(cast, "principal_lunda", "lunda")) == []


def test_a_moved_pupil_without_mentor_is_the_new_principals(cast, take):
    take(found(cast.child["alma"]))
    leave(cast)
    assert own(page_of(cast)) == ["Alma"]
    with acting_as(cast.service()):
        child = Child.objects.get(pk=cast.child["alma"].pk)
        people.move_child(by=cast.service(), child=child, unit=cast.unit["lunda"], on=today())
    take(found(cast.child["alma"]))
    assert own(page_of(cast)) == []
    assert own(page_of(cast, "principal_lunda", "lunda")) == ["Alma"]


def test_a_move_is_said_as_a_move_never_as_an_answer(client, cast, take, signal_of):
    take(found(cast.child["alma"]), found(cast.child["omar"]))
    old = signal_of("alma").pk
    move(cast)
    assert pass_time(by=cast.service(), today=today())["left"] == 1
    assert pass_time(by=cast.service(), today=today())["left"] == 0
    with acting_as(cast.service()):
        row = Signal.objects.get(pk=old)
        assert (row.state, row.closed_why, row.closed_on) == ("closed", "moved", today())
        assert row.due_on is None
        assert not row.answers.exists()
        assert signal_of("omar").closed_why == ""
        assert Event.objects.filter(event="detect:signal:moved", about_id=old).count() == 1
        assert Event.objects.filter(event="detect:answer:given").count() == 0
    url = reverse("pupil", args=[cast.child["alma"].ref])
    text = cast.login(client, "mentor_8c").get(url).text
    assert "Signal" not in text[text.index("Det här har gjorts") :]  # what the old school made stays there
    with acting_as(cast.service()):
        said = [done.what for done in history_of(cast.child["alma"])]
    assert "Signalen avslutad: flyttad till annan skola" in said
    assert not [what for what in said if what.startswith("Ställningstagande")]
    assert cast.login(client, "principal").get(url).status_code == 404


def test_a_step_under_way_ends_with_a_note_and_is_no_contact(cast, take, signal_of, ladder):
    take(found(cast.child["alma"]))
    answer_signal(
        by=cast.viewer("mentor_7b"), signal_id=signal_of("alma").pk, kind="act", reason="x", today=today()
    )
    move(cast)
    take(found(cast.child["alma"]))
    with acting_as(cast.service()):
        step = StepTaken.objects.get()
        assert _context(today()).open_signals[cast.child["alma"].pk].last_contact is None
    assert (step.done_on, step.solved) == (today(), None)
    assert "annan skola" in step.note
    (result,) = page_of(cast).steps
    assert (result.taken, result.done) == (1, 0)


def test_an_inquiry_of_the_old_unit_is_left_as_it_is(cast, take):
    take(found(cast.child["alma"]))
    decide_inquiry(
        by=cast.viewer("principal"), child=cast.child["alma"], decision="open", reason="x", today=today(),
        domain_id=domain_of(cast.authority["board"].pk, "school").pk,
    )  # fmt: skip
    move(cast)
    pass_time(by=cast.service(), today=today())
    with acting_as(cast.viewer("principal")):
        assert [(i.state, i.unit_id) for i in Inquiry.objects.all()] == [("draft", cast.unit["berga"].pk)]
    with acting_as(cast.viewer("principal_lunda")):
        assert not Inquiry.objects.exists()


def test_what_moved_unanswered_is_not_counted_as_answered_late(cast, take):
    take(found(cast.child["alma"]))
    move(cast)
    pass_time(by=cast.service(), today=today())
    count_tallies(by=cast.service(), today=today())
    assert UnitTally.objects.get(unit=cast.unit["berga"]).counts["shown"] == 0


def test_a_signal_whose_mentor_leaves_is_the_principals_the_same_day(client, cast, take, signal_of):
    take(found(cast.child["alma"]))
    assert own(page_of(cast)) == []
    leave(cast)
    assert own(page_of(cast)) == ["Alma"]
    with acting_as(cast.viewer("principal")):
        assert note_of_principal(cast.viewer("principal")) == "1 sak väntar på dig."
    assert signal_of("alma").owner_role == "mentor"
    pass_time(by=cast.service(), today=today())
    assert signal_of("alma").owner_role == "principal"


def test_a_signal_whose_pupil_gets_a_mentor_leaves_the_principals_list(cast, take, signal_of):
    leave(cast)
    take(found(cast.child["alma"]))
    assert (own(page_of(cast)), signal_of("alma").owner_role) == (["Alma"], "principal")
    with acting_as(cast.service()):
        people.place_in_group(
            by=cast.service(), child=cast.child["alma"], group=cast.group["7A"], valid_from=today()
        )
    assert own(page_of(cast)) == []
    with acting_as(cast.viewer("principal")):
        assert note_of_principal(cast.viewer("principal")) == ""
    pass_time(by=cast.service(), today=today())
    assert signal_of("alma").owner_role == "mentor"


def test_the_start_page_counts_what_the_principals_page_counts(client, cast, take, signal_of, ladder):
    unit, group = cast.unit["berga"].pk, cast.group["7B"].pk
    take(
        found(str(group), "class_level", unit=unit, kind="class"),
        found(cast.child["hugo"]),
        found(cast.child["alma"]),
    )
    leave(cast, "hugo", "7A")
    decide_inquiry(
        by=cast.viewer("principal"), child=cast.child["omar"], decision="open", reason="x", today=today(),
        domain_id=domain_of(cast.authority["board"].pk, "school").pk,
    )  # fmt: skip
    answer_signal(
        by=cast.viewer("mentor_7b"), signal_id=signal_of("alma").pk, kind="act", reason="x", today=today()
    )
    LadderStep.objects.filter(pk=ladder[0].pk).update(role="principal")
    cast.login(client, "principal")
    assert "4 saker väntar på dig<" in client.get(reverse("principal")).text
    assert "4 saker väntar på dig." in client.get(reverse("start")).text
    with acting_as(cast.viewer("principal_lunda")):
        assert note_of_principal(cast.viewer("principal_lunda")) == ""
