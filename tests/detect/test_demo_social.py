"""The demonstration's social board: one fact has come to it, and nothing else shows across the wall."""

from __future__ import annotations

import pytest
from tests.cast import LONG_AGO
from tests.detect.conftest import found

from samhandla.people import actions as people
from samhandla.people.models import Child, Duty
from samhandla.people.queries import viewer_of_actor
from samhandla.project import demo_social
from samhandla.secrecy.errors import NotAllowed
from samhandla.secrecy.models import LegalOpening, Transfer, Waiver
from samhandla.trust.models import Account, Actor
from samhandla.trust.viewer import Viewer, acting_as

pytestmark = pytest.mark.django_db


@pytest.fixture
def logins(cast, take):
    """The accounts that the demonstration has opened, and a pupil with a signal and a guardian."""
    cast._duty("board", "lawyer", "lawyer", "berga")
    for name in ("counsellor", "lawyer"):
        people.open_account(by=None, actors=[cast.staff[name].actor], username=name, password=None)
    by = cast.service()
    adult = people.register_guardian(by=by, given_name="Vera", family_name="Prov", protection="none")
    people.open_guardianship(
        by=by, child=cast.child["alma"], guardian=adult, kind="vardnadshavare", valid_from=LONG_AGO
    )
    take(found(cast.child["alma"]))
    return cast


def _worker() -> Viewer:
    return viewer_of_actor(Actor.objects.get(account__username=demo_social.LOGIN))


def test_one_fact_has_come_and_nothing_else_is_seen(logins):
    demo_social.found_social_board("lugn-tall-vid-sjon")
    assert demo_social.has_social_board()
    with acting_as(_worker()):
        assert [row.text for row in Transfer.objects.all()] == [demo_social.TEXT]
        assert not Child.objects.exists()
        assert not Waiver.objects.exists()
    with acting_as(logins.viewer("mentor_7a")):
        assert not Transfer.objects.exists()
    with acting_as(logins.viewer("counsellor")):
        assert Transfer.objects.get().child_id == logins.child["alma"].pk


def test_only_what_is_verified_is_approved(logins):
    demo_social.found_social_board("lugn-tall-vid-sjon")
    with acting_as(logins.viewer("lawyer")):
        rows = list(LegalOpening.objects.all())
    assert {row.approved_on is None for row in rows if row.mark == "NV"} == {True}
    assert {row.approved_on is None for row in rows if row.mark != "NV"} == {False}


def test_what_fails_leaves_no_half_board(logins):
    people.end_duty_now(by=logins.service(), duty_id=_lawyers_duty(logins))
    with pytest.raises(NotAllowed):
        demo_social.found_social_board("lugn-tall-vid-sjon")
    assert not Account.objects.filter(username=demo_social.LOGIN).exists()


def _lawyers_duty(cast) -> int:
    return Duty.objects.get(staff=cast.staff["lawyer"], role="lawyer").pk
