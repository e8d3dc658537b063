"""An answer that stands wrong is put right: without a word the same day, with one later; history stays."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import ProgrammingError, connection, transaction
from django.urls import reverse
from django.utils import timezone
from tests.secrecy.test_consents import ask, say
from tests.secrecy.test_consents import state as effort_state

from samhandla.people.queries import today
from samhandla.secrecy.actions.consents import correct_consent
from samhandla.secrecy.actions.replies import Reply
from samhandla.secrecy.actions.waivers import correct_waiver, withdraw_waiver
from samhandla.secrecy.errors import Conflict, NoGround, NotAllowed, NotYours, Refused
from samhandla.secrecy.queries.transfers import list_waivers_for
from samhandla.secrecy.rules.guide import Waiver as State
from samhandla.trust.viewer import acting_as

pytestmark = pytest.mark.django_db
YESTERDAY = timezone.now() - timedelta(days=1)
YES, NO = Reply(True, "meeting", today()), Reply(False, "meeting", today())


@pytest.fixture
def no(town):
    """A waiver with one guardian's no, written down by a slip."""
    vera = town.guardian()
    waiver = town.ask()
    return town.yes(waiver, vera, yes=False)


def correct(town, voice, reply=YES, *, why="", by=None):
    return correct_waiver(
        by=by or town.counsellor, waiver_id=voice.waiver_id, voice_id=voice.pk, reply=reply, why=why
    )


def row_of(town):
    with acting_as(town.counsellor):
        return list_waivers_for(town.counsellor, town.cast.child["alma"], today=today())[0]


def test_a_slip_is_put_right_the_same_day_and_what_stood_before_stays(town, no):
    with pytest.raises(NoGround):
        town.send("waiver", waiver=row_of(town).waiver)
    correct(town, no)
    row = row_of(town)
    assert (row.state, [v.said for v in row.voices], [v.said for v in row.replaced]) == (
        State.GIVEN, ["yes"], ["no"],
    )  # fmt: skip
    town.send("waiver", waiver=row.waiver)


def test_a_yes_that_becomes_a_no_ends_the_ground_at_once(town):
    voice = town.yes(town.ask(), town.guardian())
    correct(town, voice, NO)
    assert row_of(town).state is State.REFUSED
    with pytest.raises(NoGround):
        town.send("waiver", waiver=row_of(town).waiver)


def test_written_about_the_wrong_person_leaves_nobody_heard(town, no):
    correct(town, no, None)
    row = row_of(town)
    assert (row.state, row.voices, len(row.unasked)) == (State.MISSING, (), 1)


@pytest.mark.parametrize("who", ["colleague", "later"])
def test_afterwards_or_by_another_it_is_said_why(town, monkeypatch, who):
    vera = town.guardian()
    with monkeypatch.context() as patched:
        if who == "later":
            patched.setattr(timezone, "now", lambda: YESTERDAY)
        voice = town.yes(town.ask(), vera, yes=False)
    by = town.cast.viewer("principal") if who == "colleague" else town.counsellor
    with pytest.raises(Refused, match="why"):
        correct(town, voice, by=by)
    assert row_of(town).state is State.REFUSED
    correct(town, voice, why="Hon har ändrat sig.", by=by)
    assert row_of(town).replaced[0].replaced_why == "Hon har ändrat sig."


def test_nothing_is_put_right_twice_or_in_what_is_withdrawn(town, no):
    correct(town, no)
    with pytest.raises(Conflict):
        correct(town, no)
    withdraw_waiver(by=town.counsellor, waiver_id=no.waiver_id)
    (now,) = row_of(town).voices
    with pytest.raises(Conflict):
        correct(town, now, NO)


def test_who_has_no_right_corrects_nothing(town, no):
    with pytest.raises(NotAllowed):
        correct(town, no, by=town.cast.viewer("mentor_7b"))
    with pytest.raises(NotYours):
        correct(town, no, by=town.cast.viewer("principal_lunda"))


def test_the_database_keeps_what_was_said(town, no):
    """With SQL of one's own: what somebody said is not changed, and what is replaced stays replaced."""
    correct(town, no)
    for change in ("said = 'yes'", "replaced_at = null, replaced_by_id = null"):
        refused = pytest.raises(ProgrammingError)
        with acting_as(town.counsellor), refused, transaction.atomic():
            connection.cursor().execute(f"update secrecy_voice set {change} where id = %s", [no.pk])


def test_a_consent_to_an_effort_is_put_right_alike(town):
    voice = say(town, ask(town), town.guardian(), yes=False)
    assert effort_state(town) == [State.REFUSED]
    correct_consent(by=town.counsellor, consent_id=voice.consent_id, voice_id=voice.pk, reply=YES)
    assert effort_state(town) == [State.GIVEN]


def test_the_page_puts_it_right_and_shows_what_stood(client, town, no):
    town.cast.login(client, "counsellor")
    alma = town.cast.child["alma"]
    page, send = (
        reverse("hand-over", args=[alma.ref]),
        reverse("waiver-answer", args=[alma.ref, no.waiver_id]),
    )
    assert "Ändra svaret" in client.get(page).text
    done = client.post(send, {"voice": no.pk, "yes": "ja", "how": "meeting", "why": "skrev fel"}, follow=True)
    assert "Svaret är ändrat" in done.text
    assert "Tidigare antecknat" in done.text
    assert "skrev fel" in done.text
    assert client.post(send, {"voice": no.pk, "yes": "kanske", "how": "meeting"}).status_code == 400
