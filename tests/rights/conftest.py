"""Requests about Alma: a data protection officer, guardians with a login, and what the school has written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests.cast import LONG_AGO, Cast
from tests.detect.conftest import found

from samhandla.detect.actions.answers import note_contact
from samhandla.detect.actions.runs import take_in
from samhandla.detect.models import Signal
from samhandla.people import actions as people
from samhandla.people.models import Child, Guardian
from samhandla.people.queries import today, viewer_of_actor
from samhandla.rights.actions.extracts import hand_out, look_through, make_extract
from samhandla.rights.actions.requests import Wish, receive_request
from samhandla.rights.models import RightsRequest
from samhandla.rights.queries.extracts import content_of, decisions_of
from samhandla.rights.rules.pieces import Decision, texts_of
from samhandla.trust.models import Actor
from samhandla.trust.viewer import Viewer, acting_as


@dataclass
class Office:
    """The cast, with those who receive, handle and decide, and the families that ask."""

    cast: Cast

    @property
    def officer(self) -> Viewer:
        return self.cast.viewer("dpo")

    @property
    def principal(self) -> Viewer:
        return self.cast.viewer("principal")

    @property
    def administrator(self) -> Viewer:
        return self.cast.viewer("administrator")

    def adult(
        self,
        name: str,
        child: str = "alma",
        kind: str = "vardnadshavare",
        protection: str = "none",
        **more: Any,
    ) -> Guardian:
        """Register an adult of a child's with a login of its own."""
        by = self.cast.service()
        actor = people.open_actor(by=by, authority_id=by.authority_id, kind=Actor.Kind.GUARDIAN, name=name)
        adult = people.register_guardian(
            by=by, given_name=name, family_name="Prov", protection=protection, actor=actor, **more
        )
        with acting_as(by):
            people.open_guardianship(
                by=by, child=self.child(child), guardian=adult, kind=kind, valid_from=LONG_AGO
            )
        people.open_account(by=None, actors=[actor], username=name.lower(), password=None)
        return adult

    def viewer_of(self, adult: Guardian) -> Viewer:
        return viewer_of_actor(Actor.objects.get(pk=adult.actor_id))

    def login(self, client: Client, adult: Guardian) -> Client:
        client.force_login(Actor.objects.select_related("account").get(pk=adult.actor_id).account)
        return client

    def pupil(self, name: str = "alma") -> Viewer:
        """Give a pupil a login of its own."""
        by = self.cast.service()
        actor = people.open_actor(by=by, authority_id=by.authority_id, kind=Actor.Kind.CHILD, name=name)
        with acting_as(by):
            people.update_child(by=by, child=self.cast.child[name], actor=actor)
        people.derive_access(by.authority_id)
        return viewer_of_actor(actor)

    def born(self, name: str, years: int, days: int = 0) -> None:
        """Let a child have turned so many years, so many days ago."""
        day = today()
        with acting_as(self.cast.service()):
            people.update_child(
                by=self.cast.service(),
                child=self.cast.child[name],
                birth_date=day.replace(year=day.year - years, day=min(day.day, 28)) - timedelta(days=days),
            )

    def signal(self, name: str = "alma") -> Signal:
        take_in(
            by=self.cast.service(), found=[found(self.cast.child[name])], as_of=today(), data_to=today(),
            started=timezone.now(),
        )  # fmt: skip
        with acting_as(self.cast.service()):
            return Signal.objects.exclude(state="closed").get(child=self.cast.child[name], good_news=False)

    def contact(self, words: str, name: str = "alma") -> None:
        """Let the mentor note a talk about a signal."""
        mentor = self.cast.viewer("mentor_7b")
        note_contact(
            by=mentor,
            signal_id=self.signal(name).pk,
            kind="talk",
            chips=["friends"],
            words=words,
            today=today(),
        )

    def ask(
        self, adult: Guardian | None, name: str = "alma", kind: str = "access", **more: Any
    ) -> RightsRequest:
        """Let the school's administrator register what somebody asks for."""
        values = {
            "received_on": today(),
            "way": "meeting",
            "proof": "card",
            "words": "så är det inte",
            **more,
        }
        wish = Wish(kind=kind, guardian=None if adult is None else adult.pk, **values)
        child = self.child(name)  # one with protected identity only the principal reaches
        by = self.principal if child.is_masked else self.administrator
        return receive_request(by=by, child=child, wish=wish, on=today())

    def child(self, name: str = "alma") -> Child:
        with acting_as(self.cast.service()):
            return Child.objects.select_related("unit").get(pk=self.cast.child[name].pk)

    def made(self, request: RightsRequest) -> list[dict[str, Any]]:
        """Let the officer make the extract, and return its sections."""
        extract = make_extract(by=self.officer, request_id=request.pk)
        return content_of(extract)

    def read(self, request: RightsRequest, *, ground: str = "", weighing: str = "", done: bool = True):
        """Let the officer decide about every text: given, or withheld on a ground."""
        with acting_as(self.officer):
            extract = request.extract
            texts = texts_of(content_of(extract), decisions_of(extract))
        said = Decision(not ground, ground)
        return look_through(
            by=self.officer, request_id=request.pk, decisions={t.key: said for t in texts}, weighing=weighing,
            done=done,
        )  # fmt: skip

    def hand(self, request: RightsRequest, how: str = "paper"):
        return hand_out(by=self.officer, request_id=request.pk, how=how, on=today())


@pytest.fixture
def office(cast) -> Office:
    cast._duty("board", "dpo", "data_protection_officer", "berga")
    cast._duty("board", "lawyer_r", "lawyer", "berga")
    return Office(cast)
