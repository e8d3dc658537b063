"""Consents to efforts and SIP: who may say what, how it is proved, and no kind of yes stands for another."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from threading import Barrier, Thread
from uuid import UUID

import pytest
from django.core import mail
from django.db import ProgrammingError, connection, transaction

from samhandla.people.models import Child, Staff
from samhandla.people.queries import today
from samhandla.secrecy import jobs
from samhandla.secrecy.actions.consents import (
    Question,
    answer_consent,
    ask_consent,
    withdraw_consent,
)
from samhandla.secrecy.actions.replies import Reply
from samhandla.secrecy.actions.waivers import answer_waiver
from samhandla.secrecy.errors import Conflict, NoGround, NotAllowed, NotYours, Refused
from samhandla.secrecy.models import Consent, ConsentVoice, Paper, Voice
from samhandla.secrecy.queries.consents import content_of, list_consents_for, list_ending_for
from samhandla.secrecy.rules.guide import Waiver as State
from samhandla.secrecy.rules.papers import MOST_BYTES
from samhandla.trust import crypto
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db
PDF = b"%PDF-1.7 svaret"


def ask(town, name="alma", **changes):
    values = {"kind": "open", "what": "föräldragrupp", "valid_to": today() + timedelta(days=90), **changes}
    return ask_consent(
        by=town.counsellor, child=town.cast.child[name], question=Question(**values), on=today()
    )


def say(town, row, guardian=None, *, yes=True, how="meeting", **changes):
    reply = Reply(yes=yes, how=how, on=today(), guardian=guardian and guardian.pk, **changes)
    return answer_consent(by=town.counsellor, consent_id=row.pk, reply=reply)


def state(town, name="alma"):
    with acting_as(town.counsellor):
        child = Child.objects.get(pk=town.cast.child[name].pk)
        return [row.state for row in list_consents_for(town.counsellor, child, today=today())]


def test_both_guardians_say_yes_and_it_holds_until_it_is_withdrawn(town):
    vera, other = town.guardian(), town.guardian()
    row = ask(town)
    say(town, row, vera)
    assert state(town) == [State.MISSING]
    say(town, row, other)
    assert state(town) == [State.GIVEN]
    withdraw_consent(by=town.counsellor, consent_id=row.pk)
    assert state(town) == [State.WITHDRAWN]
    with pytest.raises(Conflict):
        say(town, row)


def test_a_yes_to_an_effort_opens_no_secrecy(town):
    say(town, ask(town), town.guardian())
    assert state(town) == [State.GIVEN]
    with pytest.raises(NoGround, match="waiver"):
        town.send("waiver")


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"kind": "waiver"}, "kind"),
        ({"what": "  "}, "what"),
        ({"valid_to": today() - timedelta(days=1)}, "valid_to"),
        ({"valid_to": today() + timedelta(days=400)}, "valid_to"),
    ],
)
def test_a_question_says_what_and_until_when(town, changes, problem):
    with pytest.raises(Refused) as error:
        ask(town, **changes)
    assert error.value.problems == (problem,)


def test_who_has_no_right_and_who_belongs_to_another_child_have_no_voice(town):
    row = ask(town)
    for adult in (town.guardian(kind="familjehem"), town.guardian("omar")):
        with pytest.raises(Refused, match="guardian"):
            say(town, row, adult)
    say(town, row, town.guardian())
    with pytest.raises(NotAllowed):
        answer_consent(
            by=town.cast.viewer("mentor_7b"), consent_id=row.pk, reply=Reply(True, "meeting", today())
        )
    with pytest.raises(NotYours):
        answer_consent(
            by=town.cast.viewer("principal_lunda"), consent_id=row.pk, reply=Reply(True, "meeting", today())
        )


@pytest.mark.parametrize(("table", "owner"), [("voice", "waiver"), ("consentvoice", "consent")])
def test_the_database_itself_keeps_one_childs_voice_from_anothers_question(town, table, owner):
    """With SQL of one's own: a waiver or consent for somebody else's child."""
    row = town.ask("omar") if owner == "waiver" else ask(town, "omar")
    alma = town.cast.child["alma"]
    insert = (
        f"insert into secrecy_{table}"
        f' (child_id, domain_id, unit_id, {owner}_id, who, said, how, "on", kept_in)'
        " values (%s, %s, %s, %s, 'child', 'yes', 'eid', current_date, '')"
    )
    refused = pytest.raises(ProgrammingError, match="another child")
    with acting_as(town.counsellor), refused, transaction.atomic():
        connection.cursor().execute(insert, [alma.pk, row.domain_id, row.unit_id, row.pk])


def test_on_paper_says_where_or_gives_the_scan(town):
    row = ask(town)
    with pytest.raises(Refused, match="kept_in"):
        say(town, row, how="paper")
    voice = say(town, row, how="paper", kept_in="pärm 4 hos kurator")
    assert voice.kept_in == "pärm 4 hos kurator"
    scanned = say(town, row, town.guardian(), how="paper", paper=PDF)
    with acting_as(town.counsellor):
        paper = Paper.objects.get(consent_voice=scanned)
        assert bytes(paper.sealed).find(b"svaret") == -1
        assert content_of(paper) == PDF
        paper.key = UUID(int=0)  # another row's
        with pytest.raises(crypto.CryptoError):
            content_of(paper)


@pytest.mark.parametrize(
    ("content", "problem"),
    [(b"", "paper_kind"), (b"<html>", "paper_kind"), (PDF + b"x" * MOST_BYTES, "paper_size")],
)
def test_a_paper_of_another_kind_leaves_no_answer_behind(town, content, problem):
    row = ask(town)
    with pytest.raises(Refused, match=problem):
        say(town, row, how="paper", paper=content)
    with acting_as(town.counsellor):
        assert not ConsentVoice.objects.exists()


def test_a_waiver_on_paper_is_proved_the_same_way(town):
    waiver = town.ask(maturity="mogen")
    asked, said = {"by": town.counsellor, "waiver_id": waiver.pk}, Reply(True, "paper", today())
    with pytest.raises(Refused, match="kept_in"):
        answer_waiver(**asked, reply=said)
    answer_waiver(**asked, reply=replace(said, paper=PDF))
    with acting_as(town.counsellor):
        assert Paper.objects.get(waiver_voice=Voice.objects.get()).content_type == "application/pdf"


def test_what_ends_soon_is_listed_and_whoever_registered_it_is_told_once_without_a_name(town):
    vera = town.guardian()
    soon = ask(town, valid_to=today() + timedelta(days=3))
    say(town, soon, vera)
    late = ask(town, "omar")
    say(town, late, town.guardian("omar"))
    waiver = town.ask(valid_to=today() + timedelta(days=14))
    town.yes(waiver, vera)
    with acting_as(town.counsellor):
        rows = list_ending_for(town.counsellor, today=today())
    assert [(row.page, (row.last_day - today()).days) for row in rows] == [
        ("consents", 3),
        ("hand-over", 14),
    ]
    with acting_as(town.cast.viewer("principal_lunda")):
        assert list_ending_for(town.cast.viewer("principal_lunda"), today=today()) == []
    with acting_as(town.cast.service()):
        Staff.objects.filter(actor_id=town.counsellor.actor_id).update(email="k@exempel.se")
    for _again in range(2):
        jobs.warn(authority_id=town.counsellor.authority_id)
    (message,) = mail.outbox
    assert message.to == ["k@exempel.se"]
    assert not {"Alma", "Prov", "Berga", "föräldragrupp"} & set((message.subject + message.body).split())


def test_a_birthday_ends_a_yes_too(town):
    """Fifteen tomorrow: from then the child must have said yes itself (SoL 21:2)."""
    say(town, ask(town), town.guardian())
    tomorrow = today() + timedelta(days=1)
    with acting_as(town.cast.service()):
        Child.objects.filter(pk=town.cast.child["alma"].pk).update(
            birth_date=tomorrow.replace(year=tomorrow.year - 15)
        )
    with acting_as(town.counsellor):
        (row,) = list_ending_for(town.counsellor, today=today())
    assert row.last_day == today()


@pytest.mark.django_db(transaction=True)
def test_two_who_end_the_same_consent_at_once_and_one_is_told(town):
    row, ends, start = ask(town), [], Barrier(2)

    def end():
        try:
            start.wait()
            withdraw_consent(by=town.counsellor, consent_id=row.pk)
            ends.append("ended")
        except Conflict:
            ends.append("told")
        finally:
            connection.close()

    threads = [Thread(target=end) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ends) == ["ended", "told"]
    with acting_as(town.counsellor):
        assert Consent.objects.get().withdrawn_by_id == town.counsellor.actor_id
