"""The social board beside the school board: its reception, one who works there, and the law approved."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import pytest
from tests.cast import LONG_AGO, Cast

from samhandla.people import actions as people
from samhandla.people.queries import domain_of, service_viewer, today
from samhandla.secrecy.actions.law import approve_opening, deliver_law
from samhandla.secrecy.actions.receivers import open_receiver
from samhandla.secrecy.actions.replies import Reply
from samhandla.secrecy.actions.transfers import Fact, hand_over
from samhandla.secrecy.actions.waivers import Wish, answer_waiver, ask_waiver
from samhandla.secrecy.models import LegalOpening, Receiver, Transfer, Waiver
from samhandla.trust.viewer import Viewer, acting_as


@dataclass
class Town:
    """The cast, and a social board that can receive."""

    cast: Cast
    reception: Receiver
    worker: Viewer

    @property
    def counsellor(self) -> Viewer:
        return self.cast.viewer("counsellor")

    def opening(self, code: str) -> LegalOpening:
        with acting_as(self.counsellor):
            return LegalOpening.objects.get(code=code, valid_to=None)

    def ask(self, name: str = "alma", **changes: object) -> Waiver:
        values = {
            "facts": "närvaron i år", "purpose": "stöd hemma", "receiver": self.reception,
            "valid_to": today() + timedelta(days=90), **changes,
        }  # fmt: skip
        return ask_waiver(by=self.counsellor, child=self.cast.child[name], wish=Wish(**values), on=today())

    def guardian(self, name: str = "alma", kind: str = "vardnadshavare"):
        """Register an adult of a child's."""
        by = self.cast.service()
        adult = people.register_guardian(by=by, given_name="Vera", family_name="Prov", protection="none")
        people.open_guardianship(
            by=by, child=self.cast.child[name], guardian=adult, kind=kind, valid_from=LONG_AGO
        )
        return adult

    @property
    def opening_domain(self) -> int:
        return domain_of(self.cast.authority["board"].pk, "school").pk

    def tie(self, kind: str, when: str):
        """Register an adult with a tie of a kind to Alma, in force now, ended or to come."""
        by = self.cast.service()
        adult = people.register_guardian(by=by, given_name="Vera", family_name="Prov", protection="none")
        first = today() + timedelta(days=1) if when == "coming" else LONG_AGO
        row = people.open_guardianship(
            by=by, child=self.cast.child["alma"], guardian=adult, kind=kind, valid_from=first
        )
        if when == "ended":
            type(row).objects.filter(pk=row.pk).update(valid_to=today() - timedelta(days=1))
        return adult

    def yes(self, waiver: Waiver, guardian=None, *, yes: bool = True):
        return answer_waiver(
            by=self.counsellor,
            waiver_id=waiver.pk,
            reply=Reply(yes, "meeting", today(), None if guardian is None else guardian.pk),
        )

    def send(self, code: str, name: str = "alma", **changes: object) -> Transfer:
        values = {
            "text": "Alma har varit borta tolv dagar.", "reason": "de har frågat",
            "opening": self.opening(code),
            "receiver": self.reception, **changes,
        }  # fmt: skip
        return hand_over(by=self.counsellor, child=self.cast.child[name], fact=Fact(**values))


@pytest.fixture
def town(cast) -> Town:
    board = people.found_authority(by=None, name="Socialnämnden", kind="board", branches=("social",))
    social = service_viewer(board.pk)
    unit = people.save_organisation(by=social, name="Mottagningen", kind="other")
    staff = people.register_staff(by=social, given_name="Sara", family_name="Social")
    people.give_duty(by=social, staff=staff, unit=unit, role="social_worker", valid_from=LONG_AGO)
    keeper = people.register_staff(by=social, given_name="Kim", family_name="Keeper")
    people.give_duty(by=social, staff=keeper, unit=unit, role="data_administrator", valid_from=LONG_AGO)
    from samhandla.people.queries import viewer_of_actor

    reception = open_receiver(
        by=viewer_of_actor(keeper.actor), domain=domain_of(board.pk, "social"), unit=unit,
        name="Mottagningen barn och unga",
    )  # fmt: skip
    cast._duty("board", "lawyer", "lawyer", "berga")
    lawyer = cast.viewer("lawyer")
    deliver_law(by=lawyer)
    with acting_as(lawyer):
        verified = list(LegalOpening.objects.exclude(mark="NV"))
    for row in verified:
        approve_opening(by=lawyer, opening_id=row.pk, on=today())
    return Town(cast, reception, viewer_of_actor(staff.actor))
