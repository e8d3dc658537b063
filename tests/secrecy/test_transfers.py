"""Handing over: with a ground it arrives as a copy and nothing else; without one the database refuses."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import ProgrammingError, connection, transaction

from samhandla.people import actions as people
from samhandla.people.models import Child
from samhandla.people.queries import today
from samhandla.secrecy.actions.law import change_opening, withdraw_approval
from samhandla.secrecy.actions.receivers import close_receiver
from samhandla.secrecy.actions.transfers import receive
from samhandla.secrecy.actions.waivers import withdraw_waiver
from samhandla.secrecy.errors import Conflict, NoGround, NotAllowed, NotYours, Refused
from samhandla.secrecy.models import LegalOpening, Transfer, Waiver
from samhandla.secrecy.queries.transfers import usable_openings_for
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db


def seen(viewer):
    with acting_as(viewer):
        return list(Transfer.objects.values_list("text", flat=True))


def refused(town, code, **changes):
    with pytest.raises(NoGround) as error:
        town.send(code, **changes)
    assert seen(town.worker) == []
    return error.value.problems


def test_what_a_duty_obliges_to_arrives_as_a_copy_and_nothing_else(town):
    sent = town.send("information_in_inquiry", weighing="socialnämnden har inlett en utredning")
    assert seen(town.worker) == ["Alma har varit borta tolv dagar."]
    with acting_as(town.worker):
        copy = Transfer.objects.get(pk=sent.pk)
        assert (copy.child_as, copy.ground) == ("Alma Prov", sent.opening.paragraph)
        assert not Child.objects.exists()
        assert not Waiver.objects.exists()


def test_two_taps_hand_it_over_once_and_another_day_again(town):
    town.send("information_in_inquiry", weighing="utredning pågår")
    with pytest.raises(Conflict):
        town.send("information_in_inquiry", weighing="utredning pågår")
    town.send("information_in_inquiry", weighing="utredning pågår", text="Något annat.")
    assert len(seen(town.worker)) == 2


def test_the_form_offers_only_what_can_lead_from_the_school_to_a_receiver(town):
    with acting_as(town.counsellor):
        codes = {row.code for row in usable_openings_for(town.counsellor, today=today())}
    assert {"waiver", "information_in_inquiry"} <= codes
    with acting_as(town.counsellor):
        rows = LegalOpening.objects.filter(code__in=codes)
        assert all({"school", "any"} & set(row.starts) for row in rows)
    assert not {"emi_to_pupil_health", "social_to_health", "law_enforcement"} & codes


def test_the_receiver_registers_it_and_cannot_change_what_was_said(town):
    sent = town.send("information_in_inquiry", weighing="utredning pågår")
    got = receive(by=town.worker, transfer_id=sent.pk)
    assert got.received_by_id == town.worker.actor_id
    with pytest.raises(Conflict):
        receive(by=town.worker, transfer_id=sent.pk)
    for statement in ("update secrecy_transfer set text = 'x'", "delete from secrecy_transfer"):
        with acting_as(town.worker), pytest.raises(ProgrammingError), transaction.atomic():
            connection.cursor().execute(statement)


def test_the_sender_sees_what_was_sent_and_cannot_receive_it(town):
    sent = town.send("information_in_inquiry", weighing="utredning pågår")
    assert seen(town.counsellor) == [sent.text]
    with pytest.raises((NotYours, ProgrammingError)):
        receive(by=town.counsellor, transfer_id=sent.pk)
    for who in ("mentor_7a", "principal_lunda", "principal_fria", "controller", "lawyer"):
        assert seen(town.cast.viewer(who)) == [], who


def test_a_colleague_of_the_receiver_without_the_duty_reads_nothing(town):
    town.send("information_in_inquiry", weighing="utredning pågår")
    by = town.worker
    from samhandla.people.queries import service_viewer, viewer_of_actor

    other = people.register_staff(by=service_viewer(by.authority_id), given_name="Olle", family_name="Annan")
    assert seen(viewer_of_actor(other.actor)) == []


def test_without_approval_nothing_is_a_ground(town):
    withdraw_approval(by=town.cast.viewer("lawyer"), opening_id=town.opening("general_clause").pk)
    assert refused(town, "general_clause", weighing="vägt") == ("ground",)
    assert refused(town, "custody_inquiry", weighing="vägt") == ("ground",)


def test_a_changed_opening_is_no_ground_until_it_is_approved_again(town):
    old = town.opening("general_clause")
    change_opening(
        by=town.cast.viewer("lawyer"), opening_id=old.pk, on=today(), mark="V", test="Egen prövning."
    )
    assert refused(town, "general_clause", weighing="vägt") == ("ground",)
    with acting_as(town.counsellor):
        ended = LegalOpening.objects.get(pk=old.pk)
    assert ended.approved_on is not None
    assert refused(town, "general_clause", opening=ended, weighing="vägt") == ("ground",)


def test_an_opening_that_goes_another_way_is_no_ground(town):
    assert refused(town, "health_to_care", weighing="vägt") == ("ground",)  # from EMI only
    assert refused(town, "school_to_school", weighing="vägt") == ("ground",)


def test_what_must_be_weighed_must_be_written(town):
    assert refused(town, "general_clause") == ("weighing",)
    assert town.send("general_clause", weighing="uppenbart större behov").pk


def test_an_age_limit_holds_on_the_birthday_itself(town):
    born = today().replace(year=today().year - 18)
    with acting_as(town.cast.service()):
        Child.objects.filter(pk=town.cast.child["alma"].pk).update(birth_date=born)
    assert refused(town, "report_of_concern", weighing="misstanke") == ("age",)
    with acting_as(town.cast.service()):
        Child.objects.filter(pk=town.cast.child["alma"].pk).update(birth_date=born + timedelta(days=1))
    assert town.send("report_of_concern", weighing="misstanke").pk


def test_nothing_is_sent_to_a_closed_reception_or_to_oneself(town):
    from samhandla.people.queries import domain_of
    from samhandla.secrecy.actions.receivers import open_receiver

    own = open_receiver(
        by=town.cast.viewer("data_administrator"), unit=town.cast.unit["berga"], name="Rektor",
        domain=domain_of(town.counsellor.authority_id, "school"),
    )  # fmt: skip
    assert refused(town, "general_clause", receiver=own, weighing="x") == ("oneself",)
    with acting_as(town.worker), pytest.raises(NotAllowed):
        close_receiver(by=town.worker, receiver_id=town.reception.pk)
    from samhandla.secrecy.models import Receiver

    Receiver.objects.update(active=False)
    assert refused(town, "general_clause", weighing="x") == ("receiver",)


def test_a_recipient_outside_is_named_and_of_a_known_kind(town):
    sent = town.send(
        "law_enforcement", receiver=None, outside_place="police", outside="Lokalpolisområdet", weighing="vägt"
    )
    assert seen(town.counsellor) == [sent.text]
    assert refused(town, "law_enforcement", receiver=None, outside_place="x", outside="y", weighing="z") == (
        "place",
    )


def test_words_are_needed(town):
    with pytest.raises(Refused) as error:
        town.send("general_clause", text=" ", reason="")
    assert error.value.problems == ("text", "reason")


def test_who_hands_nothing_over_is_refused(town):
    from samhandla.secrecy.actions.transfers import Fact, hand_over

    fact = Fact("x", "y", town.opening("general_clause"), town.reception, weighing="z")
    with pytest.raises(NotAllowed):
        hand_over(by=town.cast.viewer("mentor_7b"), child=town.cast.child["alma"], fact=fact)
    with pytest.raises(NotYours):
        hand_over(by=town.counsellor, child=town.cast.child["nora"], fact=fact)


class TestWaiver:
    """A waiver opens while it holds, and not a minute longer."""

    def test_both_guardians_have_said_yes(self, town):
        vera, other = town.guardian(), town.guardian()
        waiver = town.ask()
        assert refused(town, "waiver", waiver=waiver) == ("waiver",)
        town.yes(waiver, vera)
        assert refused(town, "waiver", waiver=waiver) == ("waiver",)
        town.yes(waiver, other)
        assert town.send("waiver", waiver=waiver).waiver_id == waiver.pk

    def test_a_mature_child_alone(self, town):
        town.guardian()
        waiver = town.ask(maturity="resonerar om följderna, vill själv")
        town.yes(waiver)
        assert town.send("waiver", waiver=waiver).pk

    def test_a_childs_yes_without_weighed_maturity_is_not_enough(self, town):
        waiver = town.ask()
        town.yes(waiver)
        assert refused(town, "waiver", waiver=waiver) == ("waiver",)

    def test_one_no_is_a_no(self, town):
        vera, other = town.guardian(), town.guardian()
        waiver = town.ask(maturity="mogen")
        town.yes(waiver)
        town.yes(waiver, vera)
        town.yes(waiver, other, yes=False)
        assert refused(town, "waiver", waiver=waiver) == ("waiver",)

    def test_withdrawn_works_at_once(self, town):
        waiver = town.ask()
        town.yes(waiver, town.guardian())
        town.send("waiver", waiver=waiver)
        withdraw_waiver(by=town.counsellor, waiver_id=waiver.pk)
        with pytest.raises(NoGround):
            town.send("waiver", waiver=waiver, text="Något nytt.")
        with pytest.raises(Conflict):
            withdraw_waiver(by=town.counsellor, waiver_id=waiver.pk)
        assert len(seen(town.worker)) == 1, "what was handed over cannot be taken back"

    def test_another_childs_another_receivers_and_no_waiver(self, town):
        waiver = town.ask("omar", maturity="mogen")
        town.yes(waiver)
        assert refused(town, "waiver", waiver=waiver) == ("waiver",)
        outside = town.ask(receiver=None, outside="Fotbollsklubben", maturity="mogen")
        town.yes(outside)
        assert refused(town, "waiver", waiver=outside) == ("waiver",)
        assert refused(town, "waiver") == ("waiver",)

    def test_who_has_no_right_has_no_voice(self, town):
        foster = town.guardian(kind="familjehem")
        waiver = town.ask()
        with pytest.raises(Refused, match="guardian"):
            town.yes(waiver, foster)

    @pytest.mark.parametrize(
        ("changes", "problem"),
        [
            ({"facts": " "}, "facts"),
            ({"purpose": ""}, "purpose"),
            ({"receiver": None}, "receiver"),
            ({"outside": "Klubben"}, "receiver"),
            ({"valid_to": today() - timedelta(days=1)}, "valid_to"),
            ({"valid_to": today() + timedelta(days=400)}, "valid_to"),
        ],
    )
    def test_a_question_names_what_to_whom_and_until_when(self, town, changes, problem):
        with pytest.raises(Refused) as error:
            town.ask(**changes)
        assert error.value.problems == (problem,)
